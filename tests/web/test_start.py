"""When the checks cannot start, the page says what is wrong and what works instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from documents import SIGNED, as_bytes, bundle
from playwright.sync_api import Route, expect
from verifier import READY_MS, Verifier

TERMINAL_LINE = "pip install pithcore && pith verify FILE"
PARTS = (
    "pyodide/pyodide.asm.wasm",
    "pyodide/pyodide.asm.mjs",
    "pyodide/pyodide.mjs",
    "python.bin",
    "boot.js",
)


def notice(verifier: Verifier, title: str) -> None:
    """The page shows that notice, with the way that works."""
    trouble = verifier.page.locator("#trouble")
    expect(trouble.get_by_role("heading")).to_have_text(title, timeout=READY_MS)
    expect(trouble).to_contain_text(TERMINAL_LINE)


def test_blocked_webassembly(verifier: Verifier) -> None:
    """A browser that compiles no WebAssembly is told so at once, and asked for nothing more."""
    verifier.watch.may_say = ("",)
    page = verifier.page

    def without_wasm(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace(" 'wasm-unsafe-eval'", "")
        assert body != answer.text()
        route.fulfill(response=answer, body=body)

    page.route(verifier.url, without_wasm)
    verifier.open()
    notice(verifier, "WebAssembly is blocked here")
    verifier.paste(as_bytes(bundle(SIGNED[0])))
    expect(page.locator("#trouble h2")).to_be_focused()
    expect(page.locator("#result")).to_be_hidden()


@pytest.mark.parametrize("fragment", ["", "#example=failed"])
def test_what_the_reader_brings_first_is_not_given_up_for_the_address(
    verifier: Verifier, fragment: str
) -> None:
    """A form that is sent as soon as the page's scripts have run has its answer, whatever the
    address names.
    """
    text = json.dumps(as_bytes(bundle(SIGNED[0])).decode())
    verifier.page.add_init_script(f"""addEventListener("DOMContentLoaded", () => {{
        document.getElementById("document").value = {text};
        document.getElementById("paste").requestSubmit();
    }});""")
    verifier.open(fragment)
    assert verifier.headline() == "Verified"


def test_no_webassembly_at_all(verifier: Verifier) -> None:
    """A browser without WebAssembly (a lockdown mode) gets the same notice."""
    verifier.watch.may_say = ("",)
    verifier.page.route(
        "**/boot.js",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body="delete globalThis.WebAssembly;\n" + answer.text(),
        ),
    )
    verifier.open()
    notice(verifier, "WebAssembly is blocked here")


@pytest.mark.parametrize("part", PARTS)
def test_missing_file(verifier: Verifier, part: str) -> None:
    """A file that is missing on the server is named, whichever it is, also when a record waits."""
    verifier.watch.may_say = ("",)
    verifier.page.route(f"**/{part}", lambda route: route.fulfill(status=404, body="gone"))
    verifier.open("#example=verified")
    notice(verifier, "A part of this page could not be loaded")
    named = "worker.js" if part == "boot.js" else part
    expect(verifier.page.locator("#trouble")).to_contain_text(named)
    expect(verifier.page.locator("#result")).to_be_hidden()


def test_broken_archive(verifier: Verifier) -> None:
    """An archive that is cut short does not start Python, and the page says so."""
    verifier.watch.may_say = ("",)
    verifier.page.route("**/python.bin", lambda route: route.fulfill(body=b"\x1f\x8b\x08\x00"))
    verifier.open()
    expect(verifier.page.locator("#trouble h2")).to_be_visible(timeout=READY_MS)


def test_no_worker(verifier: Verifier) -> None:
    """A browser that starts no worker is told so."""
    verifier.page.add_init_script(
        "window.Worker = class { constructor() { throw new Error('no'); } }"
    )
    verifier.open()
    notice(verifier, "This browser cannot start the checks")


def test_silence(verifier: Verifier) -> None:
    """Half a minute without news brings a notice, which goes away when Python starts after all."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    verifier.page.clock.install()
    verifier.page.route("**/python.bin", hold)
    verifier.open("#example=intact")
    expect(verifier.page.locator("#status")).to_contain_text("%")
    verifier.page.wait_for_timeout(1500)
    verifier.page.clock.run_for(31_000)
    notice(verifier, "Python is taking very long to start")
    held[0].continue_()
    assert verifier.verdict() == "intact"
    expect(verifier.page.locator("#trouble")).to_be_hidden()


def test_without_javascript(browser, server) -> None:
    """Without scripts the page says what it needs and gives the terminal line."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_role("heading", name="This page needs JavaScript")).to_be_visible()
    context.close()


def test_script_that_never_starts(verifier: Verifier) -> None:
    """When the page's own script is missing, a notice appears by itself."""
    verifier.watch.may_say = ("Failed to load resource",)
    verifier.page.route("**/app.js", lambda route: route.fulfill(status=404))
    verifier.open()
    expect(verifier.page.locator("#not-started")).to_be_hidden()
    expect(verifier.page.locator("#not-started")).to_be_visible(timeout=8000)


def test_the_start_shows_honest_progress(verifier: Verifier) -> None:
    """The share loaded never goes back, ends at 100 %, and stays below while a file is missing."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    verifier.page.route("**/python.bin", hold)
    verifier.open()
    bar = verifier.page.locator("#progress")
    expect(bar).to_be_visible()
    verifier.page.wait_for_timeout(1500)
    before = float(bar.get_attribute("value") or 0)
    assert 50 < before < 100
    held[0].continue_()
    verifier.ready()
    assert float(bar.get_attribute("value") or 0) == 100
    expect(bar).to_be_hidden()


def test_the_page_asks_only_for_its_own_files(verifier: Verifier, site: Path) -> None:
    """Every request of a start is answered by a file of the build; none is missing."""
    statuses: dict[str, int] = {}
    verifier.page.on("response", lambda r: statuses.__setitem__(r.url, r.status))
    verifier.open("#example=verified").headline()
    files = {
        url.removeprefix(verifier.url).partition("#")[0]
        for url in statuses
        if url.startswith("http")
    }
    assert {p.relative_to(site).as_posix() for p in site.rglob("*")} >= files - {""}
    assert set(statuses.values()) == {200}
