"""The real records and signatures: everything here must come out as the registry published it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from samples import KEY_ID, ROWS, SEED_ROW, SIGNED, UNSIGNED, dump, envelope, outcomes, read_lines

from pithcore import PITH_KEYRING, canon_sha256, canonical_digest, ed25519, verify
from pithcore.number import PithNumber
from pithcore.record import expected_aliases, schema_problems, submitted_year, unusual


def test_the_worked_example_of_the_protocol() -> None:
    """The record of arXiv 1906.08168 v1 has the digest and number of protocol 1."""
    report = verify(dump(SEED_ROW["canonical_record"]))
    assert report.subject.pith_number == "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
    assert report.subject.canonical_sha256 == SEED_ROW["canonical_sha256"]
    assert report.subject.short == "pith:DBZZ4GA3"


def test_there_are_135_records_and_three_signatures() -> None:
    """The fixtures are whole."""
    assert (len(ROWS), len(SIGNED)) == (135, 3)


@pytest.mark.parametrize("row", ROWS, ids=[row["pith"] for row in ROWS])
def test_every_record_reproduces(row: dict[str, Any]) -> None:
    """Digest, number, short form, year and aliases of each record follow from its bytes."""
    record = row["canonical_record"]
    digest = canonical_digest(record)
    assert digest.hex() == row["canonical_sha256"]
    number = PithNumber.from_digest(digest, submitted_year(record))
    assert str(number) == row["pith"]
    assert number.short == "pith:" + row["pith"][10:18]
    assert number.year == int(record["metadata"]["submitted_at"][:4])
    assert expected_aliases(record, number) == {
        "arxiv": row["arxiv"],
        "arxiv_version": f"{row['arxiv']}v{row['version']}",
        "doi": f"10.48550/arxiv.{row['arxiv']}",
        "pith_short_8": row["pith"][10:18],
        "pith_short_12": row["pith"][10:22],
        "pith_short_16": row["pith"][10:26],
    }
    assert schema_problems(record) == unusual(record) == []


@pytest.mark.parametrize(
    ("name", "signed", "count"),
    [
        ("signatures.jsonl", "canonical_sha256", 12),
        ("integrity_event_signatures.jsonl", "payload_sha256", 4),
    ],
)
def test_every_real_signature_verifies(name: str, signed: str, count: int) -> None:
    """The pinned key signed each digest; none of its signatures fits the next one's digest."""
    rows = read_lines(name)
    key = PITH_KEYRING.get(KEY_ID)
    assert key is not None
    assert len(rows) == count
    for row, other in zip(rows, [*rows[1:], rows[0]], strict=True):
        signature = base64.b64decode(row["signature_b64"])
        assert ed25519.verify(key.public_key, bytes.fromhex(row[signed]), signature)
        assert not ed25519.verify(key.public_key, bytes.fromhex(other[signed]), signature)


@pytest.mark.parametrize("row", SIGNED, ids=[row["arxiv"] for row in SIGNED])
def test_records_with_real_signatures_are_verified(row: dict[str, Any]) -> None:
    """Verified, with the pinned key named and nothing failed."""
    report = verify(dump(envelope(row, paper={"title": row["title"]})), expect=row["pith"])
    assert report.verdict == "verified"
    assert report.headline == "Verified"
    assert report.key is PITH_KEYRING.get(KEY_ID)
    assert "pinned in this verifier" in report.sentence
    assert report.subject.title == row["title"]
    assert outcomes(report)["receipt.signature"] == outcomes(report)["paper.title"] == "passed"


@pytest.mark.parametrize("row", UNSIGNED, ids=[row["arxiv"] for row in UNSIGNED])
def test_records_without_signature_are_intact(row: dict[str, Any]) -> None:
    """Intact and no more, and the sentence says what is missing."""
    report = verify(dump(envelope(row)))
    assert report.verdict == "intact"
    assert report.key is None
    assert "carries no signature_b64" in report.sentence
    assert "pinned" not in report.sentence


def test_titles_hash_to_the_records() -> None:
    """Every title in the fixtures is the one its record hashes (protocol 3.1)."""
    titled = [row for row in ROWS if row["title"]]
    assert len(titled) > 50
    for row in titled:
        stated = row["canonical_record"]["metadata"]["title_canon_sha256"]
        assert canon_sha256(row["title"]) == stated


def test_abstracts_hash_to_the_records(shared: Path) -> None:
    """Every abstract hashes to the value stated, and to its record's where that is here."""
    records = {row["arxiv"]: row["canonical_record"] for row in ROWS}
    rows = json.loads((shared / "records" / "abstracts.json").read_text("utf-8"))
    assert len(rows) == 8
    for arxiv, text, stated in rows:
        assert canon_sha256(text) == stated
        if arxiv in records:
            assert records[arxiv]["metadata"]["abstract_canon_sha256"] == stated
            report = verify(dump(records[arxiv]), abstract=text)
            assert outcomes(report)["paper.abstract"] == "passed"
