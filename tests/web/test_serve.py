"""The local server: a stand-in for a static host, on this machine only."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from serve import Server


def get(server: Server, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """One request, without a client's normalisation of the path."""
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=10)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        response = connection.getresponse()
        return response, response.read()


def test_the_page_is_under_its_prefix(server: Server) -> None:
    """The page is below the sub-path, and nothing is anywhere else."""
    response, body = get(server, "/pith-verifier/")
    assert response.status == 200
    assert b"Pith verifier" in body
    for path in ("/", "/index.html", "/pith-verifier", "/pith-verifier/nothing.js"):
        assert get(server, path)[0].status == 404


@pytest.mark.parametrize(
    "path", ["../version.json", "../../../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd"]
)
def test_nothing_outside_the_site(server: Server, path: str) -> None:
    """A path that climbs out of the folder finds nothing."""
    assert get(server, f"/pith-verifier/{path}")[0].status == 404


def test_compression(server: Server, site: Path) -> None:
    """Compressed for those who accept it, plain for the others; the same content."""
    plain = (site / "index.html").read_bytes()
    response, body = get(server, "/pith-verifier/", Accept_Encoding="gzip")
    assert response.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(body) == plain
    assert get(server, "/pith-verifier/")[1] == plain


def test_types_and_headers(server: Server, site: Path) -> None:
    """WebAssembly and modules have the types that browsers insist on; no header sets a policy."""
    (wasm,) = site.glob("b/*/pyodide/*.wasm")
    response, _ = get(server, f"/pith-verifier/{wasm.relative_to(site).as_posix()}")
    assert response.getheader("Content-Type") == "application/wasm"
    response, _ = get(server, "/pith-verifier/sw.js")
    assert response.getheader("Content-Type", "").startswith("text/javascript")
    assert response.getheader("Content-Security-Policy") is None


def test_unchanged_files_are_not_sent_again(server: Server) -> None:
    """A browser that has the file is told so."""
    tag = get(server, "/pith-verifier/sw.js")[0].getheader("ETag") or ""
    response, body = get(server, "/pith-verifier/sw.js", If_None_Match=tag)
    assert (response.status, body) == (304, b"")


def test_this_machine_only(server: Server) -> None:
    """The server listens on the loopback address."""
    assert server.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_no_obstacle(repo: Path, site: Path) -> None:
    """When the port is taken, another is used, and the address printed is the one that answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            str(repo / "web" / "serve.py"),
            "--site",
            str(site),
            "--port",
            str(port),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:([0-9]+)/pith-verifier/", line)
            process.terminate()
    assert found is not None
    assert int(found.group(1)) != port


def test_without_a_site(repo: Path, tmp_path: Path) -> None:
    """Without a built site the server says what to run."""
    command = [sys.executable, str(repo / "web" / "serve.py"), "--site", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make site" in done.stderr
