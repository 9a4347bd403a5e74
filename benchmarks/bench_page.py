"""The page's start against a bare Pyodide page, in the same run and in turn.

"Bare" loads stock Pyodide the way its own documentation shows, with the same pithcore in an
archive, and verifies the same record. Both are served by one server with gzip, and measured in
a real Chromium from the navigation to the verdict in the document. Cold: an empty profile, in
a browser that has started.
Returning: the second visit of that profile, after the first one's work has settled.
"""

from __future__ import annotations

import argparse
import functools
import io
import os
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from table import Row, median, print_table

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO / "web"))

from build import build  # noqa: E402
from serve import Handler, Server  # noqa: E402

BROWSER_START = 2.0
"""Seconds for the browser itself to start: a reader's is running when they open the page."""

FLAGS = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
FLAGS += ("--no-first-run", "--disable-quic", "--disable-gpu")

BARE = """<!doctype html><meta charset="utf-8"><title>bare</title>
<p id="verdict" class="running"></p>
<script type="module">
import { loadPyodide } from "./pyodide/pyodide.mjs";
const pyodide = await loadPyodide();
const [core, record] = await Promise.all(["pithcore.zip", "record.json"].map(async (name) =>
  (await fetch(name)).arrayBuffer()));
pyodide.unpackArchive(core, "zip");
pyodide.FS.writeFile("record.json", new Uint8Array(record));
const verdict = pyodide.runPython(`
import pithcore
with open("record.json", "rb") as file:
    report = pithcore.verify(file.read())
report.headline`);
const shown = document.getElementById("verdict");
shown.textContent = verdict;
shown.className = "verdict";
</script>
"""

WATCH = """
globalThis.longest = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) longest = Math.max(longest, task.duration);
}).observe({ type: "longtask", buffered: true });
globalThis.concluded = new Promise((done) => {
  const look = () => {
    const verdict = document.querySelector("#verdict:not(.running)");
    if (verdict) done({ text: verdict.textContent, at: performance.now() });
    else requestAnimationFrame(look);
  };
  look();
});
"""


class CountingHandler(Handler):
    """Counts the bytes it sends, and sends them no faster than a line of the server's rate.

    The snapshot is asked for after the verdict, for another visit, and is not counted.
    """

    server: CountingServer

    def setup(self) -> None:
        """Put the meter between the handler and the socket."""
        super().setup()
        self.wfile = self.server.meter(self.wfile, lambda: "snapshot.bin" not in self.path)  # type: ignore[assignment]


class CountingServer(Server):
    """Serves a folder; `rate` is in bits a second for all connections together, 0 for no limit."""

    def __init__(self, site: Path) -> None:
        super().__init__(site)
        self.RequestHandlerClass = CountingHandler
        self.sent = 0
        self.rate = 0
        self._free_at = 0.0
        self._lock = threading.Lock()

    def meter(self, stream: Any, counts: Callable[[], bool]) -> Any:
        """A stream that tells this server of every byte written, when it counts."""
        plain = stream.write

        def write(data: bytes) -> int:
            for start in range(0, len(data), 16384):
                part = data[start : start + 16384]
                self._wait(len(part), counts())
                plain(part)
            return len(data)

        stream.write = write
        return stream

    def _wait(self, size: int, counted: bool) -> None:
        with self._lock:
            self.sent += size if counted else 0
            if not self.rate:
                return
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + size * 8 / self.rate
            pause = self._free_at - now
        time.sleep(pause)


@contextmanager
def served(folder: Path) -> Iterator[CountingServer]:
    """Serve a folder for as long as it lasts."""
    server = CountingServer(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def make_bare(out: Path) -> None:
    """The peer: stock Pyodide, all of its standard library, and pithcore as sources."""
    pyodide = REPO / "node_modules" / "pyodide"
    (out / "pyodide").mkdir(parents=True)
    names = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
    for name in (*names, "pyodide-lock.json"):
        shutil.copy(pyodide / name, out / "pyodide" / name)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((REPO / "src" / "pithcore").rglob("*.py")):
            archive.write(path, path.relative_to(REPO / "src"))
    (out / "pithcore.zip").write_bytes(buffer.getvalue())
    shutil.copy(REPO / "web" / "examples" / "verified.json", out / "record.json")
    (out / "index.html").write_text(BARE, "utf-8")


@contextmanager
def profile(playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser with an empty profile on the disk, as a first visitor has."""
    folder = tempfile.mkdtemp()
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    context = playwright.chromium.launch_persistent_context(
        folder,
        executable_path=os.environ.get("PITH_CHROMIUM", "/usr/bin/chromium"),
        args=[*FLAGS, *root],
    )
    context.add_init_script(WATCH)
    try:
        yield context
    finally:
        context.close()
        shutil.rmtree(folder, ignore_errors=True)


def visit(context: BrowserContext, url: str, stay: float = 0) -> tuple[float, float]:
    """(seconds to the verdict, longest task on the page's thread in ms) of one visit, which goes
    on for `stay` seconds more.
    """
    page = context.new_page()
    page.goto(url, wait_until="commit")
    end = page.evaluate("concluded")
    assert end["text"].strip() == "Verified", end
    longest = page.evaluate("longest")
    page.wait_for_timeout(stay * 1000)
    page.close()
    return end["at"] / 1000, longest


def measure(
    playwright: Playwright, server: CountingServer, fragment: str, *, settle: float
) -> dict[str, float]:
    """One first visit and, when `settle` is not 0, a returning one after two of so many seconds."""
    server.sent = 0
    with profile(playwright) as context:
        context.new_page().goto("about:blank")
        time.sleep(BROWSER_START)
        cold, longest = visit(context, server.url + fragment, settle)
        found = {"cold": cold, "bytes": float(server.sent), "longest": longest}
        if settle:
            # Compiled code is kept on the second use.
            visit(context, server.url + fragment, settle)
            found["returning"] = visit(context, server.url + fragment)[0]
    return found


def main() -> int:
    """Run from a shell."""
    parser = argparse.ArgumentParser(description="The page's start against a bare Pyodide page.")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--settle", type=float, default=4.0, help="seconds that a visitor stays")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        ours, bare = Path(place, "ours"), Path(place, "bare")
        build(ours)
        make_bare(bare)
        fragment = "#example=verified"
        with served(ours) as ours_server, served(bare) as bare_server:
            run = functools.partial(measure, playwright)
            plain = [
                (
                    run(ours_server, fragment, settle=asked.settle),
                    run(bare_server, "", settle=asked.settle),
                )
                for _ in range(asked.runs)
            ]
            ours_server.rate = bare_server.rate = 10_000_000
            slow = [
                (run(ours_server, fragment, settle=0), run(bare_server, "", settle=0))
                for _ in range(asked.runs)
            ]

    def ratio(pairs: list[tuple[dict[str, float], dict[str, float]]], name: str) -> float:
        return median([a[name] for a, _ in pairs]) / median([b[name] for _, b in pairs])

    def both(pairs: list[tuple[dict[str, float], dict[str, float]]], name: str) -> str:
        one, other = median([a[name] for a, _ in pairs]), median([b[name] for _, b in pairs])
        return f"{one:.2f} s against {other:.2f} s"

    sizes = (plain[0][0]["bytes"] / 1e6, plain[0][1]["bytes"] / 1e6)
    rows = [
        Row(
            "cold visit, time to verdict ÷ bare",
            0.45,
            0.35,
            ratio(plain, "cold"),
            both(plain, "cold"),
        ),
        Row(
            "returning visit ÷ bare",
            0.35,
            0.27,
            ratio(plain, "returning"),
            both(plain, "returning"),
        ),
        Row(
            "bytes over the wire, cold, gzip ÷ bare",
            0.85,
            0.80,
            ratio(plain, "bytes"),
            f"{sizes[0]:.2f} MB against {sizes[1]:.2f} MB",
        ),
        Row(
            "cold at 10 Mbit/s ÷ bare at the same",
            0.75,
            0.67,
            ratio(slow, "cold"),
            both(slow, "cold"),
        ),
        Row(
            "longest task on the page's own thread",
            50,
            None,
            median([a["longest"] for a, _ in plain]),
            "0 where the browser reports none: it reports those of 50 ms and more",
            unit="ms",
        ),
    ]
    return print_table(f"The page's start, medians of {asked.runs}", rows)


if __name__ == "__main__":
    sys.exit(main())
