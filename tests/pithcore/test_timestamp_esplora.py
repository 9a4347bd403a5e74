"""Explorers' answers: two texts about one block, held against each other."""

from __future__ import annotations

import pytest
from stamps import hash_of, mine

from pithcore.errors import TimestampError
from pithcore.timestamp.esplora import (
    EXPLORERS,
    hash_address,
    header_address,
    header_from_answers,
)
from pithcore.timestamp.headers import display

RAW = mine(bytes(32), b"\5" * 32)
HASH = display(hash_of(RAW))
GENESIS = (
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e"
    "67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
)
GENESIS_HASH = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"


def test_the_first_block() -> None:
    """As explorers give it."""
    assert header_from_answers(0, f"{GENESIS_HASH}\n", f" {GENESIS}\n").hex() == GENESIS
    assert header_from_answers(7, HASH.upper(), RAW.hex()) == RAW


def test_addresses() -> None:
    """Esplora's own; a hash that is none never becomes part of one."""
    assert hash_address("https://e.example/api/", 7) == "https://e.example/api/block-height/7"
    assert header_address("https://e.example", HASH) == f"https://e.example/block/{HASH}/header"
    assert all(one.startswith("https://") for one in EXPLORERS)


@pytest.mark.parametrize(
    "text", ["", "Block not found", HASH[:-1], HASH + "0", "../" + HASH[3:], "é" * 64]
)
def test_a_hash_that_is_none(text: str) -> None:
    """What it answers is shown, cut."""
    for ask in (
        lambda: header_address("https://e.example", text),
        lambda: header_from_answers(7, text, RAW.hex()),
    ):
        with pytest.raises(TimestampError, match="Asked for a block's hash, it answers “"):
            ask()


@pytest.mark.parametrize("text", ["", "not found", RAW.hex()[:-2], RAW.hex() + "00", "zz" * 80])
def test_a_header_that_is_none(text: str) -> None:
    """What it answers is shown."""
    with pytest.raises(TimestampError, match=r"header of block 7, it answers “.*160 hex digits"):
        header_from_answers(7, HASH, text)


def test_a_header_of_another_block() -> None:
    """The two answers must agree."""
    other = mine(bytes(32), b"\6" * 32)
    with pytest.raises(
        TimestampError, match=f"gives the hash {HASH}, and a header that has the hash"
    ):
        header_from_answers(7, HASH, other.hex())


@pytest.mark.parametrize("height", [-1, 2**31])
def test_a_height_that_there_is_not(height: int) -> None:
    """Bounded as in proofs."""
    with pytest.raises(TimestampError, match="There is no block of height"):
        header_from_answers(height, HASH, RAW.hex())
