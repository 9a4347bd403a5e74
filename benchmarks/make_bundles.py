"""Make bundles for the benchmarks: `python benchmarks/make_bundles.py ROWS OUT.jsonl[.gz|.zst]`.

Each is a bundle as a registry serves it: a record of its own, its receipt, and two events
(`record_created` with the receipt, and a graph snapshot), all under one test key; three
signatures in some 4,000 bytes. The same number of rows gives the same bytes on any machine.

Signing is done by `cryptography`: 600,000 signatures would take Python half an hour.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pithcore import Key, ed25519, make_record, number_of
from pithcore.canonical import canonical_digest
from pithcore.events import event_id_of
from pithcore.merging import aliases

SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
"""The seed of RFC 8032 section 7.1, TEST 1, known to the whole world."""

KEY = Key("bench-2026", ed25519.public_key(SEED), "A test registry")

_PRIVATE = Ed25519PrivateKey.from_private_bytes(SEED)
_CATEGORIES = ("astro-ph.GA", "cs.DC", "cs.LG", "hep-lat", "math.NT", "quant-ph", "stat.ML")
_LICENSES = (
    "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "http://creativecommons.org/licenses/by/4.0/",
    "",
)
_SIGNED_AT = "2026-05-18T12:28:19.436463Z"


def sign(digest: bytes) -> str:
    """Base64 of the signature over a digest."""
    return base64.b64encode(_PRIVATE.sign(digest)).decode("ascii")


def record_at(index: int) -> dict[str, Any]:
    """The canonical record of row `index`: another paper for each."""
    month, day = index % 12 + 1, index // 12 % 28 + 1
    year = 2008 + index // 336 % 18
    first, second = (_CATEGORIES[(index + step) % len(_CATEGORIES)] for step in (0, 3))
    return make_record(
        source_id=f"{year % 100:02}{month:02}.{index % 100_000:05}",
        version=index % 7 + 1,
        title=f"On the {index}th problem of {first}",
        abstract=f"We treat the {index}th problem of {first} and leave the next one open.",
        submitted_at=f"{year}-{month:02}-{day:02}T10:{index % 60:02}:15Z",
        primary_cat=first,
        cross_cats=[second] if index % 3 else [],
        license=_LICENSES[index % len(_LICENSES)],
    )


def snapshot_at(index: int) -> dict[str, Any]:
    """A graph snapshot: two sections with their items, two that state that they are empty."""
    claims = [{"claim": f"lemma {index}.{number}", "status": "open"} for number in range(2)]
    references = [f"arxiv:{1001 + number}.{index % 10_000:04}" for number in range(3)]
    return {
        **{name: _section(items) for name, items in (("claims", claims), ("refs", references))},
        **{name: {"count": 0, "snapshot_sha256": _EMPTY} for name in ("author_claims", "formal")},
    }


def _section(items: list[Any]) -> dict[str, Any]:
    return {
        "count": len(items),
        "items": items,
        "snapshot_sha256": canonical_digest({"payload": items}).hex(),
    }


_EMPTY = hashlib.sha256(b'{"payload":[]}').hexdigest()


def bundle_at(index: int) -> dict[str, Any]:
    """The bundle of row `index`."""
    record = record_at(index)
    number, digest = number_of(record), canonical_digest(record)
    receipt = {
        "kind": "pith_receipt",
        "key_id": KEY.key_id,
        "algorithm": "ed25519",
        "signed_at": _SIGNED_AT,
        "signature_b64": sign(digest),
    }
    created = {
        "canonical_record": record,
        "canonical_sha256": digest.hex(),
        "receipt": receipt,
    }
    return {
        "bundle_type": "pith_open_graph_bundle",
        "bundle_version": "1.0",
        "pith_number": str(number),
        "short_pith_number": number.short,
        "canonical_record": record,
        "canonical_sha256": digest.hex(),
        "source": record["source"],
        "source_aliases": [
            {**alias, "created_at": "2026-05-18T12:28:19Z"}
            for alias in aliases(record, number)
            if isinstance(alias, dict)
        ],
        "events": [
            _event("record_created", "record", str(number), created),
            _event("graph_snapshot", "graph", str(number), {"graph_snapshot": snapshot_at(index)}),
        ],
    }


def _event(event_type: str, target: str, number: str, payload: dict[str, Any]) -> dict[str, Any]:
    event = {
        "event_type": event_type,
        "subject_pith_number": number,
        "target": target,
        "payload": payload,
        "created_at": _SIGNED_AT,
        "signer": {
            "key_id": KEY.key_id,
            "public_key_fingerprint": KEY.fingerprint,
            "signer_id": "registry.example",
            "signer_type": "pith_registry",
        },
    }
    event_id = event_id_of(event)
    signature = sign(bytes.fromhex(event_id.removeprefix("sha256:")))
    return {**event, "event_id": event_id, "signature_b64": signature}


def line_at(index: int) -> bytes:
    """The bundle of row `index` as a line."""
    return json.dumps(bundle_at(index), separators=(",", ":")).encode("ascii") + b"\n"


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A file to write to, compressed as its name says, with no time in it."""
    with path.open("wb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", 6, raw, mtime=0) as stream:
                yield stream
        elif path.suffix == ".zst":
            from zstandard import ZstdCompressor

            with ZstdCompressor(level=3).stream_writer(raw) as stream:
                yield stream
        else:
            yield raw


def write(rows: range, path: Path) -> None:
    """Write the bundles of these rows to `path`, by all cores."""
    with opened(path) as out, multiprocessing.get_context("spawn").Pool() as pool:
        for line in pool.imap(line_at, rows, chunksize=250):
            out.write(line)


def main() -> None:
    """Write the bundles asked for on the command line."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    write(range(int(sys.argv[1])), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
