"""The report: one object for page, terminal and JSON, whatever JSON goes in."""

from __future__ import annotations

import contextlib
import hashlib
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from samples import (
    LAB,
    SEED_ROW,
    SIGNED,
    UNSIGNED,
    as_html,
    bare,
    bundle,
    copied,
    dump,
    envelope,
    lab_receipt,
    newer_page,
    older_page,
    outcomes,
    record,
    state,
)
from test_reading import VALUES

from pithcore import (
    PITH_KEYRING,
    PLAN,
    Check,
    Group,
    Outcome,
    PithError,
    Reason,
    Report,
    __version__,
    verify,
)

SCHEMA = json.loads(
    resources.files("pithcore").joinpath("schema/report-1.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

ROW = SIGNED[0]
SHAPES = (bundle, record, state, envelope, bare)


def hold(report: Report) -> dict[str, Any]:
    """Assert what is true of every report, and return its JSON form."""
    value = report.to_dict()
    VALIDATOR.validate(value)
    text = json.dumps(value, allow_nan=False)
    assert json.loads(text) == value
    text.encode("utf-8")
    assert tuple(check.planned for check in report.checks) == PLAN
    for check in report.checks:
        finding = check.finding
        assert (finding.reason is not None) is (finding.outcome is Outcome.UNCHECKED)
        assert finding.message
        assert finding.message[-1] in ".…)", finding.message
    failed = [check for check in report.checks if check.outcome is Outcome.FAILED]
    assert (report.verdict == "failed") is bool(failed)
    if report.verdict == "verified":
        assert report.key is not None
        assert report.subject.canonical_sha256 is not None
    return dict(value)


def test_the_schema_is_one_and_is_closed() -> None:
    """The schema is valid 2020-12, and every object in it but evidence forbids other members."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    open_objects = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            if value.get("type") == "object" and value.get("additionalProperties") is not False:
                open_objects.append(path)
            if "properties" in value and "additionalProperties" in value:
                assert sorted(value["required"]) == sorted(value["properties"]), path
                described = value["properties"].values()
                assert all("description" in one or "$ref" in one for one in described), path
            for name, inner in value.items():
                walk(inner, f"{path}/{name}")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{path}/{index}")

    walk(SCHEMA, "")
    assert open_objects == ["/$defs/check/properties/evidence"]


def test_the_enums_of_the_schema_are_those_of_the_code() -> None:
    """Outcomes, reasons, groups and check ids are closed lists, the same in both places."""
    check = SCHEMA["$defs"]["check"]["properties"]
    assert check["outcome"]["enum"] == [outcome.value for outcome in Outcome]
    assert check["reason"]["enum"] == [*(reason.value for reason in Reason), None]
    assert check["group"]["enum"] == [group.value for group in Group]
    assert check["id"]["enum"] == [planned.id for planned in PLAN]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["verdict"], "probably"),
        (["extra"], 1),
        (["checks", 0, "outcome"], "skipped"),
        (["checks", 0, "reason"], "unsupported"),
        (["checks"], []),
        (["subject", "pith_number"], "pith:x"),
        (["key"], {}),
        (["limits"], []),
    ],
)
def test_the_schema_refuses_what_is_no_report(path: list[Any], value: Any) -> None:
    """A validator that accepts everything would prove nothing."""
    report = verify(dump(envelope(ROW))).to_dict()
    VALIDATOR.validate(report)
    place: Any = report
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(report)


@pytest.mark.parametrize("row", [ROW, SEED_ROW, UNSIGNED[1]], ids=lambda row: row["arxiv"])
def test_reports_on_every_shape_hold(row: dict[str, Any]) -> None:
    """Each shape of JSON, each page, with and without wishes: the report has its form."""
    inputs = [dump(shape(row)) for shape in SHAPES]
    inputs += [newer_page(row).encode(), as_html(newer_page(row)).encode()]
    if row["signature_b64"]:
        inputs.append(older_page(row).encode())
    for data in inputs:
        hold(verify(data))
        value = hold(verify(data, source="x", expect=row["pith"], title="T", abstract="\ud800 é\0"))
        assert value["input"]["sha256"] == hashlib.sha256(data).hexdigest()
        assert value["input"]["bytes"] == len(data)
        assert value["tool"] == {"name": "pithcore", "version": __version__}


def test_the_canonical_text_of_a_report_is_what_was_hashed() -> None:
    """UTF-8 of `canonical` has the digest of the subject, also outside ASCII."""
    value = bare(SEED_ROW)
    value["metadata"]["license"] = "Lizenz \u2028 \U0001f600 ü"
    report = verify(dump({"canonical_record": value}))
    assert report.canonical is not None
    digest = hashlib.sha256(report.canonical.encode()).hexdigest()
    assert digest == report.subject.canonical_sha256


def test_checks_are_announced_in_the_order_of_the_plan() -> None:
    """`on_check` sees each check once, as it ends, and the report holds the same objects."""
    seen: list[Check] = []
    report = verify(dump(bundle(ROW)), on_check=seen.append)
    assert tuple(seen) == report.checks
    assert [check.id for check in seen] == [planned.id for planned in PLAN]
    assert all(check.id.split(".")[0] == check.planned.group for check in seen)


def test_a_check_is_found_by_its_id() -> None:
    """An id that is not in the plan is the caller's mistake."""
    report = verify(dump(envelope(ROW)))
    assert report.check("identity.digest") is report.checks[3]
    with pytest.raises(KeyError):
        report.check("identity.nothing")


def test_the_plan_has_each_check_once() -> None:
    """Ids are unique, and groups stand together in their order."""
    ids = [planned.id for planned in PLAN]
    assert len(set(ids)) == len(ids)
    groups = list(dict.fromkeys(planned.group for planned in PLAN))
    assert groups == list(Group)


def test_the_title_of_a_report_is_one_that_the_record_hashes() -> None:
    """Attack: a false title with one character outside ASCII, where a mismatch proves nothing."""
    false = "Vaccines – a proof that they do not work"
    report = verify(dump(record(ROW, paper={"title": false})))
    assert outcomes(report)["paper.title"] == "unchecked"
    assert report.verdict == "verified"
    assert report.subject.title is None
    assert false not in report.sentence
    given = verify(dump(record(ROW, paper={"title": false})), title=ROW["title"])
    assert given.subject.title is None
    assert verify(dump(envelope(ROW)), title=ROW["title"]).subject.title == ROW["title"]


def test_long_and_invisible_values_are_cut_and_escaped() -> None:
    """Attack: a value of a megabyte, or one that hides what it says."""
    report = verify(dump(envelope(ROW, canonical_sha256="\u202e0" * 500_000)))
    found = report.check("identity.digest").finding.found
    assert found is not None
    assert found.startswith("\\u202e0")
    assert found.endswith("…")
    assert len(found) < 20_000


SAMPLES = [shape(row) for row in (ROW, SEED_ROW) for shape in SHAPES]
SAMPLES.append(envelope(ROW, receipt=lab_receipt(ROW)))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A real document with one to three values somewhere inside it replaced, removed or added."""
    value: Any = copied(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = value
        while True:
            steps = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            inner = place[step]
            if isinstance(inner, dict | list) and draw(st.booleans()):
                place = inner
                continue
            action = draw(st.sampled_from(["replace", "remove", "add"]))
            if action == "remove":
                del place[step]
            elif action == "replace" or isinstance(place, list):
                place[step] = draw(VALUES | st.sampled_from([ROW["pith"], "1.0", SEED_ROW["pith"]]))
            else:
                place[draw(st.text(max_size=8))] = draw(VALUES)
            break
    return value


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES | st.dictionaries(st.sampled_from(["canonical_record", "receipt", "events"]), VALUES))
@example({"canonical_record": {}, "canonical_sha256": None})
def test_any_json_gives_a_report_or_a_pith_error(value: Any) -> None:
    """Whatever JSON comes in: a report in its form, or one clear refusal."""
    try:
        report = verify(dump(value), title="A title")
    except PithError:
        return
    hold(report)
    assert report.verdict != "verified"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(mutated(), st.booleans())
def test_any_change_to_a_document_gives_a_report_or_a_pith_error(value: Any, added: bool) -> None:
    """Nested damage to real documents: a report in its form, or a refusal.

    And if it is verified, then the subject is the record that the registry signed.
    """
    keyring = PITH_KEYRING.with_key(LAB) if added else PITH_KEYRING
    try:
        report = verify(dump(value), keyring=keyring)
    except PithError:
        return
    hold(report)
    if report.verdict == "verified":
        assert report.subject.canonical_sha256 == ROW["canonical_sha256"]


@given(st.text(max_size=300))
def test_any_text_on_a_page_gives_a_report_or_a_pith_error(noise: str) -> None:
    """Noise around and inside the text of a page: a report in its form, or a refusal."""
    for text in (noise + newer_page(ROW), newer_page(ROW) + noise, f"<{noise}{older_page(ROW)}"):
        try:
            report = verify(text.encode("utf-8", "replace"))
        except PithError:
            continue
        hold(report)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_report_or_a_pith_error(data: bytes) -> None:
    """The public entry raises nothing else."""
    with contextlib.suppress(PithError):
        hold(verify(data))
