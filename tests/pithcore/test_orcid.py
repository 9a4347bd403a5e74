"""ORCID iDs and the lists of researcher URLs in ORCID's answers."""

from __future__ import annotations

import json

import pytest

from pithcore.errors import OrcidError
from pithcore.orcid import (
    MAX_URLS,
    check_digit,
    orcid_url,
    parse_orcid,
    read_researcher_urls,
    researcher_urls_address,
)

DID = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"


@pytest.mark.parametrize(
    "orcid", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"]
)
def test_published_examples(orcid: str) -> None:
    """iDs that ORCID's own documentation shows, in every way they are written."""
    for text in (orcid, orcid.lower(), orcid_url(orcid), f"http://www.orcid.org/{orcid}/"):
        assert parse_orcid(f" {text}\n") == orcid


def test_every_other_last_character_is_refused() -> None:
    """Of the eleven one is right; the sentence names it."""
    for last in "012345678X":
        if last != "7":
            with pytest.raises(OrcidError, match="last character would have to be 7"):
                parse_orcid(f"0000-0002-1825-009{last}")


def test_swapped_digits_are_noticed() -> None:
    """MOD 11-2 finds every single wrong digit and every swap of neighbours."""
    digits = "000000021825009"
    right = check_digit(digits)
    for index in range(14):
        if digits[index] != digits[index + 1]:
            swapped = list(digits)
            swapped[index : index + 2] = swapped[index + 1], swapped[index]
            assert check_digit("".join(swapped)) != right
    for index, digit in enumerate(digits):
        for other in set("0123456789") - {digit}:
            assert check_digit(digits[:index] + other + digits[index + 1 :]) != right


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000000218250097",
        "0000-0002-1825-00977",
        "https://example.org/0000-0002-1825-0097",
        "0000-0002-1825-009٧",
        "x" * 10_000,
    ],
)
def test_what_is_no_id(text: str) -> None:
    """Another form is shown, cut, with an example of the right one."""
    with pytest.raises(OrcidError, match="is no ORCID iD, which has four groups of four") as error:
        parse_orcid(text)
    assert len(str(error.value)) < 250


def test_the_address_asked() -> None:
    """The public interface, and no key for it."""
    address = researcher_urls_address("0000-0002-1825-0097")
    assert address == "https://pub.orcid.org/v3.0/0000-0002-1825-0097/researcher-urls"


def answer(*urls: object) -> bytes:
    """ORCID's answer, in its own shape."""
    rows = [{"url-name": "key", "url": {"value": url}, "put-code": 1} for url in urls]
    return json.dumps({"last-modified-date": None, "researcher-url": rows}).encode()


@pytest.mark.parametrize(
    "url",
    [DID, f"https://pith.science/#{DID}", f"https://example.org/keys/{DID}", f"x:?key={DID}"],
)
def test_a_listed_key(url: str) -> None:
    """By itself or at the end of an address."""
    found = read_researcher_urls(answer("https://example.org", url), "0000-0002-1825-0097", "2026")
    assert found == ("0000-0002-1825-0097", (DID,), "2026")


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        "",
        DID[:-1],
        DID + "x",
        f"x{DID}",
        f"{DID}/",
        f"{DID}#about",
        "did:key:z6Mk",
        f"https://example.org/\n{DID}",
    ],
)
def test_what_lists_no_key(url: object) -> None:
    """A key inside other words is not listed: whoever wrote the address did not end with it."""
    assert read_researcher_urls(answer(url), "0000-0002-1825-0097", "").did_keys == ()


def test_as_many_as_are_looked_at() -> None:
    """The list is bounded."""
    urls = ["https://example.org"] * MAX_URLS
    assert read_researcher_urls(answer(*urls, DID), "", "").did_keys == ()
    assert read_researcher_urls(answer(*urls[1:], DID), "", "").did_keys == (DID,)


@pytest.mark.parametrize("entry", [None, 5, [], {"url": None}, {"url": {"value": {}}}])
def test_entries_of_other_shapes(entry: object) -> None:
    """They list nothing."""
    data = json.dumps({"researcher-url": [entry]}).encode()
    assert read_researcher_urls(data, "", "").did_keys == ()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<html>", "ORCID's answer cannot be read. Line 1, column 1"),
        (b"[]", "ORCID's answer holds no list “researcher-url”."),
        (b'{"researcher-url": {}}', "ORCID's answer holds no list “researcher-url”."),
    ],
)
def test_other_answers(data: bytes, sentence: str) -> None:
    """An error page is not an empty list."""
    with pytest.raises(OrcidError) as error:
        read_researcher_urls(data, "", "")
    assert str(error.value).startswith(sentence)
