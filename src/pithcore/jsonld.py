"""A record or a report in JSON-LD 1.1: schema.org, PROV, and terms of ours under `urn:pithcore:1:`.

The context stands whole in every document, so that whoever reads one fetches nothing. What has
no value is left out: JSON-LD has no null. docs/json-ld.md has the table of terms.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib.resources import files

from pithcore.canonical import canonical_digest
from pithcore.didkey import did_key_of
from pithcore.errors import DocumentError
from pithcore.keyring import Key
from pithcore.number import PithNumber
from pithcore.reading import JSON
from pithcore.record import expected_aliases, member, schema_problems, submitted_year
from pithcore.report import Check, Report


def context() -> dict[str, JSON]:
    """The JSON-LD context, as `schema/context-1.jsonld` has it."""
    text = files("pithcore").joinpath("schema", "context-1.jsonld").read_text("utf-8")
    read: dict[str, JSON] = json.loads(text)
    return read


def ni_uri(digest: bytes) -> str:
    """The name of the bytes with this SHA-256 of 32 bytes: `ni:///sha-256;…` (RFC 6920)."""
    text = base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
    return f"ni:///sha-256;{text}"


def record_to_json_ld(record: JSON) -> dict[str, JSON]:
    """A canonical record as the `ScholarlyArticle` it is about.

    Nothing is checked but its form: that the article is this one, only its hashes can tell.
    Raises `DocumentError` for what is no record of schema 1.0.
    """
    problems = schema_problems(record)
    if problems:
        raise DocumentError(f"This is no record of schema 1.0: {'; '.join(problems)}.")
    return {"@context": context(), **_article(record, _record(record))}


def report_to_json_ld(report: Report) -> dict[str, JSON]:
    """A report as a PROV entity: what was used, what was found, and what it is about.

    Every member of the report is there (docs/json-ld.md), each check with its own outcome.
    """
    return {
        "@context": context(),
        "@type": ["Report", "Entity"],
        "reportSchema": "pithcore.report/1",
        "wasGeneratedBy": {
            "@type": "Activity",
            "wasAssociatedWith": {
                "@type": ["SoftwareApplication", "SoftwareAgent"],
                "name": "pithcore",
                "softwareVersion": report.tool_version,
            },
            "used": _present(
                {
                    "@id": ni_uri(bytes.fromhex(report.input.sha256)),
                    "@type": ["DigitalDocument", "Entity"],
                    "kind": report.input.kind,
                    "source": report.input.source,
                    "sha256": report.input.sha256,
                    "contentSize": f"{report.input.bytes} B",
                }
            ),
        },
        **_about(report),
        "verdict": report.verdict.value,
        "headline": report.headline,
        "sentence": report.sentence,
        "checks": [_check(one) for one in report.checks],
        "limits": list(report.limits),
    }


def _about(report: Report) -> dict[str, JSON]:
    """The article, or the record alone where it has no known form; nothing without a record."""
    if report.canonical is None:
        return {}
    record: JSON = json.loads(report.canonical)
    subject = _record(record)
    if report.key is not None:
        subject["wasAttributedTo"] = _key(report.key)
    if not schema_problems(record):
        subject = _article(record, subject)
    if report.subject.title is not None:
        subject["name"] = report.subject.title
    return {"about": subject}


def problem_to_json_ld(argument: str, error: str, hint: str | None) -> dict[str, JSON]:
    """An input that could not be read: what was asked for, and why there is no report."""
    return {
        "@context": context(),
        "@type": ["Problem", "Entity"],
        **_present({"source": argument, "error": error, "hint": hint}),
    }


def _article(record: JSON, own: dict[str, JSON]) -> dict[str, JSON]:
    number = PithNumber.from_digest(canonical_digest(record), submitted_year(record))
    aliases = expected_aliases(record, number)
    identifiers = {"Pith Number": str(number)}
    same: list[JSON] = []
    for kind, name, address in (
        ("arxiv", "arXiv", ""),
        ("arxiv_version", "", "https://arxiv.org/abs/"),
        ("doi", "DOI", "https://doi.org/"),
    ):
        if kind in aliases and name:
            identifiers[name] = aliases[kind]
        if kind in aliases and address:
            same.append(address + aliases[kind])
    others = member(record, "metadata", "cross_cats_sorted")
    return _present(
        {
            "@type": ["ScholarlyArticle", "Entity"],
            "identifier": [_identifier(*one) for one in identifiers.items()],
            "sameAs": same or None,
            "version": member(record, "source", "version"),
            "datePublished": member(record, "metadata", "submitted_at"),
            "articleSection": member(record, "metadata", "primary_cat"),
            "keywords": others or None,
            "license": member(record, "metadata", "license") or None,
            "titleSha256": member(record, "metadata", "title_canon_sha256"),
            "abstractSha256": member(record, "metadata", "abstract_canon_sha256"),
            "subjectOf": own,
        }
    )


def _record(record: JSON) -> dict[str, JSON]:
    digest = canonical_digest(record)
    number = PithNumber.from_digest(digest, submitted_year(record))
    version = member(record, "schema_version")
    return _present(
        {
            "@id": ni_uri(digest),
            "@type": ["DigitalDocument", "Entity"],
            "identifier": [_identifier("Pith Number", str(number))],
            "encodingFormat": "application/json",
            "sha256": digest.hex(),
            "schemaVersion": version if isinstance(version, str) else None,
        }
    )


def _identifier(name: str, value: str) -> JSON:
    return {"@type": "PropertyValue", "propertyID": name, "value": value}


def _key(key: Key) -> JSON:
    return {
        "@id": did_key_of(key.public_key),
        "@type": ["Key", "Agent"],
        "name": key.holder,
        "keyId": key.key_id,
        "fingerprint": key.fingerprint,
        "publicKey": key.public_key.hex(),
        "pinned": key.pinned,
    }


def _check(check: Check) -> JSON:
    finding = check.finding
    return _present(
        {
            "@type": "Check",
            "checkId": check.id,
            "group": check.planned.group.value,
            "title": check.planned.title,
            "outcome": finding.outcome.value,
            "reason": None if finding.reason is None else finding.reason.value,
            "message": finding.message,
            "expected": finding.expected,
            "found": finding.found,
            "evidence": dict(finding.evidence) or None,
            "shell": finding.shell,
        }
    )


def _present(members: Mapping[str, JSON]) -> dict[str, JSON]:
    return {name: value for name, value in members.items() if value is not None}
