"""The page after the first visit: offline, and across an update of the site."""

from __future__ import annotations

import shutil

import pytest
from documents import SIGNED, as_bytes, bundle
from kept import KEPT, build_of, context, reseal, server, visit
from pdfs import numbered
from playwright.sync_api import expect
from verifier import Verifier, drop

from serve import Server

__all__ = ["context", "server"]  # fixtures


def update(server: Server) -> str:
    """Deploy another build that carries a new script, as `build.py` would; returns its hash."""
    site = server.site
    old = build_of(site)
    new = "f" * len(old)
    fresh = site.with_name("fresh")
    shutil.copytree(site, fresh)
    (fresh / "b" / old).rename(fresh / "b" / new)
    script = fresh / "b" / new / "dom.js"
    script.write_text(script.read_text("utf-8") + "document.body.dataset.core = 'new';\n", "utf-8")
    for name in ("index.html", "sw.js", "version.json"):
        file = fresh / name
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    reseal(fresh, f"b/{new}/dom.js", "./")
    server.site = fresh
    return new


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
    cached = f"() => caches.keys().then(names => names.some(name => name.endsWith('{new}')))"
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
    build = build_of(server.site)
    notices = server.site / "b" / build / "notices.txt"
    notices.write_text(notices.read_text("utf-8") + "changed", "utf-8")
    verifier.open("#example=verified")
    assert verifier.verdict() == "verified"
    verifier.page.wait_for_timeout(2500)
    expect(verifier.page.locator("#offline")).not_to_contain_text(KEPT)
    assert verifier.page.evaluate("() => navigator.serviceWorker.controller") is None


HAS_PYPDF = """() => caches.keys().then((names) => Promise.all(names.map(async (name) =>
  (await (await caches.open(name)).keys()).some(({ url }) => url.endsWith("pypdf.bin")))))
  .then((found) => found.some(Boolean))"""


def test_the_second_reader_is_kept_once_it_was_needed(verifier: Verifier, server: Server) -> None:
    """Not with the page; but from the first PDF on that needs it, offline too."""
    suffix = SIGNED[0]["pith"].rpartition(":")[2]
    files = (
        ("paper.pdf", numbered(f"pith:{suffix}")),
        ("bundle.json", as_bytes(bundle(SIGNED[0]))),
    )
    visit(verifier)
    assert verifier.page.evaluate(HAS_PYPDF) is False
    drop(verifier, *files)
    assert verifier.verdict() == "verified"
    for _ in range(50):
        if kept := verifier.page.evaluate(HAS_PYPDF):
            break
        verifier.page.wait_for_timeout(100)
    assert kept
    server.shutdown()
    server.server_close()
    drop(verifier.open().ready(), *files)
    assert verifier.verdict() == "verified"
    assert verifier.outcome("paper.pdf") == "passed"
