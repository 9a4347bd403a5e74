"""Title and abstract from a saved abstract page of arXiv."""

from __future__ import annotations

import pytest

from pithcore import DocumentError, read_abstract_page
from pithcore.abstractpage import MAX_CHARACTERS, PaperTexts

PAGE = """<!DOCTYPE html><html><head><title>[1] X</title>
<meta name="citation_title" content="On &lt;b&gt; &amp; $x$" /><meta name="citation_title"
content="Another"><meta property="og:title" content="Less"><meta name="citation_author"
content="A, B"><META NAME="Citation_Abstract" CONTENT="  We
 show &#8212; it. "><meta name="citation_date"></head><body><p>Text</body></html>"""


def test_what_the_meta_elements_state() -> None:
    """The first of a name counts; references are resolved, and white space is left as it is."""
    assert read_abstract_page(PAGE) == PaperTexts("On <b> & $x$", "  We\n show — it. ")


def test_open_graph_stands_in() -> None:
    page = '<meta property="og:title" content="T"><meta property="og:description" content="D">'
    assert read_abstract_page(page) == ("T", "D")
    assert read_abstract_page('<meta name="citation_title" content="T">').abstract is None


@pytest.mark.parametrize("page", ["", "<p>No page of arXiv", '<meta name="citation_title">'])
def test_another_page_is_refused(page: str) -> None:
    with pytest.raises(DocumentError, match="states no citation_title"):
        read_abstract_page(page)


def test_a_long_page_is_refused() -> None:
    with pytest.raises(DocumentError, match="at most 4,194,304"):
        read_abstract_page("x" * (MAX_CHARACTERS + 1))
