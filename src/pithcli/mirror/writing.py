"""Write files of a mirror, only where they change, several at a time.

Bringing a small file to the disk takes some milliseconds of waiting, which is most of a build's
time. Several threads wait together: measured with 4, a file takes a sixth of the time.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

from pithcli.files import write_atomically
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

WRITERS = 4
"""Threads that write; more gained nothing."""

MAX_PENDING = 2 * WRITERS
"""Sets of files waiting to be written: enough to keep the threads busy, and bounded memory."""

WRITTEN, UNCHANGED = "written", "unchanged"

File = tuple["Path", bytes]


def content_of(path: Path) -> bytes | None:
    """The bytes of a file; None when there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def put(files: Sequence[File]) -> Counter[str]:
    """Write the files in this order, each only when it changes; count what was done."""
    done: Counter[str] = Counter()
    for path, content in files:
        if content_of(path) == content:
            done[UNCHANGED] += 1
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
        done[WRITTEN] += 1
    return done


class Writers:
    """Threads that put sets of files in place; `done` counts those that are finished.

    The first error of a thread is raised by the next call, and at the end of the `with` block.
    """

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self._threads = ThreadPoolExecutor(WRITERS)
        self._pending: dict[str, Future[Counter[str]]] = {}

    def submit(self, name: str, files: Sequence[File]) -> None:
        """Have a set of files written. Wait for an earlier set of the same name first."""
        self.wait_for(name)
        if len(self._pending) >= MAX_PENDING:
            self.wait_for(next(iter(self._pending)))
        self._pending[name] = self._threads.submit(put, files)

    def wait_for(self, name: str) -> None:
        """Return when no set of that name is on its way. Raises `OSError` when it failed."""
        if (future := self._pending.pop(name, None)) is not None:
            self.done += future.result()

    def wait(self) -> None:
        """Return when everything is written. Raises `OSError` when something failed."""
        while self._pending:
            self.wait_for(next(iter(self._pending)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=error is not None)
        if error is None:
            self.wait()
