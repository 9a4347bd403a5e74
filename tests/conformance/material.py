"""What the cases are made of: real records, published test keys, and events put together by hand.

Nothing here imports the implementation: bytes, digests, ids and signatures are computed from the
protocol's own words, so that the suite can prove it wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import rfc8032

Value = Any
Case = dict[str, Any]

RECORDS = Path(__file__).parents[1] / "data" / "records"
ROWS = [
    json.loads(line)
    for line in (RECORDS / "records.jsonl").read_text(encoding="utf-8").splitlines()
]

# Seeds of RFC 8032 section 7.1 (TEST 1, 2, 3 and TEST 1024), known to the whole world.
SEEDS = {
    "alice": bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
    "bob": bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
    "carol": bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
    "nobody": bytes.fromhex("f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5"),
}
PITH_KEY = {
    "key_id": "pith-v1-2026-05",
    "public_key": "b2d552b68890857171a78b36a5dccf368a953413288c353f7c9d9d6f94b709b3",
    "holder": "pith.science",
}


@cache
def public_key(name: str) -> str:
    """Hex of the public key of a seed."""
    return rfc8032.public_key(SEEDS[name]).hex()


def fingerprint(name: str) -> str:
    """Protocol 4.2: the first 16 bytes of the SHA-256 of the key, in hex."""
    return hashlib.sha256(bytes.fromhex(public_key(name))).hexdigest()[:32]


def key(name: str, **term: str) -> Case:
    """An entry of a case's keyring."""
    return {"key_id": name, "public_key": public_key(name), "holder": f"{name}'s lab", **term}


ALICE, BOB = key("alice"), key("bob")
BOB_FOR_A_YEAR = key("bob", valid_from="2026-01-01T00:00:00Z", valid_until="2026-12-31T23:59:59Z")
CAROL_REVOKED = key("carol", revoked_at="2026-06-01T00:00:00Z", revoked_reason="the key leaked")


def canonical(value: Value) -> bytes:
    """Protocol 1.1."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8"
    )


def sha256(value: Value) -> str:
    """Protocol 1.2, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def suffix_of(digest: str) -> str:
    """Protocol 1.3."""
    return base64.b32encode(bytes.fromhex(digest)).decode("ascii")[:26]


def number_of(record: Value) -> str:
    """Protocol 1.3 and 1.4."""
    return f"pith:{record['metadata']['submitted_at'][:4]}:{suffix_of(sha256(record))}"


@cache
def signature(name: str, digest: str, nonce: bytes | None = None) -> str:
    """Base64 of a signature over the 32 bytes of a hex digest."""
    return base64.b64encode(rfc8032.sign(SEEDS[name], bytes.fromhex(digest), nonce)).decode()


def row(arxiv: str) -> Case:
    """A real record by its arXiv id."""
    return next(one for one in ROWS if one["arxiv"] == arxiv)


FIRST = row("1906.08168")
RECORD = FIRST["canonical_record"]
DIGEST = "18739e181b862644e7b3551a7b1145da15779da61ba8278941a87f69190d201b"
NUMBER = "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
SIGNED = row("hep-lat/0305021")
EMPTY = "258153158e38e3291e3d48162225fcdb2d5a3ed65a07baac614ab91432fd4f57"


def changed(record: Value, *path: str, to: Value) -> Value:
    """A copy of a JSON value with one member set."""
    copy = json.loads(json.dumps(record))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return copy


OTHER = changed(RECORD, "metadata", "license", to="http://example.org/other")


def real_receipt() -> Case:
    """The registry's own receipt of `SIGNED`."""
    return {
        "kind": "pith_receipt",
        "key_id": "pith-v1-2026-05",
        "algorithm": "ed25519",
        "signed_at": SIGNED["first_computed"],
        "signature_b64": SIGNED["signature_b64"],
    }


def receipt(name: str = "alice", digest: str = DIGEST, **members: Value) -> Case:
    """A receipt under a test key."""
    return {
        "kind": "pith_receipt",
        "key_id": name,
        "algorithm": "ed25519",
        "signed_at": "2026-06-15T12:00:00Z",
        "signature_b64": signature(name, digest),
        **members,
    }


def envelope(record: Value = RECORD, **members: Value) -> Case:
    """A record with its digest and number, and more."""
    return {
        "canonical_record": record,
        "canonical_sha256": sha256(record),
        "pith_number": number_of(record),
        **members,
    }


def aliases(record: Value = RECORD) -> list[Case]:
    """Protocol 5.2."""
    source, suffix = record["source"], suffix_of(sha256(record))
    pairs = [
        ("arxiv", source["id"]),
        ("arxiv_version", f"{source['id']}v{source['version']}"),
        ("doi", f"10.48550/arxiv.{source['id']}"),
        ("pith_short_12", suffix[:12]),
        ("pith_short_16", suffix[:16]),
        ("pith_short_8", suffix[:8]),
    ]
    return [{"alias_kind": kind, "alias_value": value} for kind, value in pairs]


def bundle(*events: Value, record: Value = RECORD, **members: Value) -> Case:
    """Protocol 5.1."""
    return {
        "bundle_type": "pith_open_graph_bundle",
        "bundle_version": "1.0",
        "pith_number": number_of(record),
        "short_pith_number": f"pith:{suffix_of(sha256(record))[:8]}",
        "canonical_record": record,
        "canonical_sha256": sha256(record),
        "source": record["source"],
        "source_aliases": aliases(record),
        "events": [*events],
        **members,
    }


def body(event_type: str, payload: Value, name: str = "alice", **members: Value) -> Case:
    """An event before it has an id."""
    return {
        "event_type": event_type,
        "subject_pith_number": NUMBER,
        "target": "record",
        "payload": payload,
        "created_at": "2026-06-15T12:00:00Z",
        "signer": {"key_id": name, "public_key_fingerprint": fingerprint(name)},
        **members,
    }


def sealed(event: Case, name: str = "alice", nonce: bytes | None = None) -> Case:
    """Protocol 9.1: the id is the hash of the event, and the signature is over it."""
    digest = sha256(event)
    return {
        **event,
        "event_id": f"sha256:{digest}",
        "signature_b64": signature(name, digest, nonce),
    }


def foreign(event: Case, digest: str, name: str = "alice") -> Case:
    """Protocol 9.2: an id made by somebody else's rule, signed."""
    return {**event, "event_id": f"sha256:{digest}", "signature_b64": signature(name, digest)}


def created(record: Value = RECORD, name: str = "alice", **members: Value) -> Case:
    """A `record_created` event."""
    payload = {"canonical_record": record, "canonical_sha256": sha256(record)}
    return sealed(body("record_created", payload, name, **members), name)


def graph(count: int = 1) -> Case:
    """A payload with a graph snapshot of so many claims."""
    items = [f"claim {index}" for index in range(count)]
    section = {"count": count, "items": items, "snapshot_sha256": sha256({"payload": items})}
    return {"graph_snapshot": {"claims": section}}


def snapshot(count: int = 1, name: str = "alice", **members: Value) -> Case:
    """An event with a graph snapshot."""
    event = body("graph_snapshot", graph(count), name, **{"target": "graph", **members})
    return sealed(event, name)


def withdrawal(event: Case, name: str = "alice") -> Case:
    """An event that takes another one back."""
    return sealed(body("withdrawal", {"event_id": event["event_id"]}, name), name)


def ids(*events: Case) -> list[str]:
    """Event ids, sorted."""
    return sorted(event["event_id"] for event in events)
