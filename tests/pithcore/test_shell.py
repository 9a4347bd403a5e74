"""Shell lines: each is run for real, and comes to the result the report shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from samples import ROWS, SIGNED, bare, bundle, dump, envelope, outcomes, record, suffix

from pithcore import canon_sha256, canonical_bytes, canonical_digest, verify
from pithcore.keyring import spki_der
from pithcore.shell import MAX_QUOTED, digest_line, fetched_digest_line, signature_line, text_line

ROW = SIGNED[0]


def need(*programs: str) -> None:
    """Skip where a program that the line uses is not installed."""
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def run(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line as a reader would paste it."""
    need("bash", "python3")
    return subprocess.run(
        ["bash", "-c", line], capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def lines(data: bytes, **options: Any) -> dict[str, str]:
    """Check id → shell line, where there is one."""
    report = verify(data, **options)
    return {check.id: check.finding.shell for check in report.checks if check.finding.shell}


def test_every_line_of_a_signed_record_gives_what_the_report_says() -> None:
    """Digest, number, title and signature, each repeated without this program."""
    need("openssl")
    given = lines(dump(record(ROW)))
    assert given.keys() == {
        "identity.digest",
        "identity.number",
        "receipt.signature",
        "paper.title",
    }
    assert run(given["identity.digest"]).stdout == ROW["canonical_sha256"] + "\n"
    assert run(given["identity.number"]).stdout == suffix(ROW) + "\n"
    hashed = ROW["canonical_record"]["metadata"]["title_canon_sha256"]
    assert run(given["paper.title"]).stdout == hashed + "\n"
    verified = run(given["receipt.signature"])
    assert "Signature Verified Successfully" in verified.stdout
    assert verified.returncode == 0


def test_the_signature_line_refuses_what_the_report_refuses() -> None:
    """The same line on a signature of another record ends in failure."""
    need("openssl")
    value = envelope(ROW)
    value["receipt"]["signature_b64"] = SIGNED[1]["signature_b64"]
    assert outcomes(verify(dump(value)))["receipt.signature"] == "failed"
    refused = run(lines(dump(value))["receipt.signature"])
    assert refused.returncode != 0
    assert "Verified Successfully" not in refused.stdout


HOSTILE = [
    "'; echo injected; '",
    "$(echo injected) `echo injected` ${HOME} \\",
    'double " quotes % %s %d \\n',
    "-n -e",
    "new\nline\ttab \x7f \u2028 \U0001f600 ü !! ~",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_a_line(text: str) -> None:
    """Attack: quotes, substitutions and formats in a record or a title run nothing."""
    value = {"a": text, text: 1}
    line = digest_line(canonical_bytes(value).decode())
    assert line is not None
    assert run(line).stdout == canonical_digest(value).hex() + "\n"
    line = text_line(text)
    assert line is not None
    assert run(line).stdout == canon_sha256(text) + "\n"


@pytest.mark.parametrize("value", [-1, "-n", 1.5, [], None])
def test_any_canonical_text_survives_the_line(value: Any) -> None:
    """Also a record that is no object is hashed as it is."""
    line = digest_line(canonical_bytes(value).decode())
    assert line is not None
    assert run(line).stdout == canonical_digest(value).hex() + "\n"


def test_what_no_shell_word_holds_has_no_line() -> None:
    """Too long a text, a NUL and a lone surrogate give no line instead of a wrong one."""
    assert digest_line("x" * MAX_QUOTED) is not None
    assert digest_line("x" * (MAX_QUOTED + 1)) is None
    assert text_line("x" * MAX_QUOTED) is not None
    assert text_line("x" * (MAX_QUOTED + 1)) is None
    assert text_line("a\0b") is None
    assert text_line("a\ud800b") is None


def test_the_key_in_the_signature_line_is_the_registrys() -> None:
    """The DER key is the 44 bytes of RFC 8410, prefix and raw key."""
    der = spki_der(bytes(32))
    assert len(der) == 44
    assert der[:12].hex() == "302a300506032b6570032100"
    assert "pkeyutl -verify" in signature_line(bytes(32), bytes(32), bytes(64))


class Registry(BaseHTTPRequestHandler):
    """Answers as the registry does: JSON-LD for those who ask for it."""

    def do_GET(self) -> None:
        """Serve `/pith/<SUFFIX>` as a record's JSON-LD, anything else as 404."""
        row = next((row for row in ROWS if self.path == f"/pith/{suffix(row)}"), None)
        asked = self.headers.get("Accept") == "application/ld+json"
        self.send_response(200 if row and asked else 404)
        self.end_headers()
        if row and asked:
            self.wfile.write(json.dumps(record(row)).encode())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def registry() -> Iterator[str]:
    """Base URL of a registry on this machine."""
    server = HTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_fetched_digest_line_hashes_what_the_server_sends(registry: str) -> None:
    """The line of the registry's own page, run against a server: it ends in the digest."""
    need("curl", "jq")
    for row in (ROWS[0], ROW):
        line = fetched_digest_line(registry, suffix(row))
        assert run(line).stdout == row["canonical_sha256"] + "\n"


def test_the_line_in_a_report_asks_the_registry_for_this_record() -> None:
    """The evidence of the digest carries that line, with the registry's address."""
    for data in (dump(bundle(ROW)), dump(envelope(ROW))):
        evidence = verify(data).check("identity.digest").finding.evidence
        assert evidence["shell_online"] == fetched_digest_line("https://pith.science", suffix(ROW))
    assert "identity.digest" not in lines(dump(bare(ROW)))
