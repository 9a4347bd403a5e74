"""What author claims show (completeness 3.3): which key claims which ORCID iD."""

from __future__ import annotations

from pithcore.checks.completeness import Row, tally
from pithcore.checks.context import Context
from pithcore.checks.statements import SignedStatement, Standing
from pithcore.orcid import parse_orcid
from pithcore.reading import JSON
from pithcore.record import text_member
from pithcore.report import Outcome, Reason

_PUBLISH = (
    "The author lists the key among the websites of their ORCID record; then ask ORCID: pith "
    "verify --orcid."
)
_AGAIN = "An author signs a claim with a key of their own: pith claim."


def authored(context: Context, own: list[SignedStatement]) -> Row:
    """The row of the author: a refused claim, or the first that ORCID confirms."""
    signed = (Standing.SELF_SIGNED, Standing.COUNTED)
    standing = [one for one in own if one.standing in signed]
    items: list[JSON] = []
    confirmed = offline = ""
    for one in own:
        sentence = one.problem
        if one.standing is Standing.WITHDRAWN:
            sentence = f"The claim was taken back by its own key, {one.signer}."
        if one.standing in signed:
            sentence, is_listed = _claim(context, one)
            confirmed = confirmed or (sentence if is_listed else "")
            offline = offline or sentence
        items.append(
            {
                **one.to_dict(),
                "orcid": text_member(one.payload, "orcid"),
                "did_key": text_member(one.payload, "did_key"),
                "sentence": sentence,
            }
        )
    refused = next((one for one in own if one.standing is Standing.REFUSED), None)
    found = tally(own)
    if refused is not None:
        message = f"An author claim is refused. {refused.problem}"
        return Row(Outcome.FAILED, message, None, found, _AGAIN, 0, items, {})
    if confirmed:
        return Row(Outcome.PASSED, confirmed, None, found, "", len(standing), items, {})
    if standing:
        why = Reason.NOT_FETCHED
        return Row(Outcome.UNCHECKED, offline, why, found, _PUBLISH, len(standing), items, {})
    if any(one.standing is Standing.UNKNOWN for one in own):
        message = "The signature of the author claim was not checked."
        why = Reason.UNKNOWN_SIGNER
        return Row(Outcome.UNCHECKED, message, why, found, _AGAIN, 0, items, {})
    message = "Every author claim was taken back by its own key."
    return Row(Outcome.NOT_APPLICABLE, message, None, found, _AGAIN, 0, items, {})


def _claim(context: Context, one: SignedStatement) -> tuple[str, bool]:
    """What one claim that its key signed is worth, and whether ORCID confirms it."""
    orcid = parse_orcid(text_member(one.payload, "orcid") or "")
    did = text_member(one.payload, "did_key") or ""
    offline = f"Signed by the key {did}, which claims ORCID iD {orcid}."
    answers = [answer for answer in context.material.orcid if answer.orcid == orcid]
    for answer in answers:
        if did in answer.did_keys:
            return f"ORCID iD {orcid} lists the key {did}, read on {answer.read_on}.", True
    if answers:
        day = answers[0].read_on
        return f"{offline} ORCID's record of it, read on {day}, does not list the key.", False
    return f"{offline} No answer of ORCID's says whether it lists the key.", False
