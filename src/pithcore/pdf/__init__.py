"""A paper's own Pith Number, in its PDF (protocol 8.5).

Nothing binds the bytes of a PDF to a record: whoever makes a file can write any number into it.
What is read here is what the file *says*; the record's checks say what that is worth.
"""

from __future__ import annotations

import re

from pithcore.errors import NumberError
from pithcore.number import PithNumber
from pithcore.pdf.file import PdfFile
from pithcore.pdf.objects import Operator, PdfSyntaxError, read_value
from pithcore.query import ArxivId
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pithcore.pdf.file import Dictionary
    from pithcore.pdf.objects import Value

INFO, LINK, TEXT = "its /Info", "a link", "the text"
"""Where a number can stand."""

MAX_MENTIONS = 1000
"""Numbers kept of one file: more than any list of references."""

MAX_OPERATORS = 500_000
"""Words read of the first page's content; a dense page has some thousands."""

MAX_FAILURES = 100
"""Places of it that cannot be read: each may cost a look at all that follows."""

_LINKED = re.compile(r"/pith/([A-Za-z2-7]{26})(?![A-Za-z0-9])")
_WRITTEN = re.compile(
    r"pith(?:\.science/pith/|[\s:]|number|[0-9]{4}:){1,6}([A-Z2-7]{26})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"arXiv:([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/[0-9]{7})v([1-9][0-9]{0,3})\s*\["
)
_SHOWING = {b"Tj", b"'", b'"', b"TJ"}
_MOVING = {b"Td", b"TD", b"Tm", b"T*", b"ET"}
_GAP = -200
"""Thousandths of an em between two letters of a line from which on there is a space."""


class Mention(NamedTuple):
    """A number in a PDF: in its /Info (`page` is None), a link or the text of a page."""

    number: PithNumber
    where: str
    page: int | None = None

    def __str__(self) -> str:
        """In words."""
        place = "" if self.page is None else f" on page {self.page}"
        return f"{self.number} in {self.where}{place}"


class Pdf(NamedTuple):
    """What a PDF says of itself.

    Attributes:
        own: numbers in its /Info, and in links and the text of page 1.
        cited: numbers in links of later pages: of other papers.
        stamp: arXiv's identifier and version on page 1, where arXiv printed it.
    """

    own: tuple[Mention, ...] = ()
    cited: tuple[Mention, ...] = ()
    stamp: ArxivId | None = None

    @property
    def numbers(self) -> tuple[PithNumber, ...]:
        """Its own numbers, each once: more than one is a contradiction."""
        return tuple({mention.number.suffix: mention.number for mention in self.own}.values())

    def with_text(self, first_page: str) -> Pdf:
        """With what the text of page 1 adds, as a fuller reader of PDFs extracts it."""
        own = (*self.own, *_written(first_page))
        return self._replace(own=_once(own), stamp=self.stamp or _stamp(first_page))


def read_pdf(data: bytes) -> Pdf:
    """Find a paper's own number, the numbers it links, and arXiv's stamp.

    1. `/PithNumber` of the /Info dictionary.
    2. Links of page 1 to a record's address; those of later pages are citations.
    3. The text of page 1, where its fonts keep to ASCII. (`Pdf.with_text` takes it from elsewhere.)

    Raises:
        PdfError: for what is no PDF, is encrypted, damaged or too large; one sentence.
    """
    file = PdfFile(data)
    own = [*_informed(file)]
    cited: list[Mention] = []
    for page, members in enumerate(file.pages, 1):
        (own if page == 1 else cited).extend(_linked(file, members, page))
        if len(cited) >= MAX_MENTIONS:
            break
    found = Pdf(_once(own), _once(cited))
    return found.with_text(_text(file, file.pages[0]))


def _informed(file: PdfFile) -> Iterator[Mention]:
    stated = file.resolve(file.info.get("PithNumber"))
    if isinstance(stated, bytes):
        try:
            number = PithNumber.parse(_decoded(stated)[:200])
        except NumberError:
            return
        if number.is_full:
            yield Mention(number, INFO)


def _linked(file: PdfFile, page: Dictionary, at: int) -> Iterator[Mention]:
    for annotation in file.array(page.get("Annots"))[:MAX_MENTIONS]:
        action = file.dictionary(file.dictionary(annotation).get("A"))
        address = file.resolve(action.get("URI"))
        match = _LINKED.search(_decoded(address)) if isinstance(address, bytes) else None
        if match is not None:
            yield Mention(PithNumber(match[1].upper()), LINK, at)


def _written(text: str) -> list[Mention]:
    # Some readers break a number where a font's kerning does.
    found = _WRITTEN.findall(text) or _WRITTEN.findall(text.replace("\n", ""))
    return [Mention(PithNumber(suffix.upper()), TEXT, 1) for suffix in found[:MAX_MENTIONS]]


def _stamp(text: str) -> ArxivId | None:
    match = _STAMP.search(text)
    return None if match is None else ArxivId(match[1].lower(), int(match[2]))


def _once(mentions: list[Mention] | tuple[Mention, ...]) -> tuple[Mention, ...]:
    return tuple(dict.fromkeys(mentions))[:MAX_MENTIONS]


def _decoded(text: bytes) -> str:
    """A text string (section 7.9.2): UTF-16 or UTF-8 with its mark, else one byte a letter."""
    if text.startswith((b"\xfe\xff", b"\xff\xfe")):
        return text.decode("utf-16", "replace")
    if text.startswith(b"\xef\xbb\xbf"):
        return text[3:].decode("utf-8", "replace")
    return text.decode("latin-1")


def _text(file: PdfFile, page: Dictionary) -> str:
    """The strings that a page shows, a line for each move: letters are right in plain fonts."""
    contents = page.get("Contents")
    streams = file.array(contents) or [contents]
    data = b"\n".join(file.stream(one) for one in streams[:MAX_MENTIONS])
    lines: list[str] = []
    operands: list[Value] = []
    at = failures = 0
    for _ in range(MAX_OPERATORS):
        try:
            value, at = read_value(data, at)
        except PdfSyntaxError:
            at = data.find(b"BT", at + 1)  # an inline image perhaps: go on with the next text
            failures += 1
            if at < 0 or failures == MAX_FAILURES:
                break
            continue
        if not isinstance(value, Operator):
            operands.append(value)
            continue
        if value in _SHOWING and operands:
            lines.append(_shown(operands[-1]))
        elif value in _MOVING:
            lines.append("\n")
        operands.clear()
    return "".join(lines)


def _shown(operand: Value) -> str:
    parts = operand if isinstance(operand, list) else [operand]
    return "".join(
        part.decode("latin-1")
        if isinstance(part, bytes) and not isinstance(part, Operator)
        else " " * (isinstance(part, int) and part < _GAP)
        for part in parts
    )
