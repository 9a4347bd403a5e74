"""`pith claim`: an author's claim by a key that names itself, and its withdrawal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from cli_helpers import Pith, Row, document_of
from inprocess import in_process

import pithcore
from pithcli import pem
from pithcore import ed25519, event_id_of
from pithcore.completeness import CONTENTS
from pithcore.didkey import did_key_of

if TYPE_CHECKING:
    from pathlib import Path

SEED, OTHER_SEED = bytes(range(32)), bytes(range(1, 33))
DID, OTHER_DID = (did_key_of(ed25519.public_key(seed)) for seed in (SEED, OTHER_SEED))
ORCID = "0000-0002-1825-0097"
AT = "2026-05-20T12:00:00Z"


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


@pytest.fixture(autouse=True)
def keys(tmp_path: Path) -> None:
    """`author.pem` and `other.pem`."""
    for name, seed in (("author.pem", SEED), ("other.pem", OTHER_SEED)):
        (tmp_path / name).write_text(pem.private_pem(seed), encoding="ascii")
        (tmp_path / name).chmod(0o600)


@pytest.fixture
def record(tmp_path: Path, signed_row: Row) -> Path:
    """A real record with its receipt."""
    path = tmp_path / "record.json"
    path.write_text(json.dumps(document_of(signed_row)), encoding="utf-8")
    return path


@pytest.fixture
def bundle(tmp_path: Path, quick: Pith, record: Path) -> Path:
    """A bundle of it."""
    path = tmp_path / "bundle.json"
    assert quick("bundle", record, "--out", path).code == 0
    return path


def claimed(quick: Pith, record: Path, key: str = "author.pem", at: str = AT) -> dict[str, Any]:
    """The event that `pith claim` prints."""
    run = quick("claim", record, "--orcid", ORCID, "--key", key, "--at", at)
    assert run.code == 0
    event: dict[str, Any] = json.loads(run.out)
    return event


def row(path: Path) -> tuple[str, str]:
    """Outcome and message of the author's row."""
    report = pithcore.verify(path.read_bytes())
    assert report.verdict is pithcore.Verdict.VERIFIED
    check = next(one for one in report.checks if one.id == "completeness.author")
    return check.outcome.value, check.finding.message


def test_a_claim_is_a_signed_event_of_its_key(quick: Pith, record: Path, signed_row: Row) -> None:
    """It names number, digest, iD and key, and its id is the hash of it."""
    event = claimed(quick, record)
    assert event["event_type"] == "pithcore.author_claim.v1"
    assert event["subject_pith_number"] == signed_row["pith"]
    assert event["payload"] == {
        "canonical_sha256": signed_row["canonical_sha256"],
        "orcid": f"https://orcid.org/{ORCID}",
        "did_key": DID,
    }
    assert (event["signer"]["key_id"], event["signer"]["signer_id"]) == (DID, DID)
    assert event["created_at"] == AT
    assert event["event_id"] == event_id_of(event)


@pytest.mark.parametrize("written", [f"https://orcid.org/{ORCID}", f"{ORCID} "])
def test_an_id_is_taken_as_people_copy_it(quick: Pith, record: Path, written: str) -> None:
    """The address is taken like the iD, and written one way."""
    run = quick("claim", record, "--orcid", written, "--key", "author.pem")
    assert json.loads(run.out)["payload"]["orcid"] == f"https://orcid.org/{ORCID}"


def test_how_to_publish_and_what_it_shows_is_said(quick: Pith, record: Path) -> None:
    """Standard error has the key to list, the address for forms, and the limits."""
    run = quick("claim", record, "--orcid", ORCID, "--key", "author.pem")
    assert f"websites of https://orcid.org/{ORCID}: {DID} " in run.err
    assert f"https://pith.science/#{DID})" in run.err
    assert "pith verify --orcid" in run.err
    assert "They do not see that this person wrote the paper" in run.err
    assert run.out.count("\n") == 1


def test_a_claim_goes_into_a_bundle(quick: Pith, record: Path, bundle: Path) -> None:
    """With --into nothing is printed, and readers see whose key it is; --out writes it too."""
    run = quick("claim", record, "--orcid", ORCID, "--key", "author.pem", "--into", bundle)
    assert (run.code, run.out) == (0, "")
    outcome, message = row(bundle)
    assert outcome == "unchecked"
    assert message.startswith(f"Signed by the key {DID}, which claims ORCID iD {ORCID}.")
    again = ("--into", bundle, "--out", "event.json", "--at", AT)
    assert quick("claim", bundle, "--orcid", ORCID, "--key", "author.pem", *again).code == 0
    assert len(json.loads(bundle.read_text())["events"]) == 2
    assert json.loads((bundle.parent / "event.json").read_text())["created_at"] == AT


def test_a_claim_is_taken_back_by_its_file(
    quick: Pith, record: Path, bundle: Path, tmp_path: Path
) -> None:
    """From the event's own file, or the bundle it stands in: the claim no longer stands."""
    quick("claim", record, "--orcid", ORCID, "--key", "author.pem", "--into", bundle)
    for name in (bundle, tmp_path / "event.json"):
        if name != bundle:
            name.write_text(json.dumps(json.loads(bundle.read_text())["events"][0]))
        run = quick("claim", "--revoke", name, "--key", "author.pem")
        event = json.loads(run.out)
        assert (run.code, event["event_type"]) == (0, "withdrawal")
        assert event["signer"]["key_id"] == DID
    quick("claim", "--revoke", bundle, "--key", "author.pem", "--into", bundle)
    assert row(bundle) == ("not_applicable", "Every author claim was taken back by its own key.")


def test_a_claim_is_taken_back_by_its_id(quick: Pith, record: Path, bundle: Path) -> None:
    """With the record or its bundle; where the claim is not seen, that is said."""
    event = claimed(quick, record)
    run = quick("claim", record, "--revoke", event["event_id"], "--key", "author.pem")
    assert json.loads(run.out)["payload"] == {"event_id": event["event_id"]}
    assert "does not carry that event" in run.err
    run = quick(
        "claim", event["subject_pith_number"], "--revoke", event["event_id"], "--key", "author.pem"
    )
    assert run.code == 0
    quick("claim", record, "--orcid", ORCID, "--key", "author.pem", "--into", bundle, "--at", AT)
    run = quick("claim", bundle, "--revoke", event["event_id"], "--key", "author.pem")
    assert (run.code, run.err) == (0, "")


def test_only_its_own_key_takes_a_claim_back(
    quick: Pith, record: Path, bundle: Path, tmp_path: Path
) -> None:
    """Another key's withdrawal would do nothing, so it is not made."""
    quick("claim", record, "--orcid", ORCID, "--key", "author.pem", "--into", bundle, "--at", AT)
    event_id = json.loads(bundle.read_text())["events"][0]["event_id"]
    for arguments in (("--revoke", bundle), (bundle, "--revoke", event_id)):
        run = quick("claim", *arguments, "--key", "other.pem")
        assert (run.code, run.out) == (1, "")
        assert f"is by {DID}, and this key is {OTHER_DID}: only its own key" in run.err


def test_which_of_several_claims_is_asked(quick: Pith, record: Path, bundle: Path) -> None:
    """Two claims of one key in a bundle: the ids are listed. Another key's is not in the way."""
    for key, at in (("author.pem", AT), ("author.pem", "2026-05-21T12:00:00Z"), ("other.pem", AT)):
        args = ("--orcid", ORCID, "--key", key, "--at", at, "--into", bundle)
        quick("claim", record, *args)
    run = quick("claim", "--revoke", bundle, "--key", "author.pem")
    assert run.code == 4
    assert "holds 2 claims by this key: sha256:" in run.err
    assert quick("claim", "--revoke", bundle, "--key", "other.pem").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--orcid", "0000-0002-1825-0096"], 2, "its last character would have to be 7"),
        (["--orcid", "Josiah Carberry"], 2, "--orcid: “Josiah Carberry” is no ORCID iD"),
        (["--orcid", ORCID, "--key", "a=author.pem"], 2, "hint: It looks like --key author.pem"),
        (["--orcid", ORCID, "--key", "none.pem"], 2, "none.pem could not be read"),
        (["--orcid", ORCID, "--into", "-"], 2, "--into is the file of a bundle"),
        (["--orcid", ORCID, "--at", "noon"], 2, "--at noon is no UTC time"),
        ([], 2, "one of the arguments --orcid --revoke is required"),
        (["--orcid", ORCID, "--revoke", "x"], 2, "not allowed with"),
    ],
)
def test_a_wrong_command_line_is_named(
    quick: Pith, record: Path, arguments: list[str], code: int, words: str
) -> None:
    """Each slip has its sentence, and nothing is made."""
    key = [] if "--key" in arguments else ["--key", "author.pem"]
    run = quick("claim", record, *arguments, *key)
    assert (run.code, run.out) == (code, "")
    assert words in run.err


def test_what_is_missing_is_asked_for(quick: Pith, record: Path, signed_row: Row) -> None:
    """No record, a number in its place, an id without its record."""
    key = ("--key", "author.pem")
    for arguments, words in (
        (("--orcid", ORCID), "What is claimed? RECORD is missing."),
        ((signed_row["pith"], "--orcid", ORCID), "a number is not enough"),
        (("--revoke", f"sha256:{'0' * 64}"), "an event id does not say which one it is"),
    ):
        run = quick("claim", *arguments, *key)
        assert (run.code, run.out) == (2, "")
        assert words in run.err


def test_a_file_without_a_claim_is_named(quick: Pith, record: Path, tmp_path: Path) -> None:
    """Nothing to take back, a claim without id or subject, one on another record."""
    run = quick("claim", "--revoke", record, "--key", "author.pem")
    assert run.code == 4
    assert "holds no author claim, so there is nothing to take back" in run.err
    event = claimed(quick, record)
    for member, value, words in (
        ("event_id", 7, "states no event_id that could be taken back"),
        ("subject_pith_number", "x", "does not say which record it is about"),
    ):
        (tmp_path / "bad.json").write_text(json.dumps({**event, member: value}))
        run = quick("claim", "--revoke", "bad.json", "--key", "author.pem")
        assert (run.code, run.out) == (4, "")
        assert words in run.err


def test_a_claim_stays_with_its_record(
    quick: Pith,
    record: Path,
    bundle: Path,
    tmp_path: Path,
    records: list[Row],
    signed_row: Row,
) -> None:
    """It is not put into another record's bundle, nor taken back in the name of one."""
    other = tmp_path / "another.json"
    row_of_other = next(one for one in records if one["pith"] != signed_row["pith"])
    other.write_text(json.dumps(document_of(row_of_other)))
    before = bundle.read_bytes()
    run = quick("claim", other, "--orcid", ORCID, "--key", "author.pem", "--into", bundle)
    assert run.code == 1
    assert "so it was not put in" in run.err
    assert bundle.read_bytes() == before
    (tmp_path / "claim.json").write_text(json.dumps(claimed(quick, record)))
    run = quick("claim", other, "--revoke", "claim.json", "--key", "author.pem")
    assert run.code == 4
    assert "not on this record" in run.err


def test_a_record_that_fails_is_not_claimed(quick: Pith, record: Path) -> None:
    """As with any signature."""
    document = json.loads(record.read_text())
    document["canonical_record"]["source"]["version"] += 1
    record.write_text(json.dumps(document))
    run = quick("claim", record, "--orcid", ORCID, "--key", "author.pem")
    assert (run.code, run.out) == (1, "")
    assert "is not what it claims to be, so it was not signed" in run.err


CITATION = {"relation": "extends", "citing": "", "cited": "pith:2017:" + "A" * 26}


@pytest.mark.parametrize(
    ("event_type", "payload", "words"),
    [
        ("citation", {"relation": "loves"}, "relation is none of supports, "),
        ("citation", {**CITATION, "cited": "pith:2017:AAAA"}, "cited is no"),
        ("citation", {**CITATION, "evidence": {"url": "http://x.org"}}, "is no https address"),
        ("citation", {}, "It holds nothing."),
        ("replication", {"kind": "replication"}, "evidence.url is no https address"),
        ("timestamp", {"canonical_sha256": "0" * 64}, "canonical_sha256 is another record's"),
        (
            "archive_capture",
            {"capture_url": "https://example.org", "captured_at": AT},
            "is no address of a capture",
        ),
        (
            "archive_capture",
            {
                "capture_url": "https://web.archive.org/web/20260519120000/https://arxiv.org/x",
                "captured_at": AT,
            },
            "and its address says 2026-05-19T12:00:00Z",
        ),
        ("author_claim", {"orcid": "x"}, "hint: pith claim makes an author's claim."),
    ],
)
def test_an_event_that_readers_would_refuse_is_not_made(
    quick: Pith, record: Path, event_type: str, payload: dict[str, Any], words: str
) -> None:
    """`pith event` holds the types on completeness to their rules, and says which one it is."""
    number = json.loads(record.read_text())["pith_number"]
    filled = {name: value or number for name, value in payload.items()}
    args = ("--type", f"pithcore.{event_type}.v1", "--key", "did:key=author.pem")
    run = quick("event", record, *args, "--payload", "-", stdin=json.dumps(filled).encode())
    assert (run.code, run.out) == (1, "")
    assert "Readers would refuse this event, so it was not made." in run.err
    assert words in run.err


@pytest.mark.parametrize(
    ("event_type", "payload"),
    [
        ("citation", CITATION),
        ("replication", {"kind": "replication", "evidence": {"url": "https://example.org/r"}}),
        (
            "archive_capture",
            {
                "capture_url": "https://web.archive.org/web/20260520120000/https://arxiv.org/x",
                "captured_at": AT,
            },
        ),
    ],
)
def test_an_event_names_its_key_by_itself(
    quick: Pith, record: Path, event_type: str, payload: dict[str, Any]
) -> None:
    """`--key did:key=FILE` needs no id, and readers without the key check the signature."""
    number = json.loads(record.read_text())["pith_number"]
    filled = {name: value or number for name, value in payload.items()}
    args = ("--type", f"pithcore.{event_type}.v1", "--key", "did:key=author.pem")
    run = quick("event", record, *args, "--payload", "-", stdin=json.dumps(filled).encode())
    assert (run.code, run.err) == (0, "")
    (record.parent / "event.json").write_text(run.out)
    quick("bundle", record, "event.json", "--out", "bundle.json")
    report = pithcore.verify((record.parent / "bundle.json").read_bytes())
    item = next(
        one.finding.evidence["items"][0]  # type: ignore[index]
        for one in report.checks
        if one.planned.group is pithcore.Group.COMPLETENESS and one.finding.evidence
    )
    assert (item["signer"], item["standing"]) == (DID, "self_signed")  # type: ignore[index,call-overload]


def test_the_examples_in_the_documents_work(quick: Pith, record: Path, repo: Path) -> None:
    """Section 6 of docs/completeness.md, with its ellipses filled in, gives events."""
    text = (repo / "docs" / "completeness.md").read_text("utf-8").partition("## 6.")[2]
    found = re.findall(r"`(\{.*?\})`.* with `--type ([a-z._0-9]+)`", text)
    stated = json.loads(record.read_text())
    full = {
        "canonical_sha256": stated["canonical_sha256"],
        "citing": stated["pith_number"],
        "cited": CITATION["cited"],
        "sha256": "0" * 64,
        "event_id": f"sha256:{'0' * 64}",
        "proof_b64": "AE9wZW5U",
    }
    types = set()
    for example, event_type in found:
        payload = json.loads(example)
        for part in (payload, payload.get("evidence", {})):
            part.update({name: full[name] for name, value in part.items() if "…" in str(value)[-1]})
        args = ("--type", event_type, "--payload", "-", "--key", "did:key=author.pem")
        run = quick("event", record, *args, stdin=json.dumps(payload).encode())
        assert (run.code, run.err) == (0, ""), event_type
        types.add(event_type)
    assert types == {*CONTENTS, "withdrawal"} - {"pithcore.author_claim.v1"}


def test_an_event_needs_an_id_or_did_key(quick: Pith, record: Path) -> None:
    """`did:key=` with no file is no key."""
    run = quick("event", record, "--type", "x", "--payload", "-", "--key", "did:key=", stdin=b"{}")
    assert run.code == 2
    assert "did:key= is not an id and a file" in run.err
