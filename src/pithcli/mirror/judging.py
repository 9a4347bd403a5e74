"""How a mirror takes a report: what may be hosted, and who is to blame for a failure."""

from __future__ import annotations

from pithcore import Outcome, Verdict
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore import Equivocation, Report

_CONTRADICTION = "events.equivocations"


def only_contradicts(report: Report) -> bool:
    """True when all that fails is that a signer contradicts themselves.

    Each of the statements is well signed. Whoever passes both on shows who said them; to leave
    one out would help that signer.
    """
    failed = [check.id for check in report.checks if check.outcome is Outcome.FAILED]
    return failed == [_CONTRADICTION]


def may_be_hosted(report: Report) -> bool:
    """True for what is verified or intact, and for a signer's contradiction."""
    return report.verdict in (Verdict.VERIFIED, Verdict.INTACT) or only_contradicts(report)


def contradiction(found: Equivocation) -> str:
    """An equivocation in a sentence."""
    what = {"record": "records for one number", "fork": f"events that replace {found.about}"}
    listed = " and ".join(found.event_ids)
    return (
        f"The signer with the key {found.key_id} contradicts themselves with several "
        f"{what.get(found.kind, 'statements')}: {listed}."
    )
