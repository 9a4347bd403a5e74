"""UTC times as the protocol writes them, and the order between two of them."""

from __future__ import annotations

from functools import lru_cache

from pithcore.patterns import Pattern

_UTC = Pattern(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):[0-5][0-9]:[0-5][0-9](?:\.([0-9]{1,9}))?Z"
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

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
    year, month, day, hour = map(int, match.group(1, 2, 3, 4))
    if year == 0 or not 1 <= month <= 12 or hour > 23:
        return None
    is_leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _DAYS[month - 1] + is_leap:
        return None
    return f"{text[:19]}.{(match[5] or '').ljust(9, '0')}"
