"""Keys: pinned by value, never replaced, with a term that means something (protocol 4)."""

from __future__ import annotations

import base64

import pytest
from samples import KEY_ID, LAB

from pithcore import PITH_KEYRING, Key, Keyring, KeyringError, parse_public_key
from pithcore.keyring import spki_der
from pithcore.times import utc_order

PITH_KEY = PITH_KEYRING.keys[0]
RAW = PITH_KEY.public_key
DER = spki_der(RAW)


def test_a_pinned_key_cannot_be_replaced() -> None:
    """Attack: a key offered under the registry's id."""
    with pytest.raises(KeyringError, match="share the id"):
        PITH_KEYRING.with_key(Key(KEY_ID, LAB.public_key, "pith.science"))
    with pytest.raises(KeyringError):
        Keyring((LAB, LAB))


def test_adding_a_key_leaves_the_keyring_as_it_was() -> None:
    """with_key makes another keyring."""
    ring = PITH_KEYRING.with_key(LAB)
    assert ring.keys == (PITH_KEY, LAB)
    assert ring.get(LAB.key_id) is LAB
    assert PITH_KEYRING.keys == (PITH_KEY,)
    assert PITH_KEYRING.get(LAB.key_id) is None
    assert not LAB.pinned


@pytest.mark.parametrize(
    ("key_id", "public_key", "words"),
    [("", bytes(32), "needs an id"), ("k", bytes(31), "has 31"), ("k", bytes(33), "has 33")],
)
def test_a_key_without_id_or_of_another_length_cannot_be_made(
    key_id: str, public_key: bytes, words: str
) -> None:
    """32 bytes and a name."""
    with pytest.raises(KeyringError, match=words):
        Key(key_id, public_key, "holder")


@pytest.mark.parametrize("time", ["2026-05-18", "soon", "2026-05-18T00:00:00+00:00", ""])
@pytest.mark.parametrize("bound", ["valid_from", "valid_until"])
def test_a_term_that_cannot_be_compared_cannot_be_made(bound: str, time: str) -> None:
    """An end written in another way would be an end that never comes."""
    with pytest.raises(KeyringError, match="no UTC time"):
        Key("k", bytes(32), "holder", **{bound: time})  # type: ignore[arg-type]


def test_a_key_without_a_term_stands_at_any_time() -> None:
    """Nothing is refused that nothing forbids."""
    assert LAB.refusal(None) is LAB.refusal("2026-05-18T00:00:00Z") is LAB.refusal("x") is None


def test_a_revocation_is_told_with_its_reason_or_without() -> None:
    """The sentence never says None."""
    revoked = "2026-06-01T00:00:00Z"
    told = Key("k", bytes(32), "h", revoked_at=revoked, revoked_reason="lost").refusal(None)
    untold = Key("k", bytes(32), "h", revoked_at=revoked).refusal(None)
    assert told is not None
    assert "lost" in told
    assert untold is not None
    assert "None" not in untold


@pytest.mark.parametrize(
    "text",
    [
        RAW.hex(),
        f"  {RAW.hex().upper()}\n",
        base64.b64encode(RAW).decode(),
        base64.b64encode(DER).decode(),
        "-----BEGIN PUBLIC KEY-----\n"
        + base64.b64encode(DER).decode()
        + "\n-----END PUBLIC KEY-----\n",
    ],
)
def test_a_pasted_public_key_is_read_in_every_usual_form(text: str) -> None:
    """Hex, base64, DER and PEM give the raw key."""
    assert parse_public_key(text) == RAW


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this has 0"),
        ("x", "64 hex digits, or base64"),
        ("ü" * 44, "64 hex digits, or base64"),
        (RAW.hex()[:-2] + "zz", "64 hex digits, or base64"),
        (RAW.hex()[:-2], "this has|64 hex digits"),
        (base64.b64encode(RAW[:-1]).decode(), "this has 31"),
        (base64.b64encode(DER[:-1]).decode(), "this has 43"),
        (base64.b64encode(b"\0" * 12 + RAW).decode(), "this has 44"),
        ("aa " * 21 + "a", "this has|64 hex"),
    ],
)
def test_what_is_no_public_key_is_refused(text: str, words: str) -> None:
    """Another length, alphabet or prefix is a KeyringError."""
    with pytest.raises(KeyringError, match=words):
        parse_public_key(text)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-05-18T00:00:14Z", "2026-05-18T00:00:14.5Z"),
        ("2026-05-18T00:00:14.09Z", "2026-05-18T00:00:14.1Z"),
        ("2025-12-31T23:59:59.999999999Z", "2026-01-01T00:00:00Z"),
    ],
)
def test_times_sort_as_time_does(earlier: str, later: str) -> None:
    """Fractions compare as numbers, whatever their length."""
    one, other = utc_order(earlier), utc_order(later)
    assert one is not None
    assert other is not None
    assert one < other
    assert utc_order("2026-05-18T00:00:14.50Z") == utc_order("2026-05-18T00:00:14.5Z")


@pytest.mark.parametrize(
    "text",
    [None, "", "2026-05-18", "2026-13-01T00:00:00Z", "2026-05-18T24:00:00Z", "2026-05-18t00:00:00z"]
    + ["2026-05-18T00:00:00.Z", "2026-05-18T00:00:00+02:00", "٢٠٢٦-05-18T00:00:00Z"],
)
def test_what_is_no_utc_time_has_no_order(text: str | None) -> None:
    """Offsets, missing parts, hour 24 and other digits are no UTC time of the protocol."""
    assert utc_order(text) is None
