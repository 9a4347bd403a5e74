"""Documents (protocol 2, 5 to 7): each shape is understood, and no two statements may disagree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from samples import (
    ROWS,
    SEED_ROW,
    SIGNED,
    bare,
    bundle,
    copied,
    dump,
    envelope,
    outcomes,
    receipt,
    record,
    registry_event,
    short,
    state,
)

from pithcore import DocumentError, Report, verify
from pithcore.record import member, schema_problems

ROW = SIGNED[0]
OTHER = SIGNED[1]

Shape = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("shape", "kind", "verdict"),
    [
        (bundle, "bundle", "verified"),
        (record, "record", "verified"),
        (envelope, "envelope", "verified"),
        (state, "state", "intact"),
        (bare, "canonical_record", "unchecked"),
    ],
)
def test_each_shape_is_understood(shape: Shape, kind: str, verdict: str) -> None:
    """Kind, subject and verdict of each JSON shape of a record with a real signature."""
    report = verify(dump(shape(ROW)), source="mirror.example")
    assert report.input.kind == kind
    assert report.input.source == "mirror.example"
    assert report.verdict == verdict
    assert report.subject.pith_number == ROW["pith"]
    assert report.subject.arxiv_id == ROW["arxiv"]
    assert report.subject.version == ROW["version"]
    assert "failed" not in outcomes(report).values()


@pytest.mark.parametrize("shape", [bundle, record, envelope, state])
def test_shapes_of_all_records_hold_together(shape: Shape) -> None:
    """No real record in any shape gives a failure."""
    for row in ROWS:
        report = verify(dump(shape(row)))
        assert report.verdict == ("verified" if report.key else "intact"), report.sentence


def test_key_order_and_layout_of_a_document_do_not_matter() -> None:
    """The same checks come out of sorted, reversed and indented JSON."""
    value = record(ROW)
    first = verify(dump(value))
    backwards = dict(reversed(value.items()))
    for data in (dump(value, sort_keys=True), dump(value, indent=3), dump(backwards)):
        assert outcomes(verify(data)) == outcomes(first)


def changed(shape: Shape, path: list[Any], new: Any) -> Report:
    """The report on a shape of `ROW` with the value at `path` replaced."""
    value = shape(ROW)
    place = value
    for step in path[:-1]:
        place = place[step]
    assert repr(place[path[-1]]) != repr(new)
    place[path[-1]] = new
    return verify(dump(value))


HEX = "0" * 64
CREATED = ["events", 0, "payload"]


@pytest.mark.parametrize(
    ("shape", "path", "new", "check", "expected"),
    [
        (bundle, ["canonical_sha256"], HEX, "identity.digest", ROW["canonical_sha256"]),
        (bundle, [*CREATED, "canonical_sha256"], HEX, "identity.digest", ROW["canonical_sha256"]),
        (record, ["canonical_sha256"], 7, "identity.digest", ROW["canonical_sha256"]),
        (bundle, ["canonical_record"], bare(OTHER), "identity.digest", OTHER["canonical_sha256"]),
        (bundle, ["canonical_record"], bare(OTHER), "form.agreement", None),
        (bundle, [*CREATED, "canonical_record"], bare(OTHER), "form.agreement", None),
        (bundle, ["pith_number"], OTHER["pith"], "identity.number", ROW["pith"]),
        (state, ["pith_number"], OTHER["pith"], "identity.number", ROW["pith"]),
        (state, ["pith_number"], ROW["pith"].replace("2017:", ""), "identity.number", ROW["pith"]),
        (state, ["pith_number"], ["pith"], "identity.number", ROW["pith"]),
        (state, ["pith_number"], "pith:2018" + ROW["pith"][9:], "identity.year", "2017"),
        (bundle, ["short_pith_number"], short(OTHER), "identity.short", short(ROW)),
        (bundle, ["short_pith_number"], short(ROW)[:-1] + "ſ", "identity.short", short(ROW)),
        (bundle, ["short_pith_number"], 8, "identity.short", short(ROW)),
        (bundle, ["source", "version"], 2, "identity.source", None),
        (bundle, ["source", "version"], True, "identity.source", None),
        (bundle, ["source"], {}, "identity.source", None),
        (bundle, ["source"], "arxiv", "identity.source", None),
        (record, ["schema_version"], "0.9", "identity.source", "1.0"),
        (bundle, ["source_aliases", 0, "alias_value"], "1", "identity.aliases", ROW["arxiv"]),
        (bundle, ["source_aliases", 3, "alias_value"], "AAAA", "identity.aliases", None),
        (state, ["current", "source_aliases", 2, "alias_value"], "x", "identity.aliases", None),
        (bundle, ["source_aliases", 0], "1", "identity.aliases", None),
        (bundle, ["source_aliases"], {"arxiv": "1"}, "identity.aliases", None),
        (record, ["paper", "title"], "Another title", "paper.title", None),
    ],
)
def test_a_contradiction_fails_with_both_sides(
    shape: Shape, path: list[Any], new: Any, check: str, expected: str | None
) -> None:
    """Whatever statement is changed, its own check fails and shows what was found."""
    report = changed(shape, path, new)
    assert report.verdict == "failed"
    finding = report.check(check).finding
    assert finding.outcome == "failed"
    assert finding.found
    assert expected is None or finding.expected == expected
    assert finding.found != finding.expected


def test_two_records_in_one_document_show_both() -> None:
    """Attack: a good record for the checks, another for the reader's eyes."""
    report = changed(bundle, [*CREATED, "canonical_record"], bare(OTHER))
    finding = report.check("form.agreement").finding
    assert ROW["arxiv"] in str(finding.expected)
    assert OTHER["arxiv"] in str(finding.found)
    assert finding.evidence["where"] == [
        "$.canonical_record",
        "$.events[0].payload.canonical_record",
    ]


def test_a_record_that_hides_in_the_state_is_compared() -> None:
    """Attack: a second record under `current` of an otherwise good document."""
    report = verify(dump(envelope(ROW, current={"canonical_record": bare(OTHER)})))
    assert outcomes(report)["form.agreement"] == "failed"


def test_digests_that_contradict_each_other_fail_without_a_record() -> None:
    """Two digests and no record: they cannot both be right."""
    created = registry_event(ROW, {"canonical_sha256": OTHER["canonical_sha256"]})
    value = {"canonical_sha256": ROW["canonical_sha256"], "events": [created]}
    report = verify(dump(value))
    assert report.verdict == "failed"
    finding = report.check("identity.digest").finding
    assert (finding.expected, finding.found) == (
        ROW["canonical_sha256"],
        OTHER["canonical_sha256"],
    )


def test_a_signed_digest_without_its_record_is_not_verified() -> None:
    """A real signature over a stated digest, and no record that has it: could not be checked."""
    value = envelope(ROW, short_pith_number=short(ROW), source={"id": "x"})
    del value["canonical_record"]
    value["source_aliases"] = [{"alias_kind": "arxiv", "alias_value": "x"}]
    report = verify(dump(value), expect=ROW["pith"])
    assert report.verdict == "unchecked"
    assert report.subject.pith_number is None
    assert report.canonical is None
    found = outcomes(report)
    assert found["receipt.signature"] == found["identity.number"] == "passed"
    for check in ("digest", "year", "aliases", "source", "requested"):
        assert found[f"identity.{check}"] == "unchecked", check
    assert found["form.record"] == "unchecked"
    assert "digest stated" in report.check("receipt.signature").finding.message
    assert "too little could be checked" in report.sentence


@pytest.mark.parametrize("digest", [5, "00", "A" * 64, [HEX]])
def test_a_digest_that_is_none_leaves_numbers_unchecked(digest: Any) -> None:
    """Without record and readable digest, nothing that rests on one is run."""
    value = {"canonical_sha256": digest, "pith_number": ROW["pith"], "short_pith_number": "x"}
    report = verify(dump({**value, "receipt": receipt(ROW)}))
    assert report.verdict == "unchecked"
    for check in ("identity.number", "identity.short", "receipt.signature"):
        assert report.check(check).finding.reason == "earlier_failure", check


def test_null_states_nothing() -> None:
    """A member that is null is as good as absent: no failure, and no pass."""
    names = ("pith_number", "receipt", "events", "source", "source_aliases", "current", "paper")
    value = envelope(ROW, **dict.fromkeys(names), signature_b64=None, verification_status=None)
    found = outcomes(verify(dump(value)))
    assert "failed" not in found.values()
    assert found["identity.number"] == found["receipt.key"] == "not_applicable"
    assert found["events.ids"] == found["state.merge"] == "not_applicable"


def test_statements_beside_the_record_are_read_at_the_top_level_too() -> None:
    """A signature beside the digest counts as a receipt (protocol 4.1)."""
    value = envelope(ROW, key_id="pith-v1-2026-05", signature_b64=ROW["signature_b64"])
    del value["receipt"]
    assert verify(dump(value)).verdict == "verified"
    value["signature_b64"] = OTHER["signature_b64"]
    assert verify(dump(value)).verdict == "failed"
    del value["key_id"]
    assert verify(dump(value)).verdict == "intact"


def test_page_schema_names_are_not_contradictions() -> None:
    """`pith-number/v1.0`, as pages write it, names the record's schema 1.0."""
    assert verify(dump(record(ROW, schema_version="pith-number/v1.0"))).verdict == "verified"


def test_a_source_may_say_more_than_the_record() -> None:
    """Members of `source` that the record does not have are no contradiction."""
    value = bundle(ROW)
    value["source"]["url"] = "https://arxiv.org/abs/" + ROW["arxiv"]
    assert verify(dump(value)).verdict == "verified"


def test_aliases_of_other_kinds_are_unchecked_and_letter_case_is_not_a_change() -> None:
    """An alias whose rule is unknown is named, not passed; Pith's own prefixes fold case."""
    value = bundle(ROW)
    value["source_aliases"][3]["alias_value"] = value["source_aliases"][3]["alias_value"].lower()
    assert outcomes(verify(dump(value)))["identity.aliases"] == "passed"
    value["source_aliases"].append({"alias_kind": "isbn", "alias_value": "1"})
    finding = verify(dump(value)).check("identity.aliases").finding
    assert finding.reason == "rule_not_published"
    assert "isbn" in finding.message


def test_events_of_the_registry_are_never_passed_unchecked() -> None:
    """Ids by an unpublished rule and events without signature read as unchecked."""
    found = outcomes(verify(dump(bundle(ROW))))
    assert found["events.ids"] == found["events.signatures"] == "unchecked"
    assert outcomes(verify(dump(state(ROW))))["state.merge"] == "unchecked"


@pytest.mark.parametrize("events", [{}, "x", 7, {"0": {}}, True])
def test_events_that_are_no_list_are_never_passed(events: Any) -> None:
    """Attack: events in a shape that a loop would skip."""
    found = outcomes(verify(dump(envelope(ROW, events=events))))
    assert found["events.ids"] == found["events.signatures"] == "failed"


@pytest.mark.parametrize("events", [[7], [None], [[]], [{"event_type": "record_created"}]])
def test_events_that_are_no_objects_are_never_passed(events: Any) -> None:
    """Rubbish in the list of events is no pass either."""
    found = outcomes(verify(dump(envelope(ROW, events=events))))
    assert found["events.ids"] not in ("passed", "not_applicable")


@pytest.mark.parametrize(
    ("member_name", "check"),
    [
        ("externally_anchored", "timestamp"),
        ("storage_verified", "archive"),
        ("author_attested", "author"),
        ("citation_signatures", "citations"),
        ("replication_records", "replications"),
    ],
)
def test_completeness_that_is_claimed_is_unchecked(member_name: str, check: str) -> None:
    """What the server claims is named and unchecked; what it does not claim is not applicable."""
    value = record(ROW)
    assert outcomes(verify(dump(value)))[f"completeness.{check}"] == "not_applicable"
    for claim in (True, 3, "yes", {"at": "x"}):
        value["verification_status"][member_name] = claim
        finding = verify(dump(value)).check(f"completeness.{check}").finding
        assert finding.outcome == "unchecked"
        assert member_name in finding.message
    assert verify(dump(record(ROW, verification_status=7))).verdict == "verified"


@pytest.mark.parametrize(
    ("shape", "path"), [(bundle, ["bundle_version"]), (state, ["state_version"])]
)
def test_other_versions_of_a_document_are_unchecked(shape: Shape, path: list[str]) -> None:
    """A version that is not known is said so, whatever else holds."""
    report = changed(shape, path, "2.0")
    assert report.check("form.document").finding.reason == "unsupported"


def test_members_nobody_looks_at_are_named() -> None:
    """A reader learns which parts of a document no check has seen."""
    value = envelope(ROW, **{f"x{n}": n for n in range(10)})
    finding = verify(dump(value)).check("form.document").finding
    assert finding.evidence["not_read"] == [f"x{n}" for n in range(10)]
    assert "x0" in finding.message
    assert "…" in finding.message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        ("\ufeff".encode(), "empty"),
        (b"[]", "array of 0"),
        (b"[1, 2]", "array of 2"),
        (b'"text"', "this is text"),
        (b"{}", "It holds: nothing"),
        (b'{"a": 1, "b": 2}', "It holds: a, b"),
        (b'{"bundle_type": "pith_open_graph_bundle"}', "neither canonical_record nor"),
        (b'{"canonical_record": null}', "neither canonical_record nor"),
        (b"null", "neither JSON nor a record page"),
        (b"17", "neither JSON nor a record page"),
        (b"hello", "neither JSON nor a record page"),
    ],
)
def test_what_is_no_pith_document_is_refused(data: bytes, words: str) -> None:
    """One sentence says what the input is instead."""
    with pytest.raises(DocumentError, match=words):
        verify(data)


def test_a_refusal_stays_short_whatever_the_names() -> None:
    """Attack: member names of a megabyte."""
    with pytest.raises(DocumentError) as caught:
        verify(dump({"n" * 1_000_000: 1}))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("path", "new", "words"),
    [
        (["metadata"], 7, "metadata is not an object"),
        (["metadata"], None, "metadata is not an object"),
        (["source"], [], "source is not an object"),
        (["schema_version"], 1.0, "schema_version is not the text 1.0"),
        (["schema_version"], None, "schema_version is not the text 1.0"),
        (["metadata", "license"], None, "metadata.license is not text"),
        (["metadata", "primary_cat"], 1, "metadata.primary_cat is not text"),
        (["metadata", "title_canon_sha256"], "A" * 64, "64 lower-case hex digits"),
        (["metadata", "abstract_canon_sha256"], HEX + "\n", "64 lower-case hex digits"),
        (["metadata", "cross_cats_sorted"], "cs.LG", "list of category names"),
        (["metadata", "cross_cats_sorted"], [1], "list of category names"),
        (["metadata", "submitted_at"], "2019-02-30T00:00:00Z", "a time written"),
        (["metadata", "submitted_at"], "2019-06-11 10:18:15Z", "a time written"),
        (["metadata", "submitted_at"], "2019-12-31T24:00:00Z", "a time written"),
        (["metadata", "submitted_at"], "0999-12-31T00:00:00Z", "a time written"),
        (["metadata", "submitted_at"], 2019, "a time written"),
        (["source", "id"], "", "source.id is not a name"),
        (["source", "kind"], None, "source.kind is not a name"),
        (["source", "version"], 0, "a whole number from 1"),
        (["source", "version"], True, "a whole number from 1"),
        (["source", "version"], 1.0, "a whole number from 1"),
    ],
)
def test_a_record_that_is_not_of_schema_1_0_fails(path: list[str], new: Any, words: str) -> None:
    """Every rule of protocol 2 refuses what breaks it; null is no value."""
    value = bare(SEED_ROW)
    place = value if len(path) == 1 else value[path[0]]
    place[path[-1]] = new
    report = verify(dump(value))
    assert report.verdict == "failed"
    assert words in report.check("form.record").finding.message


@pytest.mark.parametrize(
    "path", [["metadata"], ["schema_version"], ["metadata", "license"], ["source", "version"]]
)
def test_a_record_that_lacks_a_member_fails(path: list[str]) -> None:
    """A missing member is named once."""
    value = bare(SEED_ROW)
    place = value if len(path) == 1 else value[path[0]]
    del place[path[-1]]
    assert schema_problems(value) == [f"{'.'.join(path)} is missing"]
    assert outcomes(verify(dump({"canonical_record": value})))["form.record"] == "failed"


@pytest.mark.parametrize("value", [7, "x", [], True])
def test_a_record_that_is_no_object_fails(value: Any) -> None:
    """Anything can be hashed; only an object can be a record."""
    report = verify(dump({"canonical_record": value}))
    assert "is not an object" in report.check("form.record").finding.message
    assert report.subject.pith_number


@pytest.mark.parametrize(
    ("path", "new", "words"),
    [
        (["metadata", "cross_cats_sorted"], ["cs.LG", "cs.AI"], "not sorted"),
        (["metadata", "cross_cats_sorted"], ["cs.LG", "cs.LG"], "not sorted"),
        (["metadata", "cross_cats_sorted"], ["cs.DC"], "repeats primary_cat"),
        (["source", "kind"], "osf", "only 'arxiv' has been seen"),
        (["extra"], 1, "extra is not a member"),
        (["metadata", "doi"], "x", "metadata.doi is not a member"),
    ],
)
def test_a_record_unlike_all_others_is_unchecked_not_failed(
    path: list[str], new: Any, words: str
) -> None:
    """What the registry has not published as a rule is neither passed nor failed."""
    value = bare(SEED_ROW)
    place = value if len(path) == 1 else value[path[0]]
    place[path[-1]] = new
    finding = verify(dump({"canonical_record": value})).check("form.record").finding
    assert finding.reason == "rule_not_published"
    assert words in finding.message


def test_aliases_of_arxiv_follow_only_from_arxiv_records() -> None:
    """For another kind of source, arXiv's aliases are unknown, and Pith's own still checked."""
    value = bare(SEED_ROW)
    value["source"]["kind"] = "osf"
    number = verify(dump(value)).subject.pith_number
    assert number is not None
    named = {"alias_kind": "pith_short_8", "alias_value": number.split(":")[2][:8]}
    arxiv = {"alias_kind": "arxiv", "alias_value": SEED_ROW["arxiv"]}
    document = {"canonical_record": value, "source_aliases": [named, arxiv]}
    assert verify(dump(document)).check("identity.aliases").finding.reason == "rule_not_published"
    document["canonical_record"]["source"] = {"kind": "arxiv", "id": "x", "version": "y"}
    assert verify(dump(document)).check("identity.aliases").finding.outcome == "failed"


def test_member_walks_objects_and_nothing_else() -> None:
    """A path that leads nowhere gives None, never an exception."""
    value = copied({"a": {"b": 1, "list": [2]}, "t": "text"})
    assert member(value, "a", "b") == 1
    for path in (("a", "x"), ("a", "list", "0"), ("t", "x"), ("x",), ("a", "b", "c")):
        assert member(value, *path) is None
