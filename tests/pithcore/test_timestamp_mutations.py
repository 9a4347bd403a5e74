"""Damaged proofs: every one ends in a level or a `TimestampError`, in step with the reference.

The reference is python-opentimestamps, the only definition that the format has. It keeps
operations in a dictionary, so of two equal branches it forgets the first; ours reports both.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stamps import attested, block, fresh, pending, stamp, unknown

from pithcore.errors import TimestampError
from pithcore.timestamp import (
    Attestation,
    DetachedTimestamp,
    Kind,
    Level,
    assess,
    evaluate,
    parse,
    serialize,
)
from pithcore.timestamp.proof import APPEND, FORK, HEXLIFY, MAGIC, PREPEND, REVERSE, SHA1, SHA256

pytestmark = pytest.mark.no_cover  # thousands of cases, of code that other tests cover

COUNT = int(
    os.environ.get(
        "PITH_OTS_MUTATIONS",
        "100000" if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else "10000",
    )
)
"""Mutants that are tried; PITH_OTS_MUTATIONS sets another number."""

OURS_ALONE = ("a number of more than 10 bytes", "a block of height", "more than 16 RIPEMD-160")
"""Limits that the reference does not have: ours may refuse what it reads for these reasons."""

Reference = Callable[[bytes], set[tuple[bytes, str, Any]] | None]


@pytest.fixture(scope="module")
def reference() -> Reference:
    """Bytes → what python-opentimestamps reads: (message, kind, value) each; None if refused."""
    reason = "python-opentimestamps is not installed"
    serializing = pytest.importorskip("opentimestamps.core.serialize", reason=reason)
    timestamp = pytest.importorskip("opentimestamps.core.timestamp", reason=reason)
    names = {
        "BitcoinBlockHeaderAttestation": Kind.BITCOIN,
        "LitecoinBlockHeaderAttestation": Kind.LITECOIN,
        "EthereumBlockHeaderAttestation": Kind.ETHEREUM,
        "PendingAttestation": Kind.PENDING,
        "UnknownAttestation": Kind.UNKNOWN,
    }

    def read(data: bytes) -> set[tuple[bytes, str, Any]] | None:
        context = serializing.BytesDeserializationContext(data)
        try:
            proof = timestamp.DetachedTimestampFile.deserialize(context)
        except serializing.DeserializationError:
            return None
        return {
            (message, names[type(a).__name__], value_of(a))
            for message, a in proof.timestamp.all_attestations()
        }

    return read


def value_of(attestation: Any) -> Any:
    """Height, address or payload, whichever the attestation has."""
    for name in ("height", "uri"):
        if getattr(attestation, name, None) is not None:
            return getattr(attestation, name)
    return attestation.payload


def remembered(proof: DetachedTimestamp) -> set[int]:
    """Indexes of the attestations that the reference would still know."""
    steps: Iterator[Any] = iter(proof.steps)
    indexes: Iterator[int] = iter(range(len(proof.attestations)))

    def node() -> set[int]:
        own: set[int] = set()
        branches: dict[Any, set[int]] = {}
        while True:
            step = next(steps)
            forked = step == (FORK, b"")
            if forked:
                step = next(steps)
            if isinstance(step, Attestation):
                own.add(next(indexes))
            else:
                branches[step] = node()
            if not forked:
                return own.union(*branches.values())

    return node()


def level_of(data: bytes) -> Level:
    """The level one input reaches here; anything but that and a `TimestampError` is a bug."""
    try:
        proof = parse(data)
    except TimestampError:
        level = assess(data, bytes(32)).level
        assert level in (Level.MALFORMED, Level.UNSUPPORTED)
        return level
    assert len(evaluate(proof)) == len(proof.attestations)
    return assess(proof, proof.digest, hash_name=str(proof.hash_name)).level


def compare(data: bytes, reference: Reference) -> bool:
    """Hold one input against the reference; whether both read it."""
    theirs = reference(data)
    try:
        proof = parse(data)
    except TimestampError as error:
        assert theirs is None or any(text in str(error) for text in OURS_ALONE), data.hex()
        return False
    assert theirs is not None, data.hex()
    results = evaluate(proof)
    kept = [results[index] for index in remembered(proof)]
    known = {(r.message, r.attestation.kind, value_of(r.attestation)) for r in kept if r.message}
    blind = {(r.attestation.kind, value_of(r.attestation)) for r in kept if r.message is None}
    assert known <= theirs, data.hex()
    assert {(kind, value) for _, kind, value in theirs - known} <= blind, data.hex()
    return True


def mutate(rng: random.Random, seeds: list[bytes]) -> bytes:
    """One proof with one to four changes, most of them behind the magic."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        start = 0 if rng.random() < 0.02 else len(MAGIC)
        at = rng.randrange(start, max(len(data), start + 1))
        change = rng.randrange(7)
        if change == 0:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif change == 1:
            data[at : at + 1] = bytes([rng.choice(TELLING)])
        elif change == 2:
            data[at:at] = bytes([rng.choice(TELLING)])
        elif change == 3:
            del data[at : at + rng.choice((1, 1, 2, 8, 33))]
        elif change == 4:
            data[at:at] = data[at : at + rng.choice((1, 11, 34, 60))]
        elif change == 5:
            other = rng.choice(seeds)
            data[at:] = other[rng.randrange(len(MAGIC), len(other)) :]
        else:
            data[at:at] = rng.choice(PIECES)
    return bytes(data)


TELLING = bytes((0, 1, SHA1, 3, SHA256, 9, 0x20, 0x67, 0x7F, 0x80, 0x81, APPEND, PREPEND))
TELLING += bytes((REVERSE, HEXLIFY, FORK))
PIECES = [b"\xff", b"\xff\x00", bytes([HEXLIFY]) * 7, b"\x03" * 9, bytes([APPEND, 0x80, 0x20])]
PIECES += [
    b"\xff\x00" + serialize(stamp(a))[-1 - 8 - size :]
    for a, size in ((block(5), 2), (block(2**31), 6), (pending("https://c.example"), 19))
]


@pytest.fixture(scope="module")
def seeds(vectors_or_none: Path | None) -> list[bytes]:
    """Proofs to damage: ours, and the shared ones when they are there."""
    found = [serialize(proof) for proof in (fresh(), attested(), stamp(unknown()))]
    if vectors_or_none is not None:
        found += [file.read_bytes() for file in sorted(vectors_or_none.glob("*/*.ots"))]
    return [data for data in found if len(data) > len(MAGIC)]


@pytest.fixture(scope="module")
def vectors_or_none(request: pytest.FixtureRequest) -> Path | None:
    """The folder of shared proofs, or None."""
    try:
        folder: Path = request.getfixturevalue("vectors")
    except pytest.skip.Exception:
        return None
    return folder / "ots"


def test_damaged_proofs_end_in_a_level_or_an_error(seeds: list[bytes]) -> None:
    """Nothing but a level or a `TimestampError` comes out, whatever is done to a proof."""
    rng = random.Random(20261125)
    started = time.process_time()
    levels = Counter(level_of(mutate(rng, seeds)) for _ in range(COUNT))
    assert {Level.PROMISED, Level.COMMITS, Level.UNSUPPORTED, Level.CONTRADICTED} <= set(levels)
    assert levels[Level.MALFORMED] < 0.95 * COUNT, "too few mutants are proofs to say much"
    assert time.process_time() - started < max(60, COUNT / 1000)


@pytest.mark.filterwarnings("ignore:OpReverse:PendingDeprecationWarning")
def test_damaged_proofs_are_read_as_the_reference_reads_them(
    reference: Reference, seeds: list[bytes]
) -> None:
    """What both read, they read alike; what ours alone refuses breaks one of its own limits.

    The reference is slow. It sees every mutant that ours reads, and each tenth of the others.
    """
    rng = random.Random(20261125)
    started = time.process_time()
    read = 0
    for index in range(COUNT):
        data = mutate(rng, seeds)
        if index % 10 == 0 or readable(data):
            read += compare(data, reference)
    assert read > COUNT / 20
    assert time.process_time() - started < max(60, COUNT / 1000)


def test_proofs_of_every_kind_are_read_as_the_reference_reads_them(
    reference: Reference, seeds: list[bytes]
) -> None:
    """The undamaged proofs are held against the reference too, as are equal branches."""
    twice = stamp((FORK, b""), (SHA256, b""), block(7), (SHA256, b""), block(8))
    assert remembered(twice) == {1}
    for data in [*seeds, serialize(twice)]:
        assert compare(data, reference) or not readable(data)


def readable(data: bytes) -> bool:
    """Whether ours reads it."""
    try:
        parse(data)
    except TimestampError:
        return False
    return True
