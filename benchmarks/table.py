"""A table of measured ratios beside their bars, and whether every bar is met."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One case: the bar it must keep under, the aim (None: no aim), what was measured."""

    case: str
    bar: float | None
    aim: float | None
    measured: float
    note: str = ""
    at_least: bool = False
    unit: str = "×"

    @property
    def holds(self) -> bool:
        """True when there is no bar or it is met."""
        if self.bar is None:
            return True
        return self.measured >= self.bar if self.at_least else self.measured <= self.bar


def print_table(title: str, rows: Sequence[Row]) -> int:
    """Print rows as Markdown and return the exit code: 1 when a bar is missed."""
    print(f"\n### {title}\n")
    print(f"{machine()}\n")
    print("| case | bar | aim | measured | |")
    print("| --- | --- | --- | --- | --- |")
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        bar, aim = (
            "" if value is None else f"{sign} {value:g} {row.unit}" for value in (row.bar, row.aim)
        )
        missed = "" if row.holds else " **missed**"
        print(
            f"| {row.case} | {bar} | {aim} | {row.measured:.2f} {row.unit}{missed} | {row.note} |"
        )
    sys.stdout.flush()
    return 0 if all(row.holds for row in rows) else 1


def machine() -> str:
    """What the figures were measured on."""
    return f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}."


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    half, odd = divmod(len(ordered), 2)
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2
