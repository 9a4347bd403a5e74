"""Helpers of the mirror tests: signed events, folders as bytes, servers good and bad."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pithcore
from pithcore import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Value = dict[str, Any]

# Seeds of RFC 8032 section 7.1, known to the whole world.
SEEDS = {
    "alice": bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
    "bob": bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
}
KEYS = {name: Key(name, pithcore.ed25519.public_key(seed), name) for name, seed in SEEDS.items()}
ALICE = f"--key=alice={KEYS['alice'].public_key.hex()}"
"""The option that makes alice known."""


@functools.cache
def record(index: int = 1) -> Value:
    """A record of a paper that does not exist."""
    return pithcore.make_record(
        source_id=f"2001.{index:05}",
        version=1,
        title=f"Title {index}",
        abstract=f"Abstract {index}",
        submitted_at="2020-01-01T00:00:00Z",
        primary_cat="cs.DC",
    )


def number(index: int = 1) -> str:
    """Its full number."""
    return str(pithcore.number_of(record(index)))


def suffix(index: int = 1) -> str:
    """The 26 characters of its number."""
    return number(index).rpartition(":")[2]


def created(index: int = 1, name: str = "alice", at: str = "2026-06-01T12:00:00Z") -> Value:
    """The event that carries a record and a receipt by the same key."""
    payload: Value = {
        "canonical_record": record(index),
        "canonical_sha256": pithcore.canonical_digest(record(index)).hex(),
        "receipt": receipt(index, name),
    }
    return _event(index, "record_created", payload, name, at)


def receipt(index: int = 1, name: str = "alice") -> Value:
    """A receipt over a record."""
    at = "2026-06-01T12:00:00Z"
    return pithcore.make_receipt(record(index), KEYS[name], SEEDS[name], signed_at=at)


def claims(
    *texts: str,
    index: int = 1,
    name: str = "alice",
    at: str = "2026-06-02T12:00:00Z",
    replaces: Iterable[Value] = (),
) -> Value:
    """An event with a snapshot of claims."""
    hashed = pithcore.canonical_digest({"payload": [*texts]}).hex()
    section = {"count": len(texts), "items": [*texts], "snapshot_sha256": hashed}
    payload = {"graph_snapshot": {"claims": section}}
    return _event(
        index, "graph_snapshot", payload, name, at, tuple(e["event_id"] for e in replaces)
    )


def _event(
    index: int, kind: str, payload: Value, name: str, at: str, replaces: tuple[str, ...] = ()
) -> Value:
    return pithcore.make_event(
        kind,
        pithcore.number_of(record(index)),
        payload,
        KEYS[name],
        SEEDS[name],
        created_at=at,
        replaces=replaces,
    )


def foreign(digest: str, *texts: str) -> Value:
    """An event with an id by somebody else's rule, well signed over that id."""
    signature = pithcore.ed25519.sign(SEEDS["alice"], bytes.fromhex(digest))
    event = claims(*texts)
    return {
        **event,
        "event_id": f"sha256:{digest}",
        "signature_b64": base64.b64encode(signature).decode(),
    }


def bundle(*events: Value, index: int = 1, **more: Any) -> Value:
    """A bundle with these events."""
    return {**pithcore.make_bundle(record(index), events), **more}


def save(path: Path, *values: Value, **dumps: Any) -> Path:
    """Values as a file: one document, or JSON Lines where the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{json.dumps(value, **dumps)}\n" for value in values)
    path.write_text(text, encoding="utf-8")
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a mirror by its path; not the lock, which is the build's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".pith-mirror.lock"
    }


def hosted(mirror: Path, index: int = 1, name: str = "bundle.json") -> Value:
    """A document of a mirror."""
    value: Value = json.loads((mirror / "pith" / suffix(index) / name).read_bytes())
    return value


def ids(document: Value) -> set[str]:
    """Event ids of a bundle."""
    return {event["event_id"] for event in document["events"]}


def alter(mirror: Path, name: str, index: int = 1, **members: Any) -> None:
    """Set members of a document in a mirror, as a bad operator might."""
    path = mirror / "pith" / suffix(index) / name
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **members}), encoding="utf-8")


def write_page(site: Path, text: str) -> None:
    """Another start page for such a site, and its manifest made to fit."""
    (manifest,) = site.glob("b/*/manifest.json")
    held = json.loads(manifest.read_text("utf-8"))
    held["sha256"]["index.html"] = hashlib.sha256(text.encode()).hexdigest()
    manifest.write_text(json.dumps(held), "utf-8")
    (site / "index.html").write_text(text, "utf-8")


def fake_site(folder: Path, text: str) -> Path:
    """A built site in the form of web/build.py, with little in it."""
    build = hashlib.sha256(text.encode()).hexdigest()[:16]
    files = {
        "index.html": f"<p>{text} {build}",
        "sw.js": f"// {build}",
        "version.json": json.dumps({"build": build}),
        f"b/{build}/app.js": f"// {text}",
        f"b/{build}/pyodide/pyodide.mjs": "// loads",
    }
    listed = {name: hashlib.sha256(content.encode()).hexdigest() for name, content in files.items()}
    files[f"b/{build}/manifest.json"] = json.dumps({"build": build, "sha256": listed})
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


@contextmanager
def stock_server(folder: Path) -> Iterator[str]:
    """`python3 -m http.server` as a process of its own, as docs/mirrors.md tells to start it."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--directory", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        port = re.search(r" port ([0-9]+) ", process.stdout.readline())
        assert port is not None
        yield f"http://127.0.0.1:{port.group(1)}"
    finally:
        process.kill()
        process.communicate()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Any static server, here the one of the standard library, on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    with _listening(functools.partial(Quiet, directory=str(folder))) as url:
        yield url


@contextmanager
def slow() -> Iterator[str]:
    """A server that takes every request and never ends its answer."""
    release = threading.Event()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while not release.wait(0.05):
                    self.wfile.write(b" ")
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    with _listening(Slow) as url:
        yield url
        release.set()


@contextmanager
def down() -> Iterator[str]:
    """An address where nobody listens, and nobody will as long as the test runs."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{closed.getsockname()[1]}"


def free_ports(count: int) -> list[int]:
    """Ports where nobody listens now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def _listening(handler: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
