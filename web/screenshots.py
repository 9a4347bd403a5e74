"""Take the pictures in `docs/screenshots`: each verdict, phone and desktop, light and dark.

`python web/screenshots.py`, after `make site`. Needs Playwright and Debian's Chromium.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from serve import SITE, Server

OUT = SITE.parent.parent / "docs" / "screenshots"
DEVICES = {"desktop": (1280, 1000), "phone": (390, 844)}
SCHEMES = ("light", "dark")
FLAGS = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
FLAGS += (
    "--no-first-run",
    "--disable-quic",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)

# A record page of the older layout names the digest and the signature, and not the record.
OLDER_PAGE = """Pith Number
pith:QVJLU2XL
pith:2017:QVJLU2XL6QPRVRKFFVZUINAMO6
Disk evolution and the fate of water
Signing key | Pith Ed25519 (pith-v1-2026-05)
Signature value | wgq1maW3QY2tlHWjMEXoeC8DQCoVb3AUh4UzNyQUtBDnNqOb6DH6L1sAqV+G4yB6zurl6VqmP85tezkt0tSOCg==
Canonical hash | 8552ba6aebf41f1ac5452d7344340c77ae7e6f384552c5281142d3e8fc01f436
"""


def show(page: Page, url: str, view: str) -> None:
    """Bring the page to a view and wait until it stands still."""
    page.goto(f"{url}#example={view}" if view in ("verified", "failed", "intact") else url)
    page.locator("#versions", has_text="Pyodide").wait_for()
    if view == "unchecked":
        page.locator("#document").fill(OLDER_PAGE)
        page.get_by_role("button", name="Check this text").click()
    if view != "start":
        page.locator("#verdict:not(.running)").wait_for()
        page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(400)


def take(browser: Browser, url: str, out: Path) -> None:
    """Take every picture."""
    for device, (width, height) in DEVICES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
                service_workers="block",
            )
            page = context.new_page()
            for view in ("start", "verified", "failed", "intact", "unchecked"):
                show(page, url, view)
                page.screenshot(path=out / f"{view}-{device}-{scheme}.png")
                page.goto("about:blank")
            context.close()


def main() -> int:
    """Run from a shell."""
    parser = argparse.ArgumentParser(description="Take the pictures of the page.")
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    server = Server(asked.site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*FLAGS, *root]
        )
        take(browser, server.url, asked.out)
        browser.close()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
