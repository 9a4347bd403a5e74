"""Pith Numbers: derived from a digest, read in every form people paste (protocol 1.3, 1.4)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import ROWS

from pithcore import NumberError, PithNumber
from pithcore.number import ALPHABET, MAX_TEXT

SUFFIX = "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
FULL = PithNumber(SUFFIX, 2019)

SUFFIXES = st.sampled_from([8, 12, 16, 26]).flatmap(
    lambda length: st.text(ALPHABET, min_size=length, max_size=length)
)
NUMBERS = st.builds(PithNumber, SUFFIXES, st.none() | st.integers(1000, 9999))


@pytest.mark.parametrize(
    "text",
    [
        f"pith:2019:{SUFFIX}",
        f"PITH:2019:{SUFFIX.lower()}",
        f"2019:{SUFFIX}",
        f"  “pith:2019:{SUFFIX}”.\n",
        f"<pith:2019:{SUFFIX}>,",
        f"\ufeffpith:2019:{SUFFIX}\u200b",
        f"https://pith.science/pith/pith:2019:{SUFFIX}",
        f"https://pith.science/pith/pith%3A2019%3a{SUFFIX}/bundle.json?x=1#y",
        f"https://reader.example/verify/#pith:2019:{SUFFIX}",
        f"\\pithnumber{{pith:2019:{SUFFIX}}}",
    ],
)
def test_forms_with_a_year_give_number_and_year(text: str) -> None:
    """Every form that states the year gives the full number."""
    assert PithNumber.parse(text) == FULL
    assert str(PithNumber.parse(text)) == f"pith:2019:{SUFFIX}"


@pytest.mark.parametrize(
    "text",
    [
        SUFFIX,
        SUFFIX.lower(),
        f"pith:{SUFFIX}",
        f"https://pith.science/pith/{SUFFIX}",
        f"https://www.pith.science/pith/{SUFFIX}/",
        f"http://pith.science/pith/{SUFFIX.lower()}.json",
        f"pith.science/pith/{SUFFIX}/bundle.json",
        f"https://pith.science/pith/{SUFFIX}/state.json?download=1",
        f"https://mirror.example/.well-known/pith/{SUFFIX}/bundle.json",
        f"https://pith.science/api/pith-number/{SUFFIX}/graph.json",
        f"(https://pith.science/pith/{SUFFIX}#receipt)",
        f"\\pithnumber{{{SUFFIX}}}",
        f"\\usepackage{{pith}}\n\\pithnumber {{ {SUFFIX} }}",
    ],
)
def test_forms_without_a_year_give_the_suffix(text: str) -> None:
    """Bare suffixes, URLs on any host and the LaTeX command give the suffix and no year."""
    assert PithNumber.parse(text) == PithNumber(SUFFIX)


@pytest.mark.parametrize("length", [8, 12, 16])
def test_short_forms_are_read_and_are_not_full(length: int) -> None:
    """Aliases of 8, 12 and 16 characters are read as what they are."""
    number = PithNumber.parse(f"pith:{SUFFIX[:length]}")
    assert not number.is_full
    assert number.suffix == FULL.prefix(length) == SUFFIX[:length]
    assert number.matches(FULL)
    assert FULL.is_full
    assert FULL.short == "pith:DBZZ4GA3"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF30", "digit 0 at position 26.*letter O"),
        ("1BZZ4GA3QYTEJZ5TKUNHWEKF3I", "digit 1 at position 1 .*letter I or L"),
        ("DBZZ4GA8", "digit 8 at position 8 .*letter B"),
        ("D9ZZ4GA3", "digit 9 at position 2 .*letter G or P"),
        ("DBZZ-GA3", "'-' at position 5 .*A to Z and 2 to 7"),
        ("DBZZ4GAſ", "not a base32 character"),
        ("DBZZ4GA\u212a", "not a base32 character"),
        ("ＤＢＺＺ４ＧＡ３", "not a base32 character"),
        ("DBZZ4G\u0410A", "not a base32 character"),
        ("p\u0131th:DBZZ4GA3", "not a year"),
        ("ſith:2019:DBZZ4GA3", "too many colons"),
        (SUFFIX[:-1], "has 25 characters; a Pith Number has 26"),
        (SUFFIX + "A", "has 27 characters"),
        ("DBZZ4GA", "has 7 characters"),
        ("A", "has 1 characters"),
        ("", "Nothing was given"),
        (" \n«»", "Nothing was given"),
        ("pith:", "has 0 characters"),
        ("https://pith.science/about", "holds no Pith Number"),
        ("https://pith.science/pith/", "holds no Pith Number"),
        (f"pith:20:19:{SUFFIX}", "too many colons"),
        (f"pith:19:{SUFFIX}", "not a year of four digits"),
        (f"pith:0999:{SUFFIX}", "not a year of four digits"),
        (f"pith:２０１９:{SUFFIX}", "not a year of four digits"),
        (f"doi:2019:{SUFFIX}", "too many colons"),
        ("x" * 60, "“X{40}…” has 60 characters"),
        ("A" * (MAX_TEXT + 1), "2,049 characters long"),
    ],
)
def test_a_wrong_number_gets_a_sentence_of_its_own(text: str, words: str) -> None:
    """Look-alikes, alphabet, length, year and shape: each refusal says which, and where."""
    with pytest.raises(NumberError, match=words):
        PithNumber.parse(text)


def test_numbers_of_real_digests_are_theirs() -> None:
    """The number is the year and the first 26 base32 characters of the digest, for all records."""
    for row in ROWS:
        digest = bytes.fromhex(row["canonical_sha256"])
        year = int(row["canonical_record"]["metadata"]["submitted_at"][:4])
        number = PithNumber.from_digest(digest, year)
        assert str(number) == row["pith"]
        assert number.suffix == base64.b32encode(digest).decode()[:26]


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_only_32_bytes_are_a_digest(length: int) -> None:
    """A digest of another length has no number."""
    with pytest.raises(NumberError, match=f"32 bytes, not {length}"):
        PithNumber.from_digest(bytes(length))


@pytest.mark.parametrize("year", [0, 999, 10_000, -2019])
def test_a_year_has_four_digits(year: int) -> None:
    """A number cannot be made with another year."""
    with pytest.raises(NumberError, match="four digits"):
        PithNumber(SUFFIX, year)


@pytest.mark.parametrize(("number", "length"), [(FULL, 26), (FULL, 9), (PithNumber("A" * 8), 12)])
def test_there_are_no_other_aliases(number: PithNumber, length: int) -> None:
    """Prefixes exist for 8, 12 and 16 characters, as far as the suffix reaches."""
    with pytest.raises(NumberError, match=f"no alias of {length} characters"):
        number.prefix(length)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (FULL, PithNumber(SUFFIX), True),
        (FULL, PithNumber(SUFFIX[:12], 2019), True),
        (FULL, PithNumber(SUFFIX[:12], 2018), False),
        (FULL, PithNumber("A" * 26, 2019), False),
        (PithNumber(SUFFIX[:16]), PithNumber(SUFFIX[:8]), True),
        (PithNumber(SUFFIX[:8]), PithNumber("DBZZ4GA4"), False),
    ],
)
def test_matches_means_nothing_contradicts(one: Any, other: Any, expected: bool) -> None:
    """One suffix begins the other and no year differs; the question is symmetric."""
    assert one.matches(other) is other.matches(one) is expected


@given(NUMBERS)
def test_what_is_written_is_read_back(number: PithNumber) -> None:
    """str, lower case, a URL and the LaTeX command all lead back to the number."""
    assert PithNumber.parse(str(number)) == number
    assert PithNumber.parse(str(number).lower()) == number
    assert PithNumber.parse(f" https://pith.science/pith/{number.suffix}.json ").matches(number)
    assert PithNumber.parse(f"\\pithnumber{{{number}}}") == number


@given(st.binary(min_size=32, max_size=32), st.none() | st.integers(1000, 9999))
def test_every_digest_has_a_number_that_is_read_back(digest: bytes, year: int | None) -> None:
    """from_digest and parse agree."""
    number = PithNumber.from_digest(digest, year)
    assert number.is_full
    assert PithNumber.parse(str(number)) == number


NEAR = st.lists(
    st.sampled_from(["pith", ":", "/", "#", "2019", SUFFIX, SUFFIX[:8], "%3A", "\\pithnumber{"])
    | st.text(max_size=3),
    max_size=8,
).map("".join)


@given(st.text() | NEAR)
def test_any_text_gives_a_number_or_a_number_error(text: str) -> None:
    """No other exception, and whatever is read is written as plain ASCII base32."""
    try:
        number = PithNumber.parse(text)
    except NumberError:
        return
    assert set(number.suffix) <= set(ALPHABET)
    assert len(number.suffix) in (8, 12, 16, 26)
    assert PithNumber.parse(str(number)) == number
