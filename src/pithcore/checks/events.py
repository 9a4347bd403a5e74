"""Events: ids, subjects, signatures, content, snapshots, equivocations, and the served state.

What one event is worth is decided in `pithcore.events`; here the findings on all events of a
document become one finding for each check (docs/merge.md 1, 2, 5, 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from types import MappingProxyType

from pithcore.checks.context import (
    Context,
    failed,
    not_applicable,
    passed,
    unchecked,
)
from pithcore.events import GRAPH_SNAPSHOT
from pithcore.printable import show
from pithcore.record import member, text_member
from pithcore.report import Finding, Outcome, Reason
from pithcore.snapshots import examine_snapshot
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

MAX_LISTED = 50
"""Events named in the evidence of a check; the counts beside them are complete."""

_NONE = "The document carries no events."


def ids(context: Context) -> Finding:
    """Each `event_id` is the hash of its event (merge 1.2)."""
    return _over_events(
        context, "id", "Every event_id is the hash of its event.", "have an id that is their hash"
    )


def subjects(context: Context) -> Finding:
    """Each event is about this record (merge 1.3)."""
    return _over_events(
        context, "subject", "Every event is about this record.", "are about this record"
    )


def signatures(context: Context) -> Finding:
    """Each event is signed by the signer it names (merge 1.4, 1.5)."""
    return _over_events(
        context,
        "signature",
        "Every event id is signed by the signer it names.",
        "are signed by a key of the keyring",
    )


def content(context: Context) -> Finding:
    """Each event holds what its type requires (merge 2)."""
    return _over_events(
        context,
        "content",
        "Every event holds what its type requires.",
        "hold what their type requires",
    )


def snapshots(context: Context) -> Finding:
    """Sections of graph snapshots hash to their `snapshot_sha256` (protocol 7.2)."""
    findings = list(_snapshots(context))
    if not findings:
        return not_applicable("The document carries no graph snapshot.")
    return _combined(
        findings, "Every section hashes to its snapshot_sha256.", "snapshots are whole"
    )


_NO_CONTRADICTION = passed("No signer contradicts themselves in these events.")


def equivocations(context: Context) -> Finding:
    """No signer makes statements that cannot all be true (merge 5)."""
    if not context.events or context.number is None:
        return not_applicable(_NONE)
    from pithcore.merging import equivocations_of  # most documents have no events to merge

    found = equivocations_of([event for _, event in context.events], context.number)
    if not found:
        return _NO_CONTRADICTION
    first = found[0]
    what = "two records for one number" if first.kind == "record" else "two successors of one event"
    return failed(
        f"The signer with the key {first.key_id} says two things that cannot both be true: {what}.",
        expected="one statement",
        found=" and ".join(first.event_ids[:MAX_LISTED]),
        evidence={
            "count": len(found),
            "equivocations": [
                one._replace(event_ids=one.event_ids[:MAX_LISTED]).to_dict()
                for one in found[:MAX_LISTED]
            ],
        },
    )


def merged_state(context: Context) -> Finding:
    """The merge of the events gives the state served (merge 6.3, 6.4)."""
    served = context.document.served_state
    if served is None:
        return not_applicable("The document serves no merged state.")
    if not context.events or context.number is None:
        return unchecked(
            Reason.NOT_STATED,
            "A merged state is served without the events it was made from. Bring the bundle as "
            "well, and the two can be compared.",
        )
    from pithcore.merging import MERGE_VERSION, at_their_word, compare, state_of

    events = [event for _, event in context.events]
    state = state_of(events, context.number, context.record)
    differences = compare(state.to_dict(), served.value)
    if not differences:
        return passed("The events, merged here, give the state that is served.")
    first = differences[0]
    path = show(first.path)
    details: dict[str, Any] = {
        "expected": _side(first.ours),
        "found": _side(first.theirs),
        "evidence": {
            "count": len(differences),
            "paths": [show(one.path) for one in differences[:MAX_LISTED]],
        },
    }
    if text_member(served.value, "merge_version") != MERGE_VERSION:
        trusting = state_of(at_their_word(events), context.number, context.record)
        if not compare(trusting.to_dict(), served.value):
            return unchecked(
                Reason.RULE_NOT_PUBLISHED,
                "The events give the state that is served when it is taken at the signer's word "
                "that they belong to the ids they state, which could not be checked.",
                **details,
            )
        return unchecked(
            Reason.RULE_NOT_PUBLISHED,
            f"The state served differs from the one merged here, first at {path}. It was made by "
            "rules that have not been published.",
            **details,
        )
    if any(event.signature.reason is Reason.UNKNOWN_SIGNER for event in events):
        return unchecked(
            Reason.UNKNOWN_SIGNER,
            f"The state served differs from the one merged here, first at {path}. Whoever made it "
            "may know keys that are not in the keyring.",
            **details,
        )
    return failed(
        f"The state served is not the one that the events make: it differs at {path}.",
        **details,
    )


def _side(value: str | None) -> str:
    return "nothing" if value is None else show(value)


def _over_events(context: Context, name: str, all_hold: str, hold: str) -> Finding:
    document = context.document
    if document.events is None:
        return not_applicable(_NONE)
    if not isinstance(document.events.value, list):
        return failed("What stands under “events” is no list.", found=show(document.events.value))
    findings = [(where, getattr(event, name)) for where, event in context.events]
    if not findings:
        return not_applicable(_NONE)
    return _combined(findings, all_hold, f"events {hold}")


def _combined(findings: list[tuple[str, Finding]], all_hold: str, what: str) -> Finding:
    """One finding for all: a failure outweighs all, and then what could not be checked."""
    outcomes = [finding.outcome for _, finding in findings]
    held = outcomes.count(Outcome.PASSED)
    if held == len(findings):
        return _all_hold(all_hold, held)
    failing = outcomes.count(Outcome.FAILED)
    counts = {"passed": held, "failed": failing, "unchecked": outcomes.count(Outcome.UNCHECKED)}
    worst = Outcome.FAILED if failing else Outcome.UNCHECKED
    found = [(where, finding) for where, finding in findings if finding.outcome is worst]
    where, first = found[0]
    return Finding(
        worst,
        f"{held} of {len(findings)} {what}. At {where}: {first.message}",
        first.reason,
        expected=first.expected,
        found=first.found,
        evidence={**counts, "where": [place for place, _ in islice(found, MAX_LISTED)]},
    )


@lru_cache(maxsize=64)
def _all_hold(message: str, count: int) -> Finding:
    """Kept: most documents have good events alone, and few of them."""
    evidence = MappingProxyType({"passed": count, "failed": 0, "unchecked": 0})
    return passed(message, evidence=evidence)


def _snapshots(context: Context) -> Iterable[tuple[str, Finding]]:
    """(place, finding) for each one the document carries, and for its section of integrity."""
    for where, event in context.events:
        if event.snapshot is not None:
            yield f"{where}.payload.{GRAPH_SNAPSHOT}", event.snapshot
    state = context.document.state
    listed = None if state is None else member(state.value, "graph_snapshots")
    for index, served in enumerate(listed if isinstance(listed, list) else []):
        snapshot = member(served, "payload", GRAPH_SNAPSHOT)
        if snapshot is not None:
            where = f"$.current.graph_snapshots[{index}].payload.{GRAPH_SNAPSHOT}"
            yield where, examine_snapshot(snapshot)
    integrity = context.document.integrity
    if integrity is not None:
        yield integrity.where, examine_snapshot({"integrity": integrity.value})
