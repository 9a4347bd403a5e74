"""Addresses of captures, and the archive's answers."""

from __future__ import annotations

import base64
import hashlib

import pytest
from samples import ROWS

from pithcore import PithNumber
from pithcore.errors import CaptureError
from pithcore.record import expected_aliases
from pithcore.wayback import (
    MAX_ADDRESS,
    cdx_address,
    memento_time,
    names_paper,
    parse_capture,
    read_cdx,
    time_of,
)

NUMBER = PithNumber.parse(ROWS[0]["pith"])
ALIASES = expected_aliases(ROWS[0]["canonical_record"], NUMBER)
ID = ROWS[0]["arxiv"]
SHA1 = hashlib.sha1(b"a paper").digest()
ROW = f"20260519120000 https://arxiv.org/abs/{ID} 200 {base64.b32encode(SHA1).decode()}\n"


@pytest.mark.parametrize("flag", ["", "id_", "if_", "im_"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_capture(flag: str, scheme: str) -> None:
    """Its time and what was captured, with or without the archive's flags."""
    url = f"{scheme}://web.archive.org/web/20260519120102{flag}/http://arxiv.org/abs/{ID}?a=b"
    stamp, time, archived = parse_capture(url)
    assert (stamp, time) == ("20260519120102", "2026-05-19T12:01:02Z")
    assert archived == f"http://arxiv.org/abs/{ID}?a=b"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://web.archive.org/web/2026/https://arxiv.org",
        "https://web.archive.org/web/*/https://arxiv.org",
        "https://web.archive.org/web/20260519120102/",
        "https://web.archive.org.example/web/20260519120102/https://arxiv.org",
        "https://example.org/?https://web.archive.org/web/20260519120102/https://arxiv.org",
        "https://web.archive.org/web/20260519120102/https://arxiv.org/ abs",
        "https://web.archive.org/web/20260519120102/https://arxiv.org/é",
        "https://web.archive.org/web/20260519120102/" + "a" * MAX_ADDRESS,
    ],
)
def test_what_is_no_capture(url: str) -> None:
    """Another host, a wildcard, part of a time."""
    with pytest.raises(CaptureError, match="is no address of a capture"):
        parse_capture(url)


def test_digits_that_are_no_time() -> None:
    """The 30th of February."""
    with pytest.raises(CaptureError, match="14 digits 20260230000000 of the capture's"):
        parse_capture("https://web.archive.org/web/20260230000000/https://arxiv.org")
    assert time_of("20260230000000") is None
    assert time_of("2026021000000") is None


@pytest.mark.parametrize(
    ("archived", "expected"),
    [
        (f"https://arxiv.org/abs/{ID}", True),
        (f"http://www.arxiv.org:80/abs/{ID}v1", True),
        (f"export.arxiv.org/pdf/{ID}v1.pdf", True),
        (f"https://arxiv.org/html/{ID}v1/", True),
        (f"https://arxiv.org/abs/{ID}v2", False),
        ("https://arxiv.org/abs/1706.03762", False),
        (f"https://doi.org/10.48550/arXiv.{ID}", True),
        (f"https://dx.doi.org/10.48550/ARXIV.{ID}", True),
        ("https://doi.org/10.48550/arXiv.1706.03762", False),
        (f"https://pith.science/pith/{NUMBER.suffix}", True),
        (f"https://pith.science/pith/{NUMBER.suffix}/bundle.json", True),
        (f"https://pith.science/pith/{NUMBER.suffix[:8].lower()}", True),
        (f"https://pith.science/pith/{'A' * 26}", False),
        ("https://example.org/paper.pdf", None),
        (f"https://example.org/?https://arxiv.org/abs/{ID}", None),
        ("https://arxiv.org/list/cs.LG", None),
    ],
)
def test_whether_it_is_the_paper(archived: str, expected: bool | None) -> None:
    """By the record's aliases; another paper there is told from an address of no known kind."""
    assert names_paper(archived, ALIASES, NUMBER.suffix) is expected


def test_without_arxiv() -> None:
    """A record of another source has no alias at arXiv, and no DOI."""
    assert names_paper(f"https://arxiv.org/abs/{ID}", {}, NUMBER.suffix) is False
    assert names_paper(f"https://doi.org/10.48550/arXiv.{ID}", {}, NUMBER.suffix) is False


def test_the_index() -> None:
    """Exactly this capture is asked for, and its row read."""
    capture = parse_capture(
        f"https://web.archive.org/web/20260519120000/https://arxiv.org/a?b&c={ID}"
    )
    address = cdx_address(capture)
    assert address.startswith("https://web.archive.org/cdx/search/cdx?url=https%3A%2F%2Farxiv.org")
    assert "from=20260519120000&to=20260519120000&limit=1" in address
    assert "?b&c" not in address
    assert read_cdx(ROW.encode()) == ("20260519120000", SHA1, "200")
    assert read_cdx(ROW.encode() * 2) == ("20260519120000", SHA1, "200")
    assert read_cdx(b" \n") is None


@pytest.mark.parametrize(
    "row",
    [
        b"<html>",
        b"a b c d",
        ROW.replace("20260519120000", "2026").encode(),
        b"20260519120000 https://arxiv.org 200 MFRGG===",
        b"\xff\xfe",
        ROW.encode().strip() + b" more",
    ],
)
def test_rows_of_other_shapes(row: bytes) -> None:
    """Shown, cut."""
    with pytest.raises(CaptureError, match="The archive's index answers “"):
        read_cdx(row)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Tue, 19 May 2026 12:01:02 GMT", "2026-05-19T12:01:02Z"),
        (" Thu, 01 Jan 2026 00:00:00 GMT ", "2026-01-01T00:00:00Z"),
        ("Tue, 31 Feb 2026 12:01:02 GMT", None),
        ("Tue, 19 Mai 2026 12:01:02 GMT", None),
        ("Tue, 19 May 2026 12:01:02 CET", None),
        ("", None),
    ],
)
def test_memento_datetime(header: str, expected: str | None) -> None:
    """RFC 7089's HTTP date."""
    assert memento_time(header) == expected
