"""What block explorers that speak Esplora's HTTP interface say of a block, and how they are asked.

Two answers a block, both plain text: `GET /block-height/N` gives the hash, `GET /block/HASH/header`
the 80 bytes in hex. Nothing is fetched here; whoever does hands the texts over.
Source: github.com/Blockstream/esplora, `API.md`.
"""

from __future__ import annotations

import hashlib

from pithcore.errors import TimestampError
from pithcore.printable import brief
from pithcore.timestamp.headers import HEADER_BYTES, display
from pithcore.timestamp.proof import MAX_HEIGHT

EXPLORERS = ("https://blockstream.info/api", "https://mempool.space/api")
"""Asked when a reader names no other; two, so that one alone is not believed."""

MAX_ANSWER = 1024
"""Bytes of an answer that are read: 64 or 160 digits, and room for an error's words."""


def hash_address(base: str, height: int) -> str:
    """Where an explorer gives the hash of the block at a height."""
    return f"{base.rstrip('/')}/block-height/{height}"


def header_address(base: str, hash_text: str) -> str:
    """Where it gives the header of the block with that hash.

    Raises `TimestampError` when what it gave as a hash is none.
    """
    return f"{base.rstrip('/')}/block/{_block_hash(hash_text)}/header"


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
    found = display(hashlib.sha256(hashlib.sha256(raw).digest()).digest())
    if found != stated:
        raise TimestampError(
            f"For block {height} it gives the hash {stated}, and a header that has the hash "
            f"{found}."
        )
    return raw


def _block_hash(text: str) -> str:
    stated = text.strip().lower()
    if len(stated) != 64 or stated.strip("0123456789abcdef"):
        raise TimestampError(f"Asked for a block's hash, it answers “{brief(stated)}”.")
    return stated
