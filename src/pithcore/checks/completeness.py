"""Completeness: five items, each claimed by the server, found in the document, checked here.

The evidence of each check is its row of the panel: `claimed_by_server` (a JSON value, or None
where nothing is said), `found` and `next_step` (sentences), `difference` between the server's
word and what the document shows (a sentence or ""), and `items`, of which at most `MAX_LISTED`.
Rules: docs/completeness.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from pithcore.checks.context import Context, not_applicable, unchecked
from pithcore.events import ARCHIVE_CAPTURE, AUTHOR_CLAIM, CITATION, REPLICATION, TIMESTAMP
from pithcore.printable import brief
from pithcore.reading import JSON
from pithcore.record import member
from pithcore.report import Finding, Outcome, Reason
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pithcore.checks.statements import SignedStatement

MAX_LISTED = 50
"""Items listed in the evidence of a check; the counts in its sentences are complete."""


class Item(NamedTuple):
    """One of the five, as the server speaks of it.

    Attributes:
        status: its member of `verification_status` (protocol 7.1).
        claim: what the server says with it, half a sentence.
        event_type: of the events that bring it. begin: what brings it where there is none.
    """

    status: str
    claim: str
    event_type: str
    begin: str


_TIMESTAMP = Item(
    "externally_anchored",
    "that the digest is anchored in Bitcoin",
    TIMESTAMP,
    "Stamp the record's digest with calendars: pith timestamp stamp.",
)
_ARCHIVE = Item(
    "storage_verified",
    "that the paper is archived",
    ARCHIVE_CAPTURE,
    "Have the paper captured at web.archive.org, and name the capture in an event.",
)
_AUTHOR = Item(
    "author_attested",
    "that an author claims the record",
    AUTHOR_CLAIM,
    "An author signs a claim with a key of their own: pith claim.",
)
_CITATIONS = Item(
    "citation_signatures",
    "that signed citations point at it",
    CITATION,
    "Somebody who cites the record, or is cited in it, signs an event that says so.",
)
_REPLICATIONS = Item(
    "replication_records",
    "that replications are recorded",
    REPLICATION,
    "Somebody who replicated the work signs an event that names the evidence.",
)


class Row(NamedTuple):
    """What was found and checked of one item.

    Attributes:
        outcome, message, reason: of the check, as in a `Finding`.
        found: what the document, or the reader, brought; a sentence.
        next_step: what would raise it to the next level; empty at the last.
        shows: how many things of the kind hold here, to compare with the server's word.
        items, more: for the evidence.
    """

    outcome: Outcome
    message: str
    reason: Reason | None
    found: str
    next_step: str
    shows: int
    items: list[JSON]
    more: dict[str, JSON]


def timestamp(context: Context) -> Finding:
    """The digest was stamped in Bitcoin by a day (completeness 3.1)."""
    own = _of(context, _TIMESTAMP)
    if context.material.timestamp is None and not own:
        return _nothing(context, _TIMESTAMP)
    from pithcore.checks.stamped import stamped

    return _finding(context, _TIMESTAMP, stamped(context, own))


def archive(context: Context) -> Finding:
    """The paper is kept by the Internet Archive (completeness 3.2)."""
    own = _of(context, _ARCHIVE)
    if not own:
        return _nothing(context, _ARCHIVE)
    from pithcore.checks.archived import archived

    return _finding(context, _ARCHIVE, archived(context, own))


def author(context: Context) -> Finding:
    """An author claims the record (completeness 3.3)."""
    own = _of(context, _AUTHOR)
    if not own:
        return _nothing(context, _AUTHOR)
    from pithcore.checks.authored import authored

    return _finding(context, _AUTHOR, authored(context, own))


def citations(context: Context) -> Finding:
    """Signed citations link the record to others (completeness 3.4)."""
    own = _of(context, _CITATIONS)
    if not own:
        return _nothing(context, _CITATIONS)
    from pithcore.checks.linked import cited

    return _finding(context, _CITATIONS, cited(context, own))


def replications(context: Context) -> Finding:
    """Replications are recorded (completeness 3.5)."""
    own = _of(context, _REPLICATIONS)
    if not own:
        return _nothing(context, _REPLICATIONS)
    from pithcore.checks.linked import replicated

    return _finding(context, _REPLICATIONS, replicated(context, own))


def _of(context: Context, item: Item) -> list[SignedStatement]:
    return [one for one in context.statements if one.event_type == item.event_type]


def _claimed(context: Context, item: Item) -> JSON:
    status = context.document.status
    return None if status is None else member(status.value, item.status)


def _nothing(context: Context, item: Item) -> Finding:
    """No event and nothing brought along: all there is, is the server's word."""
    claimed = _claimed(context, item)
    if claimed is None:
        return not_applicable("Nothing of the kind is claimed.")
    evidence: dict[str, JSON] = {
        "claimed_by_server": claimed,
        "found": "Nothing.",
        "next_step": item.begin,
        "difference": "",
        "items": [],
    }
    if not claimed:
        return Finding(Outcome.NOT_APPLICABLE, "Nothing of the kind is claimed.", evidence=evidence)
    evidence["difference"] = "The server says so, and the document carries nothing that shows it."
    return unchecked(
        Reason.NOT_STATED,
        f"The server says {item.claim} ({item.status}: {brief(claimed)}). The document carries "
        "nothing that shows it.",
        evidence=evidence,
    )


def _finding(context: Context, item: Item, row: Row) -> Finding:
    claimed = _claimed(context, item)
    difference = _difference(claimed, row.shows, item)
    evidence: dict[str, JSON] = {
        "claimed_by_server": claimed,
        "found": row.found,
        "next_step": row.next_step,
        "difference": difference,
        "items": row.items[:MAX_LISTED],
        **row.more,
    }
    message = f"{row.message} {difference}" if difference else row.message
    return Finding(row.outcome, message, row.reason, evidence=evidence)


def _difference(claimed: JSON, shows: int, item: Item) -> str:
    """Completeness 4: the server's word beside what holds here."""
    if isinstance(claimed, bool):
        if claimed and not shows:
            return f"The server says {item.claim}; what is here does not show it."
        if shows and not claimed:
            return f"The server does not say {item.claim} ({item.status}: false)."
    elif isinstance(claimed, int) and claimed != shows:
        return f"The server counts {claimed} ({item.status}); {shows} can be counted here."
    return ""


def tally(own: Iterable[SignedStatement]) -> str:
    """How many statements there are of each standing, as a sentence."""
    from pithcore.checks.statements import Standing

    words = {
        Standing.COUNTED: "signed by a key of the keyring",
        Standing.SELF_SIGNED: "signed by the key it names",
        Standing.UNKNOWN: "by an unknown signer",
        Standing.WITHDRAWN: "taken back by its signer",
        Standing.REFUSED: "refused",
    }
    counts = dict.fromkeys(words, 0)
    for one in own:
        counts[one.standing] += 1
    total = sum(counts.values())
    parts = ", ".join(f"{counts[one]} {words[one]}" for one in words if counts[one])
    return f"{total} event{'' if total == 1 else 's'}: {parts}."
