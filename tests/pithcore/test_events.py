"""What one event is worth: every finding of docs/merge.md 1 and 2, in a stranger's words."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from histories import (
    ALICE,
    BOB,
    CAROL,
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
    pool,
    sha256,
    signature,
    signed,
    signed_again,
    snapshot,
    snapshot_body,
    verify_once,
    withdrawal,
)
from hypothesis import given
from hypothesis import strategies as st

from pithcore import PITH_KEYRING, CanonicalError, EventStatus, ExaminedEvent, PithNumber
from pithcore.events import event_id_of, examine, is_event_id, signature_bytes
from pithcore.snapshots import EMPTY_SNAPSHOT, examine_snapshot, section_sha256

FAILED, PASSED, UNCHECKED = "failed", "passed", "unchecked"


def look(event: Any, number: PithNumber | None = NUMBER) -> ExaminedEvent:
    """The event examined under `RING`."""
    return examine(event, number, RING, verify_once)


def told(event: Any, finding: str, number: PithNumber | None = NUMBER) -> tuple[Any, ...]:
    """Outcome, reason, expected and found of one finding, and its message last."""
    one = getattr(look(event, number), finding)
    return one.outcome.value, one.reason and one.reason.value, one.expected, one.found, one.message


# 1.1 and 1.6


@pytest.mark.parametrize("event", [None, True, 3, 1.5, "event", [], ["event"]])
def test_what_is_no_object_is_an_invalid_event(event: Any) -> None:
    """1.1: any other JSON value is examined without an error, and is invalid."""
    found = look(event)
    assert found.status is EventStatus.INVALID
    assert found.id.message == "The event is not an object."
    assert (found.event_id, found.signer, found.value) == (None, None, event)
    assert found.canonical == canonical(event)


@pytest.mark.parametrize("payload", [None, "text", ["list"], 1])
def test_an_event_without_a_payload_is_invalid(payload: Any) -> None:
    """1.1: a payload that is no object fails, whatever the type of the event."""
    for event_type in ("record_created", "withdrawal", "citation", None):
        outcome, _, _, found, message = told(signed(body(event_type, payload)), "content")
        assert (outcome, message) == (FAILED, "The event's payload is not an object.")
        assert found == ("nothing" if payload is None else json.loads(json.dumps(found)))


def test_a_good_event_passes_all_four_findings_in_a_strangers_words() -> None:
    """1.6: valid is id, subject, signature and content; each says what it found."""
    event = snapshot(2)
    found = look(event)
    assert found.status is EventStatus.VALID
    assert found.problem is None
    assert found.is_bound
    assert not found.is_foreign
    assert found.signer == ALICE.key
    assert found.event_id == event["event_id"]
    assert [finding.message for finding in found.findings] == [
        "The event_id is the hash of the event.",
        "The event is about this record.",
        "Alice's lab signed this event_id with the key alice.",
        "No section of the snapshot contradicts its snapshot_sha256.",
    ]
    assert all(finding.reason is None for finding in found.findings)
    assert look(created()).content.message == "The event carries this record."


def test_one_failure_outweighs_what_could_not_be_checked() -> None:
    """1.6: an event that is foreign and about another record is invalid; `problem` says why."""
    found = look(foreign(snapshot_body(subject_pith_number="pith:2019:X"), "11" * 32))
    assert found.status is EventStatus.INVALID
    assert found.problem is found.subject
    unknown = look(signed(body("citation", {})))
    assert unknown.status is EventStatus.UNCHECKED
    assert unknown.problem is unknown.content


# 1.2


@pytest.mark.parametrize(
    "event_id",
    [
        "sha256:" + "a" * 63,
        "sha256:" + "a" * 65,
        "sha256:" + "A" * 64,
        "SHA256:" + "a" * 64,
        "a" * 64,
        "sha256:" + "a" * 64 + "\n",
        "sha512:" + "a" * 64,
        4273,
        None,
    ],
)
def test_an_id_of_another_form_fails(event_id: Any) -> None:
    """1.2: `sha256:` and 64 lower-case hex digits, and nothing else."""
    event = {**snapshot(), "event_id": event_id}
    outcome, _, _, found, message = told(event, "id")
    assert (outcome, found) == (FAILED, "nothing" if event_id is None else str(found))
    assert message == "The event states no event_id of the form sha256: and 64 hex digits."
    assert look(event).event_id is None
    assert told(event, "signature")[::4] == (
        UNCHECKED,
        "Not run: there is no event_id that a signature could be over.",
    )


def test_the_id_is_the_hash_of_everything_but_itself_and_the_signature() -> None:
    """1.2: protocol 9.1, by hand; a change anywhere else is another id."""
    event = snapshot(2)
    unsigned = {n: v for n, v in event.items() if n not in ("event_id", "signature_b64")}
    assert event_id_of(event) == event_id_of(unsigned) == f"sha256:{sha256(unsigned)}"
    assert event_id_of({**event, "signature_b64": "x", "event_id": 1}) == event["event_id"]
    for name in unsigned:
        assert event_id_of({**event, name: "other"}) != event["event_id"]
        assert event_id_of({n: v for n, v in event.items() if n != name}) != event["event_id"]
    assert event_id_of({**event, "extra": None}) != event["event_id"]


def test_an_event_json_cannot_carry_has_no_id() -> None:
    """1.2: NaN has no canonical bytes."""
    with pytest.raises(CanonicalError):
        event_id_of({"payload": float("nan")})


def test_a_foreign_id_is_unchecked_and_says_that_the_rule_is_not_published() -> None:
    """1.2: the signature over it is checked all the same (protocol 9.2)."""
    found = look(foreign(snapshot_body(), "11" * 32))
    assert found.status is EventStatus.UNCHECKED
    assert found.is_foreign
    assert not found.is_bound
    assert found.id.reason == "rule_not_published"
    assert "whether this content belongs to it could not be checked" in found.id.message
    assert found.signature.message == "Alice's lab signed this event_id with the key alice."
    assert found.problem is found.id


def test_content_changed_under_a_good_id_is_not_bound() -> None:
    """1.2: a mirror that alters an event has a signed id and no valid event."""
    found = look({**snapshot(2), "target": "elsewhere"})
    assert (found.status, found.is_bound, found.is_foreign) == (EventStatus.UNCHECKED, False, True)


def test_a_receipt_dressed_up_as_an_event_is_refused() -> None:
    """1.2: an id that is the record's own digest borrows the signature of its receipt."""
    found = look(foreign(snapshot_body(), DIGEST))
    assert found.status is EventStatus.INVALID
    assert found.signature.outcome.value == PASSED
    assert found.id.message == (
        "The event stands on the digest of the record itself. That is what a receipt signs, and a "
        "receipt's signature says nothing of an event."
    )
    assert not found.is_foreign
    assert look(foreign(snapshot_body(), DIGEST), None).id.outcome.value == UNCHECKED


@pytest.mark.parametrize("value", ["sha256:" + "0f" * 32])
def test_is_event_id_knows_the_form(value: str) -> None:
    """1.2: one form, and nothing that merely begins or ends with it."""
    assert is_event_id(value)
    for other in (value + "0", "x" + value, value.upper(), None, 3, [value]):
        assert not is_event_id(other)


# 1.3


@pytest.mark.parametrize(
    "subject",
    [
        "pith:2018:DBZZ4GA3QYTEJZ5TKUNHWEKF3I",
        "pith:DBZZ4GA3QYTEJZ5TKUNHWEKF3I",
        "pith:DBZZ4GA3",
        "pith:2019:dbzz4ga3qytejz5tkunhwekf3i",
        "1906.08168",
        ["pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I"],
        None,
    ],
)
def test_an_event_about_anything_but_the_full_number_is_invalid(subject: Any) -> None:
    """1.3: another year, a short form, lower case or nothing at all."""
    event = signed(
        {n: v for n, v in {**snapshot_body(), "subject_pith_number": subject}.items() if v}
    )
    outcome, _, expected, found, message = told(event, "subject")
    assert (outcome, expected, message) == (
        FAILED,
        "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I",
        "The event is not about this record.",
    )
    assert found == ("nothing" if subject is None else found)
    assert isinstance(subject, list | None) or found == subject


def test_without_a_record_the_subject_cannot_be_checked() -> None:
    """1.3: a document without a record has nothing to hold the subject against."""
    assert told(snapshot(), "subject", None)[:2] == (UNCHECKED, "not_stated")
    assert look(snapshot(), None).status is EventStatus.UNCHECKED


# 1.4


def test_an_unknown_key_is_unchecked_before_anything_else() -> None:
    """1.4: nothing can be held against a signer nobody knows, not even a bad time."""
    for event in (
        snapshot(1, STRANGER),
        snapshot(1, STRANGER, created_at="never"),
        {**snapshot(1, STRANGER), "signature_b64": "junk"},
    ):
        assert told(event, "signature") == (
            UNCHECKED,
            "unknown_signer",
            None,
            None,
            "The key “nobody” is not in the keyring, so its signature was not checked.",
        )
        assert look(event).signer is None


@pytest.mark.parametrize("signer", [{}, {"key_id": 3}, "alice", None, ["alice"], {"key_id": None}])
def test_an_event_that_names_no_key_is_unchecked(signer: Any) -> None:
    """1.4: a signer without a readable key id says so."""
    assert told(signed({**snapshot_body(), "signer": signer}), "signature") == (
        UNCHECKED,
        "unknown_signer",
        None,
        None,
        "It does not say who signed it, so its signature was not checked.",
    )


def test_a_key_id_cannot_write_the_reports_sentences() -> None:
    """1.4: what a document calls a key is cut and escaped."""
    name = "x\u202e\n” is known and all is well. " + "y" * 500
    message = told(signed({**snapshot_body(), "signer": {"key_id": name}}), "signature")[4]
    assert "\n" not in message
    assert "\u202e" not in message
    assert len(message) < 200
    long_type = told(signed(body("\u202e" + "z" * 500, {})), "content")[4]
    assert "\u202e" not in long_type
    assert len(long_type) < 200


@pytest.mark.parametrize("fingerprint", ["00" * 16, 3, "", BOB.key.fingerprint])
def test_a_key_id_given_to_another_key_fails(fingerprint: Any) -> None:
    """1.4: a fingerprint that is not the key's is a name taken by somebody else."""
    event = snapshot_body()
    event["signer"] = {"key_id": "alice", "public_key_fingerprint": fingerprint}
    outcome, _, expected, found, message = told(signed(event), "signature")
    assert (outcome, expected, found) == (FAILED, ALICE.key.fingerprint, str(fingerprint))
    assert message == ("The event gives the name alice to another key than the one in the keyring.")


def test_a_signer_need_not_state_a_fingerprint() -> None:
    """1.4: the key id is enough."""
    assert look(signed({**snapshot_body(), "signer": {"key_id": "alice"}})).status == "valid"


@pytest.mark.parametrize("time", ["tomorrow", "2026-06-15T12:00:00", "2026-06-15T12:00:60Z", 3, ""])
def test_a_time_that_is_none_fails(time: Any) -> None:
    """1.4: `created_at` is a UTC time, or the event is invalid."""
    outcome, _, _, found, message = told(snapshot(created_at=time), "signature")
    assert (outcome, message) == (FAILED, "The event's created_at is no UTC time.")
    assert found == str(time)


def test_a_missing_time_fails() -> None:
    """1.4: no time is no UTC time either; it could hide the end of a key."""
    event = {n: v for n, v in snapshot_body().items() if n != "created_at"}
    assert told(signed(event), "signature")[::3] == (FAILED, "nothing")


def test_a_missing_signature_is_unchecked() -> None:
    """1.4: what is not there cannot be wrong."""
    event = {n: v for n, v in snapshot().items() if n != "signature_b64"}
    assert told(event, "signature") == (
        UNCHECKED,
        "not_stated",
        None,
        None,
        "The event carries no signature_b64.",
    )


GOOD = snapshot()["signature_b64"]


@pytest.mark.parametrize(
    "text",
    [
        GOOD.rstrip("="),
        GOOD + "=",
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-3] + chr(ord(GOOD[-3]) + 1) + "==",
        base64.b64encode(bytes(63)).decode(),
        base64.b64encode(bytes(65)).decode(),
        base64.urlsafe_b64encode(b"\xff" * 64).decode(),
        "",
        "not base64",
        "é" * 88,
        7,
        [GOOD],
    ],
)
def test_a_signature_in_another_spelling_fails(text: Any) -> None:
    """1.4: 64 bytes in canonical base64; padding bits, line ends and URL alphabets are refused."""
    outcome, _, _, found, message = told({**snapshot(), "signature_b64": text}, "signature")
    assert (outcome, message) == (
        FAILED,
        "The signature_b64 is not the base64 of 64 bytes in its one canonical spelling.",
    )
    assert found is not None
    assert "\n" not in found


@given(st.binary(min_size=60, max_size=70))
def test_only_64_bytes_make_a_signature(raw: bytes) -> None:
    """1.4: the reader of signatures gives back what was encoded, at 64 bytes and no other."""
    expected = raw if len(raw) == 64 else None
    assert signature_bytes(base64.b64encode(raw).decode()) == expected


def test_a_forged_signature_fails_in_the_signers_name() -> None:
    """1.4: the message names whose signature it is not."""
    event = {**snapshot(), "signature_b64": signature(STRANGER, snapshot()["event_id"][7:])}
    assert told(event, "signature") == (
        FAILED,
        None,
        None,
        None,
        "The signature is not one by Alice's lab (key alice) over this event_id.",
    )
    assert look(event).signer is None
    assert not look(event).is_bound


def test_another_signature_by_the_same_signer_is_as_good() -> None:
    """1.4: Ed25519 lets a signer sign twice with different bytes."""
    event = signed_again(snapshot())
    assert event["signature_b64"] != GOOD
    assert look(event).status is EventStatus.VALID


# 1.5


def test_a_revoked_key_signs_nothing_whatever_time_it_states() -> None:
    """1.5: a date before the revocation is only what the holder of a stolen key would write."""
    for time in ("2000-01-01T00:00:00Z", "2026-05-31T00:00:00Z", "9999-12-31T23:59:59Z"):
        outcome, _, _, _, message = told(snapshot(1, CAROL, created_at=time), "signature")
        assert outcome == FAILED
        assert "revoked on 2026-06-01T00:00:00Z: the key leaked" in message


@pytest.mark.parametrize(
    ("time", "status"),
    [
        ("2025-12-31T23:59:59.999999999Z", "invalid"),
        ("2026-01-01T00:00:00Z", "valid"),
        ("2026-12-31T23:59:59Z", "valid"),
        ("2026-12-31T23:59:59.000000001Z", "invalid"),
    ],
)
def test_the_term_of_a_key_holds_to_the_nanosecond(time: str, status: str) -> None:
    """1.5: both ends belong to the term, and nothing beyond them."""
    assert look(snapshot(1, BOB, created_at=time)).status == status


# 2.1


@pytest.mark.parametrize(
    ("payload", "message", "expected", "found"),
    [
        ({}, "The event carries no canonical_record.", None, None),
        (
            {"canonical_record": OTHER_RECORD, "canonical_sha256": sha256(OTHER_RECORD)},
            "The event's record has another number.",
            str(NUMBER),
            str(PithNumber.from_digest(bytes.fromhex(sha256(OTHER_RECORD)), 2019)),
        ),
        (
            {"canonical_record": "x", "canonical_sha256": sha256("x")},
            "The event's record has another number.",
            str(NUMBER),
            str(PithNumber.from_digest(bytes.fromhex(sha256("x")))),
        ),
        (
            {"canonical_record": RECORD},
            "The event's canonical_sha256 is not its record's.",
            DIGEST,
            "nothing",
        ),
        (
            {"canonical_record": RECORD, "canonical_sha256": DIGEST.upper()},
            "The event's canonical_sha256 is not its record's.",
            DIGEST,
            DIGEST.upper(),
        ),
    ],
)
def test_a_record_created_event_carries_this_record(
    payload: Event, message: str, expected: str | None, found: str | None
) -> None:
    """2.1: the record has the number and the digest stated is its own; both sides are shown."""
    event = signed(body("record_created", payload))
    assert told(event, "content") == (FAILED, None, expected, found, message)


def test_without_a_number_a_record_is_held_to_its_digest_alone() -> None:
    """2.1: in a document of no record, there is no number to compare."""
    assert told(created(record=OTHER_RECORD), "content", None)[0] == PASSED


# 2.2


def section(**members: Any) -> Event:
    """A snapshot of one section."""
    return {"claims": members}


DETECTED = {"detectors": ["d"], "findings": [{"f": 1}]}


@pytest.mark.parametrize(
    "snapshot_value",
    [
        {"paper": {"title": "no hash stated"}, **section(items=[], snapshot_sha256=EMPTY)},
        section(items=[1], count=1, snapshot_sha256=sha256({"payload": [1]})),
        section(
            detectors_run=["d"], findings=[{"f": 1}], snapshot_sha256=sha256({"payload": DETECTED})
        ),
        section(count=0, snapshot_sha256=EMPTY),
        section(count=0, resolved_count=0, title="x", snapshot_sha256=EMPTY),
    ],
)
def test_a_snapshot_whose_sections_hash_passes(snapshot_value: Event) -> None:
    """2.2: over items, over detectors and findings, over the empty list where counts are 0."""
    assert examine_snapshot(snapshot_value).outcome.value == PASSED
    event = signed(body("graph", {"graph_snapshot": snapshot_value}))
    assert look(event).status is EventStatus.VALID


@pytest.mark.parametrize(
    ("snapshot_value", "expected", "found"),
    [
        (section(items=[1], snapshot_sha256=EMPTY), sha256({"payload": [1]}), EMPTY),
        (section(items=[], snapshot_sha256=EMPTY.upper()), EMPTY, EMPTY.upper()),
        (section(items=[], snapshot_sha256=None), EMPTY, "null"),
        (section(count=0, snapshot_sha256="0" * 64), EMPTY, "0" * 64),
        (section(count=1, snapshot_sha256="short"), "64 hex digits", "short"),
        (
            section(detectors_run=[], findings=[], snapshot_sha256=EMPTY),
            sha256({"payload": {"detectors": [], "findings": []}}),
            EMPTY,
        ),
    ],
)
def test_a_section_that_contradicts_its_hash_fails(
    snapshot_value: Event, expected: str, found: str
) -> None:
    """2.2: in an event and by itself, with both hashes."""
    one = examine_snapshot({"fine": {"items": [], "snapshot_sha256": EMPTY}, **snapshot_value})
    assert (one.outcome.value, one.expected, one.found) == (FAILED, expected, found)
    assert one.message == "The section claims does not hash to its snapshot_sha256."
    event = signed(body("graph", {"graph_snapshot": snapshot_value}))
    assert told(event, "content")[0] == FAILED


@pytest.mark.parametrize("snapshot_value", [None, "text", 3, ["list"]])
def test_a_snapshot_that_is_no_object_fails(snapshot_value: Any) -> None:
    """2.2: nothing can be held to its hash in it, so it does not reach the state."""
    event = signed(body("graph", {"graph_snapshot": snapshot_value}))
    assert told(event, "content")[4] == "The graph snapshot is not an object."
    assert look(event).status is EventStatus.INVALID


@pytest.mark.parametrize(
    "snapshot_value",
    [{}, {"paper": {"title": "no hash stated"}, "builder_version": "1", "snapshot_sha256": EMPTY}],
)
def test_a_snapshot_that_states_no_hash_does_not_pass_for_checked(snapshot_value: Event) -> None:
    """2.2: nothing was compared, and the report says so; the event is its signer's word."""
    one = examine_snapshot(snapshot_value)
    assert (one.outcome.value, one.reason) == (UNCHECKED, "not_stated")
    assert one.message == "No section of the snapshot states a snapshot_sha256."
    event = signed(body("graph", {"graph_snapshot": snapshot_value}))
    assert look(event).status is EventStatus.VALID


@pytest.mark.parametrize(
    "members",
    [
        {"count": 3},
        {"count": 0, "other_count": 1},
        {"count": None},
        {"count": False},
        {"count": 0.0},
        {},
        {"findings": []},
        {"detectors_run": [], "count": 0},
        {"counted": 0},
    ],
)
def test_a_withheld_section_is_unchecked_in_the_report_and_no_failure_of_the_event(
    members: Event,
) -> None:
    """2.2: what is not shown is the signer's word; counts that are not 0 say nothing."""
    value = section(**members, snapshot_sha256="ab" * 32)
    one = examine_snapshot(value)
    assert (one.outcome.value, one.reason) == (UNCHECKED, "not_stated")
    assert one.message == (
        "These sections do not carry what their snapshot_sha256 was made from: claims."
    )
    assert section_sha256(value["claims"]) is None
    assert told(signed(body("graph", {"graph_snapshot": value})), "content")[0] == PASSED


def test_many_withheld_sections_make_a_short_sentence() -> None:
    """2.2: eight are named, in order of name, each cut and escaped."""
    value = {f"{name}\u202e{'x' * 200}": {"snapshot_sha256": "ab" * 32} for name in "hgfedcbaij"}
    message = examine_snapshot(value).message
    assert message.index("a\\u202e") < message.index("h\\u202e")
    assert "i\\u202e" not in message
    assert message.endswith(", ….")
    assert "\u202e" not in message
    assert len(message) < 1100
    eight = {name: {"snapshot_sha256": "ab" * 32} for name in "abcdefgh"}
    assert examine_snapshot(eight).message.endswith("a, b, c, d, e, f, g, h.")
    bad = {"\u202e" + "x" * 500: {"items": [], "snapshot_sha256": "0"}}
    assert len(examine_snapshot(bad).message) < 200


def test_the_empty_snapshot_is_the_one_the_registry_serves() -> None:
    """2.2: protocol 7.2 gives the hash of the empty list."""
    assert EMPTY_SNAPSHOT == EMPTY


# 2.3 to 2.5


@pytest.mark.parametrize("event_id", [None, "", "sha256:12", 3, ["sha256:" + "0" * 64]])
def test_a_withdrawal_names_an_event_id(event_id: Any) -> None:
    """2.3: without one it takes back nothing and is invalid."""
    outcome, _, _, found, message = told(
        signed(body("withdrawal", {"event_id": event_id})), "content"
    )
    assert outcome == FAILED
    assert message == "The withdrawal does not name the event_id that it takes back."
    assert found == "nothing" if event_id is None else found is not None


def test_a_withdrawal_that_names_one_passes() -> None:
    """2.3: whether the event is there is the merge's business."""
    outcome, *_, message = told(withdrawal("sha256:" + "0" * 64), "content")
    assert (outcome, message) == (PASSED, "The withdrawal names the event it takes back.")


@pytest.mark.parametrize(
    ("event_type", "what"),
    [("citation", "of type “citation”"), (None, "with no event_type"), (7, "with no event_type")],
)
def test_an_unknown_type_is_unchecked_and_named(event_type: Any, what: str) -> None:
    """2.4: kept and counted, never passed."""
    assert told(signed(body(event_type, {"x": 1})), "content") == (
        UNCHECKED,
        "unsupported",
        None,
        None,
        f"Events {what} are not known to this version.",
    )


BAD_SNAPSHOT = section(items=[1], snapshot_sha256=EMPTY)


@pytest.mark.parametrize(
    "event",
    [
        body(
            "record_created",
            {
                "canonical_record": RECORD,
                "canonical_sha256": DIGEST,
                "graph_snapshot": BAD_SNAPSHOT,
            },
        ),
        body("withdrawal", {"event_id": "sha256:" + "0" * 64, "graph_snapshot": BAD_SNAPSHOT}),
        body("withdrawal", {"graph_snapshot": {}}),
        body("record_created", {"graph_snapshot": {}}),
    ],
)
def test_an_event_of_two_kinds_is_held_to_both(event: Event) -> None:
    """2.5: a good record does not carry a lying snapshot into the state, nor the other way."""
    assert told(signed(event), "content")[0] == FAILED


# 1.7


def test_an_integrity_event_is_signed_over_its_payload_sha256() -> None:
    """1.7: the signature holds, and id, subject and content stay unchecked, each with a reason."""
    found = look(integrity())
    assert found.status is EventStatus.UNCHECKED
    assert (found.event_id, found.signer) == (None, ALICE.key)
    assert not found.is_bound
    assert not found.is_foreign
    assert [(one.outcome.value, one.reason) for one in found.findings] == [
        (UNCHECKED, "rule_not_published"),
        (UNCHECKED, "not_stated"),
        (PASSED, None),
        (UNCHECKED, "rule_not_published"),
    ]
    assert found.id.message == (
        "The event_id is the registry's own count. The signature does not cover it."
    )
    assert found.subject.message == "The event does not say what it is about."
    assert found.signature.message == "Alice's lab signed this payload_sha256 with the key alice."
    assert "whether the payload is the one that was signed could not be checked" in (
        found.content.message
    )


@pytest.mark.parametrize(
    ("members", "finding", "outcome", "words"),
    [
        ({"event_id": "4273"}, "id", FAILED, "is a whole number"),
        ({"event_id": True}, "id", FAILED, "is a whole number"),
        ({"event_id": None}, "id", FAILED, "is a whole number"),
        ({"payload_sha256": "AB" * 32}, "content", FAILED, "not 64 lower-case hex digits"),
        ({"payload_sha256": None}, "content", FAILED, "not 64 lower-case hex digits"),
        ({"payload_sha256": "AB" * 32}, "signature", UNCHECKED, "there is no payload_sha256"),
        ({"payload_sha256": "cd" * 32}, "signature", FAILED, "over this payload_sha256"),
        ({"signature_b64": None}, "signature", UNCHECKED, "carries no signature_b64"),
        ({"signature_b64": "AA=="}, "signature", FAILED, "canonical spelling"),
        ({"signing_key_id": "nobody"}, "signature", UNCHECKED, "“nobody” is not in the keyring"),
        ({"signing_key_id": None}, "signature", UNCHECKED, "does not say who signed it"),
        ({"signing_key_id": "carol"}, "signature", FAILED, "revoked"),
        ({"created_at": None}, "signature", FAILED, "no UTC time"),
        ({"subject_pith_number": "pith:2019:X"}, "subject", FAILED, "not about this record"),
        ({"subject_pith_number": str(NUMBER)}, "subject", PASSED, "about this record"),
    ],
)
def test_each_member_of_an_integrity_event_is_held_to_its_rule(
    members: Event, finding: str, outcome: str, words: str
) -> None:
    """1.7: what is there and wrong fails; what is not there is unchecked, where that may be."""
    found = told(integrity(**members), finding)
    assert found[0] == outcome
    assert words in found[4]


def test_a_receipt_dressed_up_as_an_integrity_event_is_refused() -> None:
    """1.7: the record's digest is signed by its receipt, and is no payload."""
    event = integrity(DIGEST)
    assert told(event, "content")[0] == FAILED
    assert "what a receipt signs" in told(event, "content")[4]
    assert told(event, "content", None)[0] == UNCHECKED


def test_real_integrity_signatures_verify_and_fail_once_a_digit_differs(
    shared: Any,
) -> None:
    """1.7: the registry's own signatures, under its pinned key."""
    rows = [
        json.loads(line)
        for line in (shared / "records" / "integrity_event_signatures.jsonl")
        .read_text("utf-8")
        .splitlines()
    ]
    assert len(rows) == 4
    for row in rows:
        event = {**row, "created_at": "2026-05-19T00:00:00Z"}
        found = examine(event, None, PITH_KEYRING)
        assert found.signature.message == (
            "pith.science signed this payload_sha256 with the key pith-v1-2026-05."
        )
        digest = row["payload_sha256"]
        other = digest[:-1] + ("0" if digest[-1] != "0" else "1")
        assert examine({**event, "payload_sha256": other}, None, PITH_KEYRING).status == "invalid"


# All of them


@given(st.sampled_from(sorted(pool())), st.data())
def test_any_member_of_any_event_may_be_anything(name: str, data: st.DataObject) -> None:
    """Junk in place of any member never raises, and never makes an event valid that was not."""
    event = pool()[name]
    if not isinstance(event, dict):
        return
    member = data.draw(st.sampled_from(sorted(event)))
    junk = data.draw(
        st.none() | st.booleans() | st.integers() | st.text() | st.just([]) | st.just({})
    )
    changed = {**event, member: junk}
    found = look(changed)
    if found.status is EventStatus.VALID:
        assert look(event).status is EventStatus.VALID
        assert canonical(changed) == canonical(event)


# What a reader sees beside a failure


@pytest.mark.parametrize(
    ("event", "finding", "found"),
    [
        ({**created(), "event_id": "sha256:no"}, "id", "sha256:no"),
        (signed(body("withdrawal", {"event_id": "sha256:no"})), "content", "sha256:no"),
        (signed(body("citation", ["a", "list"])), "content", '["a","list"]'),
        ({**integrity(), "event_id": "text"}, "id", "text"),
        ({**integrity(), "payload_sha256": "short"}, "content", "short"),
    ],
)
def test_a_failure_shows_what_was_found(event: Any, finding: str, found: str) -> None:
    """The value at fault stands in the finding as the event states it."""
    outcome, reason, _, shown, _ = told(event, finding)
    assert (outcome, reason, shown) == (FAILED, None, found)


def test_what_could_not_be_done_gives_its_reason_and_sentence() -> None:
    """Without an id there is nothing signed; without a record, nothing to be about."""
    without_id = {**created(), "event_id": "sha256:no"}
    assert told(without_id, "signature")[:2] == (UNCHECKED, "earlier_failure")
    assert told(created(), "subject", None) == (
        UNCHECKED,
        "not_stated",
        None,
        None,
        "The document carries no record that the event could be about.",
    )
    assert told(foreign(body("citation", {}), "cd" * 32), "id")[4].startswith(
        "The event_id is not the hash of the event by"
    )
