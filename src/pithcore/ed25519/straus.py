"""Sums of a few multiples of points, for points that are used once (Straus 1964).

All scalars share the doublings; each is written in width-w non-adjacent form, so that one
addition of an odd multiple serves w + 1 bits on average (Möller 2001; HAC 14.88).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count

from pithcore.ed25519.curve import B_HIGH, D2, B, Point, double
from pithcore.ed25519.field import MASK, P

WIDTH = 5
"""For a point met once: 8 odd multiples and some 21 additions for 128 bits."""

BASE_WIDTH = 6
"""For the base point, whose two tables are made once: 16 odd multiples each, 18 additions."""

BASE_WIDTH_LATER = 12
"""1,024 odd multiples each, 10 additions: for a process that verifies many signatures."""

LATER_AFTER = 250
"""Uses of the base point after which the larger tables are made: making them costs what they
save over some 200."""

Cached = tuple[int, int, int, int]
"""A point as (Y + X, Y - X, 2 Z, 2 D T): what an addition needs of it, up to a common factor.
Each is below 2**262 in size, and not the least one modulo P."""

Term = tuple[int, list[Cached]]
"""A scalar of either sign, and the odd multiples of its point for digits of some width."""


def odd_multiples(point: Point, width: int = WIDTH) -> list[Cached]:
    """p, 3 p, 5 p, …, -5 p, -3 p, -p: the 2**(width - 1) that digits of that width name."""
    x, y, z, t = double(point)
    yx, ym, zz, td = y + x, y - x, 2 * z, t * D2 % P
    x, y, z, t = point
    found = []
    while True:
        dt = t * D2
        found.append((y + x, y - x, 2 * z, (dt & MASK) + 19 * (dt >> 255)))
        if len(found) == 1 << (width - 2):
            return found + [(ym, yx, zz, -td) for yx, ym, zz, td in reversed(found)]
        # Twice the point is added, as in `straus`: folded values below 2**263, their products
        # below 2**528, and folded twice below 2**256 again.
        a = (y - x) * ym
        a = (a & MASK) + 19 * (a >> 255)
        b = (y + x) * yx
        b = (b & MASK) + 19 * (b >> 255)
        c = t * td
        c = (c & MASK) + 19 * (c >> 255)
        d = z * zz
        d = (d & MASK) + 19 * (d >> 255)
        e, f, g, h = b - a, d - c, d + c, b + a
        x = e * f
        x = (x & MASK) + 19 * (x >> 255)
        x = (x & MASK) + 19 * (x >> 255)
        y = g * h
        y = (y & MASK) + 19 * (y >> 255)
        y = (y & MASK) + 19 * (y >> 255)
        z = f * g
        z = (z & MASK) + 19 * (z >> 255)
        z = (z & MASK) + 19 * (z >> 255)
        t = e * h
        t = (t & MASK) + 19 * (t >> 255)
        t = (t & MASK) + 19 * (t >> 255)


_uses = count()


@cache
def base_multiples(width: int) -> tuple[list[Cached], list[Cached]]:
    """Odd multiples of B and of 2**128 B, for the two halves of a scalar (15 kB for BASE_WIDTH,
    and 820 kB for the later one; each made once).
    """
    return odd_multiples(B, width), odd_multiples(B_HIGH, width)


def base_terms(scalar: int) -> tuple[Term, Term]:
    """Two terms that add up to `scalar` times B; `scalar` is from 0 to 2**256 - 1."""
    low, high = base_multiples(BASE_WIDTH if next(_uses) < LATER_AFTER else BASE_WIDTH_LATER)
    return (scalar & (2**128 - 1), low), (scalar >> 128, high)


def straus(terms: Iterable[Term]) -> Point:
    """The sum of scalar times point over all terms."""
    x, y, z = 0, 1, 1
    e = h = 0  # T is e h: it is multiplied out only where an addition asks for it
    for column in reversed(_plan(list(terms))):
        # 2 (x, y, z), with 2 x y as such: what (x + y)**2 - x**2 - y**2 saves by being a square,
        # it loses by its additions. The signs of e and g are both turned, which turns all of
        # (x, y, z). Folded once, a product of values below 2**256 is below 2**262, and sums of
        # a few below 2**265; folded twice, a product of those is below 2**256 again.
        a = x * x
        a = (a & MASK) + 19 * (a >> 255)
        b = y * y
        b = (b & MASK) + 19 * (b >> 255)
        c = z * z
        c = (c & MASK) + 19 * (c >> 255)
        e = x * y
        e = (e & MASK) + 19 * (e >> 255)
        e += e
        g = b - a
        f = c + c - g
        h = a + b
        x = e * f
        x = (x & MASK) + 19 * (x >> 255)
        x = (x & MASK) + 19 * (x >> 255)
        y = g * h
        y = (y & MASK) + 19 * (y >> 255)
        y = (y & MASK) + 19 * (y >> 255)
        z = f * g
        z = (z & MASK) + 19 * (z >> 255)
        z = (z & MASK) + 19 * (z >> 255)
        for yx, ym, zz, td in column:
            a = (y - x) * ym
            a = (a & MASK) + 19 * (a >> 255)
            b = (y + x) * yx
            b = (b & MASK) + 19 * (b >> 255)
            # T folded once is below 2**279, and c below 2**290; all else stays below 2**265.
            c = e * h
            c = ((c & MASK) + 19 * (c >> 255)) * td
            c = (c & MASK) + 19 * (c >> 255)
            d = z * zz
            d = (d & MASK) + 19 * (d >> 255)
            e, f, g, h = b - a, d - c, d + c, b + a
            x = e * f
            x = (x & MASK) + 19 * (x >> 255)
            x = (x & MASK) + 19 * (x >> 255)
            y = g * h
            y = (y & MASK) + 19 * (y >> 255)
            y = (y & MASK) + 19 * (y >> 255)
            z = f * g
            z = (z & MASK) + 19 * (z >> 255)
            z = (z & MASK) + 19 * (z >> 255)
    return x % P, y % P, z % P, e * h % P


def _plan(terms: Sequence[Term]) -> list[list[Cached]]:
    """What to add before each doubling, the lowest bit first."""
    bits = max((abs(scalar).bit_length() for scalar, _ in terms), default=-1)
    columns: list[list[Cached]] = [[] for _ in range(bits + 1)]
    for scalar, multiples in terms:
        named = multiples if scalar >= 0 else multiples[::-1]
        width = len(named).bit_length()
        mask = (1 << width) - 1
        rest, at = abs(scalar), 0
        while rest:
            zeros = (rest & -rest).bit_length() - 1
            at += zeros
            rest >>= zeros
            # The digit is `low`, or, with its highest bit set, `low` - 2**width and a carry. Both
            # have their multiple at this place: those of negative digits come last, -1 at the end.
            low = rest & mask
            columns[at].append(named[low >> 1])
            rest = (rest >> width) + (low >> (width - 1))
            at += width
    return columns
