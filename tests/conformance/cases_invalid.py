"""Documents that are refused or fail. Every expectation is written here by hand."""

from __future__ import annotations

import base64
import json
from typing import Any

from cases_valid import STATE
from material import (
    ALICE,
    BOB_FOR_A_YEAR,
    CAROL_REVOKED,
    DIGEST,
    EMPTY,
    NUMBER,
    OTHER,
    PITH_KEY,
    RECORD,
    SEEDS,
    SIGNED,
    Case,
    aliases,
    body,
    bundle,
    changed,
    created,
    envelope,
    foreign,
    graph,
    number_of,
    real_receipt,
    receipt,
    sealed,
    sha256,
    signature,
    snapshot,
)
from rfc8032 import L, sign

KEYS = [ALICE, BOB_FOR_A_YEAR, CAROL_REVOKED, PITH_KEY]


def refused(name: str, about: str, data: str | bytes, rule: str = "protocol 1.1") -> Case:
    """Bytes that are not read at all."""
    given = (
        {"input_text": data}
        if isinstance(data, str)
        else {"input_base64": base64.b64encode(data).decode()}
    )
    return {
        "name": name,
        "rule": rule,
        "about": about,
        "keys": KEYS,
        **given,
        "expect": {"refused": True},
    }


def failed(name: str, rule: str, about: str, check: str, document: Any, **more: Any) -> Case:
    """A document that is read, in which at least `check` fails."""
    return {
        "name": name,
        "rule": rule,
        "about": about,
        "keys": more.pop("keys", KEYS),
        **more,
        "input": document,
        "expect": {"verdict": "failed", "checks": {check: "failed"}},
    }


TEXT = json.dumps(envelope())
INNER = json.dumps(RECORD)[1:]


def with_member(member: str) -> str:
    """The record's text with one more member, as raw text."""
    return f'{{"canonical_sha256": "{DIGEST}", "canonical_record": {{{member}, {INNER}}}'


REFUSED = [
    refused("empty", "Nothing was given.", ""),
    refused("white-space", "Nothing but white space.", " \n\t"),
    refused("byte-order-mark", "A byte order mark is not JSON.", "\ufeff" + TEXT),
    refused(
        "not-utf-8", "A byte that is no UTF-8.", TEXT.encode().replace(b"arxiv", b"ar\xffiv", 1)
    ),
    refused("utf-16", "JSON in UTF-16.", TEXT.encode("utf-16-le")),
    refused("array", "An array is no Pith document.", f"[{TEXT}]", "protocol 5.1"),
    refused("empty-object", "An object that holds no record and no digest.", "{}", "protocol 5.1"),
    refused("duplicate-key", "The same key twice means two things.", with_member('"x": 1, "x": 2')),
    refused(
        "duplicate-key-by-escape",
        "The same key twice, once with an escape.",
        with_member('"x": 1, "\\u0078": 1'),
    ),
    refused(
        "duplicate-record",
        "Two records under one key.",
        TEXT[:-1] + f', "canonical_record": {{{INNER}}}',
    ),
    refused("nan", "NaN is no JSON number.", with_member('"x": NaN')),
    refused("infinity", "Nor is -Infinity.", with_member('"x": -Infinity')),
    refused("float-overflow", "A number beyond a 64-bit float.", with_member('"x": 1e999')),
    refused(
        "integer-overflow", "An integer beyond 64 bits.", with_member('"x": 9223372036854775808')
    ),
    refused("lone-surrogate", "Half a surrogate pair has no UTF-8.", with_member('"x": "\\ud800"')),
    refused("trailing-comma", "A comma before the closing brace.", TEXT[:-1] + ",}"),
    refused("trailing-text", "Something after the value.", TEXT + " {}"),
    refused("truncated", "A document that breaks off.", TEXT[:-20]),
    refused("too-deep", "Nested 200 levels deep.", with_member('"x": ' + "[" * 200 + "]" * 200)),
]

HEX_SIGNED = base64.b64encode(sign(SEEDS["alice"], DIGEST.encode())).decode()
_RAW = base64.b64decode(signature("alice", DIGEST))
MALLEABLE = base64.b64encode(
    _RAW[:32] + (int.from_bytes(_RAW[32:], "little") + L).to_bytes(32, "little")
).decode()
SMALL_ORDER = {"key_id": "small", "public_key": "01" + "00" * 31, "holder": "nobody at all"}
SMALL_SIGNATURE = base64.b64encode(b"\x01" + bytes(63)).decode()

IDENTITY = [
    failed(
        "digest-changed",
        "protocol 1.2",
        "The digest stated is not the record's.",
        "identity.digest",
        envelope(canonical_sha256=DIGEST[:-1] + "c"),
    ),
    failed(
        "digest-in-upper-case",
        "protocol 1.2",
        "A digest is written in lower case.",
        "identity.digest",
        envelope(canonical_sha256=DIGEST.upper()),
    ),
    failed(
        "record-changed",
        "protocol 1.2",
        "One digit of the title's hash differs from what was hashed.",
        "identity.digest",
        {
            **envelope(),
            "canonical_record": changed(RECORD, "metadata", "title_canon_sha256", to="0" * 64),
        },
    ),
    failed(
        "integer-became-float",
        "protocol 1.1",
        "Version 1.0 is not version 1: numbers keep their type.",
        "identity.digest",
        {**envelope(), "canonical_record": changed(RECORD, "source", "version", to=1.0)},
    ),
    failed(
        "number-of-another-record",
        "protocol 1.3",
        "The number stated belongs to another digest.",
        "identity.number",
        envelope(pith_number=number_of(OTHER)),
    ),
    failed(
        "number-cut-short",
        "protocol 1.3",
        "A full number has 26 characters.",
        "identity.number",
        envelope(pith_number=NUMBER[:-1]),
    ),
    failed(
        "year-of-the-identifier",
        "protocol 1.4",
        "The year is that of submission, not another one.",
        "identity.year",
        envelope(pith_number=NUMBER.replace("2019", "2020")),
    ),
    failed(
        "short-number-of-another",
        "protocol 1.3",
        "The short number does not begin the number.",
        "identity.short",
        envelope(short_pith_number="pith:AAAAAAAA"),
    ),
    failed(
        "alias-of-another-paper",
        "protocol 5.2",
        "An alias that does not follow from the record.",
        "identity.aliases",
        envelope(source_aliases=[{"alias_kind": "arxiv", "alias_value": "0000.00000"}, *aliases()]),
    ),
    failed(
        "source-of-another-paper",
        "protocol 5.1",
        "The source beside the record is not the record's.",
        "identity.source",
        envelope(source={"kind": "arxiv", "id": "0000.00000", "version": 1}),
    ),
    failed(
        "another-number-asked-for",
        "protocol 1.3",
        "A good record, and not the one that was asked for.",
        "identity.requested",
        envelope(),
        number=number_of(OTHER),
    ),
    failed(
        "another-year-asked-for",
        "protocol 1.4",
        "The right characters under the wrong year are another number.",
        "identity.requested",
        envelope(),
        number=NUMBER.replace("2019", "2018"),
    ),
    failed(
        "two-records",
        "protocol 5.1",
        "A bundle whose event carries another record than the bundle.",
        "form.agreement",
        bundle(created(OTHER)),
    ),
    failed(
        "member-missing",
        "protocol 2.1",
        "A record without a licence, not even an empty one.",
        "form.record",
        envelope(
            {
                **RECORD,
                "metadata": {n: v for n, v in RECORD["metadata"].items() if n != "license"},
            }
        ),
    ),
    failed(
        "version-zero",
        "protocol 2.1",
        "Versions count from 1.",
        "form.record",
        envelope(changed(RECORD, "source", "version", to=0)),
    ),
    failed(
        "time-with-an-offset",
        "protocol 2.1",
        "submitted_at is written with Z.",
        "form.record",
        envelope(changed(RECORD, "metadata", "submitted_at", to="2019-06-11T10:18:15+00:00")),
    ),
    failed(
        "title-of-another-paper",
        "protocol 3.1",
        "The title shown does not hash to the record's.",
        "paper.title",
        envelope(paper={"title": "Another title"}),
    ),
]

RECEIPTS = [
    failed(
        "real-signature-on-another-record",
        "protocol 4.1",
        "A receipt is over one digest, and vouches for no other record.",
        "receipt.signature",
        envelope(receipt=real_receipt()),
    ),
    failed(
        "real-signature-changed",
        "protocol 4.1",
        "One bit of a real signature differs.",
        "receipt.signature",
        envelope(
            SIGNED["canonical_record"],
            receipt={**real_receipt(), "signature_b64": "r" + SIGNED["signature_b64"][1:]},
        ),
    ),
    failed(
        "hex-digest-signed",
        "protocol 4.1",
        "The signature is over the 64 hex digits instead of the 32 bytes.",
        "receipt.signature",
        envelope(receipt=receipt(signature_b64=HEX_SIGNED)),
    ),
    failed(
        "malleable-signature",
        "protocol 10.1",
        "s + L signs the same by the equation alone, and is refused.",
        "receipt.signature",
        envelope(receipt=receipt(signature_b64=MALLEABLE)),
    ),
    failed(
        "small-order-key",
        "protocol 10.1",
        "Under a key of small order, one signature fits every message; none counts.",
        "receipt.signature",
        envelope(receipt=receipt(key_id="small", signature_b64=SMALL_SIGNATURE)),
        keys=[*KEYS, SMALL_ORDER],
    ),
    failed(
        "base64-without-padding",
        "protocol 4.3",
        "64 bytes have one spelling in base64.",
        "receipt.form",
        envelope(receipt=receipt(signature_b64=signature("alice", DIGEST).rstrip("="))),
    ),
    failed(
        "base64-with-stray-bits",
        "protocol 4.3",
        "Bits beyond the last byte are zero.",
        "receipt.form",
        envelope(receipt=receipt(signature_b64=base64.b64encode(bytes(64)).decode()[:-3] + "B==")),
    ),
    failed(
        "signature-of-63-bytes",
        "protocol 10.1",
        "A signature has 64 bytes.",
        "receipt.form",
        envelope(receipt=receipt(signature_b64=base64.b64encode(bytes(63)).decode())),
    ),
    failed(
        "key-name-taken",
        "protocol 4.2",
        "A receipt that gives a known name to another key.",
        "receipt.key",
        envelope(receipt=receipt(public_key_fingerprint="00" * 16)),
    ),
    failed(
        "revoked-key",
        "merge 1.5",
        "A revoked key signs nothing, whatever time the receipt states.",
        "receipt.key",
        envelope(receipt=receipt("carol", signed_at="2026-01-01T00:00:00Z")),
    ),
    failed(
        "key-past-its-term",
        "merge 1.5",
        "A time after the key's end.",
        "receipt.key",
        envelope(receipt=receipt("bob", signed_at="2027-01-01T00:00:00Z")),
    ),
]

LYING = {"graph_snapshot": {"claims": {"items": [1], "snapshot_sha256": EMPTY}}}

EVENTS = [
    failed(
        "events-no-list",
        "protocol 5.1",
        "What stands under events cannot be read as events.",
        "events.ids",
        {**bundle(), "events": {"0": snapshot()}},
    ),
    failed(
        "event-id-in-upper-case",
        "merge 1.2",
        "An event id is sha256: and 64 lower-case hex digits.",
        "events.ids",
        bundle({**snapshot(), "event_id": snapshot()["event_id"].upper()}),
    ),
    failed(
        "event-no-object",
        "merge 1.1",
        "An event that is a text.",
        "events.ids",
        bundle("event"),
    ),
    failed(
        "receipt-dressed-as-event",
        "merge 1.2",
        "An event on the record's own digest borrows the signature of its receipt.",
        "events.ids",
        bundle(foreign(body("graph_snapshot", graph()), DIGEST)),
    ),
    failed(
        "event-about-another-record",
        "merge 1.3",
        "A good event, and about another number.",
        "events.subjects",
        bundle(snapshot(subject_pith_number=number_of(OTHER))),
    ),
    failed(
        "event-about-the-short-number",
        "merge 1.3",
        "An event states the full number with its year.",
        "events.subjects",
        bundle(snapshot(subject_pith_number="pith:DBZZ4GA3")),
    ),
    failed(
        "event-forged",
        "merge 1.4",
        "Signed by another key than the one it names.",
        "events.signatures",
        bundle({**snapshot(), "signature_b64": signature("nobody", snapshot()["event_id"][7:])}),
    ),
    failed(
        "event-without-a-time",
        "merge 1.4",
        "A time that is none.",
        "events.signatures",
        bundle(snapshot(created_at="yesterday")),
    ),
    failed(
        "event-by-a-revoked-key",
        "merge 1.5",
        "A backdated event by a key that was revoked.",
        "events.signatures",
        bundle(snapshot(1, "carol", created_at="2020-01-01T00:00:00Z")),
    ),
    failed(
        "event-past-the-key's-term".replace("'", ""),
        "merge 1.5",
        "A nanosecond after the key's end.",
        "events.signatures",
        bundle(snapshot(1, "bob", created_at="2026-12-31T23:59:59.000000001Z")),
    ),
    failed(
        "event-with-another-digest",
        "merge 2.1",
        "record_created with a canonical_sha256 that is not its record's.",
        "events.content",
        bundle(
            sealed(
                body("record_created", {"canonical_record": RECORD, "canonical_sha256": "0" * 64})
            )
        ),
    ),
    failed(
        "event-without-payload",
        "merge 1.1",
        "A payload that is no object.",
        "events.content",
        bundle(sealed(body("citation", ["x"]))),
    ),
    failed(
        "snapshot-lies",
        "merge 2.2",
        "A section shows items that do not hash to what it states.",
        "events.snapshots",
        bundle(sealed(body("graph_snapshot", LYING))),
    ),
    failed(
        "snapshot-lies-in-a-record-event",
        "merge 2.5",
        "A good record_created does not carry a lying snapshot along.",
        "events.content",
        bundle(
            sealed(
                body(
                    "record_created",
                    {"canonical_record": RECORD, "canonical_sha256": DIGEST, **LYING},
                )
            )
        ),
    ),
    failed(
        "withdrawal-of-nothing",
        "merge 2.3",
        "A withdrawal that names no event id.",
        "events.content",
        bundle(sealed(body("withdrawal", {"event_id": "the last one"}))),
    ),
    failed(
        "signer-with-two-records",
        "merge 5.1",
        "One signer, one number, two records.",
        "events.equivocations",
        bundle(created(), created(OTHER)),
    ),
    failed(
        "signer-with-two-successors",
        "merge 5.2",
        "One signer replaces one event twice.",
        "events.equivocations",
        bundle(
            snapshot(),
            snapshot(2, replaces=[snapshot()["event_id"]]),
            snapshot(3, replaces=[snapshot()["event_id"]]),
        ),
    ),
    failed(
        "integrity-event-forged",
        "merge 1.7",
        "The signature is over another payload_sha256.",
        "events.signatures",
        {
            "pith_number": "2604.20237",
            "integrity": {},
            "events": [
                {
                    "event_id": 1,
                    "event_type": "pith.integrity.v1",
                    "payload_sha256": "ce" * 32,
                    "signature_b64": signature("alice", "cd" * 32),
                    "signing_key_id": "alice",
                    "created_at": "2026-05-19T10:00:00Z",
                    "payload": {},
                }
            ],
        },
    ),
    failed(
        "integrity-findings-changed",
        "protocol 7.3",
        "Findings that do not hash to the snapshot stated.",
        "events.snapshots",
        {
            "integrity": {
                "detectors_run": [],
                "findings": [1],
                "snapshot_sha256": sha256({"payload": {"detectors": [], "findings": []}}),
            },
            "events": [],
        },
    ),
    failed(
        "state-of-another-record",
        "protocol 6.1",
        "A state whose record has another number.",
        "identity.number",
        changed(STATE, "current", "canonical_record", to=OTHER),
    ),
    failed(
        "state-that-does-not-follow",
        "merge 6.3",
        "A state that names these rules and counts otherwise.",
        "state.merge",
        {**STATE, "merge_version": "pithcore-merge/1", "events": [snapshot()]},
    ),
]

CASES = [*REFUSED, *IDENTITY, *RECEIPTS, *EVENTS]
