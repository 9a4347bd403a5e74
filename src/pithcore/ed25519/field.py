"""The field of 2**255 - 19 elements: reduction, square roots, inverses.

Elements are Python integers. A product of two reduced elements has up to 510 bits, and
2**255 = 19 (mod P), so `(x & MASK) + 19 * (x >> 255)` *folds* it to 260 bits at about half the
price of `% P`. A folded value is not the least one: a product of two of them is longer, and is
folded twice or takes `% P`. Where speed counts the folding is written out, since a call costs
more, and a comment there bounds the values.
"""

from __future__ import annotations

from collections.abc import Sequence

P = 2**255 - 19
"""The prime (RFC 8032 section 5.1)."""

MASK = 2**255 - 1
"""The 255 low bits."""

D = 37095705934669439343138083508754565189542113879843219016388785533085940283555
"""-121665 / 121666 (mod P), of the curve -x**2 + y**2 = 1 + D x**2 y**2."""

SQRT_M1 = 19681161376707505956807079304988542015446066515923890162744021073123829784752
"""2**((P - 1) / 4) (mod P), a square root of -1."""


def square_root(u: int, v: int) -> int | None:
    """x with v x**2 = u (mod P), 0 <= x < P; None when u / v is no square. v is not 0.

    The candidate is x = u (u v)**((P - 5) / 8), with no division: where u v is a square,
    v x**2 = u (u v)**((P - 1) / 4) is u or -u. (That of RFC 8032 section 5.1.3, with v**3 and
    v**7, is this one times v**(3 (P - 1) / 4), a power of a root of -1.)
    """
    x = u * _power_p58(u * v % P) % P
    vx2 = v * x % P * x % P
    if vx2 == u % P:
        return x
    if vx2 == -u % P:
        return x * SQRT_M1 % P
    return None


def invert_all(values: Sequence[int]) -> list[int]:
    """The inverses of values that are not 0, with one inversion (Montgomery's trick)."""
    products = [1]
    for value in values:
        products.append(products[-1] * value % P)
    inverse = pow(products.pop(), -1, P)
    inverses = []
    for value in reversed(values):
        inverses.append(inverse * products.pop() % P)
        inverse = inverse * value % P
    inverses.reverse()
    return inverses


def _power_p58(z: int) -> int:
    """z**((P - 5) / 8) by an addition chain: 251 squarings and 11 products (Bernstein 2006).

    (P - 5) / 8 = 2**252 - 3; `z_n` below is z**(2**n - 1). Where z is reduced, factors stay
    below 2**340, and the result below 2**262.
    """
    z2 = z * z % P
    z9 = _square_times(z2, 2, z)
    z11 = z9 * z2 % P
    z_5 = _square_times(z11, 1, z9)
    z_10 = _square_times(z_5, 5, z_5)
    z_20 = _square_times(z_10, 10, z_10)
    z_40 = _square_times(z_20, 20, z_20)
    z_50 = _square_times(z_40, 10, z_10)
    z_100 = _square_times(z_50, 50, z_50)
    z_200 = _square_times(z_100, 100, z_100)
    z_250 = _square_times(z_200, 50, z_50)
    return _square_times(z_250, 2, z)


def _square_times(z: int, times: int, factor: int) -> int:
    """z**(2**times) times the factor, not the least one: below 2**268 where both are reduced."""
    for _ in range(times // 2):
        z *= z
        z = (z & MASK) + 19 * (z >> 255)
        z *= z
        z = (z & MASK) + 19 * (z >> 255)
        z = (z & MASK) + 19 * (z >> 255)
    if times % 2:
        z *= z
        z = (z & MASK) + 19 * (z >> 255)
    z *= factor
    return (z & MASK) + 19 * (z >> 255)
