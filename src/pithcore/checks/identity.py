"""Identity: digest, number, short number, year, aliases and source agree with the record."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pithcore.checks.context import (
    Context,
    failed,
    not_applicable,
    passed,
    places,
    same,
    unchecked,
)
from pithcore.document import Statement
from pithcore.number import PREFIX_LENGTHS, PithNumber
from pithcore.patterns import Pattern
from pithcore.printable import brief, show
from pithcore.query import RESOLVERS, ArxivId
from pithcore.reading import JSON
from pithcore.record import expected_aliases, member
from pithcore.report import Finding, Reason
from pithcore.shell import digest_line, fetched_digest_line, suffix_line

_NUMBER = Pattern(r"pith:([0-9]{4}):([0-9A-Z]+)", re.IGNORECASE | re.ASCII)
_NO_RECORD = "The document does not carry the record, so nothing can be computed from it."


def digest(context: Context) -> Finding:
    """SHA-256 of the record's canonical bytes is the digest stated (protocol 1.2)."""
    stated = context.document.digests
    if context.digest is None or context.canonical is None or context.number is None:
        return _digests_agree(stated)
    computed = context.digest.hex()
    shell_by = (digest_line, context.canonical.decode("utf-8"))
    evidence: dict[str, JSON] = {
        "canonical_length": len(context.canonical),
        "where": places(stated),
        "shell_online": fetched_digest_line(RESOLVERS[0].base_url, context.number.suffix),
    }
    for statement in stated:
        if statement.value != computed:
            return failed(
                "The record does not have the digest that is stated: one of the two was changed, "
                "or they belong to different records.",
                expected=computed,
                found=show(statement.value),
                evidence=evidence,
                shell_by=shell_by,
            )
    if not stated:
        return not_applicable(f"The document states no digest. The record's is {computed}.")
    return passed(
        f"The {len(context.canonical)} canonical bytes hash to the digest stated.",
        expected=computed,
        found=computed,
        evidence=evidence,
        shell_by=shell_by,
    )


def _digests_agree(stated: Sequence[Statement]) -> Finding:
    """Without a record, digests can still contradict one another."""
    for statement in stated[1:]:
        if statement.value != stated[0].value:
            return failed(
                f"The document contradicts itself: the digest at {statement.where} is not the one "
                f"at {stated[0].where}.",
                expected=show(stated[0].value),
                found=show(statement.value),
                evidence={"where": places(stated)},
            )
    return unchecked(Reason.NOT_STATED, _NO_RECORD)


def number(context: Context) -> Finding:
    """The Pith Number stated is the base32 of the digest (protocol 1.3)."""
    numbers, suffixes = context.document.numbers, context.document.suffixes
    if not numbers and not suffixes:
        own = "" if context.number is None else f" The record's is {context.number}."
        return not_applicable(f"The document states no Pith Number.{own}")
    signed, computed = context.signed_digest, context.signed_number
    if signed is None or computed is None:
        return unchecked(Reason.EARLIER_FAILURE, "Not run: there is no digest to derive it from.")
    where: dict[str, JSON] = {"where": places((*numbers, *suffixes))}
    for statement, suffix in _stated_suffixes(numbers, suffixes):
        if suffix != computed.suffix:
            return failed(
                "The Pith Number stated is not the number of this digest.",
                expected=str(context.number or computed),
                found=show(statement.value),
                evidence=where,
                shell_by=(suffix_line, signed),
            )
    return passed(
        "The Pith Number stated is the base32 of the digest.",
        expected=computed.suffix,
        found=computed.suffix,
        evidence=where,
        shell_by=(suffix_line, signed),
    )


def short_number(context: Context) -> Finding:
    """The short number stated is `pith:` and the first 8 characters (protocol 1.3)."""
    stated = context.document.short_numbers
    if not stated:
        return not_applicable("The document states no short number.")
    if context.signed_number is None:
        return unchecked(Reason.EARLIER_FAILURE, "Not run: there is no digest to derive it from.")
    expected = context.signed_number.short
    for statement in stated:
        if _folded(statement.value) != expected.upper():
            return failed(
                "The short number stated does not belong to this record.",
                expected=expected,
                found=show(statement.value),
            )
    return passed(
        "The short number is the beginning of the number.", expected=expected, found=expected
    )


def year(context: Context) -> Finding:
    """The number's year is the year of `submitted_at` (protocol 1.4)."""
    stated = [
        (statement, match.group(1))
        for statement in context.document.numbers
        if (match := _match(statement.value)) is not None
    ]
    if not stated:
        return not_applicable("The document states no Pith Number with a year.")
    if context.number is None or context.number.year is None:
        return unchecked(
            Reason.EARLIER_FAILURE, "Not run: the record's submission time could not be read."
        )
    expected = str(context.number.year)
    for statement, found in stated:
        if found != expected:
            return failed(
                "The year in the Pith Number is not the year the paper was submitted.",
                expected=expected,
                found=found,
                evidence={"where": [statement.where]},
            )
    return passed(
        f"The paper was submitted in {expected}, as the number says.",
        expected=expected,
        found=expected,
    )


def aliases(context: Context) -> Finding:
    """Every alias stated follows from the record and its number (protocol 5.2)."""
    stated = context.document.aliases
    if not stated:
        return not_applicable("The document states no aliases.")
    if context.number is None:
        return unchecked(Reason.NOT_STATED, _NO_RECORD)
    expected = expected_aliases(context.record, context.number)
    unknown: list[str] = []
    for alias, where in stated:
        members = alias if isinstance(alias, dict) else {}
        kind, value = members.get("alias_kind"), members.get("alias_value")
        if not (isinstance(kind, str) and isinstance(value, str)):
            return failed(f"The alias at {where} is not a kind and a value.", found=show(alias))
        if kind not in expected:
            unknown.append(kind)
        elif value != expected[kind] and not _same_prefix(kind, value, expected[kind]):
            return failed(
                f"The alias “{kind}” does not belong to this record.",
                expected=expected[kind],
                found=show(value),
                evidence={"where": [where]},
            )
    if unknown:
        return unchecked(
            Reason.RULE_NOT_PUBLISHED,
            f"{len(stated) - len(unknown)} of {len(stated)} aliases follow from the record; how "
            f"these follow is not known: {', '.join(map(brief, sorted(set(unknown))[:8]))}.",
        )
    return passed(f"All {len(stated)} aliases follow from the record and its number.")


def source(context: Context) -> Finding:
    """Source and schema version stated beside the record repeat it (protocol 5.1, 7.1)."""
    sources, versions = context.document.sources, context.document.schema_versions
    if not sources and not versions:
        return not_applicable("Nothing beside the record repeats its source.")
    if context.record is None:
        return unchecked(Reason.NOT_STATED, _NO_RECORD)
    own_source = member(context.record, "source")
    for statement in sources:
        if not _repeats(statement.value, own_source):
            return failed(
                "The source stated beside the record is not the record's source.",
                expected=show(own_source),
                found=show(statement.value),
                evidence={"where": [statement.where]},
            )
    own_version = member(context.record, "schema_version")
    for statement in versions:
        # Pages write the schema of a record as `pith-number/v1.0` (protocol 4.3).
        if statement.value not in (own_version, f"pith-number/v{own_version}"):
            return failed(
                "The schema version stated beside the record is not the record's.",
                expected=show(own_version),
                found=show(statement.value),
                evidence={"where": [statement.where]},
            )
    return passed(
        "The source stated beside the record is the record's.", evidence={"where": places(sources)}
    )


def requested(context: Context) -> Finding:
    """The record is the one the reader asked for, not merely a good one."""
    asked = context.expect
    if asked is None:
        return not_applicable("No particular number was asked for.")
    if context.number is None:
        return unchecked(Reason.NOT_STATED, _NO_RECORD)
    if isinstance(asked, PithNumber):
        found, agrees = str(context.number), asked.matches(context.number)
    else:
        own = member(context.record, "source", "id")
        version = member(context.record, "source", "version")
        found = f"{show(own)}v{show(version)}"
        agrees = own == asked.id and asked.version in (None, version)
    stated = (*context.document.digests, *context.document.numbers, *context.document.suffixes)
    if agrees and not stated and isinstance(asked, ArxivId):
        return unchecked(
            Reason.NOT_STATED,
            f"The record says that it is of {asked}. The document states no digest and no number, "
            "so nothing holds the record to what was issued for it.",
            expected=str(asked),
            found=found,
        )
    if not agrees:
        return failed(
            f"You asked for {asked}, and this is another record.", expected=str(asked), found=found
        )
    return passed(f"This is the record you asked for, {asked}.", expected=str(asked), found=found)


def _match(value: JSON) -> re.Match[str] | None:
    return _NUMBER.fullmatch(value) if isinstance(value, str) else None


def _folded(value: JSON) -> str | None:
    """ASCII text in upper case. Other text could turn into ASCII, so it does not count."""
    return value.upper() if isinstance(value, str) and value.isascii() else None


def _stated_suffixes(
    numbers: Sequence[Statement], suffixes: Sequence[Statement]
) -> list[tuple[Statement, str | None]]:
    found: list[tuple[Statement, str | None]] = []
    for statement in numbers:
        match = _match(statement.value)
        found.append((statement, None if match is None else match.group(2).upper()))
    return found + [(statement, _folded(statement.value)) for statement in suffixes]


def _same_prefix(kind: str, value: str, expected: str) -> bool:
    """Pith's own prefixes may be written in either case; no other alias may."""
    return kind in {f"pith_short_{n}" for n in PREFIX_LENGTHS} and _folded(value) == expected


def _repeats(stated: JSON, own: JSON) -> bool:
    """What both name is the same, and there is something that both name."""
    if not isinstance(stated, dict) or not isinstance(own, dict):
        return False
    shared = stated.keys() & own.keys()
    return bool(shared) and all(same(own[name], stated[name]) for name in shared)
