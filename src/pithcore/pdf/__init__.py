"""A paper's own Pith Number, in its PDF (protocol 8.5).

Nothing binds the bytes of a PDF to a record: whoever makes a file can write any number into it.
What is read here is what the file *says*; the record's checks say what that is worth.

This scan knows one packing and plain fonts, which is what TeX writes. What it meets beyond that it
lists as unread, so that a fuller reader can be asked, and its word be taken in (`Pdf.with_other`).
"""

from __future__ import annotations

import re

from pithcore.errors import NumberError
from pithcore.number import PithNumber
from pithcore.pdf.file import PdfFile
from pithcore.pdf.text import shown_text
from pithcore.query import ArxivId
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pithcore.pdf.file import Dictionary

INFO, LINK, TEXT = "its /Info", "a link", "the text"
"""Where a number can stand."""

MAX_MENTIONS = 1000
"""Numbers kept of one file: more than any list of references."""

MAX_LINKS = 20_000
"""Links looked at of what another reader lists: more than any thesis has."""

SCAN = "the standard-library scan"
"""What this package calls itself beside another reader."""

_LINKED = re.compile(r"/pith/([A-Za-z2-7]{26})(?![A-Za-z0-9])")
_WRITTEN = re.compile(
    r"pith(?:\.science/pith/|[\s:]|number|[0-9]{4}:){1,6}([A-Z2-7]{26})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"arXiv:([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/[0-9]{7})v([1-9][0-9]{0,3})\s*\["
)


class Mention(NamedTuple):
    """A number in a PDF: in its /Info (`page` is None), a link or the text of a page."""

    number: PithNumber
    where: str
    page: int | None = None

    def __str__(self) -> str:
        """In words."""
        place = "" if self.page is None else f" on page {self.page}"
        return f"{self.number} in {self.where}{place}"


class OtherReading(NamedTuple):
    """What another reader of PDFs made of the same file, as plain text.

    Attributes:
        by: its name and version.
        info: `/PithNumber` of the /Info dictionary; None where there is none.
        links: (page, address) of each link; pages count from 1.
        text: the text of page 1.
        unread: what it could not read, in words; empty when it read all that is asked here.
    """

    by: str
    info: str | None = None
    links: tuple[tuple[int, str], ...] = ()
    text: str = ""
    unread: tuple[str, ...] = ()


class Reading(NamedTuple):
    """The own numbers that one of several readers found."""

    by: str
    own: tuple[Mention, ...]

    def __str__(self) -> str:
        """In words."""
        return f"{self.by}: {', '.join(map(str, self.own)) or 'no number'}"


class Pdf(NamedTuple):
    """What a PDF says of itself.

    Attributes:
        own: numbers in its /Info, and in links and the text of page 1.
        cited: numbers in links of later pages: of other papers.
        stamp: arXiv's identifier and version on page 1, where arXiv printed it.
        unread: what may hold a number, or the stamp, and could not be read; in words.
        readings: who found which of `own`, once a second reader was asked; empty before.
    """

    own: tuple[Mention, ...] = ()
    cited: tuple[Mention, ...] = ()
    stamp: ArxivId | None = None
    unread: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def numbers(self) -> tuple[PithNumber, ...]:
        """Its own numbers, each once: more than one is a contradiction."""
        return tuple({mention.number.suffix: mention.number for mention in self.own}.values())

    @property
    def read_by(self) -> tuple[Reading, ...]:
        """Each reader that was asked, and the own numbers that it found."""
        return self.readings or (Reading(SCAN, self.own),)

    @property
    def wants_another_reader(self) -> bool:
        """True when no number was found and what was left unread may hold one.

        False once another reader was asked: there is no third.
        """
        return not self.own and bool(self.unread) and not self.readings

    def with_other(self, other: OtherReading) -> Pdf:
        """With what another reader adds: all that either found counts.

        What was unread stays so unless the other reader left nothing unread.
        """
        own = _stated(other.info)
        cited: list[Mention] = []
        for page, address in other.links[:MAX_LINKS]:
            (own if page == 1 else cited).extend(_addressed(address, page))
        found = _once((*own, *_written(other.text)))
        return Pdf(
            _once((*self.own, *found)),
            _once((*self.cited, *cited)),
            self.stamp or _stamp(other.text),
            tuple(dict.fromkeys((*self.unread, *other.unread))) if other.unread else (),
            (*self.read_by, Reading(other.by, found)),
        )


def read_pdf(data: bytes) -> Pdf:
    """Find a paper's own number, the numbers it links, and arXiv's stamp.

    1. `/PithNumber` of the /Info dictionary.
    2. Links of page 1 to a record's address; those of later pages are citations.
    3. The text of page 1, where its fonts keep to ASCII.

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
    text = shown_text(file, file.pages[0]) if file.pages else ""
    own += _written(text)
    return Pdf(_once(own), _once(cited), _stamp(text), tuple(file.unread))


def _informed(file: PdfFile) -> list[Mention]:
    stated = file.resolve(file.info.get("PithNumber"))
    return _stated(_decoded(stated)) if isinstance(stated, bytes) else []


def _stated(text: str | None) -> list[Mention]:
    try:
        number = PithNumber.parse((text or "")[:200])
    except NumberError:
        return []
    return [Mention(number, INFO)] if number.is_full else []


def _linked(file: PdfFile, page: Dictionary, at: int) -> Iterator[Mention]:
    for annotation in file.array(page.get("Annots"))[:MAX_MENTIONS]:
        action = file.dictionary(file.dictionary(annotation).get("A"))
        address = file.resolve(action.get("URI"))
        if isinstance(address, bytes):
            yield from _addressed(_decoded(address), at)


def _addressed(address: str, page: int) -> Iterator[Mention]:
    match = _LINKED.search(address)
    if match is not None:
        yield Mention(PithNumber(match[1].upper()), LINK, page)


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
