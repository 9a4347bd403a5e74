"""Paper: do this title and this abstract hash to the ones in the record (protocol 3)."""

from __future__ import annotations

from pithcore.checks.context import (
    Context,
    failed,
    not_applicable,
    passed,
    unchecked,
)
from pithcore.paper import canon_sha256, normalise
from pithcore.printable import show
from pithcore.record import is_hex64, member
from pithcore.report import Finding, Outcome, Reason
from pithcore.shell import text_line


def title(context: Context) -> Finding:
    """The title given by the reader, or shown by the server, is the one hashed (protocol 3.1)."""
    given = [] if context.title is None else [(context.title, "The title you gave")]
    given += [
        (stated.value, "The title shown beside the record")
        for stated in context.document.titles
        if isinstance(stated.value, str)
    ]
    if not given:
        return not_applicable("No title was given to compare.")
    findings = [_compare(context, "title", text, what) for text, what in given]
    weight = (Outcome.FAILED, Outcome.UNCHECKED, Outcome.PASSED)
    return min(findings, key=lambda finding: weight.index(finding.outcome))


def abstract(context: Context) -> Finding:
    """The abstract given by the reader is the one hashed (protocol 3.1)."""
    if context.abstract is None:
        return not_applicable("No abstract was given to compare.")
    return _compare(context, "abstract", context.abstract, "The abstract you gave")


def _compare(context: Context, name: str, text: str, what: str) -> Finding:
    expected = member(context.record, "metadata", f"{name}_canon_sha256")
    if not is_hex64(expected):
        return unchecked(
            Reason.EARLIER_FAILURE, f"Not run: the record gives no readable hash of the {name}."
        )
    found = canon_sha256(text)
    normal = normalise(text)
    if found == expected:
        return passed(
            f"{what} is the {name} in the record.",
            expected=found,
            found=found,
            evidence={"normalised": show(normal)},
            shell_by=(text_line, text),
        )
    if not normal.isascii():
        return unchecked(
            Reason.RULE_NOT_PUBLISHED,
            f"{what} differs from the record's. It has characters outside ASCII, for which the "
            "registry's rule of normalisation is not settled, so this proves nothing either way.",
            expected=show(expected),
            found=found,
            evidence={"normalised": show(normal)},
        )
    return failed(
        f"{what} is not the {name} hashed into the record. Another version of the paper, or "
        "edited text, is the usual reason.",
        expected=show(expected),
        found=found,
        evidence={"normalised": show(normal)},
        shell_by=(text_line, text),
    )
