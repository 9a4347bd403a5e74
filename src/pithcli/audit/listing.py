"""A folder's files in order of their names, in bounded memory however many there are."""

from __future__ import annotations

import heapq
import os

from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_A_TIME = 100_000
"""Names of one folder that are held. A folder with more of them is read again for each further
lot, which takes seconds where verifying the lot takes a minute."""


def files_in(folder: str, *, at_a_time: int = AT_A_TIME) -> Iterator[str | OSError]:
    """Paths of all files below `folder`: in order of names, each folder in its place.

    What is hidden is passed over, and links to folders are not followed. A folder that cannot
    be read gives its error in the place of its files.
    """
    last = ""
    while True:
        try:
            with os.scandir(folder) as entries:
                names = (entry.name for entry in entries if entry.name > last)
                lot = heapq.nsmallest(at_a_time, (name for name in names if name[0] != "."))
        except OSError as error:
            yield error
            return
        for name in lot:
            path = os.path.join(folder, name)  # noqa: PTH118 - a million of these
            if os.path.isdir(path):  # noqa: PTH112
                if not os.path.islink(path):  # noqa: PTH114
                    yield from files_in(path, at_a_time=at_a_time)
            else:
                yield path
        if len(lot) < at_a_time:
            return
        last = lot[-1]
