"""Real records as files, the real command as a process, and a real server on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from cli_helpers import Files, Pith, Row, Run, Server, document_of, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def signed_row(records: list[Row]) -> Row:
    """A record whose real signature is known."""
    return next(row for row in records if row["signature_b64"])


@pytest.fixture
def files(tmp_path: Path, records: list[Row], signed_row: Row) -> Files:
    """Files whose verdicts are verified, failed, intact, unchecked, and one that is not JSON."""
    document = document_of(signed_row)
    forged = json.loads(json.dumps(document))
    forged["canonical_record"]["source"]["version"] += 1
    contents = {
        "verified": document,
        "failed": forged,
        "intact": document_of(next(row for row in records if not row["signature_b64"])),
        "unchecked": signed_row["canonical_record"],
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "broken.json").write_text('{"a":1,"a":2}', encoding="utf-8")
    paths = {name: tmp_path / f"{name}.json" for name in (*contents, "broken")}
    return Files(**paths, number=signed_row["pith"])


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """A plain environment: no proxies, no colour settings, and the packages under test."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and name not in ("NO_COLOR", "FORCE_COLOR", "TERM")
    }
    return {
        **kept,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


@pytest.fixture
def pith(environment: dict[str, str], tmp_path: Path) -> Pith:
    """Run `python -m pithcli` in an empty directory and check that no traceback shows."""

    def run(*arguments: object, stdin: bytes = b"", **more: str) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "pithcli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**environment, **more},
            timeout=60,
            check=False,
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        assert "Traceback" not in out + err
        return Run(done.returncode, out, err)

    return run


@pytest.fixture
def server() -> Iterator[Server]:
    """Serves what a test puts into `answers`, and 404 for everything else.

    What is asked with HEAD or POST stands under that word and the path; `bodies` has what was sent.
    """
    release = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        released = release

        def do_GET(self) -> None:
            found.asked.append(self.path)
            found.headers.append({name.lower(): value for name, value in self.headers.items()})
            found.answers.get(self.path, status(404))(self)

        def do_HEAD(self) -> None:
            self.path = f"HEAD {self.path}"
            self.do_GET()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            found.bodies.append(self.rfile.read(length))
            self.path = f"POST {self.path}"
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    found = Server(f"http://127.0.0.1:{listening.server_address[1]}")
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield found
    release.set()
    listening.shutdown()
    listening.server_close()
