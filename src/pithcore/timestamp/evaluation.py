"""Compute what each attestation of a proof vouches for."""

from __future__ import annotations

import hashlib

from pithcore.errors import TimestampError
from pithcore.timestamp.headers import parse_header, split_headers
from pithcore.timestamp.proof import (
    APPEND,
    FORK,
    HEXLIFY,
    PREPEND,
    REVERSE,
    RIPEMD160,
    SHA1,
    SHA256,
    Attestation,
    DetachedTimestamp,
    Kind,
)
from pithcore.timestamp.ripemd160 import ripemd160
from pithcore.typed import NamedTuple


class AttestationResult(NamedTuple):
    """An attestation and the message it vouches for.

    Attributes:
        attestation: as it stands in the proof.
        message: 1 to 4096 bytes; None behind an operation that is not computed here, which is
            keccak256 alone.
    """

    attestation: Attestation
    message: bytes | None

    @property
    def merkle_root(self) -> str | None:
        """The message as Bitcoin prints a merkle root, 64 hex digits; None for other lengths."""
        if self.message is None or len(self.message) != 32:
            return None
        return self.message[::-1].hex()


def evaluate(proof: DetachedTimestamp) -> list[AttestationResult]:
    """Run the proof's operations from its digest; one result an attestation, in their order.

    Equal branches give equal results, each of them. Nothing here can fail: `parse` has seen to
    the lengths.
    """
    results = []
    waiting: list[bytes | None] = []
    message: bytes | None = proof.digest
    sha256 = hashlib.sha256
    for step in proof.steps:
        if isinstance(step, Attestation):
            results.append(AttestationResult(step, message))
            message = waiting.pop() if waiting else None
            continue
        tag, argument = step
        if tag == FORK:
            waiting.append(message)
        elif message is None:
            continue
        elif tag == SHA256:
            message = sha256(message).digest()
        elif tag == APPEND:
            message += argument
        elif tag == PREPEND:
            message = argument + message
        else:
            message = _unusual(tag, message)
    return results


def headers_for(proof: DetachedTimestamp, data: bytes) -> dict[int, bytes]:
    """Height → header, from a file of headers that starts with a block the proof names.

    Args:
        data: as for `split_headers`. The first one's merkle root tells which of the proof's
            blocks it is; when it is none of them, it is taken for the lowest, and contradicts it.

    Returns: nothing for a proof that names no Bitcoin block.
    Raises: `TimestampError` as `split_headers`, and for a file of no headers.
    """
    headers = split_headers(data, 0)
    if not headers:
        raise TimestampError("A file of block headers holds at least one, and this is empty.")
    named = [
        (attestation.height, message)
        for attestation, message in evaluate(proof)
        if attestation.kind is Kind.BITCOIN and attestation.height is not None
    ]
    if not named:
        return {}
    root = parse_header(headers[0]).merkle_root
    first = next((height for height, message in named if message == root), min(named)[0])
    return {first + index: raw for index, raw in headers.items()}


def _unusual(tag: int, message: bytes) -> bytes | None:
    """The operations that calendars do not use; None for keccak256."""
    if tag == RIPEMD160:
        return ripemd160(message)
    if tag == SHA1:
        return hashlib.sha1(message, usedforsecurity=False).digest()
    if tag == REVERSE:
        return message[::-1]
    return message.hex().encode("ascii") if tag == HEXLIFY else None
