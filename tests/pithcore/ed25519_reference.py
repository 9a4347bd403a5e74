"""Ed25519 in the words of RFC 8032, slow and plain: what the fast one is held against.

It grows on the conformance suite's `rfc8032.py`, which has the constants and signs: here are
points, their encodings, and verification with the rules of protocol 10, each rule said by its
meaning (a point has small order when 8 times it is the neutral element) and not by a table.
Nothing here comes from `pithcore`.
"""

from __future__ import annotations

import hashlib

import rfc8032
from rfc8032 import D, L, P, public_key, sign

__all__ = ["BASE", "TORSION", "L", "add", "affine_multiple", "decode", "encode", "hash_mod_l"]
__all__ += ["is_neutral", "multiply", "negate", "public_key", "same", "secret_scalar", "sign"]
__all__ += ["small_order", "small_order_spellings", "verify"]

Point = tuple[int, int, int, int]
"""X, Y, Z, T with x = X / Z, y = Y / Z, x y = T / Z (section 5.1.4)."""

NEUTRAL: Point = (0, 1, 1, 0)


def add(p: Point, q: Point) -> Point:
    """Section 5.1.4, "for point addition"; it doubles as well."""
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * 2 * D * t2 % P
    d = z1 * 2 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p: Point) -> Point:
    """-(x, y) = (-x, y)."""
    x, y, z, t = p
    return -x % P, y, z, -t % P


def multiply(scalar: int, p: Point) -> Point:
    """`scalar` (not negative) times a point, bit by bit."""
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add(result, p)
        p = add(p, p)
        scalar >>= 1
    return result


def affine_multiple(scalar: int) -> bytes:
    """`scalar` times the base point, encoded: with the affine formulas of the generator."""
    return rfc8032.encoded(rfc8032.multiple(scalar))


def secret_scalar(seed: bytes) -> int:
    """Section 5.1.5 steps 1 to 3: what the public key is a multiple of the base point by."""
    return rfc8032.secret(seed)[0]


def same(p: Point, q: Point) -> bool:
    """Whether x and y are the same, whatever the Z."""
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def is_neutral(p: Point) -> bool:
    """Whether this is (0, 1)."""
    return same(p, NEUTRAL)


def small_order(p: Point) -> bool:
    """Whether the order divides the cofactor, 8."""
    return is_neutral(multiply(8, p))


def encode(p: Point) -> bytes:
    """Section 5.1.2: y, little-endian, and the low bit of x on top."""
    inverse = pow(p[2], -1, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y + ((x & 1) << 255)).to_bytes(32, "little")


def decode(encoded: bytes) -> Point | None:
    """Section 5.1.3, step by step; None where decoding fails."""
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    x_0, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != x2:
        return None
    if x == 0 and x_0 == 1:
        return None
    if x % 2 != x_0:
        x = P - x
    return x, y, 1, x * y % P


def hash_mod_l(r: bytes, key: bytes, message: bytes) -> int:
    """Section 5.1.7 step 2, modulo L as every implementation takes it before it multiplies."""
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Section 5.1.7 without the cofactor, and protocol 10: neither A nor R of small order."""
    if len(signature) != 64:
        return False
    a, r = decode(key), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or small_order(a) or small_order(r):
        return False
    h = hash_mod_l(signature[:32], key, message)
    return same(multiply(s, BASE), add(r, multiply(h, a)))


def _decoded(encoded: bytes) -> Point:
    point = decode(encoded)
    assert point is not None
    return point


BASE = _decoded((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
"""Section 5.1: y = 4/5, x even."""


def _torsion() -> list[Point]:
    """0, T, 2 T … 7 T for a T of order 8: the points whose order divides 8.

    L times any point is one of them; the first y whose point gives one of order 8 will do.
    """
    for y in range(2, 100):
        point = decode(y.to_bytes(32, "little"))
        if point is not None and not is_neutral(multiply(4 * L, point)):
            t = multiply(L, point)
            return [multiply(j, t) for j in range(8)]
    raise AssertionError("no point of order 8")


TORSION = _torsion()


def small_order_spellings() -> list[tuple[int, bytes]]:
    """(j, spelling) for all that a lenient decoder takes for j T, T of order 8.

    That is y, and y + P where it fits in 255 bits; with the sign bit of x, and with either when
    x = 0.
    """
    found = []
    for j, point in enumerate(TORSION):
        canonical = int.from_bytes(encode(point), "little")
        y, sign_bit = canonical & (2**255 - 1), canonical >> 255
        bits = (0, 1) if point[0] == 0 else (sign_bit,)
        spelled = [y, y + P] if y + P < 2**255 else [y]
        found += [
            (j, (one + (bit << 255)).to_bytes(32, "little")) for one in spelled for bit in bits
        ]
    return found
