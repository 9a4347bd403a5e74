"""What timestamp proofs show of the record's digest (completeness 3.1)."""

from __future__ import annotations

from datetime import date

from pithcore.checks.completeness import Row, tally
from pithcore.checks.context import Context
from pithcore.checks.statements import SignedStatement, Standing
from pithcore.completeness import proof_of
from pithcore.errors import TimestampError
from pithcore.reading import JSON
from pithcore.record import text_member
from pithcore.report import Outcome, Reason
from pithcore.timestamp import (
    Assessment,
    Checkpoints,
    Level,
    assess,
    contradiction,
    headers_for,
    mainnet_checkpoints,
    read_proof,
)

MAX_PROOFS = 8
"""Proofs looked at: the one brought along and those of events. A record needs one."""

_NEXT = {
    Level.UNSUPPORTED: "Stamp the record's digest with calendars that attest in Bitcoin.",
    Level.PROMISED: "Once the calendars have anchored it, which takes some hours, fetch the rest "
    "of the proof: pith timestamp upgrade.",
    Level.COMMITS: "Bring the block's header, with those that lead to a checkpoint, or ask "
    "explorers for it.",
    Level.HEADER_MATCHES: "Bring the headers from that block to the next checkpoint, or ask "
    "explorers.",
    Level.REPORTED: "With the headers from that block to the next checkpoint, no explorer's word "
    "is needed.",
    Level.LINKED: "",
}
"""What raises a proof to the next level; a proof that fails needs another."""

_BY_TABLE = frozenset((Level.HEADER_REFUSED, Level.HEADER_MATCHES, Level.REPORTED, Level.LINKED))
"""Levels that rest on the table of checkpoints."""

_ANOTHER = "Bring the proof that was made for this record."


def stamped(context: Context, own: list[SignedStatement]) -> Row:
    """The row of the timestamp: the failing proof, or the best."""
    material, digest = context.material, context.digest
    proofs = [] if material.timestamp is None else [("brought along", material.timestamp)]
    for one in own:
        proof = proof_of(one.payload)
        if one.standing is not Standing.WITHDRAWN and proof is not None:
            proofs.append((f"of {one.signer}", proof))
    found = _found(material.timestamp is not None, own)
    if digest is None or not proofs:
        why = "carries no record" if digest is None else "has no proof that can be read"
        message = f"Not run: the document {why}."
        return Row(Outcome.UNCHECKED, message, Reason.NOT_STATED, found, _ANOTHER, 0, [], {})
    checkpoints, remark = _table(context)
    assessed = [
        (whose, assess_proof(context, proof, digest, checkpoints))
        for whose, proof in proofs[:MAX_PROOFS]
    ]
    items: list[JSON] = [
        {"proof": whose, "level": one.level.value, "sentence": one.sentence}
        for whose, one in assessed
    ]
    best = max((one for _, one in assessed), key=lambda one: one.level.rank)
    lead = next((one for _, one in assessed if one.outcome is Outcome.FAILED), best)
    outcome, message = lead.outcome, lead.sentence
    if checkpoints is None or lead.level in _BY_TABLE:
        message += remark
    if outcome is Outcome.PASSED and _too_early(context, lead.no_later_than):
        outcome = Outcome.FAILED
        message += (
            " Yet the record states that the paper was submitted later than that: whoever made "
            "the record knew a date that was still to come."
        )
    reason = None
    if outcome is Outcome.UNCHECKED:
        is_unsupported = lead.level is Level.UNSUPPORTED
        reason = Reason.UNSUPPORTED if is_unsupported else Reason.NOT_FETCHED
    day = lead.no_later_than
    more: dict[str, JSON] = {
        "level": lead.level.value,
        "no_later_than": None if day is None else day.isoformat(),
        "proof": dict(lead.evidence),
    }
    next_step = _ANOTHER if outcome is Outcome.FAILED else _NEXT[lead.level]
    shows = int(best.level.rank >= Level.COMMITS.rank and outcome is not Outcome.FAILED)
    return Row(outcome, message, reason, found, next_step, shows, items, more)


def assess_proof(
    context: Context, proof: bytes, digest: bytes, checkpoints: Checkpoints | None
) -> Assessment:
    """`assess`, for an `.ots` file or a calendar's bare response, which has no first line."""
    material = context.material
    try:
        read = read_proof(proof, digest)
    except TimestampError as error:
        level = Level.UNSUPPORTED if error.unsupported else Level.MALFORMED
        return Assessment(level, f"The timestamp proof cannot be read. {error}")
    headers = material.headers
    if isinstance(headers, bytes):
        try:
            headers = headers_for(read, headers)
        except TimestampError as error:
            return Assessment(Level.UNSUPPORTED, f"The headers cannot be read. {error}")
    return assess(
        read,
        digest,
        headers=headers,
        checkpoints=checkpoints,
        explorers=material.explorers,
    )


def _table(context: Context) -> tuple[Checkpoints | None, str]:
    """The checkpoints to use (None: this package's own), and what is to be said of them."""
    brought = context.material.checkpoints
    if brought is None:
        return None, ""
    height = contradiction(brought, mainnet_checkpoints())
    if height is None:
        return brought, " It was held against the table of checkpoints that was brought along."
    return None, (
        f" The table of checkpoints that was brought along contradicts this verifier's own at "
        f"block {height:,}, so it was not used."
    )


def _found(is_brought: bool, own: list[SignedStatement]) -> str:
    brought = "A proof beside the document." if is_brought else ""
    return f"{brought} {tally(own) if own else ''}".strip()


def _too_early(context: Context, day: date | None) -> bool:
    """True when a day, which allows for miners' clocks, lies before that of submission."""
    submitted = text_member(context.record, "metadata", "submitted_at") or ""
    try:
        return day is not None and day < date.fromisoformat(submitted[:10])
    except ValueError:
        return False
