"""Block explorers that speak Esplora's HTTP interface: what to ask, and what their answers make.

Two questions for one block: its hash (`block-height/{height}`), then its header
(`block/{hash}/header`). Both answers are text in hex. Whoever asks them is in `explorers.py`.
Source: Esplora `API.md`, "Blocks".
"""

from __future__ import annotations

from pithcore.errors import TimestampError
from pithcore.patterns import Pattern
from pithcore.printable import brief
from pithcore.timestamp.headers import HEADER_BYTES, display, parse_header
from pithcore.typed import NamedTuple

MAX_ANSWER = 1024
"""Bytes of an answer: a hash has 64 hex digits, a header 160."""


class Explorer(NamedTuple):
    """One explorer. `name`: its host. `base_url`: its interface, without a slash at the end."""

    name: str
    base_url: str


EXPLORERS = (
    Explorer("blockstream.info", "https://blockstream.info/api"),
    Explorer("mempool.space", "https://mempool.space/api"),
)
"""Asked by default: two, run by different people."""

_HASH = Pattern(r"[0-9a-f]{64}")
_HEADER = Pattern(r"(?:[0-9a-fA-F]{2}){80}")


def hash_address(explorer: Explorer, height: int) -> str:
    """Where an explorer names the hash of the block at a height."""
    return f"{explorer.base_url}/block-height/{height}"


def header_address(explorer: Explorer, hash_text: str) -> str:
    """Where it gives that block's header. `hash_text`: the answer of `hash_address`.

    Raises: `TimestampError` when that is no block hash.
    """
    return f"{explorer.base_url}/block/{_block_hash(hash_text)}/header"


def header_from_answers(height: int, hash_text: str, header_hex: str) -> bytes:
    """The 80 bytes of a header, from an explorer's two answers.

    Args:
        height: of the block asked for. hash_text, header_hex: the answers, as text.

    Raises: `TimestampError` for answers of another form, and for a header that does not hash
        to the block hash that the same explorer named.
    """
    named, text = _block_hash(hash_text), header_hex.strip()
    if _HEADER.fullmatch(text) is None:
        raise TimestampError(
            f"“{brief(text)}” is no header of block {height}, which has {HEADER_BYTES} bytes in "
            "hex."
        )
    raw = bytes.fromhex(text)
    found = display(parse_header(raw).hash)
    if found != named:
        raise TimestampError(
            f"The header answered for block {height} hashes to {found}, and the hash answered is "
            f"{named}."
        )
    return raw


def _block_hash(text: str) -> str:
    text = text.strip()
    if _HASH.fullmatch(text) is None:
        raise TimestampError(f"“{brief(text)}” is no hash of a block: 64 hex digits.")
    return text
