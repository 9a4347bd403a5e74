"""Half-size scalars: a verification equation of 253-bit scalars as one of 128-bit ones."""

from __future__ import annotations

from pithcore.ed25519.curve import L

ORDER = 8 * L
"""Number of points of the curve. A key may have a part of small order, so h counts mod 8 L."""

_HALF = 1 << 128
"""Just above the square root of 8 L."""


def half_size(h: int) -> tuple[int, int]:
    """(u, v) with u = v h (mod 8 L), v odd, and both of about 128 bits (with a sign) for all h
    but a few: v is longer where Euclid's next step is a long one, as for h = L - 1, and the
    congruence holds all the same.

    A remainder r and its factor v in Euclid's algorithm on (8 L, h) satisfy r = v h (mod 8 L);
    halfway both are short (Antipa, Brown, Gallant, Lambert, Struik and Vanstone 2005; Pornin
    2020). Two factors in a row have no common divisor, so one of any two is odd.

    v is odd and not a multiple of L, hence invertible mod 8 L: for any points of the curve,
    s B - h A - R is the identity if and only if v times it is. Nothing is lost by the change.

    Args:
        h: from 0 to L - 1.
    """
    r0, v0, r1, v1 = ORDER, 0, h, 1
    while r1 >= _HALF:
        q, rest = divmod(r0, r1)
        r0, v0, r1, v1 = r1, v1, rest, v0 - q * v1
    if v1 & 1:
        return r1, v1
    # v1 is even, so v0 is odd, and so is v0 - q v1 for every q: take as much of the step as
    # brings r0 below _HALF.
    q = (r0 - _HALF) // r1 + 1
    return r0 - q * r1, v0 - q * v1
