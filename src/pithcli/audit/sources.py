"""What is audited, cut into chunks for the workers: the same chunks in the same order each time.

1. `NAME.jsonl` (also `.ndjson`) has a document on each line; any other file is one document.
   `.gz` and `.zst` after that are unpacked on the way.
2. A folder stands for its `.json` and `.jsonl` files, packed or not, and those of the folders in
   it; a folder that is a mirror stands for the bundles that it serves.
3. What cannot be read is a row too: it comes as an item that says why.
"""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from itertools import chain

from pithcli.audit.listing import files_in
from pithcli.audit.packed import DamagedError, blocks, check_unpacks
from pithcli.audit.rows import MAX_DOCUMENT, TOO_LARGE, Item, items_of
from pithcli.mirror.layout import MANIFEST
from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CHUNK = 256 * 1024
"""Bytes of lines given to a worker at a time: a tenth of a second's work."""

FILES = 64
"""Files given to a worker at a time."""

_DOCUMENT = re.compile(r".*\.(?:json|jsonl|ndjson)(?:\.gz|\.zst)?", re.DOTALL)
_LINES = re.compile(r".*\.(?:jsonl|ndjson)(?:\.gz|\.zst)?", re.DOTALL)
_BUNDLE = "bundle.json"
_FOLDER_OF_BUNDLES = "pith"


class Lines(NamedTuple):
    """Whole lines of a file, and the number of the first of them."""

    source: str
    first_line: int
    data: bytes

    def items(self) -> Iterator[Item]:
        """An item for each line that is not blank."""
        return items_of(self.data.split(b"\n"), self.source, self.first_line)


class Files(NamedTuple):
    """Files that are one document each. They are read where this is called: in the worker."""

    paths: tuple[str, ...]

    def items(self) -> Iterator[Item]:
        """An item for each file."""
        return map(read_file, self.paths)


class Bad(NamedTuple):
    """Something that gives one row, and cannot be read."""

    item: Item

    def items(self) -> Iterator[Item]:
        """That item."""
        return iter((self.item,))


class Read(NamedTuple):
    """Items as they are: files that were read for workers that do not see them, or a rest."""

    read: tuple[Item, ...]

    def items(self) -> Iterator[Item]:
        """These items."""
        return iter(self.read)


Chunk = Lines | Files | Bad | Read


class Placed(NamedTuple):
    """A chunk, and how many bytes of the inputs are behind us after it."""

    chunk: Chunk
    behind: int


def check(paths: Iterable[str]) -> None:
    """Raise a `Problem` for a path that is not there, before any work is done."""
    for path in paths:
        if not os.path.exists(path):  # noqa: PTH110 - pathlib raises for names that are too long
            raise Problem(f"There is no file or folder {shown(path)}.")


def files_of(paths: Iterable[str], names: Sequence[str] = ()) -> Iterator[str | Item]:
    """Every file to audit, in order; an item for a folder that cannot be read.

    Args:
        paths: files and folders.
        names: patterns (`bundle*.json`); of the files in folders only those that match one.
    """
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112
            yield path
            continue
        is_mirror = os.path.exists(os.path.join(path, MANIFEST))  # noqa: PTH110, PTH118
        top = os.path.join(path, _FOLDER_OF_BUNDLES) if is_mirror else path  # noqa: PTH118
        wanted = names or ((_BUNDLE,) if is_mirror else ())
        for found in files_in(top):
            if isinstance(found, OSError):
                where = shown(str(found.filename or top))
                yield Item(where, None, b"", f"The folder could not be read: {found.strerror}.")
                continue
            name = os.path.basename(found)  # noqa: PTH119
            fits = any(fnmatchcase(name, pattern) for pattern in wanted)
            if fits if wanted else _DOCUMENT.fullmatch(name):
                yield found


def chunks(files: Iterable[str | Item], *, read_here: bool = False) -> Iterator[Placed]:
    """Cut files into chunks.

    Args:
        files: as `files_of` gives them.
        read_here: read whole-file documents now, for workers on other machines.
    """
    behind = 0
    together: list[str] = []
    for file in files:
        if isinstance(file, str):
            check_unpacks(file)
        if isinstance(file, str) and not _LINES.fullmatch(file):
            together.append(file)
            behind += size_of(file)
            if len(together) == FILES:
                yield Placed(_files(together, read_here), behind)
                together = []
            continue
        if together:
            yield Placed(_files(together, read_here), behind)
            together = []
        if isinstance(file, Item):
            yield Placed(Bad(file), behind)
        else:
            for chunk, read in _lines(file):
                yield Placed(chunk, behind + read)
            behind += size_of(file)
    if together:
        yield Placed(_files(together, read_here), behind)


def after(placed: Iterable[Placed], rows: int) -> tuple[Item | None, Iterator[Placed]]:
    """What comes after the first `rows` rows, and the item of the last of these.

    The item is None when there are not so many.
    """
    coming = iter(placed)
    for chunk, behind in coming:
        count = _rows_of(chunk)
        if rows <= count:
            last, rest = _cut(chunk, rows)
            begun = [] if rest is None else [Placed(rest, behind)]
            return last, chain(begun, coming)
        rows -= count
    return None, coming


def _rows_of(chunk: Chunk) -> int:
    if isinstance(chunk, Lines):
        return sum(1 for line in chunk.data.split(b"\n") if line.strip())
    return len(chunk.paths) if isinstance(chunk, Files) else len(list(chunk.items()))


def _cut(chunk: Chunk, rows: int) -> tuple[Item, Chunk | None]:
    """The item of row number `rows` of a chunk, and what comes after it."""
    if isinstance(chunk, Files):
        rest = chunk.paths[rows:]
        return read_file(chunk.paths[rows - 1]), Files(rest) if rest else None
    items = tuple(chunk.items())
    return items[rows - 1], Read(items[rows:]) if items[rows:] else None


def size_of(path: str) -> int:
    """Bytes of a file; 0 for one that cannot be asked."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0


def read_file(path: str) -> Item:
    """The whole of a file as one document."""
    data = bytearray()
    try:
        for block, _ in blocks(path):
            data += block
            if len(data) > MAX_DOCUMENT:
                return Item(shown(path), None, b"", TOO_LARGE)
    except (OSError, DamagedError) as error:
        return Item(shown(path), None, b"", _why(error))
    return Item(shown(path), None, bytes(data))


def shown(path: str) -> str:
    """A path as the rows give it: what is not UTF-8 is written out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _files(paths: list[str], read_here: bool) -> Chunk:
    return Read(tuple(map(read_file, paths))) if read_here else Files(tuple(paths))


def _lines(path: str) -> Iterator[tuple[Chunk, int]]:
    """The lines of a file in chunks, each with the bytes of the file that are behind it."""
    name, line = shown(path), 1
    for part, behind in _whole_lines(path):
        if isinstance(part, bytes):
            yield Lines(name, line, part), behind
            line += part.count(b"\n")
        else:
            yield Bad(Item(name, line, b"", part)), behind
            line += 1


def _whole_lines(path: str) -> Iterator[tuple[bytes | str, int]]:
    """Whole lines of a file, some `CHUNK` bytes at a time; a sentence for what is not readable.

    That is a line too long to be held, or the rest of a file that is damaged. Not more than the
    longest line and a block are in memory.
    """
    held, behind, too_long = bytearray(), 0, False
    try:
        for block, behind in blocks(path):
            held += block
            end = held.rfind(b"\n") + 1
            if too_long and end:
                yield TOO_LARGE, behind
                del held[: held.index(b"\n") + 1]
                too_long, end = False, held.rfind(b"\n") + 1
            if end and len(held) >= CHUNK:
                yield bytes(held[:end]), behind
                del held[:end]
            elif too_long or len(held) > MAX_DOCUMENT:
                too_long = True
                held.clear()
    except (OSError, DamagedError) as error:
        end = held.rfind(b"\n") + 1
        if end:
            yield bytes(held[:end]), behind
        yield _why(error), behind
    else:
        if held or too_long:
            yield TOO_LARGE if too_long else bytes(held), behind


def _why(error: OSError | DamagedError) -> str:
    if isinstance(error, DamagedError):
        return f"The file cannot be read from here on: {error}."
    return f"The file could not be read: {error.strerror}."
