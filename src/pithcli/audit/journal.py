"""The file of rows, which is also the memory of what has been done.

Rows are appended in the order of the inputs, whole lines at a time. A kill can only cut the last
line short; the next run drops it, counts the others, and goes on with the row after them.
"""

from __future__ import annotations

import json
import os

from pithcli.audit.summary import Tally
from pithcli.locking import lock
from pithcli.problem import Problem, usage
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO, Any

COUNT_AT_A_TIME = 10_000
"""Rows of an earlier run that are counted in one go."""

_MEMBERS = frozenset({"source", "line", "verdict", "sentence", "failed"})


class Unkept:
    """Rows that go to a stream, or nowhere (None): there is nothing to go on from."""

    def __init__(self, stream: IO[bytes] | None = None) -> None:
        self.tally = Tally()
        self.last: bytes | None = None
        self._stream = stream

    def append(self, lines: bytes) -> None:
        """Write whole lines. Raises `OSError`."""
        if self._stream is not None:
            self._stream.write(lines)
            self._stream.flush()

    def close(self) -> None:
        """Nothing to do."""


class Journal:
    """Rows on the disk.

    Attributes:
        tally: of the rows of earlier runs.
        last: the last of them, as its line; None when there are none.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Open the file, and read what an earlier run left in it.

        Raises:
            Problem: when it exists and is not to be resumed, is being written by another run,
                cannot be opened, or holds something that is no row.
        """
        self.path = path
        self.tally = Tally()
        self.last: bytes | None = None
        flags = os.O_RDWR | os.O_CREAT | (0 if resume else os.O_EXCL) | getattr(os, "O_BINARY", 0)
        try:
            self._descriptor = os.open(path, flags, 0o644)
        except FileExistsError:
            raise usage(
                f"{path} is there already.",
                hint="Choose another name for --out, or go on with this one: --resume.",
            ) from None
        except OSError as error:
            raise Problem(f"{path} cannot be written: {error.strerror}.") from None
        try:
            if not lock(self._descriptor):
                raise Problem(f"Another run is writing {path}.")
            self._recover()
        except BaseException:
            os.close(self._descriptor)
            raise

    def append(self, lines: bytes) -> None:
        """Write whole lines at the end. Raises `OSError`."""
        left = memoryview(lines)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def close(self) -> None:
        """Bring the rows to the disk. Raises `OSError`."""
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def _recover(self) -> None:
        """Count the rows that are there, and cut off a line that has no end."""
        whole = 0
        rows: list[dict[str, Any]] = []
        with open(os.dup(self._descriptor), "rb") as stream:  # noqa: PTH123 - a descriptor
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n"):
                    break
                rows.append(self._row(line, number))
                whole += len(line)
                self.last = line
                if len(rows) == COUNT_AT_A_TIME:
                    self.tally.add(rows)
                    rows = []
        self.tally.add(rows)
        os.ftruncate(self._descriptor, whole)
        os.lseek(self._descriptor, whole, os.SEEK_SET)

    def _row(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not (isinstance(row, dict) and row.keys() >= _MEMBERS):
            raise Problem(
                f"Line {number} of {self.path} is no row of an audit, so it cannot be resumed.",
                hint="Choose another name for --out.",
            )
        return row
