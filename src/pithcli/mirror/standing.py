"""What comparing mirrors found, for one number: how each mirror stands, and what it comes to."""

from __future__ import annotations

from enum import StrEnum

from pithcli.exits import Exit, worst
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pithcore import Equivocation, PithNumber, Verdict
    from pithcore.reading import JSON

CHECK_SCHEMA = "pithcli.mirror-check/1"
"""Name and version of a JSON line of `pith mirror check --json`."""


class Standing(StrEnum):
    """How a bundle or a state of one mirror stands."""

    GOOD = "good"
    FAILED = "failed"
    """It is not what it claims to be."""
    UNSETTLED = "unsettled"
    """Whether it holds could not be told, for want of a key or of a published rule."""
    UNREADABLE = "unreadable"
    """What is served in its place is none."""
    MISSING = "missing"
    """The mirror answers, and does not have it."""
    UNAVAILABLE = "unavailable"
    """The mirror did not answer, or not with a document."""
    NOT_JUDGED = "not_judged"
    """A state or a timestamp beside a bundle that it could not be held against."""


_EXIT = {
    Standing.GOOD: Exit.VERIFIED,
    Standing.FAILED: Exit.FAILED,
    Standing.UNSETTLED: Exit.INTACT,
    Standing.UNREADABLE: Exit.UNCHECKED,
    Standing.MISSING: Exit.UNCHECKED,
    Standing.UNAVAILABLE: Exit.UNCHECKED,
    Standing.NOT_JUDGED: Exit.VERIFIED,  # the bundle's own standing has said it
}

_EXIT_OF_TIMESTAMP = {
    Standing.FAILED: Exit.FAILED,
    Standing.UNAVAILABLE: Exit.UNCHECKED,
}
"""Of a timestamp: a mirror need not have one, and one that shows no day yet is no fault."""

OUTCOMES = {
    Exit.VERIFIED: "agree",
    Exit.FAILED: "failed",
    Exit.INTACT: "differ",
    Exit.UNCHECKED: "unchecked",
}
"""What a number comes to, in a word, by its exit code."""


class Part(NamedTuple):
    """How a bundle or a state stands, and a sentence unless it is good."""

    standing: Standing
    why: str | None = None

    def to_dict(self) -> dict[str, JSON]:
        """As JSON values."""
        return {"standing": self.standing.value, "why": self.why}


class Served(NamedTuple):
    """What one mirror serves for one number.

    Attributes:
        name: of the mirror. bundle, state: how they stand.
        verdict: of the bundle by itself; None when there was none to read.
        lacks: events that others prove and this bundle leaves out.
        alone: proved events that only this mirror has.
        timestamp: how the proof of the record's digest stands that it serves, if it does.
        level, no_later_than: how far that was followed (`pithcore.timestamp.Level`), and the day
            (UTC) by which the digest existed; None where there is none.
    """

    name: str
    bundle: Part
    state: Part
    verdict: Verdict | None = None
    lacks: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    timestamp: Part = Part(Standing.NOT_JUDGED)
    level: str | None = None
    no_later_than: str | None = None

    @property
    def exit(self) -> Exit:
        """What this mirror's part comes to."""
        lacking = Exit.INTACT if self.lacks else Exit.VERIFIED
        stamped = _EXIT_OF_TIMESTAMP.get(self.timestamp.standing, Exit.VERIFIED)
        return worst((_EXIT[self.bundle.standing], _EXIT[self.state.standing], lacking, stamped))

    def to_dict(self) -> dict[str, JSON]:
        """As JSON values."""
        return {
            "name": self.name,
            "verdict": None if self.verdict is None else self.verdict.value,
            "bundle": self.bundle.to_dict(),
            "state": self.state.to_dict(),
            "lacks": list(self.lacks),
            "alone": list(self.alone),
            "timestamp": {
                **self.timestamp.to_dict(),
                "level": self.level,
                "no_later_than": self.no_later_than,
            },
        }


class Checked(NamedTuple):
    """One number on all mirrors.

    Attributes:
        number: the record's where one came, else as it was asked for.
        served: one for each mirror, in order.
        disputed: ids that some leave out or carry with other contents, where nobody can tell
            who is right; each with the mirrors that carry it.
        unproven: events whose signer is not known, where some leave them out; as the id they
            state (or a word in its place), each with the mirrors that carry it.
        equivocations: signers' contradictions, each with the mirrors that carry a part of it.
    """

    number: PithNumber
    served: tuple[Served, ...]
    disputed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unproven: tuple[tuple[str, tuple[str, ...]], ...] = ()
    equivocations: tuple[tuple[Equivocation, tuple[str, ...]], ...] = ()

    @property
    def exit(self) -> Exit:
        """Verified: all agree. Intact: they differ, and nobody is shown to be wrong."""
        codes = [one.exit for one in self.served]
        if self.equivocations:
            codes.append(Exit.FAILED)
        if self.disputed or self.unproven:
            codes.append(Exit.INTACT)
        return worst(codes)

    def to_dict(self) -> dict[str, JSON]:
        """As JSON values."""
        return {
            "schema": CHECK_SCHEMA,
            "pith_number": str(self.number),
            "outcome": OUTCOMES[self.exit],
            "mirrors": [one.to_dict() for one in self.served],
            "disputed": _carried(self.disputed),
            "unproven": _carried(self.unproven),
            "equivocations": [
                {**found.to_dict(), "carriers": list(carriers)}
                for found, carriers in self.equivocations
            ],
        }


def _carried(events: tuple[tuple[str, tuple[str, ...]], ...]) -> list[JSON]:
    return [{"event_id": event_id, "carriers": list(carriers)} for event_id, carriers in events]
