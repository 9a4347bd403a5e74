"""Explorers' answers: two texts about one block, held against each other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stamps import hash_of, mine

from pithcore.errors import TimestampError
from pithcore.timestamp.esplora import (
    EXPLORERS,
    hash_address,
    header_address,
    header_from_answers,
    headers_from_page,
    page_address,
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


def as_block(raw: bytes, height: int, **other: Any) -> dict[str, Any]:
    """A block as Esplora has it in JSON, with some of what else stands there."""
    number = [int.from_bytes(raw[i : i + 4], "little") for i in (0, 68, 72, 76)]
    names = ("version", "timestamp", "bits", "nonce")
    return {
        "id": display(hash_of(raw)),
        "height": height,
        "merkle_root": display(raw[36:68]),
        "previousblockhash": display(raw[4:36]),
        "difficulty": 1.5,
        "tx_count": 1,
        **dict(zip(names, number, strict=True)),
        **other,
    }


def page(*blocks: Any) -> bytes:
    """An explorer's answer."""
    return json.dumps(blocks).encode()


def test_a_page_of_blocks() -> None:
    """Headers come out byte for byte; the first block names none before it."""
    genesis = bytes.fromhex(GENESIS)
    first = as_block(genesis, 0)
    del first["previousblockhash"]
    assert headers_from_page(page(as_block(RAW, 7), first)) == {7: RAW, 0: genesis}
    assert headers_from_page(page({**first, "previousblockhash": None})) == {0: genesis}
    assert headers_from_page(b"[]") == {}
    assert page_address("https://e.example/api/", 7) == "https://e.example/api/blocks/7"


def test_a_negative_version() -> None:
    """Explorers differ in whether it has a sign; the bytes are the same."""
    raw = b"\xff\xff\xff\xff" + RAW[4:]
    for version in (-1, 2**32 - 1):
        assert headers_from_page(page(as_block(raw, 7, version=version))) == {7: raw}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"Block not found", "it answers what is no JSON."),
        (b"[" + b" " * 300_000 + b"]", "it answers what is no JSON."),
        (b"{}", "no list of them"),
        (b"[1]", "one that states no height"),
        (page(as_block(RAW, -1)), "one that states no height"),
        (page(as_block(RAW, 2**31)), "one that states no height"),
        (page({**as_block(RAW, 7), "height": True}), "one that states no height"),
        (page({**as_block(RAW, 7), "height": "7"}), "one that states no height"),
    ],
)
def test_a_page_that_is_none(data: bytes, sentence: str) -> None:
    """Said, whatever it is."""
    with pytest.raises(TimestampError, match=sentence):
        headers_from_page(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": None},
        {"id": HASH.upper()},
        {"merkle_root": "00"},
        {"merkle_root": 5},
        {"previousblockhash": "x" * 64},
        {"version": "1"},
        {"version": True},
        {"version": -(2**31) - 1},
        {"nonce": 2**32},
        {"timestamp": 1.0},
        {"bits": None},
    ],
)
def test_what_makes_no_header(wrong: dict[str, Any]) -> None:
    """Each member must be what it is."""
    with pytest.raises(TimestampError, match="What it answers of block 7 makes no header"):
        headers_from_page(page(as_block(RAW, 7, **wrong)))


@pytest.mark.parametrize("name", ["version", "timestamp", "bits", "nonce"])
def test_a_header_must_have_its_hash(name: str) -> None:
    """A number that differs shows."""
    block = as_block(RAW, 7)
    with pytest.raises(TimestampError, match=f"it gives the hash {HASH}, and a header that has"):
        headers_from_page(page({**block, name: (block[name] + 1) % 2**32}))
