"""Canonical bytes and digest (protocol 1.1, 1.2)."""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from test_reading import VALUES

from pithcore import CanonicalError, ReadError, canonical_bytes, canonical_digest, read_json


def pythons(value: Any) -> bytes:
    """The definition, word for word (protocol 1.1)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@given(VALUES)
def test_canonical_bytes_are_those_of_json_dumps(value: Any) -> None:
    """Byte for byte Python's sorted, compact, unescaped form; the digest is their SHA-256."""
    assert canonical_bytes(value) == pythons(value)
    assert canonical_digest(value) == hashlib.sha256(pythons(value)).digest()


@given(VALUES)
def test_reading_canonical_bytes_changes_nothing(value: Any) -> None:
    """Canonical bytes are a fixed point of reading and writing."""
    once = canonical_bytes(value)
    assert canonical_bytes(read_json(once)) == once


# Where Pith's form and RFC 8785 part, by file of the JCS vectors.
DIFFERS_FROM_JCS = {
    "structures.json": "numbers: Python keeps 56.0, which ECMAScript writes as 56",
    "weird.json": "keys: sorted by code point, not by UTF-16 unit",
}


def test_jcs_documents_show_where_the_form_is_not_rfc_8785(vectors: Path) -> None:
    """Equal to RFC 8785 on documents without its two special rules, and only there."""
    folder = vectors / "jcs"
    differing = set()
    for file in sorted((folder / "input").iterdir()):
        ours = canonical_bytes(read_json(file.read_bytes()))
        assert ours == pythons(json.loads(file.read_bytes()))
        if ours != bytes.fromhex((folder / "outhex" / f"{file.stem}.txt").read_text()):
            differing.add(file.name)
    assert differing == DIFFERS_FROM_JCS.keys()


def test_keys_sort_by_code_point_not_by_utf16_unit() -> None:
    """U+FB33 stands before U+1F600, which UTF-16 would turn round."""
    assert canonical_bytes({"\U0001f600": 1, "\ufb33": 2}) == '{"\ufb33":2,"\U0001f600":1}'.encode()


def test_numbers_are_pythons_and_not_ecmascripts(vectors: Path) -> None:
    """Of the ES6 number vectors many differ, and every one of ours is Python's repr."""
    differing = 0
    for line in (vectors / "jcs" / "es6numbers-10000.txt").read_text().splitlines():
        bits, es6 = line.split(",")
        (number,) = struct.unpack(">d", bytes.fromhex(bits.rjust(16, "0")))
        assert canonical_bytes(number) == repr(number).encode()
        differing += canonical_bytes(number) != es6.encode()
    assert differing > 100


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (1, True), (0, False), (0, None), ("1", 1), (0.0, -0.0), ([], {})]
)
def test_values_that_python_calls_equal_have_different_bytes(one: Any, other: Any) -> None:
    """1, 1.0 and true are three values."""
    assert canonical_bytes(one) != canonical_bytes(other)


def loop() -> list[Any]:
    """A list that holds itself."""
    value: list[Any] = []
    value.append(value)
    return value


def deep() -> list[Any]:
    """More levels than the interpreter follows."""
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        "\ud800",
        {"\udfff": 1},
        b"x",
        {1},
        object(),
        {1: 2, "a": 3},
        loop(),
        deep(),
    ],
    ids=["nan", "inf", "lone", "lone-key", "bytes", "set", "object", "mixed-keys", "loop", "deep"],
)
def test_what_json_cannot_carry_is_a_canonical_error(value: Any) -> None:
    """No TypeError, ValueError, UnicodeError or RecursionError leaves: one CanonicalError."""
    with pytest.raises(CanonicalError, match="no canonical bytes"):
        canonical_bytes(value)
    with pytest.raises(CanonicalError):
        canonical_digest(value)


def test_everything_the_reader_accepts_in_the_suite_has_canonical_bytes(vectors: Path) -> None:
    """Every accepted file of the JSON suite has Python's canonical bytes."""
    read = 0
    for file in sorted((vectors / "json-test-suite" / "test_parsing").iterdir()):
        try:
            value = read_json(file.read_bytes())
        except ReadError:
            continue
        assert canonical_bytes(value) == pythons(json.loads(file.read_bytes()))
        read += 1
    assert read > 90
