"""Records, receipts, events and bundles that are made here are what the registry would make."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from histories import ALICE, NUMBER, OTHER_RECORD, RECORD, RING, canonical, sha256, snapshot
from hypothesis import given
from hypothesis import strategies as st
from samples import ROWS, SEED_ROW

from pithcore import (
    DocumentError,
    NumberError,
    PithNumber,
    canon_sha256,
    make_bundle,
    make_event,
    make_receipt,
    make_record,
    merge,
    number_of,
    verify,
)
from pithcore.keyring import spki_der

TITLED = [row for row in ROWS if row["title"]]


def remade(row: dict[str, Any], title: str, abstract: str) -> dict[str, Any]:
    """The record of a row, from its metadata in the order a reader would give it."""
    record = row["canonical_record"]
    metadata, source = record["metadata"], record["source"]
    return make_record(
        source_id=source["id"],
        version=source["version"],
        title=title,
        abstract=abstract,
        submitted_at=metadata["submitted_at"],
        primary_cat=metadata["primary_cat"],
        cross_cats=[*reversed(metadata["cross_cats_sorted"]), metadata["primary_cat"]],
        license=metadata["license"],
        source_kind=source["kind"],
    )


@pytest.mark.parametrize("row", TITLED, ids=lambda row: row["arxiv"])
def test_real_titles_and_metadata_make_the_real_record(row: dict[str, Any]) -> None:
    """All but the abstract, which is its authors' and is not here: every other member agrees."""
    made = remade(row, f"  {row['title'].upper()}\n", "unknown")
    expected = json.loads(json.dumps(row["canonical_record"]))
    expected["metadata"]["abstract_canon_sha256"] = canon_sha256("unknown")
    assert made == expected


def test_real_abstracts_make_the_real_number(shared: Path) -> None:
    """With title and abstract, the whole record, its digest and its number are the registry's."""
    texts = json.loads((shared / "records" / "abstracts.json").read_text("utf-8"))
    abstracts = {row[0]: row for row in (texts.values() if isinstance(texts, dict) else texts)}
    rows = [row for row in TITLED if row["arxiv"] in abstracts]
    assert rows
    for row in rows:
        made = remade(row, row["title"], abstracts[row["arxiv"]][1])
        assert sha256(made) == row["canonical_sha256"]
        assert str(number_of(made)) == row["pith"]
    for _, text, digest in abstracts.values():
        assert canon_sha256(text) == digest


def test_a_record_made_of_little_has_empty_members() -> None:
    """Old papers have no licence, and many have no other category."""
    record = make_record(
        source_id="hep-lat/0305021",
        version=1,
        title="T",
        abstract="A",
        submitted_at="2003-05-22T00:00:00Z",
        primary_cat="hep-lat",
    )
    assert record == {
        "metadata": {
            "abstract_canon_sha256": sha256_text("a"),
            "cross_cats_sorted": [],
            "license": "",
            "primary_cat": "hep-lat",
            "submitted_at": "2003-05-22T00:00:00Z",
            "title_canon_sha256": sha256_text("t"),
        },
        "schema_version": "1.0",
        "source": {"id": "hep-lat/0305021", "kind": "arxiv", "version": 1},
    }


def sha256_text(text: str) -> str:
    """Hex SHA-256 of a text."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": 0}, "source.version is not a whole number from 1"),
        ({"source_id": ""}, "source.id is not a name"),
        ({"source_kind": ""}, "source.kind is not a name"),
        ({"submitted_at": "2003-05-22"}, "metadata.submitted_at is not a time"),
        ({"license": None}, "metadata.license is not text"),
    ],
)
def test_what_would_be_no_record_is_not_made(change: dict[str, Any], words: str) -> None:
    """The error says which member is wrong and how it should be."""
    good: dict[str, Any] = {
        "source_id": "1",
        "version": 1,
        "title": "T",
        "abstract": "A",
        "submitted_at": "2003-05-22T00:00:00Z",
        "primary_cat": "hep-lat",
    }
    with pytest.raises(DocumentError, match=f"This makes no record of schema 1.0: {words}"):
        make_record(**{**good, **change})


@pytest.mark.parametrize("record", [None, {}, {"metadata": {"submitted_at": "2019"}}, [RECORD]])
def test_a_record_without_a_year_has_no_number(record: Any) -> None:
    """A bare digest is not a number: the year is part of it."""
    with pytest.raises(DocumentError, match="submitted_at is no UTC time"):
        number_of(record)
    with pytest.raises(DocumentError, match="submitted_at is no UTC time"):
        make_bundle(record)


def test_a_receipt_makes_a_record_verified() -> None:
    """Signed over the digest, it is read back and verified under the signer's key."""
    receipt = make_receipt(RECORD, ALICE.key, ALICE.seed, signed_at="2026-06-15T12:00:00Z")
    assert {**receipt, "signature_b64": ""} == {
        "kind": "pith_receipt",
        "key_id": "alice",
        "algorithm": "ed25519",
        "signed_at": "2026-06-15T12:00:00Z",
        "signature_b64": "",
    }
    document = {"canonical_record": RECORD, "pith_number": str(NUMBER), "receipt": receipt}
    report = verify(canonical(document), keyring=RING)
    assert (report.verdict.value, report.key) == ("verified", ALICE.key)
    other = {**document, "canonical_record": OTHER_RECORD, "pith_number": None}
    assert verify(canonical(other), keyring=RING).verdict.value == "failed"


def made_event(**members: Any) -> dict[str, Any]:
    """An event of Alice's."""
    given_members: dict[str, Any] = {"created_at": "2026-06-15T12:00:00Z", **members}
    payload = {"graph_snapshot": {}}
    return make_event("graph_snapshot", NUMBER, payload, ALICE.key, ALICE.seed, **given_members)


def test_an_event_is_made_by_the_rule_of_protocol_9() -> None:
    """Members, id and order by hand; the merge counts it as valid."""
    event = made_event()
    unsigned = {
        "event_type": "graph_snapshot",
        "subject_pith_number": "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I",
        "target": "record",
        "payload": {"graph_snapshot": {}},
        "created_at": "2026-06-15T12:00:00Z",
        "signer": {
            "key_id": "alice",
            "public_key_fingerprint": ALICE.key.fingerprint,
            "signer_id": "Alice's lab",
            "signer_type": "",
        },
    }
    assert event == {
        **unsigned,
        "event_id": f"sha256:{sha256(unsigned)}",
        "signature_b64": event["signature_b64"],
    }
    assert merge([event], NUMBER, keyring=RING).to_dict()["valid_event_count"] == 1
    described: Any = made_event(target="graph", signer_type="laboratory")
    assert described["target"] == "graph"
    assert described["signer"]["signer_type"] == "laboratory"


def test_what_an_event_replaces_is_sorted_and_said_once() -> None:
    """The same set of ids makes the same event."""
    one, two = ("sha256:" + digit * 64 for digit in "12")
    event = made_event(replaces=[two, one, two])
    assert event["replaces"] == [one, two]
    assert event == made_event(replaces=(one, two))


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"created_at": "2026-06-15"}, "'2026-06-15' is none"),
        ({"replaces": "sha256:" + "1" * 64}, "a list of ids"),
        ({"replaces": ["sha256:1"]}, "a list of ids"),
    ],
)
def test_an_event_worth_nothing_is_not_made(members: dict[str, Any], words: str) -> None:
    """What every reader would refuse is refused before it is signed."""
    with pytest.raises(DocumentError, match=words):
        made_event(**members)


def test_an_event_is_about_a_full_number() -> None:
    """A short form or a number without a year is not what events state."""
    for text in ("pith:DBZZ4GA3", "pith:DBZZ4GA3QYTEJZ5TKUNHWEKF3I"):
        with pytest.raises(DocumentError, match="full Pith Number"):
            make_event(
                "x",
                PithNumber.parse(text),
                {},
                ALICE.key,
                ALICE.seed,
                created_at="2026-01-01T00:00:00Z",
            )
    with pytest.raises(NumberError):
        PithNumber.parse("nothing")


def test_a_bundle_verifies_and_gives_back_its_events() -> None:
    """Made, read, verified: intact without a receipt, verified with one, nothing failed."""
    receipt = make_receipt(RECORD, ALICE.key, ALICE.seed, signed_at="2026-06-15T12:00:00Z")
    payload = {
        "canonical_record": RECORD,
        "canonical_sha256": SEED_ROW["canonical_sha256"],
        "receipt": receipt,
    }
    event = make_event(
        "record_created", NUMBER, payload, ALICE.key, ALICE.seed, created_at="2026-06-15T12:00:00Z"
    )
    bundle = make_bundle(RECORD, [event, made_event(), event])
    assert [*bundle] == [
        *("bundle_type", "bundle_version", "pith_number", "short_pith_number"),
        *("canonical_record", "canonical_sha256", "source", "source_aliases", "events"),
    ]
    assert len(bundle["events"]) == 2  # type: ignore[arg-type]
    assert bundle["source"] == RECORD["source"]
    report = verify(json.dumps(bundle).encode(), keyring=RING)
    assert (report.verdict.value, report.input.kind) == ("verified", "bundle")
    assert {check.outcome.value for check in report.checks} <= {
        "passed",
        "not_applicable",
        "unchecked",
    }
    assert all(report.check(f"events.{name}").outcome == "passed" for name in ("ids", "signatures"))
    bare = verify(json.dumps(make_bundle(RECORD)).encode(), keyring=RING)
    assert bare.verdict.value == "intact"


def backwards(value: Any) -> Any:
    """The same JSON value with its keys the other way round."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(one) for one in value] if isinstance(value, list) else value


@given(st.permutations(range(4)), st.booleans())
def test_the_same_set_of_events_makes_the_same_bytes(order: list[int], turned: bool) -> None:
    """Order of events and of keys, and repetition, leave no trace in a bundle."""
    events = [snapshot_of(index) for index in (*range(4), 0)]
    shuffled = [events[index] for index in order]
    if turned:
        shuffled = backwards(shuffled)
    record = backwards(RECORD) if turned else RECORD
    assert json.dumps(make_bundle(record, shuffled)) == json.dumps(make_bundle(RECORD, events))


_SNAPSHOTS = [snapshot(index) for index in range(4)]


def snapshot_of(index: int) -> dict[str, Any]:
    """A signed snapshot."""
    return _SNAPSHOTS[index]


def test_a_record_without_a_source_makes_a_bundle_that_says_so() -> None:
    """Records of other schemas are bundled as they are; the checks judge them."""
    record = {"metadata": RECORD["metadata"], "schema_version": "2.0"}
    assert make_bundle(record)["source"] is None


def test_openssl_accepts_what_is_signed_here(tmp_path: Path) -> None:
    """Receipt and event verify with OpenSSL, over the raw bytes of digest and id."""
    receipt = make_receipt(RECORD, ALICE.key, ALICE.seed, signed_at="2026-06-15T12:00:00Z")
    event = made_event()
    for digest, signed in (
        (SEED_ROW["canonical_sha256"], receipt),
        (event["event_id"].removeprefix("sha256:"), event),
    ):
        key, message, signature = (tmp_path / name for name in ("key", "message", "signature"))
        key.write_bytes(spki_der(ALICE.key.public_key))
        message.write_bytes(bytes.fromhex(digest))
        signature.write_bytes(base64.b64decode(str(signed["signature_b64"])))
        line = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"]
        line += ["-inkey", str(key), "-in", str(message), "-sigfile", str(signature)]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert "Signature Verified Successfully" in done.stdout, done.stderr
        message.write_bytes(bytes(32))
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        assert done.returncode != 0
