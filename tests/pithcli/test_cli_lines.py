"""Lines of text: wrapped as the standard library's `textwrap` does it."""

from __future__ import annotations

import textwrap

import pytest

from pithcli.lines import wrap

TEXTS = [
    "",
    " ",
    "one",
    "one two three four five six seven eight nine ten eleven",
    "  leading, and then  some   gaps that are kept   but at the end of a line    ",
    "   averyveryverylongwordwithnospaceinit and averyveryverylongwordwithnospaceinit.",
    "exactly twenty chars and a hyphen-ated word that would break at-its-hyphens",
    "no-break\u00a0space and an em\u2003space are no places to break a line at all",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("indent", [0, 2, 4])
@pytest.mark.parametrize("width", [10, *range(20, 40), 80])
def test_lines_are_those_of_textwrap(text, width, indent):
    expected = textwrap.wrap(
        text, max(width - indent, 20), break_long_words=False, break_on_hyphens=False
    )
    assert wrap(text, width, indent, "quiet") == [
        ((" " * indent, ""), (line, "quiet")) for line in expected
    ]
