"""The verdict that follows from the checks: never better than its worst part."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from samples import ROWS, SEED_ROW, SIGNED, bare, dump, envelope, outcomes

from pithcore import PLAN, Check, Finding, Outcome, QueryError, Reason, Verdict, verify
from pithcore.number import PithNumber
from pithcore.query import ArxivId
from pithcore.report import HEADLINES, verdict_of

DECISIVE = (
    "form.record",
    "identity.digest",
    "identity.number",
    "identity.requested",
    "receipt.key",
    "receipt.signature",
)
RANK = {Verdict.FAILED: 0, Verdict.UNCHECKED: 1, Verdict.INTACT: 2, Verdict.VERIFIED: 3}


def checks(
    given: dict[str, Outcome], rest: Outcome, reason: Reason = Reason.UNSUPPORTED
) -> list[Check]:
    """A whole run with the outcomes given, and `rest` for every other check."""
    found = []
    for planned in PLAN:
        outcome = given.get(planned.id, rest)
        why = reason if outcome is Outcome.UNCHECKED else None
        found.append(Check(planned, Finding(outcome, "It is so.", why)))
    return found


ALL = [
    dict(zip(DECISIVE, combination, strict=True))
    for combination in product(Outcome, repeat=len(DECISIVE))
]


def test_verified_needs_identity_key_and_signature() -> None:
    """Of all 4,096 combinations, exactly those with record, identity, key and signature verify."""
    for given in ALL:
        expected = (
            Outcome.FAILED not in given.values()
            and given["form.record"] is not Outcome.UNCHECKED
            and given["identity.digest"] is not Outcome.UNCHECKED
            and Outcome.PASSED
            in (given["identity.digest"], given["identity.number"], given["identity.requested"])
            and given["receipt.key"] is given["receipt.signature"] is Outcome.PASSED
        )
        found = verdict_of(checks(given, Outcome.NOT_APPLICABLE))
        assert (found is Verdict.VERIFIED) is expected, given


@pytest.mark.parametrize("planned", PLAN, ids=[planned.id for planned in PLAN])
def test_any_failure_decides(planned: Any) -> None:
    """Whatever else passed, one failed check makes the verdict failed."""
    run = checks({planned.id: Outcome.FAILED}, Outcome.PASSED)
    assert verdict_of(run) is Verdict.FAILED


def test_a_worse_check_never_makes_a_better_verdict() -> None:
    """Turning one passed check into failed, unchecked or not applicable never improves it."""
    for given in ALL:
        before = RANK[verdict_of(checks(given, Outcome.PASSED))]
        for check_id in DECISIVE:
            if given[check_id] is Outcome.PASSED:
                for worse in (Outcome.FAILED, Outcome.UNCHECKED, Outcome.NOT_APPLICABLE):
                    after = verdict_of(checks({**given, check_id: worse}, Outcome.PASSED))
                    assert RANK[after] <= before, (given, check_id, worse)


def test_every_verdict_has_a_headline_and_they_differ() -> None:
    """A reader of the headline alone is not misled."""
    assert set(HEADLINES) == set(Verdict)
    assert len(set(HEADLINES.values())) == len(Verdict)


def test_an_unusual_record_that_is_signed_is_verified() -> None:
    """A departure that is not known to be wrong does not undo a signature."""
    given = dict.fromkeys(DECISIVE, Outcome.PASSED)
    given["form.record"] = Outcome.UNCHECKED
    run = checks(given, Outcome.PASSED, Reason.RULE_NOT_PUBLISHED)
    assert verdict_of(run) is Verdict.VERIFIED


ROW = SIGNED[0]


@pytest.mark.parametrize(
    "asked",
    [
        ROW["pith"],
        ROW["pith"].split(":")[2].lower(),
        "pith:" + ROW["pith"][10:18],
        f"https://pith.science/pith/{ROW['pith'][10:]}",
        PithNumber.parse(ROW["pith"]),
        ROW["arxiv"],
        f"arXiv:{ROW['arxiv']}v1",
        ArxivId(ROW["arxiv"]),
    ],
)
def test_the_record_asked_for_passes(asked: Any) -> None:
    """Every form of the question finds its record."""
    report = verify(dump(envelope(ROW)), expect=asked)
    assert report.verdict == "verified"
    assert outcomes(report)["identity.requested"] == "passed"


@pytest.mark.parametrize(
    "asked",
    [
        SIGNED[1]["pith"],
        "pith:2016" + ROW["pith"][9:],
        "pith:" + SIGNED[1]["pith"][10:18],
        SIGNED[1]["arxiv"],
        f"{ROW['arxiv']}v2",
    ],
)
def test_a_good_record_that_was_not_asked_for_fails(asked: str) -> None:
    """Attack: a server answers with another record that is itself genuine."""
    report = verify(dump(envelope(ROW)), expect=asked)
    assert report.verdict == "failed"
    finding = report.check("identity.requested").finding
    assert finding.outcome == "failed"
    assert finding.expected
    assert finding.found != finding.expected


def test_old_arxiv_ids_are_found_in_any_letter_case() -> None:
    """`HEP-LAT/0305021` asks for the same paper as `hep-lat/0305021`."""
    row = next(row for row in ROWS if row["arxiv"] == "hep-lat/0305021")
    report = verify(dump(envelope(row)), expect="https://arxiv.org/abs/HEP-LAT/0305021v1")
    assert report.verdict == "verified"


def test_a_bare_record_is_intact_only_under_the_number_asked_for() -> None:
    """A bare record is held against the number asked for; its arXiv id alone binds nothing."""
    data = dump(bare(SEED_ROW))
    assert verify(data).verdict == "unchecked"
    assert verify(data, expect=SEED_ROW["pith"]).verdict == "intact"
    report = verify(data, expect=SEED_ROW["arxiv"])
    assert report.verdict == "unchecked"
    assert report.check("identity.requested").finding.reason == "not_stated"


def test_an_invented_record_of_the_paper_asked_for_is_not_intact() -> None:
    """Attack: asked for an arXiv id, a server invents a record with that id."""
    value = bare(SEED_ROW)
    value["metadata"]["title_canon_sha256"] = "0" * 64
    assert verify(dump(value), expect=SEED_ROW["arxiv"]).verdict == "unchecked"


def test_an_expectation_that_names_nothing_is_a_query_error() -> None:
    """What the reader asks for is read before the document is."""
    with pytest.raises(QueryError):
        verify(dump(bare(SEED_ROW)), expect="not a number")


def test_the_sentence_of_a_failure_counts_the_others() -> None:
    """One failure is told in full, the rest are counted."""
    value = envelope(ROW, canonical_sha256="0" * 64)
    one = verify(dump(value))
    more = verify(dump({**value, "pith_number": SIGNED[1]["pith"]}))
    assert one.sentence == one.check("identity.digest").finding.message
    assert more.sentence == f"{one.sentence} (2 more did not hold.)"


def test_limits_always_say_what_a_verdict_does_not_show() -> None:
    """Every report says that the paper may be wrong; a signed one that its time is not signed."""
    for data in (dump(envelope(ROW)), dump(envelope(SEED_ROW)), dump(bare(SEED_ROW))):
        report = verify(data)
        assert any("paper is right" in limit for limit in report.limits)
        assert any("when it was signed" in limit for limit in report.limits) is bool(report.key)
    assert any("anybody can compute" in one for one in verify(dump(envelope(SEED_ROW))).limits)
