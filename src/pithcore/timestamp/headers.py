"""Bitcoin block headers: 80 bytes, their hash, their target, and the work that meets it.

Hashes and merkle roots are kept as the 32 bytes that are hashed; Bitcoin prints them reversed
(`display`). Source: Bitcoin Core `primitives/block.h`, `arith_uint256.cpp`, `pow.cpp`.
"""

from __future__ import annotations

import hashlib
import struct

from pithcore.errors import TimestampError
from pithcore.typed import NamedTuple

HEADER_BYTES = 80

PERIOD = 2016
"""Blocks between two adjustments of the difficulty; a period starts at a multiple of it."""

MAX_HEADERS = PERIOD
"""Headers read from one file: a whole period, 161,280 bytes. No link to a checkpoint at the
period's end needs more."""

_FIELDS = struct.Struct("<i32s32sIII")


class Header(NamedTuple):
    """A block header, decoded; nothing about it is checked.

    Attributes:
        hash: SHA-256 of the SHA-256 of the 80 bytes. previous: that of the block before.
        merkle_root: of the block's transactions.
        time: seconds since 1970 as the miner wrote them, no better than to hours.
        bits: the target the header claims for itself, in compact form.
    """

    hash: bytes
    previous: bytes
    merkle_root: bytes
    time: int
    bits: int


def parse_header(raw: bytes) -> Header:
    """Decode 80 bytes. Raises `TimestampError` for another length."""
    if len(raw) != HEADER_BYTES:
        raise TimestampError(f"A block header has {HEADER_BYTES} bytes, not {len(raw)}.")
    _, previous, merkle_root, time, bits, _ = _FIELDS.unpack(raw)
    block_hash = hashlib.sha256(hashlib.sha256(raw).digest()).digest()
    return Header(block_hash, previous, merkle_root, time, bits)


def split_headers(data: bytes, first_height: int) -> dict[int, bytes]:
    """Height → raw header, from a file of headers one after the other.

    Args:
        data: 80 bytes a header, at most `MAX_HEADERS` of them.
        first_height: height of the first, such as that of the block a proof names.

    Raises: `TimestampError` for a length that does not fit.
    """
    count, rest = divmod(len(data), HEADER_BYTES)
    if rest:
        raise TimestampError(
            f"A file of block headers has a multiple of {HEADER_BYTES} bytes, not {len(data):,}."
        )
    if count > MAX_HEADERS:
        raise TimestampError(f"{count:,} block headers are more than a period's {MAX_HEADERS:,}.")
    return {
        first_height + index: data[HEADER_BYTES * index : HEADER_BYTES * (index + 1)]
        for index in range(count)
    }


def target_of(bits: int) -> int:
    """The number a block's hash may not exceed, from its compact form of 32 bits.

    Raises: `TimestampError` for bits that stand for no positive number below 2^256.
    """
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    target = mantissa << 8 * (exponent - 3) if exponent > 3 else mantissa >> 8 * (3 - exponent)
    if bits & 0x800000 or not 0 < target < 1 << 256:
        raise TimestampError(f"The bits {bits:08x} stand for no target.")
    return target


def bits_of(target: int) -> int:
    """The compact form of a target, which keeps its 23 or 24 highest bits."""
    exponent = (target.bit_length() + 7) // 8
    mantissa = target << 8 * (3 - exponent) if exponent < 3 else target >> 8 * (exponent - 3)
    if mantissa & 0x800000:
        mantissa, exponent = mantissa >> 8, exponent + 1
    return exponent << 24 | mantissa


def meets(block_hash: bytes, target: int) -> bool:
    """Whether a hash is the proof of work that a target demands."""
    return int.from_bytes(block_hash, "little") <= target


def expected_hashes(target: int) -> int:
    """Hashes computed on average until one meets the target."""
    return (1 << 256) // (target + 1)


def display(value: bytes) -> str:
    """A hash or merkle root as Bitcoin prints it: reversed, 64 hex digits."""
    return value[::-1].hex()
