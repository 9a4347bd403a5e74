"""The merge: a function of the set of events, that no invalid event and no clock can move."""

from __future__ import annotations

import json
import random
import time
from functools import cache
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
    VALID,
    Event,
    body,
    canonical,
    created,
    foreign,
    integrity,
    pool,
    sha256,
    signed,
    signed_again,
    snapshot,
    snapshot_body,
    verify_once,
    withdrawal,
)
from hypothesis import given
from hypothesis import strategies as st

from pithcore import (
    CanonicalError,
    DocumentError,
    Equivocation,
    Keyring,
    NumberError,
    PithNumber,
    State,
    compare,
    make_bundle,
    merge,
)
from pithcore.events import examine
from pithcore.merging import aliases, at_their_word, disputed_ids, equivocations_of, state_of

POOL = pool()
NAMES = list(POOL)
VALID_NAMES, OTHER_NAMES = NAMES[:VALID], NAMES[VALID:]

histories = st.lists(st.sampled_from(NAMES), max_size=14)
SETTINGS: dict[str, Any] = {"keyring": RING, "verify": verify_once}


def merged(events: Any, record: Any = RECORD, **more: Any) -> State:
    """The state of events about `NUMBER`, under `RING`."""
    return merge(events, NUMBER, record=record, **SETTINGS, **more)


def written(state: State) -> bytes:
    """The state as bytes, in the order in which its members stand."""
    return json.dumps(state.to_dict(), ensure_ascii=False).encode()


def chosen(names: list[str]) -> list[Any]:
    """Events of the pool."""
    return [POOL[name] for name in names]


def ids(*events: Event) -> list[str]:
    """Their ids in order."""
    return sorted(event["event_id"] for event in events)


def current(*events: Any, record: Any = RECORD) -> list[str]:
    """Ids of the events that stand."""
    return [event.event_id or "" for event in merged(events, record).current]


# Properties on generated histories


@given(histories, histories)
def test_the_union_has_no_sides(one: list[str], other: list[str]) -> None:
    """merge(A ∪ B) = merge(B ∪ A), byte for byte."""
    assert written(merged(chosen(one + other))) == written(merged(chosen(other + one)))


@given(histories, histories, histories)
def test_bundles_of_bundles_lose_nothing(a: list[str], b: list[str], c: list[str]) -> None:
    """Associative: merging what was merged before gives what merging all at once gives."""

    @cache
    def bundle(*names: str) -> list[Any]:
        """The events of the bundle that the merge of these makes."""
        return listed(chosen(list(names)))

    def listed(events: list[Any]) -> list[Any]:
        state = merged(events)
        events_of: Any = make_bundle(RECORD, [event.value for event in state.events])["events"]
        return list(events_of)

    at_once = merged(chosen(a + b + c))
    left = merged(listed(bundle(*a) + bundle(*b)) + bundle(*c))
    right = merged(bundle(*a) + listed(bundle(*b) + bundle(*c)))
    assert written(left) == written(right) == written(at_once)


@given(histories)
def test_merging_again_changes_nothing(names: list[str]) -> None:
    """Idempotent: the events of a state make that state."""
    state = merged(chosen(names))
    assert written(merged([event.value for event in state.events])) == written(state)


def scrambled(value: Any, dice: random.Random) -> Any:
    """The same JSON value with its keys in another order."""
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: scrambled(value[key], dice) for key in keys}
    return [scrambled(one, dice) for one in value] if isinstance(value, list) else value


@given(histories, st.randoms(use_true_random=False))
def test_order_repetition_key_order_and_white_space_change_not_a_byte(
    names: list[str], dice: random.Random
) -> None:
    """Shuffled, doubled, with keys in another order and read back from indented JSON."""
    doubled = names + [dice.choice(names) for _ in names]
    dice.shuffle(doubled)
    events = [scrambled(event, dice) for event in chosen(doubled)]
    reread = json.loads(json.dumps(events, indent=3))
    state = merged(reread, record=scrambled(RECORD, dice))
    assert written(state) == written(merged(chosen(names)))


@given(st.lists(st.sampled_from(VALID_NAMES)), st.lists(st.sampled_from(OTHER_NAMES)))
def test_an_event_that_is_not_valid_never_changes_current(
    valid: list[str], others: list[str]
) -> None:
    """Forged, foreign, tampered, unknown, expired, revoked: `current` does not move a byte."""
    alone, crowded = merged(chosen(valid)), merged(chosen(valid + others))
    assert canonical(crowded.to_dict()["current"]) == canonical(alone.to_dict()["current"])
    assert [event.canonical for event in crowded.current] == [
        event.canonical for event in alone.current
    ]


TIMES = st.sampled_from(
    ["0001-01-01T00:00:00Z", "2026-06-15T12:00:00Z", "2026-06-15T12:00:00.000000000Z"]
    + ["9999-12-31T23:59:59.999999999Z"]
)


@cache
def dated(count: int, when: str, replaces: str | None) -> Event:
    """A snapshot with a time, that may replace another."""
    return snapshot(count, created_at=when, **({"replaces": [replaces]} if replaces else {}))


@given(TIMES, TIMES, TIMES)
def test_no_time_decides_what_stands(first: str, second: str, third: str) -> None:
    """What replaces stands, and what is replaced does not, whatever times all three state."""
    one = dated(1, first, None)
    two = dated(2, second, one["event_id"])
    beside = dated(3, third, None)
    assert current(one, two, beside) == ids(two, beside)


@given(histories)
def test_the_counts_add_up(names: list[str]) -> None:
    """Valid, invalid and unchecked make `event_count`; equivocations are counted as listed."""
    state: Any = merged(chosen(names)).to_dict()
    kinds = ("valid_event_count", "invalid_event_count", "unchecked_event_count")
    assert sum(state[kind] for kind in kinds) == state["event_count"]
    assert state["equivocation_count"] == len(state["equivocations"])
    # The one pair that counts once is the event signed twice (merge 3.2).
    both = {"third", "third, signed again"} <= set(names)
    assert state["event_count"] == len(set(names)) - both


@given(histories, histories)
def test_more_events_never_hide_an_equivocation(names: list[str], more: list[str]) -> None:
    """What was seen of a signer's contradictions is still seen when other events arrive."""
    before = merged(chosen(names)).equivocations
    after = {(one.kind, one.key_id, one.about): one for one in merged(chosen(names + more))[4]}
    for one in before:
        assert set(one.event_ids) <= set(after[one.kind, one.key_id, one.about].event_ids)


# 3: the set


def test_an_event_counts_once_however_often_it_comes() -> None:
    """3.1: canonical bytes tell events apart, and nothing else does."""
    event = snapshot(1)
    state: Any = merged([event, dict(reversed(event.items())), event]).to_dict()
    assert (state["event_count"], state["valid_event_count"]) == (1, 1)


def test_an_event_signed_twice_is_one_event_with_the_smallest_bytes() -> None:
    """3.2: the same one stands for both, whichever came first."""
    event = snapshot(1)
    again = signed_again(event)
    smallest = min(event, again, key=canonical)
    for order in ([event, again], [again, event]):
        state = merged(order)
        assert [one.value for one in state.events] == [smallest]
        assert [one.value for one in state.current] == [smallest]


def test_invalid_and_unchecked_copies_of_an_event_are_events_of_their_own() -> None:
    """3.3: a broken copy stands beside the good one and harms nothing."""
    event = snapshot(1)
    broken = {**event, "signature_b64": "AA=="}
    tampered = {**event, "target": "elsewhere"}
    state: Any = merged([broken, event, tampered]).to_dict()
    assert [state[f"{kind}_event_count"] for kind in ("valid", "invalid", "unchecked")] == [1, 1, 1]
    assert current(broken, event, tampered) == ids(event)
    # The same with several bad copies under one id: none of them is dropped.
    assert len(merged([broken, {**event, "signature_b64": "BB=="}, event]).events) == 3


# 4: what stands


def test_a_signer_replaces_and_takes_back_their_own_events() -> None:
    """4.1, 4.2: both end the event named; the later event stands."""
    one, two = snapshot(1), snapshot(2)
    instead = snapshot(3, replaces=[one["event_id"], two["event_id"]])
    assert current(one, two, instead) == ids(instead)
    back = withdrawal(one)
    assert current(one, two, back) == ids(two, back)
    both = signed(body("withdrawal", {"event_id": one["event_id"]}, replaces=[two["event_id"]]))
    assert current(one, two, both) == ids(both)


def test_nobody_ends_the_event_of_another_signer() -> None:
    """4.3: Bob's replacement and withdrawal of Alice's event have no effect on it."""
    hers = snapshot(1)
    replacing = snapshot(2, BOB, replaces=[hers["event_id"]])
    taking = withdrawal(hers, BOB)
    assert current(hers, replacing, taking) == ids(hers, replacing, taking)


def test_naming_what_is_not_there_or_not_valid_has_no_effect() -> None:
    """4.3: an unknown id, an invalid event, an unchecked one."""
    bad = created(record=OTHER_RECORD)
    unknown = signed(body("citation", {"x": 1}))
    named = [bad["event_id"], unknown["event_id"], "sha256:" + "0" * 64]
    event = snapshot(1, replaces=named)
    state = merged([bad, unknown, event])
    assert [one.value for one in state.current] == [event]
    assert len(state.events) == 3


@pytest.mark.parametrize("form", ["text", {"a": 1}, 3, None, [3, None, ["x"], "sha256:x"]])
def test_replaces_of_another_form_has_no_effect(form: Any) -> None:
    """4.1: a list of event ids, and nothing else; not even the id itself as text."""
    one = snapshot(1)
    value = one["event_id"] if form == "text" else form
    event = signed({**snapshot_body(2), "replaces": value})
    assert current(one, event) == ids(one, event)


def test_a_withdrawal_is_final_and_saying_it_again_is_not() -> None:
    """4.2: taking back what took back brings nothing back; a new event does."""
    one = snapshot(1)
    back = withdrawal(one)
    back_again = withdrawal(back)
    assert current(one, back, back_again) == ids(back_again)
    anew = snapshot(1, created_at="2026-06-16T12:00:00Z")
    assert current(one, back, anew) == ids(back, anew)
    # So it is with replacing: what was replaced stays so when the newer event goes.
    two = snapshot(2, replaces=[one["event_id"]])
    gone = withdrawal(two)
    assert current(one, two, gone) == ids(gone)


def test_only_a_withdrawal_takes_back() -> None:
    """4.2: a payload that names an event in an event of another type takes nothing back."""
    one = snapshot(1)
    payload = {**snapshot_body(2)["payload"], "event_id": one["event_id"]}
    other = signed(body("graph_snapshot", payload))
    assert current(one, other) == ids(one, other)


def test_an_event_that_is_not_valid_replaces_nothing() -> None:
    """4.1: by a stranger, foreign, forged or of an unknown type."""
    one = snapshot(1)
    named = {"replaces": [one["event_id"]]}
    for event in (
        snapshot(2, STRANGER, **named),
        foreign(snapshot_body(2, **named), "11" * 32),
        {**snapshot(2, **named), "signature_b64": snapshot(1)["signature_b64"]},
        signed(body("citation", {"x": 1}, **named)),
        foreign(body("withdrawal", {"event_id": one["event_id"]}), "11" * 32),
    ):
        assert current(one, event) == ids(one)


def test_current_is_in_order_of_event_id() -> None:
    """4.4: an order that means nothing, and that nobody chooses by a date."""
    events = [snapshot(count) for count in range(6)]
    state: Any = merged(reversed(events)).to_dict()
    listed = [one["event_id"] for one in state["current"]["graph_snapshots"]]
    assert listed == ids(*events)
    assert current(*events) == ids(*events)


def test_each_list_of_a_state_has_its_one_order() -> None:
    """3.1: events in order of their canonical bytes."""
    events = [snapshot(count) for count in range(5)]
    assert [one.canonical for one in merged(events).events] == sorted(map(canonical, events))


# 5: equivocation


def test_two_records_by_one_signer_are_shown_with_both() -> None:
    """5.1: the wrong one fails and does not win; the signer is named."""
    good, bad = created(), created(record=OTHER_RECORD)
    state = merged([good, bad])
    assert state.equivocations == (
        Equivocation("record", "alice", str(NUMBER), tuple(ids(good, bad))),
    )
    assert state.to_dict()["equivocations"] == [
        {
            "kind": "record",
            "key_id": "alice",
            "about": "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I",
            "event_ids": ids(good, bad),
        }
    ]
    assert [one.value for one in state.current] == [good]


@pytest.mark.parametrize(
    "events",
    [
        [created(), created(created_at="2026-07-01T00:00:00Z")],
        [created(), created(BOB, record=OTHER_RECORD)],
        [created(), created(record=OTHER_RECORD, subject_pith_number="pith:2019:" + "A" * 26)],
        [created(), created(STRANGER, record=OTHER_RECORD)],
        [created(), {**created(record=OTHER_RECORD), "signature_b64": created()["signature_b64"]}],
        [created(), {**created(), "payload": {"canonical_record": OTHER_RECORD}}],
        [created(), signed(body("record_created", {"other": 1}))],
        [created(), signed(body("citation", {"canonical_record": OTHER_RECORD}))],
        [created(record=OTHER_RECORD)],
    ],
)
def test_what_is_no_equivocation_of_the_record(events: list[Event]) -> None:
    """5.1: one record twice, another signer, another number, an unproved or empty statement."""
    assert merged(events).equivocations == ()


def test_two_successors_of_one_event_are_a_fork_and_both_stand() -> None:
    """5.2: neither wins, and a date far in the future is no help."""
    one = snapshot(1)
    left = snapshot(2, replaces=[one["event_id"]])
    right = snapshot(3, replaces=[one["event_id"]], created_at="9999-12-31T23:59:59Z")
    state = merged([one, left, right])
    assert state.equivocations == (
        Equivocation("fork", "alice", one["event_id"], tuple(ids(left, right))),
    )
    assert [event.event_id for event in state.current] == ids(left, right)
    # Mending it leaves the fork on record.
    mended = snapshot(4, replaces=ids(left, right))
    after = merged([one, left, right, mended])
    assert after.equivocations == state.equivocations
    assert [event.event_id for event in after.current] == ids(mended)


def test_what_is_no_fork() -> None:
    """5.2: names of others' events or of none, one successor signed twice, or not valid."""
    hers, his = snapshot(1), snapshot(1, BOB)
    nothing = "sha256:" + "0" * 64
    for named in (his["event_id"], nothing):
        pair = [snapshot(count, replaces=[named]) for count in (2, 3)]
        assert merged([hers, his, *pair]).equivocations == ()
    successor = snapshot(2, replaces=[hers["event_id"]])
    by_bob = snapshot(3, BOB, replaces=[hers["event_id"]])
    unknown = signed(body("citation", {"x": 1}, replaces=[hers["event_id"]]))
    twice = snapshot(2, replaces=[hers["event_id"]] * 2)
    assert merged([hers, successor, signed_again(successor), by_bob]).equivocations == ()
    assert merged([hers, successor, unknown]).equivocations == ()
    assert merged([hers, twice]).equivocations == ()


def test_equivocations_are_in_one_order() -> None:
    """5: by kind, key and what they are about, from any order of events."""
    base = [snapshot(1), snapshot(2), snapshot(1, BOB)]
    forks = [
        snapshot(10 + index, signer, replaces=[one["event_id"]])
        for one, signer in zip(base, (ALICE, ALICE, BOB), strict=True)
        for index in range(2)
    ]
    records = [created(), created(record=OTHER_RECORD), created(BOB)]
    records.append(created(BOB, record=OTHER_RECORD))
    events = base + forks + records
    expected = merged(events).equivocations
    assert [(one.kind, one.key_id) for one in expected] == [
        *(("fork", "alice"), ("fork", "alice"), ("fork", "bob")),
        *(("record", "alice"), ("record", "bob")),
    ]
    assert expected[0].about < expected[1].about
    assert merged(reversed(events)).equivocations == expected
    examined = [examine(event, NUMBER, RING, verify_once) for event in events * 2]
    assert tuple(equivocations_of(reversed(examined), NUMBER)) == expected


# 6: the state


def test_a_state_has_the_members_that_were_observed_and_ours() -> None:
    """6: names, types and order of every member, by hand."""
    event = snapshot(0)
    state = merged([event, created()])
    assert list(state.to_dict().items()) == [
        ("state_type", "pith_open_graph_state"),
        ("state_version", "1.0"),
        ("pith_number", "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I"),
        ("merge_version", "pithcore-merge/1"),
        ("event_count", 2),
        ("valid_event_count", 2),
        ("invalid_event_count", 0),
        ("unchecked_event_count", 0),
        ("equivocation_count", 0),
        ("equivocations", []),
        (
            "current",
            {
                "canonical_record": RECORD,
                "source_aliases": [
                    {"alias_kind": "arxiv", "alias_value": "1906.08168"},
                    {"alias_kind": "arxiv_version", "alias_value": "1906.08168v1"},
                    {"alias_kind": "doi", "alias_value": "10.48550/arxiv.1906.08168"},
                    {"alias_kind": "pith_short_12", "alias_value": "DBZZ4GA3QYTE"},
                    {"alias_kind": "pith_short_16", "alias_value": "DBZZ4GA3QYTEJZ5T"},
                    {"alias_kind": "pith_short_8", "alias_value": "DBZZ4GA3"},
                ],
                "graph_snapshots": [
                    {
                        name: event[name]
                        for name in ("event_id", "target", "created_at", "signer", "payload")
                    }
                ],
            },
        ),
    ]


def test_an_event_without_a_target_is_shown_without_one() -> None:
    """6: members that an event does not have are null."""
    event = signed({n: v for n, v in snapshot_body().items() if n != "target"})
    state: Any = merged([event]).to_dict()
    assert state["current"]["graph_snapshots"][0]["target"] is None


def test_the_record_is_given_or_comes_with_a_valid_event() -> None:
    """6.1: it needs no signature where it is given, and a valid event where it is not."""
    assert merged([]).record == RECORD
    assert merged([], None).record is None
    assert merged([created()], None).record == RECORD
    assert merged([snapshot(1)], None).record is None
    assert merged([created(STRANGER)], None).record is None
    assert merged([created(record=OTHER_RECORD)], None).record is None
    misplaced = {**snapshot_body()["payload"], "canonical_record": OTHER_RECORD}
    assert merged([signed(body("graph_snapshot", misplaced))], None).record is None
    assert canonical(merged([created()], None).to_dict()["current"]) == canonical(
        merged([created()]).to_dict()["current"]
    )


def test_without_a_record_only_the_numbers_own_aliases_are_known() -> None:
    """6.2: arXiv's need the record."""
    assert [one["alias_kind"] for one in aliases(None, NUMBER)] == [  # type: ignore[index, call-overload]
        "pith_short_12",
        "pith_short_16",
        "pith_short_8",
    ]


@pytest.mark.parametrize("number", ["pith:DBZZ4GA3", "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"])
def test_a_merge_needs_the_full_number_with_its_year(number: str) -> None:
    """A short form or a number without a year could be about several records."""
    for form in (number, PithNumber.parse(number)):
        with pytest.raises(DocumentError, match="needs a full Pith Number with its year, not pith"):
            merge([], form)


def test_a_number_may_be_text_and_must_be_one() -> None:
    """Text is read as a Pith Number; anything else is refused."""
    assert merge([], str(NUMBER)).number == NUMBER
    with pytest.raises(NumberError):
        merge([], "nothing of the kind!")


def test_the_record_of_another_number_is_refused() -> None:
    """A record beside events of another number is the caller's mistake, and is named."""
    with pytest.raises(DocumentError, match=f"is that of pith:2019:.*, not of {NUMBER}"):
        merge([], NUMBER, record=OTHER_RECORD)


def test_an_event_json_cannot_carry_is_refused() -> None:
    """A Python value that has no canonical bytes is the caller's mistake."""
    with pytest.raises(CanonicalError):
        merged([{"payload": float("nan")}])


def test_the_keyring_decides_and_the_default_is_the_pinned_one() -> None:
    """The same events under another keyring make another state."""
    assert [event.status.value for event in merge([created()], NUMBER).events] == ["unchecked"]
    assert not merge([created()], NUMBER, keyring=Keyring()).current
    assert merge([created()], NUMBER, keyring=RING).current


def test_examined_events_may_repeat_and_stand_in_any_order() -> None:
    """`state_of` is the same function for events that were examined before."""
    examined = [examine(event, NUMBER, RING, verify_once) for event in chosen(NAMES)]
    assert written(state_of([*reversed(examined), *examined], NUMBER, RECORD)) == written(
        merged(chosen(NAMES))
    )


def test_a_large_set_takes_time_in_proportion() -> None:
    """Eight times the events take nowhere near 64 times as long."""

    def cost(size: int) -> float:
        chain: list[Event] = []
        for index in range(size):
            named = {"replaces": [chain[-1]["event_id"]]} if chain else {}
            event = snapshot_body(created_at=f"2026-01-01T00:00:00.{index:09}Z", **named)
            chain.append({**event, "event_id": f"sha256:{sha256(event)}", "signature_b64": SOME})
        start = time.perf_counter()
        state = merge(chain, NUMBER, record=RECORD, keyring=RING, verify=lambda *_: True)
        assert len(state.current) == 1
        return time.perf_counter() - start

    assert min(cost(2400) for _ in range(2)) < 30 * min(cost(300) for _ in range(2))


SOME = snapshot(0)["signature_b64"]


# 6.3 and 6.4: against a served state


def served(events: list[Any], **changes: Any) -> Any:
    """The state of the events as a server would send it, with changes."""
    return {**json.loads(written(merged(events))), **changes}


def paths(events: list[Any], state: Any) -> list[str]:
    """Where a served state differs."""
    return [one.path for one in compare(merged(events).to_dict(), state)]


EVENTS = [created(), snapshot(1), snapshot(2)]


def test_a_state_served_as_it_is_does_not_differ() -> None:
    """6.3: nor with aliases in another order and dated, other rules' name, or more members."""
    state = served(EVENTS, merge_version="pith-open-graph-merge-v1", generated_at="now")
    dated_aliases = [
        {**one, "created_at": "2026-05-18T12:28:19Z"} for one in state["current"]["source_aliases"]
    ]
    state["current"]["source_aliases"] = dated_aliases[::-1]
    state["current"]["graph_snapshots"].reverse()
    state["current"]["something_new"] = {"x": 1}
    del state["unchecked_event_count"], state["equivocations"]
    assert paths(EVENTS, state) == []


@pytest.mark.parametrize("value", [None, [], "state", 3])
def test_a_state_that_is_no_object_differs_as_a_whole(value: Any) -> None:
    """6.3: shown as JSON beside what it should be."""
    [difference] = compare(merged(EVENTS).to_dict(), value)
    assert difference == ("$", "an object", canonical(value).decode())


def test_each_difference_has_its_path_and_both_sides() -> None:
    """6.3: counts, the number, members within snapshots, in order of the paths."""
    state = served(EVENTS, event_count=9, pith_number="pith:2019:X")
    first, second = ids(EVENTS[1], EVENTS[2])
    state["current"]["graph_snapshots"][0]["payload"]["graph_snapshot"]["claims"]["count"] = True
    del state["current"]["graph_snapshots"][1]["target"]
    state["current"]["canonical_record"]["metadata"]["not a name"] = 1
    found = compare(merged(EVENTS).to_dict(), state)
    snapshots = '$.current.graph_snapshots["'
    count = state["current"]["graph_snapshots"][0]["payload"]["graph_snapshot"]["claims"]
    assert [tuple(one) for one in found] == [
        ('$.current.canonical_record.metadata["not a name"]', None, "1"),
        (
            f'{snapshots}{first}"].payload.graph_snapshot.claims.count',
            str(len(count["items"])),
            "true",
        ),
        (f'{snapshots}{second}"].target', '"graph"', None),
        ("$.event_count", "3", "9"),
        ("$.pith_number", f'"{NUMBER}"', '"pith:2019:X"'),
    ]


def test_a_list_differs_at_its_index_or_as_a_whole() -> None:
    """6.3: items are compared where the lengths agree."""
    cats = RECORD["metadata"]["cross_cats_sorted"]
    path = "$.current.canonical_record.metadata.cross_cats_sorted"
    for value, expected in (
        (["cs.XX"], [(f"{path}[0]", '"cs.LG"', '"cs.XX"')]),
        ([], [(path, '["cs.LG"]', "[]")]),
        (cats, []),
        ("cs.LG", [(path, '["cs.LG"]', '"cs.LG"')]),
    ):
        state = served(EVENTS)
        state["current"]["canonical_record"]["metadata"]["cross_cats_sorted"] = value
        assert [tuple(one) for one in compare(merged(EVENTS).to_dict(), state)] == expected


@pytest.mark.parametrize("name", ["canonical_record", "graph_snapshots", "source_aliases"])
def test_a_member_of_current_that_is_left_out_differs(name: str) -> None:
    """6.3: a server cannot hide a snapshot by not serving the list."""
    state = served(EVENTS)
    del state["current"][name]
    [difference] = compare(merged(EVENTS).to_dict(), state)
    assert difference.path == f"$.current.{name}"
    assert difference.ours is not None
    assert difference.theirs is None


def test_a_state_without_current_differs() -> None:
    """6.3: counts alone are no state."""
    state = served(EVENTS)
    del state["current"]
    assert paths(EVENTS, state) == ["$.current"]
    assert paths(EVENTS, served(EVENTS, current=[])) == ["$.current"]
    assert paths(EVENTS, {"current": None}) == ["$.current"]


def test_a_wrong_alias_does_not_hide_behind_a_right_one() -> None:
    """6.3: two aliases of one kind are both compared, and a list that is none is no list."""
    state = served(EVENTS)
    right = state["current"]["source_aliases"]
    wrong = {"alias_kind": "arxiv", "alias_value": "0000.00000"}
    for listed in ([wrong, *right], [*right, wrong]):
        state["current"]["source_aliases"] = listed
        [difference] = compare(merged(EVENTS).to_dict(), state)
        assert tuple(difference) == (
            "$.current.source_aliases.arxiv",
            '"1906.08168"',
            '["0000.00000","1906.08168"]',
        )
    state["current"]["source_aliases"] = [*right, "junk", {"alias_kind": 7, "alias_value": 1}]
    assert paths(EVENTS, state) == [
        '$.current.source_aliases["7"]',
        "$.current.source_aliases.null",
    ]
    state["current"]["source_aliases"] = "junk"
    assert paths(EVENTS, state) == ["$.current.source_aliases"]


def test_a_path_cannot_write_the_reports_sentences() -> None:
    """6.3: names in a served state are cut and escaped in the path."""
    state = served(EVENTS)
    state["current"]["canonical_record"]["a\u202e\n" + "b" * 500] = 1
    state["current"]["canonical_record"]["é"] = 1
    found = paths(EVENTS, state)
    assert found[0].startswith('$.current.canonical_record["a\\\\u202e')
    assert len(found[0]) < 200
    assert found[1] == '$.current.canonical_record["\\u00e9"]'


REGISTRY = [
    foreign(created(), "aa" * 32),
    foreign(snapshot_body(3), "bb" * 32),
]
"""A bundle as the registry makes it: both ids follow a rule that is not published."""


def test_the_registrys_events_make_its_state_at_its_word_alone() -> None:
    """6.4: unchecked and outside `current`, unless the signer is taken at their word."""
    strict, trusting = merged(REGISTRY), merged(REGISTRY, trust_foreign_ids=True)
    assert strict.to_dict()["unchecked_event_count"] == 2
    assert strict.current == ()
    assert trusting.to_dict()["valid_event_count"] == 2
    assert [event.event_id for event in trusting.current] == ids(*REGISTRY)
    assert trusting.current[0].id.message == "Taken at the signer's word."


def test_nobodys_word_is_taken_for_what_is_not_signed_or_not_foreign() -> None:
    """6.4: forged, unsigned, unknown, tampered copies of bound events, integrity events."""
    own = snapshot(1)
    unsigned = {**REGISTRY[1], "signature_b64": None}
    forged = {**REGISTRY[1], "signature_b64": own["signature_b64"]}
    stranger = foreign(snapshot_body(1, STRANGER), "cc" * 32, STRANGER)
    tampered = {**own, "target": "elsewhere"}
    receipt = foreign(snapshot_body(2), DIGEST)
    events = [own, unsigned, forged, stranger, tampered, receipt, integrity()]
    state = merged(events, trust_foreign_ids=True)
    assert [event.value for event in state.current] == [own]


def test_two_contents_under_one_foreign_id_are_both_left_unbelieved() -> None:
    """6.4: a mirror that alters a foreign event cannot put its own in the place of it."""
    true = REGISTRY[1]
    altered = {**true, "payload": snapshot_body(9)["payload"]}
    resigned = signed_again(true)
    for events in ([true, altered], [altered, true], [true, altered, resigned]):
        examined = [examine(event, NUMBER, RING, verify_once) for event in events]
        assert disputed_ids(examined) == {true["event_id"]}
        assert [one.status.value for one in at_their_word(examined)] == ["unchecked"] * len(events)
        assert merged(events, trust_foreign_ids=True).current == ()
    same = [examine(event, NUMBER, RING, verify_once) for event in (true, resigned, *REGISTRY)]
    assert disputed_ids(same) == set()
    assert len(merged([true, resigned], trust_foreign_ids=True).events) == 1
    # A copy without a signature that holds is nobody's word, and casts no doubt.
    junk = {**altered, "signature_b64": SOME}
    assert len(merged([true, junk], trust_foreign_ids=True).current) == 1


def test_a_state_may_list_one_snapshot_twice() -> None:
    """6.3: entries under one name are compared as a set of whatever JSON values they are."""
    state = served(EVENTS)
    snapshots = state["current"]["graph_snapshots"]
    twice = {**snapshots[0], "target": "elsewhere"}
    state["current"]["graph_snapshots"] = [*snapshots, twice, None, 1]
    shuffled = json.loads(json.dumps(state))
    shuffled["current"]["graph_snapshots"].reverse()
    assert paths(EVENTS, state) == paths(EVENTS, shuffled) != []
