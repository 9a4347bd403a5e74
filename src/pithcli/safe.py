"""Text from elsewhere, made harmless for a terminal.

A record comes from anybody. Printed as it is, it could move the cursor, recolour a verdict or
turn the reading direction, so that the screen says something else than the report.
"""

from __future__ import annotations

_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Control, format (bidirectional overrides among them), surrogate, line and paragraph separator."""


def printable(text: str) -> str:
    r"""`text` on one line, with every harmful character as `\x1b` or `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    import unicodedata  # a library of its own, and most texts end above

    return "".join(
        _escape(character) if unicodedata.category(character) in _HARMFUL else character
        for character in text
    )


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
