"""What an argument means, and what is said when it means nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from cli_helpers import Files, Pith, Server, status

from pithcli import inputs
from pithcli.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def test_an_existing_file_wins_over_a_number(
    pith: Pith, files: Files, tmp_path: Path, server: Server
) -> None:
    """A bare name is a file if there is one; with `pith:` it is a number all the same."""
    suffix = files.number.rpartition(":")[2]
    (tmp_path / suffix).write_bytes(files.verified.read_bytes())
    (tmp_path / f"pith:{suffix}").write_bytes(files.verified.read_bytes())
    assert pith("verify", "--offline", suffix).code == 0
    assert pith("verify", "--resolver", server.base_url, f"pith:{suffix}").code == 4
    assert server.asked
    assert pith("verify", "--offline", f"./pith:{suffix}").code == 0


def test_offline_never_asks_a_server(pith: Pith, files: Files, server: Server) -> None:
    """With `--offline` a number, an arXiv id and an address end with code 4 and no request."""
    url = f"{server.base_url}/record.json"
    server.answers["/record.json"] = status(200, files.verified.read_bytes())
    for argument in (files.number, "arxiv:1906.08168", url):
        run = pith("verify", "--offline", "--resolver", server.base_url, argument)
        assert run.code == 4
        assert "--offline forbids that" in run.err
    assert server.asked == []


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("missing.json", "There is no file missing.json, and it is no Pith Number or arXiv id."),
        ("folder/missing", "There is no file folder/missing"),
        ("dbzz4ga3qytejz5tkunhwekf30", "The digit 0 at position 26"),
        ("pith:DBZZ", "has 4 characters; a Pith Number has 26"),
        ('{"metadata": {}}', "This is JSON itself"),
        ("", "An empty argument names neither"),
        (".", ". is a directory."),
        ("x" * 5000, "There is no file xxx"),
        ("nul\0byte", "There is no file nul\\x00byte"),
        ("arxiv:x", "arxiv:x names no record."),
    ],
)
def test_an_argument_that_means_nothing_is_explained(
    argument: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each way to name nothing gets a sentence of its own, and code 4."""
    assert main(["verify", "--offline", "--", argument]) == 4
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out.startswith("Could not be checked\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(pith: Pith, files: Files) -> None:
    """A file that may not be read is said to be that."""
    files.verified.chmod(0)
    assert "may not be read by this user" in pith("verify", files.verified).err


def test_input_is_bounded(
    monkeypatch: pytest.MonkeyPatch, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    """An endless file is read up to the limit and no further."""
    monkeypatch.setattr(inputs, "MAX_BYTES", 2 * 1024**2)
    assert main(["verify", "/dev/zero"]) == 4
    assert "/dev/zero has more than 2 MiB" in capsys.readouterr().err


def test_standard_input_is_read_once(pith: Pith, files: Files) -> None:
    """Naming standard input twice is a mistake in the command line."""
    assert pith("verify", "-", "-", stdin=files.verified.read_bytes()).code == 2


def test_empty_standard_input_is_said(pith: Pith) -> None:
    """An empty pipe is not a record, and the sentence says that it was empty."""
    run = pith("verify", "-")
    assert run.code == 4
    assert run.err == "error: standard input: The input is empty.\n"


def test_a_name_that_is_not_utf8_is_reported_readably(pith: Pith, tmp_path: Path) -> None:
    """Any file name the system allows can be reported, in text and in JSON."""
    (tmp_path / os.fsdecode(b"\xff.json")).write_text("{}")
    for option in ("--json", "--verbose"):
        run = pith("verify", option, os.fsdecode(b"\xff.json"))
        assert run.code == 4
        assert "\\xff.json" in run.err
