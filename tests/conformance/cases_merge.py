"""Sets of events and what they amount to. Every expectation is written here by hand."""

from __future__ import annotations

from typing import Any

from material import (
    ALICE,
    BOB,
    BOB_FOR_A_YEAR,
    CAROL_REVOKED,
    NUMBER,
    OTHER,
    Case,
    body,
    created,
    foreign,
    graph,
    ids,
    sealed,
    signature,
    snapshot,
    withdrawal,
)


def case(
    name: str,
    rule: str,
    about: str,
    events: list[Any],
    counts: tuple[int, int, int],
    current: list[Case],
    equivocations: tuple[Case, ...] = (),
    **more: Any,
) -> Case:
    """Events, how many are valid, invalid and unchecked, which stand, and who contradicts."""
    valid, invalid, unchecked = counts
    return {
        "name": name,
        "rule": rule,
        "about": about,
        "keys": more.pop("keys", [ALICE, BOB]),
        "number": NUMBER,
        **more,
        "events": events,
        "expect": {
            "event_count": valid + invalid + unchecked,
            "valid_event_count": valid,
            "invalid_event_count": invalid,
            "unchecked_event_count": unchecked,
            "current_event_ids": ids(*current),
            "equivocations": [*equivocations],
        },
    }


def fork(about: Case, *events: Case, signer: str = "alice") -> Case:
    """Two successors of one event."""
    return {
        "kind": "fork",
        "key_id": signer,
        "about": about["event_id"],
        "event_ids": ids(*events),
    }


def two_records(*events: Case, signer: str = "alice") -> Case:
    """Two records for one number."""
    return {"kind": "record", "key_id": signer, "about": NUMBER, "event_ids": ids(*events)}


ONE, TWO, THREE = snapshot(1), snapshot(2), snapshot(3)
BOBS = snapshot(1, "bob")
RECORD_EVENT, WRONG_RECORD = created(), created(OTHER)
INSTEAD = snapshot(4, replaces=[ONE["event_id"]])
LEFT = snapshot(5, replaces=[ONE["event_id"]], created_at="0001-01-01T00:00:00Z")
RIGHT = snapshot(6, replaces=[ONE["event_id"]], created_at="9999-12-31T23:59:59Z")
MENDED = snapshot(7, replaces=ids(LEFT, RIGHT))
BACK = withdrawal(ONE)
FOREIGN = foreign(body("graph_snapshot", graph(8), target="graph"), "aa" * 32)
UNKNOWN = sealed(body("citation", {"cites": "x"}, replaces=[ONE["event_id"]]))
STRANGER = snapshot(1, "nobody", replaces=[ONE["event_id"]])
ANEW = snapshot(1, created_at="2026-06-16T12:00:00Z")

CASES = [
    case("nothing", "merge 6", "No events make an empty state.", [], (0, 0, 0), []),
    case("one", "merge 1.6", "One valid event stands.", [ONE], (1, 0, 0), [ONE]),
    case(
        "repeated",
        "merge 3.1",
        "The same event three times, once with its keys in another order, is one event.",
        [ONE, ONE, {name: ONE[name] for name in reversed(ONE)}],
        (1, 0, 0),
        [ONE],
    ),
    case(
        "order-of-ids",
        "merge 4.4",
        "What stands is in order of event_id, whatever the input's order and dates.",
        [THREE, RECORD_EVENT, TWO, ONE],
        (4, 0, 0),
        [ONE, TWO, THREE, RECORD_EVENT],
    ),
    case(
        "signed-twice",
        "merge 3.2",
        "One event under two signatures that both hold is one event.",
        [
            ONE,
            sealed(
                {n: ONE[n] for n in ONE if n not in ("event_id", "signature_b64")}, nonce=b"another"
            ),
        ],
        (1, 0, 0),
        [ONE],
    ),
    case(
        "broken-copy",
        "merge 3.3",
        "A copy with a broken signature is an invalid event beside the good one.",
        [ONE, {**ONE, "signature_b64": TWO["signature_b64"]}],
        (1, 1, 0),
        [ONE],
    ),
    case(
        "tampered-copy",
        "merge 1.2",
        "Content changed under a signed id cannot be told from another rule's id: unchecked.",
        [ONE, {**ONE, "target": "elsewhere"}],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "truncated-copy",
        "merge 1.1",
        "An event without its payload is invalid.",
        [TWO, {n: v for n, v in ONE.items() if n != "payload"}],
        (1, 1, 0),
        [TWO],
    ),
    case(
        "no-events-at-all",
        "merge 1.1",
        "Values that are no objects are invalid events, each counted once.",
        ["event", 3, None, ["event"], "event"],
        (0, 4, 0),
        [],
    ),
    case(
        "foreign",
        "merge 1.2",
        "A signed id by another rule is unchecked and changes nothing.",
        [ONE, FOREIGN],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "foreign-replaces",
        "merge 4.1",
        "A foreign event replaces nothing, though its signer's signature holds.",
        [ONE, foreign({**body("graph_snapshot", graph(2)), "replaces": ids(ONE)}, "bb" * 32)],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "foreign-withdrawal",
        "merge 4.2",
        "Nor does a foreign withdrawal take anything back.",
        [ONE, foreign(body("withdrawal", {"event_id": ONE["event_id"]}), "cc" * 32)],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "unknown-type",
        "merge 2.4",
        "An event of an unknown type is unchecked, and replaces nothing.",
        [ONE, UNKNOWN],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "stranger",
        "merge 1.4",
        "An event by a key that is not in the keyring is unchecked, and replaces nothing.",
        [ONE, STRANGER],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "empty-keyring",
        "merge 1.4",
        "Without keys nothing is valid.",
        [ONE, BOBS, BACK],
        (0, 0, 3),
        [],
        keys=[],
    ),
    case(
        "unsigned",
        "merge 1.4",
        "An event without a signature is unchecked.",
        [ONE, {n: v for n, v in TWO.items() if n != "signature_b64"}],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "revoked",
        "merge 1.5",
        "A revoked key's events are invalid at every time they state.",
        [
            ONE,
            snapshot(1, "carol", created_at="2000-01-01T00:00:00Z"),
            snapshot(1, "carol", created_at="9999-01-01T00:00:00Z"),
        ],
        (1, 2, 0),
        [ONE],
        keys=[ALICE, CAROL_REVOKED],
    ),
    case(
        "term",
        "merge 1.5",
        "Both ends of a key's term belong to it.",
        [
            snapshot(1, "bob", created_at="2026-01-01T00:00:00Z"),
            snapshot(1, "bob", created_at="2026-12-31T23:59:59.000Z"),
            snapshot(1, "bob", created_at="2025-12-31T23:59:59.999Z"),
            snapshot(1, "bob", created_at="2026-12-31T23:59:59.001Z"),
        ],
        (2, 2, 0),
        [
            snapshot(1, "bob", created_at="2026-01-01T00:00:00Z"),
            snapshot(1, "bob", created_at="2026-12-31T23:59:59.000Z"),
        ],
        keys=[BOB_FOR_A_YEAR],
    ),
    case(
        "replaced",
        "merge 4.1",
        "A later event that names an earlier one of the same signer stands instead of it.",
        [ONE, TWO, INSTEAD],
        (3, 0, 0),
        [TWO, INSTEAD],
    ),
    case(
        "replaced-by-an-earlier-date",
        "merge 4.1",
        "What replaces stands even if it states a time before what it replaces.",
        [ONE, LEFT],
        (2, 0, 0),
        [LEFT],
    ),
    case(
        "a-far-future-replaces-nothing",
        "merge 4.4",
        "Year 9999 puts no event above another that it does not name.",
        [ONE, snapshot(9, created_at="9999-12-31T23:59:59Z")],
        (2, 0, 0),
        [ONE, snapshot(9, created_at="9999-12-31T23:59:59Z")],
    ),
    case(
        "replaces-of-another-form",
        "merge 4.1",
        "An id that does not stand in a list replaces nothing.",
        [ONE, snapshot(9, replaces=ONE["event_id"])],
        (2, 0, 0),
        [ONE, snapshot(9, replaces=ONE["event_id"])],
    ),
    case(
        "another-signer-replaces",
        "merge 4.3",
        "Bob cannot replace what Alice said.",
        [ONE, snapshot(2, "bob", replaces=ids(ONE))],
        (2, 0, 0),
        [ONE, snapshot(2, "bob", replaces=ids(ONE))],
    ),
    case(
        "another-signer-withdraws",
        "merge 4.3",
        "Nor take it back.",
        [ONE, withdrawal(ONE, "bob")],
        (2, 0, 0),
        [ONE, withdrawal(ONE, "bob")],
    ),
    case(
        "withdrawn",
        "merge 4.2",
        "A signer takes back an event of their own; the withdrawal stands.",
        [ONE, TWO, BACK],
        (3, 0, 0),
        [TWO, BACK],
    ),
    case(
        "withdrawal-withdrawn",
        "merge 4.2",
        "A withdrawal is final.",
        [ONE, BACK, withdrawal(BACK)],
        (3, 0, 0),
        [withdrawal(BACK)],
    ),
    case(
        "said-again",
        "merge 4.2",
        "A new event says again what was taken back.",
        [ONE, BACK, ANEW],
        (3, 0, 0),
        [BACK, ANEW],
    ),
    case(
        "withdrawn-before-it-comes",
        "merge 4.3",
        "A withdrawal of what is not there stands and does nothing.",
        [BACK, TWO],
        (2, 0, 0),
        [BACK, TWO],
    ),
    case(
        "fork",
        "merge 5.2",
        "Two successors of one event both stand, and are shown.",
        [ONE, LEFT, RIGHT],
        (3, 0, 0),
        [LEFT, RIGHT],
        (fork(ONE, LEFT, RIGHT),),
    ),
    case(
        "fork-mended",
        "merge 5.2",
        "Replacing both leaves the fork on record.",
        [ONE, LEFT, RIGHT, MENDED],
        (4, 0, 0),
        [MENDED],
        (fork(ONE, LEFT, RIGHT),),
    ),
    case(
        "fork-of-another-signers-event",
        "merge 5.2",
        "Naming another signer's event twice is no fork.",
        [ONE, snapshot(2, "bob", replaces=ids(ONE)), snapshot(3, "bob", replaces=ids(ONE))],
        (3, 0, 0),
        [ONE, snapshot(2, "bob", replaces=ids(ONE)), snapshot(3, "bob", replaces=ids(ONE))],
    ),
    case(
        "two-signers-no-fork",
        "merge 5.2",
        "Successors by two signers are no contradiction of either.",
        [ONE, INSTEAD, snapshot(2, "bob", replaces=ids(ONE))],
        (3, 0, 0),
        [INSTEAD, snapshot(2, "bob", replaces=ids(ONE))],
    ),
    case(
        "two-records",
        "merge 5.1",
        "One signer with two records for one number: the wrong one is invalid, both are shown.",
        [RECORD_EVENT, WRONG_RECORD],
        (1, 1, 0),
        [RECORD_EVENT],
        (two_records(RECORD_EVENT, WRONG_RECORD),),
    ),
    case(
        "two-records-by-two-signers",
        "merge 5.1",
        "Two signers who disagree do not contradict themselves.",
        [RECORD_EVENT, created(OTHER, "bob")],
        (1, 1, 0),
        [RECORD_EVENT],
    ),
    case(
        "two-records-one-forged",
        "merge 5.1",
        "Nobody is accused by a signature that does not hold.",
        [RECORD_EVENT, {**WRONG_RECORD, "signature_b64": signature("nobody", "00" * 32)}],
        (1, 1, 0),
        [RECORD_EVENT],
    ),
    case(
        "two-records-one-foreign",
        "merge 5.1",
        "Nor by content that may not be what was signed.",
        [
            RECORD_EVENT,
            foreign({**body("record_created", WRONG_RECORD["payload"])}, "dd" * 32),
        ],
        (1, 1, 0),
        [RECORD_EVENT],
    ),
    case(
        "integrity-event",
        "merge 1.7",
        "An event of pith.integrity.v1 is signed, and unchecked in everything else.",
        [
            ONE,
            {
                "event_id": 7,
                "event_type": "pith.integrity.v1",
                "payload_sha256": "ee" * 32,
                "signature_b64": signature("alice", "ee" * 32),
                "signing_key_id": "alice",
                "created_at": "2026-05-19T10:00:00Z",
                "payload": {},
            },
        ],
        (1, 0, 1),
        [ONE],
    ),
    case(
        "all-at-once",
        "merge 6",
        "Everything together: nothing but valid events moves what stands.",
        [
            *(ONE, TWO, THREE, BOBS, RECORD_EVENT, WRONG_RECORD, LEFT, RIGHT, FOREIGN),
            *(UNKNOWN, STRANGER, withdrawal(TWO), withdrawal(THREE, "bob"), "junk"),
            {**THREE, "signature_b64": ONE["signature_b64"]},
        ],
        (9, 3, 3),
        [THREE, BOBS, RECORD_EVENT, LEFT, RIGHT, withdrawal(TWO), withdrawal(THREE, "bob")],
        (fork(ONE, LEFT, RIGHT), two_records(RECORD_EVENT, WRONG_RECORD)),
    ),
]
