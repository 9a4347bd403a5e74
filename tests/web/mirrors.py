"""Mirrors of one record on this machine, on real sockets: honest, lying, slow, down."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from documents import SIGNED, Record, receipt

import pithcore
from pithcore import ed25519

RECORD = SIGNED[2]
NUMBER = RECORD["pith"]
SUFFIX = NUMBER.rpartition(":")[2]

LAB_SEED = bytes(range(32))
LAB = pithcore.Key("test-lab", ed25519.public_key(LAB_SEED), "a test lab")
KEYRING = pithcore.PITH_KEYRING.with_key(LAB)


def lab_event(event_type: str, payload: Record, second: int = 0, **more: Any) -> Record:
    """An event about the record, signed by the lab."""
    return pithcore.make_event(
        event_type,
        pithcore.PithNumber.parse(NUMBER),
        payload,
        LAB,
        LAB_SEED,
        created_at=f"2026-06-01T12:00:{second:02}Z",
        **more,
    )


STATED = {name: RECORD[name] for name in ("canonical_record", "canonical_sha256")}
CREATED = lab_event("record_created", {**STATED, "receipt": receipt(RECORD)})
SNAPSHOT = lab_event("graph_snapshot", {"graph_snapshot": {}}, 1, target="graph")
BUNDLE = pithcore.make_bundle(RECORD["canonical_record"], [CREATED, SNAPSHOT])


def state_of(bundle: Record) -> Record:
    """The state that follows from a bundle."""
    return pithcore.merge(
        bundle["events"], NUMBER, record=STATED["canonical_record"], keyring=KEYRING
    ).to_dict()


def tampered(bundle: Record) -> Record:
    """Another version of the paper put into the record, everywhere."""
    version = RECORD["canonical_record"]["source"]["version"]
    text = json.dumps(bundle)
    return json.loads(text.replace(f'"version": {version}', f'"version": {version + 1}'))


def without(bundle: Record, event: Record) -> Record:
    """The bundle with one event kept back."""
    return {**bundle, "events": [e for e in bundle["events"] if e["event_id"] != event["event_id"]]}


class Mirror(ThreadingHTTPServer):
    """Serves JSON documents by their path; what they are may change from test to test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.cors = True
        self.open = threading.Event()
        self.open.set()

    def handle_error(self, *_: object) -> None:
        """A browser that hangs up on a slow mirror is no error here."""

    @property
    def host(self) -> str:
        """As the page names it."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{self.host}"

    def serve(self, bundle: Record | None, state: Record | None = None, at: str = SUFFIX) -> None:
        """Serve these two from now on, and nothing else."""
        given = {"bundle": bundle, "state": state}
        self.files = {
            f"/pith/{at}/{name}.json": json.dumps(value).encode()
            for name, value in given.items()
            if value is not None
        }


class _Handler(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        """Answer once the mirror is open."""
        self.server.asked.append(self.path)
        self.server.open.wait(60)
        body = self.server.files.get(self.path)
        self.send_response(404 if body is None else 200)
        if self.server.cors:
            self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body or b"{}")

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running(count: int) -> Iterator[list[Mirror]]:
    """That many mirrors, each on a port of its own."""
    started = [Mirror() for _ in range(count)]
    for mirror in started:
        threading.Thread(target=mirror.serve_forever, daemon=True).start()
    yield started
    for mirror in started:
        mirror.open.set()
        mirror.shutdown()
        mirror.server_close()


def address_of_nobody() -> str:
    """An address where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
