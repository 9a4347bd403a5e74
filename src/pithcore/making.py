"""Make records, receipts, events and bundles: the other direction of everything else here.

Anybody can compute a paper's number from its metadata, and a laboratory or a second registry
can sign its own events under its own key, in the same format.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

from pithcore import ed25519
from pithcore.canonical import canonical_bytes, canonical_digest
from pithcore.errors import DocumentError
from pithcore.events import event_id_of, is_event_id
from pithcore.keyring import Key
from pithcore.merging import aliases, full_number, ordered
from pithcore.number import PithNumber
from pithcore.paper import canon_sha256
from pithcore.reading import JSON
from pithcore.record import SCHEMA_VERSION, member, schema_problems, submitted_year
from pithcore.times import utc_order


def make_record(
    *,
    source_id: str,
    version: int,
    title: str,
    abstract: str,
    submitted_at: str,
    primary_cat: str,
    cross_cats: Iterable[str] = (),
    license: str = "",  # noqa: A002 - the member's own name
    source_kind: str = "arxiv",
) -> dict[str, JSON]:
    """The canonical record of a paper (protocol 2, 3).

    Args:
        source_id, version: arXiv id without version, and the version's number.
        title, abstract: as the source shows them; only their hashes are kept.
        submitted_at: of the first version, `YYYY-MM-DDTHH:MM:SSZ`.
        primary_cat, cross_cats: categories; the primary one is left out of the others.
        license: its URL, empty when the source names none.

    Raises:
        DocumentError: when the record would not be one of schema 1.0.
    """
    record: dict[str, JSON] = {
        "metadata": {
            "abstract_canon_sha256": canon_sha256(abstract),
            "cross_cats_sorted": [*sorted(set(cross_cats) - {primary_cat})],
            "license": license,
            "primary_cat": primary_cat,
            "submitted_at": submitted_at,
            "title_canon_sha256": canon_sha256(title),
        },
        "schema_version": SCHEMA_VERSION,
        "source": {"id": source_id, "kind": source_kind, "version": version},
    }
    problems = schema_problems(record)
    if problems:
        raise DocumentError(
            f"This makes no record of schema {SCHEMA_VERSION}: {'; '.join(problems)}."
        )
    return record


def number_of(record: JSON) -> PithNumber:
    """The full Pith Number of a canonical record (protocol 1).

    Raises `DocumentError` when its `submitted_at` is no time, so that the year is not known.
    """
    year = submitted_year(record)
    if year is None:
        raise DocumentError("The record's metadata.submitted_at is no UTC time, so it has no year.")
    return PithNumber.from_digest(canonical_digest(record), year)


def make_receipt(record: JSON, key: Key, seed: bytes, *, signed_at: str) -> dict[str, JSON]:
    """A receipt: Ed25519 over the 32 bytes of the record's digest (protocol 4.1, 4.3).

    Args:
        seed: the key's 32 secret bytes. signed_at: a UTC time; the signature does not cover it.
    """
    return {
        "kind": "pith_receipt",
        "key_id": key.key_id,
        "algorithm": "ed25519",
        "signed_at": signed_at,
        "signature_b64": _sign(seed, canonical_digest(record)),
    }


def make_event(
    event_type: str,
    number: PithNumber,
    payload: dict[str, JSON],
    key: Key,
    seed: bytes,
    *,
    created_at: str,
    target: str = "record",
    signer_type: str = "",
    replaces: Sequence[str] = (),
) -> dict[str, JSON]:
    """A signed event under the rule of protocol 9.1.

    Args:
        payload: what the event says; docs/merge.md lists the types.
        created_at: a UTC time, which is the signer's word.
        replaces: event ids of the same signer that this one stands instead of.

    Raises:
        DocumentError: for a number that is not full, a `created_at` that is no UTC time, or a
            `replaces` that is no list of event ids: such an event would be worth nothing.
    """
    if utc_order(created_at) is None:
        raise DocumentError(f"An event states a UTC time; {created_at!r} is none.")
    if isinstance(replaces, str) or not all(is_event_id(one) for one in replaces):
        raise DocumentError("An event replaces a list of ids, each sha256: and 64 hex digits.")
    event: dict[str, JSON] = {
        "event_type": event_type,
        "subject_pith_number": str(full_number(number)),
        "target": target,
        "payload": payload,
        "created_at": created_at,
        "signer": {
            "key_id": key.key_id,
            "public_key_fingerprint": key.fingerprint,
            "signer_id": key.holder,
            "signer_type": signer_type,
        },
    }
    if replaces:
        event["replaces"] = [*sorted(set(replaces))]
    event_id = event_id_of(event)
    return {
        **event,
        "event_id": event_id,
        "signature_b64": _sign(seed, bytes.fromhex(event_id.removeprefix("sha256:"))),
    }


def make_bundle(record: JSON, events: Iterable[JSON] = ()) -> dict[str, JSON]:
    """The bundle of a record with events (protocol 5.1), each distinct event once.

    Events stand in the order of their canonical bytes, with keys in canonical order, so that
    the same set makes the same bytes. Raises `DocumentError` as `number_of` does.
    """
    number = number_of(record)
    distinct = {canonical_bytes(event): event for event in events}
    return {
        "bundle_type": "pith_open_graph_bundle",
        "bundle_version": "1.0",
        "pith_number": str(number),
        "short_pith_number": number.short,
        "canonical_record": ordered(record),
        "canonical_sha256": canonical_digest(record).hex(),
        "source": ordered(member(record, "source")),
        "source_aliases": aliases(record, number),
        "events": [ordered(distinct[key]) for key in sorted(distinct)],
    }


def _sign(seed: bytes, digest: bytes) -> str:
    return base64.b64encode(ed25519.sign(seed, digest)).decode("ascii")
