"""Bundles under a test key, files of them, and the rows that an audit leaves."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pithcore import Key, ed25519, make_bundle, make_record, number_of
from pithcore.canonical import canonical_digest
from pithcore.events import event_id_of

SEED = bytes(range(32))
KEY = Key("lab-2026", ed25519.public_key(SEED), "lab-2026")
KEY_OPTION = f"{KEY.key_id}={KEY.public_key.hex()}"
CONFORMANCE = Path(__file__).parents[1] / "conformance"

Row = dict[str, Any]


def sign(digest: bytes) -> str:
    """Base64 of a signature of the test key (OpenSSL makes the same bytes, and faster)."""
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    return base64.b64encode(private.sign(digest)).decode("ascii")


@cache
def bundle(index: int) -> bytes:
    """A bundle with a receipt and two events, all of which verify, as a line without its end."""
    record = make_record(
        source_id=f"2601.{index:05}",
        version=1,
        title=f"Paper {index}",
        abstract="We treat “everything”.",
        submitted_at="2026-01-02T03:04:05Z",
        primary_cat="math.NT",
        cross_cats=["cs.LG"],
    )
    digest = canonical_digest(record)
    receipt = {
        "kind": "pith_receipt",
        "key_id": KEY.key_id,
        "algorithm": "ed25519",
        "signature_b64": sign(digest),
    }
    payload = {"canonical_record": record, "canonical_sha256": digest.hex(), "receipt": receipt}
    items = [f"claim {index}"]
    section = {"items": items, "snapshot_sha256": canonical_digest({"payload": items}).hex()}
    events = [
        _event("record_created", record, payload),
        _event("graph_snapshot", record, {"graph_snapshot": {"claims": section}}),
    ]
    return json.dumps(make_bundle(record, events), ensure_ascii=False).encode()


def _event(event_type: str, record: Any, payload: Any) -> Any:
    event = {
        "event_type": event_type,
        "subject_pith_number": str(number_of(record)),
        "target": "record",
        "payload": payload,
        "created_at": "2026-05-18T00:00:00Z",
        "signer": {"key_id": KEY.key_id},
    }
    event_id = event_id_of(event)
    return {**event, "event_id": event_id, "signature_b64": sign(bytes.fromhex(event_id[7:]))}


def tampered(line: bytes, old: bytes, new: bytes) -> bytes:
    """A line with one thing changed."""
    assert old in line
    return line.replace(old, new, 1)


def lines_of(count: int) -> list[bytes]:
    """So many lines; a hundred of them are distinct, and every seventh has been tampered with."""
    good = [bundle(index) for index in range(100)]
    bad = [tampered(line, b"Paper", b"Paper") if b"Paper" in line else line for line in good]
    bad = [tampered(line, b"cs.LG", b"cs.AI") for line in bad]
    return [(bad if index % 7 == 3 else good)[index % 100] for index in range(count)]


def corpus() -> list[bytes]:
    """One line for each document of the conformance suite, and more that are bad in some way."""
    lines = []
    for path in sorted(CONFORMANCE.glob("*valid/*.json")):
        case = json.loads(path.read_text(encoding="ascii"))
        if "input" in case:
            lines.append(json.dumps(case["input"]).encode())
        elif "input_text" in case:
            lines.append(case["input_text"].encode())
        else:
            lines.append(base64.b64decode(case["input_base64"]))
    good = bundle(0)
    value = json.loads(good)
    for index, event in enumerate(value["events"]):
        for name in event:
            changed = json.loads(good)
            changed["events"][index][name] = "x"
            lines.append(json.dumps(changed).encode())
            del changed["events"][index][name]
            lines.append(json.dumps(changed).encode())
    for signature in signatures(value):
        lines += [tampered(good, signature, other) for other in odd_signatures(signature)]
    return lines


def signatures(value: Any) -> list[bytes]:
    """The base64 of each signature of a bundle."""
    created = next(e for e in value["events"] if e["event_type"] == "record_created")
    receipt = created["payload"]["receipt"]
    return [one["signature_b64"].encode() for one in (*value["events"], receipt)]


def odd_signatures(signature: bytes) -> list[bytes]:
    """Signatures that implementations without the strict rules may take for that one."""
    order = 2**252 + 27742317777372353535851937790883648493
    raw = base64.b64decode(signature)
    s = int.from_bytes(raw[32:], "little")
    neutral = b"\x01" + bytes(31)
    return [
        base64.b64encode(one)
        for one in (
            raw[:32] + (s + order).to_bytes(32, "little"),
            neutral + raw[32:],
            neutral + bytes(32),
            raw[:-1] + bytes([raw[-1] ^ 1]),
            bytes(64),
        )
    ]


def rows_in(path: Path) -> list[Row]:
    """The rows of a file; every line of it is whole."""
    data = path.read_bytes()
    assert not data or data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]
