"""Make `examples/bundles`: `python examples/make_bundles.py`. The same bytes each time.

One bundle has a real record with the registry's real receipt. The papers of the others do not
exist: their source is of kind `example`. All events are signed by the "example lab", whose key is
public on purpose, its private half too. It signs examples and nothing else: never rely on it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import textwrap
from pathlib import Path

import pithcore
from pithcore.keyring import spki_der
from pithcore.reading import JSON

HERE = Path(__file__).resolve().parent
RECORDS = HERE.parent / "tests" / "data" / "records" / "records.jsonl"
REAL = "pith:2017:QVJLU2XL6QPRVRKFFVZUINAMO6"
"""A record whose real receipt is in the tree."""

SEED = hashlib.sha256(b"Pith example lab. This key is public: it signs examples.").digest()
LAB = pithcore.Key("example-lab", pithcore.ed25519.public_key(SEED), "example lab")

Value = dict[str, JSON]


def signed(record: Value, event_type: str, payload: Value, day: int, **more: object) -> Value:
    """An event of the lab about a record, on a day of June 2026."""
    return pithcore.make_event(
        event_type,
        pithcore.number_of(record),
        payload,
        LAB,
        SEED,
        created_at=f"2026-06-{day:02}T12:00:00Z",
        signer_type="example",
        **more,
    )


def created(record: Value, receipt: Value) -> Value:
    """The event that carries a record and its receipt."""
    stated: Value = {
        "canonical_record": record,
        "canonical_sha256": pithcore.canonical_digest(record).hex(),
        "receipt": receipt,
    }
    return signed(record, "record_created", stated, 1)


def snapshot(record: Value, claims: list[str], day: int, **more: object) -> Value:
    """An event with a graph of claims."""
    items: list[JSON] = [*claims]
    section: Value = {
        "count": len(items),
        "items": items,
        "snapshot_sha256": pithcore.canonical_digest({"payload": items}).hex(),
    }
    graph: Value = {"graph_snapshot": {"claims": section}}
    return signed(record, "graph_snapshot", graph, day, target="graph", **more)


def paper(number: int, title: str, abstract: str) -> Value:
    """The record of a paper that does not exist."""
    return pithcore.make_record(
        source_kind="example",
        source_id=f"example-{number}",
        version=1,
        title=title,
        abstract=abstract,
        submitted_at=f"2026-05-{number:02}T12:00:00Z",
        primary_cat="example",
    )


def lab_receipt(record: Value) -> Value:
    """The lab's own receipt of a record."""
    return pithcore.make_receipt(record, LAB, SEED, signed_at="2026-06-01T12:00:00Z")


def bundles() -> list[Value]:
    """The bundles: a real record, a plain one, one with a correction, one with a withdrawal."""
    rows = [json.loads(line) for line in RECORDS.read_text("utf-8").splitlines()]
    row = next(row for row in rows if row["pith"] == REAL)
    real = row["canonical_record"]
    receipt: Value = {
        "kind": "pith_receipt",
        "key_id": "pith-v1-2026-05",
        "algorithm": "ed25519",
        "signed_at": row["first_computed"],
        "signature_b64": row["signature_b64"],
    }
    plain = paper(1, "On examples", "An example shows what a rule means.")
    corrected = paper(2, "On corrections", "A correction names what it stands instead of.")
    taken_back = paper(3, "On withdrawals", "What is taken back stays on record.")
    first = snapshot(corrected, ["Every swan is white."], 2)
    doubtful = snapshot(taken_back, ["This claim does not hold."], 2)
    return [
        pithcore.make_bundle(real, [created(real, receipt)]),
        pithcore.make_bundle(
            plain,
            [created(plain, lab_receipt(plain)), snapshot(plain, ["An example helps."], 2)],
        ),
        pithcore.make_bundle(
            corrected,
            [
                created(corrected, lab_receipt(corrected)),
                first,
                snapshot(corrected, ["Most swans are white."], 3, replaces=[first["event_id"]]),
            ],
        ),
        pithcore.make_bundle(
            taken_back,
            [
                created(taken_back, lab_receipt(taken_back)),
                doubtful,
                signed(taken_back, "withdrawal", {"event_id": doubtful["event_id"]}, 3),
            ],
        ),
    ]


def files() -> dict[str, bytes]:
    """Name in this folder → content."""
    made = {"example-lab.pem": public_pem(LAB.public_key)}
    for bundle in bundles():
        suffix = str(bundle["pith_number"]).rpartition(":")[2]
        text = json.dumps(bundle, ensure_ascii=False, indent=2)
        made[f"bundles/{suffix}.json"] = f"{text}\n".encode()
    return made


def public_pem(public_key: bytes) -> bytes:
    """A public key as OpenSSL writes it."""
    body = "\n".join(textwrap.wrap(base64.b64encode(spki_der(public_key)).decode(), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n".encode()


def main() -> None:
    """Write every file."""
    for name, content in files().items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        print(f"examples/{name}")


if __name__ == "__main__":
    main()
