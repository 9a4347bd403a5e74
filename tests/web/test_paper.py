"""Does this record describe this paper? A saved abstract page of arXiv, dropped on the page."""

from __future__ import annotations

from html import escape

from documents import SIGNED, as_bytes, bundle
from playwright.sync_api import expect
from verifier import Verifier, drop

RECORD = ("bundle.json", as_bytes(bundle(SIGNED[0])))


def page(title: str, more: str = "") -> tuple[str, bytes]:
    """A saved abstract page, with a script that must not run."""
    text = (
        f'<html><head><meta name="citation_title" content="{escape(title)}">'
        '<meta name="citation_arxiv_id" content="1708.03360">'
        '<meta name="citation_abstract" content="Not the abstract."><script>alert(1)</script>'
        f'</head><body><img src="https://example.org/x.png">{more}</body></html>'
    )
    return "abs.html", text.encode()


def test_a_page_and_a_record_are_compared_at_once(verifier: Verifier) -> None:
    """The title is the one hashed; the abstract is not, and the normalised text is shown."""
    drop(verifier.open().ready(), page(f"  {SIGNED[0]['title'].upper()}\n"), RECORD)
    assert verifier.verdict() == "failed"
    assert verifier.outcome("paper.title") == "passed"
    assert verifier.outcome("paper.abstract") == "failed"
    shown = verifier.check("paper.title")
    shown.locator("summary").click()
    expect(shown).to_contain_text(SIGNED[0]["title"].lower())
    expect(verifier.check("paper.abstract")).to_contain_text("Another version of the paper")


def test_a_page_alone_waits_for_its_record(verifier: Verifier) -> None:
    drop(verifier.open().ready(), page(SIGNED[0]["title"]))
    expect(verifier.page.locator("#status")).to_contain_text("Now bring the record")
    expect(verifier.page.get_by_label("Title of the paper")).to_have_value(SIGNED[0]["title"])
    expect(verifier.page.locator("#query")).to_be_focused()
    verifier.page.locator("#abstract").fill("")
    drop(verifier, RECORD)
    assert verifier.verdict() == "verified"
    assert verifier.outcome("paper.title") == "passed"


def test_a_record_page_is_no_abstract_page(verifier: Verifier) -> None:
    """It may describe its paper in the same way."""
    drop(verifier.open().ready(), page("A title", f"<p>{SIGNED[0]['pith']}"))
    assert verifier.headline() != "Verified"
    expect(verifier.page.get_by_label("Title of the paper")).to_have_value("")
