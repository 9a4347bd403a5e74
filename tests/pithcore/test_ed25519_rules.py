"""The rules of protocol 10 one by one, and the arithmetic behind them, with no shared data.

Every attack comes with what would make it succeed: a signature for which the equation holds, so
that only the rule in question stands in its way.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from itertools import count
from math import gcd, isqrt
from types import SimpleNamespace
from typing import Any

import ed25519_reference as reference
import pytest
from ed25519_reference import BASE, TORSION, hash_mod_l
from hypothesis import given, settings
from hypothesis import strategies as st

from pithcore.ed25519 import PublicKey, admissible, comb, keys, public_key, sign, verify
from pithcore.ed25519 import straus as straus_module
from pithcore.ed25519.comb import BITS, LARGE, SMALL, Comb, Shape, double_multiply, make_comb
from pithcore.ed25519.curve import (
    B_HIGH,
    D2,
    HALF,
    NIELS_IDENTITY,
    B,
    L,
    add,
    decode,
    double,
    encode,
    negate,
    to_niels,
)
from pithcore.ed25519.field import (
    MASK,
    SQRT_M1,
    D,
    P,
    _power_p58,
    _square_times,
    invert_all,
    square_root,
)
from pithcore.ed25519.keys import KEPT_KEYS, LARGE_AFTER, SMALL_AFTER
from pithcore.ed25519.lattice import ORDER, half_size
from pithcore.ed25519.signing import SEED_BYTES
from pithcore.ed25519.straus import (
    BASE_WIDTH,
    BASE_WIDTH_LATER,
    LATER_AFTER,
    Cached,
    base_multiples,
    base_terms,
    odd_multiples,
    straus,
)
from pithcore.ed25519.strict import KEY_BYTES, SIGNATURE_BYTES, SMALL_ORDER
from pithcore.errors import KeyringError, PithError

Point = tuple[int, int, int, int]

SEED = bytes(range(32))
MESSAGE = b"a record"
SCALAR = int.from_bytes(b"the discrete logarithm of a key.", "little") % L
"""A key's scalar that the tests know; its key is `_key()`."""

EDGES = sorted(
    {0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33}
    | {L - 1, L - 2, L - 7, L - 8, L - 9, L // 2, L // 2 + 1, L // 4, L // 8, 3 * L // 8}
    | {2**bits + more for bits in (64, 127, 128, 129, 192, 251, 252) for more in (-1, 0, 1)}
)
"""Scalars below L at which a bound, a carry or a step of Euclid's algorithm may go wrong."""

FIELD = st.integers(0, P - 1)
SCALARS = st.sampled_from(EDGES) | st.integers(0, L - 1)
POINTS = st.builds(
    lambda scalar, j: reference.add(reference.multiply(scalar, BASE), TORSION[j]),
    st.sampled_from([0, 1, 2, SCALAR, L - 1]),
    st.integers(0, 7),
)
"""Points of every small part: the neutral element, all torsion, mixed orders."""

SHAPES = st.builds(Shape, st.integers(1, 5), st.integers(1, 4))


@cache
def _key(scalar: int = SCALAR, j: int = 0) -> bytes:
    """The key `scalar` B + j T, T of order 8."""
    return reference.encode(reference.add(reference.multiply(scalar, BASE), TORSION[j]))


def _answer(r: bytes, nonce: int, key: bytes, message: bytes, scalar: int = SCALAR) -> bytes:
    """The signature with this R and s = nonce + h scalar, for whatever R and key are."""
    s = (nonce + hash_mod_l(r, key, message) * scalar) % L
    return r + s.to_bytes(32, "little")


def _messages() -> Iterator[bytes]:
    return (b"attempt %d" % number for number in range(1000))


def _prepared(key: bytes, signatures: int) -> PublicKey:
    held = PublicKey(key)
    held.prepare(signatures)
    return held


@cache
def _small(key: bytes) -> PublicKey:
    return _prepared(key, SMALL_AFTER + 1)


@cache
def _large(key: bytes) -> PublicKey:
    return _prepared(key, LARGE_AFTER + 1)


def _accepted(key: bytes, message: bytes, signature: bytes, *, large: bool = False) -> bool:
    """The verdict, which has to be the same on every way to it."""
    held = [PublicKey(key), _small(key)] + ([_large(key)] if large else [])
    verdicts = {one.verify(message, signature) for one in held}
    verdicts |= {one.verify_batch([(message, signature)])[0] for one in held}
    verdicts.add(verify(key, message, signature))
    (verdict,) = verdicts
    return verdict


def _point(encoded: bytes) -> Point:
    """The point that a lenient decoder makes of any spelling of it: y modulo P, and -0 is 0."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, (number & MASK) % P
    canonical = (y | sign << 255).to_bytes(32, "little")
    point = reference.decode(canonical) or reference.decode(y.to_bytes(32, "little"))
    assert point is not None
    return point


def _equation_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """s B = R + h A, with no other rule: what an implementation without the filter asks."""
    h = hash_mod_l(signature[:32], key, message)
    s = int.from_bytes(signature[32:], "little")
    left = reference.multiply(s, BASE)
    right = reference.add(_point(signature[:32]), reference.multiply(h, _point(key)))
    return reference.same(left, right)


@pytest.fixture
def hashes_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make every SHA-512 that verification takes this number: h is then the attacker's choice.

    With a free choice of h there is an R for every s and A, and an A for every s and R, also
    where nobody knows a discrete logarithm.
    """

    def set_digest(number: int) -> None:
        digest = number.to_bytes(64, "little")
        made = SimpleNamespace(digest=lambda: digest)
        monkeypatch.setattr(keys, "hashlib", SimpleNamespace(sha512=lambda _: made))

    return set_digest


def _r_for(s: int, h: int, a: Point) -> Point:
    """R = s B - h A."""
    return reference.add(
        reference.multiply(s, BASE), reference.negate(reference.multiply(h % ORDER, a))
    )


# Constants


def test_constants_are_what_their_formulas_say() -> None:
    """The field's and the curve's numbers, from RFC 8032 section 5.1."""
    assert P == 2**255 - 19
    assert MASK == 2**255 - 1
    assert -121665 * pow(121666, -1, P) % P == D
    assert D2 == 2 * D % P
    assert pow(2, (P - 1) // 4, P) == SQRT_M1
    assert SQRT_M1**2 % P == P - 1
    assert 2 * HALF % P == 1
    assert NIELS_IDENTITY == (HALF, HALF, 0)
    assert ORDER == 8 * L


def test_the_addition_law_is_complete() -> None:
    """-1 is a square modulo P and D is none: no two points of the curve are an exception."""
    assert pow(-1, (P - 1) // 2, P) == 1
    assert pow(D, (P - 1) // 2, P) == P - 1


def test_the_base_point_is_y_four_fifths_with_even_x() -> None:
    """B, and B_HIGH = 2**128 B, by the reference."""
    x, y, z, t = B
    assert 5 * y % P == 4
    assert x % 2 == 0
    assert (y * y - x * x - 1 - D * x * x * y * y) % P == 0
    assert (z, t) == (1, x * y % P)
    assert B == BASE
    assert B_HIGH[2] == 1
    assert B_HIGH[3] == B_HIGH[0] * B_HIGH[1] % P
    assert reference.same(B_HIGH, reference.multiply(2**128, BASE))


def test_l_is_the_order_of_b_and_8_l_that_of_the_curve() -> None:
    """L is prime and L B = 0; of L's multiples only 8 L is as near to P + 1 as Hasse demands."""
    odd = (L - 1) // 4  # L - 1 = 4 odd
    assert odd % 2 == 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        powers = [pow(base, odd << doubled, L) for doubled in range(2)]
        assert powers[0] == 1 or L - 1 in powers
    assert reference.is_neutral(reference.multiply(L, BASE))
    assert not reference.is_neutral(BASE)
    low, high = P + 1 - 2 * isqrt(P) - 1, P + 1 + 2 * isqrt(P) + 1
    assert [k for k in range(1, 20) if low <= k * L <= high] == [8]
    assert not reference.is_neutral(TORSION[4])  # there is an element of order 8: cyclic


def test_the_14_small_order_encodings_follow_from_the_8_points() -> None:
    """All spellings of the points whose order divides 8: y or y + P where that fits in 255 bits,
    with the sign bit of x, or with either when x = 0.
    """
    assert len(set(map(reference.encode, TORSION))) == 8
    spellings = [spelled for _, spelled in reference.small_order_spellings()]
    assert len(spellings) == len(SMALL_ORDER) == 14
    assert set(spellings) == SMALL_ORDER


def test_tables_have_room_for_every_scalar() -> None:
    """Scalars below L fit in BITS, and BITS in a comb with no column to spare."""
    assert L.bit_length() == BITS == 253
    for shape in (SMALL, LARGE):
        assert shape.teeth * shape.additions >= BITS
        assert shape.teeth * shape.blocks * (shape.columns - 1) < BITS


# The field


@given(FIELD, FIELD.filter(bool))
def test_a_square_root_is_one_or_there_is_none(u: int, v: int) -> None:
    """x with v x**2 = u when u / v is a square by Euler's criterion, else None."""
    x = square_root(u, v)
    square = u * pow(v, -1, P) % P
    if pow(square, (P - 1) // 2, P) == P - 1:
        assert x is None
    else:
        assert x is not None
        assert 0 <= x < P
        assert x * x % P == square


def test_square_roots_of_both_kinds_and_of_zero() -> None:
    """Both candidates of the RFC's step 3, a non-square, zero, and u below zero."""
    assert square_root(4, 1) in (2, P - 2)
    assert square_root(-1, 1) in (SQRT_M1, P - SQRT_M1)
    assert square_root(0, 5) == 0
    assert square_root(2, 1) is None
    assert square_root(-2, 1) is None


@given(FIELD)
def test_the_addition_chain_is_the_power(z: int) -> None:
    """z**((P - 5) / 8) modulo P, below 2**262."""
    power = _power_p58(z)
    assert power % P == pow(z, (P - 5) // 8, P)
    assert 0 <= power < 2**262


@given(FIELD, st.integers(1, 12), FIELD)
def test_repeated_squaring_stays_folded(z: int, times: int, factor: int) -> None:
    """z**(2**times) times a factor modulo P, below 2**268, and 2**262 for an even number."""
    found = _square_times(z, times, factor)
    assert found % P == pow(z, 2**times, P) * factor % P
    assert 0 <= found < 2 ** (268 if times % 2 else 262)


@given(st.lists(st.integers(-(2**300), 2**300).filter(lambda value: value % P), max_size=6))
def test_inverses_come_in_the_order_of_the_values(values: list[int]) -> None:
    """Each value has its own inverse, reduced or not; no values have none."""
    assert invert_all(values) == [pow(value, -1, P) for value in values]


# Points and encodings


def _around(encoded_y: int) -> Iterator[bytes]:
    for y in range(encoded_y - 40, encoded_y + 41):
        for sign_bit in (0, 1):
            if 0 <= y < 2**255:
                yield (y | sign_bit << 255).to_bytes(32, "little")


def test_decoding_is_rfc_8032_at_the_edges() -> None:
    """Every encoding near y = 0, near y = P and up to 2**255 - 1, with both sign bits."""
    edges = [*_around(0), *_around(P), *_around(2**255 - 1), *SMALL_ORDER]
    for encoded in edges:
        assert decode(encoded) == reference.decode(encoded)
    accepted = [encoded for encoded in edges if decode(encoded) is not None]
    assert 0 < len(accepted) < len(edges)


@given(st.binary(min_size=32, max_size=32))
def test_decoding_is_rfc_8032_anywhere(encoded: bytes) -> None:
    """Any 32 bytes: the same point or the same refusal, and one spelling for each point."""
    point = decode(encoded)
    assert point == reference.decode(encoded)
    if point is not None:
        assert encode(*point[:2]) == encoded


@pytest.mark.parametrize("y", [1, P - 1])
def test_minus_zero_is_no_encoding(y: int) -> None:
    """Attack: x = 0 with the sign bit set is a second spelling of the same point."""
    assert decode(y.to_bytes(32, "little")) is not None
    assert decode((y | 1 << 255).to_bytes(32, "little")) is None


@given(POINTS, POINTS)
def test_addition_doubling_and_negation_are_the_references(p: Point, q: Point) -> None:
    """For all pairs, equal, opposite and of small order: the formulas have no exception."""
    assert reference.same(add(p, q), reference.add(p, q))
    assert reference.same(double(p), reference.add(p, p))
    assert reference.is_neutral(add(p, negate(p)))
    for x, y, z, t in (add(p, q), double(p), negate(p)):
        assert (x * y - z * t) % P == 0
        assert z % P


def test_kept_points_are_halves_of_sum_and_difference() -> None:
    """`to_niels`: ((y + x) / 2, (y - x) / 2, D x y) of every point, whatever its Z."""
    points = [*TORSION, reference.multiply(SCALAR, BASE), B]
    for point, (yx, ym, td) in zip(points, to_niels(points), strict=True):
        inverse = pow(point[2], -1, P)
        x, y = point[0] * inverse % P, point[1] * inverse % P
        assert (2 * yx - y - x) % P == (2 * ym - y + x) % P == 0
        assert td == D * x * y % P
    assert to_niels([]) == []
    assert to_niels([(0, 1, 1, 0)]) == [NIELS_IDENTITY]


def test_the_plain_reference_agrees_with_the_plainer_one() -> None:
    """The reference's extended coordinates against the affine formulas of the generator."""
    for scalar in (SCALAR, L - 1, 2):
        affine = reference.affine_multiple(scalar)
        assert reference.encode(reference.multiply(scalar, BASE)) == affine


# Attack: a second spelling of a point, y >= P (no public vector catches its acceptance)


def _large_y() -> list[bytes]:
    """All 24 spellings with y >= P of points: y = P + 0 … P + 18."""
    return [
        ((P + y) | sign_bit << 255).to_bytes(32, "little")
        for y in range(19)
        for sign_bit in (0, 1)
        if reference.decode(y.to_bytes(32, "little")) is not None
    ]


LARGE_Y = _large_y()


def test_there_are_24_spellings_with_large_y_and_20_are_not_small_order() -> None:
    """What the next tests try is all there is."""
    assert len(LARGE_Y) == 24
    assert sum(encoded in SMALL_ORDER for encoded in LARGE_Y) == 4


@pytest.mark.parametrize("encoded", LARGE_Y, ids=bytes.hex)
def test_a_spelling_with_large_y_is_refused_by_each_check_alone(encoded: bytes) -> None:
    """The filter refuses it as a key, and decoding refuses it by itself."""
    signature = sign(SEED, MESSAGE)
    assert admissible(public_key(SEED), signature)
    assert not admissible(encoded, signature)
    assert decode(encoded) is None


@pytest.mark.parametrize("encoded", LARGE_Y, ids=bytes.hex)
def test_a_key_with_large_y_verifies_nothing_even_where_the_equation_holds(
    hashes_to: Callable[[int], None], encoded: bytes
) -> None:
    """Attack: one key under two names. The canonical spelling is accepted with the same R and s
    (h is the attacker's), unless it is of small order; this one is not.
    """
    h, s = L - 12345, 2**251 + 67890
    point = _point(encoded)
    signature = reference.encode(_r_for(s, h, point)) + s.to_bytes(32, "little")
    hashes_to(h)
    assert _accepted(reference.encode(point), MESSAGE, signature) != (encoded in SMALL_ORDER)
    assert not _accepted(encoded, MESSAGE, signature)


@pytest.mark.parametrize("encoded", LARGE_Y, ids=bytes.hex)
def test_an_r_with_large_y_is_refused_even_where_the_equation_holds(
    hashes_to: Callable[[int], None], encoded: bytes
) -> None:
    """Attack: a second signature made from the first by spelling R anew (malleability)."""
    h, s = L - 12346, 2**251 + 67890
    point = _point(encoded)
    # A = (s B - R) / h, so that the equation holds; h is odd and hence has an inverse.
    inverse = pow(h, -1, ORDER)
    a = reference.multiply(
        inverse, reference.add(reference.multiply(s, BASE), reference.negate(point))
    )
    key = reference.encode(a)
    hashes_to(h)
    scalar = s.to_bytes(32, "little")
    canonical = reference.encode(point)
    assert _accepted(key, MESSAGE, canonical + scalar) != (encoded in SMALL_ORDER)
    assert not _accepted(key, MESSAGE, encoded + scalar)


# Attack: points of small order


@pytest.mark.parametrize("encoded", sorted(SMALL_ORDER), ids=bytes.hex)
def test_a_key_of_small_order_signs_nothing(encoded: bytes) -> None:
    """Attack: a key under which one signature holds for one message in eight, for everybody.

    The forged signature meets the equation; only the filter refuses it.
    """
    nonce = 987654321
    r = reference.encode(reference.multiply(nonce, BASE))
    message = next(
        message
        for message in _messages()
        if _equation_holds(encoded, message, r + nonce.to_bytes(32, "little"))
    )
    signature = r + nonce.to_bytes(32, "little")
    assert not admissible(encoded, signature)
    assert not _accepted(encoded, message, signature)


@pytest.mark.parametrize("encoded", sorted(SMALL_ORDER), ids=bytes.hex)
def test_an_r_of_small_order_is_refused_where_the_equation_holds(encoded: bytes) -> None:
    """Attack: the key's owner leaves out the nonce; with a mixed key each R can be met."""
    key = _key(SCALAR, 1)
    message = next(
        message
        for message in _messages()
        if _equation_holds(key, message, _answer(encoded, 0, key, message))
    )
    signature = _answer(encoded, 0, key, message)
    assert not admissible(key, signature)
    assert not _accepted(key, message, signature)


@pytest.mark.parametrize("j", range(8))
@pytest.mark.parametrize("k", range(8))
def test_parts_of_small_order_are_judged_without_the_cofactor(j: int, k: int) -> None:
    """A = a B + j T and R = r B + k T, s = r + h a: accepted when h j + k = 0 (mod 8) and only
    then. Multiplying by the cofactor, or by an even number, would accept all of them.
    """
    key, nonce = _key(SCALAR, j), 1122334455
    r = _key(nonce, k)
    seen = set()
    for message in (b"%d" % number for number in range(200)):
        h = hash_mod_l(r, key, message)
        holds = (h * j + k) % 8 == 0
        if holds not in seen:
            seen.add(holds)
            signature = _answer(r, nonce, key, message)
            assert _accepted(key, message, signature) == holds
            assert reference.verify(key, message, signature) == holds
    assert (True in seen) == (k % gcd(j, 8) == 0)
    assert (False in seen) == bool(j or k)


def test_multiplying_by_an_even_number_would_hide_parts_of_small_order() -> None:
    """The control of the test before: 2 T', 4 T' and 8 T' do vanish for some T' that do not."""
    assert not reference.is_neutral(TORSION[4])
    assert reference.is_neutral(reference.multiply(2, TORSION[4]))
    assert reference.is_neutral(reference.multiply(4, TORSION[2]))
    assert reference.is_neutral(reference.multiply(8, TORSION[1]))


# Attack: a second s


def test_s_is_below_l() -> None:
    """Attack: s + L, s + 2 L … are other signatures of the same equation (malleability)."""
    key, signature = public_key(SEED), sign(SEED, MESSAGE)
    s = int.from_bytes(signature[32:], "little")
    assert _accepted(key, MESSAGE, signature, large=True)
    for more in range(1, (2**256 - 1 - s) // L + 1):
        other = signature[:32] + (s + more * L).to_bytes(32, "little")
        assert _equation_holds(key, MESSAGE, other)
        assert not admissible(key, other)
        assert not _accepted(key, MESSAGE, other, large=True)


@pytest.mark.parametrize("s", [0, 1, L - 1, L, L + 1, 2**252, 2**253 - 1, 2**253, 2**255])
def test_s_at_its_bound(hashes_to: Callable[[int], None], s: int) -> None:
    """s = 0 and s = L - 1 are allowed where the equation holds; L and more are not."""
    hashes_to(5)
    r = _r_for(s, 5, reference.multiply(SCALAR, BASE))
    signature = reference.encode(r) + s.to_bytes(32, "little")
    assert _accepted(_key(), MESSAGE, signature) == (s < L)


# The filter, rule by rule


def test_the_filter_admits_what_an_honest_signer_makes() -> None:
    """The control of the tests below."""
    assert admissible(public_key(SEED), sign(SEED, MESSAGE))
    assert len(public_key(SEED)) == KEY_BYTES
    assert len(sign(SEED, MESSAGE)) == SIGNATURE_BYTES


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_the_filter_wants_a_key_of_32_bytes(length: int) -> None:
    """A key cut short, or with more after it (zeros, or itself again), is not admitted."""
    key, signature = public_key(SEED), sign(SEED, MESSAGE)
    for wrong in ((key * 2)[:length], (key + bytes(32))[:length]):
        assert not admissible(wrong, signature)
        assert not _accepted(wrong, MESSAGE, signature)


@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 96, 128])
def test_the_filter_wants_a_signature_of_64_bytes(length: int) -> None:
    """A signature cut short, or with more after it (zeros, or itself again), is not admitted."""
    key, signature = public_key(SEED), sign(SEED, MESSAGE)
    for wrong in ((signature * 2)[:length], (signature + bytes(64))[:length]):
        assert not admissible(key, wrong)
        assert not _accepted(key, MESSAGE, wrong)


def test_a_short_s_that_says_the_same_number_is_refused(hashes_to: Callable[[int], None]) -> None:
    """Attack: zeros left off the end of s. It is 64 bytes or nothing."""
    hashes_to(5)
    signature = reference.encode(_r_for(7, 5, reference.multiply(SCALAR, BASE))) + b"\7"
    assert _accepted(_key(), MESSAGE, signature + bytes(31))
    assert not _accepted(_key(), MESSAGE, signature)
    assert not _accepted(_key(), MESSAGE, signature + bytes(32))


@pytest.mark.parametrize("s", [L - 1, L])
def test_the_filter_wants_s_below_l(s: int) -> None:
    """L - 1 is the largest."""
    signature = sign(SEED, MESSAGE)[:32] + s.to_bytes(32, "little")
    assert admissible(public_key(SEED), signature) == (s == L - 1)


@pytest.mark.parametrize("sign_bit", [0, 1])
@pytest.mark.parametrize("y", [P - 2, P + 2, P + 18])
def test_the_filter_wants_y_below_p_in_the_key(y: int, sign_bit: int) -> None:
    """P + 2 is on no list, and is refused for its size; P - 2 is not, point or no point."""
    key = (y | sign_bit << 255).to_bytes(32, "little")
    assert key not in SMALL_ORDER
    assert admissible(key, sign(SEED, MESSAGE)) == (y < P)


@pytest.mark.parametrize("encoded", sorted(SMALL_ORDER), ids=bytes.hex)
def test_the_filter_wants_neither_key_nor_r_of_small_order(encoded: bytes) -> None:
    """Each encoding in each place, with the rest an honest signer's."""
    key, signature = public_key(SEED), sign(SEED, MESSAGE)
    assert not admissible(encoded, signature)
    assert not admissible(key, encoded + signature[32:])


# What may be asked


def test_one_bit_changed_in_a_signature() -> None:
    """Every single bit of R and s counts."""
    key, signature = public_key(SEED), int.from_bytes(sign(SEED, MESSAGE), "little")
    for bit in range(512):
        assert not _accepted(key, MESSAGE, (signature ^ 1 << bit).to_bytes(64, "little"))


def test_one_bit_changed_in_a_key() -> None:
    """No other key takes the signature, whether it is a point or not."""
    key, signature = int.from_bytes(public_key(SEED), "little"), sign(SEED, MESSAGE)
    for bit in [*range(0, 256, 5), 254]:
        assert not _accepted((key ^ 1 << bit).to_bytes(32, "little"), MESSAGE, signature)


@pytest.mark.parametrize("length", [0, 1, 32, 63, 64, 65, 127, 128, 129, 100_000])
def test_a_message_of_any_length(length: int) -> None:
    """None at all, around the block of SHA-512, and a long one: signed, verified, not mixed up."""
    message = (b"0123456789" * (length // 10 + 1))[:length]
    key, signature = public_key(SEED), sign(SEED, message)
    assert signature == reference.sign(SEED, message)
    assert _accepted(key, message, signature)
    assert not _accepted(key, message + b"\0", signature)
    assert not _accepted(key, b"\0" + message, signature)


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    """It is taken, told back, prepared, and refuses every signature."""
    encoded = next(key for key in _around(100) if reference.decode(key) is None)
    assert admissible(encoded, sign(SEED, MESSAGE))
    for key in (encoded, b"", bytes(31), bytes(33)):
        held = PublicKey(key)
        assert bytes(held) == key
        held.prepare(LARGE_AFTER + 1)
        assert held._comb is None
        assert not held.verify(MESSAGE, sign(SEED, MESSAGE))
        assert held.verify_batch([(MESSAGE, sign(SEED, MESSAGE))] * 20) == [False] * 20
        assert not verify(key, MESSAGE, sign(SEED, MESSAGE))


def test_an_r_that_is_no_point_is_refused(hashes_to: Callable[[int], None]) -> None:
    """It is 32 bytes that no sum is encoded as."""
    hashes_to(5)
    for r in [r for r in _around(100) if reference.decode(r) is None][:8]:
        assert admissible(_key(), r + bytes(32))
        assert not _accepted(_key(), MESSAGE, r + bytes(32))


@pytest.mark.parametrize("wrong", ["text", bytearray(64), memoryview(bytes(64)), None, 64, [0]])
@pytest.mark.parametrize(
    "key", [reference.public_key(SEED), bytes(32), b""], ids=["good", "small", "short"]
)
def test_what_is_not_bytes_is_a_mistake_of_the_caller(wrong: Any, key: bytes) -> None:
    """TypeError with the argument's name, even where the answer would be no anyway."""
    signature = sign(SEED, MESSAGE)
    with pytest.raises(TypeError, match="public_key must be bytes, not "):
        PublicKey(wrong)
    with pytest.raises(TypeError, match="public_key must be bytes, not "):
        verify(wrong, MESSAGE, signature)
    for held in (PublicKey(key), _small(key)):
        with pytest.raises(TypeError, match="message must be bytes, not "):
            held.verify(wrong, signature)
        with pytest.raises(TypeError, match="signature must be bytes, not "):
            held.verify(MESSAGE, wrong)
        with pytest.raises(TypeError, match="message must be bytes, not "):
            held.verify_batch([(MESSAGE, signature), (wrong, signature)])
        with pytest.raises(TypeError, match="signature must be bytes, not "):
            held.verify_batch([(MESSAGE, signature), (MESSAGE, wrong)])
    with pytest.raises(TypeError, match="message must be bytes, not "):
        verify(key, wrong, signature)
    with pytest.raises(TypeError, match="signature must be bytes, not "):
        verify(key, MESSAGE, wrong)


def test_kinds_of_bytes_are_bytes() -> None:
    """A subclass is taken for what it holds, and the key is told back as plain bytes."""

    class Kind(bytes):
        __slots__ = ()

    key, signature = Kind(public_key(SEED)), Kind(sign(SEED, MESSAGE))
    assert _accepted(key, Kind(MESSAGE), signature)
    assert not _accepted(key, Kind(b"another"), signature)
    assert type(bytes(PublicKey(key))) is bytes
    assert not _accepted(Kind(bytes(32)), Kind(MESSAGE), signature)
    assert not _accepted(key, Kind(MESSAGE), Kind(bytes(32) + signature[32:]))


# Half-size scalars


def _check_half_size(h: int) -> tuple[int, int]:
    u, v = half_size(h)
    assert (u - v * h) % ORDER == 0
    assert v % 2 == 1
    assert gcd(v, ORDER) == 1
    assert 0 <= u < 2**128
    assert abs(v) < ORDER
    return u, v


@given(SCALARS)
def test_half_size_scalars_stand_for_h(h: int) -> None:
    """u = v h (mod 8 L), u of at most 128 bits, and v invertible modulo 8 L: odd, not k L."""
    _check_half_size(h)


def test_half_size_scalars_stand_for_h_at_the_edges() -> None:
    """All edges, and every h near L / 8, L / 4 … L, where a quotient is as large as can be."""
    for h in EDGES:
        _check_half_size(h)
    for eighth in range(9):
        for more in range(-20, 21):
            if 0 <= (h := eighth * L // 8 + more) < L:
                _check_half_size(h)
    assert half_size(0) == (0, 1)
    assert half_size(2**128 - 1) == (2**128 - 1, 1)


def test_half_size_scalars_are_short_and_come_both_ways() -> None:
    """Of 4,000 random h: v below 2**127 on average, above 2**130 for fewer than one in thirty,
    and of either sign. The last step of Euclid's algorithm taken whole would make it one in 21.
    """
    rng = random.Random(25519)
    found = [_check_half_size(rng.randrange(L))[1] for _ in range(4000)]
    sizes = [abs(v).bit_length() for v in found]
    assert {v > 0 for v in found} == {True, False}
    assert sum(sizes) / len(sizes) < 127
    assert sum(size > 130 for size in sizes) < len(sizes) / 30


def test_some_h_have_no_short_odd_v_and_are_answered_all_the_same(
    hashes_to: Callable[[int], None],
) -> None:
    """h = L - 1: (8, -8) is a short pair, and every odd v is long. The answer is still right."""
    _, v = _check_half_size(L - 1)
    assert abs(v).bit_length() > 240
    hashes_to(L - 1)
    for j in (0, 1):
        a = reference.add(reference.multiply(SCALAR, BASE), TORSION[j])
        for k in range(8):
            r = reference.add(_r_for(3, L - 1, a), TORSION[k])
            signature = reference.encode(r) + (3).to_bytes(32, "little")
            assert _accepted(_key(SCALAR, j), MESSAGE, signature) == (k == 0)


# Bounds on values that are only folded


class Watched(int):
    """An integer that makes everything computed from it one too, and notes how long it gets."""

    longest = 0


def _watch(name: str) -> Callable[..., Any]:
    plain = getattr(int, name)

    def operation(*values: Any) -> Any:
        if name in ("__mul__", "__rmul__") and 19 not in values:  # 19 belongs to folding
            Watched.longest = max(Watched.longest, *(int(one).bit_length() for one in values))
            assert Watched.longest < 1000, "a value is not folded, and grows without end"
        return Watched(plain(*values))

    return operation


for _operation in ("add", "sub", "mul", "and", "rshift", "mod"):
    for _name in (f"__{_operation}__", f"__r{_operation}__"):
        setattr(Watched, _name, _watch(_name))
Watched.__neg__ = _watch("__neg__")  # type: ignore[method-assign]


def _watched_comb(held: Comb) -> Comb:
    return held._replace(
        tables=[
            {name: tuple(map(Watched, point)) for name, point in table.items()}
            for table in held.tables
        ]
    )


@pytest.mark.parametrize("shape", [SMALL, Shape(5, 4)], ids=["one block", "four blocks"])
def test_values_in_a_comb_stay_as_short_as_it_says(shape: Shape) -> None:
    """Results of the first addition below 2**273 give the second one factors below 2**279; what
    it leaves is below 2**256. One fold left out anywhere, and factors grow beyond.
    """
    rng = random.Random(273)
    base, held = _watched_comb(comb.base_comb(shape)), _watched_comb(_comb(shape))
    Watched.longest = 0
    for s, h in [(rng.randrange(L), rng.randrange(L)) for _ in range(10)] + [(L - 1, L - 1)]:
        point = double_multiply(s, base, h, held)
        assert all(type(value) is Watched for value in point)
        assert all(abs(value) < 2**256 for value in point)
    assert 270 < Watched.longest <= 279


def test_values_in_straus_stay_as_short_as_it_says() -> None:
    """No factor of a product reaches 2**290; what comes out is reduced."""
    rng = random.Random(264)
    point = reference.multiply(SCALAR, BASE)
    Watched.longest = 0
    for _ in range(10):
        terms = [
            (scalar, [tuple(map(Watched, one)) for one in multiples])
            for scalar, multiples in (
                *base_terms(rng.randrange(L)),
                (-rng.randrange(2**128), odd_multiples(point)),
            )
        ]
        found = straus(terms)
        assert all(type(value) is Watched for value in found)
        assert all(0 <= value < P for value in found)
    assert 270 < Watched.longest <= 290


def test_values_in_the_addition_chain_stay_as_short_as_it_says() -> None:
    """No factor of a product reaches 2**340."""
    rng = random.Random(252)
    Watched.longest = 0
    for z in (1, 2, P - 1, P - 2, *(rng.randrange(P) for _ in range(20))):
        assert type(_power_p58(Watched(z))) is Watched
    assert 300 < Watched.longest <= 340


def test_odd_multiples_stay_as_short_as_they_say() -> None:
    """No factor reaches 2**266, and no multiple 2**262, in size."""
    Watched.longest = 0
    for j in range(8):
        start = reference.add(reference.multiply(SCALAR + j, BASE), TORSION[j])
        for multiples in odd_multiples(tuple(map(Watched, start)), 7):
            assert all(type(value) is Watched for value in multiples)
            assert all(abs(value) < 2**262 for value in multiples)
    assert 255 < Watched.longest <= 266


# Straus


def _sum(terms: list[tuple[int, Point]]) -> Point:
    total = reference.multiply(0, BASE)
    for scalar, point in terms:
        signed = point if scalar >= 0 else reference.negate(point)
        total = reference.add(total, reference.multiply(abs(scalar), signed))
    return total


SIGNED = st.builds(lambda scalar, minus: -scalar if minus else scalar, SCALARS, st.booleans())


@settings(max_examples=60)
@given(st.lists(st.tuples(SIGNED, POINTS, st.integers(2, 7)), max_size=3))
def test_straus_is_the_sum_of_multiples(terms: list[tuple[int, Point, int]]) -> None:
    """Scalars of either sign and length, points of any order, every width, and no terms at all."""
    found = straus((scalar, odd_multiples(point, width)) for scalar, point, width in terms)
    assert reference.same(found, _sum([(scalar, point) for scalar, point, _ in terms]))
    x, y, z, t = found
    assert all(0 <= value < P for value in found)
    assert (x * y - z * t) % P == 0


@pytest.mark.parametrize("scalar", [*EDGES, 2**253 - 1, 2**254 - 8, 2**255 - 1, 2**256 - 1])
def test_two_terms_add_up_to_a_multiple_of_the_base_point(scalar: int) -> None:
    """`base_terms` at the edges of both halves, up to 256 bits."""
    found = straus(base_terms(scalar))
    assert reference.same(found, reference.multiply(scalar, BASE))


@pytest.mark.parametrize("scalar", EDGES)
def test_straus_at_the_edges(scalar: int) -> None:
    """Carries out of the top: scalars of all ones, of either sign, on a point of mixed order."""
    point = reference.add(reference.multiply(SCALAR, BASE), TORSION[1])
    for signed in (scalar, -scalar):
        found = straus([(signed, odd_multiples(point))])
        assert reference.same(found, _sum([(signed, point)]))


def _check_multiples(multiples: list[Cached], point: Point, width: int) -> None:
    """Each of them; of many, the first and last of either sign."""
    count = 2 ** (width - 2)
    assert len(multiples) == 2 * count
    for at in {*range(min(count, 20)), *range(max(0, count - 20), count)}:
        x, y, z, t = reference.multiply(2 * at + 1, point)
        for (yx, ym, zz, td), s in ((multiples[at], 1), (multiples[-1 - at], -1)):
            assert ((yx - ym) * z - s * x * zz) % P == 0
            assert ((yx + ym) * z - y * zz) % P == 0
            assert (td * z - s * D * t * zz) % P == 0


def test_odd_multiples_are_odd_multiples() -> None:
    """1, 3, 5 … and … -5, -3, -1 times the point, in the form that an addition wants, for each
    width; and those of the base point and of 2**128 times it.
    """
    point = reference.add(reference.multiply(SCALAR, BASE), TORSION[3])
    for width in (2, 3, 5, 6):
        multiples = odd_multiples(point, width)
        _check_multiples(multiples, point, width)
    high = reference.multiply(2**128, BASE)
    for width in (2, BASE_WIDTH, BASE_WIDTH_LATER):
        of_base, of_high = base_multiples(width)
        _check_multiples(of_base, BASE, width)
        _check_multiples(of_high, high, width)


@pytest.mark.parametrize("scalar", [0, 1, 2**128 - 1, 2**128, L - 1, 2**256 - 1, 3 << 126])
def test_larger_tables_of_the_base_point_come_with_use(
    monkeypatch: pytest.MonkeyPatch, scalar: int
) -> None:
    """After so many uses, and every scalar gives the same point with both."""
    monkeypatch.setattr(straus_module, "_uses", count(LATER_AFTER - 1))
    before, after = base_terms(scalar), base_terms(scalar)
    assert [len(multiples) for _, multiples in (*before, *after)] == [32, 32, 2048, 2048]
    expected = reference.multiply(scalar, BASE)
    assert reference.same(straus(before), expected)
    assert reference.same(straus(after), expected)


# Combs


@cache
def _comb(shape: Shape, j: int = 0) -> Comb:
    return make_comb(reference.add(reference.multiply(SCALAR, BASE), TORSION[j]), shape)


def _check_comb(shape: Shape, s: int, h: int, j: int) -> None:
    x, y, z = double_multiply(s, comb.base_comb(shape), h, _comb(shape, j))
    a = reference.add(reference.multiply(SCALAR, BASE), TORSION[j])
    expected = reference.add(reference.multiply(s, BASE), reference.multiply(h, a))
    assert reference.same((x, y, z, 0), expected)


TOP = [2**BITS - 1, 2**BITS - 2**128, 2**252 + 2**251]
"""Scalars that are not below L but fit in a comb."""


@pytest.mark.parametrize("shape", [SMALL, LARGE], ids=["small", "large"])
def test_combs_are_right_at_the_edges(shape: Shape) -> None:
    """Each edge as s and as h, with 0, 1, all ones and itself in the other place."""
    for at, edge in enumerate([*EDGES, *TOP]):
        other = [0, 1, L - 1, 2**BITS - 1, edge][at % 5]
        _check_comb(shape, edge, other, 0)
        _check_comb(shape, other, edge, 1)


@settings(max_examples=60)
@given(
    SHAPES | st.sampled_from([SMALL, LARGE]),
    SCALARS | st.integers(0, 2**BITS - 1),
    SCALARS,
    st.integers(0, 1),
)
def test_combs_of_every_shape_add_both_multiples(shape: Shape, s: int, h: int, j: int) -> None:
    """s B + h A by tables, whatever teeth and blocks, for a key with and without torsion."""
    _check_comb(shape, s, h, j)


@pytest.mark.parametrize("j", range(8))
def test_combs_of_points_of_small_order(j: int) -> None:
    """The tables of j T are full of neutral elements and equal points; sums come out right."""
    shape = Shape(4, 3)
    held = make_comb(TORSION[j], shape)
    for s, h in ((0, 0), (0, 5), (7, 8), (L - 1, 2**BITS - 1)):
        x, y, z = double_multiply(s, held, h, held)
        assert reference.same((x, y, z, 0), reference.multiply((s + h) % 8, TORSION[j]))


@given(SHAPES, st.integers(0, 2**BITS - 1))
def test_what_a_comb_picks_adds_up(shape: Shape, scalar: int) -> None:
    """A point for each column and block, from the block's own table, none left out."""
    held = comb.base_comb(shape)
    picked = held.pick(scalar)
    assert len(picked) == shape.additions
    for at, point in enumerate(picked):
        assert point in held.tables[at % shape.blocks].values()
    assert [len(table) for table in held.tables] == [2**shape.teeth] * shape.blocks


# Every number that h can be


@pytest.mark.parametrize("h", EDGES)
def test_every_way_agrees_at_the_edges_of_h(hashes_to: Callable[[int], None], h: int) -> None:
    """h at its edges, as it is and with multiples of L added by the hash, s at its own, and a
    key with a part of small order: accepted, and refused when R is off by any part of that kind.
    """
    key = _key(SCALAR, 1)
    a = reference.add(reference.multiply(SCALAR, BASE), TORSION[1])
    s = [0, 1, L - 1, SCALAR][h % 4]
    r = _r_for(s, h, a)
    if reference.small_order(r):  # h = 0 and s = 0
        s, r = 2, _r_for(2, h, a)
    ending = s.to_bytes(32, "little")
    for digest in (h, h + L, h + (2**512 // L - 1) * L):
        hashes_to(digest)
        assert _accepted(key, MESSAGE, reference.encode(r) + ending, large=True)
        for k in (1, 2, 4, 7):
            other = reference.encode(reference.add(r, TORSION[k]))
            assert not _accepted(key, MESSAGE, other + ending, large=True)
        minus = reference.encode(reference.negate(r))
        assert not _accepted(key, MESSAGE, minus + ending, large=True)


@pytest.mark.parametrize("scalar", [1, 2, 8, L - 1, L - 2, 2**252, SCALAR])
@pytest.mark.parametrize("nonce", [1, 2, L - 1, 2**128])
def test_every_way_agrees_for_special_keys_and_nonces(scalar: int, nonce: int) -> None:
    """A = B, A = -B, R = A and their kind: sums of equal and of opposite points on the way."""
    key, r = _key(scalar), _key(nonce)
    signature = _answer(r, nonce, key, MESSAGE, scalar)
    assert reference.verify(key, MESSAGE, signature)
    assert _accepted(key, MESSAGE, signature)
    assert not _accepted(key, b"another", signature)


# Tables come with use


@pytest.fixture
def makings(monkeypatch: pytest.MonkeyPatch) -> list[Shape]:
    """The shapes of the tables that are made, in order; the base point's too, if not made yet."""
    made: list[Shape] = []

    def making(point: Point, shape: Shape) -> Comb:
        made.append(shape)
        return make_comb(point, shape)

    monkeypatch.setattr(comb, "make_comb", making)
    return made


def test_tables_come_after_so_many_signatures(
    monkeypatch: pytest.MonkeyPatch, makings: list[Shape]
) -> None:
    """None up to SMALL_AFTER, small ones up to LARGE_AFTER, then large ones, each made once; and
    the answers, yes and no in turn, are the same throughout.
    """
    large = Shape(5, 3)
    monkeypatch.setattr(comb, "LARGE", large)
    monkeypatch.setattr(keys, "LARGE_AFTER", 25)
    for shape in (SMALL, large):
        comb.base_comb(shape)
    makings.clear()
    held, signature = PublicKey(public_key(SEED)), sign(SEED, MESSAGE)
    for used in range(1, 40):
        good = used % 2 == 0
        assert held.verify(MESSAGE if good else b"another", signature) == good
        expected = None if used <= SMALL_AFTER else SMALL if used <= 25 else large
        assert (held._comb.shape if held._comb else None) == expected
    assert makings == [SMALL, large]


def test_what_the_filter_refuses_is_no_use_of_a_key(makings: list[Shape]) -> None:
    """Attack: rubbish in great number makes nobody build tables."""
    held, signature = PublicKey(public_key(SEED)), sign(SEED, MESSAGE)
    rubbish = signature[:32] + b"\xff" * 32
    for _ in range(SMALL_AFTER + 1):
        assert not held.verify(MESSAGE, rubbish)
    assert held.verify_batch([(MESSAGE, rubbish)] * (LARGE_AFTER + 1)).count(True) == 0
    assert held._comb is None
    assert makings == []


def test_tables_for_fewer_than_no_signatures_are_a_mistake_of_the_caller() -> None:
    held = PublicKey(public_key(SEED))
    with pytest.raises(ValueError, match="negative: -1"):
        held.prepare(-1)


@pytest.mark.parametrize(
    ("signatures", "shape"),
    [
        (0, None),
        (SMALL_AFTER, None),
        (SMALL_AFTER + 1, SMALL),
        (LARGE_AFTER, SMALL),
        (LARGE_AFTER + 1, LARGE),
    ],
)
def test_tables_may_be_asked_for(signatures: int, shape: Shape | None) -> None:
    """`prepare` makes at once the tables that pay for so many, and a batch of so many as well."""
    held, batched = _prepared(public_key(SEED), signatures), PublicKey(public_key(SEED))
    assert (held._comb.shape if held._comb else None) == shape
    if signatures <= SMALL_AFTER + 1:
        good = (MESSAGE, sign(SEED, MESSAGE))
        assert batched.verify_batch([good] * signatures) == [True] * signatures
        assert (batched._comb.shape if batched._comb else None) == shape


def test_the_function_remembers_keys_met_lately(makings: list[Shape]) -> None:
    """`verify` reaches tables too, and a key that was forgotten starts again."""
    key, signature = public_key(SEED), sign(SEED, MESSAGE)
    keys._remembered.cache_clear()
    assert all(verify(key, MESSAGE, signature) for _ in range(SMALL_AFTER + 1))
    assert keys._remembered(key)._comb is not None
    for scalar in range(1, KEPT_KEYS + 1):
        assert not verify(_key(scalar), MESSAGE, signature)
    assert keys._remembered(key)._comb is None
    assert keys._remembered.cache_info().currsize == KEPT_KEYS
    assert verify(key, MESSAGE, signature)


def test_threads_that_share_a_key_get_the_same_answers() -> None:
    """Tables that appear under way, in one thread or in another, change no answer."""
    held, signature = PublicKey(public_key(SEED)), sign(SEED, MESSAGE)
    wrong: list[int] = []

    def work() -> None:
        for number in range(30):
            good = number % 3 == 0
            if held.verify(MESSAGE if good else b"another", signature) != good:
                wrong.append(number)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert held._comb is not None


def test_importing_builds_no_table() -> None:
    """A fresh process that imports `pithcore` has made no comb, no multiples, and kept no key."""
    program = (
        "import gc, sys, pithcore\n"
        "from pithcore.ed25519 import comb, keys, straus\n"
        "sizes = [made.cache_info().currsize for made in\n"
        "         (comb.base_comb, keys._remembered, straus.base_multiples)]\n"
        "combs = sum(isinstance(one, comb.Comb) for one in gc.get_objects())\n"
        "print(*sizes, combs)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ran.stdout.split(), ran.stderr) == (["0"] * 4, "")


# Batches


def _mixed() -> list[tuple[tuple[bytes, bytes], bool]]:
    """Signed messages of one key, good ones among all kinds of bad ones, each with its verdict."""
    key, found = public_key(SEED), []
    for number in range(12):
        message = b"message %d" % number
        signature = sign(SEED, message)
        s = int.from_bytes(signature[32:], "little")
        found += [
            ((message, signature), True),
            ((message + b"!", signature), False),
            ((message, signature[:32] + (s + L).to_bytes(32, "little")), False),
            ((message, signature[:-1]), False),
            ((message, bytes(32) + signature[32:]), False),
            ((message, (P + 3).to_bytes(32, "little") + signature[32:]), False),
            ((message, reference.encode(TORSION[3]) + signature[32:]), False),
            ((message, _answer(_key(77, 4), 77, key, message, 1)), False),
        ]
    random.Random(8032).shuffle(found)
    return found


@pytest.mark.parametrize("prepared", [PublicKey, _small, _large], ids=["none", "small", "large"])
def test_a_batch_is_as_good_as_one_by_one(prepared: Callable[[bytes], PublicKey]) -> None:
    """The same verdicts in the same order, whatever stands beside a signature; of any iterable."""
    mixed = _mixed()
    signed, verdicts = [one for one, _ in mixed], [good for _, good in mixed]
    held = prepared(public_key(SEED))
    assert held.verify_batch(iter(signed)) == verdicts
    assert [held.verify(*one) for one in signed] == verdicts


def test_a_small_batch_is_as_good_as_one_by_one() -> None:
    """A few at a time, for which no tables are made."""
    mixed = _mixed()
    for start in range(0, len(mixed), SMALL_AFTER):
        held, some = PublicKey(public_key(SEED)), mixed[start : start + SMALL_AFTER]
        assert held.verify_batch([one for one, _ in some]) == [good for _, good in some]
        assert held._comb is None


@pytest.mark.parametrize("prepared", [0, SMALL_AFTER + 1])
def test_batches_of_nothing_and_of_rubbish(prepared: int) -> None:
    """No signatures have no verdicts; signatures refused by the filter need no inverse."""
    held = _prepared(public_key(SEED), prepared)
    assert held.verify_batch([]) == []
    assert held.verify_batch([(MESSAGE, b""), (b"", bytes(64))]) == [False, False]


def test_errors_that_cancel_are_not_accepted_in_a_batch() -> None:
    """Attack: two signatures off by T and -T, or by B and -B: their sum holds, neither does."""
    key, nonce = public_key(SEED), 4711
    scalar = reference.secret_scalar(SEED)
    signed = []
    for j, more in ((1, 0), (7, 0), (0, 1), (0, L - 1)):
        r = _key(nonce, j)
        signature = _answer(r, nonce + more, key, MESSAGE, scalar)
        signed.append((MESSAGE, signature))
    right = _answer(_key(nonce), nonce, key, MESSAGE, scalar)
    for prepared in (0, SMALL_AFTER + 1):
        held = _prepared(key, prepared)
        assert held.verify_batch([*signed, (MESSAGE, right)]) == [False] * 4 + [True]


# Signing


@pytest.mark.parametrize("seed", [bytes(32), b"\xff" * 32, SEED, bytes(range(200, 232))])
def test_signing_is_the_references(seed: bytes) -> None:
    """The same key and the same signatures byte for byte, and they verify."""
    key = public_key(seed)
    assert key == reference.public_key(seed)
    for message in (b"", MESSAGE):
        signature = sign(seed, message)
        assert signature == reference.sign(seed, message)
        assert _accepted(key, message, signature)
        assert reference.verify(key, message, signature)


def test_a_secret_scalar_is_clamped() -> None:
    """RFC 8032 section 5.1.5: a multiple of 8 between 2**254 and 2**255."""
    for seed in (bytes(32), SEED, b"\xff" * 32):
        scalar = reference.secret_scalar(seed)
        assert scalar % 8 == 0
        assert scalar.bit_length() == 255
        assert reference.encode(reference.multiply(scalar, BASE)) == public_key(seed)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_has_32_bytes(length: int) -> None:
    """Other lengths (64: seed and key together, as some keep them) are refused in a sentence."""
    assert length != SEED_BYTES
    for use in (public_key, lambda seed: sign(seed, MESSAGE)):
        with pytest.raises(KeyringError, match=f"has 32 bytes, not {length}") as caught:
            use(bytes(length))
        assert isinstance(caught.value, PithError)


def test_signing_wants_bytes() -> None:
    """Text is not encoded by a guess."""
    with pytest.raises(TypeError):
        sign(SEED, "text")
    with pytest.raises(TypeError):
        sign("x" * 32, MESSAGE)
    with pytest.raises(TypeError):
        public_key("x" * 32)
