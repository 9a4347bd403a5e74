"""The text of a page, as far as its fonts keep to ASCII.

A page shows codes, and its fonts say what each looks like. In the fonts that TeX uses a letter's
code is its ASCII code. Where that is not certain, the page is read as if it were, and noted as
unread: a number that is found this way is one, and one that is not found may still be there.
"""

from __future__ import annotations

import re

from pithcore.pdf.objects import Name, Operator, PdfSyntaxError, read_value
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.pdf.file import Dictionary, PdfFile
    from pithcore.pdf.objects import Value

MAX_OPERATORS = 500_000
"""Words read of the page's content; a dense page has some thousands."""

MAX_FAILURES = 100
"""Places of it that cannot be read: each may cost a look at all that follows."""

MAX_RESOURCES = 1000
"""Fonts and forms looked at, and streams of content; a page has some tens."""

_SHOWING = {b"Tj", b"'", b'"', b"TJ"}
_MOVING = {b"Td", b"TD", b"Tm", b"T*", b"ET"}
_GAP = -200
"""Thousandths of an em between two letters of a line from which on there is a space."""

_BY_LETTER = ("Type1", "MMType1", "TrueType")
"""Kinds of fonts in which a code is one byte, and may be a letter's."""

_DIGITS = dict(zip("234567", ("two", "three", "four", "five", "six", "seven"), strict=True))
_GLYPHS = {
    ord(letter): _DIGITS.get(letter, letter)
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz234567"
}
"""Codes of the letters that a number may have, and of those around it, and what shows them."""

_CHAR = re.compile(rb"<([0-9A-Fa-f]{1,8})>\s*<([0-9A-Fa-f]{1,64})>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]{1,8})>\s*<([0-9A-Fa-f]{1,8})>\s*<([0-9A-Fa-f]{1,64})>")


def shown_text(file: PdfFile, page: Dictionary) -> str:
    """The strings that a page shows, a line for each move; what is unread is noted in `file`."""
    contents = page.get("Contents")
    streams = file.array(contents) or [contents]
    data = b"\n".join(file.stream(one, "text of page 1") for one in streams[:MAX_RESOURCES])
    lines: list[str] = []
    operands: list[Value] = []
    at = failures = 0
    for _ in range(MAX_OPERATORS):
        try:
            value, at = read_value(data, at)
        except PdfSyntaxError:
            at = data.find(b"BT", at + 1)  # an inline image perhaps: go on with the next text
            failures += 1
            if at < 0:
                break
            if failures == MAX_FAILURES:
                file.leave("text of page 1 behind many damaged places")
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
    else:
        file.leave("the end of page 1, which is very long")
    _note_resources(file, page)
    return "".join(lines)


def _shown(operand: Value) -> str:
    parts = operand if isinstance(operand, list) else [operand]
    return "".join(
        part.decode("latin-1")
        if isinstance(part, bytes) and not isinstance(part, Operator)
        else " " * (isinstance(part, int) and part < _GAP)
        for part in parts
    )


def _note_resources(file: PdfFile, page: Dictionary) -> None:
    """Note the fonts whose letters are not certain, and forms, whose content is not read."""
    resources = file.dictionary(file.inherited(page, "Resources"))
    fonts = [*file.dictionary(resources.get("Font")).values()][:MAX_RESOURCES]
    if not all(_is_plain(file, file.dictionary(font)) for font in fonts):
        file.leave("text of page 1 in a font that numbers its letters in its own way")
    drawn = [*file.dictionary(resources.get("XObject")).values()][:MAX_RESOURCES]
    if any(file.dictionary(one).get("Subtype") == "Form" for one in drawn):
        file.leave("a drawing on page 1, which may have text")


def _is_plain(file: PdfFile, font: Dictionary) -> bool:
    """True when the code of each letter is its ASCII code, by all that the font states."""
    encoding = file.resolve(font.get("Encoding"))
    kind = font.get("Subtype")
    if kind not in _BY_LETTER or encoding == "MacExpertEncoding":
        return False
    if isinstance(encoding, dict) and not _shows_letters(file.array(encoding.get("Differences"))):
        return False
    if "ToUnicode" in font:
        return _means_letters(file.stream(font["ToUnicode"], "a font's table on page 1"))
    return encoding is not None or kind != "TrueType"  # TeX's Type 1 fonts state no encoding


def _shows_letters(differences: list[Value]) -> bool:
    """True when an encoding (section 9.6.6) has no other glyph in the place of a letter."""
    code = 0
    for item in differences:
        if isinstance(item, int):
            code = item
        elif isinstance(item, Name):
            if _GLYPHS.get(code, item) != item:
                return False
            code += 1
    return True


def _means_letters(table: bytes) -> bool:
    """True when a table of what codes mean (section 9.10.3) gives each letter as itself."""
    if not table:
        return False
    for part in table.split(b"beginbf")[1:]:
        rows, _, _ = part.partition(b"endbf")
        if rows.startswith(b"range"):
            found = [*map(_hex, _RANGE.findall(rows))]
            if b"[" in rows:
                return False
        else:
            found = [(code, code, meaning) for code, meaning in map(_hex, _CHAR.findall(rows))]
        for low, high, meaning in found:
            if meaning != low and any(low <= code <= high for code in _GLYPHS):
                return False
    return True


def _hex(digits: tuple[bytes, ...]) -> tuple[int, ...]:
    return tuple(int(one, 16) for one in digits)
