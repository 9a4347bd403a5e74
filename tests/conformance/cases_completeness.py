"""Events on completeness (docs/completeness.md). Every expectation is written here by hand."""

from __future__ import annotations

import base64
import hashlib

from cases_invalid import failed
from cases_valid import case
from material import DIGEST, NUMBER, Case, Value, body, bundle, public_key, sealed

ANOTHER = "pith:2017:AAAAAAAAAAAAAAAAAAAAAAAAAA"
CAPTURE = "https://web.archive.org/web/20260519120000/https://arxiv.org/abs/1906.08168v1"
DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def did_key(name: str) -> str:
    """W3C did:key: multicodec `ed 01`, the key, in base58btc with multibase's `z` before it."""
    value, text = int("ed01" + public_key(name), 16), ""
    while value:
        value, digit = divmod(value, 58)
        text = DIGITS[digit] + text
    return f"did:key:z{text}"


def citation(name: str = "alice", **members: Value) -> Case:
    """Completeness 2.4: a citation of the record by another, signed."""
    payload = {"relation": "extends", "citing": ANOTHER, "cited": NUMBER, **members}
    return sealed(body("pithcore.citation.v1", payload, name), name)


def capture(url: str = CAPTURE, at: str = "2026-05-19T12:00:00Z") -> Case:
    """Completeness 2.2."""
    payload = {"capture_url": url, "captured_at": at}
    return sealed(body("pithcore.archive_capture.v1", payload))


def claim(name: str = "nobody", signer: str = "nobody", orcid: str = "0000-0002-1825-0097") -> Case:
    """Completeness 2.3: by the key of `name`, signed with that of `signer`."""
    payload = {
        "canonical_sha256": DIGEST,
        "orcid": f"https://orcid.org/{orcid}",
        "did_key": did_key(name),
    }
    event = body("pithcore.author_claim.v1", payload, name, signer={"key_id": did_key(name)})
    return sealed(event, signer)


def taken_back(event: Case, signer: str = "nobody") -> Case:
    """The withdrawal of a claim by the key of `signer`."""
    payload = {"event_id": event["event_id"]}
    return sealed(body("withdrawal", payload, signer={"key_id": did_key(signer)}), signer)


def stamp(digest: str = DIGEST, height: bytes = b"\x07") -> Case:
    """Completeness 2.1: an `.ots` file, one SHA-256 and the attestation of block 7."""
    proof = (
        b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94\x01\x08"
        + bytes.fromhex(digest)
        + b"\x08\x00"
        + bytes.fromhex("0588960d73d71901")
        + bytes([len(height)])
        + height
    )
    payload = {"canonical_sha256": DIGEST, "proof_b64": base64.b64encode(proof).decode()}
    return sealed(body("pithcore.timestamp.v1", payload))


VALID = [
    case(
        "citation-counted",
        "completeness 3.4",
        "A citation by a key of the keyring passes.",
        "intact",
        input=bundle(citation()),
        checks={"events.content": "passed", "completeness.citations": "passed"},
    ),
    case(
        "citation-by-a-stranger",
        "completeness 3.4",
        "A citation by an unknown key is listed and never passes.",
        "intact",
        input=bundle(citation("nobody")),
        checks={"events.content": "passed", "completeness.citations": "unchecked"},
    ),
    case(
        "citation-by-a-key-that-names-itself",
        "completeness 3.4",
        "A did:key shows which key signed, and makes nobody known.",
        "intact",
        input=bundle(
            sealed(
                body(
                    "pithcore.citation.v1",
                    {"relation": "cites", "citing": NUMBER, "cited": ANOTHER},
                    signer={"key_id": did_key("nobody")},
                ),
                "nobody",
            )
        ),
        checks={"completeness.citations": "unchecked", "events.signatures": "unchecked"},
    ),
    case(
        "replication",
        "completeness 3.5",
        "A replication record by a key of the keyring passes.",
        "intact",
        input=bundle(
            sealed(
                body(
                    "pithcore.replication.v1",
                    {"kind": "falsification", "evidence": {"url": "https://example.org/"}},
                )
            )
        ),
        checks={"completeness.replications": "passed"},
    ),
    case(
        "author-claim",
        "completeness 3.3",
        "A claim that its own key signed, and that nobody asked ORCID about.",
        "intact",
        input=bundle(claim()),
        checks={"events.content": "passed", "completeness.author": "unchecked"},
    ),
    case(
        "author-claim-taken-back",
        "completeness 2",
        "By its own key, which is in no keyring.",
        "intact",
        input=bundle(claim(), taken_back(claim())),
        checks={"completeness.author": "not_applicable"},
    ),
    case(
        "author-claim-taken-back-by-another",
        "completeness 2",
        "Another key takes back nothing.",
        "intact",
        input=bundle(claim(), taken_back(claim(), "carol")),
        checks={"completeness.author": "unchecked"},
    ),
    case(
        "capture-named",
        "completeness 3.2",
        "A capture of the paper, which nobody fetched.",
        "intact",
        input=bundle(capture()),
        checks={"events.content": "passed", "completeness.archive": "unchecked"},
    ),
    case(
        "timestamp-committed",
        "completeness 3.1",
        "A proof over the record's digest that commits to a block whose header is not here.",
        "intact",
        input=bundle(stamp()),
        checks={"events.content": "passed", "completeness.timestamp": "unchecked"},
    ),
    case(
        "unknown-type-of-the-family",
        "completeness 2",
        "A later version may define it: unchecked.",
        "intact",
        input=bundle(sealed(body("pithcore.citation.v2", {"anything": 1}))),
        checks={"events.content": "unchecked", "completeness.citations": "not_applicable"},
    ),
]

INVALID = [
    failed(
        "citation-of-itself",
        "completeness 2.4",
        "A paper does not cite itself.",
        "events.content",
        bundle(citation(citing=NUMBER)),
    ),
    failed(
        "citation-unrelated",
        "completeness 2.4",
        "Neither end is the record.",
        "events.content",
        bundle(citation(cited="pith:2018:BBBBBBBBBBBBBBBBBBBBBBBBBB")),
    ),
    failed(
        "citation-of-an-unknown-relation",
        "completeness 2.4",
        "A relation that is none of the eight.",
        "events.content",
        bundle(citation(relation="praises")),
    ),
    failed(
        "orcid-check-digit",
        "completeness 2.3",
        "An iD whose last character is not the check digit of the others.",
        "events.content",
        bundle(claim(orcid="0000-0002-1825-0098")),
    ),
    failed(
        "author-claim-signed-by-another-key",
        "completeness 3",
        "The key that is claimed did not sign.",
        "completeness.author",
        bundle(claim(signer="carol")),
    ),
    failed(
        "capture-of-another-time",
        "completeness 2.2",
        "The 14 digits and the time that is claimed differ by a second.",
        "events.content",
        bundle(capture(at="2026-05-19T12:00:01Z")),
    ),
    failed(
        "capture-before-the-paper",
        "completeness 3.2",
        "Nothing can be captured before it was submitted.",
        "completeness.archive",
        bundle(capture(CAPTURE.replace("20260519", "20180519"), "2018-05-19T12:00:00Z")),
    ),
    failed(
        "capture-of-another-version",
        "completeness 3.2",
        "The address captured is that of version 2.",
        "completeness.archive",
        bundle(capture(CAPTURE[:-1] + "2")),
    ),
    failed(
        "timestamp-of-other-bytes",
        "completeness 3.1",
        "The proof is over another digest.",
        "completeness.timestamp",
        bundle(stamp(hashlib.sha256(b"other").hexdigest())),
    ),
]
