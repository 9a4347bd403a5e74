"""A report as lines for a terminal: the verdict, then each check, then what it leaves open."""

from __future__ import annotations

from pithcli.lines import Line, wrap
from pithcli.safe import printable
from pithcore import Check, Group, Outcome, Report
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Mapping[Outcome, str] = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "FAILED",
    Outcome.UNCHECKED: "not checked",
    Outcome.NOT_APPLICABLE: "nothing to check",
}
_MARKS: Mapping[Outcome, str] = {
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.UNCHECKED: "?",
    Outcome.NOT_APPLICABLE: "·",
}
_ASCII = str.maketrans("✓✗·", "+x-")
_STYLE: Mapping[Outcome, str] = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.UNCHECKED: "unchecked",
    Outcome.NOT_APPLICABLE: "quiet",
}
_INDENT = 4


def report_lines(report: Report, *, width: int, verbose: bool, encoding: str) -> list[Line]:
    """The report, as text of `width` columns.

    Args:
        report: any report.
        width: columns of the terminal.
        verbose: every check with message, evidence and shell line; otherwise checks with
            nothing to look at are only counted, and what passed keeps to its title.
        encoding: of the stream, so that marks fall back to ASCII where they must.
    """
    lines = [*_head(report, width), ((("", ""),))]
    for check in report.checks:
        if verbose or check.outcome is not Outcome.NOT_APPLICABLE:
            lines += _check(check, width, verbose, _can_show_marks(encoding))
    absent = sum(check.outcome is Outcome.NOT_APPLICABLE for check in report.checks)
    if absent and not verbose:
        others = "1 more check" if absent == 1 else f"{absent} more checks"
        told = f"{others} found nothing to look at (--verbose lists them)."
        lines += wrap(told, width, 0, "quiet")
    lines.append((("", ""),))
    lines.append((("What this does not show:", "strong"),))
    for limit in report.limits:
        lines += _bullet(limit, width)
    return lines


def _head(report: Report, width: int) -> list[Line]:
    subject = report.subject
    lines: list[Line] = [((report.headline, report.verdict.value),)]
    lines += wrap(printable(report.sentence), width, 0)
    lines.append((("", ""),))
    version = "" if subject.version is None else f"v{subject.version}"
    facts = {
        "Input": report.input.source,
        "Pith Number": subject.pith_number,
        "Paper": None if subject.arxiv_id is None else f"arXiv {subject.arxiv_id}{version}",
        "Title": subject.title,
        "Digest": subject.canonical_sha256,
        "Key": None if report.key is None else f"{report.key.key_id}, {report.key.fingerprint}",
    }
    for name, value in facts.items():
        if value is not None:
            lines.append(((f"{name + ':':<13}", "quiet"), (printable(value), "")))
    return lines


def _check(check: Check, width: int, verbose: bool, marks: bool) -> list[Line]:
    finding, style = check.finding, _STYLE[check.outcome]
    mark = _MARKS[check.outcome] if marks else _MARKS[check.outcome].translate(_ASCII)
    is_row = check.planned.group is Group.COMPLETENESS
    told = verbose or is_row or check.outcome is not Outcome.PASSED
    lines: list[Line] = [
        ((f"{mark} {_WORDS[check.outcome]}: ", style), (check.planned.title, "strong"))
    ]
    if told:
        lines += wrap(printable(finding.message), width, _INDENT)
    if is_row and not verbose and check.outcome is not Outcome.PASSED:
        lines += _next(finding.evidence.get("next_step"), width)
    if verbose or check.outcome is Outcome.FAILED:
        for name, value in (("expected", finding.expected), ("found", finding.found)):
            if value is not None:
                lines.append(_fact(name, value, width=9))
    if verbose:
        lines.append(_fact("check", check.id))
        if finding.reason is not None:
            lines.append(_fact("reason", finding.reason.value))
        for name, evidence in finding.evidence.items():
            lines += _evidence(name, evidence)
        if finding.shell is not None:
            lines.append(_fact("shell", _shell(finding.shell)))
    return lines


def _fact(name: str, value: str, width: int = 0) -> Line:
    label = f"{name}:".ljust(width)
    return ((" " * _INDENT, ""), (f"{label} ", "quiet"), (printable(value), ""))


def _next(step: object, width: int) -> list[Line]:
    """What would raise an item of completeness, hanging under its first word."""
    if not step:
        return []
    label = "next: "
    first, *rest = wrap(printable(str(step)), width, _INDENT + len(label))
    return [((" " * _INDENT, ""), (label, "quiet"), *first[1:]), *rest]


def _evidence(name: str, value: object) -> list[Line]:
    """One line; for a list of objects one for each, with what it says of itself."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return [_fact(name, _members(one)) for one in value]
    return [_fact(name, _as_text(value))]


def _members(value: Mapping[str, object]) -> str:
    stated = {name: one for name, one in value.items() if one not in (None, "")}
    return ", ".join(f"{name} {_as_text(one)}" for name, one in stated.items())


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return f"({_members(value)})"
    return "none" if value is None or value == "" else str(value)


def _shell(line: str) -> str:
    """A shell line can be copied only if nothing in it had to be escaped."""
    return line if printable(line) == line else "holds control characters; --json has it"


def _bullet(text: str, width: int) -> list[Line]:
    first, *rest = wrap(printable(text), width, 2)
    return [(("- ", "quiet"), *first[1:]), *rest]


def _can_show_marks(encoding: str) -> bool:
    try:
        "".join(_MARKS.values()).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
