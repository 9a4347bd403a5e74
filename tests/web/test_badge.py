"""The badge: on the page of a record, and as an element of other sites' pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import recordsite
from documents import SIGNED, as_bytes, bundle
from playwright.sync_api import BrowserContext, Page, expect
from recordsite import RecordSite
from test_access import violations
from verifier import Verifier

from pithcore import PithNumber, make_badge
from serve import Server

NUMBER = PithNumber.parse(SIGNED[0]["pith"])
WORDS = f"Pith {NUMBER.suffix[:8]} · verify"
MAX_BYTES = 6000
ELEMENT = '<main><h1>x</h1><pith-badge number="{number}"></pith-badge></main>'
"""With its script from the verifier's own site, and no policy but the host page's own."""


@pytest.fixture
def other() -> Iterator[RecordSite]:
    """A site that shows badges."""
    with recordsite.running() as site:
        yield site


class Host:
    """A page of another site with one badge, and what was asked of the verifier's site."""

    def __init__(self, page: Page, server: Server, other: RecordSite, number: str) -> None:
        self.page = page
        self.asked: list[str] = []
        self.errors: list[str] = []
        origin = server.url.removesuffix(server.prefix)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("request", lambda r: self.asked.append(r.url) if r.url.startswith(origin) else None)
        # `other` knows nothing of the verifier but these two origins.
        policy = f"default-src 'none'; script-src {origin}; frame-src {origin}"
        script = f'<html lang="en"><script type="module" src="{server.url}pith-badge.js"></script>'
        html = script + ELEMENT.format(number=number)
        page.goto(other.page("/paper", html, Content_Security_Policy=policy))

    @property
    def button(self):
        return self.page.get_by_role("button", name=WORDS)


def test_the_page_offers_the_badge_of_a_record(verifier: Verifier, server: Server) -> None:
    """The image and every snippet are those of the library, with this page as the verifier."""
    verifier.open().paste(as_bytes(bundle(SIGNED[0])))
    assert verifier.verdict() == "verified"
    page = verifier.page
    page.get_by_role("button", name="Badge").click()
    expect(page.get_by_role("img", name=f"Verify the Pith Number {NUMBER}")).to_be_visible()
    assert page.locator("#badge svg text").text_content() == WORDS
    assert page.locator("#badge pre").all_text_contents() == [
        make_badge(NUMBER, server.url, form).rstrip()
        for form in ("markdown", "html", "element", "latex", "endpoint")
    ]
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the image").click()
    saved = Path(download.value.path()).read_text("ascii")
    assert saved == make_badge(NUMBER, server.url)


def test_a_failed_record_gets_no_badge(verifier: Verifier) -> None:
    """There is nothing that a link could vouch for."""
    verifier.open("#example=failed")
    assert verifier.verdict() == "failed"
    assert verifier.page.get_by_role("button", name="Badge").count() == 0


def test_the_page_with_a_badge_is_accessible(verifier: Verifier, repo: Path) -> None:
    """No violation at levels A and AA, at phone width."""
    verifier.page.set_viewport_size({"width": 390, "height": 844})
    verifier.open("#example=verified")
    verifier.page.get_by_role("button", name="Badge").click()
    expect(verifier.page.locator("#badge svg")).to_be_visible()
    assert violations(verifier.page, repo) == []
    widths = "[document.documentElement.scrollWidth, innerWidth]"
    scroll, width = verifier.page.evaluate(widths)
    assert scroll <= width


def test_the_element_is_small(site: Path) -> None:
    """Under 6,000 bytes, and nothing that it would have to load."""
    script = (site / "pith-badge.js").read_bytes()
    assert len(script) < MAX_BYTES
    assert b"import " not in script


def test_the_element_loads_nothing_until_it_is_pressed(
    page: Page, server: Server, other: RecordSite, repo: Path
) -> None:
    """Under a strict policy: then a frame of the verifier's own origin, closed by Escape."""
    host = Host(page, server, other, str(NUMBER))
    expect(host.button).to_be_visible()
    assert "verified" not in host.button.inner_text().lower()
    assert violations(page, repo) == []
    assert host.asked == [f"{server.url}pith-badge.js"]
    host.button.press("Enter")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#framed")).to_be_visible()
    assert page.locator("iframe").get_attribute("src") == f"{server.url}#{NUMBER}"
    tab = page.get_by_role("link", name="Open in a tab")
    assert tab.get_attribute("href") == f"{server.url}#{NUMBER}"
    page.get_by_role("button", name="Close").press("Escape")
    expect(page.locator("iframe")).to_have_count(0)
    expect(host.button).to_be_focused()
    assert [error for error in host.errors if "pith.science" not in error] == []


def test_escape_inside_the_frame_closes_it_too(
    page: Page, server: Server, other: RecordSite
) -> None:
    """The page in the frame tells of the key, which the dialog does not hear."""
    host = Host(page, server, other, str(NUMBER))
    host.button.click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("#not-started")).to_have_count(0)  # its script listens
    frame.locator("#query").press("Escape")
    expect(page.locator("iframe")).to_have_count(0)


def test_a_forged_escape_closes_nothing(page: Page, server: Server, other: RecordSite) -> None:
    """Only the window in the frame is heard."""
    host = Host(page, server, other, str(NUMBER))
    host.button.click()
    expect(page.locator("iframe")).to_have_count(1)
    page.evaluate("postMessage({pith: 1, type: 'escape'}, '*')")
    page.evaluate("new Promise((done) => setTimeout(done, 200))")
    expect(page.locator("iframe")).to_have_count(1)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "No Pith badge: no number was given."),
        ("pith:2019:DBZZ4GA3", "No Pith badge: a number has 26 characters, not 8."),
        (
            "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF31",
            "No Pith badge: 1 is none of a number’s characters, A to Z and 2 to 7.",
        ),
        ("a:b:c:d", "No Pith badge: a number is written pith:YEAR:SUFFIX."),
    ],
)
def test_a_number_that_is_none_is_said_to_be_none(
    context: BrowserContext, server: Server, other: RecordSite, number: str, sentence: str
) -> None:
    """In words, and with nothing to press."""
    host = Host(context.new_page(), server, other, number)
    expect(host.page.get_by_text(sentence)).to_be_visible()
    assert host.page.get_by_role("button").count() == 0
