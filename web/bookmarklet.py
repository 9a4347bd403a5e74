"""Make one line of `bookmarklet.js`, for a bookmark to hold.

Comments and spaces go, and nothing else is touched: names stay as they are written. The source
keeps to a part of JavaScript in which that needs no guess: outside of comments and of strings in
double quotes there is no `/`, no backtick, no apostrophe and no backslash.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

PLACE = "VERIFIER"
"""Stands for the address of the verifier; the page that offers the bookmark puts in its own."""

LIMIT = 3900
"""Bytes of the whole `javascript:` address. With a verifier's own it is then below 4 kB, which
is as much as the strictest keeper of bookmarks takes."""

_SAFE = "!\"$&'()*+,-./:;<=>?@[]^_{|}~"
"""What stands in the address as it is. A browser decodes the rest before it runs it."""

_TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*)
      | (?P<string>"(?:[^"\\\n])*")
      | (?P<space>\s+)
      | (?P<word>[A-Za-z0-9_$]+)
      | (?P<sign>[^\s"'`/\\A-Za-z0-9_$\x80-\U0010ffff])
      | (?P<strange>.)""",
    re.VERBOSE,
)
_ENDS = frozenset(";{}(,[=>&|?:!")
"""A line ends with one of these, or the next begins with one of the following."""
_GOES_ON = frozenset(")]}.,?:&|=")


class BookmarkletError(ValueError):
    """The source cannot be made one line of; the message says where and why."""


def one_line(source: str) -> str:
    """The same program on one line.

    Raises:
        BookmarkletError: when the source uses more of the language than is taken apart here, or
            ends a statement without its semicolon.
    """
    line: list[str] = []
    gap = ""
    for token in _TOKENS.finditer(source):
        kind, text = token.lastgroup, token.group()
        if kind == "strange":
            number = source.count("\n", 0, token.start()) + 1
            raise BookmarkletError(f"bookmarklet.js, line {number}: {text} is not understood here.")
        if kind in ("comment", "space"):
            gap += text
            continue
        if gap and line:
            before, after = line[-1][-1], text[0]
            if "\n" in gap and not (before in _ENDS or after in _GOES_ON):
                number = source.count("\n", 0, token.start())
                raise BookmarkletError(f"bookmarklet.js, line {number}: a semicolon is missing.")
            if (_is_word(before) and _is_word(after)) or (before == after and before in "+-"):
                line.append(" ")
        line.append(text)
        gap = ""
    return "".join(line).removesuffix(";")


def _is_word(character: str) -> bool:
    return character.isalnum() or character in "_$"


def module(source: str) -> bytes:
    """`oneliner.js`: the line, percent-encoded where an address has to be, with `PLACE` in it.

    Raises:
        BookmarkletError: as `one_line`; when it is too long; when `PLACE` is not there once.
    """
    line = one_line(source)
    if len(re.findall(rf"\b{PLACE}\b", line)) != 1:
        raise BookmarkletError(f"bookmarklet.js has to name {PLACE} once.")
    address = "javascript:" + quote(line, safe=_SAFE)
    if len(address) > LIMIT:
        raise BookmarkletError(
            f"The bookmarklet has {len(address):,} bytes; at most {LIMIT:,} are allowed."
        )
    return (
        "// Made by bookmarklet.py from bookmarklet.js.\n"
        f"export const PLACE = {json.dumps(PLACE)};\n"
        f"export const ONE_LINER = {json.dumps(address)};\n"
    ).encode()
