"""A comparison of copies as lines for a terminal: what each one brought, and the whole."""

from __future__ import annotations

from collections import Counter

from pithcli.lines import Line, wrap
from pithcli.safe import printable
from pithcore import EventStatus, Verdict
from pithcore.record import text_member
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore import Comparison, Copy, ExaminedEvent, Report, State


def merge_lines(comparison: Comparison, state: State, merged: Report, width: int) -> list[Line]:
    """What each copy is and brings, then what they make together, as text of `width` columns.

    Args:
        comparison: any comparison.
        state: of the merged events, those left out not among them.
        merged: the report on the merged bundle.
        width: columns of the terminal.
    """
    found: list[Line] = [((str(comparison.number), "strong"),)]
    count = len(comparison.copies)
    agreement = "that agree" if comparison.agree else "that do not agree"
    found.append((("1 copy" if count == 1 else f"{count} copies {agreement}", ""),))
    known = {e.event_id: e for e in comparison.state.events if e.event_id is not None}
    carried = Counter(key for copy in comparison.copies for key in copy.events)
    for copy in comparison.copies:
        found.append((("", ""),))
        found += _copy_lines(copy, comparison, known, carried, width)
    found.append((("", ""),))
    found.append((("Merged: ", "strong"), (merged.headline, merged.verdict.value)))
    found += wrap(printable(merged.sentence), width, 4)
    found += wrap(_counts(state), width, 4)
    for one in state.equivocations:
        told = f"{one.key_id} contradicts itself ({one.kind}): {' and '.join(one.event_ids)}"
        found += wrap(printable(told), width, 4, "failed")
    for event_id in comparison.disputed:
        who = ", ".join(map(printable, comparison.carriers(event_id)))
        found += wrap(f"disputed: {event_id}, carried by {who}", width, 4, "unchecked")
    return found


def _copy_lines(
    copy: Copy,
    comparison: Comparison,
    known: dict[str, ExaminedEvent],
    carried: Counter[bytes],
    width: int,
) -> list[Line]:
    report = copy.report
    headline = "Not readable" if report is None else report.headline
    style = "failed" if report is None else report.verdict.value
    found: list[Line] = [((f"{printable(copy.name)}: ", "strong"), (headline, style))]
    if report is None or report.verdict not in (Verdict.VERIFIED, Verdict.INTACT):
        why = copy.refused if report is None else report.sentence
        found += wrap(printable(why or ""), width, 4)
    found += wrap(_carried(copy, comparison, carried), width, 4)
    for what, event_ids in (("brings", copy.alone), ("lacks", copy.lacks)):
        for event_id in event_ids:
            found.append((("    ", ""), (f"{what} {_what(known.get(event_id))}", "")))
            found.append((("      ", ""), (event_id, "quiet")))
    if copy.differences:
        how = (
            "at its signer's word that of these events"
            if copy.at_its_word
            else f"not that of these events: first at {printable(copy.differences[0].path)}"
        )
        found += wrap(f"the state it serves is {how}", width, 4)
    elif copy.differences is not None:
        found += wrap("the state it serves is that of these events", width, 4)
    return found


def _carried(copy: Copy, comparison: Comparison, carried: Counter[bytes]) -> str:
    own = sum(carried[key] == 1 for key in copy.events)
    if len(comparison.copies) == 1 or not copy.events:
        return _events(len(copy.events))
    return f"{_events(len(copy.events))}, {own or 'none'} of them in no other copy"


def _what(event: ExaminedEvent | None) -> str:
    """An event's type and signer."""
    if event is None:
        return "an event"
    kind = (text_member(event.value, "event_type") or "an event of no type")[:40]
    signer = "" if event.signer is None else f", signed by {event.signer.key_id}"
    return printable(f"{kind}{signer}")


def _counts(state: State) -> str:
    tally = {status: state.tally(status) for status in EventStatus}
    return (
        f"{_events(len(state.events))}: {tally[EventStatus.VALID]} valid, "
        f"{tally[EventStatus.INVALID]} invalid, {tally[EventStatus.UNCHECKED]} not checked. "
        f"{len(state.current)} stand."
    )


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count or 'no'} events"
