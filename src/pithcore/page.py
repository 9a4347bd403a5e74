"""The text of a record page, saved as HTML or copied from the screen (protocol 8).

Two layouts have been seen. The newer one prints the canonical record and the aliases in one
line; the older one prints tables and the `Signature value`. Values are taken by their label,
whatever they look like, so that a damaged value is compared and fails instead of being missed.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from pithcore.document import Document, Statement
from pithcore.errors import DocumentError, ReadError
from pithcore.reading import JSON, end_of_object, read_json

MAX_PAGE_CHARACTERS = 16 * 1024 * 1024
"""Text of a page. Record pages seen are below 100 kB; HTML needs some 20 times its size."""

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_SILENT = frozenset({"script", "style", "template", "title"})

_LEAD = r"^[ \t|>*#+-]*"
_GAP = r"[ \t|:*]*"
_HASH = re.compile(
    _LEAD + r"Canonical hash" + _GAP + r"\s*[|`]*\s*(\S+)", re.MULTILINE | re.IGNORECASE
)
_EXPECT = re.compile(_LEAD + r"expect:[ \t]*(\S+)", re.MULTILINE)
_SIGNATURE = re.compile(
    _LEAD + r"Signature value" + _GAP + r"\s*[|`]*\s*(\S+)", re.MULTILINE | re.IGNORECASE
)
_SIGNED = re.compile(
    _LEAD + r"First computed" + _GAP + r"\s*[|`]*\s*(\S+)", re.MULTILINE | re.IGNORECASE
)
_KEY_ID = re.compile(r"Pith Ed25519\s*\(([^\s,)]+)")
_FINGERPRINT = re.compile(r"Pith Ed25519\s*\([^\s,)]+,\s*fingerprint\s+([0-9A-Za-z]+)")
_RECORD = re.compile(
    _LEAD + r"Canonical record JSON\b[^{]{0,200}(?={)", re.MULTILINE | re.IGNORECASE
)
_NUMBER = re.compile(r"\bpith:[0-9]{4}:[0-9A-Za-z]+", re.IGNORECASE)
_SHORT = re.compile(r"\bpith:([0-9A-Za-z]{8})(?![0-9A-Za-z:])", re.IGNORECASE)
_LATEX = re.compile(r"\\pithnumber\{([^{}]*)\}")
_ALIASES = re.compile(
    _LEAD + r"Aliases\b(.*?)(?:^[ \t|>*#+-]*(?:Agent API|Verify this)|\Z)", re.MULTILINE | re.DOTALL
)
_ALIAS = re.compile(r"\b(arxiv_version|arxiv|doi|pith_short_[0-9]+)\b[\s|:]+([^\s|·]+)")
_SOURCE = re.compile(_LEAD + r"arxiv:(\S+)[ \t]+v([0-9]{1,4})\b", re.MULTILINE | re.IGNORECASE)


def read_page(text: str) -> Document:
    """Collect what a record page states.

    Raises:
        DocumentError: when the text has neither a canonical hash nor a canonical record.
        ReadError: when the page is too long, or the record it prints is not strict JSON.
    """
    if len(text) > MAX_PAGE_CHARACTERS:
        raise ReadError(
            f"The page has {len(text):,} characters; at most {MAX_PAGE_CHARACTERS:,} are read."
        )
    text = text.lstrip("\ufeff \t\r\n")
    text = _visible(text) if text.startswith("<") else text
    text = text.replace("\u00a0", " ").replace("\r\n", "\n").strip()
    records = tuple(_records(text))
    digests = [Statement(found, "page: Canonical hash") for found in _HASH.findall(text)]
    digests += [Statement(found, "page: expect") for found in _EXPECT.findall(text)]
    if not (records or digests):
        raise DocumentError(
            "This is neither JSON nor a record page: it has no line “Canonical hash” and no "
            "“Canonical record JSON”. Copy the whole page, or use the record's bundle.json."
        )
    numbers = _first(_NUMBER, text, "page: Pith Number")
    if not numbers:
        raise DocumentError(
            "The text shows no Pith Number (pith:YEAR:SUFFIX). Copy the whole page, from its top."
        )
    signature = _SIGNATURE.search(text)
    key_id = _KEY_ID.search(text)
    return Document(
        kind="record_page",
        records=records,
        digests=tuple(digests),
        numbers=numbers,
        suffixes=_first(_LATEX, text, r"page: \pithnumber"),
        short_numbers=_first(_SHORT, text, "page: short number", prefix="pith:"),
        sources=tuple(_sources(text)),
        aliases=tuple(_aliases(text)),
        receipts=() if signature is None else (_receipt(signature, key_id, text),),
        fingerprints=_first(_FINGERPRINT, text, "page: fingerprint"),
        signature_named=signature is None and key_id is not None,
    )


def _records(text: str) -> list[Statement]:
    found = []
    for label in _RECORD.finditer(text):
        printed = text[label.end() : end_of_object(text, label.end())]
        try:
            value = read_json(printed.encode("utf-8"))
        except ReadError as error:
            raise ReadError(f"In the record that the page prints: {error}") from None
        found.append(Statement(value, "page: Canonical record JSON"))
    return found


def _first(
    pattern: re.Pattern[str], text: str, where: str, prefix: str = ""
) -> tuple[Statement, ...]:
    """The first match only: further down a page speaks of other papers."""
    match = pattern.search(text)
    return () if match is None else (Statement(prefix + match.group(match.lastindex or 0), where),)


def _receipt(signature: re.Match[str], key_id: re.Match[str] | None, text: str) -> Statement:
    receipt: dict[str, JSON] = {"signature_b64": signature.group(1)}
    if key_id is not None:
        receipt["key_id"] = key_id.group(1)
    signed = _SIGNED.search(text)
    if signed is not None:
        receipt["signed_at"] = signed.group(1)
    return Statement(receipt, "page: Signature value")


def _aliases(text: str) -> list[Statement]:
    section = _ALIASES.search(text)
    return [
        Statement({"alias_kind": kind, "alias_value": value}, f"page: alias {kind}")
        for kind, value in _ALIAS.findall(section.group(1) if section else "")
    ]


def _sources(text: str) -> list[Statement]:
    match = _SOURCE.search(text)
    if match is None:
        return []
    source: JSON = {"kind": "arxiv", "id": match.group(1), "version": int(match.group(2))}
    return [Statement(source, "page: source line")]


class _VisibleText(HTMLParser):
    """Text a browser would show, with a line break at every block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def _visible(html: str) -> str:
    parser = _VisibleText()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)
