"""Another site on this machine: pages with headers of their own, on an origin of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class File(NamedTuple):
    """What one address gives."""

    body: bytes
    type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class RecordSite(ThreadingHTTPServer):
    """Serves files by their path, and remembers what was asked of it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, File] = {}
        self.asked: list[str] = []

    def handle_error(self, *_: object) -> None:
        """A browser that hangs up is no error here."""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def page(self, path: str, html: str = "", **headers: str) -> str:
        """Serve a page from now on, and return its address; `x_header=…` is a header."""
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.files[path] = File(f"<!doctype html><title>x</title>{html}".encode(), headers=named)
        return self.origin + path

    def json(self, path: str, body: bytes) -> None:
        """Serve a document from now on."""
        self.files[path] = File(body, "application/json")


class _Handler(BaseHTTPRequestHandler):
    server: RecordSite

    def do_GET(self) -> None:
        """The file, or 404; of a HEAD the headers only."""
        path = self.path.partition("?")[0]
        if self.command == "GET":
            self.server.asked.append(path)
        file = self.server.files.get(path)
        self.send_response(200 if file else 404)
        for name, value in file.headers if file else ():
            self.send_header(name, value)
        body = file.body if file else b"There is no such page."
        self.send_header("Content-Type", file.type if file else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[RecordSite]:
    """One such site."""
    site = RecordSite()
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield site
    site.shutdown()
    site.server_close()
