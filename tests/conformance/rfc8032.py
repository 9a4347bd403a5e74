"""Ed25519 signing in the words of RFC 8032 section 5.1, for the generator alone.

Slow and plain on purpose, and independent of the implementation that the suite tests.
"""

from __future__ import annotations

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
_BASE_Y = 4 * pow(5, -1, P) % P
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202

Affine = tuple[int, int]


def _add(one: Affine, other: Affine) -> Affine:
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P
    return x, y


def multiple(scalar: int) -> Affine:
    """`scalar` times the base point, by doubling and adding."""
    result, point = (0, 1), (_BASE_X, _BASE_Y)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def encoded(point: Affine) -> bytes:
    """32 bytes: y, and the lowest bit of x above it (section 5.1.2)."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def secret(seed: bytes) -> tuple[int, bytes]:
    """The scalar and the prefix of 32 bytes that a seed stands for (section 5.1.5)."""
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & ~7 & (2**254 - 1) | 2**254, digest[32:]


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def public_key(seed: bytes) -> bytes:
    """The 32 bytes of the public key of a seed of 32 bytes."""
    return encoded(multiple(secret(seed)[0]))


def sign(seed: bytes, message: bytes, nonce: bytes | None = None) -> bytes:
    """A signature of 64 bytes; another `nonce` than the RFC's gives another that holds as well."""
    scalar, prefix = secret(seed)
    r = _number(prefix if nonce is None else nonce, message)
    point = encoded(multiple(r))
    s = (r + _number(point, public_key(seed), message) * scalar) % L
    return point + s.to_bytes(32, "little")
