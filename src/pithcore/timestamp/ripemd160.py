"""RIPEMD-160 in pure Python: `hashlib` has it only where OpenSSL still brings it.

Source: H. Dobbertin, A. Bosselaers, B. Preneel, "RIPEMD-160: A Strengthened Version of
RIPEMD" (1996), appendix A. Two lines of five rounds of 16 steps mix the same block; their
results are added crosswise.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)

# Constants of the rounds: 2^30 times the square roots (left) and cube roots (right) of primes.
_K_LEFT = (0x00000000, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E)
_K_RIGHT = (0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0x00000000)

# The permutation rho, by which a round reads the block's words in another order than the one
# before, and the rotation of each word in each round, the same for both lines.
_RHO = (7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8)
_ROTATIONS = (
    (11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8),
    (12, 13, 11, 15, 6, 9, 9, 7, 12, 15, 11, 13, 7, 8, 7, 7),
    (13, 15, 14, 11, 7, 7, 6, 8, 13, 14, 13, 12, 5, 5, 6, 9),
    (14, 11, 12, 14, 8, 6, 5, 5, 15, 12, 15, 14, 9, 9, 8, 6),
    (15, 12, 13, 13, 9, 5, 8, 6, 14, 11, 12, 11, 8, 6, 5, 5),
)

_Steps = tuple[tuple[int, int], ...]


def _line(order: Sequence[int]) -> tuple[_Steps, ...]:
    """(word, rotation) for the 16 steps of each of the five rounds that start with `order`."""
    rounds = []
    for rotations in _ROTATIONS:
        rounds.append(tuple((word, rotations[word]) for word in order))
        order = [_RHO[word] for word in order]
    return tuple(rounds)


_LEFT = _line(range(16))
_RIGHT = _line([(9 * i + 5) % 16 for i in range(16)])


def ripemd160(message: bytes) -> bytes:
    """The RIPEMD-160 digest of `message`: 20 bytes. About 0.2 ms for each block of 64 bytes."""
    padding = b"\x80" + bytes((55 - len(message)) % 64)
    padded = message + padding + struct.pack("<Q", 8 * len(message))
    state: tuple[int, ...] = _START
    for words in struct.iter_unpack("<16I", padded):
        state = _compress(state, words)
    return struct.pack("<5I", *state)


def _compress(state: tuple[int, ...], words: tuple[int, ...]) -> tuple[int, ...]:
    left = right = state
    for index in range(5):
        left = _round(index, _K_LEFT[index], _LEFT[index], left, words)
        right = _round(4 - index, _K_RIGHT[index], _RIGHT[index], right, words)
    crossed = (right[3], right[4], right[0], right[1], right[2])
    turned = zip(state[1:] + state[:1], left[2:] + left[:2], crossed, strict=True)
    return tuple((h + one + other) & 0xFFFFFFFF for h, one, other in turned)


def _round(
    function: int, k: int, steps: _Steps, state: tuple[int, ...], words: tuple[int, ...]
) -> tuple[int, ...]:
    a, b, c, d, e = state
    for word, rotation in steps:
        if function == 0:
            f = b ^ c ^ d
        elif function == 1:
            f = (b & c) | (~b & d)
        elif function == 2:
            f = (b | ~c) ^ d
        elif function == 3:
            f = (b & d) | (c & ~d)
        else:
            f = b ^ (c | ~d)
        t = (a + f + words[word] + k) & 0xFFFFFFFF
        t = ((t << rotation | t >> (32 - rotation)) + e) & 0xFFFFFFFF
        a, b, c, d, e = e, t, b, (c << 10 | c >> 22) & 0xFFFFFFFF, d
    return a, b, c, d, e
