"""What citation and replication events show (completeness 3.4, 3.5): who says what."""

from __future__ import annotations

from pithcore.checks.completeness import Row, tally
from pithcore.checks.context import Context
from pithcore.checks.statements import SignedStatement, Standing
from pithcore.reading import JSON
from pithcore.record import member, text_member
from pithcore.report import Outcome, Reason

_KEY = "Add the signer's key to the keyring, once you know whose it is."
_MORE = "More signers, whose keys are in the keyring."


def cited(context: Context, own: list[SignedStatement]) -> Row:
    """The row of citations: each link with its direction, and who says so."""
    items = [_link(context, one) for one in own]
    return _row(own, items, "citation", "citations")


def replicated(context: Context, own: list[SignedStatement]) -> Row:
    """The row of replications: each record with its kind and evidence, and who says so."""
    items: list[JSON] = [
        {
            **one.to_dict(),
            "kind": text_member(one.payload, "kind"),
            "evidence": member(one.payload, "evidence"),
        }
        for one in own
    ]
    return _row(own, items, "replication record", "replication records")


def _link(context: Context, one: SignedStatement) -> JSON:
    citing, cited_number = (text_member(one.payload, name) for name in ("citing", "cited"))
    is_inbound = cited_number == str(context.number)
    return {
        **one.to_dict(),
        "direction": "inbound" if is_inbound else "outbound",
        "relation": text_member(one.payload, "relation"),
        "pith_number": citing if is_inbound else cited_number,
        "evidence": member(one.payload, "evidence"),
    }


def _row(own: list[SignedStatement], items: list[JSON], name: str, names: str) -> Row:
    found = tally(own)
    refused = next((one for one in own if one.standing is Standing.REFUSED), None)
    if refused is not None:
        message = f"A {name} is refused. {refused.problem}"
        return Row(Outcome.FAILED, message, None, found, "", 0, items, {})
    counted = [one for one in own if one.standing is Standing.COUNTED]
    others = [one for one in own if one.standing in (Standing.SELF_SIGNED, Standing.UNKNOWN)]
    signers = sorted({one.signer for one in counted})
    beside = f" {len(others)} by unknown signers are listed and not counted." if others else ""
    if counted:
        many = f"1 {name}" if len(counted) == 1 else f"{len(counted)} {names}"
        message = (
            f"{many}, signed by {', '.join(signers)}.{beside} Whether they are right is the "
            "signer's word."
        )
        return Row(Outcome.PASSED, message, None, found, _MORE, len(counted), items, {})
    if others:
        whose = "is by an unknown signer" if len(others) == 1 else "are by unknown signers"
        many = f"The {name}" if len(others) == 1 else f"All {len(others)} {names}"
        message = f"{many} {whose}: listed, not counted."
        why = Reason.UNKNOWN_SIGNER
        return Row(Outcome.UNCHECKED, message, why, found, _KEY, 0, items, {})
    message = "Every one of them was taken back by its signer."
    return Row(Outcome.NOT_APPLICABLE, message, None, found, _KEY, 0, items, {})
