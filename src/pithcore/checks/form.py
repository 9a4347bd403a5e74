"""Form: what kind of document this is, whether its record has schema 1.0, whether copies agree."""

from __future__ import annotations

from pithcore.checks.context import (
    Context,
    failed,
    not_applicable,
    passed,
    places,
    unchecked,
)
from pithcore.document import KNOWN_VERSION
from pithcore.printable import brief, show
from pithcore.reading import JSON
from pithcore.record import SCHEMA_VERSION, member, schema_problems, unusual
from pithcore.report import Finding, Reason

_KINDS = {
    "canonical_record": "a bare canonical record",
    "envelope": "a record with what is said about it",
    "bundle": "an open graph bundle",
    "record": "a Pith Number record",
    "state": "a merged state",
    "integrity": "integrity events on a paper",
    "record_page": "the text of a record page",
}


def document(context: Context) -> Finding:
    """The input was read strictly and is of a known kind and version (protocol 5–8)."""
    kind, version = context.document.kind, context.document.version
    what = f"Read without ambiguity: {_KINDS[kind]}."
    unread: list[JSON] = list(context.document.unread)
    if version is not None and version.value != KNOWN_VERSION:
        return unchecked(
            Reason.UNSUPPORTED,
            f"{what} Its version is {brief(version.value)}; this verifier knows {KNOWN_VERSION}.",
            evidence={"not_read": unread},
        )
    if unread:
        what += f" Not looked at: {', '.join(map(brief, unread[:8]))}{', …' if unread[8:] else ''}."
    return passed(what, evidence={"not_read": unread})


_WELL_FORMED = passed(f"The canonical record has every member of schema {SCHEMA_VERSION}.")


def record(context: Context) -> Finding:
    """The canonical record has the form of schema 1.0 (protocol 2)."""
    if not context.document.records:
        return unchecked(
            Reason.NOT_STATED, "The document does not carry the canonical record itself."
        )
    version = member(context.record, "schema_version")
    if isinstance(version, str) and version != SCHEMA_VERSION:
        return unchecked(
            Reason.UNSUPPORTED,
            f"The record is of schema {brief(version)}; this verifier knows {SCHEMA_VERSION}.",
        )
    problems = schema_problems(context.record)
    if problems:
        return failed(
            f"This is no canonical record of schema {SCHEMA_VERSION}: {'; '.join(problems[:4])}.",
            evidence={"problems": list(problems)},
        )
    notes = unusual(context.record)
    if notes:
        return unchecked(
            Reason.RULE_NOT_PUBLISHED,
            "Well formed, and unlike every record seen so far: "
            f"{'; '.join(map(brief, notes[:4]))}. Whether that is allowed has not been published.",
            evidence={"notes": list(notes)},
        )
    return _WELL_FORMED


def agreement(context: Context) -> Finding:
    """Every copy of the record in the document is the same record (protocol 5.1, 6.1)."""
    records = context.document.records
    if len(records) < 2:
        return not_applicable("The document carries the record at most once.")
    for copy in records[1:]:
        if context.digest_of(copy.value) != context.digest:
            return failed(
                f"The document contradicts itself: the record at {copy.where} is not the record "
                f"at {records[0].where}.",
                expected=show(context.record),
                found=show(copy.value),
                evidence={"where": places((records[0], copy))},
            )
    return passed(
        f"All {len(records)} copies of the record are the same.",
        evidence={"where": places(records)},
    )
