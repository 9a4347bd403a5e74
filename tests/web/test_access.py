"""For everybody: by keyboard, with a screen reader, at any width, in light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import SIGNED, as_bytes, bundle, older_page
from playwright.sync_api import Page, expect
from verifier import RESOLVER, Verifier

RUN_AXE = """() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  resultTypes: ["violations"],
})"""


def violations(page: Page, repo: Path) -> list[str]:
    """What axe-core finds at levels A and AA, in words."""
    # Run by the debugger: the page's policy lets no such script in.
    page.evaluate((repo / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(RUN_AXE)["violations"]
    return [
        f"{v['id']}: {node['html']} {node['failureSummary']}" for v in found for node in v["nodes"]
    ]


def start(verifier: Verifier) -> None:
    verifier.open().ready().set(title="x")


def example(name: str):
    def show(verifier: Verifier) -> None:
        verifier.open(f"#example={name}")
        assert verifier.verdict() == name

    return show


def unchecked(verifier: Verifier) -> None:
    verifier.open().paste(older_page(SIGNED[0]))
    assert verifier.verdict() == "unchecked"


def not_fetched(verifier: Verifier) -> None:
    verifier.resolver(lambda r: r.fulfill(status=404, headers={"Access-Control-Allow-Origin": "*"}))
    verifier.watch.may_say = ("Failed to load resource",)
    verifier.open().look_up(SIGNED[0]["pith"])
    assert verifier.headline() == "The record could not be fetched"


def refused(verifier: Verifier) -> None:
    verifier.open().look_up("pith:2019:DBZZ0")
    expect(verifier.page.locator("#query-error")).not_to_be_empty(timeout=20_000)


def trouble(verifier: Verifier) -> None:
    verifier.watch.may_say = ("",)
    verifier.page.route("**/python.bin", lambda route: route.fulfill(status=404))
    verifier.open()
    expect(verifier.page.locator("#trouble h2")).to_be_visible(timeout=20_000)


VIEWS = {
    "start": start,
    "verified": example("verified"),
    "failed": example("failed"),
    "intact": example("intact"),
    "unchecked": unchecked,
    "not fetched": not_fetched,
    "refused": refused,
    "trouble": trouble,
}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(verifier: Verifier, repo: Path, view: str) -> None:
    """No violation at level A or AA, all steps open, in light and in dark, wide and narrow."""
    VIEWS[view](verifier)
    page = verifier.page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.wait_for_timeout(300)  # the checks fade in
    for scheme, width in (("light", 1280), ("dark", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(50)
        assert violations(page, repo) == [], f"in {scheme}"


def test_axe_would_find_something(verifier: Verifier, repo: Path) -> None:
    """The control of the test above: grey on grey is found."""
    verifier.open()
    verifier.page.evaluate("document.querySelector('.lede').style.color = '#bbb'")
    assert any("color-contrast" in violation for violation in violations(verifier.page, repo))


@pytest.mark.parametrize("view", ["start", "failed", "unchecked", "not fetched"])
def test_nothing_is_cut_off_at_320_pixels(verifier: Verifier, view: str) -> None:
    """On the narrowest screens (WCAG 1.4.10) no view scrolls sideways, with every step open."""
    verifier.page.set_viewport_size({"width": 320, "height": 640})
    VIEWS[view](verifier)
    verifier.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    widths = verifier.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert widths[0] <= widths[1]


def focused(page: Page) -> str:
    """Tag, id and text of what has the focus."""
    return page.evaluate(
        """(e => `${e.tagName.toLowerCase()}#${e.id} ${e.textContent.trim().slice(0, 30)}`)(
          document.activeElement)"""
    )


def test_keyboard_only(verifier: Verifier) -> None:
    """Everything can be reached and done with Tab, Enter and Space, in the order it is read."""
    page = verifier.open().ready().page
    press = page.keyboard.press
    press("Tab")
    assert focused(page).startswith("a# Skip to the content")
    press("Enter")
    assert focused(page).startswith("main#main")
    order = []
    for _ in range(9):
        press("Tab")
        order.append(focused(page).split(" ")[0] + " " + focused(page).partition(" ")[2])
    assert [name.split(" ")[0] for name in order[:5]] == [
        "input#query",
        "button#",
        "textarea#document",
        "button#",
        "button#choose",
    ]
    assert "Compare with" in order[5]
    assert order[6].endswith("A signed record")
    assert order[8].endswith("A record without a signature")
    press("Shift+Tab")
    press("Enter")
    assert verifier.verdict() == "failed"
    expect(page.locator("#verdict")).to_be_focused()
    press("Tab")
    assert "Download the report" in focused(page)
    for _ in range(4):
        press("Tab")
    assert focused(page).startswith("summary#")
    press("Enter")
    assert page.locator("#result details[open]").count() == 1


def test_paste_by_keyboard(verifier: Verifier) -> None:
    """A record typed into the box and sent with the keyboard alone is checked."""
    page = verifier.open().page
    page.locator("#document").focus()
    page.keyboard.insert_text(as_bytes(bundle(SIGNED[0])).decode())
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert verifier.verdict() == "verified"


def test_enter_looks_up(verifier: Verifier) -> None:
    """Enter in the search box looks the record up; an error puts the focus back into the box."""
    verifier.watch.may_ask = (RESOLVER,)
    page = verifier.open().page
    page.locator("#query").focus()
    page.keyboard.insert_text("pith:2019:l00k")
    page.keyboard.press("Enter")
    expect(page.locator("#query-error")).not_to_be_empty(timeout=20_000)
    expect(page.locator("#query")).to_be_focused()
    described = page.locator("#query").get_attribute("aria-describedby") or ""
    assert "query-error" in described.split()


def test_one_polite_live_region(verifier: Verifier) -> None:
    """There is one live region, it is polite, and it ends on the verdict."""
    page = verifier.open("#example=failed").page
    verifier.headline()
    live = page.locator("[aria-live], [role=status], [role=alert], [role=log]")
    expect(live).to_have_count(1)
    expect(live).to_have_attribute("role", "status")
    expect(live).to_have_text("Not what it claims to be")


def test_never_colour_alone(verifier: Verifier) -> None:
    """Each outcome is written out beside its icon, and the icons differ in shape."""
    page = verifier.open("#example=failed").page
    verifier.headline()
    words = {
        "passed": "Passed",
        "failed": "Failed",
        "unchecked": "Not checked",
        "not_applicable": "Does not apply",
    }
    shapes = {}
    for item in page.locator(".check").all():
        outcome = item.get_attribute("data-outcome") or ""
        expect(item.locator(".outcome")).to_have_text(words[outcome])
        shapes[outcome] = item.locator("svg").first.inner_html()
    assert len(set(shapes.values())) == len(words)


def test_print_shows_every_step(verifier: Verifier) -> None:
    """On paper all steps are open; on the screen they are closed again afterwards."""
    page = verifier.open("#example=verified").page
    verifier.headline()
    closed = page.locator("#result details:not([open])")
    assert closed.count() > 5
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert closed.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert closed.count() > 5


def test_reduced_motion(verifier: Verifier) -> None:
    """Who asks for less motion gets none."""
    verifier.page.emulate_media(reduced_motion="reduce")
    verifier.open("#example=verified")
    verifier.headline()
    moving = "() => document.getAnimations().filter(a => a.effect.getTiming().duration > 0).length"
    assert verifier.page.evaluate(moving) == 0
