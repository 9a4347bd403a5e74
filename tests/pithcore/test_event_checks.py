"""Checks over the events of a document, as the report shows them to a stranger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from histories import (
    ALICE,
    DIGEST,
    EMPTY,
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
    integrity,
    sha256,
    signed,
    snapshot,
    snapshot_body,
    verify_once,
    withdrawal,
)
from samples import SIGNED, bundle

from pithcore import PITH_KEYRING, Check, Keyring, Report, make_bundle, merge, verify

SAY = ("passed", "failed", "unchecked", "not_applicable")


def report_on(document: Any, keyring: Keyring = RING) -> Report:
    """The report on a JSON document."""
    return verify(json.dumps(document).encode(), keyring=keyring, verify_signature=verify_once)


def bundled(*events: Any, **members: Any) -> Event:
    """A bundle of the events, in the order given."""
    return {**make_bundle(RECORD), "events": [*events], **members}


def check(document: Any, name: str) -> Check:
    """One check of the report on a document."""
    return report_on(document).check(name)


def outcomes(document: Any) -> dict[str, str]:
    """Outcome of each check on events and state."""
    return {
        one.id: one.outcome.value
        for one in report_on(document).checks
        if one.id.startswith(("events.", "state."))
    }


def test_good_events_pass_every_check() -> None:
    """Each message says what holds of every event, and the counts stand in the evidence."""
    report = report_on(bundled(created(), snapshot(2)))
    found = {one.id: one.finding for one in report.checks if one.id.startswith("events.")}
    assert {name: finding.message for name, finding in found.items()} == {
        "events.ids": "Every event_id is the hash of its event.",
        "events.subjects": "Every event is about this record.",
        "events.signatures": "Every event id is signed by the signer it names.",
        "events.content": "Every event holds what its type requires.",
        "events.snapshots": "Every section hashes to its snapshot_sha256.",
        "events.equivocations": "No signer contradicts themselves in these events.",
    }
    assert found["events.ids"].evidence == {"passed": 2, "failed": 0, "unchecked": 0}
    assert found["events.snapshots"].evidence == {"passed": 1, "failed": 0, "unchecked": 0}
    assert report.verdict.value == "intact"


@pytest.mark.parametrize("events", [None, []])
def test_without_events_no_check_of_them_applies(events: Any) -> None:
    """A document without events is not blamed and not praised for them."""
    found = outcomes(bundled(events=events))
    assert set(found.values()) == {"not_applicable"}
    assert check(bundled(events=events), "events.ids").finding.message == (
        "The document carries no events."
    )


@pytest.mark.parametrize("events", ["text", {"0": "event"}, 3, True])
def test_events_that_are_no_list_fail(events: Any) -> None:
    """They are there and cannot be read: nothing about them may pass."""
    document = bundled(events=events)
    one = check(document, "events.ids")
    assert one.outcome == "failed"
    assert one.finding.message == "What stands under “events” is no list."
    assert one.finding.found == (events if isinstance(events, str) else canonical(events).decode())
    assert report_on(document).verdict.value == "failed"


BAD = {
    "events.ids": {**snapshot(1), "event_id": "x"},
    "events.subjects": snapshot(subject_pith_number="pith:2019:" + "A" * 26),
    "events.signatures": {**snapshot(1), "signature_b64": snapshot(2)["signature_b64"]},
    "events.content": signed(body("withdrawal", {})),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_event_among_good_ones_fails_its_check_and_is_found(name: str) -> None:
    """The sentence counts the good ones, and says where the bad one is and what is wrong."""
    report = report_on(bundled(snapshot(1), BAD[name], snapshot(2)))
    finding = report.check(name).finding
    assert finding.outcome == "failed"
    assert finding.message.startswith("2 of 3 events ")
    assert " At $.events[1]: " in finding.message
    assert finding.evidence == {
        "passed": 2,
        "failed": 1,
        "unchecked": 0,
        "where": ["$.events[1]"],
    }
    assert report.verdict.value == "failed"
    assert "$.events[1]" in report.sentence


def test_a_failure_outweighs_what_could_not_be_checked() -> None:
    """Both are counted; the failure speaks."""
    events = [foreign(snapshot_body(), "11" * 32), BAD["events.ids"], snapshot(1)]
    finding = check(bundled(*events), "events.ids").finding
    assert finding.outcome == "failed"
    assert finding.evidence["where"] == ["$.events[1]"]
    assert (finding.evidence["unchecked"], finding.evidence["passed"]) == (1, 1)
    finding = check(bundled(events[0], events[2]), "events.ids").finding
    assert (finding.outcome, finding.reason) == ("unchecked", "rule_not_published")
    assert finding.message.startswith("1 of 2 events have an id that is their hash. At $.events[0]")


def test_what_a_finding_compares_is_shown_in_the_check() -> None:
    """Both sides of the first failure stand in the report."""
    finding = check(bundled(BAD["events.subjects"]), "events.subjects").finding
    assert finding.expected == str(NUMBER)
    assert finding.found == "pith:2019:" + "A" * 26


def test_many_bad_events_are_counted_in_full_and_listed_in_part() -> None:
    """Fifty places are named; the count is complete."""
    finding = check(bundled(*[{"event_id": str(n)} for n in range(60)]), "events.ids").finding
    assert finding.evidence["failed"] == 60
    assert len(finding.evidence["where"]) == 50  # type: ignore[arg-type]


# Snapshots


def test_a_withheld_section_is_unchecked_and_fails_nothing() -> None:
    """The event is valid: its signer answers for what is not shown."""
    value = {"graph_snapshot": {"claims": {"count": 3, "snapshot_sha256": "ab" * 32}}}
    document = bundled(signed(body("graph", value)))
    finding = check(document, "events.snapshots").finding
    assert (finding.outcome, finding.reason) == ("unchecked", "not_stated")
    assert "At $.events[0].payload.graph_snapshot: " in finding.message
    assert finding.message.startswith("0 of 1 snapshots are whole.")
    assert check(document, "events.content").outcome == "passed"


@pytest.mark.parametrize(
    "value", [None, "text", {"claims": {"items": [1], "snapshot_sha256": EMPTY}}]
)
def test_a_snapshot_that_does_not_hold_fails(value: Any) -> None:
    """In an event, even a null is a snapshot that is none."""
    assert check(
        bundled(signed(body("g", {"graph_snapshot": value}))), "events.snapshots"
    ).outcome == ("failed")


@pytest.mark.parametrize("listed", ["text", None, [], [{"payload": {}}], [3]])
def test_a_state_without_snapshots_has_none_to_check(listed: Any) -> None:
    """Members of another form are passed over by this check."""
    state: Any = merge([], NUMBER, record=RECORD).to_dict()
    state["current"]["graph_snapshots"] = listed
    assert check(state, "events.snapshots").outcome == "not_applicable"


def test_a_snapshot_in_a_served_state_is_hashed_too() -> None:
    """`state.json` has no events, and its snapshots are still held to their hashes."""
    state: Any = json.loads(
        json.dumps(merge([snapshot(1), snapshot(2)], NUMBER, record=RECORD, keyring=RING).to_dict())
    )
    assert check(state, "events.snapshots").outcome == "passed"
    state["current"]["graph_snapshots"][1]["payload"]["graph_snapshot"]["claims"]["items"] = []
    finding = check(state, "events.snapshots").finding
    assert finding.outcome == "failed"
    assert "At $.current.graph_snapshots[1].payload.graph_snapshot: " in finding.message


# Equivocations


def test_two_records_by_one_signer_fail_the_document_with_both() -> None:
    """A signer who says both cannot be relied on for either."""
    good, bad = created(), created(record=OTHER_RECORD)
    # The wrong event comes second, since the first record is the document's.
    finding = check(bundled(good, bad), "events.equivocations").finding
    assert finding.outcome == "failed"
    assert finding.message == (
        "The signer with the key alice says two things that cannot both be true: two records for "
        "one number."
    )
    both = sorted([good["event_id"], bad["event_id"]])
    assert (finding.expected, finding.found) == ("one statement", " and ".join(both))
    assert finding.evidence == {
        "count": 1,
        "equivocations": [
            {"kind": "record", "key_id": "alice", "about": str(NUMBER), "event_ids": both}
        ],
    }


def test_a_fork_is_named_as_one() -> None:
    """Two successors of one event."""
    one = snapshot(1)
    pair = [snapshot(count, replaces=[one["event_id"]]) for count in (2, 3)]
    finding = check(bundled(one, *pair), "events.equivocations").finding
    assert finding.outcome == "failed"
    assert finding.message.endswith("cannot both be true: two successors of one event.")


def test_many_equivocations_make_a_short_report() -> None:
    """Fifty are listed with fifty events each; the count is complete."""
    bases = [snapshot(0, created_at=f"2026-06-15T12:00:{n:02}Z") for n in range(52)]
    named = [base["event_id"] for base in bases]
    forks = [snapshot(1, created_at=f"2026-06-15T13:00:{n:02}Z", replaces=named) for n in range(53)]
    evidence: Any = check(bundled(*bases, *forks), "events.equivocations").finding.evidence
    assert evidence["count"] == 52
    assert len(evidence["equivocations"]) == 50
    assert {len(one["event_ids"]) for one in evidence["equivocations"]} == {50}
    found = check(bundled(*bases, *forks), "events.equivocations").finding.found
    assert len((found or "").split(" and ")) == 50


# The served state


EVENTS = [created(), snapshot(1), snapshot(2)]


def with_state(events: list[Any], **changes: Any) -> Any:
    """Events with the state that they make, and changes to it."""
    state: Any = json.loads(
        json.dumps(merge(events, NUMBER, record=RECORD, keyring=RING, verify=verify_once).to_dict())
    )
    return {**state, "events": events, **changes}


def test_a_state_alone_is_unchecked() -> None:
    """The state is the server's word, and the sentence says what would settle it."""
    document = with_state([])
    del document["events"]
    finding = check(document, "state.merge").finding
    assert (finding.outcome, finding.reason) == ("unchecked", "not_stated")
    assert finding.message == (
        "A merged state is served without the events it was made from. Bring the bundle as well, "
        "and the two can be compared."
    )


def test_a_state_beside_its_events_passes() -> None:
    """Merged here, the events give it."""
    finding = check(with_state(EVENTS), "state.merge").finding
    assert (finding.outcome, finding.message) == (
        "passed",
        "The events, merged here, give the state that is served.",
    )


def test_a_wrong_state_under_our_rules_fails_with_path_and_both_sides() -> None:
    """A server that names our rules is held to them, whatever else lies about."""
    for more in ([], [foreign(snapshot_body(4), "11" * 32)]):
        document = with_state([*EVENTS, *more], valid_event_count=9, event_count=8)
        finding = check(document, "state.merge").finding
        assert finding.outcome == "failed"
        assert finding.message == (
            "The state served is not the one that the events make: it differs at $.event_count."
        )
        assert (finding.expected, finding.found) == (str(3 + len(more)), "8")
        assert finding.evidence == {"count": 2, "paths": ["$.event_count", "$.valid_event_count"]}


def test_what_one_side_lacks_is_nothing() -> None:
    """A member left out is shown as nothing, on either side."""
    document = with_state(EVENTS)
    del document["current"]["graph_snapshots"]
    finding = check(document, "state.merge").finding
    assert (finding.outcome, finding.found) == ("failed", "nothing")
    document = with_state(EVENTS)
    document["current"]["graph_snapshots"][0]["more"] = 1
    finding = check(document, "state.merge").finding
    assert (finding.expected, finding.found) == ("nothing", "1")


def test_a_maker_who_may_know_more_keys_is_not_accused() -> None:
    """A state by our rules under another keyring differs and is not wrong."""
    events = [*EVENTS, snapshot(5, STRANGER)]
    document = with_state(events, valid_event_count=4, unchecked_event_count=0)
    finding = check(document, "state.merge").finding
    assert (finding.outcome, finding.reason) == ("unchecked", "unknown_signer")
    assert "keys that are not in the keyring" in finding.message
    assert finding.found == "0"


def test_a_state_by_rules_unknown_is_unchecked_where_it_differs() -> None:
    """Nobody is failed by rules that were never published."""
    document = with_state(EVENTS, event_count=8, merge_version="pith-open-graph-merge-v1")
    finding = check(document, "state.merge").finding
    assert (finding.outcome, finding.reason) == ("unchecked", "rule_not_published")
    assert finding.message == (
        "The state served differs from the one merged here, first at $.event_count. It was made "
        "by rules that have not been published."
    )
    assert finding.evidence["paths"] == ["$.event_count"]


def test_the_registrys_state_holds_at_its_word() -> None:
    """Its events are foreign, and taken as they stand they give what it serves."""
    events = [foreign(created(), "aa" * 32), foreign(snapshot_body(3), "bb" * 32)]
    trusting = merge(events, NUMBER, record=RECORD, keyring=RING, trust_foreign_ids=True).to_dict()
    document = {**trusting, "merge_version": "pith-open-graph-merge-v1", "events": events}
    finding = check(document, "state.merge").finding
    assert (finding.outcome, finding.reason) == ("unchecked", "rule_not_published")
    assert finding.message.startswith("The events give the state that is served when it is taken")
    ours = check({**document, "merge_version": "pithcore-merge/1"}, "state.merge")
    assert ours.outcome == "failed"


def test_a_path_of_a_served_state_cannot_write_the_report() -> None:
    """Names and values of the served state are escaped and cut."""
    document = with_state(EVENTS)
    document["current"]["canonical_record"]["\u202ex\n"] = "y" * 10_000
    finding = check(document, "state.merge").finding
    assert "\u202e" not in finding.message
    assert "\n" not in finding.message
    assert len(finding.found or "") < 4_100


# The registry's bundles


def test_a_registry_bundle_stays_verified_with_its_events_unchecked() -> None:
    """Foreign ids are no failure: the receipt carries the verdict."""
    report = report_on(bundle(SIGNED[0]), PITH_KEYRING)
    assert report.check("events.ids").finding.reason == "rule_not_published"


# Integrity documents (protocol 7.3)

FINDINGS = {"detectors_run": ["d"], "findings": [{"kind": "x"}]}
SNAPSHOT = sha256({"payload": {"detectors": ["d"], "findings": [{"kind": "x"}]}})


def integrity_document(*events: Any, **members: Any) -> Event:
    """`integrity.json` of a paper."""
    return {
        "pith_number": "2604.20237",
        "integrity": {**FINDINGS, "snapshot_sha256": SNAPSHOT, "summary": "x"},
        "events": [*events],
        **members,
    }


def test_an_integrity_document_is_read_and_unchecked_at_best() -> None:
    """Its signatures and its snapshot are reported; it holds no record, so nothing is verified."""
    report = report_on(integrity_document(integrity(), integrity("cd" * 32)))
    assert report.input.kind == "integrity"
    assert report.verdict.value == "unchecked"
    assert report.subject == type(report.subject)()
    found = {one.id: (one.outcome.value, one.finding.reason) for one in report.checks}
    assert {name: found[name] for name in found if name.startswith("events.")} == {
        "events.ids": ("unchecked", "rule_not_published"),
        "events.subjects": ("unchecked", "not_stated"),
        "events.signatures": ("passed", None),
        "events.content": ("unchecked", "rule_not_published"),
        "events.snapshots": ("passed", None),
        "events.equivocations": ("not_applicable", None),
    }
    assert found["identity.number"] == ("not_applicable", None)
    form = report.check("form.document").finding
    assert form.message == (
        "Read without ambiguity: integrity events on a paper. Not looked at: pith_number."
    )


def test_an_integrity_document_that_lies_fails() -> None:
    """A forged event, a changed finding, a signature over another payload."""
    forged = {**integrity(), "payload_sha256": "cd" * 32}
    assert check(integrity_document(forged), "events.signatures").outcome == "failed"
    changed = integrity_document(integrity())
    changed["integrity"]["findings"] = []
    finding = check(changed, "events.snapshots").finding
    assert finding.outcome == "failed"
    assert "At $.integrity: The section integrity does not hash" in finding.message
    assert report_on(changed).verdict.value == "failed"


def test_an_integrity_document_without_its_parts_says_so() -> None:
    """No events and no hash: nothing applies, and nothing passes for checked."""
    finding = check(integrity_document(integrity={"findings": []}), "events.snapshots").finding
    assert (finding.outcome, finding.reason) == ("unchecked", "not_stated")
    assert finding.message.endswith("No section of the snapshot states a snapshot_sha256.")
    assert report_on(integrity_document(integrity=None)).verdict.value == "unchecked"
    assert set(outcomes(integrity_document(integrity=None)).values()) == {"not_applicable"}


@pytest.mark.parametrize(
    "members",
    [
        {"canonical_record": RECORD},
        {"canonical_sha256": DIGEST},
        {"bundle_type": "pith_open_graph_bundle", "canonical_record": RECORD},
    ],
)
def test_a_record_with_integrity_beside_it_is_still_a_record(members: Event) -> None:
    """A bundle cannot drop its record's checks by naming integrity."""
    document = {**integrity_document(), **members, "pith_number": str(NUMBER)}
    assert report_on(document).input.kind != "integrity"


def test_other_events_in_an_integrity_document_are_unchecked_for_want_of_a_record() -> None:
    """An event about a record cannot be valid in a document without one."""
    found = outcomes(integrity_document(snapshot(1), withdrawal(snapshot(1))))
    assert found["events.ids"] == "passed"
    assert found["events.subjects"] == "unchecked"
    assert found["events.equivocations"] == "not_applicable"


def test_integrity_events_in_a_bundle_change_nothing() -> None:
    """They are counted beside the others, as unchecked."""
    events = [*EVENTS, integrity(subject_pith_number=str(NUMBER))]
    state = merge(events, NUMBER, record=RECORD, keyring=RING)
    assert len(state.current) == 3
    assert state.to_dict()["unchecked_event_count"] == 1
    assert ALICE.key in {event.signer for event in state.events}
