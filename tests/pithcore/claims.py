"""Completeness events for tests, put together from docs/completeness.md by hand."""

from __future__ import annotations

import base64
from typing import Any

from histories import ALICE, DIGEST, NUMBER, STRANGER, Event, Signer, body, signed, withdrawal

from pithcore import Key
from pithcore.didkey import did_key_of

OTHER = "pith:2017:AAAAAAAAAAAAAAAAAAAAAAAAAA"
ORCID = "0000-0002-1825-0097"
PAPER = "https://arxiv.org/abs/1906.08168v1"
CAPTURED = "2026-05-19T12:00:00Z"
CAPTURE = f"https://web.archive.org/web/20260519120000/{PAPER}"


def did(signer: Signer = STRANGER) -> str:
    """A signer's did:key."""
    return did_key_of(signer.key.public_key)


def named_by_did(signer: Signer = STRANGER) -> Signer:
    """The same signer, whose events name the key itself."""
    return Signer(signer.seed, Key(did(signer), signer.key.public_key, "An author"))


AUTHOR = named_by_did()
"""In no keyring; its events bring the key along."""

EVIDENCE = {"url": "https://example.org/report.pdf", "sha256": "ab" * 32, "note": "Chapter 2."}

PAYLOADS: dict[str, dict[str, Any]] = {
    "pithcore.timestamp.v1": {
        "canonical_sha256": DIGEST,
        "proof_b64": base64.b64encode(b"a proof").decode(),
    },
    "pithcore.archive_capture.v1": {"capture_url": CAPTURE, "captured_at": CAPTURED},
    "pithcore.author_claim.v1": {
        "canonical_sha256": DIGEST,
        "orcid": f"https://orcid.org/{ORCID}",
        "did_key": did(),
    },
    "pithcore.citation.v1": {
        "relation": "extends",
        "citing": str(NUMBER),
        "cited": OTHER,
        "evidence": EVIDENCE,
    },
    "pithcore.replication.v1": {"kind": "replication", "evidence": EVIDENCE},
}
"""Event type → a payload that holds what it requires."""


def unsigned(event_type: str, signer: Signer, payload: dict[str, Any], **members: Any) -> Event:
    """A completeness event without id and signature; a payload's member None is left out."""
    merged = {**PAYLOADS[f"pithcore.{event_type}.v1"], **payload}
    held = {name: value for name, value in merged.items() if value is not None}
    return body(f"pithcore.{event_type}.v1", held, signer, **members)


def claim(event_type: str, signer: Signer = ALICE, at: str | None = None, **payload: Any) -> Event:
    """A signed completeness event; `at` is its created_at."""
    members = {} if at is None else {"created_at": at}
    return signed(unsigned(event_type, signer, payload, **members), signer)


def stamped(proof: bytes, signer: Signer = ALICE) -> Event:
    """A timestamp event with the proof."""
    return claim("timestamp", signer, proof_b64=base64.b64encode(proof).decode())


def authored(signer: Signer = AUTHOR, **payload: Any) -> Event:
    """An author's claim, by a key that names itself."""
    return claim("author_claim", signer, did_key=signer.key.key_id, **payload)


def taken_back(event: Event, signer: Signer) -> Event:
    """Its own signer's withdrawal."""
    return withdrawal(event, signer)
