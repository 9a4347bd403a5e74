"""The strict reader (protocol 1.1): what it accepts means one thing; a refusal has a place."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pithcore import ReadError, read_json
from pithcore.reading import MAX_DEPTH, end_of_object

REFUSED_ON_PURPOSE = {
    "y_object_duplicated_key.json": "two values under one key mean two things to two readers",
    "y_object_duplicated_key_and_value.json": "a repeated key, even with the same value",
}
"""Valid JSON of the suite that is refused, and why."""

UNDEFINED = {
    "i_number_huge_exp.json": False,
    "i_number_neg_int_huge_exp.json": False,
    "i_number_pos_double_huge_exp.json": False,
    "i_number_real_neg_overflow.json": False,
    "i_number_real_pos_overflow.json": False,
    "i_number_too_big_neg_int.json": False,
    "i_number_too_big_pos_int.json": False,
    "i_number_very_big_negative_int.json": False,
    "i_number_double_huge_neg_exp.json": True,
    "i_number_real_underflow.json": True,
    "i_object_key_lone_2nd_surrogate.json": False,
    "i_string_1st_surrogate_but_2nd_missing.json": False,
    "i_string_1st_valid_surrogate_2nd_invalid.json": False,
    "i_string_incomplete_surrogate_and_escape_valid.json": False,
    "i_string_incomplete_surrogate_pair.json": False,
    "i_string_incomplete_surrogates_escape_valid.json": False,
    "i_string_invalid_lonely_surrogate.json": False,
    "i_string_invalid_surrogate.json": False,
    "i_string_inverted_surrogates_U+1D11E.json": False,
    "i_string_lone_second_surrogate.json": False,
    "i_string_UTF-16LE_with_BOM.json": False,
    "i_string_UTF-8_invalid_sequence.json": False,
    "i_string_UTF8_surrogate_U+D800.json": False,
    "i_string_invalid_utf-8.json": False,
    "i_string_iso_latin_1.json": False,
    "i_string_lone_utf8_continuation_byte.json": False,
    "i_string_not_in_unicode_range.json": False,
    "i_string_overlong_sequence_2_bytes.json": False,
    "i_string_overlong_sequence_6_bytes.json": False,
    "i_string_overlong_sequence_6_bytes_null.json": False,
    "i_string_truncated-utf-8.json": False,
    "i_string_utf16BE_no_BOM.json": False,
    "i_string_utf16LE_no_BOM.json": False,
    "i_structure_500_nested_arrays.json": False,
    "i_structure_UTF-8_BOM_empty_object.json": False,
}
"""What RFC 8259 leaves open: whether this reader accepts it."""


def accepts(data: bytes) -> bool:
    """Whether the reader takes it; anything but a value or a ReadError is an error of the test."""
    try:
        read_json(data)
    except ReadError:
        return False
    return True


@pytest.fixture(scope="module")
def suite(vectors: Path) -> dict[str, bytes]:
    """File name → bytes of the parsing suite."""
    folder = vectors / "json-test-suite" / "test_parsing"
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_suite_refuses_every_invalid_file(suite: dict[str, bytes]) -> None:
    """Every n_ file is refused, each in well under a second: also the 100,000-deep ones."""
    names = [name for name in suite if name.startswith("n_")]
    assert len(names) > 180
    for name in names:
        start = time.perf_counter()
        assert not accepts(suite[name]), name
        assert time.perf_counter() - start < 1, name


def test_suite_accepts_every_valid_file_but_those_listed(suite: dict[str, bytes]) -> None:
    """Every y_ file is accepted, except those refused on purpose."""
    names = {name for name in suite if name.startswith("y_")}
    assert len(names) > 90
    assert {name for name in names if not accepts(suite[name])} == REFUSED_ON_PURPOSE.keys()


def test_suite_outcome_of_every_undefined_file_is_pinned(suite: dict[str, bytes]) -> None:
    """Every i_ file ends as the table says: a change of policy shows."""
    names = {name for name in suite if name.startswith("i_")}
    assert {name: accepts(suite[name]) for name in names} == UNDEFINED


def test_accepted_files_of_the_suite_mean_what_they_mean_to_python(suite: dict[str, bytes]) -> None:
    """An accepted file gives exactly the value of json.loads."""
    for name, data in suite.items():
        if accepts(data):
            assert repr(read_json(data)) == repr(json.loads(data)), name


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"":', '[[[{"x":'])
def test_deep_nesting_is_refused_quickly_with_its_place(opening: str) -> None:
    """A document of 100,000 levels is refused at once, with the bracket that is one too many."""
    start = time.perf_counter()
    with pytest.raises(ReadError, match="levels deep") as caught:
        read_json(opening.encode() * 100_000)
    assert time.perf_counter() - start < 1
    assert caught.value.line == 1
    assert caught.value.column is not None


def test_depth_limit_is_exact_and_brackets_inside_strings_do_not_count() -> None:
    """MAX_DEPTH levels are read and one more is not, wherever the brackets stand."""
    assert accepts(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert not accepts(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert accepts(b"[" + b"[]," * 1000 + b"[]]")
    assert accepts(json.dumps({'a\\"[[': "[{" * 500 + '"'}).encode())


def fails(data: bytes) -> tuple[int | None, int | None, str | None, str]:
    """Line, column, path and message of a refusal."""
    with pytest.raises(ReadError) as caught:
        read_json(data)
    return caught.value.line, caught.value.column, caught.value.path, str(caught.value)


@pytest.mark.parametrize(
    ("data", "line", "column", "path", "words"),
    [
        (b'{"a": 1,\n "b": {"c": 1, "c": 2}}', 2, 16, "$.b.c", "stands twice"),
        (b'[0, {"k": [1, {"x": 1, "y": 2,\n"x": 3}]}]', 2, 1, "$[1].k[1].x", "stands twice"),
        (b'{"a": [1, NaN]}', 1, 11, "$.a[1]", "not a JSON number"),
        (b'{"a": -Infinity}', 1, 7, "$.a", "not a JSON number"),
        (b"[Infinity]", 1, 2, "$[0]", "not a JSON number"),
        (b"NaN", 1, 1, "$", "not a JSON number"),
        (b"[1,\n 9223372036854775808]", 2, 2, "$[1]", "does not fit in 64 bits"),
        (b"[-9223372036854775809]", 1, 2, "$[0]", "does not fit in 64 bits"),
        (b"[1" + b"0" * 5000 + b"]", 1, 2, "$[0]", "does not fit in 64 bits"),
        (b'{"x y": 1e999}', 1, 9, '$["x y"]', "too large for a 64-bit float"),
        (b"[-1e999]", 1, 2, "$[0]", "too large for a 64-bit float"),
        (b'{"a": {"b": "\\ud800"}}', 1, 13, "$.a.b", "surrogate"),
        (b'{"a": {"\\uDFFF": 1}}', 1, 8, '$.a["\\udfff"]', "surrogate"),
        (b'["\\ud83d\\ude00", "\\ude00\\ud83d"]', 1, 18, "$[1]", "surrogate"),
        (b'{"\\u0061": 1, "a": 2}', 1, 15, "$.a", "stands twice"),
        (b"\xef\xbb\xbf{}", 1, 1, None, "byte order mark"),
        (b'{"a":\n "\xc3\xa4 \xff"}', 2, 5, None, "0xff is not valid UTF-8"),
        (b'{"a": 1,}', 1, 9, None, "not JSON"),
        (b'{"a"\n: tru}', 2, 3, None, "not JSON"),
        (b'{"a": 1} x', 1, 10, None, "not JSON"),
        (b"", 1, 1, None, "not JSON"),
    ],
)
def test_a_refusal_names_the_exact_place(
    data: bytes, line: int, column: int, path: str | None, words: str
) -> None:
    """Line, column and JSON path are those of the first thing that is wrong."""
    found = fails(data)
    assert found[:3] == (line, column, path)
    assert words in found[3]
    assert f"Line {line}, column {column}: " in found[3]
    assert path is None or found[3].endswith(f"(at {path})")


def test_a_refusal_stays_short_whatever_the_key() -> None:
    """A key of a megabyte does not become a message of a megabyte."""
    key = b'"' + b"k" * 1_000_000 + b'"'
    assert len(fails(b"{%s: 1, %s: 2}" % (key, key))[3]) < 500


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, -1])
def test_integers_of_64_bits_are_read_exactly(number: int) -> None:
    """Both ends of the signed 64-bit range are read, as integers."""
    assert read_json(str(number).encode()) == number


def test_surrogate_pairs_and_raw_characters_are_text() -> None:
    """A pair of escapes is one character; so is the same character in UTF-8."""
    assert read_json(b'["\\ud83d\\ude00"]') == read_json('["😀"]'.encode()) == ["😀"]
    assert read_json(b'["\\\\ud800"]') == ["\\ud800"]


def test_size_limit_is_exact_and_says_both_sizes() -> None:
    """`max_bytes` bytes are read, one more is refused before anything is decoded."""
    assert read_json(b"[1234]", max_bytes=6) == [1234]
    with pytest.raises(ReadError, match="7 bytes; at most 6") as caught:
        read_json(b"[12345]", max_bytes=6)
    assert caught.value.line is caught.value.column is caught.value.path is None


@pytest.mark.parametrize("data", ["{}", bytearray(b"{}"), None, 3])
def test_other_types_than_bytes_are_a_type_error(data: Any) -> None:
    """Text where bytes belong is the caller's mistake, not the document's."""
    with pytest.raises(TypeError, match="must be bytes"):
        read_json(data)


def test_end_of_object_sees_through_strings() -> None:
    """Braces and quotes inside strings do not close an object; an open one ends with the text."""
    text = 'x {"a": "}\\"}", "b": [{}]} tail'
    assert text[end_of_object(text, 2) :] == " tail"
    assert end_of_object('{"a": [1', 0) == 8
    assert end_of_object('{"a', 0) == 3


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_read_error(data: bytes) -> None:
    """No other exception leaves the reader."""
    try:
        value = read_json(data)
    except ReadError:
        return
    assert repr(value) == repr(json.loads(data))


TOKENS = st.sampled_from(
    [*"[]{},: \n\\", '"a"', '"b"', '"\\ud800"', '"\\ud83d\\ude00"', '"', "\ufeff", "é"]
    + ["1", "-0", "1e5", "1e999", "9223372036854775808", "NaN", "-Infinity", "true", "null"]
)


@given(st.lists(TOKENS, max_size=30).map("".join))
def test_any_sequence_of_tokens_gives_a_value_or_a_read_error(text: str) -> None:
    """Near-JSON, which random bytes rarely reach: the same, and what is accepted is Python's."""
    try:
        value = read_json(text.encode())
    except ReadError:
        return
    assert repr(value) == repr(json.loads(text))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_every_value_json_can_carry_is_read_back(value: Any, ascii_only: bool, indent: Any) -> None:
    """What json.dumps writes is read as the same value, with every type kept."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    back = read_json(text.encode())
    assert repr(back) == repr(value)
    assert not (isinstance(back, float) and math.isnan(back))
