"""What each type of completeness event must hold (completeness 2)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from claims import AUTHOR, CAPTURE, EVIDENCE, OTHER, PAYLOADS, claim, did, unsigned
from histories import ALICE, BOB, NUMBER, RING, body, signed

from pithcore import EventStatus, PithNumber
from pithcore.completeness import CONTENTS, MAX_PROOF, content_problem, holds, proof_of
from pithcore.events import examine

TYPES = tuple(PAYLOADS)


def whole(event_type: str, **payload: Any) -> dict[str, Any]:
    """An unsigned event by the signer that its type asks for."""
    signer = AUTHOR if event_type == "author_claim" else ALICE
    return unsigned(event_type, signer, payload)


def problem(event_type: str, number: PithNumber | None = NUMBER, **payload: Any) -> str:
    """The sentence on what is wrong; empty when nothing is."""
    event = whole(event_type, **payload)
    found = content_problem(event["event_type"], event, number)
    return "" if found is None else found[0]


@pytest.mark.parametrize("event_type", TYPES)
def test_a_good_event(event_type: str) -> None:
    """It holds what it must, with and without a record to hold it against."""
    short = event_type.split(".")[1]
    assert problem(short) == problem(short, None) == ""
    assert holds(event_type).startswith("The event ")


def test_every_type_is_tried() -> None:
    """The table of the code is that of these tests."""
    assert set(CONTENTS) == set(PAYLOADS)


@pytest.mark.parametrize("event_type", [name for name in TYPES if "author" not in name])
def test_it_counts_when_a_known_signer_signed_it(event_type: str) -> None:
    """By a key of the keyring, the event is valid, and so part of the merge."""
    event = claim(event_type.split(".")[1])
    examined = examine(event, NUMBER, RING)
    assert examined.status is EventStatus.VALID
    assert examined.content.message == holds(event_type)


@pytest.mark.parametrize("name", ["pithcore.", "pithcore.citation.v2", "pithcore.citation"])
def test_a_name_of_the_family_that_is_not_known(name: str) -> None:
    """A later version may define it: unchecked, and no failure."""
    event = signed(body(name, {"anything": 1}))
    assert examine(event, NUMBER, RING).status is EventStatus.UNCHECKED


def test_what_is_wrong_fails_the_event() -> None:
    """With the sentence and what was found."""
    event = claim("citation", relation="praises")
    content = examine(event, NUMBER, RING).content
    assert content.outcome == "failed"
    assert content.message.startswith("The event's relation is none of supports, refutes,")
    assert content.found == "praises"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (None, "is not 64 lower-case hex digits"),
        (5, "is not 64 lower-case hex digits"),
        ("AB" * 32, "is not 64 lower-case hex digits"),
        ("ab" * 32, "is another record's"),
    ],
)
@pytest.mark.parametrize("event_type", ["timestamp", "author_claim"])
def test_the_digest(event_type: str, value: Any, sentence: str) -> None:
    """The record's own."""
    assert (
        problem(event_type, canonical_sha256=value) == f"The event's canonical_sha256 {sentence}."
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "",
        "YWJj\n",
        "YWJ",
        "YWJjZB==",
        "YW Jj",
        "é",
        base64.b64encode(bytes(MAX_PROOF + 1)),
    ],
)
def test_the_proof(value: Any) -> None:
    """Canonical base64, bounded before it is decoded."""
    text = value.decode() if isinstance(value, bytes) else value
    assert "is not the canonical base64 of a proof of up to 65,536 bytes" in problem(
        "timestamp", proof_b64=text
    )


def test_the_largest_proof() -> None:
    """Up to the limit."""
    proof = bytes(MAX_PROOF)
    assert proof_of({"proof_b64": base64.b64encode(proof).decode()}) == proof


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ({"capture_url": None}, "capture_url is not a text of 1 to 2,000 characters"),
        ({"capture_url": ""}, "capture_url is not a text"),
        ({"capture_url": "https://example.org"}, "is no address of a capture"),
        ({"capture_url": "https://web.archive.org/web/20260230000000/x"}, "are no time"),
        ({"captured_at": None}, "captured_at is no UTC time"),
        ({"captured_at": "19 May 2026"}, "captured_at is no UTC time"),
        ({"captured_at": 20260519120000}, "captured_at is no UTC time"),
        ({"captured_at": "2026-05-19T12:00:01Z"}, "and its address says 2026-05-19T12:00:00Z"),
    ],
)
def test_the_capture(payload: dict[str, Any], sentence: str) -> None:
    """Address and time say the same."""
    assert sentence in problem("archive_capture", **payload)


def test_a_capture_later_than_the_event() -> None:
    """Nobody can tell of what is still to come; a fraction of a second is no contradiction."""
    early = unsigned("archive_capture", ALICE, {}, created_at="2026-05-19T11:59:59.9Z")
    found = content_problem(early["event_type"], early, NUMBER)
    assert found is not None
    assert "tells of a capture made later, at 2026-05-19T12:00:00Z" in found[0]
    assert problem("archive_capture", captured_at="2026-05-19T12:00:00.000Z") == ""
    same = unsigned("archive_capture", ALICE, {}, created_at="2026-05-19T12:00:00Z")
    assert content_problem(same["event_type"], same, NUMBER) is None


def test_a_capture_in_an_event_without_a_time() -> None:
    """What the event's own time lacks is another finding."""
    event = unsigned("archive_capture", ALICE, {})
    del event["created_at"]
    assert content_problem(event["event_type"], event, NUMBER) is None
    assert CAPTURE in str(event)


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ({"orcid": None}, "orcid is not a text"),
        ({"orcid": "https://orcid.org/0000-0002-1825-0098"}, "would have to be 7"),
        ({"orcid": "somebody"}, "is no ORCID iD"),
        ({"orcid": "0000-0002-1825-0097"}, "not written https://orcid.org/0000-0002-1825-0097"),
        ({"did_key": None}, "did_key is not a text"),
        ({"did_key": "did:key:z6Mk"}, "is no did:key of an Ed25519 key"),
        ({"did_key": did(BOB)}, "its signer.key_id is another"),
    ],
)
def test_the_claim(payload: dict[str, Any], sentence: str) -> None:
    """A key claims an iD for itself."""
    assert sentence in problem("author_claim", **payload)


def test_a_claim_by_nobody() -> None:
    """Without a signer there is nobody who claims."""
    event = whole("author_claim")
    del event["signer"]
    assert content_problem(event["event_type"], event, NUMBER) == (
        "An author claim is signed by the key that it claims; its signer.key_id is another.",
        "nothing",
    )


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        ({"relation": None}, "relation is none of supports"),
        ({"relation": ["cites"]}, "relation is none of supports"),
        ({"citing": None}, "citing is not a text"),
        ({"cited": "pith:2017:AAAA0"}, "The event's cited is no Pith Number. The digit 0"),
        ({"cited": "pith:AAAAAAAAAAAAAAAAAAAAAAAAAA"}, "cited is not a full Pith Number"),
        ({"cited": "pith:2017:AAAAAAAA"}, "cited is not a full Pith Number with its year"),
        ({"cited": OTHER.lower()}, "cited is not a full Pith Number"),
        ({"cited": str(NUMBER)}, "has a paper cite itself"),
        ({"citing": "pith:2018:" + "B" * 26}, "neither of which is this record"),
    ],
)
def test_the_citation(payload: dict[str, Any], sentence: str) -> None:
    """Relation and both ends, one of which is the record."""
    assert sentence in problem("citation", **payload)


def test_a_citation_of_the_record() -> None:
    """The record may stand at either end, and evidence may be missing."""
    assert problem("citation", citing=OTHER, cited=str(NUMBER), evidence=None) == ""


@pytest.mark.parametrize("kind", [None, 3, "praise"])
def test_the_kind(kind: Any) -> None:
    """One of three."""
    assert "kind is none of replication, falsification, formal_bridge" in problem(
        "replication", kind=kind
    )


@pytest.mark.parametrize(
    ("evidence", "sentence"),
    [
        (None, "evidence.url is no https address"),
        ([], "evidence.url is no https address"),
        ({"url": "http://example.org"}, "evidence.url is no https address"),
        ({"url": "javascript:alert(1)"}, "evidence.url is no https address"),
        ({"url": "https://exämple.org"}, "evidence.url is no https address in ASCII"),
        ({"url": "https://" + "a" * 2_000}, "evidence.url is no https address"),
        ({"url": "https://example.org/a b"}, "holds what no address holds"),
        ({"url": "https://example.org/a\n"}, "holds what no address holds"),
        ({**EVIDENCE, "sha256": "AB" * 32}, "evidence.sha256 is not 64 lower-case hex digits"),
        ({**EVIDENCE, "note": ""}, "note is not a text of 1 to 500 characters"),
        ({**EVIDENCE, "note": "x" * 501}, "note is not a text of 1 to 500 characters"),
        ({**EVIDENCE, "note": 7}, "note is not a text of 1 to 500 characters"),
    ],
)
def test_the_evidence(evidence: Any, sentence: str) -> None:
    """A https address, its hash, a remark."""
    assert sentence in problem("replication", evidence=evidence)


def test_evidence_that_is_an_address_alone() -> None:
    """Hash and remark may be missing."""
    for kind in ("replication", "falsification", "formal_bridge"):
        assert problem("replication", kind=kind, evidence={"url": "https://example.org"}) == ""
