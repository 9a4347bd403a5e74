"""What the rows amount to: counted as they are written, so that it agrees with them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from pithcli.audit.rows import REFUSED, VERDICTS
from pithcli.exits import OF_VERDICT, Exit, worst
from pithcore import Verdict, __version__
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pithcli.audit.rows import Row
    from pithcore.reading import JSON

SUMMARY_SCHEMA = "pithcli.audit/1"

MAX_EXAMPLES = 10
"""Rows shown in full where some failed; the file has all of them."""

_WORDS = {
    "verified": "verified",
    "failed": "failed",
    "intact": "intact with no signer established",
    "unchecked": "not checked",
    REFUSED: "not readable",
}
_TO_SHOW = (Verdict.FAILED.value, REFUSED)


@dataclass
class Tally:
    """Counts over rows: by verdict, by failed check, and the first ones that are bad."""

    verdicts: Counter[str] = field(default_factory=Counter)
    failed_checks: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self.verdicts.total()

    @property
    def exit(self) -> Exit:
        """The worst of all rows: what cannot be read counts as not checked."""
        return worst(
            Exit.UNCHECKED if verdict == REFUSED else OF_VERDICT[Verdict(verdict)]
            for verdict in self.verdicts
        )

    def add(self, rows: Iterable[Row]) -> None:
        """Count these too."""
        for row in rows:
            verdict = str(row["verdict"])
            self.verdicts[verdict] += 1
            if verdict in _TO_SHOW:
                failed = row["failed"]
                self.failed_checks.update(map(str, failed if isinstance(failed, list) else ()))
                if len(self.examples) < MAX_EXAMPLES:
                    place = f":{row['line']}" if row["line"] is not None else ""
                    self.examples.append(f"{row['source']}{place}: {row['sentence']}")

    def merge(self, other: Tally) -> None:
        """Count the rows of another tally, which come after these."""
        self.verdicts += other.verdicts
        self.failed_checks += other.failed_checks
        self.examples += other.examples[: MAX_EXAMPLES - len(self.examples)]


@dataclass(frozen=True, slots=True)
class Summary:
    """A run as it ended.

    Attributes:
        tally: of all rows, those of earlier runs included.
        rows_now, seconds: what this run did, and how long it took.
        complete: False when it was interrupted.
    """

    tally: Tally
    rows_now: int
    seconds: float
    complete: bool

    @property
    def rate(self) -> float:
        """Rows for each second of this run."""
        return self.rows_now / self.seconds if self.seconds > 0 else 0.0

    def to_dict(self) -> dict[str, JSON]:
        """As JSON values."""
        return {
            "schema": SUMMARY_SCHEMA,
            "tool": {"name": "pithcore", "version": __version__},
            "complete": self.complete,
            "rows": self.tally.rows,
            "verdicts": {verdict: self.tally.verdicts[verdict] for verdict in VERDICTS},
            "failed_checks": dict(sorted(self.tally.failed_checks.items())),
            "rows_in_this_run": self.rows_now,
            "seconds": round(self.seconds, 3),
            "rows_per_second": round(self.rate, 1),
        }

    def to_json(self) -> str:
        """As one line."""
        return json.dumps(self.to_dict())

    def lines(self) -> list[str]:
        """As text for a person."""
        tally = self.tally
        counted = [
            f"{tally.verdicts[name]:,} {word}"
            for name, word in _WORDS.items()
            if tally.verdicts[name]
        ]
        rows = "1 row" if tally.rows == 1 else f"{tally.rows:,} rows"
        text = [f"{rows}: {', '.join(counted)}." if counted else "No rows."]
        if tally.failed_checks:
            often = [f"{name} {count:,}" for name, count in tally.failed_checks.most_common()]
            text.append(f"Failed checks: {', '.join(often)}.")
        text += [f"  {example}" for example in tally.examples]
        bad = sum(tally.verdicts[name] for name in _TO_SHOW)
        if bad > len(tally.examples):
            text.append(f"  … and {bad - len(tally.examples):,} more")
        text.append(f"{self.rows_now:,} rows in {self.seconds:.1f} s, {self.rate:,.0f} a second.")
        return text
