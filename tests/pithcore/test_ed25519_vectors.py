"""All public vectors of Ed25519, read in place, on every way to a verdict (protocol 10)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pithcore.ed25519 import PublicKey, admissible, public_key, sign, verify
from pithcore.ed25519.comb import LARGE, SMALL
from pithcore.ed25519.keys import LARGE_AFTER, SMALL_AFTER
from pithcore.ed25519.strict import SMALL_ORDER

pytestmark = pytest.mark.no_cover  # thousands of cases, of code that other tests cover

ROWS = 2301

CCTV_ALLOWED = {"low_order_component_A", "low_order_component_R"}
"""What a vector of CCTV may have and still be accepted: A or R with a part of small order, when
the equation holds without the cofactor."""

Signed = tuple[bytes, bytes]


class Row(NamedTuple):
    """One vector."""

    key: bytes
    message: bytes
    signature: bytes


def _json(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def _supercop(folder: Path) -> Iterator[tuple[bytes, Row]]:
    for line in (folder / "supercop_sign.input").read_text(encoding="ascii").splitlines():
        secret, key, message, signed, _ = line.split(":")
        signature = bytes.fromhex(signed)[:64]
        yield bytes.fromhex(secret)[:32], Row(bytes.fromhex(key), bytes.fromhex(message), signature)


@pytest.fixture(scope="module")
def folder(vectors: Path) -> Path:
    """The vectors of Ed25519."""
    return vectors / "ed25519"


@pytest.fixture(scope="module")
def sets(folder: Path) -> dict[str, list[Row]]:
    """Name of the set → its vectors, in the file's order."""
    hexed = bytes.fromhex
    return {
        "wycheproof": [
            Row(hexed(group["publicKey"]["pk"]), hexed(test["msg"]), hexed(test["sig"]))
            for group in _json(folder, "wycheproof_ed25519_test.json")["testGroups"]
            for test in group["tests"]
        ],
        "cctv": [
            Row(hexed(one["key"]), one["msg"].encode(), hexed(one["sig"]))
            for one in _json(folder, "cctv_ed25519vectors.json")
        ],
        "speccheck": [
            Row(hexed(one["pub_key"]), hexed(one["message"]), hexed(one["signature"]))
            for one in _json(folder, "speccheck_cases.json")
        ],
        "rfc8032": [
            Row(hexed(one["pub"]), hexed(one["msg"]), hexed(one["sig"]))
            for one in _json(folder, "rfc8032_ed25519.json")
        ],
        "supercop": [row for _, row in _supercop(folder)],
        "zip215": [
            Row(hexed(one["vk_bytes"]), b"Zcash", hexed(one["sig_bytes"]))
            for one in _json(folder, "zip215_noble.json")
        ],
    }


@pytest.fixture(scope="module")
def strict(folder: Path, sets: dict[str, list[Row]]) -> dict[str, str]:
    """Name of the set → the strict verdicts, one letter a vector."""
    verdicts = {name: one["strict"] for name, one in _json(folder, "verdicts.json").items()}
    assert sum(len(rows) for rows in sets.values()) == ROWS
    assert {name: len(rows) for name, rows in sets.items()} == {
        name: len(letters) for name, letters in verdicts.items()
    }
    return verdicts


def _letters(verdicts: list[bool]) -> str:
    return "".join("V" if verdict else "X" for verdict in verdicts)


def _by_key(rows: list[Row]) -> dict[bytes, list[int]]:
    found: dict[bytes, list[int]] = {}
    for at, row in enumerate(rows):
        found.setdefault(row.key, []).append(at)
    return found


def _prepared(key: bytes, signatures: int) -> PublicKey:
    held = PublicKey(key)
    held.prepare(signatures)
    return held


def _one_by_one(rows: list[Row]) -> list[bool]:
    return [PublicKey(row.key).verify(row.message, row.signature) for row in rows]


def _with_the_function(rows: list[Row]) -> list[bool]:
    return [verify(*row) for row in rows]


def _key_by_key(way: Callable[[bytes, list[Signed]], list[bool]], rows: list[Row]) -> list[bool]:
    verdicts = [False] * len(rows)
    for key, places in _by_key(rows).items():
        found = way(key, [(rows[at].message, rows[at].signature) for at in places])
        for at, verdict in zip(places, found, strict=True):
            verdicts[at] = verdict
    return verdicts


def _in_a_batch(rows: list[Row]) -> list[bool]:
    return _key_by_key(lambda key, signed: PublicKey(key).verify_batch(signed), rows)


def _with_small_tables(rows: list[Row]) -> list[bool]:
    def way(key: bytes, signed: list[Signed]) -> list[bool]:
        held = _prepared(key, SMALL_AFTER + 1)
        verdicts = [held.verify(*one) for one in signed]
        assert held.verify_batch(signed) == verdicts  # tables are dear: one making serves both
        return verdicts

    return _key_by_key(way, rows)


WAYS = [_one_by_one, _with_the_function, _in_a_batch, _with_small_tables]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_every_vector_has_the_strict_verdict(
    sets: dict[str, list[Row]], strict: dict[str, str], way: Callable[[list[Row]], list[bool]]
) -> None:
    """All 2,301 vectors: every way gives the strict verdict (the last one, also in a batch)."""
    for name, rows in sets.items():
        assert (name, _letters(way(rows))) == (name, strict[name])


def test_vectors_of_keys_met_often_have_the_strict_verdict_with_large_tables(
    sets: dict[str, list[Row]], strict: dict[str, str]
) -> None:
    """Large tables: every key with twenty vectors or more, except those of small order, and a
    few of SUPERCOP's. One by one and in a batch.
    """
    tried = 0
    for name, rows in sets.items():
        for number, (key, places) in enumerate(_by_key(rows).items()):
            often = len(places) >= 20 if name != "supercop" else number % 500 == 0
            if not often or key in SMALL_ORDER:
                continue
            held = _prepared(key, LARGE_AFTER + 1)
            if held._comb is not None:  # the key of some vectors is no point
                assert held._comb.shape == LARGE != SMALL
                tried += len(places)
            signed = [(rows[at].message, rows[at].signature) for at in places]
            expected = "".join(strict[name][at] for at in places)
            assert _letters([held.verify(*one) for one in signed]) == expected
            assert _letters(held.verify_batch(signed)) == expected
    assert tried >= 450


def test_openssl_behind_the_filter_has_the_strict_verdict(
    sets: dict[str, list[Row]], strict: dict[str, str]
) -> None:
    """Behind `admissible`, OpenSSL gives the strict verdict on all 2,301 vectors."""

    def openssl(row: Row) -> bool:
        if not admissible(row.key, row.signature):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(row.key).verify(row.signature, row.message)
        except (InvalidSignature, ValueError):
            return False
        return True

    for name, rows in sets.items():
        assert (name, _letters([openssl(row) for row in rows])) == (name, strict[name])


def test_a_vector_of_cctv_is_accepted_when_its_flags_are_allowed_and_only_then(
    folder: Path, sets: dict[str, list[Row]]
) -> None:
    """CCTV: accepted ⇔ flags ⊆ `CCTV_ALLOWED`; nothing else that it flags gets through."""
    flags = [set(one["flags"] or ()) for one in _json(folder, "cctv_ed25519vectors.json")]
    allowed = [one <= CCTV_ALLOWED for one in flags]
    assert allowed == _one_by_one(sets["cctv"])
    assert any(allowed)


def test_the_small_order_encodings_are_those_of_cctv(folder: Path) -> None:
    """The filter's list is the public one."""
    lines = (folder / "small_order_encodings.txt").read_text(encoding="ascii").split()
    assert len(lines) == 14
    assert {bytes.fromhex(line) for line in lines} == SMALL_ORDER


def test_signing_reproduces_rfc_8032(folder: Path) -> None:
    """Keys and signatures of section 7.1 come out byte for byte."""
    rows = _json(folder, "rfc8032_ed25519.json")
    assert len(rows) == 4
    for row in rows:
        seed = bytes.fromhex(row["priv"])
        assert public_key(seed).hex() == row["pub"]
        assert sign(seed, bytes.fromhex(row["msg"])).hex() == row["sig"]


def test_signing_reproduces_supercop(folder: Path) -> None:
    """All 1,024 keys and signatures come out byte for byte."""
    rows = list(_supercop(folder))
    assert len(rows) == 1024
    for seed, row in rows:
        assert public_key(seed) == row.key
        assert sign(seed, row.message) == row.signature
