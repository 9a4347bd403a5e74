"""`pith merge`: copies of one record become one bundle and its state, whoever they came from."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from cli_helpers import Pith, Row, document_of
from histories import (
    ALICE,
    BOB,
    NUMBER,
    OTHER_RECORD,
    RECORD,
    STRANGER,
    Event,
    body,
    canonical,
    foreign,
    signed,
    snapshot,
    snapshot_body,
)
from inprocess import in_process
from samples import SEED_ROW, newer_page

from pithcore import (
    PITH_KEYRING,
    Key,
    Keyring,
    compare_copies,
    event_id_of,
    make_bundle,
    make_receipt,
    merge,
    number_of,
)

if TYPE_CHECKING:
    from pathlib import Path

KEYS = tuple(Key(one.key.key_id, one.key.public_key, one.key.key_id) for one in (ALICE, BOB))
RING = Keyring((*PITH_KEYRING.keys, *KEYS))
TRUSTED = [x for key in KEYS for x in ("--key", f"{key.key_id}={key.public_key.hex()}")]
"""What the command line adds to the pinned key, and the keyring that this makes."""

DIGEST = SEED_ROW["canonical_sha256"]
RECEIPT = make_receipt(RECORD, ALICE.key, ALICE.seed, signed_at="2026-06-15T12:00:00Z")
PAYLOAD = {"canonical_record": RECORD, "canonical_sha256": DIGEST, "receipt": RECEIPT}
ONE, TWO, THREE = signed(body("record_created", PAYLOAD)), snapshot(1), snapshot(2, BOB)
FORGED = {**TWO, "signature_b64": RECEIPT["signature_b64"]}

Copies = Callable[..., list[str]]


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    """Write copies to files, and give their names."""

    def write(**contents: Any) -> list[str]:
        for name, content in contents.items():
            data = content if isinstance(content, bytes) else canonical(content)
            (tmp_path / f"{name}.json").write_bytes(data)
        return [f"{name}.json" for name in contents]

    return write


def a_bundle(*events: Any, record: Any = RECORD, **members: Any) -> Event:
    """A bundle as a mirror serves it."""
    return {**make_bundle(record), "events": [*events], **members}


def a_state(*events: Any, **changes: Any) -> Event:
    """The state of these events."""
    return {**merge(events, NUMBER, record=RECORD, keyring=RING).to_dict(), **changes}


def test_copies_become_one_bundle_and_its_state(pith: Pith, copies: Copies, tmp_path: Path) -> None:
    """Real processes: the merged bundle is verified, and its state is that of all the events."""
    names = copies(a=a_bundle(ONE), b=a_bundle(TWO, THREE), c=a_bundle(TWO))
    out = ("--bundle", "bundle.out", "--state", "state.out")
    run = pith("merge", *TRUSTED, *out, *names)
    assert (run.code, run.err) == (0, "")
    bundle = json.loads((tmp_path / "bundle.out").read_text())
    state = json.loads((tmp_path / "state.out").read_text())
    assert state == a_state(ONE, TWO, THREE)
    assert sorted(e["event_id"] for e in bundle["events"]) == sorted(
        e["event_id"] for e in (ONE, TWO, THREE)
    )
    assert pith("verify", *TRUSTED, "--expect", NUMBER, "bundle.out").code == 0
    again = pith("merge", *TRUSTED, "--json", *names, "bundle.out", "state.out")
    assert [c["alone"] for c in json.loads(again.out)["copies"]] == [[]] * 5


def test_order_and_repetition_change_no_byte(quick: Pith, copies: Copies) -> None:
    """Any order of the copies, any of them twice, and merging in steps give the same bytes."""
    names = copies(a=a_bundle(ONE), b=a_bundle(TWO, THREE), c=a_bundle(FORGED))
    for part in ("--bundle", "--state"):
        runs = {
            quick("merge", *TRUSTED, part, "-", *order).out
            for order in [*itertools.permutations(names), [*names, *names]]
        }
        assert len(runs) == 1
    quick("merge", *TRUSTED, "--bundle", "ab.json", "a.json", "b.json")
    for part in ("--bundle", "--state"):
        whole = quick("merge", *TRUSTED, part, "-", *names).out
        assert quick("merge", *TRUSTED, part, "-", "c.json", "ab.json").out == whole


def test_it_is_said_what_each_copy_brings_and_lacks(quick: Pith, copies: Copies) -> None:
    """Each copy is named with its verdict, what only it has, and what it does not have."""
    run = quick("merge", *TRUSTED, *copies(a=a_bundle(ONE, TWO), b=a_bundle(TWO)))
    first, second = run.out.split("\nb.json: ")
    assert run.out.startswith(f"{NUMBER}\n2 copies that do not agree\n")
    assert "a.json: Verified\n    2 events, 1 of them in no other copy\n" in first
    assert f"    brings record_created, signed by alice\n      {ONE['event_id']}\n" in first
    assert "Intact, signer not established\n    1 event, none of them in no other copy\n" in second
    assert f"    lacks record_created, signed by alice\n      {ONE['event_id']}\n" in second
    assert "Merged: Verified\n" in second
    assert "2 events: 2 valid, 0 invalid, 0 not checked. 2 stand." in second
    same = quick("merge", *TRUSTED, *copies(a=a_bundle(ONE, TWO), b=a_bundle(TWO, ONE)))
    assert "2 copies that agree\n" in same.out
    assert "brings" not in same.out
    assert "1 copy\n" in quick("merge", *TRUSTED, "a.json").out


def test_json_is_the_comparison_of_the_library(quick: Pith, copies: Copies, tmp_path: Path) -> None:
    """`--json` prints exactly `pithcore.compare_copies(...).to_dict()`, on one line."""
    names = copies(a=a_bundle(ONE), b=a_bundle(TWO, FORGED), c=a_state(ONE), d=b"nothing")
    run = quick("merge", *TRUSTED, "--json", *names)
    assert run.out.count("\n") == 1
    data = [(name, (tmp_path / name).read_bytes()) for name in names]
    assert json.loads(run.out) == compare_copies(data, keyring=RING).to_dict()


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        ({"a": a_bundle(ONE), "b": a_bundle(TWO)}, 0),
        ({"a": a_bundle(ONE), "b": RECORD}, 0),
        ({"a": a_bundle(ONE)}, 0),
        ({"a": a_bundle(TWO), "b": a_bundle()}, 3),
        ({"a": a_bundle(ONE), "b": b"not JSON"}, 4),
        ({"a": a_bundle(TWO), "b": b"not JSON"}, 4),
        ({"a": a_bundle(ONE), "b": a_bundle(FORGED)}, 1),
        ({"a": a_bundle(FORGED), "b": b"not JSON"}, 1),
        ({"a": a_bundle(ONE), "b": a_bundle(canonical_sha256="0" * 64)}, 1),
    ],
)
def test_each_outcome_has_its_code(
    quick: Pith, copies: Copies, contents: dict[str, Any], code: int
) -> None:
    """0 verified, 3 intact, 4 a copy that could not be read, 1 a copy that failed: the worst."""
    names = copies(**contents)
    for order in itertools.permutations(names):
        assert quick("merge", *TRUSTED, *order).code == code


def test_help_documents_every_exit_code(quick: Pith) -> None:
    """`pith merge --help` lists the codes a script can meet."""
    assert all(f"\n  {code}  " in quick("merge", "--help").out for code in range(5))


def test_a_lying_copy_can_hide_and_undo_nothing(quick: Pith, copies: Copies) -> None:
    """What an honest copy carries stands, whatever the other one leaves out or makes up."""
    liar = a_bundle(FORGED, {**THREE, "target": "record"}, withdrawal_by_a_stranger())
    names = copies(honest=a_bundle(ONE, TWO, THREE), liar=liar)
    run = quick("merge", *TRUSTED, "--state", "-", *names)
    assert run.code == 1
    honest = a_state(ONE, TWO, THREE)
    assert json.loads(run.out)["current"] == honest["current"]
    assert "liar.json: Not what it claims to be" in run.err
    assert "honest.json: Verified" in run.err


def withdrawal_by_a_stranger() -> Event:
    """A stranger's withdrawal of what Alice said."""
    return signed(body("withdrawal", {"event_id": TWO["event_id"]}, STRANGER), STRANGER)


def test_what_fails_is_kept_as_evidence_or_dropped(
    quick: Pith, copies: Copies, tmp_path: Path
) -> None:
    """The merged bundle keeps a forged event, and fails; with `--drop-invalid` it is verified."""
    names = copies(a=a_bundle(ONE, TWO), b=a_bundle(FORGED))
    for option, events, code in (([], 3, 1), (["--drop-invalid"], 2, 0)):
        quick("merge", *TRUSTED, *option, "--bundle", "m.json", "--state", "s.json", *names)
        assert quick("verify", "--quiet", *TRUSTED, "m.json").code == code
        again = quick("merge", *TRUSTED, "--state", "-", "m.json").out
        assert (tmp_path / "s.json").read_text() == again
        assert json.loads(again)["event_count"] == events
        assert quick("merge", *TRUSTED, *option, *names).code == 1  # a copy did fail


def test_two_numbers_need_a_word_which_is_meant(
    quick: Pith, copies: Copies, tmp_path: Path
) -> None:
    """The order of copies does not choose a record: `--expect` does, and the other one fails."""
    names = copies(a=a_bundle(ONE), b=a_bundle(record=OTHER_RECORD))
    other = number_of(OTHER_RECORD)
    for order in (names, names[::-1]):
        run = quick("merge", *TRUSTED, "--bundle", "out.json", *order)
        assert (run.code, run.out) == (4, "")
        assert "hold records of 2 numbers" in run.err
        assert str(NUMBER) in run.err
        assert str(other) in run.err
        assert not (tmp_path / "out.json").exists()
        chosen = quick("merge", *TRUSTED, "--expect", f"pith:{NUMBER.suffix}", *order)
        assert chosen.code == 1
        assert chosen.out.startswith(f"{NUMBER}\n")
        assert "a.json: Verified" in chosen.out
        assert "b.json: Not what it claims to be" in chosen.out
    none = quick("merge", "--expect", "pith:2019:" + "A" * 26, "a.json")
    assert (none.code, none.out) == (4, "")
    assert "None of the copies holds the record of" in none.err


def test_a_missing_file_stops_everything(quick: Pith, copies: Copies, tmp_path: Path) -> None:
    """A mistyped name must not make a bundle that lacks that copy's events."""
    run = quick("merge", "--bundle", "out.json", *copies(a=a_bundle(ONE)), "b.json")
    assert (run.code, run.out) == (4, "")
    assert "There is no file b.json" in run.err
    assert not (tmp_path / "out.json").exists()


def test_an_unreadable_copy_does_not_stop_the_others(
    quick: Pith, copies: Copies, tmp_path: Path
) -> None:
    """One mirror serves rubbish: the rest is merged, and it is said which and why."""
    names = copies(a=a_bundle(ONE), b=b'{"a": 1, "a": 2}')
    run = quick("merge", *TRUSTED, "--bundle", "out.json", *names)
    assert run.code == 4
    assert "b.json: Not readable\n" in run.out
    assert 'The key "a" stands twice' in run.out
    assert quick("verify", *TRUSTED, "out.json").code == 0


def test_a_contradiction_shows_only_when_copies_meet(quick: Pith, copies: Copies) -> None:
    """Each copy holds together; together one signer says two things, and both are named."""
    forks = [snapshot(count, replaces=[TWO["event_id"]]) for count in (4, 5)]
    names = copies(a=a_bundle(ONE, TWO, forks[0]), b=a_bundle(ONE, TWO, forks[1]))
    assert [quick("merge", *TRUSTED, name).code for name in names] == [0, 0]
    run = quick("merge", *TRUSTED, *names)
    assert run.code == 1
    flat = " ".join(run.out.split())
    assert "alice contradicts itself (fork): " in flat
    assert " and ".join(sorted(e["event_id"] for e in forks)) in flat


def test_a_disputed_event_blames_nobody(quick: Pith, copies: Copies) -> None:
    """An event under an unpublished rule that one copy leaves out is named with its carriers."""
    event = foreign(snapshot_body(3), "bb" * 32)
    run = quick("merge", *TRUSTED, *copies(a=a_bundle(ONE, event), b=a_bundle(ONE)))
    assert run.code == 0
    assert f"disputed: sha256:{'bb' * 32}, carried by a.json" in " ".join(run.out.split())
    assert "lacks" not in run.out


def test_a_served_state_is_held_against_the_events(quick: Pith, copies: Copies) -> None:
    """A state that follows is said to, one that does not is named by the first difference."""
    names = copies(a=a_bundle(ONE, TWO), good=a_state(ONE, TWO), stale=a_state(ONE))
    run = quick("merge", *TRUSTED, *names)
    good, stale = run.out.split("good.json: ")[1].split("stale.json: ")
    assert "the state it serves is that of these events" in " ".join(good.split())
    assert "is not that of these events: first at $.current.graph_snapshots" in " ".join(
        stale.split()
    )


def test_receipts_survive(quick: Pith, copies: Copies, signed_row: Row) -> None:
    """A receipt that no event carries stands beside the events; one of a failed copy does not."""
    real = document_of(signed_row)
    names = copies(real=real, bare=signed_row["canonical_record"])
    run = quick("merge", "--bundle", "m.json", *names)
    assert run.code == 0
    assert quick("verify", "--expect", signed_row["pith"], "m.json").code == 0
    lab = make_receipt(
        signed_row["canonical_record"], ALICE.key, ALICE.seed, signed_at="2026-06-15T12:00:00Z"
    )
    names = copies(lab={**real, "receipt": lab}, real=real)
    for order in (names, names[::-1]):
        merged = quick("merge", "--bundle", "-", *order)
        assert json.loads(merged.out)["receipt"] == real["receipt"]  # of the key in the keyring
        assert "note: No place in the merged bundle: 1 receipt that no event" in merged.err
    forged = {**real, "receipt": {**real["receipt"], "signature_b64": lab["signature_b64"]}}
    names = copies(forged=forged, bare=signed_row["canonical_record"])
    merged = quick("merge", "--bundle", "-", *names)
    assert merged.code == 1
    assert "receipt" not in json.loads(merged.out)


def test_a_saved_page_is_a_copy(quick: Pith, copies: Copies) -> None:
    """The text of a record page, as a browser saves it, is merged with a bundle."""
    names = copies(page=newer_page(SEED_ROW).encode(), a=a_bundle(ONE, TWO))
    run = quick("merge", *TRUSTED, "--state", "-", *names)
    assert run.code == 0
    assert json.loads(run.out) == a_state(ONE, TWO)


def test_standard_input_is_a_copy(quick: Pith, copies: Copies) -> None:
    """A copy may come through a pipe, and only one may."""
    names = copies(a=a_bundle(ONE))
    run = quick("merge", *TRUSTED, *names, "-", stdin=canonical(a_bundle(TWO)))
    assert run.code == 0
    assert "standard input: Intact" in run.out
    assert quick("merge", "-", "-").code == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--bundle", "-", "--state", "-"], "Standard output can hold one of"),
        (["--bundle", "-", "--json"], "Standard output can hold one of"),
        (["--expect", "x"], "--expect: "),
        (["--key", "x"], "--key x is not an id and a key"),
        (["--bundle"], "expected one argument"),
    ],
)
def test_a_wrong_option_is_code_2(
    quick: Pith, copies: Copies, options: list[str], words: str
) -> None:
    """A wrong command line reads nothing and prints nothing."""
    run = quick("merge", *copies(a=a_bundle(ONE)), *options)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_an_output_that_cannot_be_written_is_told(quick: Pith, copies: Copies) -> None:
    """A folder that is not there is named, and the code says that it was not done."""
    run = quick("merge", *TRUSTED, *copies(a=a_bundle(ONE)), "--state", "no/where.json")
    assert (run.code, run.out) == (4, "")
    assert "no/where.json could not be written: No such file or directory." in run.err


def test_copies_cannot_write_on_the_terminal(quick: Pith, copies: Copies) -> None:
    """Escape sequences and line breaks in types, ids and paths stay visible text."""
    hostile = "a\x1b[2J\u202eb\r\nMerged: Verified\x07"
    said = signed(body(hostile, {"graph_snapshot": {}}))
    assert event_id_of(said) == said["event_id"]
    served = {"current": {"graph_snapshots": [{"event_id": hostile}]}, "state_type": hostile}
    contents = {"a": a_bundle(said, pith_number=hostile), "b": a_bundle(ONE, **served)}
    run = quick("merge", *TRUSTED, *copies(**contents), "--json")
    assert not set(run.out + run.err) & set("\x1b\u202e\r\x07")
    run = quick("merge", *TRUSTED, *copies(**contents))
    assert "brings a\\x1b[2J\\u202eb\\x0d\\x0aMerged" in run.out
    assert not set(run.out + run.err) & set("\x1b\u202e\r\x07")
    assert (run.out + run.err).count("\nMerged: Verified") == 1  # its own
