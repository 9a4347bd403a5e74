"""The plan: every check, in the order it runs, known before the run."""

from __future__ import annotations

from collections.abc import Callable

from pithcore.checks import completeness, events, form, identity, paper, receipt
from pithcore.checks.context import Context
from pithcore.report import Finding, Group, PlannedCheck

_STEPS: tuple[tuple[str, Group, str, Callable[[Context], Finding]], ...] = (
    ("form.document", Group.FORM, "The document can be read", form.document),
    ("form.record", Group.FORM, "The record has the form of schema 1.0", form.record),
    ("form.agreement", Group.FORM, "All copies of the record agree", form.agreement),
    ("identity.digest", Group.IDENTITY, "The digest is the record's", identity.digest),
    ("identity.number", Group.IDENTITY, "The Pith Number is the digest's", identity.number),
    ("identity.short", Group.IDENTITY, "The short number belongs to it", identity.short_number),
    ("identity.year", Group.IDENTITY, "The year is that of submission", identity.year),
    ("identity.aliases", Group.IDENTITY, "The aliases follow from the record", identity.aliases),
    ("identity.source", Group.IDENTITY, "The source is the record's", identity.source),
    ("identity.requested", Group.IDENTITY, "It is the record asked for", identity.requested),
    ("receipt.form", Group.RECEIPT, "The receipt is well formed", receipt.form),
    ("receipt.key", Group.RECEIPT, "The signer's key is known", receipt.key),
    ("receipt.signature", Group.RECEIPT, "The signature verifies", receipt.signature),
    ("receipt.second_opinion", Group.RECEIPT, "A second program agrees", receipt.second_opinion),
    ("receipt.signed_at", Group.RECEIPT, "The time of signing", receipt.signed_at),
    ("events.ids", Group.EVENTS, "Events have the ids they state", events.ids),
    ("events.subjects", Group.EVENTS, "Events are about this record", events.subjects),
    ("events.signatures", Group.EVENTS, "Events are signed", events.signatures),
    ("events.content", Group.EVENTS, "Events hold what their type requires", events.content),
    ("events.snapshots", Group.EVENTS, "Graph snapshots are whole", events.snapshots),
    (
        "events.equivocations",
        Group.EVENTS,
        "No signer contradicts themselves",
        events.equivocations,
    ),
    ("state.merge", Group.STATE, "The state follows from the events", events.merged_state),
    ("paper.title", Group.PAPER, "The title is the one recorded", paper.title),
    ("paper.abstract", Group.PAPER, "The abstract is the one recorded", paper.abstract),
    ("paper.pdf", Group.PAPER, "The PDF names this record", paper.pdf),
    ("paper.stamp", Group.PAPER, "arXiv's stamp is the record's", paper.stamp),
    ("completeness.timestamp", Group.COMPLETENESS, "Bitcoin timestamp", completeness.timestamp),
    ("completeness.archive", Group.COMPLETENESS, "Internet Archive", completeness.archive),
    ("completeness.author", Group.COMPLETENESS, "Author claim", completeness.author),
    ("completeness.citations", Group.COMPLETENESS, "Citations", completeness.citations),
    ("completeness.replications", Group.COMPLETENESS, "Replications", completeness.replications),
)

STEPS: tuple[tuple[PlannedCheck, Callable[[Context], Finding]], ...] = tuple(
    (PlannedCheck(check_id, group, title), run) for check_id, group, title, run in _STEPS
)
"""Each planned check with the function that does it."""

PLAN: tuple[PlannedCheck, ...] = tuple(planned for planned, _ in STEPS)
"""Every check a report has, in order."""
