"""`pith timestamp`: wrong command lines, and what a calendar says of a promise not yet kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_helpers import Pith, Server, status
from inprocess import in_process
from stamps import pending, stamp

from pithcli.fetch import FetchError, Wanted, fetch
from pithcore.timestamp import DetachedTimestamp, serialize

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "ab" * 32


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


@pytest.mark.parametrize("seconds", ["-1", "0", "nan", "inf", "3601", "soon"])
@pytest.mark.parametrize("command", ["stamp", "upgrade", "info", "headers"])
def test_a_timeout_that_is_none(quick: Pith, server: Server, seconds: str, command: str) -> None:
    """As for pith verify."""
    run = quick("timestamp", command, DIGEST, f"--timeout={seconds}")
    assert run.code == 2
    assert f"{seconds} is not a number of seconds from 0 to 3600." in run.err
    assert server.asked == []


@pytest.mark.parametrize("least", ["-3", "0", "3"])
def test_fewer_or_more_promises_than_there_can_be(
    quick: Pith, server: Server, tmp_path: Path, least: str
) -> None:
    """None is no proof, and more than are asked would never come."""
    calendars = [x for name in "ab" for x in ("--calendar", f"{server.base_url}/{name}")]
    how = ["--out", tmp_path / "new.ots", f"--least={least}", *calendars]
    run = quick("timestamp", "stamp", DIGEST, *how)
    assert run.code == 2
    assert f"--least: {least} is not a number from 1 to 2, as many as are asked." in run.err
    assert server.asked == []


def test_one_calendar_is_enough_where_one_is_asked(
    quick: Pith, server: Server, tmp_path: Path
) -> None:
    """Whoever names one wants one."""
    answer = serialize(DetachedTimestamp(None, b"?", (pending("https://a.example"),)))
    server.answers["POST /a/digest"] = status(200, answer)
    out = tmp_path / "new.ots"
    run = quick("timestamp", "stamp", DIGEST, "--out", out, "--calendar", f"{server.base_url}/a")
    assert (run.code, out.exists()) == (0, True)


def test_a_proof_from_standard_input_is_not_upgraded(quick: Pith, tmp_path: Path) -> None:
    """There would be no file to write it into."""
    proof = serialize(stamp(pending("https://a.example")))
    run = quick("timestamp", "upgrade", "-", stdin=proof)
    assert run.code == 2
    assert "PROOF is a file, which is written again" in run.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"Pending confirmation in Bitcoin blockchain", "Pending confirmation in Bitcoin block"),
        (b"Commitment not found\n", "It says “Commitment not found”."),
        (b"\x1b[2J\xff" + b"x" * 5000, "It says “"),
    ],
)
def test_a_calendars_own_words(
    quick: Pith, server: Server, tmp_path: Path, body: bytes, words: str
) -> None:
    """With its 404: told, cut short, and made safe for a screen."""
    out = tmp_path / "new.ots"
    proof = stamp(pending(server.base_url))
    out.write_bytes(serialize(proof))
    server.answers[f"/timestamp/{proof.digest.hex()}"] = status(404, body)
    run = quick("timestamp", "upgrade", out, "--calendar", server.base_url)
    assert run.code == 4
    assert "It has not been anchored yet, or the calendar does not know it." in run.err
    assert words in run.err
    assert "\x1b" not in run.err
    assert len(run.err) < 800


def test_a_calendar_that_says_nothing(quick: Pith, server: Server, tmp_path: Path) -> None:
    """An empty 404, and one that is cut off, leave no words."""
    out = tmp_path / "new.ots"
    proof = stamp(pending(server.base_url))
    out.write_bytes(serialize(proof))
    for answer in (status(404), status(404, Content_Length="500")):
        server.answers[f"/timestamp/{proof.digest.hex()}"] = answer
        run = quick("timestamp", "upgrade", out, "--calendar", server.base_url, "--timeout", "5")
        assert run.code == 4
        assert "It says" not in run.err


@pytest.mark.parametrize("words", [0, 300])
def test_no_more_of_a_refusal_is_read_than_wanted(server: Server, words: int) -> None:
    """A server's 404 may be as long as it likes."""
    server.answers["/x"] = status(404, b"x" * 100_000)
    with pytest.raises(FetchError) as caught:
        fetch(f"{server.base_url}/x", 5, Wanted(words=words))
    assert caught.value.said == "x" * words
