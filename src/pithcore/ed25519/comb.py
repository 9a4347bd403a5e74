"""Multiples of a point that is used often, from tables of it (Lim and Lee 1994).

Bit i of a scalar belongs to column i mod c of c columns; from one column to the next there is a
doubling. A column's bits are cut into *blocks*, each of as many bits as a comb has *teeth*, and
those of a block name one of 2**teeth sums of multiples of the point, which its table holds. So a
scalar takes an addition for each column and block, and c - 1 doublings. (Lim and Lee's teeth are
further apart than their blocks; with ours, c places apart, a block's bits are one piece of text.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import islice
from operator import getitem, itemgetter

from pithcore.ed25519.curve import NIELS_IDENTITY, B, Niels, Point, add, double, to_niels
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
        """Columns of a scalar's bits, with a doubling before each but the first."""
        return -(-BITS // (self.teeth * self.blocks))

    @property
    def additions(self) -> int:
        """Additions for one scalar: one for each column and block."""
        return self.columns * self.blocks


SMALL = Shape(teeth=8, blocks=1)
"""Tables of 256 points, 100 kB a key: a third of the time of a signature without tables."""

LARGE = Shape(teeth=11, blocks=8)
"""Tables of 16,384 points, 5 MB a key: some three fifths of the time of the small ones."""


class Comb(NamedTuple):
    """A shape, and for each block, from the highest, a table: its bits, as text, to one point."""

    shape: Shape
    tables: list[dict[str, Niels]]

    def pick(self, scalar: int) -> list[Niels]:
        """What adds up to `scalar` times the point: for each column from the highest, a point
        from every block. `scalar` is from 0 to 2**BITS - 1.
        """
        teeth, columns, additions = self.shape.teeth, self.shape.columns, self.shape.additions
        bits = f"{scalar:0{teeth * additions}b}"  # the highest first
        by_column = "".join([bits[at::columns] for at in range(columns)])
        return list(map(getitem, self.tables * columns, _cut(teeth, additions)(by_column)))


@cache
def _cut(length: int, pieces: int) -> Callable[[str], tuple[str, ...]]:
    """Cuts a text into so many pieces, two or more, of that length."""
    return itemgetter(*(slice(at * length, (at + 1) * length) for at in range(pieces)))


def make_comb(point: Point, shape: Shape) -> Comb:
    """The tables of a point: some 250 doublings, and 2**teeth additions for each block."""
    teeth, blocks = shape
    powers = [point]  # 2**(columns i) times the point
    for _ in range(teeth * blocks - 1):
        for _ in range(shape.columns):
            point = double(point)
        powers.append(point)
    sums: list[Point] = []
    for block in reversed(range(blocks)):
        own: list[Point] = []  # sums of the teeth so far, in the order of the bits that name them
        for power in powers[block * teeth : (block + 1) * teeth]:
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
    x, y, z = 0, 1, 1
    e = i = 0  # T is e i: it is multiplied out where an addition asks for it
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
            x, y, z = e * f % P, g * i % P, f * g % P
        for (yx, ym, td), (yx2, ym2, td2) in picked[at : at + blocks]:
            # Of the first addition, X, Y and Z are folded once, and below 2**273. Of the second,
            # whose factors are below 2**279, they are folded twice, and so is the product of its
            # e and i: below 2**256, so that they can be doubled or added to again.
            a = (y - x) * ym
            a = (a & MASK) + 19 * (a >> 255)
            b = (y + x) * yx
            b = (b & MASK) + 19 * (b >> 255)
            c = e * i
            c = (c & MASK) + 19 * (c >> 255)
            c = ((c & MASK) + 19 * (c >> 255)) * td
            c = (c & MASK) + 19 * (c >> 255)
            e, f, g, i = b - a, z - c, z + c, b + a
            x = e * f
            x = (x & MASK) + 19 * (x >> 255)
            y = g * i
            y = (y & MASK) + 19 * (y >> 255)
            z = f * g
            z = (z & MASK) + 19 * (z >> 255)
            a = (y - x) * ym2
            a = (a & MASK) + 19 * (a >> 255)
            b = (y + x) * yx2
            b = (b & MASK) + 19 * (b >> 255)
            c = e * i
            c = ((c & MASK) + 19 * (c >> 255)) * td2
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
    return x, y, z
