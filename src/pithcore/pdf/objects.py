"""PDF objects (ISO 32000-1 section 7.3), as far as a search for numbers needs them."""

from __future__ import annotations

import re

from pithcore.typed import NamedTuple

MAX_DEPTH = 64
"""Arrays and dictionaries within each other; files of the wild stay below ten."""

MAX_ITEMS = 200_000
"""Members of one array or dictionary: more than any page tree lists at one place."""

_SPACE = rb"[\0\t\n\f\r ]"
_REGULAR = rb"[^\0\t\n\f\r ()<>\[\]{}/%]"
_TOKEN = re.compile(
    rb"(?:" + _SPACE + rb"|%[^\r\n]*+)*+"
    rb"(<<|>>|<[0-9A-Fa-f\0\t\n\f\r ]*+>|[\[\](]|/" + _REGULAR + rb"*+|" + _REGULAR + rb"++)"
)
_REFERENCE = re.compile(rb"([0-9]{1,10})" + _SPACE + rb"++([0-9]{1,5})" + _SPACE + rb"++R(?!\w)")
_IN_STRING = re.compile(rb"[^()\\]*+(?:\\.[^()\\]*+)*+", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_NUMBER = re.compile(rb"[+-]?[0-9]{1,18}\Z")


class Name(str):
    """A name, without its slash."""

    __slots__ = ()


class Reference(NamedTuple):
    """An indirect object, by its number."""

    number: int


class Operator(bytes):
    """A word that is no object: `obj`, `stream`, `Tj`; or a real number, which nothing asks for."""

    __slots__ = ()


class PdfSyntaxError(ValueError):
    """No object stands there."""


Value = object
"""None, a bool, an int, bytes (a string), a Name, a Reference, an Operator, a list or a dict."""


def read_value(data: bytes, at: int, depth: int = 0) -> tuple[Value, int]:
    """(object, index behind it) of the object that begins at `at` or after white space there.

    Raises:
        PdfSyntaxError: when none does, or it is nested deeper than `MAX_DEPTH`.
    """
    match = _TOKEN.match(data, at)
    if match is None or depth > MAX_DEPTH or match[1] in (b">>", b"]"):
        raise PdfSyntaxError
    token, end = match[1], match.end()
    if token == b"<<":
        return _dictionary(data, end, depth)
    if token == b"[":
        return _array(data, end, depth)
    if token == b"(":
        return _string(data, end)
    if token.startswith(b"<"):
        digits = re.sub(_SPACE, b"", token[1:-1])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")), end
    if token.startswith(b"/"):
        raw = _HEX_IN_NAME.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), token[1:])
        return Name(raw.decode("latin-1")), end
    reference = _REFERENCE.match(data, match.start(1))
    if reference is not None:
        return Reference(int(reference[1])), reference.end()
    if _NUMBER.match(token):
        return int(token), end
    words: dict[bytes, Value] = {b"true": True, b"false": False, b"null": None}
    return words.get(token, Operator(token)), end


def _array(data: bytes, at: int, depth: int) -> tuple[list[Value], int]:
    values: list[Value] = []
    for _ in range(MAX_ITEMS):
        match = _TOKEN.match(data, at)
        if match is not None and match[1] == b"]":
            return values, match.end()
        value, at = read_value(data, at, depth + 1)
        values.append(value)
    raise PdfSyntaxError


def _dictionary(data: bytes, at: int, depth: int) -> tuple[dict[str, Value], int]:
    members: dict[str, Value] = {}
    for _ in range(MAX_ITEMS):
        match = _TOKEN.match(data, at)
        if match is not None and match[1] == b">>":
            return members, match.end()
        name, at = read_value(data, at, depth + 1)
        if not isinstance(name, Name):
            raise PdfSyntaxError
        members[name], at = read_value(data, at, depth + 1)
    raise PdfSyntaxError


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    """A literal string, from behind its first parenthesis; balanced ones are part of it."""
    begin, depth = at, 1
    while True:
        match = _IN_STRING.match(data, at)
        end = at if match is None else match.end()
        if end >= len(data) or data[end] == 0x5C:  # unfinished
            raise PdfSyntaxError
        depth += 1 if data[end] == 0x28 else -1
        at = end + 1
        if depth == 0:
            return _ESCAPE.sub(_unescaped, data[begin:end]), at


def _unescaped(match: re.Match[bytes]) -> bytes:
    what = match[1]
    if what[:1].isdigit() and what[:1] not in b"89":
        return bytes([int(what, 8) & 255])
    return b"" if what in (b"\n", b"\r", b"\r\n") else _ESCAPED.get(what, what)
