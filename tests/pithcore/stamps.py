"""Timestamp proofs and block headers for tests, made here."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence

from pithcore.timestamp import Attestation, Checkpoint, Checkpoints, DetachedTimestamp, Kind
from pithcore.timestamp.headers import meets, target_of
from pithcore.timestamp.proof import (
    APPEND,
    FORK,
    PREPEND,
    SHA256,
    TAGS,
    Operation,
    Step,
)

DIGEST = hashlib.sha256(b"a record").digest()
SHA: Operation = (SHA256, b"")
FORKED: Operation = (FORK, b"")
EASY = 0x207FFFFF
"""Bits that every second hash meets: those of Bitcoin's test networks."""

CALENDARS = tuple(f"https://{name}.calendar.example" for name in ("alice", "bob", "finney"))


def number(value: int) -> bytes:
    """Seven bits a byte, least first."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def block(height: int, kind: Kind = Kind.BITCOIN) -> Attestation:
    """A block's attestation."""
    return Attestation(kind, TAGS[kind], number(height), height)


def pending(uri: str) -> Attestation:
    """A calendar's promise."""
    return Attestation(Kind.PENDING, TAGS[Kind.PENDING], number(len(uri)) + uri.encode(), None, uri)


def unknown(payload: bytes = b"?", tag: bytes = b"somebody") -> Attestation:
    """An attestation that nobody here can read."""
    return Attestation(Kind.UNKNOWN, tag, payload)


def stamp(*steps: Step, digest: bytes = DIGEST, hash_name: str = "sha256") -> DetachedTimestamp:
    """A proof of these steps."""
    return DetachedTimestamp(hash_name, digest, steps)


def path(seed: int, levels: int) -> list[Step]:
    """Steps up a Merkle tree of a calendar's: a neighbour on either side, then SHA-256."""
    steps: list[Step] = []
    for level in range(levels):
        neighbour = hashlib.sha256(b"%d %d" % (seed, level)).digest()
        steps += [((APPEND, PREPEND)[(seed + level) % 2], neighbour), SHA]
    return steps


def fresh() -> DetachedTimestamp:
    """What a client holds right after three calendars answered."""
    steps: list[Step] = [(APPEND, bytes(16)), SHA]
    for index, uri in enumerate(CALENDARS):
        steps += [FORKED] if index < 2 else []
        steps += [*path(index, 1)[:1], SHA, (PREPEND, b"time"), (APPEND, b"macmacma"), pending(uri)]
    return stamp(*steps)


def attested(heights: Sequence[int] = (700_001, 700_002)) -> DetachedTimestamp:
    """The same some hours later: each calendar's branch goes on into a block."""
    steps: list[Step] = [(APPEND, bytes(16)), SHA]
    for index, height in enumerate(heights):
        last = index == len(heights) - 1
        steps += ([] if last else [FORKED]) + path(index, 9)
        steps += [(PREPEND, b"\1" * 80), (APPEND, b"\2" * 40), SHA, SHA]
        for step in path(100 + index, 12):
            steps += [step, SHA] if step == SHA else [step]
        steps.append(block(height))
    return stamp(*steps)


def mine(previous: bytes, merkle_root: bytes, bits: int = EASY, time: int = 1_700_000_000) -> bytes:
    """A header with the work that its bits demand."""
    for nonce in range(1 << 32):
        raw = struct.pack("<i32s32sIII", 0x20000000, previous, merkle_root, time, bits, nonce)
        if meets(hash_of(raw), target_of(bits)):
            return raw
    raise AssertionError("unreachable")


def hash_of(raw: bytes) -> bytes:
    """A block's hash."""
    return hashlib.sha256(hashlib.sha256(raw).digest()).digest()


def chain(first: int, roots: Sequence[bytes], bits: int = EASY) -> dict[int, bytes]:
    """Height → header, each on top of the one before."""
    headers, previous = {}, bytes(32)
    for height, root in enumerate(roots, first):
        headers[height] = mine(previous, root, bits, 1_700_000_000 + 600 * (height - first))
        previous = hash_of(headers[height])
    return headers


def checkpoint(height: int, raw: bytes, bits: int = EASY) -> Checkpoints:
    """A table that knows one block."""
    return Checkpoints.of([Checkpoint(height, hash_of(raw), bits)])
