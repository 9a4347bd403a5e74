"""The objects of a PDF file, found without trusting its cross-reference table.

All that stands as `N G obj` is taken, the last one of a number counting, and what object streams
hold besides. A damaged table, or one that lies, so makes no difference.
"""

from __future__ import annotations

import re
import zlib

from pithcore.errors import PdfError
from pithcore.pdf.objects import (
    MAX_DEPTH,
    Name,
    Operator,
    PdfSyntaxError,
    Reference,
    Value,
    read_value,
)
from pithcore.printable import brief
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OBJECTS = 1_000_000
"""Objects looked at; a thesis of a thousand pages has some 50,000."""

MAX_INFLATED = 64 * 1024 * 1024
"""Bytes unpacked from one file, all streams together: packed data can grow a thousandfold, and
one stream be named a thousand times."""

MAX_PAGES = 20_000
"""Pages looked at, and nodes of the page tree."""

_MARK = re.compile(
    rb"(?<![0-9])([0-9]{1,10})[\0\t\n\f\r ]+[0-9]{1,5}[\0\t\n\f\r ]+obj(?!\w)"
    rb"|(trailer)|endobj|startxref|(stream)\r?\n"
)
"""What an object ends at, and another may begin with. Each is read up to the next of these, so
that no text is read twice, whatever stands in it."""

MAX_UNREAD = 20
"""Kinds of unread things that are noted: a file can name filters as it likes."""

_FLATE = "FlateDecode"
_INDEX = re.compile(rb"[0-9]{1,10}\Z")

Dictionary = dict[str, Value]
_Place = tuple[bytes, int, int]
"""A buffer, and where something begins and ends in it."""


class PdfFile:
    """A file's objects.

    Attributes:
        pages: the leaves of the page tree, in order (section 7.7.3); none only where a stream is
            packed in another way than is known here, and may hold them.
        unread: what was met and could not be read, in words, each once.

    Raises:
        PdfError: when the bytes are no PDF, are encrypted, or hold no list of pages.
    """

    def __init__(self, data: bytes) -> None:
        if b"%PDF-" not in data[:1024]:
            raise PdfError("This is not a PDF: it does not begin with %PDF-.")
        self._left = MAX_INFLATED
        self._objects: dict[int, Value] = {}
        self._streams: dict[int, _Place] = {}
        self._trailer: Dictionary = {}
        self.unread: dict[str, None] = {}
        self._foreign = False
        self._scan(data)
        if "Encrypt" in self._trailer:
            raise PdfError("This PDF is encrypted. Save a copy without a password, and bring that.")
        for number in [*self._streams]:
            if self.dictionary(Reference(number)).get("Type") == "ObjStm":
                self._unpack(number)
        self.pages = list(self._leaves(self.dictionary(self._trailer.get("Root")).get("Pages")))
        if not (self.pages or self._foreign):
            raise PdfError("This PDF is damaged or cut off: its list of pages cannot be found.")

    def _scan(self, data: bytes) -> None:
        at, number, begin, is_trailer = 0, None, 0, False
        while (mark := _MARK.search(data, at)) is not None:
            at = mark.end()
            if number is not None or is_trailer:
                value = _value(data[begin : mark.start()])
                if is_trailer and isinstance(value, dict):
                    self._trailer |= value
                elif number is not None:
                    self._objects[number] = value
                    self._streams.pop(number, None)
                    if mark[3] and isinstance(value, dict):
                        at = self._stream_at(number, value, data, at)
                if len(self._objects) > MAX_OBJECTS:
                    raise PdfError(f"This PDF has more than {MAX_OBJECTS:,} objects.")
            number, is_trailer = int(mark[1]) if mark[1] else None, bool(mark[2])
            begin = mark.end()

    def _stream_at(self, number: int, header: Dictionary, data: bytes, begin: int) -> int:
        """Keep the place of a stream's bytes, and return the index behind them."""
        length = header.get("Length")
        end = begin + length if isinstance(length, int) and length >= 0 else begin
        if not data[end : end + 16].lstrip().startswith(b"endstream"):
            end = data.find(b"endstream", begin)
            end = len(data) if end < 0 else end
        self._streams[number] = data, begin, end
        if header.get("Type") == "XRef":
            self._trailer |= header
        return end

    @property
    def info(self) -> Dictionary:
        """The document information dictionary; empty where there is none."""
        return self.dictionary(self._trailer.get("Info"))

    def resolve(self, value: Value) -> Value:
        """What a reference refers to, or the value itself."""
        for _ in range(8):
            if not isinstance(value, Reference):
                return value
            value = self._objects.get(value.number)
        return None

    def dictionary(self, value: Value) -> Dictionary:
        """The dictionary that a value is or refers to; empty for anything else."""
        found = self.resolve(value)
        return found if isinstance(found, dict) else {}

    def array(self, value: Value) -> list[Value]:
        """The array that a value is or refers to; empty for anything else."""
        found = self.resolve(value)
        return found if isinstance(found, list) else []

    def inherited(self, page: Dictionary, name: str) -> Value:
        """An attribute of a page, which may stand at a node above it (section 7.7.3.4)."""
        for _ in range(MAX_DEPTH):
            if name in page:
                return self.resolve(page[name])
            page = self.dictionary(page.get("Parent"))
        return None

    def stream(self, value: Value, what: str) -> bytes:
        """The unpacked bytes of a stream object.

        Empty where it cannot be unpacked here; then `unread` has `what`, and why.
        """
        if not isinstance(value, Reference) or value.number not in self._streams:
            return b""
        data, begin, end = self._streams[value.number]
        header = self.dictionary(value)
        packing = self._packing(header.get("Filter"), header.get("DecodeParms"))
        if not packing:
            self._spend(end - begin)
            return data[begin:end]
        if packing == _FLATE:
            found = self._inflated(data[begin:end])
            if found is None:
                self.leave(f"{what}, whose packed bytes are damaged")
            return found or b""
        self._foreign = True
        self.leave(f"{what}, packed with {brief(packing)}")
        return b""

    def leave(self, what: str) -> None:
        """Note something that could not be read."""
        if len(self.unread) < MAX_UNREAD:
            self.unread[what] = None

    def _packing(self, filters: Value, parameters: Value) -> str:
        """The names of a stream's filters; empty for one that is not packed."""
        stated = self.resolve(filters)
        names = [self.resolve(one) for one in (stated if isinstance(stated, list) else [stated])]
        words = [one if isinstance(one, Name) else "a filter without a name" for one in names[:8]]
        if stated is None or not names:
            return ""
        given = self.resolve(parameters)
        given = given[:8] if isinstance(given, list) else [given]
        predictors = [self.resolve(self.dictionary(one).get("Predictor")) for one in given]
        if any(predictor not in (None, 1) for predictor in predictors):
            words.append("a predictor")
        return " and ".join(words)

    def _inflated(self, packed: bytes) -> bytes | None:
        """What is packed; None where that is damaged."""
        try:
            found = zlib.decompressobj().decompress(packed, self._left)
        except zlib.error:
            return None
        self._spend(len(found))
        return found

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left <= 0:
            raise PdfError(f"This PDF unpacks to more than {MAX_INFLATED // 1024**2} MiB.")

    def _unpack(self, number: int) -> None:
        """Add the objects of an object stream (section 7.5.7) that stand nowhere by themselves."""
        header = self.dictionary(Reference(number))
        count, first = self.resolve(header.get("N")), self.resolve(header.get("First"))
        buffer = self.stream(Reference(number), "objects in a stream")
        if not buffer:
            return
        if not (isinstance(count, int) and isinstance(first, int)):
            self.leave("objects in a stream that does not say where they are")
            return
        words = buffer[: max(first, 0)].split()[: 2 * max(count, 0)]
        if len(words) != 2 * count or not all(map(_INDEX.match, words)):
            self.leave("objects in a stream that does not say where they are")
            return
        places = dict(zip(map(int, words[1::2]), map(int, words[::2]), strict=True))
        starts = sorted(places)
        for start, end in zip(starts, [*starts[1:], len(buffer)], strict=False):
            if places[start] not in self._objects:
                self._objects[places[start]] = _value(buffer[first + start : first + end])

    def _leaves(self, root: Value) -> Iterator[Dictionary]:
        open_nodes: list[Value] = [root]
        seen: set[int] = set()
        while open_nodes and len(seen) < MAX_PAGES:
            value = open_nodes.pop()
            if isinstance(value, Reference):
                if value.number in seen:
                    continue
                seen.add(value.number)
            node = self.dictionary(value)
            if node.get("Type") == "Page":
                yield node
            else:
                open_nodes += reversed(self.array(node.get("Kids"))[:MAX_PAGES])


def _value(text: bytes) -> Value:
    """The object in a text; None where there is none."""
    try:
        value, _ = read_value(text, 0)
    except PdfSyntaxError:
        return None
    return None if isinstance(value, Operator) else value
