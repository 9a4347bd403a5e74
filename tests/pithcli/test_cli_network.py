"""Fetching from a real server on this machine: every way to fail has its own sentence."""

from __future__ import annotations

import shlex
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from cli_helpers import Files, Pith, Row, Server, never, status

from pithcli import fetch as fetching
from pithcli.fetch import Fetched, FetchError, Why, fetch, is_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def failure(url: str, timeout: float = 5.0) -> FetchError:
    """The error that fetching `url` ends with."""
    with pytest.raises(FetchError) as caught:
        fetch(url, timeout)
    return caught.value


def test_a_number_is_looked_up_and_verified(pith: Pith, files: Files, server: Server) -> None:
    """A number is asked of the resolver, bundle first, then the record, and verified."""
    suffix = files.number.rpartition(":")[2]
    server.answers[f"/pith/{suffix}.json"] = status(200, files.verified.read_bytes())
    run = pith("verify", "--verbose", "--resolver", server.base_url, files.number)
    assert run.code == 0
    assert server.asked == [f"/pith/{suffix}/bundle.json", f"/pith/{suffix}.json"]
    assert f"Input:       {server.base_url}/pith/{suffix}.json" in run.out
    assert run.err.startswith("note: ")
    assert "(404)" in run.err


def test_a_server_that_sends_another_record_is_caught(
    pith: Pith, files: Files, server: Server
) -> None:
    """A good record in place of the one asked for fails, by number and by arXiv id."""
    answer = status(200, files.verified.read_bytes())
    server.answers["/pith/DBZZ4GA3QYTEJZ5TKUNHWEKF3I/bundle.json"] = answer
    server.answers["/pith/1906.08168/bundle.json"] = answer
    for argument in ("pith:DBZZ4GA3QYTEJZ5TKUNHWEKF3I", "arxiv:1906.08168"):
        run = pith("verify", "--resolver", server.base_url, argument)
        assert run.code == 1
        assert "and this is another record" in run.out


def test_an_address_is_asked_as_given(pith: Pith, files: Files, server: Server) -> None:
    """A record's address is fetched itself, and the number in it is what the record must have."""
    suffix = files.number.rpartition(":")[2]
    for path in (f"/pith/{suffix}", "/pith/DBZZ4GA3QYTEJZ5TKUNHWEKF3I", "/any.json"):
        server.answers[path] = status(200, files.verified.read_bytes())
    assert pith("verify", f"{server.base_url}/pith/{suffix}").code == 0
    assert pith("verify", f"{server.base_url}/pith/DBZZ4GA3QYTEJZ5TKUNHWEKF3I").code == 1
    assert pith("verify", f"{server.base_url}/any.json").code == 0
    assert len(server.asked) == 3


def test_an_arxiv_address_is_looked_up_as_an_id(
    pith: Pith, server: Server, files: Files, signed_row: Row
) -> None:
    """An arXiv address is asked of the resolver, never of arXiv."""
    arxiv_id = signed_row["arxiv"]
    server.answers[f"/pith/{arxiv_id}/bundle.json"] = status(200, files.verified.read_bytes())
    run = pith("verify", "--resolver", server.base_url, f"https://arxiv.org/abs/{arxiv_id}")
    assert run.code == 0


def test_the_next_resolver_is_asked(pith: Pith, files: Files, server: Server) -> None:
    """A resolver that is down does not stop the others."""
    suffix = files.number.rpartition(":")[2]
    server.answers[f"/pith/{suffix}/bundle.json"] = status(200, files.verified.read_bytes())
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        down = f"http://127.0.0.1:{closed.getsockname()[1]}"
        run = pith("verify", "--resolver", down, "--resolver", server.base_url, files.number)
    assert run.code == 0


def test_the_request_names_this_program(server: Server) -> None:
    """The server learns which program asks, and that nothing compressed is wanted."""
    failure(f"{server.base_url}/x")
    assert server.headers[0]["user-agent"].startswith("pith/")
    assert server.headers[0]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("code", "headers", "why", "words"),
    [
        (404, {}, Why.NOT_FOUND, "has nothing at"),
        (410, {}, Why.NOT_FOUND, "(410)"),
        (429, {}, Why.RATE_LIMITED, "wants to be left alone for a while (429)"),
        (429, {"Retry_After": "30"}, Why.RATE_LIMITED, "left alone for 30 seconds (429)"),
        (429, {"Retry_After": "1"}, Why.RATE_LIMITED, "left alone for 1 second (429)"),
        (
            429,
            {"Retry_After": "Wed, 21 Oct 2026 07:28:00 GMT"},
            Why.RATE_LIMITED,
            "alone until Wed, 21 Oct 2026 07:28:00 GMT (429)",
        ),
        (500, {}, Why.STATUS, "status 500 (Internal Server Error)"),
        (403, {}, Why.STATUS, "status 403 (Forbidden)"),
        (599, {}, Why.STATUS, "status 599 instead"),
        (302, {}, Why.STATUS, "status 302 (Found)"),
        (200, {"Content_Encoding": "gzip"}, Why.BROKEN, "compressed"),
        (200, {"Content_Length": "99"}, Why.BROKEN, "before the whole document"),
        (200, {"Content_Length": str(2**40)}, Why.TOO_LARGE, "more than 32 MiB"),
    ],
)
def test_each_answer_without_a_document_has_its_sentence(
    server: Server, code: int, headers: dict[str, str], why: Why, words: str
) -> None:
    """Status, compression, truncation and size each give their own kind and sentence."""
    server.answers["/x"] = status(code, b"", **headers)
    error = failure(f"{server.base_url}/x")
    assert error.why is why
    assert words in str(error)


def test_a_body_without_a_length_is_bounded(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not say how much it sends is cut off at the limit."""
    monkeypatch.setattr(fetching, "MAX_FETCH", 1024**2)

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(bytes(65536))
        except OSError:
            pass

    server.answers["/x"] = endless
    assert failure(f"{server.base_url}/x").why is Why.TOO_LARGE


def test_a_slow_server_is_given_up_in_time(pith: Pith, server: Server) -> None:
    """A server that sends a byte now and then keeps nobody beyond `--timeout`."""
    server.answers["/x"] = never
    begun = time.monotonic()
    run = pith("verify", "--timeout", "0.5", f"{server.base_url}/x")
    assert run.code == 4
    assert "did not answer in full within 0.5 seconds" in run.err
    assert time.monotonic() - begun < 5


def test_redirects_are_followed_on_this_machine(server: Server) -> None:
    """A redirect to an allowed address gives the document and its last address."""
    server.answers["/x"] = status(302, Location="/y")
    server.answers["/y"] = status(200, b"{}")
    assert fetch(f"{server.base_url}/x", 5) == Fetched(f"{server.base_url}/y", b"{}")


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/x", "redirects more than 5 times"),
        ("http://example.org/record", "which is not an https address"),
        ("file:///etc/passwd", "which is not an https address"),
        ("ftp://example.org/record", "which is not an https address"),
    ],
)
def test_bad_redirects_are_refused(server: Server, location: str, words: str) -> None:
    """No redirect leads round in circles, off https, or to another protocol."""
    server.answers["/x"] = status(302, Location=location)
    error = failure(f"{server.base_url}/x")
    assert error.why is Why.REDIRECT
    assert words in str(error)
    assert len(server.asked) <= fetching.MAX_REDIRECTS + 1


def test_only_https_or_this_machine_is_asked() -> None:
    """Plain http is for this machine, and nobody else may send us to it."""
    assert is_allowed("https://pith.science/x")
    assert is_allowed("http://localhost:8000/x")
    assert is_allowed("http://[::1]/x")
    assert not is_allowed("http://pith.science/x")
    assert not is_allowed("http://127.0.0.1.example.org/x")
    assert not is_allowed("http://localhost@example.org/x")
    assert not is_allowed("file:///etc/passwd")
    assert not is_allowed("https://")
    assert not is_allowed("http://127.0.0.1/x", came_from="https://pith.science/")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.org/x", Why.ADDRESS),
        ("https://[", Why.ADDRESS),
        ("https://127.0.0.1:99999/", Why.ADDRESS),
        ("https://127.0.0.1:port/", Why.ADDRESS),
        ("https://name.invalid/", Why.DNS),
        ("https://..invalid/", Why.ADDRESS),
    ],
)
def test_bad_addresses_are_refused_with_a_sentence(url: str, why: Why) -> None:
    """An address that cannot be asked is an error of its own, never an exception of Python's."""
    assert failure(url).why is why


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of a server that hangs up on everyone."""
    listening = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.recv(65536)
            connection.close()

    threading.Thread(target=hang_up, daemon=True).start()
    yield listening.getsockname()[1]
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def test_a_server_that_hangs_up_is_named(mute: int) -> None:
    """A connection that breaks off, and one that never was TLS, are told apart."""
    assert str(failure(f"http://127.0.0.1:{mute}/")).endswith(" broke off the connection.")
    assert failure(f"https://127.0.0.1:{mute}/").why is Why.TLS


def test_a_closed_port_is_unreachable() -> None:
    """A server that is not running does not accept connections."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = failure(f"http://127.0.0.1:{closed.getsockname()[1]}/")
    assert error.why is Why.UNREACHABLE
    assert "does not accept connections" in str(error)


@pytest.fixture
def secure(tmp_path: Path, files: Files) -> Iterator[tuple[str, Path]]:
    """An https server with a certificate of its own making, and that certificate."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = subprocess.run(
        shlex.split(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
            "-subj /CN=localhost -addext subjectAltName=DNS:localhost "
            f"-keyout {shlex.quote(str(key))} -out {shlex.quote(str(certificate))}"
        ),
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/down":
                status(302, Location="http://localhost:9/record")(self)
            else:
                status(200, files.verified.read_bytes())(self)

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listening.socket = context.wrap_socket(listening.socket, server_side=True)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"https://localhost:{listening.server_address[1]}", certificate
    listening.shutdown()
    listening.server_close()


def test_certificates_are_checked(pith: Pith, secure: tuple[str, Path]) -> None:
    """An unknown certificate is refused; one the system trusts is accepted."""
    base_url, certificate = secure
    refused = pith("verify", f"{base_url}/record.json")
    assert refused.code == 4
    assert "could not prove that it is localhost" in refused.err
    trusted = pith("verify", f"{base_url}/record.json", SSL_CERT_FILE=str(certificate))
    assert trusted.code == 0
    other_name = base_url.replace("localhost", "127.0.0.1")
    wrong = pith("verify", f"{other_name}/record.json", SSL_CERT_FILE=str(certificate))
    assert wrong.code == 4
    assert "could not prove that it is 127.0.0.1" in wrong.err


@pytest.mark.parametrize(
    "base_url",
    ["pith.science", "http://pith.science", "https://", "https://a/?q", "https://u@a", "https://["],
)
def test_a_bad_resolver_is_a_usage_error(pith: Pith, base_url: str) -> None:
    """A resolver that could not be asked safely stops the command before anything is asked."""
    run = pith("verify", "--resolver", base_url, "arxiv:1906.08168")
    assert run.code == 2
    assert "is not the address of a server" in run.err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon", "1e9"])
def test_a_bad_timeout_is_a_usage_error(pith: Pith, seconds: str) -> None:
    """A timeout that is no number of seconds is refused."""
    run = pith("verify", f"--timeout={seconds}", "x.json")
    assert run.code == 2
    assert "is not a number of seconds" in run.err
