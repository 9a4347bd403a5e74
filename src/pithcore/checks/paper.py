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
from pithcore.reading import JSON
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


def pdf(context: Context) -> Finding:
    """The one number that a PDF gives as its own is the record's (protocol 8.5)."""
    given = context.pdf
    if given is None:
        return not_applicable("No PDF was given.")
    cited: list[JSON] = [str(mention) for mention in given.cited]
    stated: list[JSON] = [str(mention) for mention in given.own]
    evidence: dict[str, JSON] = {
        "stated_in": stated,
        "cites": cited,
        "read_by": [str(reading) for reading in given.read_by],
        "unread": [*given.unread],
    }
    numbers = given.numbers
    if len(numbers) > 1:
        return failed(
            f"The PDF contradicts itself: it gives {len(numbers)} numbers as its own.",
            expected="one number",
            found=" and ".join(map(str, numbers)),
            evidence=evidence,
        )
    if not numbers:
        why = "The PDF names no Pith Number of its own."
        if given.unread:
            why = (
                "No Pith Number of its own was found in the PDF, and not all of it could be read: "
            )
            why += f"{'; '.join(given.unread)}."
        return unchecked(Reason.NOT_STATED, why, evidence=evidence)
    if context.number is None:
        why = "Not run: the document carries no record to hold the PDF's number against."
        return unchecked(Reason.EARLIER_FAILURE, why, evidence=evidence)
    if not numbers[0].matches(context.number):
        return failed(
            "The PDF names another record.",
            expected=str(context.number),
            found=str(numbers[0]),
            evidence=evidence,
        )
    return passed(
        "The PDF names this record. Its bytes are not bound by it: anybody can write a number "
        "into a file.",
        expected=str(context.number),
        found=str(numbers[0]),
        evidence=evidence,
    )


def stamp(context: Context) -> Finding:
    """What arXiv printed on page 1 is the record's source and version (protocol 8.5)."""
    if context.pdf is None:
        return not_applicable("No PDF was given.")
    printed = context.pdf.stamp
    if printed is None:
        return not_applicable("No stamp of arXiv was found on the PDF's first page.")
    source = member(context.record, "source")
    members = source if isinstance(source, dict) else {}
    source_id, version = members.get("id"), members.get("version")
    if members.get("kind") != "arxiv" or not isinstance(source_id, str):
        return unchecked(Reason.NOT_STATED, "The record names no paper of arXiv.")
    expected = f"{source_id}v{show(version)}"
    if str(printed) == expected.lower():
        return passed(
            "arXiv's stamp on the PDF names the paper and version of the record.",
            expected=expected,
            found=str(printed),
        )
    another = "version of the paper" if printed.id == source_id.lower() else "paper"
    return failed(
        f"arXiv's stamp on the PDF names another {another} than the record.",
        expected=expected,
        found=str(printed),
    )


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
