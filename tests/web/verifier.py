"""The page as a reader meets it: what tests do to it and read from it."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Route, expect

RESOLVER = "https://pith.science"
READY_MS = 20_000  # a start takes some 1.5 s on an idle machine

_REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`));
"""


class Watch:
    """Remembers what a page complains of and whom it asks."""

    def __init__(self, page: Page, url: str) -> None:
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.may_ask: tuple[str, ...] = ()
        self.may_say: tuple[str, ...] = ()
        self._origin = url[: url.index("/", len("http://"))]
        page.add_init_script(_REPORT_VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or (
            message.type == "warning" and "Playwright" not in message.text
        ):
            self.errors.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._origin, "blob:", "data:")):
            self.asked.append(request.url)

    def check(self) -> None:
        """Fail on any complaint or request that the test did not say to expect."""
        said = [e for e in self.errors if not any(part in e for part in self.may_say)]
        assert said == [], "the console is free of errors and of policy reports"
        asked = [url for url in self.asked if not url.startswith(self.may_ask or ("-",))]
        assert asked == [], "no request leaves the origin unasked"


class Verifier:
    """One tab with the verifier in it."""

    def __init__(self, page: Page, url: str, watch: Watch) -> None:
        self.page = page
        self.url = url
        self.watch = watch

    def open(self, fragment: str = "") -> Verifier:
        """Go to the page, or to a permalink of it."""
        self.page.goto(self.url + fragment)
        return self

    def ready(self) -> Verifier:
        """Wait until Python has started."""
        expect(self.page.locator("#versions")).to_contain_text("Pyodide", timeout=READY_MS)
        return self

    def paste(self, document: str | bytes) -> Verifier:
        """Put a document into the box and press the button."""
        text = document.decode() if isinstance(document, bytes) else document
        self.page.get_by_label("A bundle or record as JSON").fill(text)
        self.page.get_by_role("button", name="Check this text").click()
        return self

    def look_up(self, text: str) -> Verifier:
        """Type into the search box and press its button."""
        self.page.get_by_label("Pith Number, record address").fill(text)
        self.page.get_by_role("button", name="Fetch and check").click()
        return self

    def set(self, **options: str) -> Verifier:
        """Fill the fields under “Compare with…”, by their ids."""
        if self.page.locator("#options").get_attribute("open") is None:
            self.page.locator("#options > summary").click()
        for name, value in options.items():
            self.page.locator(f"#{name.replace('_', '-')}").fill(value)
        return self

    def notices(self) -> list[str]:
        """Titles of the notices between the verdict and the rest."""
        self.headline()
        return self.page.locator("#outcome .notice h3").all_inner_texts()

    def mirrors(self) -> dict[str, str]:
        """Each row of the table of copies: its name, and what it gave, in a word."""
        self.headline()
        rows = self.page.locator(".copies tbody tr").all()
        return {
            row.get_attribute("data-name") or "": row.get_attribute("data-outcome") or ""
            for row in rows
        }

    def headline(self) -> str:
        """The heading of the result, once there is one."""
        heading = self.page.locator("#verdict:not(.running)")
        heading.wait_for(timeout=READY_MS)
        return heading.inner_text()

    def verdict(self) -> str:
        """The verdict, by the class of the heading."""
        self.headline()
        return (self.page.locator("#verdict").get_attribute("class") or "").removeprefix("verdict ")

    def outcome(self, check_id: str) -> str:
        """The outcome of one check of the result."""
        self.headline()
        return self.check(check_id).get_attribute("data-outcome") or ""

    def check(self, check_id: str) -> Locator:
        """The item of one check."""
        return self.page.locator(f'.check[data-id="{check_id}"]')

    def report(self) -> dict[str, Any]:
        """The report that the page offers for download."""
        self.headline()
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="Download the report").click()
        return json.loads(Path(download.value.path()).read_text("utf-8"))

    def resolver(self, answer: Any, url: str | re.Pattern[str] = f"{RESOLVER}/**") -> list[str]:
        """Stand in for the registry, the one server that the page may ask; returns what was asked.

        `answer(route)` answers one request.
        """
        asked: list[str] = []
        self.watch.may_ask += (RESOLVER,)

        def handle(route: Route) -> None:
            asked.append(f"{route.request.method} {route.request.url}")
            answer(route)

        self.page.context.route(url, handle)
        return asked


_DROP = """([files]) => {
  const carried = new DataTransfer();
  for (const [name, packed] of files) {
    const bytes = Uint8Array.from(atob(packed), (one) => one.charCodeAt(0));
    carried.items.add(new File([bytes], name));
  }
  const how = { dataTransfer: carried, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent("drop", how));
}"""


def drop(verifier: Verifier, *files: tuple[str, bytes]) -> Verifier:
    """Let files fall on the page."""
    packed = [[name, base64.b64encode(data).decode()] for name, data in files]
    verifier.page.evaluate(_DROP, [packed])
    return verifier
