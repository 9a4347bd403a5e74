"""A built site, served on this machine as a static host would, and a browser that is watched."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "web")]

from verifier import Verifier, Watch  # noqa: E402

import resolvers  # noqa: E402
from build import build  # noqa: E402
from serve import Server  # noqa: E402

expect.set_options(timeout=30_000)  # Python starts first, and a busy machine takes its time

FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The Chromium that PITH_CHROMIUM names, kept from talking to anybody of its own accord."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = os.environ.get("PITH_CHROMIUM") or shutil.which("chromium")
    return {"executable_path": chromium, "args": [*FLAGS, *root]}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once for all tests."""
    out = tmp_path_factory.mktemp("built") / "site"
    build(out)
    resolvers.apply(out)
    return out


def serve(folder: Path) -> Iterator[Server]:
    """Serve a folder under a sub-path while the fixture lasts."""
    server = Server(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def server(site: Path) -> Iterator[Server]:
    """The built site at `server.url`."""
    yield from serve(site)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor with an empty profile. No service worker: it has tests of its own."""
    context = browser.new_context(service_workers="block", accept_downloads=True)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A tab of that visitor."""
    return context.new_page()


@pytest.fixture
def watch(page: Page, server: Server) -> Iterator[Watch]:
    """Fails a test whose page reported an error, broke its policy or asked another origin."""
    watch = Watch(page, server.url)
    yield watch
    watch.check()


@pytest.fixture
def verifier(page: Page, server: Server, watch: Watch) -> Verifier:
    """The page, not opened yet."""
    return Verifier(page, server.url, watch)
