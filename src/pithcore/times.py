"""UTC times as the protocol writes them, and the order between two of them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from pithcore.patterns import Pattern

_UTC = Pattern(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?!24)[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?Z")

_LONGEST = 30
"""Characters of a time with nine digits of a fraction."""


def utc_order(text: str | None) -> str | None:
    """A text that sorts as the time does; None for what is no UTC time.

    RFC 3339 with an upper case `T` and `Z` and no leap second. Fractions of a second (up to
    nine digits) are compared as numbers, so that `…:14.5Z` comes after `…:14Z`, which plain
    text would turn round.
    """
    return None if text is None or len(text) > _LONGEST else _order(text)


@lru_cache(maxsize=64)
def _order(text: str) -> str | None:
    """Kept, since a document states one time in several places, each held against a key's term."""
    match = _UTC.fullmatch(text)
    if match is None:
        return None
    seconds, fraction = match.groups()
    try:
        datetime.fromisoformat(seconds)
    except ValueError:
        return None
    return f"{seconds}.{(fraction or '').ljust(9, '0')}"
