"""`--json-ld` of `pith verify` and `pith number`: one document a line, whatever the input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pithcore import record_to_json_ld, report_to_json_ld, verify

if TYPE_CHECKING:
    from pathlib import Path

    from cli_helpers import Files, Pith


BROKEN = '{"canonical_record": {"schema_version": "9"}}'


def test_a_line_for_each_input(pith: Pith, files: Files, tmp_path: Path) -> None:
    """The library's document, and a problem in the same form; the code is that of the worst."""
    missing = tmp_path / "missing.json"
    run = pith("verify", "--json-ld", files.verified, missing)
    report, problem = map(json.loads, run.out.splitlines())
    assert report["verdict"] == "verified"
    assert problem["@type"] == ["Problem", "Entity"]
    assert problem["source"] == str(missing)
    assert problem["error"]
    assert problem["error"] in run.err
    assert run.code == 4
    own = report_to_json_ld(verify(files.verified.read_bytes(), source=str(files.verified)))
    assert {**report, "checks": None} == {**json.loads(json.dumps(own)), "checks": None}


def test_not_with_json(pith: Pith, files: Files) -> None:
    """One form at a time."""
    run = pith("verify", "--json", "--json-ld", files.verified)
    assert run.code == 2
    assert "not allowed with" in run.err


def test_a_record(pith: Pith, files: Files) -> None:
    """Of the record in a file, whatever stands around it."""
    run = pith("number", "--json-ld", files.verified)
    document = json.loads(files.verified.read_bytes())
    assert json.loads(run.out) == record_to_json_ld(document["canonical_record"])
    assert (run.code, run.err) == (0, "")


@pytest.mark.parametrize("content", ["{}", BROKEN, "ab" * 32])
def test_what_holds_no_record(pith: Pith, tmp_path: Path, content: str) -> None:
    """A sentence, and nothing on standard output."""
    path = tmp_path / "in.json"
    path.write_text(content)
    run = pith("number", "--json-ld", path)
    assert run.code != 0
    assert run.out == ""
    assert run.err.startswith("error: ")
    assert "Traceback" not in run.err
