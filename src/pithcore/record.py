"""The canonical record of schema 1.0, and what follows from it (protocol 2, 1.4, 5.2)."""

from __future__ import annotations

from collections.abc import Callable

from pithcore.number import PREFIX_LENGTHS, PithNumber
from pithcore.patterns import Pattern
from pithcore.reading import JSON
from pithcore.times import utc_order

SCHEMA_VERSION = "1.0"

_HEX64 = Pattern(r"[0-9a-f]{64}\Z")
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
_KNOWN, _KNOWN_METADATA, _KNOWN_SOURCE = map(frozenset, (_MEMBERS, _METADATA, _SOURCE))


def member(value: JSON, *path: str) -> JSON:
    """The value at `path` inside nested objects, or None where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_member(value: JSON, *path: str) -> str | None:
    """As `member`, for text: None where there is none or it is something else."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def is_hex64(value: JSON) -> bool:
    """True for 64 lower-case hex digits, the form of every SHA-256 in the protocol."""
    return isinstance(value, str) and _HEX64.match(value) is not None


def schema_problems(record: JSON) -> list[str]:
    """What keeps `record` from being a record of schema 1.0 (protocol 2.1); empty when it is one.

    Each entry is half a sentence that starts with the JSON path.
    """
    if not isinstance(record, dict):
        return ["canonical_record is not an object"]
    missing = [f"{name} is missing" for name in _MEMBERS if name not in record]
    wrong = []
    # A member that is missing has been named above.
    if record.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        wrong.append(f"schema_version is not the text {SCHEMA_VERSION}")
    for section, names, rules in _SECTIONS:
        inner = record.get(section)
        if isinstance(inner, dict):
            missing += [f"{section}.{name} is missing" for name in names if name not in inner]
            for name, holds, what in rules:
                if name in inner and not holds(inner[name]):
                    wrong.append(f"{section}.{name} is not {what}")
        elif section in record:
            missing.append(f"{section} is not an object")
    return missing + wrong


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


_SECTIONS: tuple[
    tuple[str, tuple[str, ...], tuple[tuple[str, Callable[[JSON], bool], str], ...]], ...
] = (
    (
        "metadata",
        _METADATA,
        (
            ("abstract_canon_sha256", is_hex64, "64 lower-case hex digits"),
            ("title_canon_sha256", is_hex64, "64 lower-case hex digits"),
            ("cross_cats_sorted", _is_list_of_text, "a list of category names"),
            ("license", _is_text, "text"),
            ("primary_cat", _is_text, "text"),
            ("submitted_at", _is_time, "a time written YYYY-MM-DDTHH:MM:SSZ"),
        ),
    ),
    (
        "source",
        _SOURCE,
        (
            ("id", _is_name, "a name"),
            ("kind", _is_name, "a name"),
            ("version", _is_version, "a whole number from 1"),
        ),
    ),
)
"""Section → its members, and (member, whether a value will do, what it should be)."""


def unusual(record: JSON) -> list[str]:
    """Where a well-formed record departs from every record seen (protocol 2.2, 2.3).

    The registry has not published these as rules, so they are no failures. Half-sentences.
    """
    notes = []
    metadata, source = member(record, "metadata"), member(record, "source")
    cats = member(metadata, "cross_cats_sorted")
    names = [cat for cat in cats if isinstance(cat, str)] if isinstance(cats, list) else []
    if names != sorted(set(names)):
        notes.append("metadata.cross_cats_sorted is not sorted, or repeats itself")
    if names and text_member(metadata, "primary_cat") in names:
        notes.append("metadata.cross_cats_sorted repeats primary_cat")
    kind = text_member(source, "kind")
    if kind != "arxiv":
        notes.append(f"source.kind is {kind!r}, and only 'arxiv' has been seen")
    for inner, prefix, known in (
        (record, "", _KNOWN),
        (metadata, "metadata.", _KNOWN_METADATA),
        (source, "source.", _KNOWN_SOURCE),
    ):
        if isinstance(inner, dict) and not inner.keys() <= known:
            extra = sorted(inner.keys() - known)
            notes += [f"{prefix}{name} is not a member of schema 1.0" for name in extra]
    return notes


def submitted_year(record: JSON) -> int | None:
    """Year of `metadata.submitted_at` (protocol 1.4), None when that is no UTC time."""
    return _year_of(member(record, "metadata", "submitted_at"))


def _year_of(submitted: JSON) -> int | None:
    """None too for a fraction of a second, which makes a time longer than 20 characters."""
    if not isinstance(submitted, str) or len(submitted) != 20 or utc_order(submitted) is None:
        return None
    year = int(submitted[:4])
    return year if year >= 1000 else None


ALIAS_ORDER = ("arxiv", "arxiv_version", "doi", "pith_short_12", "pith_short_16", "pith_short_8")
"""Kinds of aliases in the order the registry lists them (protocol 5.2)."""


def expected_aliases(record: JSON, number: PithNumber) -> dict[str, str]:
    """Alias kind → value, as the record and its number give them (protocol 5.2).

    arXiv's aliases only where `source.kind` is `arxiv` and id and version are well formed.
    """
    aliases = {f"pith_short_{n}": number.prefix(n) for n in PREFIX_LENGTHS}
    source = member(record, "source")
    members = source if isinstance(source, dict) else {}
    source_id, version = members.get("id"), members.get("version")
    if members.get("kind") == "arxiv" and isinstance(source_id, str):
        aliases["arxiv"] = source_id
        aliases["doi"] = f"10.48550/arxiv.{source_id}"
        if isinstance(version, int):
            aliases["arxiv_version"] = f"{source_id}v{version}"
    return aliases
