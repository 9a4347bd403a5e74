"""A document read first and checked later: `Examination`, and the row that is left of a report."""

from __future__ import annotations

import json

import pytest
from samples import (
    LAB,
    ROWS,
    SEED_ROW,
    SIGNED,
    bare,
    bundle,
    copied,
    dump,
    envelope,
    lab_receipt,
)

from pithcore import (
    PITH_KEYRING,
    PLAN,
    Check,
    Conclusion,
    DocumentError,
    Examination,
    ReadError,
    ed25519,
    verify,
)
from pithcore.events import claim_of
from pithcore.report import Finding, Outcome
from pithcore.shell import suffix_line

KEYRING = PITH_KEYRING.with_key(LAB)


def documents() -> list[bytes]:
    """Documents of every verdict: signed, unsigned, forged, and one that states too little."""
    found = [dump(bundle(row)) for row in (*SIGNED[:3], *ROWS[:3])]
    found += [dump(envelope(row, receipt=lab_receipt(row))) for row in ROWS[:2]]
    found += [dump(bare(SEED_ROW)), dump({"canonical_sha256": SEED_ROW["canonical_sha256"]})]
    forged = copied(bundle(SIGNED[0]))
    forged["canonical_record"]["source"]["version"] += 1
    return [*found, dump(forged)]


def test_a_conclusion_is_what_the_report_says() -> None:
    """Each member is as the report of the same document has it, for every verdict."""
    seen = set()
    for data in documents():
        report = verify(data, keyring=KEYRING)
        conclusion = Examination.of(data, keyring=KEYRING).conclusion()
        assert conclusion == Conclusion(
            kind=report.input.kind,
            pith_number=report.subject.pith_number,
            arxiv_id=report.subject.arxiv_id,
            verdict=report.verdict,
            sentence=report.sentence,
            failed=tuple(check.id for check in report.checks if check.outcome is Outcome.FAILED),
            key_id=None if report.key is None else report.key.key_id,
        )
        seen.add(conclusion.verdict.value)
    assert seen == {"verified", "failed", "intact", "unchecked"}


def test_a_report_made_later_is_the_same_report() -> None:
    """Reading and checking apart, or both at once: the same JSON but for the source."""
    for data in documents():
        later = Examination.of(data, keyring=KEYRING).report()
        assert later.to_dict() == verify(data, keyring=KEYRING).to_dict()


def test_the_signatures_named_ahead_are_those_that_are_verified() -> None:
    """`signed_messages` names every one that `report` asks about, receipts before events."""
    asked = []

    def ask(public_key: bytes, message: bytes, signature: bytes) -> bool:
        asked.append((public_key, message, signature))
        return ed25519.verify(public_key, message, signature)

    for data in documents():
        examination = Examination.of(data, keyring=KEYRING, verify_signature=ask)
        ahead = examination.signed_messages()
        assert asked == []
        examination.report()
        assert set(asked) == set(ahead)
        asked.clear()


def test_reading_refuses_before_anything_is_checked() -> None:
    """What cannot be read raises where it is read."""
    with pytest.raises(ReadError):
        Examination.of(b"{")
    with pytest.raises(DocumentError):
        Examination.of(b"{}")


@pytest.mark.parametrize("event", [None, [], "text", {}, {"signer": 1}, {"event_id": 1}])
def test_a_claim_of_anything_is_a_claim(event: object) -> None:
    """An event of any shape says at least that it says nothing."""
    claim = claim_of(event, KEYRING)  # type: ignore[arg-type]
    assert claim == ("event_id", None, None, None, None)
    assert claim.signed is None


def test_a_claim_that_lacks_one_thing_is_not_to_be_verified() -> None:
    """Key, message and signature make a signature to verify, and each is needed."""
    event = bundle(SIGNED[0])["events"][0]
    event["signature_b64"] = SIGNED[0]["signature_b64"]
    signed = claim_of(event, KEYRING).signed
    assert signed is not None
    assert [len(part) for part in signed] == [32, 32, 64]
    for name in ("signature_b64", "event_id", "signer"):
        without = {key: value for key, value in event.items() if key != name}
        assert claim_of(without, KEYRING).signed is None


def test_a_shell_line_is_written_when_it_is_asked_for() -> None:
    """A finding keeps what the line is made of; reading `shell` makes it, each time the same."""
    digest = bytes(32)
    finding = Finding(Outcome.PASSED, "It holds.", shell_by=(suffix_line, digest))
    assert finding.shell == suffix_line(digest) == finding.shell
    assert Finding(Outcome.PASSED, "It holds.").shell is None
    assert Check(PLAN[0], finding).to_dict()["shell"] == suffix_line(digest)
    assert finding == Finding(Outcome.PASSED, "It holds.", shell_by=(suffix_line, digest))


def test_equal_copies_that_python_takes_for_equal_are_told_apart() -> None:
    """1, 1.0 and true are three values to a hash: a copy that swaps them is another record."""
    row = SIGNED[0]
    for other in (1.0, True):
        document = bundle(row)
        document["canonical_record"]["source"]["version"] = 1
        created = document["events"][0]["payload"]["canonical_record"]
        created["source"]["version"] = other
        assert json.dumps(document["canonical_record"]) != json.dumps(created)
        report = verify(dump(document))
        assert report.check("form.agreement").outcome is Outcome.FAILED
