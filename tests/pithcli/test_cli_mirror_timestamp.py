"""Timestamps in mirrors: which are hosted, which are refused, and how a check takes them."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from cli_helpers import Pith, Run
from inprocess import in_process
from mirror_helpers import ALICE, bundle, claims, created, record, save, serving, suffix, tree
from stamps import SHA, block, chain, checkpoint, hash_of, mine, pending, stamp

import pithcore
from pithcore.timestamp import evaluate, format_checkpoints, serialize
from pithcore.timestamp.proof import APPEND, MAX_BYTES, Step

if TYPE_CHECKING:
    from pathlib import Path

FIRST, LAST = 2_016_003, 2_016_008
DIGEST = pithcore.canonical_digest(record())
CREATED = created()


def proof(*steps: Step, digest: bytes = DIGEST) -> bytes:
    """A proof of the record's digest."""
    return serialize(stamp(*steps, digest=digest))


PROMISE = proof(SHA, pending("https://alice.example"))
STEPS = ((APPEND, b"salt"), SHA)
COMMITS = proof(*STEPS, block(FIRST))
ROOT = evaluate(stamp(*STEPS, block(FIRST), digest=DIGEST))[0].message or b""
CHAIN = chain(FIRST, [ROOT, *(bytes([i]) * 32 for i in range(LAST - FIRST))])
HEADERS = b"".join(CHAIN.values())


@pytest.fixture(autouse=True)
def our_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain made here is the one that the program knows: Bitcoin's takes too long to mine."""
    table = checkpoint(LAST, CHAIN[LAST])
    monkeypatch.setattr("pithcore.timestamp.assessment.mainnet_checkpoints", lambda: table)


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` in this process, where the chain is known."""
    return in_process(monkeypatch, capsys, tmp_path)


def source(folder: Path, ots: bytes | None = None, headers: bytes | None = None) -> Path:
    """A folder with the record's bundle, and what belongs to it."""
    save(folder / "any-name.json", bundle(CREATED))
    for ending, data in (("ots", ots), ("headers", headers)):
        if data is not None:
            (folder / f"{suffix()}.{ending}").write_bytes(data)
    return folder


def stamps_in(mirror: Path) -> dict[str, bytes]:
    """Timestamps and headers of a mirror, by the end of their names."""
    folder = mirror / "pith" / suffix()
    found = {path.suffix[1:]: path for path in folder.iterdir() if path.stem == suffix()}
    return {ending: path.read_bytes() for ending, path in found.items()}


def checked(quick: Pith, *mirrors: object) -> tuple[Run, list[dict[str, Any]]]:
    """A check in JSON, and what it says of each mirror's timestamp."""
    run = quick("mirror", "check", "--json", *mirrors, ALICE)
    (line,) = (json.loads(line) for line in run.out.splitlines())
    return run, [one["timestamp"] for one in line["mirrors"]]


@pytest.mark.parametrize("named", [True, False])
def test_a_timestamp_goes_with_its_bundle(quick: Pith, tmp_path: Path, named: bool) -> None:
    """Proof and headers stand beside the bundle, byte for byte, and the check finds the day."""
    where = source(tmp_path / "in", COMMITS, HEADERS)
    run = quick("mirror", "build", "m", where / "any-name.json" if named else where, ALICE)
    assert (run.code, run.err) == (0, "")
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS, "headers": HEADERS}
    run, (found,) = checked(quick, "m")
    assert run.code == 0
    assert found == {
        "standing": "good",
        "why": None,
        "level": "linked",
        "no_later_than": "2023-11-15",
    }
    text = quick("mirror", "check", "m", ALICE, "--verbose").out.replace("\n    ", " ")
    assert "By its timestamp the record existed no later than 2023-11-15." in text


def test_a_mirror_is_a_source_of_timestamps_too(quick: Pith, tmp_path: Path) -> None:
    """The copy of a mirror is the same, and a build over itself writes nothing."""
    quick("mirror", "build", "m", source(tmp_path / "in", COMMITS, HEADERS), ALICE)
    assert quick("mirror", "build", "two", "m", ALICE).code == 0
    assert tree(tmp_path / "two") == tree(tmp_path / "m")
    assert "0 written" in quick("mirror", "build", "m", "m", ALICE).out


def test_without_a_timestamp_nothing_is_said(quick: Pith, tmp_path: Path) -> None:
    """A mirror need not have one: the mirrors agree."""
    quick("mirror", "build", "m", source(tmp_path / "in"), ALICE)
    quick("mirror", "build", "two", source(tmp_path / "in2", COMMITS, HEADERS), ALICE)
    run, (missing, good) = checked(quick, "m", "two")
    assert run.code == 0
    assert (missing["standing"], missing["level"]) == ("missing", None)
    assert good["standing"] == "good"
    assert quick("mirror", "check", "m", "two", ALICE).out == "1 number: 1 agree.\n"


@pytest.mark.parametrize(
    ("ots", "words"),
    [
        (b"junk", "cannot be read"),
        (COMMITS[:-1], "ends too early"),
        (b"\0" * (MAX_BYTES + 1), "at most 65,536 are read"),
        (proof(*STEPS, block(FIRST), digest=bytes(32)), "The proof is for other bytes"),
        (proof(SHA, SHA, block(6_000_000)), "will not reach in this century"),
    ],
)
def test_a_timestamp_that_fails_is_refused(
    quick: Pith, tmp_path: Path, ots: bytes, words: str
) -> None:
    """It is named, the code is 1, and the bundle is hosted without it."""
    run = quick("mirror", "build", "m", source(tmp_path / "in", ots, HEADERS), ALICE)
    assert run.code == 1
    assert f"{suffix()}.ots was refused. " in run.err
    assert words in run.err
    assert "Bundles:   1 taken (1 verified)\nRefused:   1\n" in run.out
    assert stamps_in(tmp_path / "m") == {}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (b"", "holds at least one"),
        (b"x" * 81, "a multiple of 80 bytes"),
        (HEADERS[:80] * 2017, "2,017 block headers are more than a period"),
        (HEADERS[:80] + mine(hash_of(CHAIN[FIRST]), b"\7" * 32) + HEADERS[160:], "does not name"),
        (HEADERS[80:], "does not hold it"),
    ],
)
def test_headers_that_fail_are_refused(
    quick: Pith, tmp_path: Path, headers: bytes, words: str
) -> None:
    """The proof is hosted without them."""
    run = quick("mirror", "build", "m", source(tmp_path / "in", COMMITS, headers), ALICE)
    assert run.code == 1
    assert f"{suffix()}.headers was refused. " in run.err
    assert words in run.err
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS}


def test_headers_alone_are_left_out(quick: Pith, tmp_path: Path) -> None:
    """With a remark; where the mirror has the proof, they are for that."""
    only = source(tmp_path / "in", None, HEADERS)
    run = quick("mirror", "build", "m", only, ALICE)
    assert run.code == 0
    assert f"in/{suffix()}.headers was left out: there is no timestamp for it." in run.err
    quick("mirror", "build", "m", source(tmp_path / "in2", COMMITS), ALICE)
    assert quick("mirror", "build", "m", only, ALICE).code == 0
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS, "headers": HEADERS}


def test_headers_that_no_checkpoint_follows(
    quick: Pith, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They show nothing, and are left out with a remark, until a table is given that has one."""
    table = tmp_path / "table.txt"
    table.write_bytes(format_checkpoints(checkpoint(LAST, CHAIN[LAST])))
    old = checkpoint(100, mine(bytes(32), bytes(32)))
    monkeypatch.setattr("pithcore.timestamp.assessment.mainnet_checkpoints", lambda: old)
    where = source(tmp_path / "in", COMMITS, HEADERS)
    run = quick("mirror", "build", "m", where, ALICE)
    assert run.code == 0
    assert f"in/{suffix()}.headers was left out: it shows nothing more." in run.err
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS}
    with_table = ("--checkpoints", table, ALICE)
    run = quick("mirror", "build", "m", where, *with_table)
    assert (run.code, run.err) == (0, "")
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS, "headers": HEADERS}
    assert quick("mirror", "build", "m", where, ALICE).code == 0
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS, "headers": HEADERS}
    _, (found,) = checked(quick, "m")
    assert (found["standing"], found["level"]) == ("unsettled", "commits")
    _, (found,) = checked(quick, "m", "--checkpoints", table)
    assert (found["standing"], found["level"]) == ("good", "linked")
    for command in (["build", "m", where], ["check", "m"]):
        assert quick("mirror", *command, "--checkpoints", "nowhere").code == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_pair_that_goes_further_stays(
    quick: Pith, tmp_path: Path, order: tuple[int, ...]
) -> None:
    """In any order: a promise never takes the place of a day."""
    sources = [
        source(tmp_path / "promise", PROMISE),
        source(tmp_path / "commits", COMMITS),
        source(tmp_path / "linked", COMMITS, HEADERS),
    ]
    for index in order:
        assert quick("mirror", "build", "m", sources[index], ALICE).code == 0
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS, "headers": HEADERS}


def test_headers_that_went_bad_are_removed(quick: Pith, tmp_path: Path) -> None:
    """Beside a good proof they would make it fail."""
    where = source(tmp_path / "in", COMMITS, HEADERS)
    quick("mirror", "build", "m", where, ALICE)
    damaged = tmp_path / "m" / "pith" / suffix() / f"{suffix()}.headers"
    damaged.write_bytes(HEADERS[:80] + bytes(80))
    run, (found,) = checked(quick, "m")
    assert (run.code, found["level"]) == (1, "header_refused")
    before = tree(tmp_path / "m")
    run = quick("mirror", "build", "m", source(tmp_path / "none"), ALICE)
    assert (run.err, tree(tmp_path / "m")) == ("", before)
    run = quick("mirror", "build", "m", where, ALICE)
    assert (run.code, run.err) == (0, "")
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS, "headers": HEADERS}
    damaged.write_bytes(HEADERS[:80] + bytes(80))
    run = quick("mirror", "build", "m", source(tmp_path / "bare", COMMITS), ALICE)
    assert "did not hold with the timestamp any more and was removed" in run.err
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS}


def test_a_timestamp_that_cannot_be_read_from_the_disk(quick: Pith, tmp_path: Path) -> None:
    """A folder of that name is named, with code 4, and the bundle is hosted."""
    where = source(tmp_path / "in")
    (where / f"{suffix()}.ots").mkdir()
    run = quick("mirror", "build", "m", where, ALICE)
    assert run.code == 4
    assert f"{suffix()}.ots was refused. It could not be read: Is a directory." in run.err
    assert "1 taken" in run.out


def test_lines_have_their_timestamps_beside_the_file(quick: Pith, tmp_path: Path) -> None:
    """Several bundles in one file: the suffix says whose a timestamp is."""
    save(tmp_path / "in" / "all.jsonl", bundle(CREATED), bundle(created(2), index=2))
    (tmp_path / "in" / f"{suffix()}.ots").write_bytes(COMMITS)
    assert quick("mirror", "build", "m", tmp_path / "in", ALICE).code == 0
    assert stamps_in(tmp_path / "m") == {"ots": COMMITS}
    assert not list((tmp_path / "m" / "pith" / suffix(2)).glob("*.ots"))


# --- check


def test_a_lying_timestamp_fails_and_the_others_do_not(quick: Pith, tmp_path: Path) -> None:
    """Asked of real servers: other bytes fail, a promise is no fault, a page is no proof."""
    honest = source(tmp_path / "in", COMMITS, HEADERS)
    quick("mirror", "build", "honest", honest, ALICE)
    others = {
        "lying": proof(*STEPS, block(FIRST), digest=bytes(32)),
        "early": PROMISE,
        "page": b"<!doctype html><title>Nothing here</title>",
    }
    for name, data in others.items():
        shutil.copytree(tmp_path / "honest", tmp_path / name)
        (tmp_path / name / "pith" / suffix() / f"{suffix()}.ots").write_bytes(data)
    with ExitStack() as stack:
        names = ["honest", *(stack.enter_context(serving(tmp_path / name)) for name in others)]
        run, found = checked(quick, *names)
        text = quick("mirror", "check", *names, ALICE).out.replace("\n    ", " ")
        run_without, _ = checked(quick, *(n for i, n in enumerate(names) if i != 1))
    assert (run.code, run_without.code) == (1, 0)
    assert [one["standing"] for one in found] == ["good", "failed", "unsettled", "missing"]
    assert [one["level"] for one in found] == ["linked", "other_bytes", "promised", None]
    assert "no OpenTimestamps proof" in found[3]["why"]
    assert f"{names[1]}: Its timestamp fails. The proof is for other bytes" in text
    assert text.count("timestamp") == 1


def test_a_timestamp_that_shows_no_day_is_told_when_asked(quick: Pith, tmp_path: Path) -> None:
    """With --verbose."""
    quick("mirror", "build", "m", source(tmp_path / "in", PROMISE), ALICE)
    text = quick("mirror", "check", "m", ALICE, "--verbose").out.replace("\n    ", " ")
    assert "Its timestamp shows no day. Promised by calendar https://alice.example." in text


def test_no_timestamp_is_judged_beside_a_bundle_that_fails(quick: Pith, tmp_path: Path) -> None:
    """The bundle's own standing has said it."""
    quick("mirror", "build", "m", source(tmp_path / "in", COMMITS, HEADERS), ALICE)
    path = tmp_path / "m" / "pith" / suffix() / "bundle.json"
    value = json.loads(path.read_bytes())
    forged = {**claims("one"), "signature_b64": claims("two")["signature_b64"]}
    path.write_text(json.dumps({**value, "events": [CREATED, forged]}))
    run, (found,) = checked(quick, "m")
    assert (run.code, found["standing"], found["level"]) == (1, "not_judged", None)


def test_headers_that_cannot_be_had(quick: Pith, tmp_path: Path) -> None:
    """Then nothing is said of the proof: what it would show is not known."""
    quick("mirror", "build", "m", source(tmp_path / "in", COMMITS, HEADERS), ALICE)
    path = tmp_path / "m" / "pith" / suffix() / f"{suffix()}.headers"
    path.unlink()
    path.mkdir()
    run, (found,) = checked(quick, "m")
    assert (run.code, found["standing"]) == (4, "unavailable")
    text = quick("mirror", "check", "m", ALICE).out.replace("\n    ", " ")
    assert "Its timestamp could not be had." in text
