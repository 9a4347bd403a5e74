"""What the site tells agents is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documents import SIGNED, as_bytes, bundle

import pithcore
from pithcli.exits import Exit
from pithcli.mirror.page import put_page


@pytest.fixture
def text(site: Path) -> str:
    """The file as the site serves it."""
    return (site / "llms.txt").read_text("utf-8")


def test_every_link_is_a_file_of_the_site(site: Path, text: str, tmp_path: Path) -> None:
    """Here, and in a mirror with the page."""
    names = re.findall(r"\]\(([^)]+)\)", text)
    assert len(names) == 4
    put_page(site, tmp_path)
    for name in names:
        assert (site / name).is_file()
        assert (tmp_path / name).read_bytes() == (site / name).read_bytes()


def test_verdicts_outcomes_and_exit_codes_are_the_real_ones(text: str) -> None:
    """Each named in its sentence, none left out."""
    verdicts, outcomes = re.findall(r"is one of ([^\n]*?)\.", text)
    assert set(re.findall(r"`(\w+)`", verdicts)) == {*map(str, pithcore.Verdict)}
    assert set(re.findall(r"`(\w+)`", outcomes)) == {*map(str, pithcore.Outcome)}
    sentence = re.search(r"Exit codes: ([^.]+)\.", text)
    assert sentence is not None
    codes = {int(code): words for code, words in re.findall(r"(\d) ([a-z ]+)", sentence[1])}
    named = {code.value: code.name.lower() for code in Exit if code < 100}
    assert codes == {**named, Exit.USAGE: "wrong use"}


def test_the_example_runs_as_it_stands(text: str) -> None:
    """On the bundle of the very record that it asks for."""
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert code is not None
    asked = re.search(r'expect="([^"]+)"', code[1])
    assert asked is not None
    record = next(one for one in SIGNED if one["pith"] == asked[1])
    names = {"data": as_bytes(bundle(record))}
    exec(code[1], names)
    assert names["report"].verdict is pithcore.Verdict.VERIFIED  # type: ignore[attr-defined]


def test_the_command_is_as_told(text: str, site: Path, tmp_path: Path) -> None:
    """`pith verify --json FILE` prints a report of the schema that the site serves."""
    assert "pith verify --json FILE" in text
    file = tmp_path / "bundle.json"
    file.write_bytes(as_bytes(bundle(SIGNED[0])))
    command = [sys.executable, "-m", "pithcli", "verify", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, check=False)
    schema = json.loads((site / "report-1.schema.json").read_text("utf-8"))
    report = json.loads(done.stdout)
    assert done.returncode == Exit.VERIFIED
    assert set(schema["required"]) <= report.keys()
    assert report["schema"] in text
