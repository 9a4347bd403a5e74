"""Serve a mirror's folder on this machine, for trying things out: pages elsewhere may read it."""

from __future__ import annotations

import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

HOST = "127.0.0.1"
"""Nobody else's machine: a mirror for others belongs on a web server (docs/mirrors.md)."""


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - as the base class has it
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript; charset=utf-8",
        ".mjs": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".wasm": "application/wasm",
    }

    def end_headers(self) -> None:
        """Let pages of other sites read everything: nothing here is secret, and no cookie is."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the one line that matters is the address."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hangs up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def server_of(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for the folder, on any free port for 0. Raises `Problem`."""
    if not folder.is_dir():
        raise Problem(f"There is no folder {folder}.", hint="pith mirror build makes one.")
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        return _Server((HOST, port), handler)
    except OSError as error:
        raise Problem(
            f"Port {port} of this machine cannot be used: {error.strerror}.",
            hint="Name another with --port, or 0 for any that is free.",
        ) from None
