"""Compute what each attestation of a proof vouches for."""

from __future__ import annotations

import hashlib

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


def _unusual(tag: int, message: bytes) -> bytes | None:
    """The operations that calendars do not use; None for keccak256."""
    if tag == RIPEMD160:
        return ripemd160(message)
    if tag == SHA1:
        return hashlib.sha1(message, usedforsecurity=False).digest()
    if tag == REVERSE:
        return message[::-1]
    return message.hex().encode("ascii") if tag == HEXLIFY else None
