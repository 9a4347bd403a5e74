"""The five checks of completeness (completeness 3 to 5), as a report shows them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from claims import (
    AUTHOR,
    CAPTURE,
    CAPTURED,
    ORCID,
    OTHER,
    authored,
    claim,
    did,
    named_by_did,
    stamped,
    taken_back,
)
from histories import (
    ALICE,
    BOB,
    DIGEST,
    NUMBER,
    RECORD,
    RING,
    STRANGER,
    Event,
    verify_once,
    withdrawal,
)
from stamps import (
    CALENDARS,
    FORKED,
    SHA,
    block,
    chain,
    checkpoint,
    fresh,
    hash_of,
    mine,
    stamp,
    unknown,
)

from pithcore import Finding, Report, make_bundle, make_record, verify
from pithcore.checks.completeness import MAX_LISTED
from pithcore.checks.stamped import MAX_PROOFS
from pithcore.checks.statements import MAX_SELF_SIGNED
from pithcore.material import VerificationMaterial
from pithcore.orcid import OrcidAnswer
from pithcore.timestamp import ExplorerAnswer, serialize
from pithcore.wayback import CaptureAnswer

CHECKS = ("timestamp", "archive", "author", "citations", "replications")
SAID = ("externally_anchored", "storage_verified", "author_attested", "citation_signatures")


def report_on(*events: Any, status: Any = None, **material: Any) -> Report:
    """The report on a bundle of the events, with the server's word and what a reader brings."""
    document: Event = {**make_bundle(RECORD), "events": [*events]}
    if status is not None:
        document["verification_status"] = status
    return verify(
        json.dumps(document).encode(),
        keyring=RING,
        verify_signature=verify_once,
        material=VerificationMaterial(**material),
    )


def check(name: str, *events: Any, status: Any = None, **material: Any) -> Finding:
    """One of the five checks."""
    return report_on(*events, status=status, **material).check(f"completeness.{name}").finding


def said(one: Finding) -> tuple[str, str]:
    """Outcome and message."""
    return one.outcome.value, one.message


# --- nothing found


@pytest.mark.parametrize("name", CHECKS)
def test_nothing_claimed(name: str) -> None:
    """Without a word of the server's, and nothing carried, there is nothing to check."""
    assert said(check(name)) == ("not_applicable", "Nothing of the kind is claimed.")
    assert check(name).evidence == {}


@pytest.mark.parametrize("name", CHECKS)
def test_the_server_claims_nothing(name: str) -> None:
    """The row says what would begin it."""
    status = dict.fromkeys((*SAID, "replication_records"), 0)
    one = check(name, status=status)
    assert said(one) == ("not_applicable", "Nothing of the kind is claimed.")
    assert one.evidence["claimed_by_server"] == 0
    assert one.evidence["found"] == "Nothing."
    assert one.evidence["difference"] == ""
    assert str(one.evidence["next_step"]).endswith(".")


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("timestamp", {"externally_anchored": True}, "that the digest is anchored in Bitcoin"),
        ("archive", {"storage_verified": True}, "that the paper is archived"),
        ("author", {"author_attested": "orcid"}, "that an author claims the record"),
        ("citations", {"citation_signatures": 3}, "that signed citations point at it"),
        ("replications", {"replication_records": 1}, "that replications are recorded"),
    ],
)
def test_the_servers_word_alone(name: str, status: dict[str, Any], sentence: str) -> None:
    """Claimed and not carried: unchecked, in words that do not pass for a check."""
    one = check(name, status=status)
    assert one.outcome == "unchecked"
    assert one.reason == "not_stated"
    assert one.message.startswith(f"The server says {sentence} (")
    assert one.message.endswith("The document carries nothing that shows it.")
    assert one.evidence["difference"] == (
        "The server says so, and the document carries nothing that shows it."
    )


# --- standing


def test_each_standing_is_counted() -> None:
    """Known, unknown and withdrawn signers side by side; only the first is counted."""
    good, gone = claim("citation"), claim("citation", relation="cites")
    unknown_one = claim("citation", STRANGER)
    by_itself = claim("citation", AUTHOR)
    one = check("citations", good, gone, taken_back(gone, ALICE), unknown_one, by_itself)
    assert one.evidence["found"] == (
        "4 events: 1 signed by a key of the keyring, 1 signed by the key it names, 1 by an unknown "
        "signer, 1 taken back by its signer."
    )
    assert said(one) == (
        "passed",
        (
            "1 citation, signed by alice. 2 by unknown signers are listed and not counted. "
            "Whether they are right is the signer's word."
        ),
    )
    items = one.evidence["items"]
    assert isinstance(items, list)
    assert sorted(item["standing"] for item in items) == [
        "counted",
        "self_signed",
        "unknown",
        "withdrawn",
    ]


def test_order_and_repetition_change_nothing() -> None:
    """The rows are functions of the set of events."""
    events = [claim("citation"), claim("citation", BOB), authored(), claim("replication")]
    shown = [
        report_on(*order).to_dict()["checks"] for order in (events, [*events[::-1], events[0]])
    ]
    for one, other in zip(*shown, strict=True):
        if one["id"].startswith("completeness."):
            assert one == other


def test_a_broken_signature_under_ones_own_name_is_refused() -> None:
    """A claim that its key did not sign is forged or damaged, and is not passed over."""
    forged = {**authored(), "signature_b64": authored(named_by_did(BOB))["signature_b64"]}
    report = report_on(forged)
    assert report.verdict == "failed"
    one = report.check("completeness.author").finding
    assert one.outcome == "failed"
    assert one.message.startswith(
        "An author claim is refused. The signature is not one by did:key:"
    )


def test_the_events_checks_do_not_take_a_named_key_for_a_known_one() -> None:
    """Only the completeness row looks at such signatures."""
    one = report_on(authored()).check("events.signatures").finding
    assert (one.outcome, one.reason) == ("unchecked", "unknown_signer")


def test_self_signed_events_are_bounded() -> None:
    """Anybody can write as many as fit; each costs a verification."""
    events = [claim("citation", AUTHOR, note=str(n)) for n in range(MAX_SELF_SIGNED + 3)]
    found = str(check("citations", *events).evidence["found"])
    assert f"{MAX_SELF_SIGNED} signed by the key it names, 3 by an unknown signer" in found


def test_a_name_that_is_no_did_key() -> None:
    """It is a key that is not here."""
    event = {**claim("citation", STRANGER)}
    event["signer"] = {"key_id": "did:key:zNothing"}
    assert "1 by an unknown signer" in str(check("citations", event).evidence["found"])
    del event["signer"]
    one = check("citations", event)
    assert isinstance(one.evidence["items"], list)
    assert one.evidence["items"][0]["signer"] == "nobody"


def test_a_list_is_cut_and_its_count_is_whole() -> None:
    """A document may carry thousands."""
    events = [claim("citation", STRANGER, note=str(n)) for n in range(MAX_LISTED + 5)]
    one = check("citations", *events)
    assert len(one.evidence["items"]) == MAX_LISTED
    assert (
        one.message
        == f"All {MAX_LISTED + 5} citations are by unknown signers: listed, not counted."
    )


def test_a_document_without_a_record() -> None:
    """There is nothing that the events could be about."""
    data = json.dumps(
        {
            "bundle_type": "pith_open_graph_bundle",
            "events": [claim("citation")],
            "canonical_sha256": DIGEST,
        }
    ).encode()
    report = verify(data, keyring=RING, material=VerificationMaterial(timestamp=b"x"))
    assert report.check("completeness.citations").finding.outcome == "not_applicable"
    assert said(report.check("completeness.timestamp").finding) == (
        "unchecked",
        "Not run: the document carries no record.",
    )


# --- timestamp

RAW = bytes.fromhex(DIGEST)
ROOT = hashlib.sha256(RAW).digest()
HEADERS = chain(2_016_000, [ROOT if height == 3 else bytes([height]) * 32 for height in range(6)])
TABLE = checkpoint(2_016_005, HEADERS[2_016_005])
PROOF = serialize(stamp(SHA, block(2_016_003), digest=RAW))
"""The record's digest in block 2,016,003 of a chain made here, whose last block is a checkpoint."""

DAY = "15 November 2023"
FORGED = {**HEADERS, 2_016_003: mine(hash_of(HEADERS[2_016_002]), b"\x99" * 32)}


def test_a_promise() -> None:
    """Calendars have it, and no time is proven."""
    one = check("timestamp", timestamp=serialize(fresh()._replace(digest=RAW)))
    assert (one.outcome, one.reason) == ("unchecked", "not_fetched")
    assert one.message.startswith("Promised by calendars https://alice.calendar.example")
    assert one.evidence["level"] == "promised"
    assert one.evidence["found"] == "A proof beside the document."
    assert "pith timestamp upgrade" in str(one.evidence["next_step"])
    assert len(CALENDARS) == one.evidence["proof"]["attestation_count"]


@pytest.mark.parametrize("brought", [True, False])
def test_levels_of_a_proof(brought: bool) -> None:
    """Brought along or in an event, it climbs with what is known of the chain."""
    events, material = ([], {"timestamp": PROOF}) if brought else ([stamped(PROOF)], {})
    one = check("timestamp", *events, **material)
    assert (one.outcome, one.reason) == ("unchecked", "not_fetched")
    assert one.evidence["level"] == "commits"
    only = {2_016_003: HEADERS[2_016_003]}
    one = check("timestamp", *events, headers=only, checkpoints=TABLE, **material)
    assert (one.outcome, one.evidence["level"]) == ("unchecked", "header_matches")
    assert one.evidence["no_later_than"] is None
    one = check("timestamp", *events, headers=HEADERS, checkpoints=TABLE, **material)
    assert (one.outcome, one.evidence["level"]) == ("passed", "linked")
    assert one.evidence["no_later_than"] == "2023-11-15"
    assert f"no later than {DAY}" in one.message
    assert one.evidence["next_step"] == ""
    assert one.evidence["difference"] == ""


def test_a_table_that_was_brought_is_named() -> None:
    """Whose checkpoints they are, is what the timestamp rests on."""
    words = "It was held against the table of checkpoints that was brought along."
    one = check("timestamp", timestamp=PROOF, headers=HEADERS, checkpoints=TABLE)
    assert one.message.endswith(words)
    one = check("timestamp", timestamp=PROOF, headers=HEADERS)
    assert words not in one.message
    assert words not in check("timestamp", timestamp=PROOF, checkpoints=TABLE).message


@pytest.mark.parametrize("height", [2_015, 2_016 + 5])
def test_a_table_that_contradicts_the_verifiers_own(height: int) -> None:
    """Another block where ours knows one, or other bits: it is not used, and that is said."""
    headers = chain(height, [ROOT])
    proof = serialize(stamp(SHA, block(height), digest=RAW))
    table = checkpoint(height, headers[height])
    one = check("timestamp", timestamp=proof, headers=headers, checkpoints=table)
    assert one.outcome == "failed"  # by our own table the header is forged
    first = 0 if height == 2_015 else 2_016
    assert one.message.endswith(
        f"The table of checkpoints that was brought along contradicts this verifier's own at block "
        f"{first:,}, so it was not used."
    )


def test_a_file_of_headers() -> None:
    """It starts with the block that the proof names, which its merkle root tells."""
    data = b"".join(HEADERS[height] for height in range(2_016_003, 2_016_006))
    one = check("timestamp", timestamp=PROOF, headers=data, checkpoints=TABLE)
    assert (one.outcome, one.evidence["level"]) == ("passed", "linked")
    two = serialize(stamp(FORKED, block(2_000_000), SHA, block(2_016_003), digest=RAW))
    one = check("timestamp", timestamp=two, headers=data, checkpoints=TABLE)
    assert (one.outcome, one.evidence["level"]) == ("passed", "linked")
    one = check("timestamp", timestamp=PROOF, headers=HEADERS[2_016_002], checkpoints=TABLE)
    assert (one.outcome, one.evidence["level"]) == ("failed", "contradicted")


@pytest.mark.parametrize("headers", [HEADERS[2_016_003] + b"x", b""])
def test_headers_that_cannot_be_read(headers: bytes) -> None:
    """Said; it is not the record that is at fault."""
    one = check("timestamp", timestamp=PROOF, headers=headers, checkpoints=TABLE)
    assert (one.outcome, one.reason) == ("unchecked", "unsupported")
    assert one.message.startswith("The headers cannot be read. A file of block headers ")


def test_headers_for_a_promise() -> None:
    """There is no block yet that they could lead on from."""
    promise = serialize(fresh()._replace(digest=RAW))
    one = check("timestamp", timestamp=promise, headers=HEADERS[2_016_003], checkpoints=TABLE)
    assert one.evidence["level"] == "promised"


def test_explorers() -> None:
    """Their word passes when none of them differs."""
    answers = [ExplorerAnswer(name, 2_016_003, HEADERS[2_016_003]) for name in ("one", "two")]
    one = check("timestamp", timestamp=PROOF, checkpoints=TABLE, explorers=tuple(answers))
    assert (one.outcome, one.evidence["level"]) == ("passed", "reported")
    assert "no explorer's word is needed" in str(one.evidence["next_step"])
    answers[1] = ExplorerAnswer("two", 2_016_003, FORGED[2_016_003])
    one = check("timestamp", timestamp=PROOF, checkpoints=TABLE, explorers=tuple(answers))
    assert one.outcome == "unchecked"
    assert "Explorers disagree" in one.message


@pytest.mark.parametrize(
    ("proof", "headers", "level", "sentence"),
    [
        (b"\x00OpenTimestamps", {}, "malformed", "The timestamp proof cannot be read. "),
        (PROOF[:-1], {}, "malformed", "The timestamp proof cannot be read. "),
        (b"\xf0", {}, "malformed", "The timestamp proof cannot be read. "),
        (
            serialize(stamp(SHA, block(2_016_003))),
            {},
            "other_bytes",
            "The proof is for other bytes",
        ),
        (PROOF, FORGED, "header_refused", "does not name the block before it"),
        (serialize(stamp(block(2_016_003), digest=RAW)), HEADERS, "contradicted", ""),
    ],
)
def test_a_proof_that_fails(
    proof: bytes, headers: dict[int, bytes], level: str, sentence: str
) -> None:
    """And with it the document, brought along or not, whoever signed the event."""
    for report in (
        report_on(timestamp=proof, headers=headers, checkpoints=TABLE),
        report_on(stamped(proof, STRANGER), headers=headers, checkpoints=TABLE),
    ):
        one = report.check("completeness.timestamp").finding
        assert report.verdict == one.outcome == "failed"
        assert one.evidence["level"] == level
        assert sentence in one.message
        assert one.evidence["next_step"] == "Bring the proof that was made for this record."


def test_a_response_of_a_newer_kind() -> None:
    """A tag that a newer reader may know is no failure."""
    newer = serialize(stamp(SHA, unknown(), digest=RAW)._replace(hash_name=None))
    one = check("timestamp", timestamp=newer)
    assert (one.outcome, one.reason) == ("unchecked", "unsupported")
    one = check("timestamp", timestamp=b"\x09" + newer)
    assert one.evidence["level"] in ("unsupported", "malformed")


def test_a_calendars_bare_response() -> None:
    """It has no first line: it is read over the record's digest."""
    response = serialize(stamp(SHA, block(2_016_003), digest=RAW)._replace(hash_name=None))
    one = check("timestamp", timestamp=response, headers=HEADERS, checkpoints=TABLE)
    assert (one.outcome, one.evidence["level"]) == ("passed", "linked")


def test_several_proofs() -> None:
    """The best one counts, unless one fails."""
    promise, bad = serialize(fresh()._replace(digest=RAW)), serialize(stamp(SHA, block(2_016_003)))
    known = {"headers": HEADERS, "checkpoints": TABLE}
    one = check("timestamp", stamped(promise), stamped(PROOF, BOB), **known)
    assert (one.outcome, one.evidence["level"]) == ("passed", "linked")
    assert [item["proof"] for item in one.evidence["items"]] != []
    one = check("timestamp", stamped(promise), stamped(bad), timestamp=PROOF, **known)
    assert (one.outcome, one.evidence["level"]) == ("failed", "other_bytes")


def test_a_withdrawn_proof_is_not_looked_at() -> None:
    """What its signer took back is not held against the record."""
    bad = stamped(serialize(stamp(SHA, block(2_016_003))))
    one = check("timestamp", bad, taken_back(bad, ALICE))
    assert said(one) == ("unchecked", "Not run: the document has no proof that can be read.")


def test_as_many_proofs_as_are_looked_at() -> None:
    """Each costs an evaluation, and one is enough."""
    proofs = [
        stamped(serialize(stamp(SHA, block(height), digest=RAW)))
        for height in range(3000, 3000 + MAX_PROOFS + 2)
    ]
    assert len(check("timestamp", *proofs).evidence["items"]) == MAX_PROOFS


@pytest.mark.parametrize(
    ("submitted_at", "outcome"),
    [("2023-11-15T00:00:00Z", "passed"), ("2023-11-16T00:00:00Z", "failed")],
)
def test_a_record_of_the_future(submitted_at: str, outcome: str) -> None:
    """A block cannot hold a record that names a day after it; a clock may err by a day."""
    record = make_record(
        source_id="2311.00001",
        version=1,
        title="T",
        abstract="A",
        submitted_at=submitted_at,
        primary_cat="cs.LG",
    )
    digest = hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode())
    root = hashlib.sha256(digest.digest()).digest()
    headers = chain(2_016_000, [root, bytes(32)])
    material = VerificationMaterial(
        timestamp=serialize(stamp(SHA, block(2_016_000), digest=digest.digest())),
        headers=headers,
        checkpoints=checkpoint(2_016_001, headers[2_016_001]),
    )
    one = (
        verify(json.dumps(record).encode(), material=material)
        .check("completeness.timestamp")
        .finding
    )
    assert one.outcome == outcome
    assert ("knew a date that was still to come" in one.message) is (outcome == "failed")


def test_a_record_without_a_time() -> None:
    """Nothing to hold the block against."""
    record = {**RECORD, "metadata": {**RECORD["metadata"], "submitted_at": "some day"}}
    digest = hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode())
    headers = chain(2_016_000, [hashlib.sha256(digest.digest()).digest()])
    material = VerificationMaterial(
        timestamp=serialize(stamp(SHA, block(2_016_000), digest=digest.digest())),
        headers=headers,
        checkpoints=checkpoint(2_016_000, headers[2_016_000]),
    )
    report = verify(json.dumps(record).encode(), material=material)
    assert report.check("completeness.timestamp").finding.outcome == "passed"


# --- archive

ANSWER = CaptureAnswer(CAPTURE, "20260519120000", bytes(20), "200", CAPTURED, "2026-11-01")


def captured(
    *, signer: Any = ALICE, url: str = CAPTURE, at: str = CAPTURED, **material: Any
) -> Finding:
    """The check with one capture."""
    return check(
        "archive", claim("archive_capture", signer, capture_url=url, captured_at=at), **material
    )


def test_a_capture_offline() -> None:
    """Named, and not fetched."""
    one = captured(now="2026-11-27T00:00:00Z")
    assert said(one) == (
        "unchecked",
        "alice names a capture of 2026-05-19; it was not fetched.",
    )
    assert one.reason == "not_fetched"
    assert "pith verify --archive" in str(one.evidence["next_step"])
    assert one.evidence["items"][0]["capture_url"] == CAPTURE


@pytest.mark.parametrize(
    ("url", "at", "sentence"),
    [
        (
            CAPTURE.replace("20260519", "20180519"),
            "2018-05-19T12:00:00Z",
            "before the paper was submitted on",
        ),
        (CAPTURE[:-1] + "2", CAPTURED, "one of another paper or version"),
        (CAPTURE.replace("1906", "1907"), CAPTURED, "one of another paper or version"),
    ],
)
def test_a_capture_that_contradicts_the_record(url: str, at: str, sentence: str) -> None:
    """Without asking anybody."""
    one = captured(url=url, at=at)
    assert one.outcome == "failed"
    assert sentence in one.message


def test_a_capture_still_to_come() -> None:
    """Against the reader's clock, where there is one."""
    one = captured(now="2026-05-19T11:59:59Z")
    assert said(one) == (
        "failed",
        "A capture of 2026-05-19T12:00:00Z is named, which is still to come.",
    )


def test_a_capture_of_another_address() -> None:
    """It may be the paper all the same."""
    url = "https://web.archive.org/web/20260519120000/https://example.org/paper.pdf"
    one = captured(url=url)
    assert one.outcome == "unchecked"
    assert "an address that is none of the record's" in one.message


@pytest.mark.parametrize(
    ("change", "outcome", "sentence"),
    [
        ({}, "passed", "and the archive, read on 2026-11-01, holds it."),
        ({"memento_time": None}, "passed", "holds it."),
        ({"status": "-"}, "passed", "holds it."),
        ({"stamp": None}, "unchecked", "does not list it"),
        ({"stamp": "20260519120001"}, "unchecked", "has one of 2026-05-19T12:00:01Z instead"),
        ({"memento_time": "2026-05-20T12:00:00Z"}, "unchecked", "one of 2026-05-20T12:00:00Z"),
        ({"status": "404"}, "unchecked", "with the HTTP status 404"),
    ],
)
def test_what_the_archive_answers(change: dict[str, Any], outcome: str, sentence: str) -> None:
    """Only this very capture, answered with 200, passes."""
    one = captured(captures=(ANSWER._replace(capture_url="x"), ANSWER._replace(**change)))
    assert one.outcome == outcome
    assert sentence in one.message


@pytest.mark.parametrize(
    ("sha1", "sentence"),
    [(bytes(20), "It is the PDF in hand"), (b"1" * 20, "is not the PDF in hand")],
)
def test_the_pdf_in_hand(sha1: bytes, sentence: str) -> None:
    """Byte for byte, or said not to be."""
    assert sentence in captured(captures=(ANSWER,), pdf_sha1=sha1).message
    assert "in hand" not in captured(captures=(ANSWER._replace(sha1=None),), pdf_sha1=sha1).message


def test_captures_side_by_side() -> None:
    """One that holds is worth more than one not fetched, and a contradiction outweighs both."""
    good, late = (
        claim("archive_capture"),
        claim(
            "archive_capture",
            capture_url=CAPTURE.replace("20260519", "20260601"),
            captured_at="2026-06-01T12:00:00Z",
        ),
    )
    assert check("archive", good, late, captures=(ANSWER,)).outcome == "passed"
    bad = claim("archive_capture", BOB, capture_url=CAPTURE[:-1] + "2")
    assert check("archive", good, late, bad, captures=(ANSWER,)).outcome == "failed"


def test_a_refused_capture() -> None:
    """What the event lacks is the sentence."""
    one = captured(at="2026-05-19T12:00:01Z")
    assert one.outcome == "failed"
    assert "and its address says" in one.message


def test_captures_taken_back() -> None:
    """None is left."""
    event = claim("archive_capture")
    assert said(check("archive", event, taken_back(event, ALICE))) == (
        "not_applicable",
        "Every capture that was named was taken back by its signer.",
    )


# --- author

LISTED = OrcidAnswer(ORCID, (did(BOB), did()), "2026-11-01")


def test_a_claim_offline() -> None:
    """Which key claims which iD."""
    one = check("author", authored())
    assert said(one) == (
        "unchecked",
        (
            f"Signed by the key {did()}, which claims ORCID iD {ORCID}. No answer of ORCID's says "
            "whether it lists the key."
        ),
    )
    assert one.reason == "not_fetched"
    assert "websites of their ORCID record" in str(one.evidence["next_step"])


def test_a_claim_that_orcid_confirms() -> None:
    """Both sides name each other."""
    one = check("author", authored(), orcid=(LISTED,))
    assert said(one) == ("passed", f"ORCID iD {ORCID} lists the key {did()}, read on 2026-11-01.")
    assert one.evidence["next_step"] == ""


@pytest.mark.parametrize(
    "answer",
    [LISTED._replace(did_keys=()), LISTED._replace(did_keys=(did(BOB),))],
)
def test_a_claim_that_orcid_does_not_confirm(answer: OrcidAnswer) -> None:
    """Not yet published, or somebody else's iD: unchecked, and said."""
    one = check("author", authored(), orcid=(answer,))
    assert one.outcome == "unchecked"
    assert "read on 2026-11-01, does not list the key" in one.message


def test_an_answer_on_another_id() -> None:
    """It says nothing of this one."""
    other = LISTED._replace(orcid="0000-0001-5109-3700")
    assert "No answer of ORCID's" in check("author", authored(), orcid=(other,)).message


def test_a_claim_by_a_key_of_the_keyring() -> None:
    """The keyring does not speak for ORCID."""
    ring = RING.with_key(AUTHOR.key)
    data = json.dumps({**make_bundle(RECORD), "events": [authored()]}).encode()
    one = verify(data, keyring=ring).check("completeness.author").finding
    assert one.outcome == "unchecked"
    assert str(one.evidence["found"]) == "1 event: 1 signed by a key of the keyring."


def test_a_claim_taken_back_by_its_own_key() -> None:
    """And by no other."""
    event = authored()
    one = check("author", event, withdrawal(event, AUTHOR))
    assert said(one) == ("not_applicable", "Every author claim was taken back by its own key.")
    assert "was taken back by its own key" in one.evidence["items"][0]["sentence"]
    assert check("author", event, withdrawal(event, ALICE)).outcome == "unchecked"
    assert check("author", event, withdrawal(event, named_by_did(BOB))).outcome == "unchecked"


def test_a_claim_whose_signature_was_not_checked() -> None:
    """Without a signature there is nothing to check."""
    event = authored()
    del event["signature_b64"]
    one = check("author", event)
    assert said(one) == ("unchecked", "The signature of the author claim was not checked.")
    assert one.reason == "unknown_signer"


def test_a_claim_on_another_record() -> None:
    """Refused, with the events' own checks."""
    report = report_on(authored(canonical_sha256="ab" * 32))
    assert report.verdict == "failed"
    assert "is another record's" in report.check("completeness.author").finding.message


def test_several_claims() -> None:
    """One that ORCID confirms is enough; a refused one is said first."""
    by_bob = authored(named_by_did(BOB), orcid="https://orcid.org/0000-0001-5109-3700")
    one = check("author", by_bob, authored(), orcid=(LISTED,))
    assert one.outcome == "passed"
    assert len(one.evidence["items"]) == 2


# --- citations and replications


def test_directions() -> None:
    """Inbound where the record is cited, outbound where it cites."""
    out, into = claim("citation"), claim("citation", citing=OTHER, cited=str(NUMBER))
    one = check("citations", out, into)
    assert {item["direction"] for item in one.evidence["items"]} == {"inbound", "outbound"}
    assert {item["pith_number"] for item in one.evidence["items"]} == {OTHER}
    assert one.message.startswith("2 citations, signed by alice. Whether they are right")


@pytest.mark.parametrize(
    ("name", "event_type", "words"),
    [
        ("citations", "citation", "The citation is by an unknown signer: listed, not counted."),
        (
            "replications",
            "replication",
            "The replication record is by an unknown signer: listed, not counted.",
        ),
    ],
)
def test_an_unknown_signer_is_listed_and_not_counted(
    name: str, event_type: str, words: str
) -> None:
    """It never passes."""
    for signer in (STRANGER, AUTHOR):
        one = check(name, claim(event_type, signer))
        assert said(one) == ("unchecked", words)
        assert one.reason == "unknown_signer"
        assert one.evidence["items"][0]["signer"] == signer.key.key_id


def test_replications() -> None:
    """Kind, evidence and signer are shown."""
    one = check("replications", claim("replication", kind="falsification"))
    assert said(one) == (
        "passed",
        "1 replication record, signed by alice. Whether they are right is the signer's word.",
    )
    item = one.evidence["items"][0]
    assert (item["kind"], item["evidence"]["note"]) == ("falsification", "Chapter 2.")


@pytest.mark.parametrize(
    ("name", "event_type"), [("citations", "citation"), ("replications", "replication")]
)
def test_links_that_are_refused_or_taken_back(name: str, event_type: str) -> None:
    """A refused one fails, one taken back is gone."""
    bad = claim(event_type, relation="x", kind="x")
    assert check(name, bad).outcome == "failed"
    good = claim(event_type)
    one = check(name, good, taken_back(good, ALICE))
    assert said(one) == ("not_applicable", "Every one of them was taken back by its signer.")


# --- the server's word


@pytest.mark.parametrize(
    ("name", "events", "status", "difference"),
    [
        ("citations", 2, {"citation_signatures": 2}, ""),
        (
            "citations",
            2,
            {"citation_signatures": 0},
            "The server counts 0 (citation_signatures); 2 can be counted here.",
        ),
        ("citations", 2, {"citation_signatures": "many"}, ""),
        ("author", 1, {"author_attested": True}, ""),
        (
            "author",
            1,
            {"author_attested": False},
            "The server does not say that an author claims the record (author_attested: false).",
        ),
        (
            "archive",
            0,
            {"storage_verified": True},
            "The server says that the paper is archived; what is here does not show it.",
        ),
        ("archive", 1, {"storage_verified": True}, ""),
    ],
)
def test_the_servers_word_beside_ours(
    name: str, events: int, status: dict[str, Any], difference: str
) -> None:
    """A difference is said, in both directions, and changes no outcome."""
    made = {
        "citations": [claim("citation"), claim("citation", BOB)],
        "author": [authored()],
        "archive": [claim("archive_capture", ALICE if events else STRANGER)],
    }[name]
    one, without = check(name, *made, status=status), check(name, *made)
    assert one.evidence["difference"] == difference
    assert one.message.endswith(difference)
    assert one.outcome == without.outcome
    assert one.evidence["claimed_by_server"] == next(iter(status.values()))


def test_a_claimed_anchor() -> None:
    """A promise does not show it, a commitment does."""
    status = {"externally_anchored": True}
    promise = serialize(fresh()._replace(digest=RAW))
    assert (
        "what is here does not show it"
        in check("timestamp", status=status, timestamp=promise).message
    )
    assert check("timestamp", status=status, timestamp=PROOF).evidence["difference"] == ""
    one = check("timestamp", status={"externally_anchored": False}, timestamp=PROOF)
    assert "The server does not say that the digest is anchored" in one.message
