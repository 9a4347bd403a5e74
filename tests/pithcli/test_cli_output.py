"""What a person sees: help, marks and colours, hostile text, pipes and interruptions."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli_helpers import Files, Pith, Row, Server, document_of, never

import pithcore
from pithcli import commands
from pithcli.__main__ import main
from pithcli.commands import verify
from pithcli.safe import printable
from pithcli.show import report_lines

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("verify", "digest", "number", "event", "claim", "graph")
COMMANDS: tuple[list[str], ...] = ([], *([name] for name in NAMES))
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_terminal(pith: Pith, command: list[str]) -> None:
    """Help goes to standard output with code 0 and fits 80 columns, however wide the terminal."""
    run = pith(*command, "--help", COLUMNS="200")
    assert (run.code, run.err) == (0, "")
    assert max(map(len, run.out.splitlines())) <= 80


@pytest.mark.parametrize("command", commands.COMMANDS)
def test_every_option_is_in_the_documents(pith: Pith, repo: Path, command: str) -> None:
    """docs/cli.md or docs/mirrors.md has what `--help` lists, and each command a heading."""
    told = (repo / "docs" / "cli.md").read_text("utf-8")
    assert re.search(rf"^## .*`pith {command}[ `]", told, re.MULTILINE)
    told += (repo / "docs" / "mirrors.md").read_text("utf-8")
    listed = set(re.findall(r"--(?:no-)?([a-z][a-z-]+)", pith(command, "--help").out)) - {"help"}
    assert {name for name in listed if not re.search(rf"--{name}(?![a-z-])", told)} == set()


def test_help_documents_every_exit_code(pith: Pith) -> None:
    """`pith verify --help` lists the codes a script can meet."""
    assert all(f"\n  {code}  " in pith("verify", "--help").out for code in range(5))


def test_version_is_the_package_version(pith: Pith) -> None:
    """`--version` names the tool and the version that reports carry."""
    assert pith("--version").out == f"pith {pithcore.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["verfy", "x"],
        ["verify"],
        ["verify", "--jsn", "x"],
        ["verify", "--js", "x"],
        ["verify", "--json", "--quiet", "x"],
        ["verify", "--expect", "not a number", "x.json"],
        ["digest"],
    ],
)
def test_a_wrong_command_line_is_code_2(pith: Pith, arguments: list[str]) -> None:
    """Usage errors print `error:` and a hint on standard error, and nothing else."""
    run = pith(*arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: ")


def test_default_output_says_each_outcome_in_words(pith: Pith, files: Files) -> None:
    """Each check that found something has its mark, its outcome in words and its title."""
    run = pith("verify", files.failed)
    report = json.loads(pith("verify", "--json", files.failed).out)
    words = {"passed": "✓ passed", "failed": "✗ FAILED", "unchecked": "? not checked"}
    for check in report["checks"]:
        line = f"{words.get(check['outcome'])}: {check['title']}"
        assert (line in run.out) == (check["outcome"] in words)
    digest = next(c for c in report["checks"] if c["id"] == "identity.digest")
    assert f"expected: {digest['expected']}\n    found:    {digest['found']}" in run.out
    assert all(limit.split()[-1] in run.out for limit in report["limits"])


def test_verbose_output_holds_the_whole_report(pith: Pith, files: Files) -> None:
    """`--verbose` shows every check with message, evidence and shell line."""
    out = pith("verify", "--verbose", files.verified).out
    report = json.loads(pith("verify", "--json", files.verified).out)
    flat = " ".join(out.split())
    for check in report["checks"]:
        assert check["title"] in flat
        assert " ".join(check["message"].split()) in flat
        assert f"check: {check['id']}" in flat
        for name in check["evidence"]:
            assert f"{name}: " in flat
        if check["shell"]:
            assert f"shell: {check['shell']}\n" in out


def test_shell_lines_work_as_printed(pith: Pith, files: Files) -> None:
    """The digest line, copied from the terminal, prints the digest."""
    out = pith("verify", "--verbose", files.verified).out
    line = next(x for x in out.splitlines() if x.lstrip().startswith("shell: printf"))
    done = subprocess.run(
        ["sh", "-c", line.partition("shell: ")[2]], capture_output=True, text=True, check=True
    )
    assert f"Digest:      {done.stdout.strip()}" in out


def in_terminal(arguments: list[str], environment: dict[str, str], **more: str) -> str:
    """What the command prints on a (pseudo) terminal of 80 columns."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pithcli", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=secondary,
        stderr=secondary,
        env={**environment, "TERM": "xterm-256color", "COLUMNS": "80", **more},
    )
    os.close(secondary)
    received = b""
    while True:
        try:
            part = os.read(primary, 65536)
        except OSError:  # Linux: the other side has closed
            break
        if not part:
            break
        received += part
    os.close(primary)
    process.wait(timeout=30)
    return received.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize("name", ["verified", "failed", "intact"])
def test_colour_adds_nothing_but_colour(
    files: Files, environment: dict[str, str], pith: Pith, name: str
) -> None:
    """On a terminal `rich` colours the very words that a pipe gets."""
    pytest.importorskip("rich")
    path = str(getattr(files, name))
    for options in ([], ["--verbose"]):
        coloured = in_terminal(["verify", *options, path], environment)
        assert "\x1b[" in coloured
        bare = [line.rstrip() for line in ESCAPE.sub("", coloured).splitlines()]
        assert bare == pith("verify", *options, path).out.splitlines()


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colour_can_be_refused(
    files: Files, environment: dict[str, str], setting: dict[str, str]
) -> None:
    """NO_COLOR and a terminal without colours are respected."""
    shown = in_terminal(["verify", str(files.verified)], environment, **setting)
    assert shown.startswith("Verified\n")
    assert "\x1b" not in shown


def test_pipes_get_no_colour(pith: Pith, files: Files) -> None:
    """Output that is not for a terminal has no escape sequences, whatever TERM says."""
    assert "\x1b" not in pith("verify", files.verified, TERM="xterm-256color").out


def test_output_needs_no_unicode(environment: dict[str, str], files: Files) -> None:
    """Where the terminal has only ASCII, marks become ASCII and nothing fails."""
    done = subprocess.run(
        [sys.executable, "-m", "pithcli", "verify", str(files.failed)],
        capture_output=True,
        env={**environment, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 1
    assert b"x FAILED: " in done.stdout
    assert b"+ passed: " in done.stdout


HOSTILE = "a\x1b[2J\x9b31m\u202eb\u2028\r\nVerified\x07"


def test_a_record_cannot_write_on_the_terminal(pith: Pith, tmp_path: Path, signed_row: Row) -> None:
    """Escape sequences, bidirectional overrides and line breaks in a record stay visible text."""
    document = {**document_of(signed_row), "paper": {"title": HOSTILE}, "pith_number": HOSTILE}
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    for option in ("--verbose", "--json"):
        run = pith("verify", option, path)
        shown = run.out + run.err
        assert run.code == 1
        assert not set(shown) & set("\x1b\x9b\u202e\u2028\r\x07")
        assert "\nVerified" not in shown


def test_printable_keeps_ordinary_text() -> None:
    """Letters of any script pass unchanged; what moves the cursor is written out."""
    assert printable("Ünïcode, 漢字 and “quotes”") == "Ünïcode, 漢字 and “quotes”"
    assert printable("\x1b\u202e\ud800\U000e0001") == "\\x1b\\u202e\\ud800\\U000e0001"


def test_a_shell_line_with_control_characters_is_not_offered(signed_row: Row) -> None:
    """A shell line that cannot be shown as it is must not be copied: the output says so."""
    data = json.dumps({**document_of(signed_row), "paper": {"title": "a\x1bb"}}).encode()
    lines = report_lines(pithcore.verify(data), width=80, verbose=True, encoding="utf-8")
    text = "\n".join("".join(part for part, _ in line) for line in lines)
    assert "\x1b" not in text
    assert "shell: holds control characters; --json has it" in text


def shell(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash in which $PITH is the command."""
    command = f"{shlex.quote(sys.executable)} -m pithcli"
    return subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        env={**environment, "PITH": command},
        check=False,
        timeout=60,
    )


def test_a_closed_pipe_is_quiet(environment: dict[str, str], files: Files) -> None:
    """A reader that stops reading causes no complaint, and no success either."""
    done = shell(
        f"(sleep 1; $PITH verify --verbose {files.verified}; echo $? >&2) | true", environment
    )
    assert done.stderr == b"141\n"


def test_a_full_disk_is_said(environment: dict[str, str], files: Files) -> None:
    """Output that cannot be written is an error, never a silent success."""
    done = shell(f"$PITH verify {files.verified} > /dev/full", environment)
    assert done.returncode == 4
    assert done.stderr == b"error: The output could not be written: No space left on device.\n"


def test_closed_streams_do_not_matter(environment: dict[str, str], files: Files) -> None:
    """With standard output, input or error closed the exit code still says the outcome."""
    assert shell(f"$PITH verify {files.verified} >&-", environment).returncode == 0
    assert shell(f"$PITH verify --json {files.failed} >&- 2>&-", environment).returncode == 1
    closed = shell("$PITH verify - <&-", environment)
    assert closed.returncode == 4
    assert b"Standard input is closed" in closed.stderr
    assert shell("$PITH verify missing.json 2>&-", environment).returncode == 4


def test_interruption_is_quiet(environment: dict[str, str], server: Server) -> None:
    """Ctrl-C while a server is slow ends with code 130 and no traceback."""
    server.answers["/x"] = never
    process = subprocess.Popen(
        [sys.executable, "-m", "pithcli", "verify", f"{server.base_url}/x"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        # Tests started in the background of a script inherit that it is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not server.asked:
        assert process.poll() is None
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_defect_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    """Even an error nobody foresaw reaches the user as a sentence, unless they ask for more."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(verify, "report_lines", broken)
    monkeypatch.delenv("PITH_DEBUG", raising=False)
    assert main(["verify", str(files.verified)]) == 4
    assert "Something went wrong inside pith: ZeroDivisionError" in capsys.readouterr().err
    monkeypatch.setenv("PITH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["verify", str(files.verified)])
