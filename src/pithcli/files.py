"""Write a file so that a reader, or a kill at any moment, finds the old one or the new one.

The new content goes to a temporary file in the same directory, is brought to the disk, and
takes the old file's place in one step.
"""

from __future__ import annotations

import contextlib
import os
import secrets

from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TEMPORARY = ".pith-tmp-"
"""Beginning of the name of a file that is not finished; after a kill one may be left over."""


def write_atomically(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put a file with this content at `path`, in the place of one that may be there.

    Args:
        path: in a directory that exists. A symbolic link there is replaced, not followed.
        mode: permissions, less the umask; they hold from the first byte on.

    Raises:
        OSError: with nothing changed and nothing left over.
    """
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor, not a path
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    """Bring the new name to the disk too; some systems cannot, and keep it safe otherwise."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
