"""The page after the first visit: offline, and across an update of the site."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import SIGNED, as_bytes, bundle
from playwright.sync_api import Browser, BrowserContext, expect
from verifier import Verifier

from conftest import serve
from serve import Server

KEPT = "Kept on this device"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor with an empty profile whose browser has service workers."""
    context = browser.new_context(accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def server(site: Path, tmp_path: Path) -> Iterator[Server]:
    """A copy of the site that a test may update, on a server that it may stop."""
    copy = tmp_path / "site"
    shutil.copytree(site, copy)
    yield from serve(copy)


def visit(verifier: Verifier) -> Verifier:
    """A first visit, long enough for the page to be kept."""
    verifier.open().ready()
    expect(verifier.page.locator("#offline")).to_contain_text(KEPT, timeout=15_000)
    return verifier


def update(server: Server) -> str:
    """Deploy another build that carries a new script, as `build.py` would; returns its hash."""
    site = server.site
    old = json.loads((site / "version.json").read_text("utf-8"))["build"]
    new = "f" * len(old)
    fresh = site.with_name("fresh")
    shutil.copytree(site, fresh)
    (fresh / "b" / old).rename(fresh / "b" / new)
    script = fresh / "b" / new / "dom.js"
    script.write_text(script.read_text("utf-8") + "document.body.dataset.core = 'new';\n", "utf-8")
    for name in ("index.html", "sw.js", "version.json"):
        file = fresh / name
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    reseal(fresh, new)
    server.site = fresh
    return new


def reseal(site: Path, build: str) -> None:
    """Write the hashes of the changed files into the service worker."""
    from build import integrity

    text = (site / "sw.js").read_text("utf-8")
    start, end = text.index("const FILES = ") + len("const FILES = "), text.index("};") + 1
    files = json.loads(text[start:end])
    for path in (f"b/{build}/dom.js", "./"):
        content = (site / ("index.html" if path == "./" else path)).read_bytes()
        files[path] = integrity(content)
    (site / "sw.js").write_text(text[:start] + json.dumps(files) + text[end:], "utf-8")


def test_offline_second_visit(verifier: Verifier, server: Server) -> None:
    """After one visit the page works with the server gone: examples, pasted records, a verdict."""
    visit(verifier)
    server.shutdown()
    server.server_close()
    verifier.page.goto("about:blank")
    verifier.open("#example=verified")
    assert verifier.verdict() == "verified"
    verifier.page.get_by_role("button", name="Check another record").click()
    verifier.paste(as_bytes(bundle(SIGNED[0])))
    assert verifier.verdict() == "verified"
    expect(verifier.page.locator("#offline")).to_contain_text(KEPT)


def test_offline_without_a_first_visit(verifier: Verifier, server: Server) -> None:
    """The control of the test above: without a first visit there is no page."""
    server.shutdown()
    server.server_close()
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        verifier.open()


def test_an_update_takes_effect_at_the_next_visit(verifier: Verifier, server: Server) -> None:
    """A new build is what the very next visit runs, whole: no file of the old one with it."""
    visit(verifier)
    new = update(server)
    asked: list[str] = []
    verifier.page.context.on("request", lambda request: asked.append(request.url))
    verifier.page.goto("about:blank")
    verifier.open("#example=verified")
    assert verifier.verdict() == "verified"
    body = verifier.page.locator("body")
    expect(body).to_have_attribute("data-build", new)
    expect(body).to_have_attribute("data-core", "new")
    assert [url for url in asked if "/b/" in url and f"/b/{new}/" not in url] == []


def test_the_update_is_kept_offline_too(verifier: Verifier, server: Server) -> None:
    """After a visit to the new build the network may go: the new build is what is kept."""
    visit(verifier)
    new = update(server)
    verifier.page.goto("about:blank")
    verifier.open().ready()
    cached = "() => caches.keys().then(names => names.some(name => name.endsWith('%s')))" % new
    for _ in range(50):
        if verifier.page.evaluate(cached):
            break
        verifier.page.wait_for_timeout(100)
    verifier.page.wait_for_timeout(1500)
    server.shutdown()
    server.server_close()
    verifier.page.goto("about:blank")
    verifier.open("#example=failed")
    assert verifier.verdict() == "failed"
    expect(verifier.page.locator("body")).to_have_attribute("data-core", "new")


def test_an_open_page_survives_an_update(verifier: Verifier, server: Server) -> None:
    """A page that is open while the site changes goes on with its own build's files."""
    visit(verifier)
    new = update(server)
    second = verifier.page.context.new_page()
    second.goto(verifier.url)
    expect(second.locator("body")).to_have_attribute("data-core", "new")
    second.wait_for_timeout(2500)
    verifier.page.locator('[data-example="intact"]').click()
    assert verifier.verdict() == "intact"
    assert verifier.page.locator("body").get_attribute("data-build") != new


def test_a_build_is_kept_whole_or_not_at_all(verifier: Verifier, server: Server) -> None:
    """When one file is not the one that was built, nothing is kept, and the page still works."""
    verifier.watch.may_say = ("integrity", "digest", "Failed")
    build = json.loads((server.site / "version.json").read_text("utf-8"))["build"]
    notices = server.site / "b" / build / "notices.txt"
    notices.write_text(notices.read_text("utf-8") + "changed", "utf-8")
    verifier.open("#example=verified")
    assert verifier.verdict() == "verified"
    verifier.page.wait_for_timeout(2500)
    expect(verifier.page.locator("#offline")).not_to_contain_text(KEPT)
    assert verifier.page.evaluate("() => navigator.serviceWorker.controller") is None
