"""Days, numbers and lists, in the words of a report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from pithcore.printable import brief

MARGIN = timedelta(hours=2)
"""Added to a block's time before the day is taken. A miner may write a time up to about an hour
before the true one (later than the median of eleven blocks), so the bare day could be wrong."""

MAX_NAMED = 5
"""Names in a sentence; real proofs have up to five calendars."""

_MONTHS = ("January", "February", "March", "April", "May", "June") + (
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_of(time: int) -> date:
    """The day, in UTC, by which a block with that time had been mined. Never the second."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=time) + MARGIN).date()


def written(day: date) -> str:
    """`28 May 2015`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def hashes(count: int) -> str:
    """A number of hash computations: `12` or `2.1 × 10^20`."""
    if count < 1_000_000:
        return f"{count:,}"
    mantissa, _, exponent = f"{count:.1e}".partition("e+")
    return f"{mantissa} × 10^{int(exponent)}"


def counted(count: int, noun: str) -> str:
    """`1 header`, `2 headers`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def named(names: Iterable[str], noun: str) -> str:
    """`calendars A, B and C`: each name once, cut short, and not too many of them."""
    distinct = [brief(name) for name in dict.fromkeys(names)]
    more = len(distinct) - MAX_NAMED
    shown = distinct if more <= 0 else [*distinct[:MAX_NAMED], f"{more} more"]
    *others, last = shown
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"{noun}{'s' if others else ''} {listed}"
