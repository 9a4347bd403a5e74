"""`pith timestamp headers`: many blocks with few questions, from pages that must hold together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli_helpers import Pith, Server, status
from inprocess import in_process
from stamps import SHA, block, chain, checkpoint, hash_of, stamp

from pithcore.timestamp import evaluate, format_checkpoints, serialize
from pithcore.timestamp.esplora import MAX_PAGE
from pithcore.timestamp.headers import display

if TYPE_CHECKING:
    from pathlib import Path

FIRST, LAST = 2_016_003, 2_016_027
PROOF = stamp(SHA, block(FIRST))
ROOT = evaluate(PROOF)[0].message or b""
CHAIN = chain(FIRST - 9, [bytes(32)] * 9 + [ROOT] + [bytes([i]) * 32 for i in range(LAST - FIRST)])


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own, where proof and table are."""
    (tmp_path / "x.ots").write_bytes(serialize(PROOF))
    (tmp_path / "table").write_bytes(format_checkpoints(checkpoint(LAST, CHAIN[LAST])))
    return in_process(monkeypatch, capsys, tmp_path)


def as_block(height: int) -> dict[str, Any]:
    """A block as Esplora has it in JSON."""
    raw = CHAIN[height]
    places = {"version": 0, "timestamp": 68, "bits": 72, "nonce": 76}
    return {
        "id": display(hash_of(raw)),
        "height": height,
        "merkle_root": display(raw[36:68]),
        "previousblockhash": display(raw[4:36]),
        "difficulty": 0.5,
        **{name: int.from_bytes(raw[i : i + 4], "little") for name, i in places.items()},
    }


def serve_pages(server: Server, size: int = 10) -> None:
    """Put a page for each height on a server: that block, and those before it."""
    for height in CHAIN:
        listed = [as_block(h) for h in range(height, max(height - size, FIRST - 10), -1)]
        server.answers[f"/blocks/{height}"] = status(200, json.dumps(listed).encode())


def serve_single(server: Server) -> None:
    """Put each header on a server by itself."""
    for height, raw in CHAIN.items():
        name = display(hash_of(raw))
        server.answers[f"/block-height/{height}"] = status(200, name.encode())
        server.answers[f"/block/{name}/header"] = status(200, raw.hex().encode())


def fetched(quick: Pith, server: Server) -> Any:
    """A run of the command against the server."""
    how = ["--explorer", server.base_url, "--checkpoints", "table"]
    return quick("timestamp", "headers", "x.ots", "--out", "x.headers", *how)


EXPECTED = b"".join(CHAIN[height] for height in range(FIRST, LAST + 1))


@pytest.mark.parametrize(("size", "questions"), [(10, 3), (15, 2), (1, 25)])
def test_pages_of_any_length(
    quick: Pith, server: Server, tmp_path: Path, size: int, questions: int
) -> None:
    """25 headers in order, and none before the first, with a question a page."""
    serve_pages(server, size)
    run = fetched(quick, server)
    assert (run.code, run.err) == (0, "")
    assert (tmp_path / "x.headers").read_bytes() == EXPECTED
    assert len(server.asked) == questions
    assert all(path.startswith("/blocks/") for path in server.asked)
    run = quick("timestamp", "info", "x.ots", "--headers", "x.headers", "--checkpoints", "table")
    assert (run.code, "linked (passed)" in run.out) == (0, True)


def test_an_explorer_without_pages(quick: Pith, server: Server, tmp_path: Path) -> None:
    """Asked for one once, then for each block."""
    serve_single(server)
    assert fetched(quick, server).code == 0
    assert (tmp_path / "x.headers").read_bytes() == EXPECTED
    assert server.asked.count(f"/blocks/{LAST}") == 1
    assert len(server.asked) == 1 + 2 * 25


@pytest.mark.parametrize("listed", [[], [LAST - 1, LAST - 2]])
def test_a_page_without_the_block_asked_for(
    quick: Pith, server: Server, tmp_path: Path, listed: list[int]
) -> None:
    """That one is asked for alone, so that the command comes to an end."""
    serve_pages(server)
    serve_single(server)
    server.answers[f"/blocks/{LAST}"] = status(
        200, json.dumps([as_block(height) for height in listed]).encode()
    )
    assert fetched(quick, server).code == 0
    assert (tmp_path / "x.headers").read_bytes() == EXPECTED


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (status(200, b"<html>"), "what is no JSON"),
        (status(200, json.dumps([{**as_block(LAST), "nonce": 0}]).encode()), "gives the hash"),
        (status(200, b" " * (MAX_PAGE + 1)), "sends more than 256 KiB"),
        (status(429, Retry_After="60"), "wants to be left alone for 60 seconds"),
        (status(500), "status 500"),
    ],
)
def test_a_page_that_cannot_be_used(
    quick: Pith, server: Server, tmp_path: Path, answer: Any, sentence: str
) -> None:
    """A sentence, no file, and no flood of single questions."""
    serve_single(server)
    server.answers[f"/blocks/{LAST}"] = answer
    run = fetched(quick, server)
    assert run.code == 4
    assert f"{server.base_url} did not give all headers. " in run.err
    assert sentence in run.err
    assert len(server.asked) == 1
    assert not (tmp_path / "x.headers").exists()
