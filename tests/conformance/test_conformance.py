"""Run the language-neutral suite against pithcore, and hold its files to their generator."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pithcore import Key, Keyring, PithError, canonical_bytes, ed25519, merge, verify

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*/*.json"))
verify_once = cache(ed25519.verify)


def load(path: Path) -> Any:
    """A case, as any JSON reader reads it."""
    return json.loads(path.read_text(encoding="ascii"))


def keyring(case: Any) -> Keyring:
    """The case's keys and no others."""
    return Keyring(
        tuple(
            Key(**{**key, "public_key": bytes.fromhex(key["public_key"])}) for key in case["keys"]
        )
    )


def input_of(case: Any) -> bytes:
    """The bytes of a document: a JSON value, a text where spelling matters, or raw bytes."""
    if "input_base64" in case:
        return base64.b64decode(case["input_base64"])
    if "input_text" in case:
        return str(case["input_text"]).encode("utf-8")
    return json.dumps(case["input"]).encode()


def cases(*folders: str) -> list[Any]:
    """Parameters: one for each file of the folders, named by its id."""
    return [
        pytest.param(path, id=f"{path.parent.name}/{path.stem}")
        for path in FILES
        if path.parent.name in folders
    ]


@pytest.mark.parametrize("path", cases("valid", "invalid"))
def test_a_document_has_the_verdict_and_the_outcomes_expected(path: Path) -> None:
    """Documents: refused, or read with this verdict and these outcomes."""
    case = load(path)
    expected = case["expect"]
    try:
        report = verify(
            input_of(case),
            expect=case.get("number"),
            keyring=keyring(case),
            verify_signature=verify_once,
        )
    except PithError:
        assert expected.get("refused")
        return
    assert "refused" not in expected
    outcomes = {check.id: check.outcome.value for check in report.checks}
    assert report.verdict.value == expected["verdict"]
    wanted = expected.get("checks", {})
    assert {name: outcomes[name] for name in wanted} == wanted


@pytest.mark.parametrize("path", cases("merge"))
def test_events_make_the_state_expected(path: Path) -> None:
    """Sets of events: counts, what stands, and contradictions, from any order."""
    case = load(path)
    how: Any = {"keyring": keyring(case), "verify": verify_once}
    state = merge(case["events"], case["number"], **how)
    turned = merge(case["events"][::-1] * 2, case["number"], **how)
    members = state.to_dict()
    assert canonical_bytes(turned.to_dict()) == canonical_bytes(members)
    found = {name: members[name] for name in case["expect"] if name != "current_event_ids"}
    found["current_event_ids"] = [event.event_id for event in state.current]
    assert found == case["expect"]


@pytest.mark.parametrize("path", cases("valid", "invalid", "merge"))
def test_a_case_says_what_it_is_about(path: Path) -> None:
    """Every file has the members that the README names, and no others."""
    case = load(path)
    assert case["id"] == f"{path.parent.name}/{path.stem}"
    assert case["rule"].split(" ")[0] in ("protocol", "merge", "completeness")
    assert case["about"].endswith(".")
    given = set(case) - {"id", "rule", "about", "keys", "number", "expect"}
    assert len(given) == 1
    assert given < {"input", "input_text", "input_base64", "events"}
    if path.parent.name == "invalid":
        refused = case["expect"] == {"refused": True}
        assert refused or "failed" in case["expect"]["checks"].values()


def test_the_suite_is_as_large_as_it_says() -> None:
    """At least sixty cases, with no two alike."""
    assert len(FILES) >= 60
    contents = [{n: v for n, v in load(path).items() if n not in ("id", "about")} for path in FILES]
    assert len({canonical_bytes(content) for content in contents}) == len(FILES)


def test_generating_again_gives_the_same_bytes() -> None:
    """The files in the tree are those that the generator writes, byte for byte."""
    script = (
        "import json, generate; "
        "print(json.dumps({n: c.decode() for n, c in generate.files().items()}))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=HERE, capture_output=True, check=True)
    made = {name: text.encode() for name, text in json.loads(done.stdout).items()}
    kept = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in FILES}
    assert made == kept
