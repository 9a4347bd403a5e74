"""Several copies of one record: who agrees, who lacks what, who lies, and who cannot be told."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from histories import (
    ALICE,
    BOB,
    DIGEST,
    NUMBER,
    OTHER_RECORD,
    RECORD,
    RING,
    STRANGER,
    Event,
    body,
    canonical,
    created,
    foreign,
    signed,
    signed_again,
    snapshot,
    snapshot_body,
    verify_once,
    withdrawal,
)
from samples import SEED_ROW, newer_page

from pithcore import (
    Comparison,
    Copy,
    DocumentError,
    NumberError,
    PithNumber,
    compare_copies,
    make_bundle,
    merge,
    number_of,
)

ONE, TWO, THREE = created(), snapshot(1), snapshot(2, BOB)
FIRST, GRAPH = foreign(created(), "aa" * 32), foreign(snapshot_body(3), "bb" * 32)


def a_bundle(*events: Any, record: Any = RECORD, **members: Any) -> bytes:
    """A bundle as a mirror serves it."""
    return canonical({**make_bundle(record), "events": [*events], **members})


def a_state(*events: Any, **changes: Any) -> bytes:
    """The state of these events, as a mirror serves it."""
    state = merge(events, NUMBER, record=RECORD, keyring=RING, verify=verify_once).to_dict()
    return canonical({**state, **changes})


def registry_state(*events: Any) -> bytes:
    """The state of foreign events as the registry makes it, which takes its own ids for good."""
    state: Any = merge(
        events, NUMBER, record=RECORD, keyring=RING, verify=verify_once, trust_foreign_ids=True
    ).to_dict()
    theirs = {n: v for n, v in state.items() if n not in ("equivocations", "unchecked_event_count")}
    return canonical({**theirs, "merge_version": "pith-open-graph-merge-v1"})


def compared(*copies: bytes, **how: Any) -> Comparison:
    """Copies named a, b, c …, under `RING`."""
    named = zip("abcdefgh", copies, strict=False)
    return compare_copies(named, **{"keyring": RING, "verify_signature": verify_once, **how})


def ids(*events: Event) -> tuple[str, ...]:
    """Their ids in order."""
    return tuple(sorted(event["event_id"] for event in events))


def test_honest_copies_agree_in_any_order_of_their_events() -> None:
    """Two bundles, their state, a record and a page: nothing sets them apart."""
    found = compared(
        a_bundle(ONE, TWO),
        a_bundle(TWO, ONE, TWO),
        a_state(ONE, TWO),
        canonical({"canonical_record": RECORD, "pith_number": str(NUMBER)}),
        newer_page(SEED_ROW).encode(),
    )
    assert found.agree
    assert found.number == NUMBER
    assert found.disputed == ()
    for copy in found.copies:
        assert (copy.alone, copy.lacks, copy.refused) == ((), (), None)
    assert [copy.differences for copy in found.copies] == [None, None, (), None, None]
    assert [len(copy.events) for copy in found.copies] == [2, 2, 0, 0, 0]
    assert found.state.to_dict()["valid_event_count"] == 2


def test_one_copy_agrees_with_itself() -> None:
    """A single copy lacks nothing, and has all its events alone."""
    found = compared(a_bundle(ONE, TWO))
    assert found.agree
    assert found.copies[0].alone == ids(ONE, TWO)


def test_a_stale_copy_lacks_what_the_other_has_alone() -> None:
    """Both are named by event id; the merged state has all."""
    found = compared(a_bundle(ONE), a_bundle(ONE, TWO, THREE))
    stale, fresh = found.copies
    assert not found.agree
    assert (stale.lacks, stale.alone) == (ids(TWO, THREE), ())
    assert (fresh.lacks, fresh.alone) == ((), ids(TWO, THREE))
    assert [event.event_id for event in found.state.current] == [*ids(ONE, TWO, THREE)]


@pytest.mark.parametrize("change", [{"events": []}, {"events": None}, "drop"])
def test_a_bundle_that_hides_its_events_lacks_them(change: Any) -> None:
    """An empty list, a null and no member at all are the same omission."""
    hiding = json.loads(a_bundle())
    if change == "drop":
        del hiding["events"]
    else:
        hiding.update(change)
    found = compared(a_bundle(ONE), canonical(hiding))
    assert found.copies[1].lacks == ids(ONE)
    assert not found.agree


def test_a_lying_copy_is_caught_beside_an_honest_one_and_hides_nothing() -> None:
    """It forges one event, drops another, adds an event of its own: the honest state stands."""
    forged = {**TWO, "signature_b64": ONE["signature_b64"]}
    own = snapshot(9, STRANGER, replaces=[TWO["event_id"]])
    for order in (1, -1):
        honest, liar = a_bundle(ONE, TWO), a_bundle(forged, own)
        found = compared(*[honest, liar][::order])
        one, other = found.copies[::order]
        assert not found.agree
        assert (one.lacks, one.alone) == ((), ids(ONE, TWO))
        assert one.report is not None
        assert one.report.verdict == "intact"
        assert (other.lacks, other.alone) == (ids(ONE, TWO), ())
        assert other.report is not None
        assert other.report.verdict == "failed"
        assert [event.event_id for event in found.state.current] == [*ids(ONE, TWO)]


def test_a_copy_of_another_record_fails_and_its_events_change_nothing() -> None:
    """A mirror that answers with another paper is named; its events are about another number."""
    other = number_of(OTHER_RECORD)
    stray = snapshot(1, subject_pith_number=str(other))
    found = compared(a_bundle(ONE), a_bundle(stray, record=OTHER_RECORD))
    assert found.number == NUMBER
    assert [event.value for event in found.state.current] == [ONE]
    report = found.copies[1].report
    assert report is not None
    assert report.check("identity.requested").outcome == "failed"
    assert not found.agree


def test_the_number_asked_for_decides_and_not_the_first_copy() -> None:
    """A liar who answers first does not choose the record."""
    liar = a_bundle(record=OTHER_RECORD)
    for expect in (NUMBER, str(NUMBER), "pith:DBZZ4GA3"):
        found = compared(liar, a_bundle(ONE), expect=expect)
        assert found.number == NUMBER
        assert found.copies[0].report is not None
        assert found.copies[0].report.verdict == "failed"
    assert compared(liar, a_bundle(ONE)).number == number_of(OTHER_RECORD)


def test_a_copy_that_holds_no_record_does_not_agree() -> None:
    """A digest alone vouches for nothing, and may be any."""
    found = compared(a_bundle(ONE), canonical({"canonical_sha256": "0" * 64}))
    assert not found.agree
    assert found.copies[1].report is not None
    assert found.copies[1].report.verdict == "unchecked"


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"<html>", b"{", b"\xff"])
def test_a_copy_that_cannot_be_read_is_named_with_its_reason(data: bytes) -> None:
    """The others are compared all the same; they do not all agree."""
    found = compared(a_bundle(ONE), data)
    copy = found.copies[1]
    assert not found.agree
    assert copy.report is None
    assert copy.refused
    assert copy.to_dict() == {
        "name": "b",
        "verdict": "refused",
        "sentence": copy.refused,
        "event_count": 0,
        "alone": [],
        "lacks": [],
        "state_differences": None,
        "state_at_its_word": False,
    }


@pytest.mark.parametrize(
    ("copies", "expect", "words"),
    [
        ((), None, "None of the copies holds a record, so"),
        ((b"{}",), None, "None of the copies holds a record, so"),
        (
            (canonical({"canonical_record": {"metadata": {}, "source": {}}}),),
            None,
            "None of the copies holds a record, so",
        ),
        (
            (a_bundle(record=OTHER_RECORD),),
            NUMBER,
            f"None of the copies holds the record of {NUMBER}, so",
        ),
    ],
)
def test_without_a_record_there_is_nothing_to_merge(
    copies: tuple[bytes, ...], expect: Any, words: str
) -> None:
    """No copy, none readable, none with a year, none of the number."""
    with pytest.raises(DocumentError, match=words):
        compared(*copies, expect=expect)


def test_what_is_asked_for_must_be_a_number() -> None:
    """Text that is none is refused before anything is read."""
    with pytest.raises(NumberError):
        compared(a_bundle(ONE), expect="arXiv!")


def test_an_event_signed_twice_is_the_same_event_in_both_copies() -> None:
    """Another signature by the same signer sets no copies apart."""
    found = compared(a_bundle(TWO), a_bundle(signed_again(TWO)))
    assert found.agree
    assert found.carriers(TWO["event_id"]) == ["a", "b"]
    assert found.state.to_dict()["event_count"] == 1


def test_an_event_of_an_unknown_type_is_missed_too() -> None:
    """Its signer said it; a mirror that drops it is seen."""
    unknown = signed(body("citation", {"x": 1}))
    found = compared(a_bundle(ONE, unknown), a_bundle(ONE))
    assert found.copies[1].lacks == ids(unknown)


def test_nobody_is_blamed_for_lacking_what_proves_nothing() -> None:
    """Strangers' events and invalid ones: a mirror may well leave those out."""
    bad = signed(body("withdrawal", {}))
    found = compared(a_bundle(ONE, snapshot(1, STRANGER), bad), a_bundle(ONE))
    assert found.copies[1].lacks == ()
    assert found.copies[0].alone == ()


# Served states


def test_a_wrong_state_is_shown_with_both_sides() -> None:
    """Path, what the events make, and what is served."""
    found = compared(a_bundle(ONE, TWO), a_state(ONE, TWO, event_count=7))
    assert not found.agree
    assert [tuple(one) for one in found.copies[1].differences or ()] == [
        ("$.event_count", "2", "7")
    ]
    assert found.copies[1].to_dict()["state_differences"] == [
        {"path": "$.event_count", "recomputed": "2", "served": "7"}
    ]
    assert not found.copies[1].at_its_word


def test_a_difference_is_cut_and_a_missing_side_is_null() -> None:
    """A mirror cannot fill the comparison with a megabyte."""
    state = json.loads(a_state(ONE, TWO))
    del state["current"]["source_aliases"]
    state["current"]["canonical_record"]["metadata"]["license"] = "\u202e" + "x" * 10_000
    found = compared(a_bundle(ONE, TWO), canonical(state))
    one, other = found.copies[1].to_dict()["state_differences"]  # type: ignore[misc, union-attr]
    assert one["path"] == "$.current.canonical_record.metadata.license"  # type: ignore[index, call-overload]
    assert len(one["served"]) < 4_100  # type: ignore[index, call-overload, arg-type]
    assert other["served"] is None  # type: ignore[index, call-overload]


def test_a_stale_state_differs_and_is_not_at_its_word() -> None:
    """A state from before an event that another copy carries."""
    found = compared(a_bundle(ONE, TWO), a_state(ONE))
    assert not found.agree
    assert [one.path for one in found.copies[1].differences or ()][-2:] == [
        "$.event_count",
        "$.valid_event_count",
    ]
    assert not found.copies[1].at_its_word


def test_the_registrys_state_agrees_at_its_word() -> None:
    """Its events count as unchecked here, and as valid there; that alone is no quarrel."""
    found = compared(a_bundle(FIRST, GRAPH), registry_state(FIRST, GRAPH))
    assert found.agree
    copy = found.copies[1]
    assert copy.at_its_word
    assert copy.to_dict()["state_at_its_word"] is True
    assert {one.path for one in copy.differences or ()} >= {"$.valid_event_count"}
    assert found.state.current == ()
    lying = json.loads(registry_state(FIRST, GRAPH))
    lying["current"]["graph_snapshots"] = []
    found = compared(a_bundle(FIRST, GRAPH), canonical(lying))
    assert not found.agree
    assert not found.copies[1].at_its_word


# Foreign events: nobody is blamed


def test_a_foreign_event_that_a_copy_leaves_out_is_disputed() -> None:
    """A mirror cannot hide the registry's events, though none of them can be bound."""
    found = compared(a_bundle(FIRST, GRAPH), a_bundle(FIRST), a_state())
    assert not found.agree
    assert found.disputed == ids(GRAPH)
    assert found.carriers(GRAPH["event_id"]) == ["a"]
    assert found.to_dict()["disputed"] == [{"event_id": GRAPH["event_id"], "carriers": ["a"]}]
    assert [(copy.alone, copy.lacks) for copy in found.copies] == [((), ())] * 3


def test_a_foreign_event_with_two_contents_is_disputed() -> None:
    """A mirror that alters one under its good signature is not believed, nor is the other."""
    altered = {**GRAPH, "payload": snapshot_body(8)["payload"]}
    found = compared(
        a_bundle(FIRST, GRAPH), a_bundle(FIRST, altered), registry_state(FIRST, altered)
    )
    assert found.disputed == ids(GRAPH)
    assert found.carriers(GRAPH["event_id"]) == ["a", "b"]
    assert not found.agree
    assert not found.copies[2].at_its_word


def test_a_bound_event_altered_is_disputed_and_not_lacked() -> None:
    """The copy with the true content proves it; the altered one is seen to have another."""
    altered = {**TWO, "target": "elsewhere"}
    found = compared(a_bundle(ONE, TWO), a_bundle(ONE, altered))
    assert found.copies[1].lacks == ids(TWO)
    assert found.disputed == ids(TWO)
    assert [event.event_id for event in found.state.current] == [*ids(ONE, TWO)]


def test_no_signature_no_dispute() -> None:
    """An id that nobody signed, and a receipt in an event's dress, set no copies apart."""
    unsigned = {**GRAPH, "signature_b64": ONE["signature_b64"]}
    dressed = foreign(snapshot_body(3), DIGEST)
    found = compared(a_bundle(ONE, unsigned, dressed), a_bundle(ONE))
    assert found.disputed == ()
    assert found.copies[0].signed == {ONE["event_id"]}


# Equivocations and the merged bundle


def test_an_equivocation_split_over_two_mirrors_is_seen_and_its_carriers_named() -> None:
    """Each mirror alone looks honest; together they show the signer's two records."""
    wrong = created(record=OTHER_RECORD)
    found = compared(a_bundle(ONE), a_bundle(wrong))
    [one] = found.state.equivocations
    assert one.event_ids == ids(ONE, wrong)
    assert found.carriers(ONE["event_id"]) == ["a"]
    assert found.carriers(wrong["event_id"]) == ["b"]
    forged = {**ONE, "signature_b64": TWO["signature_b64"]}
    assert compared(a_bundle(ONE), a_bundle(forged)).carriers(ONE["event_id"]) == ["a"]


def test_the_merged_bundle_is_the_same_from_copies_in_any_order() -> None:
    """It keeps what is bad as evidence, and merging it again changes nothing."""
    copies = [
        a_bundle(ONE, TWO, {**TWO, "signature_b64": "x"}),
        a_bundle(withdrawal(TWO), signed_again(ONE)),
        a_bundle(THREE, "junk"),
    ]
    bundles = [
        json.dumps(compared(*order, expect=NUMBER).bundle)
        for order in itertools.permutations(copies)
    ]
    assert len(set(bundles)) == 1
    again = compared(bundles[0].encode())
    assert json.dumps(again.bundle) == bundles[0]
    assert len(again.bundle["events"]) == 6  # type: ignore[arg-type]


def test_a_comparison_as_json_has_every_member() -> None:
    """The shape that the terminal and the page read."""
    found = compared(a_bundle(ONE), a_bundle(ONE))
    assert found.to_dict() == {
        "schema": "pithcore.comparison/1",
        "pith_number": str(NUMBER),
        "agree": True,
        "copies": [
            {
                "name": name,
                "verdict": "intact",
                "sentence": found.copies[0].report.sentence,  # type: ignore[union-attr]
                "event_count": 1,
                "alone": [],
                "lacks": [],
                "state_differences": None,
                "state_at_its_word": False,
            }
            for name in "ab"
        ],
        "disputed": [],
        "state": found.state.to_dict(),
    }
    assert found.copies[0].report is not None
    assert found.copies[0].report.input.source == "a"


def test_each_signature_is_verified_once_however_many_copies_carry_it() -> None:
    """Ten mirrors cost no more signatures than one."""
    asked: list[Any] = []

    def counting(*signed_message: bytes) -> bool:
        asked.append(signed_message)
        return verify_once(*signed_message)

    events = [ONE, TWO, THREE]
    compared(*[a_bundle(*events)] * 8, verify_signature=counting)
    assert len(asked) == len(set(asked)) == 3


def test_a_comparison_needs_no_keyring_of_its_own() -> None:
    """The pinned keyring and our own Ed25519 are the defaults."""
    found = compare_copies([("a", a_bundle(ONE))])
    assert isinstance(found.copies[0], Copy)
    assert found.state.to_dict()["unchecked_event_count"] == 1
    assert PithNumber.parse(str(found.number)) == NUMBER
    assert ALICE.key not in {event.signer for event in found.state.events}
