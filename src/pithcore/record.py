"""The canonical record of schema 1.0, and what follows from it (protocol 2, 1.4, 5.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from pithcore.number import PREFIX_LENGTHS, PithNumber
from pithcore.reading import JSON

SCHEMA_VERSION = "1.0"

_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?!24)[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")
"""Python 3.13 and later read hour 24 as the next day, earlier versions refuse it: so do we."""
_MEMBERS = ("metadata", "schema_version", "source")
_METADATA = (
    "abstract_canon_sha256",
    "cross_cats_sorted",
    "license",
    "primary_cat",
    "submitted_at",
    "title_canon_sha256",
)
_SOURCE = ("id", "kind", "version")


def member(value: JSON, *path: str | int) -> JSON:
    """The value at `path` inside nested objects and arrays, or None where there is none."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def text_member(value: JSON, *path: str | int) -> str | None:
    """As `member`, for text: None where there is none or it is something else."""
    found = member(value, *path)
    return found if isinstance(found, str) else None


def is_hex64(value: JSON) -> bool:
    """True for 64 lower-case hex digits, the form of every SHA-256 in the protocol."""
    return isinstance(value, str) and _HEX64.match(value) is not None


def schema_problems(record: JSON) -> list[str]:
    """What keeps `record` from being a record of schema 1.0 (protocol 2.1); empty when it is one.

    Each entry is half a sentence that starts with the JSON path.
    """
    if not isinstance(record, dict):
        return ["canonical_record is not an object"]
    problems = [f"{name} is missing" for name in _MEMBERS if name not in record]
    for name, names in (("metadata", _METADATA), ("source", _SOURCE)):
        inner = record.get(name)
        if isinstance(inner, dict):
            problems += [f"{name}.{own} is missing" for own in names if own not in inner]
        elif name in record:
            problems.append(f"{name} is not an object")
    # A member that is missing has been named above.
    if record.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        problems.append(f"schema_version is not the text {SCHEMA_VERSION}")
    for section, name, holds, what in _RULES:
        inner = record.get(section)
        if isinstance(inner, dict) and name in inner and not holds(inner[name]):
            problems.append(f"{section}.{name} is not {what}")
    return problems


def _is_text(value: JSON) -> bool:
    return isinstance(value, str)


def _is_name(value: JSON) -> bool:
    return isinstance(value, str) and value != ""


def _is_list_of_text(value: JSON) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_version(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_time(value: JSON) -> bool:
    return _year_of(value) is not None


_RULES: tuple[tuple[str, str, Callable[[JSON], bool], str], ...] = (
    ("metadata", "abstract_canon_sha256", is_hex64, "64 lower-case hex digits"),
    ("metadata", "title_canon_sha256", is_hex64, "64 lower-case hex digits"),
    ("metadata", "cross_cats_sorted", _is_list_of_text, "a list of category names"),
    ("metadata", "license", _is_text, "text"),
    ("metadata", "primary_cat", _is_text, "text"),
    ("metadata", "submitted_at", _is_time, "a time written YYYY-MM-DDTHH:MM:SSZ"),
    ("source", "id", _is_name, "a name"),
    ("source", "kind", _is_name, "a name"),
    ("source", "version", _is_version, "a whole number from 1"),
)
"""(section, member, whether a value will do, what it should be) for schema 1.0."""


def unusual(record: JSON) -> list[str]:
    """Where a well-formed record departs from every record seen (protocol 2.2, 2.3).

    The registry has not published these as rules, so they are no failures. Half-sentences.
    """
    notes = []
    cats = member(record, "metadata", "cross_cats_sorted")
    names = [cat for cat in cats if isinstance(cat, str)] if isinstance(cats, list) else []
    if names != sorted(set(names)):
        notes.append("metadata.cross_cats_sorted is not sorted, or repeats itself")
    if text_member(record, "metadata", "primary_cat") in names:
        notes.append("metadata.cross_cats_sorted repeats primary_cat")
    kind = text_member(record, "source", "kind")
    if kind != "arxiv":
        notes.append(f"source.kind is {kind!r}, and only 'arxiv' has been seen")
    for path, known in (((), _MEMBERS), (("metadata",), _METADATA), (("source",), _SOURCE)):
        inner = member(record, *path)
        extra = sorted(set(inner) - set(known)) if isinstance(inner, dict) else []
        notes += [f"{'.'.join((*path, name))} is not a member of schema 1.0" for name in extra]
    return notes


def submitted_year(record: JSON) -> int | None:
    """Year of `metadata.submitted_at` (protocol 1.4), None when that is no UTC time."""
    return _year_of(member(record, "metadata", "submitted_at"))


def _year_of(submitted: JSON) -> int | None:
    if not isinstance(submitted, str) or not _TIME.match(submitted):
        return None
    try:
        moment = datetime.fromisoformat(submitted)
    except ValueError:
        return None
    return moment.year if moment.year >= 1000 else None


ALIAS_ORDER = ("arxiv", "arxiv_version", "doi", "pith_short_12", "pith_short_16", "pith_short_8")
"""Kinds of aliases in the order the registry lists them (protocol 5.2)."""


def expected_aliases(record: JSON, number: PithNumber) -> dict[str, str]:
    """Alias kind → value, as the record and its number give them (protocol 5.2).

    arXiv's aliases only where `source.kind` is `arxiv` and id and version are well formed.
    """
    aliases = {f"pith_short_{n}": number.prefix(n) for n in PREFIX_LENGTHS}
    source_id = text_member(record, "source", "id")
    version = member(record, "source", "version")
    if text_member(record, "source", "kind") == "arxiv" and source_id is not None:
        aliases["arxiv"] = source_id
        aliases["doi"] = f"10.48550/arxiv.{source_id}"
        if isinstance(version, int):
            aliases["arxiv_version"] = f"{source_id}v{version}"
    return aliases
