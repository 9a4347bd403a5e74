"""Bundles for a mirror, one after the other, out of files, JSON Lines and folders.

1. A file is one document; a file that ends in `.jsonl` has one on each line.
2. A folder is searched for `.json` and `.jsonl`, with the folders in it. What is hidden is passed
   over, and so is JSON that is no bundle, a state for example. Of a mirror only the folder
   `pith` counts: the page beside it may have bundles of its own.
3. What was named itself, or stands on a line, has to be a bundle.

Only one document is in memory at a time.
"""

from __future__ import annotations

import os
from pathlib import Path

from pithcli.fetch import MAX_FETCH
from pithcli.mirror.layout import MANIFEST
from pithcli.problem import Problem
from pithcore import PithError, PithNumber, number_of, read_json
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

    from pithcore.reading import JSON

MAX_DOCUMENT = MAX_FETCH
"""Bytes of one bundle: what readers take from a server, so that a mirror hosts no larger one."""

LINES = ".jsonl"
_TOO_LARGE = f"It has more than {MAX_DOCUMENT // 1024**2} MiB, which no reader takes from a server."


class Candidate(NamedTuple):
    """A bundle that has been read and not verified: where from, bytes, value, computed number.

    `folder` is where its file stands, and what belongs to it; None outside a folder.
    """

    name: str
    data: bytes
    value: dict[str, JSON]
    number: PithNumber
    folder: Path | None = None


class Unusable(NamedTuple):
    """What could not be read as a bundle, and why, in a sentence."""

    name: str
    why: str


class Other(NamedTuple):
    """JSON in a folder that is no bundle, and nobody said it was."""

    name: str


Found = Candidate | Unusable | Other


def candidates(sources: Iterable[str]) -> Iterator[Found]:
    """Everything the sources hold, in no particular order inside a folder."""
    for source in sources:
        path = Path(source)
        if path.is_dir():
            yield from _folder(path / "pith" if (path / MANIFEST).exists() else path)
        else:
            yield from _placed(path, must_be=True)


def missing(sources: Iterable[str]) -> Problem | None:
    """A problem when a source is not there: a slip of the hand is better told before the work."""
    for source in sources:
        if not os.path.exists(source):  # noqa: PTH110 - pathlib raises for names that are too long
            return Problem(f"There is no file or folder {source}.")
    return None


def candidate_in(name: str, data: bytes, *, must_be: bool) -> Found:
    """What `data` is: a bundle with a record, something unusable, or (unless `must_be`) other."""
    try:
        value = read_json(data, max_bytes=MAX_DOCUMENT)
        if not isinstance(value, dict) or value.get("bundle_type") != "pith_open_graph_bundle":
            return Unusable(name, "It is no bundle.") if must_be else Other(name)
        record = value.get("canonical_record")
        if record is None:
            return Unusable(name, "The bundle carries no canonical_record.")
        return Candidate(name, data, value, number_of(record))
    except PithError as error:
        return Unusable(name, str(error))


def _folder(folder: Path) -> Iterator[Found]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    yield from _folder(Path(entry.path))
                elif entry.name.endswith((".json", LINES)):
                    yield from _placed(Path(entry.path), must_be=False)
    except OSError as error:
        yield Unusable(str(folder), f"The folder could not be read: {error.strerror}.")


def _placed(path: Path, *, must_be: bool) -> Iterator[Found]:
    for found in _file(path, must_be=must_be):
        yield found._replace(folder=path.parent) if isinstance(found, Candidate) else found


def _file(path: Path, *, must_be: bool) -> Iterator[Found]:
    try:
        with path.open("rb") as stream:
            if path.name.endswith(LINES):
                yield from _lines(stream, str(path))
            else:
                data = stream.read(MAX_DOCUMENT + 1)
                if len(data) > MAX_DOCUMENT:
                    yield Unusable(str(path), _TOO_LARGE)
                else:
                    yield candidate_in(str(path), data, must_be=must_be)
    except OSError as error:
        yield Unusable(str(path), f"The file could not be read: {error.strerror}.")


def _lines(stream: IO[bytes], name: str) -> Iterator[Found]:
    number = 0
    while line := stream.readline(MAX_DOCUMENT + 1):
        number += 1
        if len(line) > MAX_DOCUMENT:
            yield Unusable(f"{name}:{number}", _TOO_LARGE)
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_DOCUMENT)
        elif line.strip():
            yield candidate_in(f"{name}:{number}", line, must_be=True)
