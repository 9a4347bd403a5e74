"""Points of edwards25519: encodings, addition, doubling (RFC 8032 sections 5.1.2 to 5.1.4).

A point is (X, Y, Z, T) with x = X / Z, y = Y / Z, x y = T / Z ("extended" coordinates of Hisil,
Wong, Carter and Dawson 2008). One that is added often is kept as a `Niels` point,
((y + x) / 2, (y - x) / 2, D x y): that saves two products of an addition, and by the halving a
doubling of Z, since coordinates count up to a common factor.
"""

from __future__ import annotations

from collections.abc import Iterable

from pithcore.ed25519.field import D, P, invert_all, square_root

Point = tuple[int, int, int, int]
Niels = tuple[int, int, int]

L = 2**252 + 27742317777372353535851937790883648493
"""Order of the base point, a prime. The whole group has 8 L points."""

D2 = 2 * D % P

HALF = (P + 1) // 2
NIELS_IDENTITY: Niels = (HALF, HALF, 0)

_BX = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BY = 46316835694926478169428394003475163141307993866256225615783033603165251855960
B: Point = (_BX, _BY, 1, _BX * _BY % P)
"""The base point: y = 4/5, x even (RFC 8032 section 5.1)."""

_HX = 34445898214599204196824587830670445739267303633182408050117152659121903233060
_HY = 43048524062920118298805915568484795959327268000798232147099016825120495085163
B_HIGH: Point = (_HX, _HY, 1, _HX * _HY % P)
"""2**128 B: the upper half of a scalar of 256 bits counts in it."""


def decode(encoded: bytes) -> Point | None:
    """The point of 32 bytes, with Z = 1; None for what is no point, or not its one encoding.

    The encoding is y in 255 bits, little-endian, and the low bit of x. Refused: y >= P, y of no
    point, and x = 0 with that bit set (RFC 8032 section 5.1.3; protocol 10.1).
    """
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    yy = y * y % P
    x = square_root(yy - 1, (D * yy + 1) % P)
    if x is None or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode(x: int, y: int) -> bytes:
    """The 32 bytes of the point with these coordinates, both from 0 to P - 1."""
    return (y | (x & 1) << 255).to_bytes(32, "little")


def negate(point: Point) -> Point:
    """-(x, y) = (-x, y)."""
    x, y, z, t = point
    return -x % P, y, z, -t % P


def add(p: Point, q: Point) -> Point:
    """p + q for any two points: the formula is complete (RFC 8032 section 5.1.4)."""
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * D2 % P * t2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(p: Point) -> Point:
    """2 p, with 4 squarings and 4 products (RFC 8032 section 5.1.4)."""
    x, y, z, _ = p
    a = x * x % P
    b = y * y % P
    h = a + b
    e = h - (x + y) * (x + y) % P
    g = a - b
    f = 2 * z * z % P + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def to_niels(points: Iterable[Point]) -> list[Niels]:
    """The points as ((y + x) / 2, (y - x) / 2, D x y), with one inversion for all."""
    listed = list(points)
    found = []
    for point, inverse in zip(listed, invert_all([point[2] for point in listed]), strict=True):
        x, y = point[0] * inverse % P, point[1] * inverse % P
        found.append(((y + x) * HALF % P, (y - x) * HALF % P, x * y % P * D % P))
    return found
