"""Helpers of these tests: documents, what a process leaves behind, and a server's answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
Answer = Callable[[BaseHTTPRequestHandler], None]

KEY_ID = "pith-v1-2026-05"


def document_of(row: Row) -> Row:
    """A record's document as the registry would serve it."""
    document = {
        "pith_number": row["pith"],
        "canonical_sha256": row["canonical_sha256"],
        "canonical_record": row["canonical_record"],
    }
    if row["signature_b64"]:
        document["receipt"] = {
            "kind": "pith_receipt",
            "key_id": KEY_ID,
            "algorithm": "ed25519",
            "signature_b64": row["signature_b64"],
        }
    return document


@dataclass(frozen=True)
class Files:
    """One file for each outcome, and the number in the verified one."""

    verified: Path
    failed: Path
    intact: Path
    unchecked: Path
    broken: Path
    number: str


@dataclass(frozen=True)
class Run:
    """What a process left behind."""

    code: int
    out: str
    err: str


Pith = Callable[..., Run]


@dataclass
class Server:
    """A server on this machine: `answers` by path, and the requests it got."""

    base_url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer with a status, headers (`_` for `-`) and a body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        with suppress(ConnectionError):  # whoever asked has left: it was too much
            handler.wfile.write(body)

    return answer


def never(handler: BaseHTTPRequestHandler) -> None:
    """Begin an answer and send one byte of it now and then, until the test is over."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.released.wait(0.1):  # type: ignore[attr-defined]
            handler.wfile.write(b" ")
    except OSError:
        pass
