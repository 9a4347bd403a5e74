"""One build at a time in a folder, and a word from a build that was killed to the next one."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

from pithcli.files import TEMPORARY
from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".pith-mirror.lock"
"""Locked while a build is at work, by the system, which forgets it with the process. It holds a
line as long as there may be unfinished files, and is empty otherwise."""


@contextmanager
def building(mirror: Path) -> Iterator[None]:
    """Keep other builds out, and clean up first if the one before was killed.

    Raises:
        Problem: when another build is at work there.
    """
    descriptor = os.open(mirror / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _lock(descriptor):
            raise Problem(
                f"Another build is at work on {mirror}.",
                hint="Run this again when it has ended.",
            )
        if os.fstat(descriptor).st_size:
            remove_unfinished(mirror)
        os.write(descriptor, b"at work\n")
        os.fsync(descriptor)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def remove_unfinished(mirror: Path) -> None:
    """Delete every unfinished file in the folder."""
    for folder, _, names in os.walk(mirror):
        for name in names:
            if name.startswith(TEMPORARY):
                os.unlink(os.path.join(folder, name))  # noqa: PTH108, PTH118 - what os.walk gives


def _lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
