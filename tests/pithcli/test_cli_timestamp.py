"""`pith timestamp`, `pith checkpoints`, `pith verify --timestamp`: a real server and proofs."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from cli_helpers import Files, Pith, Row, Server, document_of, status
from inprocess import in_process
from stamps import SHA, block, chain, checkpoint, hash_of, mine, path, pending, stamp

from pithcore.timestamp import (
    Checkpoints,
    DetachedTimestamp,
    evaluate,
    format_checkpoints,
    mainnet_checkpoints,
    parse,
    read_checkpoints,
    serialize,
)
from pithcore.timestamp.calendar import ACCEPT
from pithcore.timestamp.headers import display

if TYPE_CHECKING:
    from pathlib import Path

FIRST, LAST = 2_016_003, 2_016_008


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


class Chain:
    """A record's digest in block `FIRST` of a chain made here, whose last block is a checkpoint."""

    def __init__(self, folder: Path, row: Row) -> None:
        self.digest = bytes.fromhex(row["canonical_sha256"])
        root = hashlib.sha256(self.digest).digest()
        self.headers = chain(FIRST, [root, *(bytes([i]) * 32 for i in range(LAST - FIRST))])
        self.record = folder / "record.json"
        self.record.write_text(json.dumps(document_of(row)))
        self.proof = folder / "record.ots"
        self.proof.write_bytes(serialize(stamp(SHA, block(FIRST), digest=self.digest)))
        self.header_file = folder / "record.headers"
        self.header_file.write_bytes(b"".join(self.headers.values()))
        self.table = folder / "checkpoints.txt"
        self.table.write_bytes(format_checkpoints(checkpoint(LAST, self.headers[LAST])))

    def serve(self, server: Server, at: str = "/api", **other: bytes) -> str:
        """Put the chain on a server, as Esplora does; `other` are headers by `h` and height."""
        for height, own in self.headers.items():
            raw = other.get(f"h{height}", own)
            name = display(hash_of(raw))
            server.answers[f"{at}/block-height/{height}"] = status(200, name.encode())
            server.answers[f"{at}/block/{name}/header"] = status(200, raw.hex().encode() + b"\n")
        return f"{server.base_url}{at}"


@pytest.fixture
def made(tmp_path: Path, signed_row: Row) -> Chain:
    """A stamped record with all that belongs to it, as files."""
    return Chain(tmp_path, signed_row)


def level(run: Any) -> str:
    """The level of the timestamp in a report."""
    report = json.loads(run.out)
    (one,) = (check for check in report["checks"] if check["id"] == "completeness.timestamp")
    return f"{one['outcome']} {one['evidence'].get('level')}"


def test_a_proof_beside_a_record(quick: Pith, made: Chain) -> None:
    """It climbs with what is brought, and the record's verdict with it or not at all."""
    how = ["verify", "--json", "--timestamp", made.proof, made.record]
    assert level(quick(*how)) == "unchecked commits"
    table = ["--checkpoints", made.table]
    run = quick(*how, *table, "--headers", made.header_file)
    assert (level(run), run.code) == ("passed linked", 0)
    short = made.header_file.with_name("short")
    short.write_bytes(made.header_file.read_bytes()[:80])
    assert level(quick(*how, *table, "--headers", short)) == "unchecked header_matches"
    short.write_bytes(b"x")
    assert level(quick(*how, "--headers", short)) == "unchecked unsupported"


def test_a_proof_for_other_bytes(quick: Pith, made: Chain, files: Files) -> None:
    """The document fails with it, in words."""
    run = quick("verify", "--timestamp", made.proof, files.intact)
    assert run.code == 1
    assert "The proof is for other bytes" in run.out


@pytest.mark.parametrize("option", ["--timestamp", "--headers", "--checkpoints"])
def test_a_file_that_is_not_there(quick: Pith, made: Chain, option: str) -> None:
    """The command line is wrong, and says which part of it."""
    run = quick("verify", option, "nowhere", made.record)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"error: {option}: There is no file nowhere.")


def test_a_table_that_is_none(quick: Pith, made: Chain) -> None:
    """Anything else is named."""
    run = quick("verify", "--checkpoints", made.record, made.record)
    assert run.code == 4
    assert "cannot be read as checkpoints. A file of checkpoints starts with" in run.err


# --- explorers


def test_explorers_that_agree(quick: Pith, made: Chain, server: Server) -> None:
    """Two that report one header pass; nobody is asked without the option."""
    bases = [made.serve(server, "/one"), made.serve(server, "/two/api")]
    how = ["verify", "--json", "--timestamp", made.proof, "--checkpoints", made.table, made.record]
    quick(*how)
    assert server.asked == []
    run = quick(*how, "--explorer", bases[0], "--explorer", bases[1])
    assert level(run) == "passed reported"
    assert len(server.asked) == 4


def test_explorers_are_asked_for_a_bare_response_too(
    quick: Pith, made: Chain, server: Server
) -> None:
    """A calendar's answer, saved as it came, names its block like an `.ots` file."""
    bare = made.proof.with_name("bare")
    bare.write_bytes(serialize(DetachedTimestamp(None, b"?", (SHA, block(FIRST)))))
    how = ["verify", "--json", "--timestamp", bare, "--checkpoints", made.table, made.record]
    assert level(quick(*how, "--explorer", made.serve(server))) == "passed reported"


def test_explorers_that_differ(quick: Pith, made: Chain, server: Server) -> None:
    """Said, and nothing passes."""
    other = mine(bytes(32), b"\7" * 32)
    bases = [made.serve(server, "/one"), made.serve(server, "/two", **{f"h{FIRST}": other})]
    how = ["verify", "--timestamp", made.proof, "--checkpoints", made.table, made.record]
    run = quick(*how, "--verbose", "--explorer", bases[0], "--explorer", bases[1])
    assert "Explorers disagree about that block" in run.out


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (status(404), "gave no header of block 2016003. 127.0.0.1:"),
        (status(200, b"Block not found"), "it answers “block not found”"),
        (status(200, b"x" * 5000), "which is more than this program takes"),
    ],
)
def test_an_explorer_that_does_not_answer(
    quick: Pith, made: Chain, server: Server, answer: Any, sentence: str
) -> None:
    """A remark, and the outcome of nobody asked."""
    server.answers[f"/api/block-height/{FIRST}"] = answer
    base = f"{server.base_url}/api"
    run = quick("verify", "--json", "--timestamp", made.proof, "--explorer", base, made.record)
    assert level(run) == "unchecked commits"
    assert run.err.startswith("note: ")
    assert sentence in run.err


def test_nothing_to_ask_explorers(quick: Pith, made: Chain, server: Server) -> None:
    """Without a proof there is no block."""
    run = quick("verify", "--explorer", server.base_url, made.record)
    assert "No timestamp names a block to ask explorers about." in run.err
    assert server.asked == []


def test_explorers_offline(quick: Pith, made: Chain) -> None:
    """The two wishes contradict each other."""
    run = quick("verify", "--offline", "--explorers", made.record)
    assert run.code == 2
    assert "--explorers asks a server, and --offline forbids that." in run.err


@pytest.mark.parametrize("address", ["http://example.org", "ftp://x", "x", "https://a.example/?q"])
def test_an_address_of_no_explorer(quick: Pith, made: Chain, address: str) -> None:
    """Refused before anybody is asked."""
    run = quick("verify", "--explorer", address, made.record)
    assert run.code == 2
    assert "is not the address of an explorer" in run.err


# --- stamp and upgrade


def answers(index: int, *more: Any) -> bytes:
    """A calendar's answer."""
    return serialize(DetachedTimestamp(None, b"?", (*path(index, 3), *more)))


def test_a_record_is_stamped_and_upgraded(
    quick: Pith, made: Chain, server: Server, tmp_path: Path
) -> None:
    """The whole way: promises, the block, the headers, and a verification without any server."""
    server.answers["POST /a/digest"] = status(200, answers(1, pending(f"{server.base_url}/a")))
    server.answers["POST /b/digest"] = status(200, answers(2, pending(f"{server.base_url}/b")))
    both = ["--calendar", f"{server.base_url}/a", "--calendar", f"{server.base_url}/b/"]
    out = tmp_path / "new.ots"
    run = quick("timestamp", "stamp", made.record, "--out", out, *both)
    assert (run.code, run.err) == (0, "")
    assert "promised by 2 of 2 calendars" in run.out
    assert server.headers[0]["accept"] == ACCEPT
    assert len(server.bodies[0]) == 32
    assert server.bodies[0] == server.bodies[1] != made.digest
    proof = parse(out.read_bytes())
    assert proof.digest == made.digest
    assert level(quick("verify", "--json", "--timestamp", out, made.record)) == "unchecked promised"

    # Nothing yet.
    before = out.read_bytes()
    run = quick("timestamp", "upgrade", out, *both)
    assert run.code == 4
    assert run.err.count("It has not been anchored yet") == 2
    assert out.read_bytes() == before

    # The first calendar has it in a block.
    commitment = next(m for a, m in evaluate(proof) if a.uri == f"{server.base_url}/a")
    assert commitment is not None
    root = hashlib.sha256(commitment).digest()
    server.answers[f"/a/timestamp/{commitment.hex()}"] = status(
        200, serialize(DetachedTimestamp(None, b"?", (SHA, block(FIRST))))
    )
    run = quick("timestamp", "upgrade", out, *both)
    assert (run.code, "leads to Bitcoin block 2016003" in run.out) == (0, True)
    assert out.with_name("new.ots.bak").read_bytes() == before
    run = quick("timestamp", "upgrade", out, *both)
    assert "complete already; nothing was asked" in run.out

    # Headers from an explorer, once; then nobody is needed.
    made.headers = chain(FIRST, [root, *(bytes([i]) * 32 for i in range(LAST - FIRST))])
    made.table.write_bytes(format_checkpoints(checkpoint(LAST, made.headers[LAST])))
    headers = tmp_path / "new.headers"
    how = ["--explorer", made.serve(server), "--checkpoints", made.table]
    run = quick("timestamp", "headers", out, "--out", headers, *how)
    assert (run.code, run.err) == (0, "")
    assert "6 headers, from block 2016003 to checkpoint 2016008" in run.out
    run = quick(
        *("verify", "--json", "--offline", "--timestamp", out, "--headers", headers),
        *("--checkpoints", made.table, made.record),
    )
    assert level(run) == "passed linked"


def test_too_few_promises(quick: Pith, server: Server, tmp_path: Path) -> None:
    """No proof is written, each calendar that failed is named, and what to do is said."""
    server.answers["POST /a/digest"] = status(200, answers(1, pending("https://a.example")))
    server.answers["POST /b/digest"] = status(200, b"junk")
    server.answers["POST /c/digest"] = status(302, Location="/a/digest")
    calendars = [x for name in "abcd" for x in ("--calendar", f"{server.base_url}/{name}")]
    out = tmp_path / "new.ots"
    run = quick("timestamp", "stamp", "ab" * 32, "--out", out, *calendars)
    assert run.code == 4
    assert "1 of 4 calendars made a promise, and 2 are wanted" in run.err
    assert "/b answered what cannot be used." in run.err
    assert "what is sent to one server is not sent to another" in run.err
    assert "/d made no promise." in run.err
    assert not out.exists()
    run = quick("timestamp", "stamp", "ab" * 32, "--out", out, "--least", "1", *calendars)
    assert run.code == 0
    assert parse(out.read_bytes()).digest.hex() == "ab" * 32


def test_a_proof_is_not_overwritten(quick: Pith, made: Chain) -> None:
    """Whoever stamps again takes another name."""
    before = made.proof.read_bytes()
    run = quick("timestamp", "stamp", made.record, "--out", made.proof)
    assert run.code == 2
    assert "is there already, and a proof is not overwritten" in run.err
    assert made.proof.read_bytes() == before


def test_only_calendars_that_are_known_are_asked(
    quick: Pith, server: Server, tmp_path: Path
) -> None:
    """A proof can name any address: it is told, and not asked."""
    out = tmp_path / "new.ots"
    out.write_bytes(serialize(stamp(pending(f"{server.base_url}/x"))))
    run = quick("timestamp", "upgrade", out, "--calendar", "https://alice.example")
    assert run.code == 4
    assert f"{server.base_url}/x is not asked: name it with --calendar" in run.err
    assert server.asked == []


def test_an_upgrade_that_cannot_be_used(quick: Pith, server: Server, tmp_path: Path) -> None:
    """The proof stays as it is."""
    out = tmp_path / "new.ots"
    out.write_bytes(serialize(stamp(pending(f"{server.base_url}/x"))))
    (commitment,) = (m for _, m in evaluate(parse(out.read_bytes())))
    assert commitment is not None
    server.answers[f"/x/timestamp/{commitment.hex()}"] = status(200, b"\xff\xff")
    run = quick("timestamp", "upgrade", out, "--calendar", f"{server.base_url}/x")
    assert run.code == 4
    assert "answered what cannot be used." in run.err
    assert not out.with_name("new.ots.bak").exists()


@pytest.mark.parametrize("content", [b"", b"junk", b"\x00OpenTimestamps\x00\x00Proof\x00"])
@pytest.mark.parametrize("command", ["upgrade", "info", "headers"])
def test_what_is_no_proof(quick: Pith, tmp_path: Path, content: bytes, command: str) -> None:
    """A sentence with its name."""
    path_ = tmp_path / "x.ots"
    path_.write_bytes(content)
    more = ["--out", "y"] if command == "headers" else []
    run = quick("timestamp", command, path_, *more)
    assert run.code == 1
    assert "x.ots cannot be read as a proof." in run.err


# --- info and headers


def test_info(quick: Pith, made: Chain, server: Server) -> None:
    """Each level has its code: 0 for a day, 4 for none yet, 1 for what fails."""
    run = quick("timestamp", "info", made.proof)
    assert (run.code, "commits (unchecked)" in run.out) == (4, True)
    assert "Held against the digest that the proof states itself." in run.err
    own = ["timestamp", "info", made.proof, "--record", made.record, "--checkpoints", made.table]
    run = quick(*own, "--headers", made.header_file)
    assert (run.code, "linked (passed)" in run.out) == (0, True)
    run = quick(*own, "--explorer", made.serve(server))
    assert (run.code, "reported (passed)" in run.out) == (0, True)
    run = quick("timestamp", "info", made.proof, "--digest", "ab" * 32)
    assert (run.code, "other_bytes (failed)" in run.out) == (1, True)
    assert quick("timestamp", "info", made.proof, "--digest", "ab").code == 2
    run = quick(*own, "--headers", made.record)
    assert run.code == 4
    assert "A file of block headers has a multiple of 80 bytes" in run.err


def test_headers_that_are_not_the_chains(quick: Pith, made: Chain, server: Server) -> None:
    """Nothing is written."""
    other = mine(hash_of(made.headers[FIRST]), b"\7" * 32)
    base = made.serve(server, **{f"h{FIRST + 1}": other})
    out = made.proof.with_name("out.headers")
    how = ["--out", out, "--explorer", base, "--checkpoints", made.table]
    run = quick("timestamp", "headers", made.proof, *how)
    assert run.code == 1
    assert "gave other headers. The header given for block 2016005" in run.err
    assert not out.exists()


def test_headers_without_a_block_or_a_checkpoint(
    quick: Pith, made: Chain, server: Server, tmp_path: Path
) -> None:
    """Each says what is missing."""
    out = ["--out", tmp_path / "out", "--explorer", server.base_url]
    promise = tmp_path / "promise.ots"
    promise.write_bytes(serialize(stamp(pending("https://a.example"))))
    run = quick("timestamp", "headers", promise, *out)
    assert (run.code, "names no Bitcoin block yet" in run.err) == (4, True)
    late = tmp_path / "late.ots"
    late.write_bytes(serialize(stamp(SHA, block(LAST + 1))))
    run = quick("timestamp", "headers", late, *out, "--checkpoints", made.table)
    assert (run.code, "No checkpoint follows block 2016009" in run.err) == (4, True)
    run = quick("timestamp", "headers", made.proof, *out, "--checkpoints", made.table)
    assert (run.code, "did not give all headers." in run.err) == (4, True)


# --- checkpoints


def electrum(periods: int) -> bytes:
    """The shipped table's first periods in Electrum's form: hash, and the next one's target."""
    table = mainnet_checkpoints()
    rows = []
    for period in range(periods):
        bits = table.bits[period + 1]
        target = (bits & 0x7FFFFF) << 8 * ((bits >> 24) - 3)
        rows.append([display(table.hashes[2016 * period + 2015]), target])
    return json.dumps(rows).encode()


def test_electrums_table(quick: Pith, tmp_path: Path) -> None:
    """Read, compared with the shipped one, and written in our form."""
    source, out = tmp_path / "checkpoints.json", tmp_path / "out.txt"
    source.write_bytes(electrum(40))
    run = quick("checkpoints", "--from", source, "--out", out)
    assert (run.code, run.out) == (0, "")
    assert "40 checkpoints, from block 2,015 to block 80,639." in run.err
    assert "40 are those of the table that comes with this program, 0 it does not have" in run.err
    table, own = read_checkpoints(out.read_bytes()), mainnet_checkpoints()
    assert all(own.hashes[height] == value for height, value in table.hashes.items())
    again = quick("checkpoints", "--from", out)
    assert again.out == out.read_text()


def test_a_table_that_contradicts_ours(quick: Pith, made: Chain) -> None:
    """A chain made here is not Bitcoin's: code 1, and the block is named."""
    first = chain(2015, [b"\1" * 32])
    made.table.write_bytes(format_checkpoints(checkpoint(2015, first[2015])))
    run = quick("checkpoints", "--from", made.table)
    assert run.code == 1
    assert "It CONTRADICTS the table that comes with this program" in run.err
    assert "first at block 0: one of the two" in run.err


def test_a_table_with_another_difficulty(quick: Pith, tmp_path: Path) -> None:
    """Other bits for a period contradict ours as well, where every hash is right."""
    lines = mainnet_checkpoints().lines
    other = Checkpoints.of([lines[0], lines[1]._replace(hash=None, bits=0x1D00FFFE)])
    (tmp_path / "x").write_bytes(format_checkpoints(other))
    run = quick("checkpoints", "--from", "x")
    assert run.code == 1
    assert "first at block 2,016: one of the two" in run.err


def test_our_own_table(quick: Pith) -> None:
    """Without a file, what comes with the program."""
    run = quick("checkpoints")
    assert run.code == 0
    assert read_checkpoints(run.out.encode()).hashes == mainnet_checkpoints().hashes


def test_a_table_that_cannot_be_read(quick: Pith, tmp_path: Path) -> None:
    """A sentence, and nothing else."""
    (tmp_path / "x").write_text("[[1]]")
    run = quick("checkpoints", "--from", "x")
    assert (run.code, run.out) == (4, "")
    assert "x cannot be read as checkpoints." in run.err


@pytest.mark.parametrize(
    "command",
    [
        ["timestamp"],
        ["checkpoints"],
        *(["timestamp", one] for one in ("stamp", "upgrade", "info", "headers")),
    ],
)
def test_help_fits_a_terminal(quick: Pith, command: list[str]) -> None:
    """80 columns."""
    run = quick(*command, "--help")
    assert run.code == 0
    assert max(map(len, run.out.splitlines())) <= 80


def test_a_real_proof(quick: Pith, vectors: Path, tmp_path: Path) -> None:
    """The reference client's first example: block 358391 of 28 May 2015."""
    headers = json.loads((vectors / "ots" / "headers" / "mainnet_headers.json").read_text())
    proof = vectors / "ots" / "valid" / "hello-world.txt.ots"
    run = quick("timestamp", "info", proof)
    assert "of Bitcoin block 358391" in run.out
    one = tmp_path / "one.headers"
    one.write_bytes(bytes.fromhex(headers["358391"]["header"]))
    run = quick("timestamp", "info", proof, "--headers", one)
    assert (run.code, "header_matches (unchecked)" in run.out) == (4, True)
