"""Public keys and the verification of their signatures (RFC 8032 section 5.1.7, protocol 10)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache

from pithcore.ed25519.curve import L, Point, decode, encode, negate
from pithcore.ed25519.field import P, invert_all
from pithcore.ed25519.lattice import half_size
from pithcore.ed25519.straus import base_terms, odd_multiples, straus
from pithcore.ed25519.strict import admissible
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.ed25519.comb import Comb

SMALL_AFTER = 8
"""Signatures after which a key gets tables: making them costs what they save over some ten."""

LARGE_AFTER = 2000
"""Signatures after which it gets larger ones: they pay for themselves over some 1,000 more."""

KEPT_KEYS = 16
"""Keys that `verify` remembers with their tables: those of a keyring, and some to spare."""


class PublicKey:
    """A public key that signatures are held against.

    The first `SMALL_AFTER` signatures are verified without tables. Then tables of the key and,
    once for all keys, of the base point are made, and larger ones after `LARGE_AFTER`. They take
    100 kB and 5 MB a key. Every way gives the same answer for every input.

    Args:
        public_key: 32 bytes, RFC 8032 encoding. One that is no admissible point (protocol 10.1)
            is taken, and verifies nothing.

    Raises:
        TypeError: when it is not bytes.
    """

    __slots__ = ("_comb", "_encoded", "_minus_a", "_uses")

    def __init__(self, public_key: bytes) -> None:
        self._encoded = bytes(_bytes(public_key, "public_key"))
        point = decode(self._encoded) if len(self._encoded) == 32 else None
        self._minus_a: Point | None = None if point is None else negate(point)
        self._comb: Comb | None = None
        self._uses = 0

    def __bytes__(self) -> bytes:
        """The key's encoding."""
        return self._encoded

    def verify(self, message: bytes, signature: bytes) -> bool:
        """True when `signature` (64 bytes) is this key's over `message` (any length).

        1. Key and signature pass the filter of protocol 10.1, and the key is a point A.
        2. h = SHA-512(R, A, message) mod L, over the bytes as they were given.
        3. The encoding of s B - h A is R, byte for byte. No cofactor.

        Raises:
            TypeError: when an argument is not bytes.
        """
        question = self._question(message, signature)
        if question is None:
            return False
        comb = self._tables(1)
        if comb is None:
            return _holds_without_tables(*question)
        from pithcore.ed25519.comb import base_comb, double_multiply

        s, h, _, r = question
        x, y, z = double_multiply(s, base_comb(comb.shape), h, comb)
        inverse = pow(z, -1, P)
        return encode(x * inverse % P, y * inverse % P) == r

    def verify_batch(self, signed: Iterable[tuple[bytes, bytes]]) -> list[bool]:
        """`verify` for each (message, signature): the same answers, with one inversion for all.

        Every signature is verified by itself. (A random linear combination of many would accept
        some that single verification refuses, protocol 10.3.)
        """
        questions = [self._question(message, signature) for message, signature in signed]
        real = [question for question in questions if question is not None]
        comb = self._tables(len(real))
        if comb is None:
            return [q is not None and _holds_without_tables(*q) for q in questions]
        from pithcore.ed25519.comb import base_comb, double_multiply

        base = base_comb(comb.shape)
        sums = [double_multiply(s, base, h, comb) for s, h, _, _ in real]
        inverses = iter(invert_all([z for _, _, z in sums]))
        points = iter(sums)
        verdicts = []
        for question in questions:
            if question is None:
                verdicts.append(False)
                continue
            (x, y, _), inverse = next(points), next(inverses)
            verdicts.append(encode(x * inverse % P, y * inverse % P) == question[3])
        return verdicts

    def prepare(self, signatures: int) -> None:
        """Make the tables now that pay for so many signatures more.

        Args:
            signatures: 0 or more. They count as verified.

        Raises:
            ValueError: when it is negative.
        """
        if signatures < 0:
            raise ValueError(f"signatures must not be negative: {signatures}")
        if self._minus_a is not None:
            self._tables(signatures)

    def _question(self, message: bytes, signature: bytes) -> _Question | None:
        """Steps 1 and 2 of `verify`: (s, h, -A, R); None for what is refused there."""
        _bytes(message, "message")
        _bytes(signature, "signature")
        if self._minus_a is None or not admissible(self._encoded, signature):
            return None
        r = signature[:32]
        h = int.from_bytes(hashlib.sha512(r + self._encoded + message).digest(), "little") % L
        return int.from_bytes(signature[32:], "little"), h, self._minus_a, r

    def _tables(self, signatures: int) -> Comb | None:
        """Count signatures of this key, and give the tables that so many are worth."""
        self._uses += signatures
        if self._uses <= SMALL_AFTER:
            return None
        from pithcore.ed25519.comb import LARGE, SMALL, make_comb  # most keys never need them

        shape = LARGE if self._uses > LARGE_AFTER else SMALL
        if self._comb is None or self._comb.shape != shape:
            assert self._minus_a is not None
            self._comb = make_comb(self._minus_a, shape)
        return self._comb


_Question = tuple[int, int, Point, bytes]


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """True when `signature` (64 bytes) is one over `message` by `public_key` (32 bytes).

    The rules of `PublicKey.verify`. The 16 keys used last are remembered with their tables:
    80 MB if each of them has verified thousands.
    Raises `TypeError` when an argument is not bytes.
    """
    return _remembered(bytes(_bytes(public_key, "public_key"))).verify(message, signature)


_remembered = lru_cache(maxsize=KEPT_KEYS)(PublicKey)


def _holds_without_tables(s: int, h: int, minus_a: Point, r: bytes) -> bool:
    """s B - h A = R, as v s B - u A - v R = 0 with short u and v (lattice.py).

    R is decoded here, and what does not decode is no encoding of any sum.
    """
    point = decode(r)
    if point is None:
        return False
    u, v = half_size(h)
    x, y, z, _ = straus(
        (
            *base_terms(v * s % L),
            (u, odd_multiples(minus_a)),
            (v, odd_multiples(negate(point))),
        )
    )
    return x == 0 and y == z


def _bytes(value: bytes, name: str) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"{name} must be bytes, not {type(value).__name__}")
    return value
