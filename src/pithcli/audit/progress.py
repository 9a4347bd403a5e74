"""How far it is, on standard error: rows, rate, part done, time left."""

from __future__ import annotations

import contextlib
import sys
import time

EVERY_ON_A_TERMINAL = 0.5
"""Seconds between two looks at the one line that is written again and again."""

EVERY_ELSEWHERE = 5.0
"""Seconds between two lines where lines stay."""


class Progress:
    """Tells how far a run is, from rows written and bytes of the inputs behind them.

    Args:
        total: bytes of all inputs; None to tell nothing.
    """

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._shown = total is not None and sys.stderr is not None
        self._rewrite = self._shown and sys.stderr.isatty()
        self._start = self._last = time.monotonic()
        self._first_behind: int | None = None
        self._width = 0

    def show(self, rows: int, rows_now: int, behind: int) -> None:
        """Say it, if the last time is long enough ago.

        Args:
            rows: all that are written. rows_now: those of this run.
            behind: bytes of the inputs that they stand for.
        """
        if self._first_behind is None:
            self._first_behind = behind
        now = time.monotonic()
        every = EVERY_ON_A_TERMINAL if self._rewrite else EVERY_ELSEWHERE
        if self._shown and now - self._last >= every:
            self._last = now
            self._say(self._text(rows, rows_now, behind, now - self._start))

    def close(self) -> None:
        """Leave the line."""
        if self._rewrite and self._width:
            with contextlib.suppress(OSError):
                print(f"\r{' ' * self._width}\r", end="", file=sys.stderr, flush=True)

    def _text(self, rows: int, rows_now: int, behind: int, seconds: float) -> str:
        text = f"{rows:,} rows, {rows_now / seconds:,.0f} a second"
        if not self._total:
            return text
        text += f", {min(behind / self._total, 1):.0%}"
        here = behind - (self._first_behind or 0)
        if here <= 0:
            return text
        return f"{text}, {_duration((self._total - behind) * seconds / here)} left"

    def _say(self, text: str) -> None:
        with contextlib.suppress(OSError):
            if self._rewrite:
                print(f"\r{text:<{self._width}}", end="", file=sys.stderr, flush=True)
                self._width = max(self._width, len(text))
            else:
                print(f"note: {text}", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
