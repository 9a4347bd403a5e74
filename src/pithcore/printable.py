"""A document's own words inside ours: cut to a length, with what does not print escaped."""

from __future__ import annotations

from pithcore.canonical import canonical_bytes
from pithcore.reading import JSON

MAX_SHOWN = 4_000
"""Characters of a value shown as expected or found; a record has some 520."""

MAX_BRIEF = 100
"""Characters of a document's own words inside a sentence of the report."""


def show(value: JSON) -> str:
    """A value as a reader sees it beside another: text as it is, anything else as JSON.

    What does not print (control characters, marks that reorder or hide text) is escaped.
    """
    return _printable(value, MAX_SHOWN)


def brief(value: JSON) -> str:
    """As `show`, for a sentence: short, so that a document cannot write our sentences."""
    return _printable(value, MAX_BRIEF)


def _printable(value: JSON, most: int) -> str:
    text = value if isinstance(value, str) else canonical_bytes(value).decode("utf-8")
    shown = text[:most]
    if not shown.isprintable():
        shown = "".join(
            character if character.isprintable() else ascii(character)[1:-1] for character in shown
        )
    return shown if len(text) <= most else f"{shown}…"
