"""Patterns: the answers of `re`, and no compiling before the first of them."""

from __future__ import annotations

import re

import pytest

from pithcore.patterns import Pattern

TEXT = "One two\nTHREE"


@pytest.mark.parametrize("flags", [0, re.IGNORECASE | re.MULTILINE])
@pytest.mark.parametrize("method", ["match", "fullmatch", "search"])
@pytest.mark.parametrize("expression", ["[a-z]+", "^three", "One .*", "."])
def test_a_match_is_the_one_of_re(expression, method, flags):
    ours = getattr(Pattern(expression, flags), method)(TEXT)
    real = getattr(re.compile(expression, flags), method)(TEXT)
    assert repr(ours) == repr(real)


def test_all_matches_are_those_of_re():
    pattern = Pattern("([a-z]+)", re.IGNORECASE)
    assert pattern.findall(TEXT) == ["One", "two", "THREE"]
    assert [found.group() for found in pattern.finditer(TEXT, 4)] == ["two", "THREE"]


def test_it_is_compiled_at_its_first_use():
    pattern = Pattern("(")
    with pytest.raises(re.error):
        pattern.search(TEXT)


def test_it_is_compiled_once():
    pattern = Pattern("two")
    assert pattern.search("two")
    assert pattern.compiled is pattern.compiled
    assert pattern.search is pattern.search
