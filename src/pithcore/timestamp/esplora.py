"""What block explorers that speak Esplora's HTTP interface say of a block, and how they are asked.

Two answers a block, both plain text: `GET /block-height/N` gives the hash, `GET /block/HASH/header`
the 80 bytes in hex. For many, `GET /blocks/N` gives that block and the nine before it in JSON,
with what a header is made of. Nothing is fetched here; whoever does hands the answers over.
Source: github.com/Blockstream/esplora, `API.md`.
"""

from __future__ import annotations

import hashlib
import struct

from pithcore.errors import PithError, TimestampError
from pithcore.printable import brief
from pithcore.reading import JSON, read_json
from pithcore.record import is_hex64, member
from pithcore.timestamp.headers import HEADER_BYTES, display
from pithcore.timestamp.proof import MAX_HEIGHT

EXPLORERS = ("https://blockstream.info/api", "https://mempool.space/api")
"""Asked when a reader names no other; two, so that one alone is not believed."""

MAX_ANSWER = 1024
"""Bytes of an answer that are read: 64 or 160 digits, and room for an error's words."""


MAX_PAGE = 256 * 1024
"""Bytes of a page of ten blocks that are read: each has some 500, and some explorers add to it."""

_HEADER = struct.Struct("<I32s32sIII")


def hash_address(base: str, height: int) -> str:
    """Where an explorer gives the hash of the block at a height."""
    return f"{base.rstrip('/')}/block-height/{height}"


def header_address(base: str, hash_text: str) -> str:
    """Where it gives the header of the block with that hash.

    Raises `TimestampError` when what it gave as a hash is none.
    """
    return f"{base.rstrip('/')}/block/{_block_hash(hash_text)}/header"


def page_address(base: str, height: int) -> str:
    """Where an explorer gives ten blocks: that of a height, and those before it."""
    return f"{base.rstrip('/')}/blocks/{height}"


def headers_from_page(data: bytes) -> dict[int, bytes]:
    """Height → header of 80 bytes, put together from a page of blocks.

    Each must have the hash that the page states for it. The heights are the explorer's word.
    Raises `TimestampError`, a sentence on what was answered instead.
    """
    try:
        blocks = read_json(data, max_bytes=MAX_PAGE)
    except PithError as error:
        raise TimestampError(f"Asked for blocks, it answers what is no JSON. {error}") from None
    if not isinstance(blocks, list):
        raise TimestampError("Asked for blocks, it answers with no list of them.")
    return dict(_header_of(block) for block in blocks)


def header_from_answers(height: int, hash_text: str, header_hex: str) -> bytes:
    """The 80 bytes of a header from an explorer's two answers, which must agree.

    That this is the chain's block at that height is another question (`explorers.py`).
    Raises `TimestampError`, a sentence on what was answered instead.
    """
    stated = _block_hash(hash_text)
    if not 0 <= height <= MAX_HEIGHT:
        raise TimestampError(f"There is no block of height {height:,}.")
    try:
        raw = bytes.fromhex(header_hex.strip())
    except ValueError:
        raw = b""
    if len(raw) != HEADER_BYTES:
        raise TimestampError(
            f"Asked for the header of block {height}, it answers “{brief(header_hex.strip())}” "
            f"and not {2 * HEADER_BYTES} hex digits."
        )
    _check_hash(raw, height, stated)
    return raw


def _header_of(block: JSON) -> tuple[int, bytes]:
    height, stated, root = (member(block, name) for name in ("height", "id", "merkle_root"))
    previous = member(block, "previousblockhash") or "0" * 64  # the first block has none
    numbers = [member(block, name) for name in ("version", "timestamp", "bits", "nonce")]
    if type(height) is not int or not 0 <= height <= MAX_HEIGHT:
        raise TimestampError("Asked for blocks, it answers with one that states no height.")
    if not (all(map(is_hex64, (stated, root, previous))) and all(map(_is_number, numbers))):
        raise TimestampError(f"What it answers of block {height} makes no header.")
    version, time, bits, nonce = (int(str(number)) % 2**32 for number in numbers)
    raw = _HEADER.pack(
        version,
        bytes.fromhex(str(previous))[::-1],
        bytes.fromhex(str(root))[::-1],
        time,
        bits,
        nonce,
    )
    _check_hash(raw, height, str(stated))
    return height, raw


def _is_number(value: JSON) -> bool:
    """True for 32 bits, with a sign or without: a version may be negative."""
    return type(value) is int and -(2**31) <= value < 2**32


def _check_hash(raw: bytes, height: int, stated: str) -> None:
    found = display(hashlib.sha256(hashlib.sha256(raw).digest()).digest())
    if found != stated:
        raise TimestampError(
            f"For block {height} it gives the hash {stated}, and a header that has the hash "
            f"{found}."
        )


def _block_hash(text: str) -> str:
    stated = text.strip().lower()
    if len(stated) != 64 or stated.strip("0123456789abcdef"):
        raise TimestampError(f"Asked for a block's hash, it answers “{brief(stated)}”.")
    return stated
