"""Signing (RFC 8032 sections 5.1.5 and 5.1.6), for tests, claims and mirrors.

Not constant-time: Python's integers take longer for larger values. Sign on a machine of your
own, where nobody else can measure the time.
"""

from __future__ import annotations

import hashlib

from pithcore.ed25519.curve import L, encode
from pithcore.ed25519.field import P
from pithcore.ed25519.straus import base_terms, straus
from pithcore.errors import KeyringError

SEED_BYTES = 32


def public_key(seed: bytes) -> bytes:
    """The public key (32 bytes) of a seed, the 32 secret bytes that RFC 8032 calls private key.

    Raises:
        KeyringError: when the seed has another length.
    """
    return _times_base(_expand(seed)[0])


def sign(seed: bytes, message: bytes) -> bytes:
    """The signature (64 bytes) over `message` (any length) under a seed (32 bytes).

    Raises:
        KeyringError: when the seed has another length.
    """
    scalar, prefix = _expand(seed)
    key = _times_base(scalar)
    nonce = _hash(prefix, message) % L
    r = _times_base(nonce)
    s = (nonce + _hash(r, key, message) * scalar) % L
    return r + s.to_bytes(32, "little")


def _expand(seed: bytes) -> tuple[int, bytes]:
    if len(seed) != SEED_BYTES:
        raise KeyringError(f"An Ed25519 seed has {SEED_BYTES} bytes, not {len(seed)}.")
    digest = hashlib.sha512(seed).digest()
    return int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254, digest[32:]


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _times_base(scalar: int) -> bytes:
    x, y, z, _ = straus(base_terms(scalar))
    inverse = pow(z, -1, P)
    return encode(x * inverse % P, y * inverse % P)
