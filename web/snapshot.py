"""Packs the memory of a started Python for `snapshot.js`, which unpacks it.

Two thirds of it are empty pages, which are left out: 8 bytes of magic, the length in bytes (32
bits, little-endian), a bit for each page of 4,096 bytes (lowest bit first) that says whether it
follows, and those pages.
"""

from __future__ import annotations

MAGIC = b"pithmem1"
PAGE = 4096


def pack(memory: bytes) -> bytes:
    """The packed form of a snapshot."""
    pages = [memory[at : at + PAGE].ljust(PAGE, b"\0") for at in range(0, len(memory), PAGE)]
    there = bytearray(-(-len(pages) // 8))
    for index, page in enumerate(pages):
        if any(page):
            there[index >> 3] |= 1 << (index & 7)
    return b"".join(
        (MAGIC, len(memory).to_bytes(4, "little"), there, *(page for page in pages if any(page)))
    )
