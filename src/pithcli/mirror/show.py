"""What a build and a check did, as lines for a terminal."""

from __future__ import annotations

from collections import Counter

from pithcli.exits import Exit
from pithcli.lines import Line, wrap
from pithcli.mirror.judging import contradiction
from pithcli.mirror.standing import OUTCOMES, Checked, Served, Standing
from pithcli.safe import printable
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pithcli.mirror.build import Tally

_STYLE = {
    Exit.VERIFIED: "verified",
    Exit.FAILED: "failed",
    Exit.INTACT: "intact",
    Exit.UNCHECKED: "unchecked",
}
_WORDS = {**OUTCOMES, Exit.FAILED: "FAILED", Exit.UNCHECKED: "not checked"}
_DOES = {
    Standing.FAILED: "fails",
    Standing.UNSETTLED: "could not be settled",
    Standing.UNREADABLE: "could not be read",
    Standing.MISSING: "is missing",
    Standing.UNAVAILABLE: "could not be had",
}
_INDENT = 4


def build_lines(mirror: Path, tally: Tally) -> list[Line]:
    """The summary of a build."""
    done, files = tally.documents, tally.files
    hosted = {
        "verified": "verified",
        "intact": "intact with no signer established",
        "failed": "with a signer who contradicts themselves",
    }
    kinds = ", ".join(f"{done[name]:,} {words}" for name, words in hosted.items() if done[name])
    total = sum(done[name] for name in hosted)
    lines: list[Line] = [
        (("Mirror:    ", "quiet"), (printable(str(mirror)), "")),
        (("Bundles:   ", "quiet"), (f"{total:,} taken{f' ({kinds})' if kinds else ''}", "")),
    ]
    if done["refused"]:
        lines.append((("Refused:   ", "quiet"), (f"{done['refused']:,}", "failed")))
    if done["other"]:
        passed = f"{done['other']:,} JSON files in folders that are no bundles"
        lines.append((("Left out:  ", "quiet"), (passed, "")))
    changed = f"{files['written']:,} written, {files['unchanged']:,} as they were"
    return [*lines, (("Files:     ", "quiet"), (changed, ""))]


def checked_lines(checked: Checked, width: int, *, verbose: bool) -> list[Line]:
    """One number: its outcome, and each mirror that there is something to say of."""
    code = checked.exit
    lines: list[Line] = [((str(checked.number), ""), (" ", ""), (_WORDS[code], _STYLE[code]))]
    for one in checked.served:
        said = _said(one)
        if said or verbose:
            told = said or f"Agrees; the bundle by itself is {one.verdict}."
            told += _day(one) if verbose else ""
            lines += wrap(printable(f"{one.name}: {told}"), width, _INDENT)
    for event_id, carriers in checked.disputed:
        told = f"Disputed: {event_id}, carried by {_listed(carriers)}. Nobody can be blamed."
        lines += wrap(printable(told), width, _INDENT)
    for event_id, carriers in checked.unproven:
        told = f"Only some have an event that nobody proves: {event_id}, carried by "
        lines += wrap(printable(f"{told}{_listed(carriers)}."), width, _INDENT)
    for found, carriers in checked.equivocations:
        told = f"{contradiction(found)} Carried by {_listed(carriers)}."
        lines += wrap(printable(told), width, _INDENT)
    return lines


def summary_line(outcomes: Counter[Exit]) -> Line:
    """How many numbers came to what."""
    total = sum(outcomes.values())
    counted = ", ".join(f"{outcomes[code]:,} {_WORDS[code]}" for code in _WORDS if outcomes[code])
    numbers = "1 number" if total == 1 else f"{total:,} numbers"
    return ((f"{numbers}: {counted}." if total else "There is no number to check.", "strong"),)


def _said(one: Served) -> str:
    """What there is to say of a mirror, in sentences; empty when it agrees."""
    said = []
    for name, part in (("bundle", one.bundle), ("state", one.state)):
        if part.standing in _DOES:
            said.append(f"Its {name} {_DOES[part.standing]}. {part.why or ''}".strip())
    if one.timestamp.standing in (Standing.FAILED, Standing.UNAVAILABLE):
        does = _DOES[one.timestamp.standing]
        said.append(f"Its timestamp {does}. {one.timestamp.why or ''}".strip())
    if one.lacks:
        count = "an event" if len(one.lacks) == 1 else f"{len(one.lacks)} events"
        said.append(f"It lacks {count} that others prove: {_listed(one.lacks)}.")
    return " ".join(said)


def _day(one: Served) -> str:
    """What is said of a timestamp that is no fault: a sentence with a space before it."""
    if one.no_later_than is not None:
        return f" By its timestamp the record existed no later than {one.no_later_than}."
    if one.timestamp.standing is Standing.UNSETTLED:
        return f" Its timestamp shows no day. {one.timestamp.why}"
    return ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nobody"
