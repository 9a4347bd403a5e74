"""Documents as the registry serves and prints them, made from the real records in `tests/data`.

Layouts: protocol 5 (bundle) and 8 (record page). Three of the records carry their real signature.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pithcore

Record = dict[str, Any]

_RECORDS = Path(__file__).resolve().parents[1] / "data" / "records" / "records.jsonl"
RECORDS: list[Record] = [json.loads(line) for line in _RECORDS.read_text("utf-8").splitlines()]
SIGNED = [record for record in RECORDS if record["signature_b64"]]
SEED = next(record for record in RECORDS if record["arxiv"] == "1906.08168")
KEY_ID = "pith-v1-2026-05"


def receipt(record: Record) -> Record:
    """The receipt of a signed record (protocol 4)."""
    return {
        "kind": "pith_receipt",
        "key_id": KEY_ID,
        "algorithm": "ed25519",
        "signed_at": record["first_computed"],
        "signature_b64": record["signature_b64"],
    }


def bundle(record: Record) -> Record:
    """A bundle with the event that created the record."""
    number, source = record["pith"], record["canonical_record"]["source"]
    suffix = number.rpartition(":")[2]
    stated = {
        "canonical_record": record["canonical_record"],
        "canonical_sha256": record["canonical_sha256"],
    }
    aliases = {
        "arxiv": source["id"],
        "arxiv_version": f"{source['id']}v{source['version']}",
        "doi": f"10.48550/arxiv.{source['id']}",
        "pith_short_12": suffix[:12],
        "pith_short_16": suffix[:16],
        "pith_short_8": suffix[:8],
    }
    created = {
        "event_type": "record_created",
        "subject_pith_number": number,
        "target": "record",
        "payload": {**stated, "receipt": receipt(record)},
    }
    return {
        "bundle_type": "pith_open_graph_bundle",
        "bundle_version": "1.0",
        "pith_number": number,
        "short_pith_number": f"pith:{suffix[:8]}",
        **stated,
        "source": source,
        "source_aliases": [
            {"alias_kind": kind, "alias_value": value, "created_at": record["first_computed"]}
            for kind, value in aliases.items()
        ],
        "events": [with_id(created)],
    }


def with_id(event: Record) -> Record:
    """An event with an id by this project's own rule (protocol 9), since the site's is unknown."""
    return {**event, "event_id": f"sha256:{pithcore.canonical_digest(event).hex()}"}


def as_bytes(value: Any) -> bytes:
    """Indented JSON, as a saved file."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def newer_page(record: Record) -> str:
    """The text of a record page that prints the canonical record."""
    number = record["pith"]
    suffix = number.rpartition(":")[2]
    source = record["canonical_record"]["source"]
    return "\n".join(
        [
            "Pith Number",
            f"pith:{suffix[:8]}",
            number,
            "computed",
            record["title"] or "A paper",
            f"arxiv:{source['id']} v{source['version']}",
            "Canonical hash",
            record["canonical_sha256"],
            "Aliases",
            f"arxiv: {source['id']} · pith_short_8: {suffix[:8]}",
            "Agent API",
            "Verify this Pith Number yourself",
            "Canonical record JSON",
            json.dumps(record["canonical_record"], indent=2),
        ]
    )


def older_page(record: Record) -> str:
    """The text of a record page that prints the signature, and not the record."""
    number = record["pith"]
    return "\n".join(
        [
            "Pith Number",
            f"pith:{number.rpartition(':')[2][:8]}",
            number,
            record["title"] or "A paper",
            "Receipt and verification",
            f"First computed | {record['first_computed']}",
            f"Signing key | Pith Ed25519 ({KEY_ID})",
            f"Signature value | {record['signature_b64']}",
            f"Canonical hash | {record['canonical_sha256']}",
        ]
    )
