"""What a reader types to name a record, and the addresses it leads to (protocol 5.1, 7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import ROWS

from pithcore import RESOLVERS, ArxivId, NumberError, PithNumber, QueryError, Resolver, parse_query

SUFFIX = "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"


@pytest.mark.parametrize(
    ("text", "arxiv", "version"),
    [
        ("1906.08168", "1906.08168", None),
        (" 1906.08168v1\n", "1906.08168", 1),
        ("arXiv:1906.08168v12", "1906.08168", 12),
        ("0902.2274", "0902.2274", None),
        ("hep-lat/0305021", "hep-lat/0305021", None),
        ("HEP-LAT/0305021v2", "hep-lat/0305021", 2),
        ("https://arxiv.org/abs/hep-lat/0305021", "hep-lat/0305021", None),
        ("http://www.arxiv.org/pdf/1906.08168v1.pdf", "1906.08168", 1),
        ("export.arxiv.org/html/1906.08168", "1906.08168", None),
        ("https://arxiv.org/abs/1906.08168?context=cs#top", "1906.08168", None),
        ("https://doi.org/10.48550/arXiv.1906.08168", "1906.08168", None),
        ("10.48550/arxiv.hep-lat/0305021", "hep-lat/0305021", None),
    ],
)
def test_arxiv_ids_and_addresses_are_read(text: str, arxiv: str, version: int | None) -> None:
    """Id and version come out of every form, old ids in lower case."""
    query = parse_query(text)
    assert query == ArxivId(arxiv, version)
    assert str(query) == (arxiv if version is None else f"{arxiv}v{version}")


def test_every_real_arxiv_id_is_read() -> None:
    """All ids of the fixtures, with their versions."""
    for row in ROWS:
        text = f"{row['arxiv']}v{row['version']}"
        assert parse_query(text) == ArxivId(row["arxiv"], row["version"])


@pytest.mark.parametrize(
    "text", [SUFFIX, f"pith:2019:{SUFFIX}", f"https://pith.science/pith/{SUFFIX}/bundle.json"]
)
def test_numbers_and_record_addresses_are_read(text: str) -> None:
    """A number in any form stays a number."""
    query = parse_query(text)
    assert isinstance(query, PithNumber)
    assert query.suffix == SUFFIX


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Nothing was given"),
        ("1906.081", "has 8 characters|not a base32|digit"),
        ("1906.08168v0", "digit 1|never used"),
        ("١٩٠٦.٠٨١٦٨", "not a base32"),
        ("https://arxiv.org/list/cs", "no Pith Number"),
        ("9" * 5000, "5,000 characters"),
    ],
)
def test_what_names_nothing_is_a_query_error(text: str, words: str) -> None:
    """The sentence is that of the number, which is kept as the cause."""
    with pytest.raises(QueryError, match=words) as caught:
        parse_query(text)
    assert isinstance(caught.value.__cause__, NumberError)


@given(st.text() | st.from_regex(r"(arxiv:)?[0-9]{4}\.[0-9]{3,6}(v[0-9]+)?"))
def test_any_text_gives_a_query_or_a_query_error(text: str) -> None:
    """No other exception, and what is written is read back."""
    try:
        query = parse_query(text)
    except QueryError:
        return
    assert parse_query(str(query)) == query


def test_a_resolver_gives_the_bundle_first_and_no_other_host() -> None:
    """Addresses in order, each on the resolver's own origin."""
    urls = RESOLVERS[0].urls(PithNumber.parse(f"pith:2019:{SUFFIX}"))
    assert urls == (
        f"https://pith.science/pith/{SUFFIX}/bundle.json",
        f"https://pith.science/pith/{SUFFIX}.json",
    )
    mirror = Resolver("M", "https://m.example", ("/.well-known/pith/{name}/bundle.json",))
    assert mirror.urls(ArxivId("1906.08168", 1)) == (
        "https://m.example/.well-known/pith/1906.08168/bundle.json",
    )
