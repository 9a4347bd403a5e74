"""Bitcoin blocks as witnesses: what a proof commits to, held against what is known of a block.

The order in which a block is looked at, the first that applies:

1. It cannot be: the message is no merkle root, or no block has that height.
2. A header given for it, or after it, is not the chain's.
3. The header given has another merkle root.
4. The header given is linked to a checkpoint.
5. Explorers report one header: with this root, or with another.
6. The header given matches, with the work that its height required.
7. Nothing usable was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pithcore.errors import TimestampError
from pithcore.reading import JSON
from pithcore.report import Outcome
from pithcore.timestamp.chain import Link, link
from pithcore.timestamp.checkpoints import Checkpoints
from pithcore.timestamp.explorers import ExplorerAnswer, Reports, hear
from pithcore.timestamp.headers import Header, display
from pithcore.timestamp.levels import Assessed, Level
from pithcore.timestamp.proof import Attestation
from pithcore.timestamp.wording import counted, day_of, hashes, written
from pithcore.typed import NamedTuple

HIGHEST_BLOCK = 5_000_000
"""A height that Bitcoin reaches about the year 2104. The core has no clock, and a proof that
names a higher block was not made by anybody who has seen it."""


class _Judged(NamedTuple):
    level: Level
    sentence: str
    header: Header | None = None
    evidence: Mapping[str, JSON] = MappingProxyType({})


class Witnesses:
    """Blocks, known from headers, checkpoints and explorers; each is looked at once."""

    def __init__(
        self,
        headers: Mapping[int, bytes],
        checkpoints: Checkpoints,
        explorers: Iterable[ExplorerAnswer],
    ) -> None:
        self._headers = headers
        self._checkpoints = checkpoints
        self._answers = tuple(explorers)
        self._links: dict[int, Link | TimestampError | None] = {}
        self._reports: dict[int, Reports] = {}

    def assess(self, attestation: Attestation, height: int, message: bytes) -> Assessed:
        """How far the attestation of the block at `height` for `message` can be followed."""
        judged = _impossible(height, message) or self._judge(height, message)
        level, sentence, header, more = judged
        evidence: dict[str, JSON] = {"block_height": height, "commits_to": display(message), **more}
        day = None
        if header is not None:
            evidence["block_hash"] = display(header.hash)
            evidence["block_merkle_root"] = display(header.merkle_root)
            day = day_of(header.time) if level.outcome is Outcome.PASSED else None
        return Assessed(attestation, level, sentence, day, evidence)

    def _judge(self, height: int, message: bytes) -> _Judged:
        run = self._link(height)
        if isinstance(run, TimestampError):
            return _Judged(Level.HEADER_REFUSED, str(run))
        linked = None if run is None else _by_header(height, message, run)
        if linked is not None:
            return linked
        reports = self._hear(height)
        note = self._note(height, run, reports)
        if reports.header is not None and (run is None or run.header == reports.header):
            return _by_explorers(height, message, reports, reports.header, note)
        evidence: dict[str, JSON] = {}
        if reports.asked:
            evidence["explorers_asked"] = list(reports.asked)
        if run is None:
            return _Judged(
                Level.COMMITS,
                f"{_commits(height, message)}. The header of that block was not checked, so no "
                f"time is proven.{note}",
                None,
                evidence,
            )
        evidence |= {"headers": run.length, "forging_hashes": hashes(run.work)}
        sentence = f"{_matches(height, run)}{note}"
        return _Judged(Level.HEADER_MATCHES, sentence, run.header, evidence)

    def _link(self, height: int) -> Link | TimestampError | None:
        if height not in self._links:
            try:
                self._links[height] = link(height, self._headers, self._checkpoints)
            except TimestampError as error:
                self._links[height] = error
        return self._links[height]

    def _hear(self, height: int) -> Reports:
        if height not in self._reports:
            required = self._checkpoints.required_bits(height)
            self._reports[height] = hear(self._answers, height, required)
        return self._reports[height]

    def _note(self, height: int, run: Link | None, reports: Reports) -> str:
        """What could not be used and why: sentences with a space before them, or nothing."""
        note = f" {reports.note}" if reports.note else ""
        if run is not None and reports.header not in (None, run.header):
            note += " Explorers report another header for that block than was given."
        required = self._checkpoints.required_bits(height)
        if required is None and (height in self._headers or reports.asked):
            note += (
                " The checkpoints used here do not reach that block, so the work it required is "
                "not known."
            )
        return note


def _impossible(height: int, message: bytes) -> _Judged | None:
    if len(message) != 32:
        sentence = f"Names Bitcoin block {height} for a message of {len(message)} bytes, and a "
        return _Judged(Level.CONTRADICTED, f"{sentence}merkle root has 32.")
    if height > HIGHEST_BLOCK:
        sentence = f"Names Bitcoin block {height}, which the chain will not reach in this century."
        return _Judged(Level.CONTRADICTED, sentence)
    return None


def _by_header(height: int, message: bytes, run: Link) -> _Judged | None:
    """What a header that was given settles; None when it matches and is not linked."""
    if run.header.merkle_root != message:
        return _contradicted(height, message, run.header, "the header given for it has")
    if run.checkpoint is None:
        return None
    return _Judged(
        Level.LINKED,
        f"{_existed(run.header, height)}: linked by {counted(run.length, 'header')} to the "
        f"checkpoint at block {run.checkpoint}.",
        run.header,
        {"headers": run.length, "checkpoint_height": run.checkpoint},
    )


def _by_explorers(
    height: int, message: bytes, reports: Reports, header: Header, note: str
) -> _Judged:
    """What a header settles that every explorer that answered reports."""
    who = f"{len(reports.agree)} of {counted(len(reports.asked), 'explorer')} report"
    who += "s" if len(reports.agree) == 1 else ""
    if header.merkle_root != message:
        return _contradicted(height, message, header, f"{who} a header with")
    return _Judged(
        Level.REPORTED,
        f"{_existed(header, height)}: {who} this header.{note}",
        header,
        {"explorers_agree": list(reports.agree), "explorers_asked": list(reports.asked)},
    )


def _contradicted(height: int, message: bytes, header: Header, who: str) -> _Judged:
    root = display(header.merkle_root)
    sentence = f"{_commits(height, message)}, and {who} {root}. That block does not hold it."
    return _Judged(Level.CONTRADICTED, sentence, header)


def _commits(height: int, message: bytes) -> str:
    return f"Commits to merkle root {display(message)} of Bitcoin block {height}"


def _existed(header: Header, height: int) -> str:
    return f"Existed no later than {written(day_of(header.time))}, block {height}"


def _matches(height: int, run: Link) -> str:
    these = "it" if run.length == 1 else f"it and the {run.length - 1} that follow"
    return (
        f"Matches the header given for Bitcoin block {height}, which is not linked to the chain. "
        f"If that header is genuine, this existed no later than {written(day_of(run.header.time))}"
        f"; to forge {these} takes about {hashes(run.work)} hash computations."
    )
