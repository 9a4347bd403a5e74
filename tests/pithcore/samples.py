"""Real records in every shape in which a reader may hold them (protocol 2, 5 to 8)."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pithcore import Key, Report, ed25519

DATA = Path(__file__).parents[1] / "data" / "records"

KEY_ID = "pith-v1-2026-05"
FINGERPRINT = "8d4b5ee74e4693bcd1df2446408b0d54"
BUILDER = "pith-number-builder-2026-05-17-v1"

SEED = bytes(range(32))
LAB = Key("lab-2026", ed25519.public_key(SEED), "A laboratory")
"""A key that is in no keyring until a test puts it there."""


def read_lines(name: str) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file among the real records."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


ROWS = read_lines("records.jsonl")
SIGNED = [row for row in ROWS if row["signature_b64"]]
UNSIGNED = [row for row in ROWS if not row["signature_b64"]]
SEED_ROW = ROWS[0]


def dump(value: Any, **how: Any) -> bytes:
    """JSON bytes as a server sends them."""
    return json.dumps(value, **how).encode()


def copied(value: Any) -> Any:
    """A deep copy that a test may change."""
    return json.loads(json.dumps(value))


def outcomes(report: Report) -> dict[str, str]:
    """Check id → outcome."""
    return {check.id: check.outcome.value for check in report.checks}


def suffix(row: dict[str, Any]) -> str:
    """The 26 characters of a row's number."""
    return str(row["pith"].split(":")[2])


def short(row: dict[str, Any]) -> str:
    """`pith:` and 8 characters."""
    return f"pith:{suffix(row)[:8]}"


def aliases(row: dict[str, Any]) -> list[dict[str, str]]:
    """The registry's aliases in its order (protocol 5.2)."""
    values = {
        "arxiv": row["arxiv"],
        "arxiv_version": f"{row['arxiv']}v{row['version']}",
        "doi": f"10.48550/arxiv.{row['arxiv']}",
        "pith_short_12": suffix(row)[:12],
        "pith_short_16": suffix(row)[:16],
        "pith_short_8": suffix(row)[:8],
    }
    created = "2026-05-18T12:28:19Z"
    return [
        {"alias_kind": kind, "alias_value": value, "created_at": created}
        for kind, value in values.items()
    ]


def receipt(row: dict[str, Any]) -> dict[str, Any]:
    """The receipt of a row; without `signature_b64` where none is known."""
    value = {
        "kind": "pith_receipt",
        "key_id": KEY_ID,
        "algorithm": "ed25519",
        "signed_at": row["first_computed"] or "2026-05-18T00:00:00.000001Z",
    }
    if row["signature_b64"]:
        value["signature_b64"] = row["signature_b64"]
    return value


def lab_receipt(row: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A receipt that `LAB` signed over a row's digest."""
    signature = ed25519.sign(SEED, bytes.fromhex(row["canonical_sha256"]))
    return {
        "kind": "pith_receipt",
        "key_id": LAB.key_id,
        "algorithm": "ed25519",
        "signature_b64": base64.b64encode(signature).decode(),
        **members,
    }


def bare(row: dict[str, Any]) -> dict[str, Any]:
    """The canonical record alone (protocol 2)."""
    return copied(row["canonical_record"])


def envelope(row: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A record with what is said about it, of no stated type."""
    return {
        "canonical_record": bare(row),
        "canonical_sha256": row["canonical_sha256"],
        "pith_number": row["pith"],
        "receipt": receipt(row),
        **members,
    }


def registry_event(row: dict[str, Any], payload: dict[str, Any], **members: Any) -> dict[str, Any]:
    """An event as the registry makes it: its id follows a rule that is not published."""
    return {
        "event_type": "record_created",
        "subject_pith_number": row["pith"],
        "target": "record",
        "payload": payload,
        "created_at": "2026-05-18T00:00:00Z",
        "event_id": "sha256:" + "9" * 64,
        "signer": {
            "key_id": KEY_ID,
            "public_key_fingerprint": FINGERPRINT,
            "signer_id": "pith.science",
            "signer_type": "pith_registry",
        },
        **members,
    }


EMPTY = "258153158e38e3291e3d48162225fcdb2d5a3ed65a07baac614ab91432fd4f57"


def snapshot() -> dict[str, Any]:
    """A graph snapshot with nothing in it (protocol 7.2)."""
    return {"claims": {"count": 0, "items": [], "snapshot_sha256": EMPTY}}


def bundle(row: dict[str, Any], **members: Any) -> dict[str, Any]:
    """`bundle.json` (protocol 5)."""
    created = registry_event(
        row,
        {
            "canonical_record": bare(row),
            "canonical_sha256": row["canonical_sha256"],
            "receipt": receipt(row),
        },
    )
    graph = registry_event(
        row,
        {"graph_snapshot": snapshot()},
        event_type="graph_snapshot",
        target="graph",
        event_id="sha256:" + "8" * 64,
    )
    return {
        "bundle_type": "pith_open_graph_bundle",
        "bundle_version": "1.0",
        "pith_number": row["pith"],
        "short_pith_number": short(row),
        "canonical_record": bare(row),
        "canonical_sha256": row["canonical_sha256"],
        "source": {"kind": "arxiv", "id": row["arxiv"], "version": row["version"]},
        "source_aliases": aliases(row),
        "events": [created, graph],
        **members,
    }


def record(row: dict[str, Any], **members: Any) -> dict[str, Any]:
    """`<SUFFIX>.json`, and what is served as JSON-LD (protocol 7.1)."""
    return {
        "record_type": "pith_number_record",
        "schema_url": "https://pith.science/schemas/pith-number/v1.0",
        "pith_number": row["pith"],
        "short_pith_number": short(row),
        "schema_version": "1.0",
        "canonical_sha256": row["canonical_sha256"],
        "source": {"kind": "arxiv", "id": row["arxiv"], "version": row["version"]},
        "attestation_state": "computed",
        "paper": {"title": row["title"], "authors_text": row["authors"]},
        "verification_status": {
            "content_addressed": True,
            "pith_receipt": True,
            "author_attested": False,
            "externally_anchored": False,
            "storage_verified": False,
            "citation_signatures": 0,
            "replication_records": 0,
        },
        "canonical_record": bare(row),
        "receipt": receipt(row),
        **members,
    }


def state(row: dict[str, Any], **members: Any) -> dict[str, Any]:
    """`state.json` (protocol 6)."""
    return {
        "state_type": "pith_open_graph_state",
        "state_version": "1.0",
        "pith_number": row["pith"],
        "merge_version": "pith-open-graph-merge-v1",
        "event_count": 2,
        "valid_event_count": 2,
        "invalid_event_count": 0,
        "equivocation_count": 0,
        "current": {
            "canonical_record": bare(row),
            "source_aliases": aliases(row),
            "graph_snapshots": [],
        },
        **members,
    }


def _curl(row: dict[str, Any]) -> str:
    return (
        "curl -sH 'Accept: application/ld+json' "
        f"https://pith.science/pith/{suffix(row)} \\\n  | jq -c '.canonical_record' \\\n"
        '  | python3 -c "import sys,json,hashlib; b=json.dumps(json.loads(sys.stdin.read()), '
        "sort_keys=True, separators=(',',':'), ensure_ascii=False).encode(); "
        'print(hashlib.sha256(b).hexdigest())"'
    )


def newer_page(row: dict[str, Any]) -> str:
    """The text of a newer record page, as it is copied from the screen."""
    listed = " · ".join(f"{one['alias_kind']}: {one['alias_value']}" for one in aliases(row))
    return "\n".join(
        [
            "pith. sign in",
            "Pith Number",
            "",
            short(row),
            "",
            row["pith"],
            "not attested not anchored not stored refs pending",
            "",
            row["title"] or "A paper",
            "",
            row["authors"] or "An author",
            "",
            f"arxiv:{row['arxiv']} v{row['version']} · 2013-01-26 · math.HO",
            "",
            "Add to your LaTeX paper",
            "\\usepackage{pith}",
            f"\\pithnumber{{{suffix(row)}}}",
            "",
            "Prints a linked badge after your title and injects PDF metadata.",
            "",
            "Record completeness",
            "",
            "1 Bitcoin timestamp",
            "2 Internet Archive",
            "3 Author claim open · sign in to claim",
            "4 Citations open",
            "5 Replications open",
            "Portable graph bundle live · download bundle · merged state",
            "Receipt and verification",
            "First computed 2026-05-18T03:35:02.725724Z",
            f"Builder {BUILDER}",
            f"Signature Pith Ed25519 ({KEY_ID}) · public key",
            "Schema pith-number/v1.0",
            "",
            "Canonical hash",
            "",
            row["canonical_sha256"],
            "",
            "Aliases",
            "",
            listed,
            "Agent API",
            "Verify this Pith Number yourself",
            _curl(row),
            f"# expect: {row['canonical_sha256']}",
            "Canonical record JSON",
            json.dumps(row["canonical_record"], indent=2),
            "",
        ]
    )


def older_page(row: dict[str, Any]) -> str:
    """The text of an older record page with its tables, which prints the signature."""
    return "\n".join(
        [
            "Pith Number record",
            short(row),
            row["pith"],
            row["title"] or "A paper",
            "- [x] Canonical record",
            "- [ ] Bitcoin timestamp",
            "Receipt",
            f"| First computed | {row['first_computed']} |",
            "|---|---|",
            f"| Builder | {BUILDER} |",
            "| Signature |",
            f"Pith Ed25519 ({KEY_ID}, fingerprint {FINGERPRINT[:16]}…) · public key",
            f"| Signature value | {row['signature_b64']} |",
            "Canonical hash",
            row["canonical_sha256"],
            "Aliases",
            *(f"| {one['alias_kind']} | {one['alias_value']} |" for one in aliases(row)),
            "Agent API",
            "Verify this Pith Number yourself",
            _curl(row),
            "Canonical record JSON",
            json.dumps(row["canonical_record"], indent=2),
            "",
        ]
    )


def as_html(lines: str, *, spread: Sequence[str] = ()) -> str:
    """A page's text as a saved HTML file: entities, blocks, scripts that must not be read."""
    body = "\n".join(f"<div><span>{html.escape(line)}</span></div>" for line in lines.splitlines())
    return (
        "<!DOCTYPE html>\n<html><head><title>pith:2001:AAAA</title>"
        "<style>.a{content:'Canonical hash 00'}</style>"
        '<script type="application/ld+json">{"Canonical hash": "pith:2001:BBBB"}</script>'
        f"</head><body>{''.join(spread)}{body}</body></html>"
    )
