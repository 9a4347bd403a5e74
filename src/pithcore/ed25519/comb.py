"""Multiples of a point that is used often, from tables of it (Lim and Lee 1994).

A scalar of BITS bits is laid out in rows of equal length, one above the other: the *teeth*. A
column of bits then names one of 2**teeth sums of multiples of the point, and as many additions
as a row is long, with a doubling before each, do the work of all bits. Cutting each row into
*blocks*, each with tables of its own, lets that many columns share a doubling.
"""

from __future__ import annotations

from functools import cache
from itertools import islice

from pithcore.ed25519.curve import IDENTITY, NIELS_IDENTITY, B, Niels, Point, add, double, to_niels
from pithcore.ed25519.field import MASK, P
from pithcore.typed import NamedTuple

BITS = 253
"""Scalars are below L < 2**253."""


class Shape(NamedTuple):
    """Teeth and blocks of a comb: what its tables cost and what they save."""

    teeth: int
    blocks: int

    @property
    def columns(self) -> int:
        """Doublings for one scalar. There are `blocks` additions for each."""
        return -(-BITS // (self.teeth * self.blocks))

    @property
    def row(self) -> int:
        """Bits in a row."""
        return self.columns * self.blocks


SMALL = Shape(teeth=8, blocks=1)
"""Tables of 256 points, 100 kB a key: a third of the time of a signature without tables."""

LARGE = Shape(teeth=11, blocks=8)
"""Tables of 16,384 points, 5 MB a key: some three fifths of the time of the small ones."""


class Comb(NamedTuple):
    """A shape, and for each block a table: the bits of a column, as text, to one point."""

    shape: Shape
    tables: list[dict[str, Niels]]

    def pick(self, scalar: int) -> list[Niels]:
        """What adds up to `scalar` times the point: for each column from the highest, a point
        from every block. `scalar` is from 0 to 2**BITS - 1.
        """
        blocks, columns, row = self.shape.blocks, self.shape.columns, self.shape.row
        bits = f"{scalar:0{self.shape.teeth * row}b}"
        picked: list[Niels] = [NIELS_IDENTITY] * row
        for block, table in enumerate(self.tables):
            # The text begins with the highest bit, so the last columns of a row are block 0.
            start = row - (block + 1) * columns
            picked[block::blocks] = [table[bits[at::row]] for at in range(start, start + columns)]
        return picked


def make_comb(point: Point, shape: Shape) -> Comb:
    """The tables of a point: some 250 doublings, and 2**teeth additions for each block."""
    teeth, blocks = shape
    powers = [point]  # 2**(columns i) times the point
    for _ in range(teeth * blocks - 1):
        for _ in range(shape.columns):
            point = double(point)
        powers.append(point)
    sums: list[Point] = []
    for block in range(blocks):
        own: list[Point] = []  # sums of the teeth so far, in the order of the column's bits
        for power in powers[block::blocks]:
            own += [power, *(add(one, power) for one in own)]
        sums += own
    niels = iter(to_niels(sums))
    names = [f"{bits:0{teeth}b}" for bits in range(2**teeth)]
    return Comb(
        shape,
        [
            dict(zip(names, (NIELS_IDENTITY, *islice(niels, 2**teeth - 1)), strict=True))
            for _ in range(blocks)
        ],
    )


@cache
def base_comb(shape: Shape) -> Comb:
    """The tables of the base point, which all keys share."""
    return make_comb(B, shape)


def double_multiply(s: int, p: Comb, h: int, q: Comb) -> tuple[int, int, int]:
    """s times p's point and h times q's, added, as (X, Y, Z). Both combs have one shape."""
    blocks = p.shape.blocks
    picked = list(zip(p.pick(s), q.pick(h), strict=True))
    x, y, z, t = IDENTITY
    for at in range(0, len(picked), blocks):
        if at:  # before, there is nothing to double
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
            i = a + b
            x, y, z, t = e * f % P, g * i % P, f * g % P, e * i % P
        for (yx, ym, td), (yx2, ym2, td2) in picked[at : at + blocks]:
            # The first addition leaves its results folded once, below 2**270; the second folds
            # them twice, below 2**256, so that they can be doubled or added to again.
            a = (y - x) * ym
            a = (a & MASK) + 19 * (a >> 255)
            b = (y + x) * yx
            b = (b & MASK) + 19 * (b >> 255)
            c = t * td
            c = (c & MASK) + 19 * (c >> 255)
            e, f, g, i = b - a, z - c, z + c, b + a
            x = e * f
            x = (x & MASK) + 19 * (x >> 255)
            y = g * i
            y = (y & MASK) + 19 * (y >> 255)
            z = f * g
            z = (z & MASK) + 19 * (z >> 255)
            t = e * i
            t = (t & MASK) + 19 * (t >> 255)
            a = (y - x) * ym2
            a = (a & MASK) + 19 * (a >> 255)
            b = (y + x) * yx2
            b = (b & MASK) + 19 * (b >> 255)
            c = t * td2
            c = (c & MASK) + 19 * (c >> 255)
            e, f, g, i = b - a, z - c, z + c, b + a
            x = e * f
            x = (x & MASK) + 19 * (x >> 255)
            x = (x & MASK) + 19 * (x >> 255)
            y = g * i
            y = (y & MASK) + 19 * (y >> 255)
            y = (y & MASK) + 19 * (y >> 255)
            z = f * g
            z = (z & MASK) + 19 * (z >> 255)
            z = (z & MASK) + 19 * (z >> 255)
            t = e * i
            t = (t & MASK) + 19 * (t >> 255)
            t = (t & MASK) + 19 * (t >> 255)
    return x, y, z
