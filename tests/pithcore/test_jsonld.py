"""JSON-LD of records and reports: PyLD, which fetches nothing here, loses nothing of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Never

import pytest
from pyld import jsonld
from samples import ROWS, SIGNED, UNSIGNED, bare, bundle, dump, envelope, lab_receipt

from pithcore import (
    DocumentError,
    Report,
    canonical_digest,
    ni_uri,
    record_to_json_ld,
    report_to_json_ld,
    verify,
)
from pithcore.jsonld import problem_to_json_ld


def never(url: str, options: Any) -> Never:
    """A loader that a document must not need."""
    raise AssertionError(f"{url} was to be fetched")


def expanded(document: Any) -> list[Any]:
    """The document without its context, by PyLD."""
    found: list[Any] = jsonld.expand(document, {"documentLoader": never})
    return found


def compacted(document: Any) -> Any:
    """There and back with the same context."""
    back = jsonld.compact(
        expanded(document), document["@context"], {"documentLoader": never, "graph": False}
    )
    return {**back, "@context": document["@context"]}


def leaves(value: Any) -> Iterator[Any]:
    """Texts, numbers and truth values of a JSON value, at any depth."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif value is not None:
        yield value


def holds_all(document: Any) -> bool:
    """True when nothing is lost on the way: back again it is the same, word for word."""
    return bool(compacted(document) == document)


def reports() -> dict[str, Report]:
    """A report of each verdict."""
    signed, unsigned = SIGNED[0], UNSIGNED[0]
    return {
        "verified": verify(dump(bundle(signed))),
        "failed": verify(dump(envelope(signed, canonical_sha256="0" * 64))),
        "intact": verify(dump(envelope(unsigned))),
        "unchecked": verify(dump(bare(unsigned))),
        "another key": verify(dump(envelope(unsigned, receipt=lab_receipt(unsigned)))),
        "another schema": verify(dump({"canonical_record": {"schema_version": 2}})),
        "no record": verify(dump({"canonical_sha256": unsigned["canonical_sha256"]})),
        "a title": verify(dump(bare(signed)), title=signed["title"]),
    }


@pytest.mark.parametrize("name", list(reports()))
def test_a_report_expands_without_loss(name: str) -> None:
    """Every member comes back, and every leaf of the plain report is in it."""
    report = reports()[name]
    document = json.loads(json.dumps(report_to_json_ld(report)))
    assert holds_all(document)
    found = set(map(str, leaves({**document, "@context": None})))
    plain = report.to_dict()
    canonical = plain.pop("canonical")
    plain["input"]["bytes"] = f"{plain['input']['bytes']} B"
    short = plain["subject"].pop("short")
    lost = set(map(str, leaves(plain))) - found
    assert lost <= {str(plain["subject"]["version"])} if report.canonical is None else lost == set()
    assert short is None or any(one.startswith("pith:") for one in found)
    assert (canonical is not None) is ("about" in document)


@pytest.mark.parametrize("row", ROWS[:40], ids=lambda row: row["pith"])
def test_a_record_expands_without_loss(row: dict[str, Any]) -> None:
    """Every member of the record is in it."""
    document = json.loads(json.dumps(record_to_json_ld(bare(row))))
    assert holds_all(document)
    found = set(map(str, leaves({**document, "@context": None})))
    record = bare(row)
    del record["source"]["kind"]
    assert {str(one) for one in leaves(record)} - {""} <= found
    assert row["pith"] in found


def test_no_term_is_dropped() -> None:
    """PyLD drops what the context does not name; what it keeps has as many members."""
    document = report_to_json_ld(reports()["verified"])
    (node,) = expanded(document)
    assert len(node) == len(document) - 1
    for one, held in zip(
        document["checks"], node["urn:pithcore:1:checks"][0]["@list"], strict=True
    ):
        assert len(one) == len(held)


def test_the_terms() -> None:
    """schema.org's and PROV's where there are any, ours under a name of our own."""
    (node,) = expanded(report_to_json_ld(reports()["verified"]))
    assert node["@type"] == ["urn:pithcore:1:Report", "http://www.w3.org/ns/prov#Entity"]
    (article,) = node["https://schema.org/about"]
    assert article["@type"][0] == "https://schema.org/ScholarlyArticle"
    (record,) = article["https://schema.org/subjectOf"]
    (key,) = record["http://www.w3.org/ns/prov#wasAttributedTo"]
    assert key["@id"].startswith("did:key:z6Mk")
    (activity,) = node["http://www.w3.org/ns/prov#wasGeneratedBy"]
    (used,) = activity["http://www.w3.org/ns/prov#used"]
    assert used["@id"].startswith("ni:///sha-256;")
    assert node["urn:pithcore:1:verdict"] == [{"@value": "verified"}]


def test_evidence_stays_as_it_is() -> None:
    """Nulls, lists and numbers inside evidence are JSON, not linked data."""
    (node,) = expanded(report_to_json_ld(reports()["verified"]))
    plain = {one.id: dict(one.finding.evidence) for one in reports()["verified"].checks}
    for one in node["urn:pithcore:1:checks"][0]["@list"]:
        name = one["urn:pithcore:1:checkId"][0]["@value"]
        held = one.get("urn:pithcore:1:evidence", [{"@value": {}}])[0]["@value"]
        assert held == json.loads(json.dumps(plain[name]))


def test_the_order_of_lists_is_kept() -> None:
    """Checks and limits come in the order of the report, which JSON-LD forgets of plain sets."""
    document = report_to_json_ld(reports()["failed"])
    (node,) = expanded(document)
    limits = node["urn:pithcore:1:limits"][0]["@list"]
    assert [one["@value"] for one in limits] == document["limits"]


def test_ni() -> None:
    """RFC 6920's own example, over “Hello World!”."""
    digest = bytes.fromhex("7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069")
    assert ni_uri(digest) == "ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"


def test_a_record_of_another_form() -> None:
    """It is no article that anything could be said of."""
    with pytest.raises(DocumentError, match=r"This is no record of schema 1\.0: "):
        record_to_json_ld({"schema_version": "2.0"})


def test_a_record_of_another_source() -> None:
    """Without arXiv there is no address and no DOI; and an empty licence names none."""
    record = bare(ROWS[0])
    record["source"]["kind"] = "zenodo"
    record["metadata"]["license"] = ""
    record["metadata"]["cross_cats_sorted"] = []
    document = record_to_json_ld(record)
    assert not {"sameAs", "license", "keywords"} & set(document)
    assert holds_all(json.loads(json.dumps(document)))
    assert document["subjectOf"]["@id"] == ni_uri(canonical_digest(record))


@pytest.mark.parametrize("hint", [None, "Try again."])
def test_a_problem(hint: str | None) -> None:
    """What could not be read is said in JSON-LD as well."""
    document = problem_to_json_ld("a.json", "No such file.", hint)
    assert holds_all(document)
    assert document.get("hint") == hint
    assert document["error"] == "No such file."
