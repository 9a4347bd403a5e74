"""`pith mirror check`: who agrees, who lacks what, who lies, and who just did not answer."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from mirror_helpers import (
    ALICE,
    Value,
    alter,
    bundle,
    claims,
    created,
    down,
    foreign,
    hosted,
    number,
    receipt,
    record,
    save,
    serving,
    slow,
    suffix,
)

from pithcli.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    from cli_helpers import Pith

CREATED = created()
ONE, TWO = claims("one"), claims("two")
LEFT, RIGHT = claims("left", replaces=[ONE]), claims("right", replaces=[ONE])
FORGED = {**ONE, "signature_b64": TWO["signature_b64"]}


def mirror(folder: Path, *bundles: Value, key: str = ALICE) -> Path:
    """A mirror of bundles, made by the command."""
    assert (
        main(["mirror", "build", str(folder), str(save(folder / "in.jsonl", *bundles)), key]) == 0
    )
    return folder


def check(pith: Pith, *arguments: object, key: str = ALICE) -> tuple[int, list[Value]]:
    """Exit code and JSON lines of `pith mirror check --json`."""
    run = pith("mirror", "check", "--json", *arguments, key)
    assert run.err == ""
    return run.code, [json.loads(line) for line in run.out.splitlines()]


def flat(text: str) -> str:
    """Wrapped lines put together again."""
    return text.replace("\n    ", " ")


def standings(line: Value) -> list[tuple[str, str]]:
    """Standing of bundle and state of each mirror."""
    return [(m["bundle"]["standing"], m["state"]["standing"]) for m in line["mirrors"]]


AGREES = ("good", "good")


@pytest.fixture
def honest(tmp_path: Path) -> Path:
    """A mirror with nothing wrong about it."""
    return mirror(tmp_path / "honest", bundle(CREATED, ONE))


def test_honest_lying_slow_and_down_side_by_side(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """Four real servers: the liar is named as one that fails, the slow and the dead are not."""
    lying = mirror(tmp_path / "lying", bundle(CREATED, ONE))
    alter(lying, "bundle.json", events=[CREATED, FORGED])
    with ExitStack() as stack:
        names = [
            stack.enter_context(one) for one in (serving(honest), serving(lying), slow(), down())
        ]
        asked = ("--timeout", 5, "--number", number())
        code, (line,) = check(pith, *names, *asked)
        text = pith("mirror", "check", *names, *asked, ALICE)
    assert code == text.code == 1
    assert [one["name"] for one in line["mirrors"]] == names
    assert standings(line) == [
        AGREES,
        ("failed", "not_judged"),
        ("unavailable", "not_judged"),
        ("unavailable", "not_judged"),
    ]
    assert line["outcome"] == "failed"
    said = flat(text.out)
    assert f"{names[0]}:" not in said  # there is nothing to say of it
    assert f"{names[1]}: Its bundle fails." in said
    assert "The signature is not one by alice" in said
    assert f"{names[2]}: Its bundle could not be had." in said
    assert "did not answer in full within 5 seconds" in said
    assert f"{names[3]}: Its bundle could not be had." in said
    assert "does not accept connections" in said
    assert said.rstrip().endswith("1 number: 1 FAILED.")


def test_absence_is_never_a_failure(pith: Pith, honest: Path, tmp_path: Path) -> None:
    """Beside an honest mirror, one that is down, slow or empty gives code 4, and no "failed"."""
    (tmp_path / "empty").mkdir()
    with ExitStack() as stack:
        absent = [stack.enter_context(s) for s in (serving(tmp_path / "empty"), slow(), down())]
        for name in absent:
            code, (line,) = check(pith, honest, name, "--timeout", 0.5)
            assert (code, line["outcome"]) == (4, "unchecked")
            assert "failed" not in json.dumps(line)
        code, (line,) = check(pith, *absent, "--timeout", 5, "--number", number())
    assert code == 4
    assert [bundle for bundle, _ in standings(line)] == ["missing", "unavailable", "unavailable"]
    assert "(404)" in line["mirrors"][0]["bundle"]["why"]


def test_mirrors_that_agree(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """A folder and a server with the same bundle agree: code 0, and only the count is told."""
    other = mirror(tmp_path / "other", bundle(ONE, CREATED, CREATED))
    with serving(other) as url:
        code, (line,) = check(pith, honest, url)
        text = pith("mirror", "check", honest, url, ALICE)
        verbose = pith("mirror", "check", "-v", honest, url, ALICE)
        quiet = pith("mirror", "check", "-q", honest, url, ALICE)
    assert (code, line["outcome"]) == (0, "agree")
    assert standings(line) == [AGREES, AGREES]
    assert (text.code, text.out) == (0, "1 number: 1 agree.\n")
    assert f"{url}: Agrees; the bundle by itself is verified." in verbose.out
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_agreement_needs_no_known_signer(pith: Pith, tmp_path: Path) -> None:
    """Mirrors made and compared without the signer's key agree: that is what was asked."""
    one, two = (mirror(tmp_path / n, bundle(CREATED, ONE), key="--name=x") for n in ("a", "b"))
    code, (line,) = check(pith, one, two, key="--timeout=5")
    assert (code, line["outcome"]) == (0, "agree")
    assert [m["verdict"] for m in line["mirrors"]] == ["intact", "intact"]


def test_who_lacks_an_event_is_named(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """A mirror that leaves out a proved event differs, and is named with the event's id."""
    less = mirror(tmp_path / "less", bundle(CREATED))
    code, (line,) = check(pith, honest, less)
    assert (code, line["outcome"]) == (3, "differ")
    has, lacks = line["mirrors"]
    assert (has["lacks"], has["alone"]) == ([], [ONE["event_id"]])
    assert (lacks["lacks"], lacks["alone"]) == ([ONE["event_id"]], [])
    assert standings(line) == [AGREES, AGREES]  # its state follows from what it has
    run = pith("mirror", "check", honest, less, ALICE)
    assert f"It lacks an event that others prove: {ONE['event_id']}." in flat(run.out)


def test_an_event_that_only_a_liar_has_is_still_counted(
    pith: Pith, tmp_path: Path, honest: Path
) -> None:
    """Events prove themselves: a bundle that fails for another reason still shows who lacks one."""
    lying = mirror(tmp_path / "lying", bundle(CREATED, ONE, TWO))
    alter(lying, "bundle.json", canonical_sha256="0" * 64)
    code, (line,) = check(pith, honest, lying)
    assert code == 1
    assert standings(line) == [AGREES, ("failed", "not_judged")]
    assert line["mirrors"][0]["lacks"] == [TWO["event_id"]]


def test_a_state_that_does_not_follow_is_named(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """A state that its own bundle does not give fails, and the bundle beside it does not."""
    lying = mirror(tmp_path / "lying", bundle(CREATED, ONE))
    alter(lying, "state.json", valid_event_count=1, invalid_event_count=1)
    code, (line,) = check(pith, honest, lying)
    assert (code, standings(line)) == (1, [AGREES, ("good", "failed")])
    assert "$.invalid_event_count" in line["mirrors"][1]["state"]["why"]


def test_a_state_of_another_record_fails(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """A good state under the wrong number, or one with a false name, is not what it claims."""
    lying = mirror(tmp_path / "lying", bundle(CREATED, ONE), bundle(created(2), index=2))
    right = hosted(lying, name="state.json")
    for wrong in (hosted(lying, 2, "state.json"), {**right, "short_pith_number": "pith:AAAAAAAA"}):
        alter(lying, "state.json", **wrong)
        code, lines = check(pith, honest, lying, "--number", number())
        assert (code, standings(lines[0])) == (1, [AGREES, ("good", "failed")])


def test_a_state_by_rules_that_nobody_knows_is_not_blamed(
    pith: Pith, tmp_path: Path, honest: Path
) -> None:
    """A state that differs and names other merge rules is unsettled, and gives code 3."""
    other = mirror(tmp_path / "other", bundle(CREATED, ONE))
    alter(other, "state.json", valid_event_count=7, merge_version="pith-open-graph-merge-v1")
    code, (line,) = check(pith, honest, other)
    assert (code, standings(line)) == (3, [AGREES, ("good", "unsettled")])
    assert "rules that have not been published" in line["mirrors"][1]["state"]["why"]


def test_more_or_fewer_keys_are_no_lie(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """A state made with keys that the reader lacks, or without those they added, is unsettled."""
    without = mirror(tmp_path / "without", bundle(CREATED, ONE), key="--name=x")
    code, (line,) = check(pith, honest, without)
    assert (code, standings(line)) == (3, [AGREES, ("good", "unsettled")])
    assert "without the keys that you added" in line["mirrors"][1]["state"]["why"]
    code, (line,) = check(pith, honest, without, key="--timeout=5")
    assert (code, standings(line)) == (3, [("good", "unsettled"), AGREES])
    assert "may know keys" in line["mirrors"][0]["state"]["why"]


def test_the_registrys_own_state_is_taken_at_its_word(pith: Pith, tmp_path: Path) -> None:
    """A state that counts foreign events as valid is good when it follows at the signer's word."""
    event = foreign("ab" * 32, "x")
    registry = mirror(tmp_path / "registry", bundle(event))
    served = hosted(registry, name="state.json")
    shown = {n: event[n] for n in ("event_id", "target", "created_at", "signer", "payload")}
    alter(
        registry,
        "state.json",
        merge_version="pith-open-graph-merge-v1",
        valid_event_count=1,
        unchecked_event_count=0,
        current={**served["current"], "graph_snapshots": [shown]},
    )
    code, (line,) = check(pith, registry)
    assert (code, standings(line)) == (0, [AGREES])


def test_a_missing_state_is_named(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """A mirror with a bundle and no state, or something else in its place, gives code 4."""
    other = mirror(tmp_path / "other", bundle(CREATED, ONE))
    path = other / "pith" / suffix() / "state.json"
    for content, standing in (
        (None, "missing"),
        (b"<html>", "unreadable"),
        ((other / "pith" / suffix() / "bundle.json").read_bytes(), "unreadable"),
    ):
        path.unlink() if content is None else path.write_bytes(content)
        code, (line,) = check(pith, honest, other)
        assert (code, standings(line)) == (4, [AGREES, ("good", standing)])


def test_a_signer_who_contradicts_themselves_is_named(pith: Pith, tmp_path: Path) -> None:
    """Half of a contradiction on each of two honest mirrors: the signer is named, not a mirror."""
    left = mirror(tmp_path / "left", bundle(CREATED, ONE, LEFT))
    right = mirror(tmp_path / "right", bundle(CREATED, ONE, RIGHT))
    both = mirror(tmp_path / "both", bundle(CREATED, ONE, LEFT, RIGHT))
    code, (line,) = check(pith, left, right)
    assert (code, line["outcome"]) == (1, "failed")
    assert standings(line) == [AGREES, AGREES]
    (found,) = line["equivocations"]
    assert (found["kind"], found["key_id"], found["about"]) == ("fork", "alice", ONE["event_id"])
    assert found["event_ids"] == sorted([LEFT["event_id"], RIGHT["event_id"]])
    assert found["carriers"] == [str(left), str(right)]
    code, (line,) = check(pith, both)
    assert (code, standings(line)) == (1, [AGREES])  # the mirror is right to carry both
    run = pith("mirror", "check", left, right, ALICE)
    assert "The signer with the key alice contradicts themselves" in flat(run.out)


def test_a_dispute_blames_nobody(pith: Pith, tmp_path: Path) -> None:
    """A foreign event that one mirror leaves out, or has with other content, is disputed."""
    event = foreign("ab" * 32, "x")
    one = mirror(tmp_path / "one", bundle(CREATED, event))
    for index, events in enumerate([(CREATED,), (CREATED, foreign("ab" * 32, "y"))]):
        two = mirror(tmp_path / f"two{index}", bundle(*events))
        code, (line,) = check(pith, one, two)
        assert (code, line["outcome"]) == (3, "differ")
        assert standings(line) == [AGREES, AGREES]
        carriers = [str(one), str(two)][: len(events)]
        assert line["disputed"] == [{"event_id": event["event_id"], "carriers": carriers}]
    run = pith("mirror", "check", one, two, ALICE)
    assert f"Disputed: {event['event_id']}" in flat(run.out)


def test_what_nobody_proves_is_compared_too(pith: Pith, tmp_path: Path) -> None:
    """Without the signer's key, an event that one mirror changed or left out sets them apart."""
    one = mirror(tmp_path / "one", bundle(CREATED, ONE))
    other = claims("another", index=1)
    for events in ([CREATED], [CREATED, {**ONE, "payload": other["payload"]}]):
        two = mirror(tmp_path / f"two{len(events)}", bundle(*events), key="--name=x")
        code, (line,) = check(pith, one, two, key="--timeout=5")
        assert (code, line["outcome"]) == (3, "differ")
        assert line["unproven"][0]["event_id"] == ONE["event_id"]
        assert sorted(c for e in line["unproven"] for c in e["carriers"]) == sorted(
            [str(one), str(two)][: len(events)]
        )
    run = pith("mirror", "check", one, two)
    assert "Only some have an event that nobody proves" in flat(run.out)


@pytest.mark.parametrize(
    ("content", "standing"),
    [
        (bundle(created(2), index=2), "failed"),
        (bundle(CREATED, ONE, canonical_record={**record(), "source": {}}), "failed"),
        ({"canonical_record": record(), "canonical_sha256": "0" * 64}, "unreadable"),
        ({"canonical_record": record(), "receipt": receipt(), "events": [ONE]}, "unreadable"),
        ({}, "unreadable"),
        ("<html>busy</html>", "unreadable"),
    ],
)
def test_something_else_in_place_of_a_bundle(
    pith: Pith, tmp_path: Path, honest: Path, content: Any, standing: str
) -> None:
    """Another record's bundle fails, what is no bundle is unreadable, alone or beside a good one.

    In either order: a liar that comes first does not decide which record is compared.
    """
    other = mirror(tmp_path / "other", bundle(CREATED))
    (other / "pith" / suffix() / "bundle.json").write_text(
        content if isinstance(content, str) else json.dumps(content)
    )
    code = 1 if standing == "failed" else 4
    asked = ("--number", number())
    found, (line,) = check(pith, other, honest, *asked)
    assert (found, standings(line)) == (code, [(standing, "not_judged"), AGREES])
    found, (line,) = check(pith, honest, other, *asked)
    assert (found, standings(line)) == (code, [AGREES, (standing, "not_judged")])
    found, (line,) = check(pith, other, *asked)
    assert (found, standings(line)) == (code, [(standing, "not_judged")])


def test_all_numbers_of_all_folders_are_checked_once(pith: Pith, tmp_path: Path) -> None:
    """Without --number, the union of what the folders have; a number missing in one is named."""
    one = mirror(tmp_path / "one", *(bundle(created(i), index=i) for i in (1, 2)))
    two = mirror(tmp_path / "two", *(bundle(created(i), index=i) for i in (2, 3)))
    (one / "pith" / "not-a-number").mkdir()
    code, lines = check(pith, one, two)
    assert code == 4
    found = {line["pith_number"]: [bundle for bundle, _ in standings(line)] for line in lines}
    assert len(lines) == 3
    assert found == {
        number(1): ["good", "missing"],
        number(2): ["good", "good"],
        number(3): ["missing", "good"],
    }
    code, lines = check(pith, one, two, "--number", suffix(2).lower())
    assert (code, len(lines)) == (0, 1)
    run = pith("mirror", "check", one, two, ALICE)
    assert run.out.endswith("3 numbers: 1 agree, 2 not checked.\n")


def test_the_worst_number_decides(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """A forgery is not hidden by numbers that agree or are missing."""
    many = mirror(tmp_path / "many", *(bundle(created(i), index=i) for i in range(2, 6)))
    lying = mirror(tmp_path / "lying", *(bundle(created(i), index=i) for i in range(2, 5)))
    alter(lying, "bundle.json", 3, canonical_sha256="0" * 64)
    assert check(pith, many, lying)[0] == 1
    assert check(pith, honest, honest.parent / "many")[0] == 4


def test_a_dead_server_is_left_alone_after_some_tries(pith: Pith, tmp_path: Path) -> None:
    """A mirror that keeps failing is not waited for on every number."""
    big = mirror(tmp_path / "big", *(bundle(index=i) for i in range(8)))
    with slow() as url:
        code, lines = check(pith, big, url, "--timeout", 0.3)
    assert (code, len(lines)) == (4, 8)
    reasons = [line["mirrors"][1]["bundle"]["why"] for line in lines]
    assert sum("did not answer in full" in why for why in reasons) == 3
    assert sum("not asked again after 3 failures" in why for why in reasons) == 5


def test_a_mirror_that_has_some_is_not_left_alone(pith: Pith, tmp_path: Path) -> None:
    """Any number of missing bundles is no reason to stop asking."""
    big = mirror(tmp_path / "big", *(bundle(index=i) for i in range(8)))
    small = mirror(tmp_path / "small", bundle(index=7))
    with serving(small) as url:
        _, lines = check(pith, big, url)
    found = [line["mirrors"][1]["bundle"]["standing"] for line in lines]
    assert sorted(found) == ["good"] + ["missing"] * 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["https://example.org"], "does not say which numbers it has"),
        (["http://example.org", "--number", number()], "not the address of a mirror"),
        (["https://example.org/?x", "--number", number()], "not the address of a mirror"),
        (["gone"], "There is no folder gone"),
        ([".", "."], "named twice"),
        ([".", "--number", "pith:DBZZ4GA3"], "a short form"),
        ([".", "--number", "x"], "--number:"),
        ([".", "--timeout", "0"], "number of seconds"),
        ([".", "--timeout", "nan"], "number of seconds"),
        ([".", "--json", "--quiet"], "not allowed with"),
    ],
)
def test_a_wrong_command_line_is_explained(pith: Pith, arguments: list[str], words: str) -> None:
    """Each mistake has its sentence and code 2, and nothing is asked."""
    run = pith("mirror", "check", *arguments)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_a_folder_without_bundles_is_no_success(pith: Pith) -> None:
    """Nothing compared is nothing shown: code 4."""
    run = pith("mirror", "check", ".")
    assert (run.code, run.out) == (4, "There is no number to check.\n")


def test_a_document_cannot_draw_on_the_terminal(pith: Pith, tmp_path: Path, honest: Path) -> None:
    """Control characters that a mirror serves, or has in its name, are written out."""
    lying = mirror(tmp_path / "ly\x1b[2Jing", bundle(CREATED, ONE))
    alter(lying, "state.json", merge_version="\x1b[2J", event_count="\x1b[2J")
    alter(lying, "bundle.json", canonical_sha256="\x1b[2J")
    run = pith("mirror", "check", "-v", honest, lying, ALICE)
    assert run.code == 1
    assert "\x1b" not in run.out + run.err
