"""Signers and events for the tests of events, merge and copies.

Events are put together here by hand, from protocol 9.1 and docs/merge.md alone, and not by
`pithcore.making`, which is itself under test. The seeds are those of RFC 8032 section 7.1.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any, NamedTuple

from samples import SEED_ROW

from pithcore import Key, Keyring, PithNumber, ed25519

Event = dict[str, Any]


class Signer(NamedTuple):
    """A key with its secret."""

    seed: bytes
    key: Key


def _signer(seed: str, key_id: str, holder: str, **term: str) -> Signer:
    secret = bytes.fromhex(seed)
    return Signer(secret, Key(key_id, ed25519.public_key(secret), holder, **term))


ALICE = _signer(
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "alice", "Alice's lab"
)
BOB = _signer(
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "bob",
    "Bob's lab",
    valid_from="2026-01-01T00:00:00Z",
    valid_until="2026-12-31T23:59:59Z",
)
CAROL = _signer(
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "carol",
    "Carol's lab",
    revoked_at="2026-06-01T00:00:00Z",
    revoked_reason="the key leaked",
)
STRANGER = _signer(
    "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5", "nobody", "Nobody known"
)
"""The first three are in `RING`, the last is not."""

RING = Keyring((ALICE.key, BOB.key, CAROL.key))
NUMBER = PithNumber.parse(SEED_ROW["pith"])
RECORD: Event = SEED_ROW["canonical_record"]
DIGEST: str = SEED_ROW["canonical_sha256"]
EMPTY = "258153158e38e3291e3d48162225fcdb2d5a3ed65a07baac614ab91432fd4f57"

verify_once = cache(ed25519.verify)
"""The real Ed25519, which answers the second time without computing."""


def canonical(value: Any) -> bytes:
    """Canonical bytes, in the words of protocol 1.1."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(value: Any) -> str:
    """Hex SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(value)).hexdigest()


def signature(signer: Signer, digest: str) -> str:
    """Base64 of a signature over the 32 bytes of a hex digest."""
    return base64.b64encode(ed25519.sign(signer.seed, bytes.fromhex(digest))).decode()


def body(event_type: str | None, payload: Any, signer: Signer = ALICE, **members: Any) -> Event:
    """An event without id and signature."""
    event: Event = {
        "event_type": event_type,
        "subject_pith_number": str(NUMBER),
        "target": "record",
        "payload": payload,
        "created_at": "2026-06-15T12:00:00Z",
        "signer": {"key_id": signer.key.key_id, "public_key_fingerprint": signer.key.fingerprint},
        **members,
    }
    return {name: value for name, value in event.items() if value is not None}


def signed(event: Event, signer: Signer = ALICE) -> Event:
    """The event with the id of protocol 9.1 and a signature over it."""
    digest = sha256(event)
    return {**event, "event_id": f"sha256:{digest}", "signature_b64": signature(signer, digest)}


def foreign(event: Event, digest: str, signer: Signer = ALICE) -> Event:
    """The event with an id made by somebody else's rule, and a signature over that id."""
    return {**event, "event_id": f"sha256:{digest}", "signature_b64": signature(signer, digest)}


def created(signer: Signer = ALICE, record: Any = RECORD, **members: Any) -> Event:
    """A `record_created` event, signed."""
    payload = {"canonical_record": record, "canonical_sha256": sha256(record)}
    return signed(body("record_created", payload, signer, **members), signer)


def snapshot_body(count: int = 0, signer: Signer = ALICE, **members: Any) -> Event:
    """An unsigned event with a graph snapshot of so many claims."""
    claims = [f"claim {index}" for index in range(count)]
    section = {"count": count, "items": claims, "snapshot_sha256": sha256({"payload": claims})}
    payload = {"graph_snapshot": {"claims": section}}
    return body("graph_snapshot", payload, signer, target="graph", **members)


def snapshot(count: int = 0, signer: Signer = ALICE, **members: Any) -> Event:
    """An event with a graph snapshot of so many claims, signed."""
    return signed(snapshot_body(count, signer, **members), signer)


def withdrawal(event: Event | str, signer: Signer = ALICE, **members: Any) -> Event:
    """A withdrawal of an event, signed."""
    event_id = event if isinstance(event, str) else event["event_id"]
    return signed(body("withdrawal", {"event_id": event_id}, signer, **members), signer)


def signed_again(event: Event, signer: Signer = ALICE) -> Event:
    """The same event with another signature that holds (RFC 8032 signing with another nonce)."""
    message = bytes.fromhex(event["event_id"].removeprefix("sha256:"))
    return {**event, "signature_b64": base64.b64encode(_sign_anew(signer.seed, message)).decode()}


def _sign_anew(seed: bytes, message: bytes) -> bytes:
    """A second valid signature: a nonce of one's own choice, which any signer may take."""
    order = 2**252 + 27742317777372353535851937790883648493
    # The public key of a seed is that of the scalar; the nonce's point is found the same way,
    # through a seed whose scalar is the nonce.
    nonce_seed = hashlib.sha256(b"nonce" + message).digest()
    nonce, scalar = (_scalar(one) for one in (nonce_seed, seed))
    point, public = ed25519.public_key(nonce_seed), ed25519.public_key(seed)
    challenge = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little")
    return point + ((nonce + challenge * scalar) % order).to_bytes(32, "little")


def _scalar(seed: bytes) -> int:
    """The secret scalar of RFC 8032 section 5.1.5."""
    low = bytearray(hashlib.sha512(seed).digest()[:32])
    low[0] &= 248
    low[31] = low[31] & 127 | 64
    return int.from_bytes(low, "little")


OTHER_RECORD: Event = {
    **RECORD,
    "metadata": {**RECORD["metadata"], "license": "http://example.org/licence"},
}


def integrity(digest: str = "ab" * 32, signer: Signer = ALICE, **members: Any) -> Event:
    """A `pith.integrity.v1` event (protocol 7.3)."""
    return {
        "event_id": 4273,
        "event_type": "pith.integrity.v1",
        "payload_sha256": digest,
        "signature_b64": signature(signer, digest),
        "signing_key_id": signer.key.key_id,
        "created_at": "2026-05-19T10:00:00.123456Z",
        "payload": {"findings": []},
        **members,
    }


@cache
def pool() -> dict[str, Event]:
    """One event of every sort by name; valid ones, and all that must change nothing."""
    first, second, third = snapshot(1), snapshot(2), snapshot(3)
    by_bob = snapshot(1, BOB)
    left = snapshot(4, replaces=[first["event_id"]])
    right = snapshot(5, replaces=[first["event_id"]], created_at="9999-12-31T23:59:59Z")
    taking = withdrawal(second)
    tampered_snapshot = {"claims": {"count": 9, "items": [], "snapshot_sha256": "0" * 64}}
    return {
        "record": created(),
        "record, later": created(created_at="9999-12-31T23:59:59.999999999Z"),
        "record by bob": created(BOB),
        "first": first,
        "second": second,
        "third": third,
        "third, signed again": signed_again(third),
        "third, same time": snapshot(6),
        "by bob": by_bob,
        "left": left,
        "right": right,
        "withdrawal": taking,
        "withdrawal of the withdrawal": withdrawal(taking),
        "bob replaces alice's": snapshot(7, BOB, replaces=[third["event_id"]]),
        "bob withdraws alice's": withdrawal(third, BOB),
        "withdrawal of nothing": withdrawal("sha256:" + "0" * 64),
        # From here on, no event is valid.
        "another record": created(record=OTHER_RECORD),
        "another number": snapshot(subject_pith_number="pith:2019:" + "A" * 26),
        "contradicts its hash": signed(
            body("graph_snapshot", {"graph_snapshot": tampered_snapshot})
        ),
        "forged": {**third, "signature_b64": signature(STRANGER, third["event_id"][7:])},
        "tampered": {**third, "target": "elsewhere"},
        "truncated": {n: v for n, v in first.items() if n not in ("signature_b64", "payload")},
        "without signature": {n: v for n, v in first.items() if n != "signature_b64"},
        "foreign": foreign(snapshot_body(8), "11" * 32),
        "foreign withdrawal": foreign(
            body("withdrawal", {"event_id": third["event_id"]}), "22" * 32
        ),
        "foreign replacement": foreign(snapshot_body(replaces=[third["event_id"]]), "33" * 32),
        "unknown type": signed(body("citation", {"cites": "pith:2020"})),
        "unknown type replaces": signed(
            body("citation", {"cites": "pith:2020"}, replaces=[third["event_id"]])
        ),
        "by a stranger": snapshot(9, STRANGER, replaces=[third["event_id"]]),
        "revoked": snapshot(1, CAROL),
        "after the end": snapshot(2, BOB, created_at="2027-01-01T00:00:00Z"),
        "before the start": snapshot(2, BOB, created_at="2025-12-31T23:59:59.999Z"),
        "no time": snapshot(2, created_at="tomorrow"),
        "integrity": integrity(),
        "no object": ["event"],
        "null": None,
    }


VALID = 16
"""So many events at the head of the pool are valid."""
