"""What an Esplora explorer is asked, and how its two answers make a header."""

from __future__ import annotations

import pytest
from stamps import hash_of, mine

from pithcore.errors import TimestampError
from pithcore.timestamp.esplora import (
    EXPLORERS,
    Explorer,
    hash_address,
    header_address,
    header_from_answers,
)

RAW = mine(bytes(32), b"\1" * 32)
NAMED = hash_of(RAW)[::-1].hex()


def test_addresses() -> None:
    """Height and hash stand in the paths of Esplora's interface."""
    explorer = Explorer("e", "https://e.example/api")
    assert hash_address(explorer, 358_391) == "https://e.example/api/block-height/358391"
    wanted = f"https://e.example/api/block/{NAMED}/header"
    assert header_address(explorer, f"{NAMED}\n") == wanted
    assert [one.base_url for one in EXPLORERS] == [f"https://{one.name}/api" for one in EXPLORERS]


def test_the_header_of_two_answers() -> None:
    """The 80 bytes, whatever the case of their hex and the space around it."""
    assert header_from_answers(7, NAMED, RAW.hex()) == RAW
    assert header_from_answers(7, f" {NAMED}\n", f"{RAW.hex().upper()}\n") == RAW


@pytest.mark.parametrize(
    ("hash_text", "header_hex", "words"),
    [
        ("", RAW.hex(), "“” is no hash of a block: 64 hex digits."),
        (f"../{NAMED}", RAW.hex(), "is no hash of a block"),
        (NAMED.upper(), RAW.hex(), "is no hash of a block"),
        (NAMED, RAW.hex()[:-2], "is no header of block 7, which has 80 bytes in hex."),
        (NAMED, f"{RAW.hex()}00", "is no header of block 7"),
        (NAMED, "Block not found", "“Block not found” is no header of block 7"),
        (hash_of(bytes(80))[::-1].hex(), RAW.hex(), f"block 7 hashes to {NAMED}, and the hash"),
    ],
)
def test_answers_that_make_no_header(hash_text: str, header_hex: str, words: str) -> None:
    """Each is refused with a sentence that says which answer it was."""
    with pytest.raises(TimestampError) as caught:
        header_from_answers(7, hash_text, header_hex)
    assert words in str(caught.value)


def test_a_hash_that_is_none_makes_no_address() -> None:
    """What an explorer answers cannot lead a request astray."""
    with pytest.raises(TimestampError, match="no hash of a block"):
        header_address(EXPLORERS[0], "../../address/x")
