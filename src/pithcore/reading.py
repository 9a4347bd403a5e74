"""The one strict JSON reader in front of everything.

What Python's `json` reads and this refuses, since a signed document must mean one thing to
every reader: duplicate keys, `NaN` and `Infinity`, lone surrogates, numbers that overflow,
a byte order mark, and nesting or integers without bound.
"""

from __future__ import annotations

import json
import re

from pithcore.errors import ReadError
from pithcore.patterns import Pattern
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Never, TypeAlias

JSON: TypeAlias = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None

MAX_BYTES = 128 * 1024 * 1024
"""Input size. A bundle of 100,000 events is about half of it, and reading needs some ten
times the input in memory, which is what a browser tab can still give."""

MAX_DEPTH = 128
"""Nesting. Documents of the protocol stay below 12; the interpreter's own limit is near 1,000."""

MAX_INTEGER = 2**63 - 1
"""Largest integer, and -2**63 the smallest: what a signed 64-bit integer holds in any language."""

_BOM = "\ufeff"

# A whole string (or an unfinished one up to the end of the text), or one bracket. Possessive
# quantifiers keep the scan linear on hostile input.
_STRING_OR_BRACKET = Pattern(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_TOKEN = Pattern(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},:]|[^\s\[\]{},:"]++', re.DOTALL)
_SURROGATE_ESCAPE = Pattern(r"\\u[dD][89a-fA-F]")
_PLAIN_KEY = Pattern(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_MAX_KEY = 64


class _RefusedError(Exception):
    """The decoder's hooks met something; `_explain` finds where."""


def read_json(data: bytes, *, max_bytes: int = MAX_BYTES) -> JSON:
    """Read one JSON value, strictly.

    Args:
        data: UTF-8 without a byte order mark, at most `max_bytes` long.
        max_bytes: limit on the size of the input, in bytes.

    Returns:
        The value. Every value returned has canonical bytes.

    Raises:
        ReadError: with line, column and, where there is one, the JSON path.
        TypeError: when `data` is not bytes.

    Source: RFC 8259, protocol 1.1; the limits are this module's constants.
    """
    return parse_json(decode_utf8(data, max_bytes=max_bytes))


def parse_json(text: str) -> JSON:
    """As `read_json`, from text that has been decoded."""
    if text.startswith(_BOM):
        raise ReadError(
            "The file starts with a byte order mark, which JSON does not allow. "
            "Save it as UTF-8 without one.",
            line=1,
            column=1,
        )
    _bound_depth(text)
    try:
        value: JSON = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        what = error.msg[0].lower() + error.msg[1:]
        raise ReadError(
            f"This is not JSON: {what}.", line=error.lineno, column=error.colno
        ) from None
    except _RefusedError:
        _explain(text)
    if "\\u" in text and _SURROGATE_ESCAPE.search(text) and _has_lone_surrogate(value):
        _explain(text)
    return value


def decode_utf8(data: bytes, *, max_bytes: int = MAX_BYTES) -> str:
    """Decode UTF-8 of at most `max_bytes` bytes. Raises `ReadError` with line and column."""
    if not isinstance(data, bytes):
        raise TypeError(f"data must be bytes, not {type(data).__name__}")
    if len(data) > max_bytes:
        raise ReadError(
            f"The input has {len(data):,} bytes; at most {max_bytes:,} are read in one piece."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        start_of_line = before.rfind(b"\n") + 1
        raise ReadError(
            f"Byte 0x{data[error.start]:02x} is not valid UTF-8 here.",
            line=before.count(b"\n") + 1,
            column=len(before[start_of_line:].decode("utf-8")) + 1,
        ) from None


def end_of_object(text: str, start: int) -> int:
    """Index just after the `}` that closes the `{` at `start`, or the end of the text."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text, start):
        token = match.group()
        if token in "[{":
            depth += 1
        elif token in "]}":
            depth -= 1
            if depth == 0:
                return match.end()
    return len(text)


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RefusedError
    return value


def _integer(digits: str) -> int:
    # 20 characters hold any 64-bit integer with its sign; more are not worth converting.
    if len(digits) > 20 or not -MAX_INTEGER - 1 <= (value := int(digits)) <= MAX_INTEGER:
        raise _RefusedError
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _RefusedError
    return value


def _constant(name: str) -> Never:
    raise _RefusedError


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)


def _bound_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        token = match.group()
        if token in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                line, column = _place(text, match.start())
                raise ReadError(
                    f"Nested more than {MAX_DEPTH} levels deep.", line=line, column=column
                )
        elif token in "]}":
            depth -= 1


def _place(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _has_lone_surrogate(value: JSON) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _explain(text: str) -> Never:
    """Raise the `ReadError` for the first thing in `text` that the hooks refuse.

    Runs only after a refusal, so it always finds one, and everything before it is JSON.
    """
    # One frame per open array or object: [index or key, keys seen or None for an array].
    frames: list[tuple[list[str | int], set[str] | None]] = []
    expect_key = False
    tokens = _TOKEN.finditer(text)
    while True:
        match = next(tokens)
        token = match.group()
        problem = None
        if token in ("{", "["):
            frames.append(([0], set() if token == "{" else None))
            expect_key = token == "{"
        elif token in ("}", "]"):
            frames.pop()
        elif token == ",":
            position, keys = frames[-1]
            expect_key = keys is not None
            if keys is None:
                position[0] = int(position[0]) + 1
        elif token.startswith('"'):
            content = json.loads(token)
            position, keys = frames[-1] if frames else ([], None)
            if expect_key and keys is not None:
                position[0] = content
                expect_key = False
                if content in keys:
                    problem = f"The key {_shown(content)} stands twice in one object."
                keys.add(content)
            if _has_lone_surrogate(content):
                problem = "A string holds half of a surrogate pair, which has no UTF-8 form."
        elif token != ":":
            problem = _number_problem(token)
        if problem is not None:
            line, column = _place(text, match.start())
            path = "$" + "".join(_step(position[0]) for position, _ in frames)
            raise ReadError(problem, line=line, column=column, path=path)


def _step(position: str | int) -> str:
    if isinstance(position, int):
        return f"[{position}]"
    return f".{position}" if _PLAIN_KEY.match(position) else f"[{_shown(position)}]"


def _shown(key: str) -> str:
    return json.dumps(key if len(key) <= _MAX_KEY else f"{key[:_MAX_KEY]}…")


def _number_problem(token: str) -> str | None:
    try:
        json.loads(token, parse_int=_integer, parse_float=_float, parse_constant=_constant)
    except _RefusedError:
        shown = token if len(token) <= 24 else f"{token[:20]}…"
        if "N" in token or "I" in token:
            return f"{shown} is not a JSON number."
        if token.lstrip("-").isdigit():
            return f"The integer {shown} does not fit in 64 bits."
        return f"The number {shown} is too large for a 64-bit float."
    return None
