"""For tests of returning visits: a browser with service workers, and a site that may change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from verifier import Verifier

from build import integrity
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


def build_of(site: Path) -> str:
    """The hash of the build in a site's folder."""
    return json.loads((site / "version.json").read_text("utf-8"))["build"]


def visit(verifier: Verifier, fragment: str = "") -> Verifier:
    """A first visit, long enough for the page to be kept."""
    verifier.open(fragment).ready()
    expect(verifier.page.locator("#offline")).to_contain_text(KEPT, timeout=15_000)
    return verifier


def reseal(site: Path, *changed: str) -> None:
    """Write the hashes of changed files into the service worker, as the build would."""
    text = (site / "sw.js").read_text("utf-8")
    start, end = text.index("const FILES = ") + len("const FILES = "), text.index("};") + 1
    files = json.loads(text[start:end])
    for path in changed:
        content = (site / ("index.html" if path == "./" else path)).read_bytes()
        files[path] = integrity(content)
    (site / "sw.js").write_text(text[:start] + json.dumps(files) + text[end:], "utf-8")
