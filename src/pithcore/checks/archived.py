"""What captures of the Internet Archive show of the paper (completeness 3.2)."""

from __future__ import annotations

from pithcore.checks.completeness import Row, tally
from pithcore.checks.context import Context
from pithcore.checks.statements import SignedStatement, Standing
from pithcore.number import PithNumber
from pithcore.reading import JSON
from pithcore.record import expected_aliases, text_member
from pithcore.report import Outcome, Reason
from pithcore.times import utc_order
from pithcore.typed import NamedTuple
from pithcore.wayback import Capture, CaptureAnswer, names_paper, parse_capture, time_of

_ASK = "Ask the archive whether it holds the capture: pith verify --archive."
_ADDRESS = "Name a capture of the paper's own address: at arXiv, by its DOI, or its record page."


class _Judged(NamedTuple):
    """One capture: outcome, sentence, and what would raise it."""

    outcome: Outcome
    sentence: str
    next_step: str = ""


def archived(context: Context, own: list[SignedStatement]) -> Row:
    """The row of the archive: the failing capture, or the best."""
    judged = []
    items: list[JSON] = []
    for one in own:
        if one.standing is Standing.WITHDRAWN:
            continue
        verdict = _judge(context, one)
        judged.append((one, verdict))
        url = text_member(one.payload, "capture_url")
        items.append({**one.to_dict(), "capture_url": url, "sentence": verdict.sentence})
    if not judged:
        none = "Every capture that was named was taken back by its signer."
        return Row(Outcome.NOT_APPLICABLE, none, None, tally(own), _ADDRESS, 0, [], {})
    ranked = [verdict for outcome in _ORDER for _, verdict in judged if verdict.outcome is outcome]
    lead = ranked[0]
    reason = Reason.NOT_FETCHED if lead.outcome is Outcome.UNCHECKED else None
    shows = sum(
        one.standing is Standing.COUNTED and verdict.outcome is not Outcome.FAILED
        for one, verdict in judged
    )
    return Row(lead.outcome, lead.sentence, reason, tally(own), lead.next_step, shows, items, {})


_ORDER = (Outcome.FAILED, Outcome.PASSED, Outcome.UNCHECKED)


def _judge(context: Context, statement: SignedStatement) -> _Judged:
    if statement.standing is Standing.REFUSED:
        return _Judged(Outcome.FAILED, statement.problem, _ADDRESS)
    url = text_member(statement.payload, "capture_url") or ""
    capture = parse_capture(url)  # the event holds what its type requires, or it is refused
    problem = _contradiction(context, capture)
    if problem:
        return _Judged(Outcome.FAILED, problem, _ADDRESS)
    names = f"{statement.signer} names a capture of {capture.time[:10]}"
    if _is_paper(context, capture) is None:
        return _Judged(
            Outcome.UNCHECKED,
            f"{names}, of an address that is none of the record's: whether it is the paper was "
            "not looked at.",
            _ADDRESS,
        )
    answer = next((a for a in context.material.captures if a.capture_url == url), None)
    if answer is None:
        return _Judged(Outcome.UNCHECKED, f"{names}; it was not fetched.", _ASK)
    return _answered(context, capture, answer, names)


def _contradiction(context: Context, capture: Capture) -> str:
    """Completeness 3.2, what fails without asking anybody."""
    moment = utc_order(capture.time) or ""
    submitted = text_member(context.record, "metadata", "submitted_at")
    if moment < (utc_order(submitted) or ""):
        return (
            f"A capture of {capture.time} is named, before the paper was submitted on {submitted}."
        )
    now = utc_order(context.material.now)
    if now is not None and now < moment:
        return f"A capture of {capture.time} is named, which is still to come."
    if _is_paper(context, capture) is False:
        return f"The capture named is one of another paper or version: {capture.archived}."
    return ""


def _is_paper(context: Context, capture: Capture) -> bool | None:
    number = context.number
    assert isinstance(number, PithNumber)  # there are no statements without a record
    return names_paper(capture.archived, expected_aliases(context.record, number), number.suffix)


def _answered(context: Context, capture: Capture, answer: CaptureAnswer, names: str) -> _Judged:
    day = answer.read_on
    if answer.stamp is None:
        sentence = f"{names}. The archive's index, read on {day}, does not list it."
        return _Judged(Outcome.UNCHECKED, sentence, "An index may lag by days: ask again later.")
    other = answer.memento_time not in (None, capture.time) and answer.memento_time
    if answer.stamp != capture.stamp or other:
        instead = other or time_of(answer.stamp)
        sentence = f"{names}. The archive, read on {day}, has one of {instead} instead."
        return _Judged(Outcome.UNCHECKED, sentence, "Name the capture that the archive holds.")
    if answer.status not in ("200", "-"):
        sentence = (
            f"{names}. The archive, read on {day}, holds it with the HTTP status {answer.status}: "
            "what was captured is not the paper."
        )
        return _Judged(Outcome.UNCHECKED, sentence, "Name a capture with the status 200.")
    sentence = f"{names}, and the archive, read on {day}, holds it."
    if context.material.pdf_sha1 is not None and answer.sha1 is not None:
        same = context.material.pdf_sha1 == answer.sha1
        sentence += (
            " It is the PDF in hand, byte for byte (SHA-1)."
            if same
            else " What was captured is not the PDF in hand, byte for byte."
        )
    return _Judged(Outcome.PASSED, sentence)
