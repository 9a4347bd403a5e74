"""How far a timestamp can be followed: levels, each of them an outcome of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from pithcore.reading import JSON
from pithcore.report import Outcome
from pithcore.timestamp.proof import Attestation
from pithcore.typed import NamedTuple


class Level(StrEnum):
    """How far a proof, or one attestation, could be followed; later ones are better."""

    MALFORMED = "malformed"
    """Not readable as a proof."""
    OTHER_BYTES = "other_bytes"
    """For another digest."""
    HEADER_REFUSED = "header_refused"
    """A header that came with it is not the chain's: forged or damaged."""
    CONTRADICTED = "contradicted"
    """The block it names does not hold what it commits to."""
    UNSUPPORTED = "unsupported"
    """Rests on what is not computed or not checked here."""
    PROMISED = "promised"
    """A calendar promises to have it attested. No time is proven."""
    COMMITS = "commits"
    """Commits to a block's merkle root; the block's header was not checked."""
    HEADER_MATCHES = "header_matches"
    """Matches a header with the work its height required, not linked to the chain."""
    REPORTED = "reported"
    """Explorers report this header, and none of them another."""
    LINKED = "linked"
    """Linked by headers to a checkpoint."""

    @property
    def outcome(self) -> Outcome:
        """What it means for a check: only the last two pass."""
        return _OUTCOMES.get(self, Outcome.UNCHECKED)

    @property
    def rank(self) -> int:
        """0 for the first, 9 for the last."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}
_OUTCOMES = {
    Level.MALFORMED: Outcome.FAILED,
    Level.OTHER_BYTES: Outcome.FAILED,
    Level.HEADER_REFUSED: Outcome.FAILED,
    Level.CONTRADICTED: Outcome.FAILED,
    Level.REPORTED: Outcome.PASSED,
    Level.LINKED: Outcome.PASSED,
}


class Assessed(NamedTuple):
    """How far one attestation could be followed.

    Attributes:
        attestation: as it stands in the proof.
        level: how far. sentence: the same for a reader.
        no_later_than: day (UTC) by which the digest existed; None unless the level passes.
        evidence: what it rests on, JSON values by name.
    """

    attestation: Attestation
    level: Level
    sentence: str
    no_later_than: date | None = None
    evidence: Mapping[str, JSON] = MappingProxyType({})


class Assessment(NamedTuple):
    """What a proof shows.

    Attributes:
        level: that of the first attestation that fails, or of the best when none does.
        sentence: one to three sentences for a reader.
        no_later_than: day (UTC) by which the digest existed; None unless the level passes.
        evidence: what it rests on, JSON values by name.
        attestations: one for each of the proof's, in its order.
    """

    level: Level
    sentence: str
    no_later_than: date | None = None
    evidence: Mapping[str, JSON] = MappingProxyType({})
    attestations: tuple[Assessed, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """What it means for a check."""
        return self.level.outcome
