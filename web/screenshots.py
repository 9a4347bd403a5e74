"""Take the pictures in `docs/screenshots`: each verdict, phone and desktop, light and dark.

`python web/screenshots.py`, after `make site`. Needs Playwright and the Chromium that
PITH_CHROMIUM names. Servers are acted by the browser itself: nobody is asked for anything.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import struct
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FloatRect,
    Page,
    Playwright,
    Route,
    sync_playwright,
)

import resolvers
from pithcore import Key, PithNumber, Resolver, ed25519, make_event, merge
from pithcore.didkey import did_key_of
from serve import SITE, Server

REPO = Path(__file__).resolve().parent.parent
OUT = REPO / "docs" / "screenshots"
DEVICES = {"desktop": 1280, "phone": 390}
SCHEMES = ("light", "dark")
VIEWS = ("start", "verified", "failed", "intact", "unchecked", "mirrors", "completeness")
HEIGHT = 860
"""Of all pictures but that of mirrors, which ends with their table."""

FLAGS = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
FLAGS += (
    "--no-first-run",
    "--disable-quic",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)

EXAMPLE = json.loads((REPO / "web" / "examples" / "verified.json").read_text("utf-8"))
BUNDLE = REPO / "examples" / "bundles" / f"{EXAMPLE['pith_number'].rpartition(':')[2]}.json"
HONEST, LYING, DOWN = (
    "https://mirror.example.org",
    "https://pith.example.edu",
    "https://pith.example.net",
)


def older_page() -> str:
    """A record page of the older layout, which names digest and signature, and not the record."""
    return "\n".join(
        [
            "Pith Number",
            EXAMPLE["short_pith_number"],
            EXAMPLE["pith_number"],
            EXAMPLE["paper"]["title"],
            f"Signing key | Pith Ed25519 ({EXAMPLE['receipt']['key_id']})",
            f"Signature value | {EXAMPLE['receipt']['signature_b64']}",
            f"Canonical hash | {EXAMPLE['canonical_sha256']}",
        ]
    )


def with_completeness() -> str:
    """The example with an author's claim, a capture and two citations, by a key made for this."""
    seed = bytes(range(32))
    public_key = ed25519.public_key(seed)
    key = Key(did_key_of(public_key), public_key, "An author")
    number = EXAMPLE["pith_number"]
    arxiv = f"{EXAMPLE['source']['id']}v{EXAMPLE['source']['version']}"
    citing, cited = "pith:2020:" + "K7" * 13, "pith:2013:" + "Q4" * 13
    told: list[tuple[str, dict[str, Any]]] = [
        (
            "author_claim",
            {
                "canonical_sha256": EXAMPLE["canonical_sha256"],
                "orcid": "https://orcid.org/0000-0002-1825-0097",
                "did_key": key.key_id,
            },
        ),
        (
            "archive_capture",
            {
                "capture_url": f"https://web.archive.org/web/20260519120000/https://arxiv.org/abs/{arxiv}",
                "captured_at": "2026-05-19T12:00:00Z",
            },
        ),
        ("citation", {"relation": "extends", "citing": number, "cited": cited}),
        ("citation", {"relation": "supports", "citing": citing, "cited": number}),
    ]
    events = [
        make_event(
            f"pithcore.{name}.v1",
            PithNumber.parse(number),
            payload,
            key,
            seed,
            created_at="2026-06-15T12:00:00Z",
        )
        for name, payload in told
    ]
    word = {"externally_anchored": True, "author_attested": False, "citation_signatures": 2}
    return json.dumps({**EXAMPLE, "events": events, "verification_status": word})


def act_servers(context: BrowserContext) -> None:
    """An honest mirror, one with an altered record, and one that is out of reach."""
    honest = json.loads(BUNDLE.read_text("utf-8"))
    altered = BUNDLE.read_text("utf-8").replace('"version":1', '"version":2')
    altered = altered.replace('"version": 1', '"version": 2')
    state = merge(honest["events"], honest["pith_number"], record=honest["canonical_record"])
    bodies = {
        f"{HONEST}/**/bundle.json": json.dumps(honest),
        f"{HONEST}/**/state.json": json.dumps(state.to_dict()),
        f"{LYING}/**/bundle.json": altered,
        f"{LYING}/**/state.json": json.dumps(state.to_dict()),
    }
    context.route("https://**", lambda route: route.abort("connectionrefused"))
    for address, body in bodies.items():
        context.route(address, serving(body))


def serving(body: str) -> Callable[[Route], None]:
    """Answers with this, to pages of any site."""
    return lambda route: route.fulfill(body=body, headers={"Access-Control-Allow-Origin": "*"})


def show(page: Page, url: str, view: str) -> None:
    """Bring the page to a view and wait until it stands still."""
    page.goto(f"{url}#example={view}" if view in ("verified", "failed", "intact") else url)
    page.locator("#versions", has_text="Pyodide").wait_for()
    if view == "unchecked":
        page.locator("#document").fill(older_page())
        page.get_by_role("button", name="Check this text").click()
    if view == "completeness":
        page.locator("#document").fill(with_completeness())
        page.get_by_role("button", name="Check this text").click()
        page.locator("#completeness .item").last.wait_for()
    if view == "mirrors":
        page.locator("#query").fill(EXAMPLE["pith_number"])
        page.get_by_role("button", name="Fetch and check").click()
    if view != "start":
        page.locator("#verdict:not(.running)").wait_for()
        page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(400)


PANEL_STARTS = """Math.round(
  document.querySelector('#completeness').getBoundingClientRect().top + scrollY) - 12"""
TABLE_ENDS = "Math.round(document.querySelector('.copies').getBoundingClientRect().bottom) + 12"


def take(browser: Browser, url: str, url_with_mirrors: str, out: Path) -> None:
    """Take every picture."""
    for device, width in DEVICES.items():
        for scheme in SCHEMES:
            context = browser.new_context(
                color_scheme=scheme, reduced_motion="reduce", service_workers="block"
            )
            act_servers(context)
            page = context.new_page()
            for view in VIEWS:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                show(page, url_with_mirrors if view == "mirrors" else url, view)
                height = page.evaluate(TABLE_ENDS) if view == "mirrors" else HEIGHT
                top = page.evaluate(PANEL_STARTS) if view == "completeness" else 0
                clip: FloatRect = {"x": 0, "y": top, "width": width, "height": height}
                png = smaller(page, page.screenshot(full_page=True, clip=clip))
                (out / f"{view}-{device}-{scheme}.png").write_bytes(png)
                page.goto("about:blank")
            context.close()


# --- A palette in place of three bytes a pixel ---------------------------------------------

TO_PALETTE = """async (text) => {
  const bitmap = await createImageBitmap(await (await fetch(text)).blob());
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const commonest = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256);
  const palette = commonest.map(([pixel]) => pixel);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const far = (a, b) => parts(a).reduce((sum, part, at) => sum + (part - parts(b)[at]) ** 2, 0);
  const index = new Map(palette.map((pixel, at) => [pixel, at]));
  for (const pixel of counts.keys()) {
    if (index.has(pixel)) continue;
    const nearer = (best, one) => (far(one, pixel) < far(best, pixel) ? one : best);
    index.set(pixel, palette.indexOf(palette.reduce(nearer)));
  }
  const bytes = Uint8Array.from(pixels, (pixel) => index.get(pixel));
  const reader = new FileReader();
  const read = new Promise((done) => (reader.onload = done));
  reader.readAsDataURL(new Blob([bytes]));
  await read;
  return { width, height, palette: palette.map(parts), pixels: reader.result.split(",")[1] };
}"""


def smaller(page: Page, png: bytes) -> bytes:
    """The same picture in 256 colours: the commonest, and for the others the nearest of these."""
    helper = page.context.new_page()
    found: dict[str, Any] = helper.evaluate(
        TO_PALETTE, f"data:image/png;base64,{base64.b64encode(png).decode()}"
    )
    helper.close()
    width, height = found["width"], found["height"]
    pixels = base64.b64decode(found["pixels"])
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(map(bytes, found["palette"]))),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a site, while it is served."""
    server = Server(site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.url
    server.shutdown()
    server.server_close()


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The browser, kept from talking to anybody of its own accord."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = os.environ.get("PITH_CHROMIUM") or shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *root])
    yield browser
    browser.close()


def main() -> int:
    """Run from a shell."""
    parser = argparse.ArgumentParser(description="Take the pictures of the page.")
    parser.add_argument("--site", type=Path, default=SITE)
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(shutil.copytree(asked.site, Path(folder, "site")))
        named = {"A library’s mirror": HONEST, "Another mirror": LYING, "A third": DOWN}
        resolvers.apply(site, [Resolver(name, url) for name, url in named.items()])
        with chromium(playwright) as browser, served(asked.site) as url, served(site) as mirrors:
            take(browser, url, mirrors, asked.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
