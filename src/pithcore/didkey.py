"""did:key names of Ed25519 keys: a key that says itself what it is (W3C did:key method).

`did:key:z` and the base58btc of the multicodec prefix `ed 01` with the 32 bytes of the key.
A name of this kind shows which key is meant. Whose key it is, it does not show.
"""

from __future__ import annotations

from pithcore.errors import KeyringError
from pithcore.printable import brief

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base58btc: digits and letters without 0, O, I and l."""

PREFIX = "did:key:z"
"""The method, and multibase's letter for base58btc."""

_ED25519 = b"\xed\x01"
"""Multicodec `ed25519-pub` (0xed) as a varint."""

_LENGTH = 47
"""Base58 digits of the 34 bytes: the first byte is 0xed, so that every key has as many."""


def did_key_of(public_key: bytes) -> str:
    """The did:key of a public key of 32 bytes, 56 characters.

    Raises `KeyringError` for another length.
    """
    if len(public_key) != 32:
        raise KeyringError(f"An Ed25519 public key has 32 bytes; this has {len(public_key)}.")
    value = int.from_bytes(_ED25519 + public_key, "big")
    digits = ""
    while value:
        value, digit = divmod(value, 58)
        digits = ALPHABET[digit] + digits
    return PREFIX + digits


def parse_did_key(text: str) -> bytes:
    """The 32 bytes of the public key that a did:key names.

    Raises `KeyringError` for anything but the did:key of an Ed25519 key in its one spelling.
    """
    digits = text.removeprefix(PREFIX)
    if not text.startswith(PREFIX) or len(digits) != _LENGTH or digits.strip(ALPHABET):
        raise KeyringError(
            f"“{brief(text)}” is no did:key of an Ed25519 key: that is {PREFIX}6Mk and "
            f"{_LENGTH - 3} more base58 characters."
        )
    value = 0
    for digit in digits:
        value = 58 * value + ALPHABET.index(digit)
    raw = value.to_bytes(35, "big").lstrip(b"\0")
    if raw[:-32] != _ED25519:
        raise KeyringError(f"“{brief(text)}” is the did:key of another kind of key than Ed25519.")
    return raw[-32:]
