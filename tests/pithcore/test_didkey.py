"""did:key names: examples of the method's specification, both ways, and what is refused."""

from __future__ import annotations

import random

import pytest

from pithcore import ed25519
from pithcore.didkey import ALPHABET, PREFIX, did_key_of, parse_did_key
from pithcore.errors import KeyringError

OF_ZEROS = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
"""Published with the method: the key whose seed is 32 zero bytes."""


def test_the_key_of_the_seed_of_zeros() -> None:
    """Our Ed25519 and our base58 give the published name."""
    raw = ed25519.public_key(bytes(32))
    assert did_key_of(raw) == OF_ZEROS
    assert parse_did_key(OF_ZEROS) == raw


@pytest.mark.parametrize("edge", [bytes(32), b"\xff" * 32, b"\1" + bytes(31)])
def test_round_trip(edge: bytes) -> None:
    """Any 32 bytes have one name, 56 characters long, and it gives them back."""
    chosen = random.Random(6)
    for raw in (edge, *(chosen.randbytes(32) for _ in range(200))):
        name = did_key_of(raw)
        assert len(name) == 56
        assert name.startswith("did:key:z6Mk")
        assert parse_did_key(name) == raw


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:key:z",
        "did:web:example.org",
        "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWpp",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW0",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp ",
        PREFIX + "é" * 47,
        "did:key:" + "z" * 10_000,
    ],
)
def test_what_is_no_name(text: str) -> None:
    """A sentence that says what one looks like."""
    with pytest.raises(
        KeyringError, match=r"is no did:key of an Ed25519 key: that is did:key:z6Mk"
    ):
        parse_did_key(text)


@pytest.mark.parametrize("code", [b"\xec\x01", b"\xed\x02"])
def test_another_kind_of_key(code: bytes) -> None:
    """X25519 is 0xec: a key of 32 bytes as well, and not one for signatures."""
    value, digits = int.from_bytes(code + bytes(32), "big"), ""
    while value:
        value, digit = divmod(value, 58)
        digits = ALPHABET[digit] + digits
    with pytest.raises(KeyringError, match="another kind of key than Ed25519"):
        parse_did_key(PREFIX + digits)


@pytest.mark.parametrize("name", [PREFIX + "z" * 47, PREFIX + "1" * 47])
def test_the_largest_and_smallest(name: str) -> None:
    """47 digits hold more than 34 bytes, and fewer."""
    with pytest.raises(KeyringError, match="another kind"):
        parse_did_key(name)


def test_another_length() -> None:
    """Keys have 32 bytes."""
    with pytest.raises(KeyringError, match="this has 31"):
        did_key_of(bytes(31))
