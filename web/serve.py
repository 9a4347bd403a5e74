"""Serve the built site on this machine: `python web/serve.py`, then open the address it prints.

A stand-in for a static host such as GitHub Pages: under a sub-path, compressed where such hosts
compress, ten minutes of caching, files that other sites' pages may read, and no header of policy.
What the page needs it brings along.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import hashlib
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).resolve().parent.parent / "build" / "site"
PREFIX = "/pith-verifier/"
PORT = 8000

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".md": "text/markdown; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
}
PACKED = frozenset(TYPES)
"""Compressed on the way; static hosts leave types that they do not know as they are."""


class Server(ThreadingHTTPServer):
    """Serves one folder under one prefix; `site` may be another folder from request to request."""

    daemon_threads = True

    def __init__(self, site: Path, port: int = 0, prefix: str = PREFIX) -> None:
        self.site = site
        self.prefix = prefix
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hangs up: a tab was closed, or a fetch given up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://127.0.0.1:{self.server_address[1]}{self.prefix}"


class Handler(BaseHTTPRequestHandler):
    """GET and HEAD of files below the site's folder."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or 304 when the browser has it."""
        path = unquote(urlsplit(self.path).path)
        if not path.startswith(self.server.prefix):
            self._plain(HTTPStatus.NOT_FOUND, f"The page is at {self.server.prefix}\n")
            return
        relative = path.removeprefix(self.server.prefix) or "index.html"
        file = (self.server.site / relative).resolve()
        if not file.is_relative_to(self.server.site.resolve()) or not file.is_file():
            self._plain(HTTPStatus.NOT_FOUND, "There is no such file.\n")
            return
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and file.suffix in PACKED
        body, tag = _content(file, file.stat().st_mtime_ns, packed)
        fresh = self.headers.get("If-None-Match") == tag
        self.send_response(HTTPStatus.NOT_MODIFIED if fresh else HTTPStatus.OK)
        self.send_header("ETag", tag)
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Access-Control-Allow-Origin", "*")
        if not fresh:
            self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if not fresh and self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def _plain(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the one line that matters is the address."""


@functools.lru_cache(maxsize=256)
def _content(file: Path, _changed: int, packed: bool) -> tuple[bytes, str]:
    """Body and ETag of a file, kept until it changes."""
    content = file.read_bytes()
    tag = hashlib.sha256(content).hexdigest()[:32]
    return (gzip.compress(content, 6, mtime=0), f'"{tag}-gz"') if packed else (content, f'"{tag}"')


def main() -> int:
    """Run from a shell."""
    parser = argparse.ArgumentParser(description="Serve the built page on this machine.")
    parser.add_argument("--site", type=Path, default=SITE, help="folder made by build.py")
    parser.add_argument("--port", type=int, default=PORT, help="any free one if it is taken")
    parser.add_argument("--prefix", default=PREFIX, help="path to serve the page under")
    asked = parser.parse_args()
    if not (asked.site / "index.html").is_file():
        print(f"error: {asked.site} holds no site: run `make site` first.", file=sys.stderr)
        return 1
    prefix = f"/{asked.prefix.strip('/')}/".replace("//", "/")
    try:
        server = Server(asked.site, asked.port, prefix)
    except OSError:
        server = Server(asked.site, 0, prefix)
    print(f"The page is at {server.url} (Ctrl-C ends it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
