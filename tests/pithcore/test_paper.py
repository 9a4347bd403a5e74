"""Title and abstract against the record's hashes (protocol 3)."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import SEED_ROW, bare, dump, envelope, outcomes, record

from pithcore import canon_sha256, normalise, verify

TITLE = SEED_ROW["title"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  A\tTitle\n of\r\n  Two  ", "a title of two"),
        ("$\\mathcal{N}=4$ “Quotes” – Dash-ed", "$\\mathcal{n}=4$ “quotes” – dash-ed"),
        ("ÄÖÜ ẞ", "äöü ß"),
        ("", ""),
        ("\u00a0A\u2003B\u00a0", "a b"),
    ],
)
def test_normalising_folds_space_and_case_only(text: str, expected: str) -> None:
    """White space runs become one space, ends are stripped, letters lowered; TeX stays."""
    assert normalise(text) == expected
    assert canon_sha256(text) == hashlib.sha256(expected.encode()).hexdigest()


@given(st.text())
def test_any_text_has_a_hash_and_space_around_it_does_not_count(text: str) -> None:
    """No exception for any text, lone surrogates included; normalising spaces twice is once."""
    assert len(canon_sha256(text)) == 64
    assert canon_sha256(f" \n{text}\t") == canon_sha256(text)
    assert "  " not in normalise(text)


def test_the_recorded_title_passes_in_any_layout() -> None:
    """Line breaks and letter case of a pasted title do not matter."""
    for title in (TITLE, TITLE.upper(), TITLE.replace(" ", "\n  ")):
        report = verify(dump(envelope(SEED_ROW)), title=title)
        assert outcomes(report)["paper.title"] == "passed"


def test_another_title_in_ascii_fails_with_both_hashes() -> None:
    """What differs within ASCII differs by a settled rule."""
    report = verify(dump(envelope(SEED_ROW)), title=TITLE + "!")
    assert report.verdict == "failed"
    finding = report.check("paper.title").finding
    assert finding.expected == SEED_ROW["canonical_record"]["metadata"]["title_canon_sha256"]
    assert finding.found == canon_sha256(TITLE + "!")
    assert finding.evidence["normalised"] == TITLE.lower() + "!"


def test_another_title_outside_ascii_is_unchecked() -> None:
    """The registry's rule is not settled there: no proof either way (protocol 3.2)."""
    report = verify(dump(envelope(SEED_ROW)), title=TITLE + "\u2026")
    assert report.verdict == "intact"
    assert report.check("paper.title").finding.reason == "rule_not_published"


def test_an_abstract_is_compared_only_when_given() -> None:
    """The reader's abstract passes or fails; without one there is nothing to say."""
    assert outcomes(verify(dump(envelope(SEED_ROW))))["paper.abstract"] == "not_applicable"
    report = verify(dump(envelope(SEED_ROW)), abstract="Another abstract.")
    assert outcomes(report)["paper.abstract"] == "failed"


def test_the_readers_title_does_not_hide_the_documents() -> None:
    """Attack: a false title in the document, while the reader gives the true one."""
    value = record(SEED_ROW, paper={"title": "A false title"})
    report = verify(dump(value), title=TITLE)
    assert outcomes(report)["paper.title"] == "failed"
    assert report.subject.title is None


def test_without_a_readable_hash_nothing_is_compared() -> None:
    """A record without its hash cannot be failed for the title."""
    value = bare(SEED_ROW)
    value["metadata"]["title_canon_sha256"] = "x"
    report = verify(dump({"canonical_record": value}), title=TITLE)
    assert report.check("paper.title").finding.reason == "earlier_failure"


def test_a_title_that_is_no_text_is_not_compared() -> None:
    """`paper.title` in another shape is nobody's title."""
    for title in (7, ["a"], {}):
        report = verify(dump(record(SEED_ROW, paper={"title": title})))
        assert outcomes(report)["paper.title"] == "not_applicable"
        assert report.subject.title is None


def test_white_space_is_what_a_regular_expression_takes_for_it():
    r"""The registry's own line (protocol 8.3) is written with `\s+`."""
    every = "x".join(map(chr, range(0x3100)))
    assert normalise(every) == re.sub(r"\s+", " ", every).strip().lower()
