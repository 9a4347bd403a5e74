"""`pith audit`: what is a document, what is in a row, and what the rows amount to."""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from audit_helpers import KEY, KEY_OPTION, bundle, corpus, lines_of, rows_in, tampered

import pithcore
from pithcli.__main__ import main
from pithcli.audit import audit_lines
from pithcli.audit.listing import files_in
from pithcli.audit.rows import MAX_DOCUMENT, TOO_LARGE, VERDICTS
from pithcli.opinion import fastest, second_opinion
from pithcore import PITH_KEYRING, PithError, ed25519

if TYPE_CHECKING:
    from audit_helpers import Row
    from cli_helpers import Files, Pith

    Capture = pytest.CaptureFixture[str]

KEYRING = PITH_KEYRING.with_key(KEY)
LINES = [bundle(0), b"", tampered(bundle(1), b"cs.LG", b"cs.AI"), b"  ", b"{}", bundle(2)]
WANTED = [(1, "verified"), (3, "failed"), (5, "refused"), (6, "verified")]


def audited(*arguments: object, code: int | None = None) -> int:
    """Run the command in this process, with one worker and the test key."""
    found = main(["audit", "--key", KEY_OPTION, "--jobs", "1", *map(str, arguments)])
    assert code is None or found == code
    return found


def rows_of(path: Path, tmp_path: Path, *options: object) -> list[Row]:
    """The rows for a path."""
    out = tmp_path / "rows.jsonl"
    out.unlink(missing_ok=True)
    audited("--quiet", "--out", out, *options, path)
    return rows_in(out)


def zstd(data: bytes) -> bytes:
    """Packed with zstd, as several frames."""
    zstandard = pytest.importorskip("zstandard")
    half = len(data) // 2
    return b"".join(
        zstandard.ZstdCompressor().compress(part) for part in (data[:half], data[half:])
    )


PACKED = {
    ".jsonl": bytes,
    ".ndjson": bytes,
    ".jsonl.gz": lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:]) + bytes(512),
    ".jsonl.zst": zstd,
}


@pytest.mark.parametrize("suffix", PACKED)
def test_each_line_is_a_row_with_its_number(tmp_path: Path, suffix: str) -> None:
    """Packed or not, a document on each line gives its row; a blank line counts and gives none."""
    path = tmp_path / f"bundles{suffix}"
    path.write_bytes(PACKED[suffix](b"\n".join(LINES)))
    rows = rows_of(path, tmp_path)
    assert [(row["line"], row["verdict"]) for row in rows] == WANTED
    assert {row["source"] for row in rows} == {str(path)}
    assert rows[0]["pith_number"] == json.loads(bundle(0))["pith_number"]
    assert (rows[0]["kind"], rows[0]["arxiv_id"], rows[0]["key_id"]) == (
        "bundle",
        "2601.00000",
        KEY.key_id,
    )


def test_a_folder_stands_for_its_files_in_order(tmp_path: Path) -> None:
    """Files of the known names, packed or not, with the folders in it; hidden ones are left."""
    folder = tmp_path / "in"
    files = {
        "a.json": bundle(0),
        "b/2.json.gz": gzip.compress(bundle(1)),
        "b/3.jsonl": bundle(2) + b"\n" + bundle(3) + b"\n",
        "c.json": b"[]",
        "notes.txt": b"not looked at",
        ".hidden.json": b"{}",
        ".git/x.json": b"{}",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    rows = rows_of(folder, tmp_path)
    found = [(Path(row["source"]).relative_to(folder).as_posix(), row["line"]) for row in rows]
    assert found == [
        ("a.json", None),
        ("b/2.json.gz", None),
        ("b/3.jsonl", 1),
        ("b/3.jsonl", 2),
        ("c.json", None),
    ]
    assert [row["verdict"] for row in rows] == [*["verified"] * 4, "refused"]
    only = rows_of(folder, tmp_path, "--name", "a.*", "--name", "c.json")
    assert [Path(row["source"]).name for row in only] == ["a.json", "c.json"]


def test_a_mirror_stands_for_the_bundles_it_serves(tmp_path: Path) -> None:
    """Manifest, key, states and the page of a mirror are no documents to audit."""
    mirror = tmp_path / "mirror"
    for name in ("pith-mirrors.json", "pith/A/bundle.json", "pith/A/state.json", "page.json"):
        (mirror / name).parent.mkdir(parents=True, exist_ok=True)
        (mirror / name).write_bytes(bundle(0))
    rows = rows_of(mirror, tmp_path)
    assert [row["source"] for row in rows] == [str(mirror / "pith/A/bundle.json")]
    state = rows_of(mirror, tmp_path, "--name", "state.json")
    assert [row["source"] for row in state] == [str(mirror / "pith/A/state.json")]


def test_any_other_file_is_one_document(tmp_path: Path, files: Files) -> None:
    """A file that is named itself is read as `pith verify` reads it, whatever its name."""
    page = tmp_path / "page.txt"
    page.write_bytes(files.verified.read_bytes())
    assert [row["verdict"] for row in rows_of(page, tmp_path)] == ["verified"]


def test_a_list_in_lots_is_the_sorted_list(tmp_path: Path) -> None:
    """Names come in order and once, however few of them are held at a time."""
    names = [f"{index * 7919 % 100:02}.json" for index in range(100)]
    for name in names:
        (tmp_path / name).touch()
    (tmp_path / "50-folder").mkdir()
    (tmp_path / "50-folder" / "x.json").touch()
    (tmp_path / "60-link").symlink_to(tmp_path / "50-folder")
    expected = list(files_in(str(tmp_path)))
    assert [Path(str(path)).name for path in expected] == [
        *sorted(name for name in names if name < "50-"),
        "x.json",
        *sorted(name for name in names if name > "50-"),
    ]
    for at_a_time in (1, 2, 3, 7, 102, 103):
        assert list(files_in(str(tmp_path), at_a_time=at_a_time)) == expected


def test_a_row_says_what_a_report_says(tmp_path: Path) -> None:
    """For every document of the conformance suite and many bad ones, row and report agree."""
    lines = corpus()
    rows = {row["line"]: row for row in audit_lines(lines, keyring=KEYRING)}
    seen = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            assert number not in rows
            continue
        row = rows[number]
        try:
            report = pithcore.verify(line, keyring=KEYRING, verify_signature=fastest())
        except PithError as error:
            assert (row["verdict"], row["sentence"]) == ("refused", str(error))
            continue
        failed = [one.id for one in report.checks if one.outcome == "failed"]
        assert (row["verdict"], row["failed"]) == (report.verdict, failed)
        assert row["sentence"] == (None if report.verdict == "verified" else report.sentence)
        assert row["pith_number"] == report.subject.pith_number
        assert row["arxiv_id"] == report.subject.arxiv_id
        assert row["kind"] == report.input.kind
        assert row["key_id"] == (None if report.key is None else report.key.key_id)
        seen.add(row["verdict"])
    assert seen == set(VERDICTS) - {"refused"}


def test_with_and_without_openssl_the_rows_are_the_same() -> None:
    """Our own Ed25519 and OpenSSL's behind the filter give the same rows, odd signatures too."""
    pytest.importorskip("cryptography")
    lines = [*corpus(), *lines_of(20)]
    fast = audit_lines(lines, keyring=KEYRING, verify_signature=second_opinion())
    assert fast == audit_lines(lines, keyring=KEYRING, verify_signature=ed25519.verify)
    assert Counter(row["verdict"] for row in fast)["failed"] > 60


def test_pure_uses_no_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--pure` gives the same rows where OpenSSL would break everything."""
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join(lines_of(10)))
    rows = rows_of(path, tmp_path)
    monkeypatch.setattr("pithcli.audit.rows._fastest", lambda: lambda *_: False)
    assert rows_of(path, tmp_path, "--pure") == rows
    assert rows_of(path, tmp_path) != rows


def test_lines_may_be_text_and_keep_their_ends() -> None:
    """An engine may hand over text or bytes, with or without the ends of lines."""
    line = bundle(0)
    given = audit_lines([line, line.decode() + "\r\n", "", "\ud800"], first_line=5, source="s")
    assert [(row["source"], row["line"]) for row in given] == [("s", 5), ("s", 6), ("s", 8)]
    assert given[0]["pith_number"] == given[1]["pith_number"]
    assert given[2]["verdict"] == "refused"


def test_a_fault_of_ours_is_a_row_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a check raise what it must not, that row says so and the others are audited."""
    calls = iter(range(100))

    def sometimes(*_: object) -> bool:
        if next(calls) == 3:  # the first signature of the second bundle
            raise RuntimeError("a fault")
        return True

    # Asked ahead and once more when the row is made: both times the fault must not get out.
    monkeypatch.setattr("pithcli.audit.rows._Ahead.ask", lambda self, messages: None)
    rows = audit_lines(
        [bundle(0), bundle(1), bundle(2)], keyring=KEYRING, verify_signature=sometimes
    )
    assert [row["verdict"] for row in rows] == ["verified", "refused", "verified"]
    assert rows[1]["sentence"] == "Something went wrong inside pith: RuntimeError: a fault"


BAD = {
    "not JSON": b'{"a":',
    "not UTF-8": b'{"a":"\xff"}',
    "two keys": b'{"a":1,"a":2}',
    "too deep": b"[" * 5000,
    "no document": b'{"a":1}',
    "a bare word": b"hello",
    "too large": b'"' + b"x" * MAX_DOCUMENT + b'"',
}


@pytest.mark.parametrize("name", BAD)
def test_an_unreadable_line_is_a_row_with_the_reason(tmp_path: Path, name: str) -> None:
    """Nothing is lost: the row has a sentence, and the lines around it are audited."""
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n".join((bundle(0), BAD[name], bundle(1))))
    rows = rows_of(path, tmp_path)
    assert [(row["line"], row["verdict"]) for row in rows] == [
        (1, "verified"),
        (2, "refused"),
        (3, "verified"),
    ]
    assert rows[1]["sentence"].endswith((".", ")")), rows[1]["sentence"]
    assert rows[1]["failed"] == []


@pytest.mark.parametrize("end", [b"", b"\n"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_of_any_length_is_one_row(tmp_path: Path, place: int, end: bytes) -> None:
    """A line many times too long gives one row, wherever it stands, and is never held whole."""
    lines = [bundle(0), bundle(1)]
    lines.insert(place, b" " * (3 * MAX_DOCUMENT) + b"x")
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"\n".join(lines) + end)
    rows = rows_of(path, tmp_path)
    wanted = ["verified", "verified"]
    wanted.insert(place, "refused")
    assert [row["verdict"] for row in rows] == wanted
    assert [row["line"] for row in rows] == [1, 2, 3]
    assert rows[place]["sentence"] == TOO_LARGE


@pytest.mark.parametrize("suffix", [".jsonl.gz", ".jsonl.zst"])
def test_a_damaged_file_keeps_the_rows_before_the_damage(tmp_path: Path, suffix: str) -> None:
    """Cut off or overwritten: what could be unpacked is audited, and one row names the rest."""
    packed = PACKED[suffix](b"\n".join(bundle(index) for index in range(40)))
    path = tmp_path / f"damaged{suffix}"
    for damaged in (packed[: len(packed) * 2 // 3], packed[:-1500] + b"\0" * 1500):
        path.write_bytes(damaged)
        rows = rows_of(path, tmp_path)
        assert [row["line"] for row in rows] == list(range(1, len(rows) + 1))
        assert 10 < len(rows) <= 42
        assert {row["verdict"] for row in rows[:10]} == {"verified"}
        assert "cannot be read from here on" in rows[-1]["sentence"]
        # Nothing that was damaged passes for good: gzip finds the damage only at the end.
        good = [row["pith_number"] for row in rows if row["verdict"] == "verified"]
        assert good == [json.loads(bundle(index))["pith_number"] for index in range(len(good))]


def test_a_damaged_document_is_a_row(tmp_path: Path) -> None:
    """A packed document that cannot be unpacked, or unpacks to too much, is refused."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json.gz").write_bytes(gzip.compress(bundle(0))[:-9])
    (tmp_path / "in" / "b.json.gz").write_bytes(gzip.compress(b" " * (MAX_DOCUMENT + 1)))
    (tmp_path / "in" / "c.json").symlink_to("nowhere")
    rows = rows_of(tmp_path / "in", tmp_path)
    assert [row["verdict"] for row in rows] == ["refused"] * 3
    assert "ends too early" in rows[0]["sentence"]
    assert rows[1]["sentence"] == TOO_LARGE
    assert rows[2]["sentence"] == "The file could not be read: No such file or directory."


def test_a_folder_that_cannot_be_read_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in there is not known, and that is said instead of passed over."""
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    folder = tmp_path / "in"
    (folder / "locked").mkdir(parents=True)
    (folder / "z.json").write_bytes(bundle(0))
    monkeypatch.setattr(os, "scandir", scandir)
    rows = rows_of(folder, tmp_path)
    assert [(Path(row["source"]).name, row["verdict"]) for row in rows] == [
        ("locked", "refused"),
        ("z.json", "verified"),
    ]
    assert rows[0]["sentence"] == "The folder could not be read: Permission denied."


def test_the_summary_agrees_with_the_rows(tmp_path: Path, capsys: Capture) -> None:
    """Counts by verdict and by failed check are those of the rows in the file."""
    path, out = tmp_path / "corpus.jsonl", tmp_path / "rows.jsonl"
    path.write_bytes(b"\n".join(line for line in corpus() if b"\n" not in line))
    audited("--json", "--out", out, path, code=1)
    summary = json.loads(capsys.readouterr().out)
    rows = rows_in(out)
    assert summary["schema"] == "pithcli.audit/1"
    assert summary["complete"] is True
    assert summary["rows"] == summary["rows_in_this_run"] == len(rows)
    assert summary["verdicts"] == {
        verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS
    }
    failed = Counter(check for row in rows for check in row["failed"])
    assert summary["failed_checks"] == failed
    assert failed


def test_the_summary_for_people_names_what_is_bad(tmp_path: Path, capsys: Capture) -> None:
    """It counts, lists the first bad rows with their places, and says how many more there are."""
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join((*lines_of(100), b'{"\x1b":1}')))
    audited(path, code=1)
    out = capsys.readouterr().out
    assert out.startswith("101 rows: 86 verified, 14 failed, 1 not readable.\nFailed checks: ")
    assert f"  {path}:4: The document contradicts itself" in out
    assert "  … and 5 more" in out
    assert "\x1b" not in out


def test_many_workers_write_the_same_bytes(pith: Pith, tmp_path: Path) -> None:
    """Rows stand in the order of the inputs, whoever made them: two runs give the same file."""
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join(lines_of(700)))
    for jobs in (1, 3):
        out = tmp_path / f"{jobs}.jsonl"
        run = pith("audit", "--key", KEY_OPTION, "--jobs", jobs, "--out", out, path)
        assert run.code == 1
        assert run.out.startswith("700 rows: 600 verified, 100 failed.")
        assert run.err == ""
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "3.jsonl").read_bytes()
    assert [row["line"] for row in rows_in(tmp_path / "1.jsonl")] == list(range(1, 701))


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([bundle(0)], 0),
        ([bundle(0), tampered(bundle(1), b"cs.LG", b"cs.AI"), b"{}"], 1),
        ([bundle(0), b"{}"], 4),
        ([], 4),
    ],
)
def test_the_worst_row_decides_the_exit_code(tmp_path: Path, lines: list[bytes], code: int) -> None:
    """As for `pith verify`: 1 outweighs 4, 4 outweighs 3, 3 outweighs 0; nothing at all is 4."""
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join(lines))
    audited(path, code=code)
    if code == 0:
        assert main(["audit", "--jobs", "1", str(path)]) == 3


def test_rows_on_standard_output(pith: Pith, tmp_path: Path) -> None:
    """`--out -` gives rows to the next program, and the summary to standard error."""
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join(LINES))
    run = pith("audit", "--key", KEY_OPTION, "--out", "-", path)
    assert [json.loads(line)["line"] for line in run.out.splitlines()] == [1, 3, 5, 6]
    assert run.err.startswith("4 rows: 2 verified, 1 failed, 1 not readable.")
    quiet = pith("audit", "--quiet", path)
    assert (quiet.code, quiet.out, quiet.err) == (1, "", "")


WRONG = {
    "a path that is not there": ("missing.jsonl",),
    "--resume without a file": ("--resume", "some.jsonl"),
    "--resume of standard output": ("--resume", "--out", "-", "some.jsonl"),
    "--parquet without a file": ("--parquet", "x.parquet", "some.jsonl"),
    "no number of processes": ("--jobs", "0", "some.jsonl"),
    "too many processes": ("--jobs", "62", "some.jsonl"),
    "--jobs beside --dask": ("--jobs", "2", "--dask", "tcp://127.0.0.1:1", "some.jsonl"),
    "a file of rows that is there": ("--out", "some.jsonl", "some.jsonl"),
    "a folder that is not there": ("--out", "nowhere/rows.jsonl", "some.jsonl"),
    "a bad key": ("--key", "x=y", "some.jsonl"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_slip_is_told_before_any_work(pith: Pith, tmp_path: Path, name: str) -> None:
    """A wrong command line changes nothing and says what is wrong."""
    some = tmp_path / "some.jsonl"
    some.write_bytes(bundle(0))
    run = pith("audit", *WRONG[name])
    assert run.code == (4 if "not there" in name else 2)
    assert run.err.startswith("error: ")
    assert run.out == ""
    assert list(tmp_path.iterdir()) == [some]
    assert some.read_bytes() == bundle(0)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python unpacks zstd by itself")
def test_without_zstandard_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A file nobody here can unpack stops the run before it, with the line to install."""
    monkeypatch.setitem(sys.modules, "zstandard", None)
    path = tmp_path / "some.jsonl.zst"
    path.write_bytes(b"")
    audited(path, code=4)
    told = capsys.readouterr().err
    assert f"error: {path} is packed with zstd" in told
    assert 'hint: pip install "pithcore[zstd]"' in told


@pytest.mark.parametrize(
    ("module", "option", "extra"),
    [
        ("pyarrow.parquet", ("--out", "r.jsonl", "--parquet", "r.parquet"), "parquet"),
        ("distributed", ("--dask", "tcp://127.0.0.1:1"), "dask"),
    ],
)
def test_without_an_extra_it_is_said_what_to_install(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    module: str,
    option: tuple[str, ...],
    extra: str,
) -> None:
    """A library that is missing is told by the line that installs it, before any work."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.chdir(tmp_path)
    Path("some.jsonl").write_bytes(bundle(0))
    assert main(["audit", *option, "some.jsonl"]) == 4
    assert f'hint: pip install "pithcore[{extra}]"' in capsys.readouterr().err
    assert not Path("r.jsonl").exists()


def test_parquet_has_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet holds the same rows, whatever the lots; an older file is replaced at the end."""
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("pithcli.audit.parquet.AT_A_TIME", 7)
    path, out, copy = (tmp_path / name for name in ("some.jsonl", "rows.jsonl", "rows.parquet"))
    path.write_bytes(b"\n".join((*lines_of(30), *LINES)))
    copy.write_bytes(b"older")
    audited("--out", out, "--parquet", copy, path, code=1)
    assert parquet.read_table(copy).to_pylist() == rows_in(out)
    assert {one.name for one in tmp_path.iterdir()} == {"some.jsonl", "rows.jsonl", "rows.parquet"}
    audited("--out", out, "--resume", "--parquet", tmp_path / "no" / "x", path, code=4)


def test_progress_where_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Lines on standard error have rows, rate, part done and time left, and only when asked for."""
    monkeypatch.setattr("pithcli.audit.progress.EVERY_ELSEWHERE", 0.0)
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join(lines_of(400)))
    audited("--progress", path)
    told = capsys.readouterr().err.splitlines()
    assert len(told) > 3
    assert all(line.startswith("note: ") for line in told)
    assert " rows, " in told[1]
    assert " a second, " in told[1]
    assert told[1].endswith(" left")
    assert ", 100%" in told[-1]
    audited(path)
    assert capsys.readouterr().err == ""


def test_progress_on_a_terminal_is_one_line(tmp_path: Path, environment: dict[str, str]) -> None:
    """A terminal sees one line that is written again, and gone at the end."""
    path = tmp_path / "some.jsonl"
    path.write_bytes(b"\n".join(lines_of(100) * 30))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pithcli", "audit", "--key", KEY_OPTION, "--jobs", "1"]
    process = subprocess.Popen(
        [*command, path], stdout=subprocess.PIPE, stderr=theirs, env=environment
    )
    os.close(theirs)
    out, _ = process.communicate(timeout=120)
    told = os.read(ours, 100_000).decode()
    os.close(ours)
    assert out.startswith(b"3,000 rows: ")
    assert "\n" not in told
    shown = [part for part in told.split("\r") if part.strip()]
    assert shown
    assert all(" rows, " in part for part in shown)
    assert told.rstrip("\r").split("\r")[-1].strip() == ""


def memory_of(process: subprocess.Popen[bytes]) -> int:
    """Resident bytes of a process and its children."""
    try:
        parent = psutil.Process(process.pid)
        return sum(one.memory_info().rss for one in (parent, *parent.children(recursive=True)))
    except psutil.Error:
        return 0


@pytest.mark.parametrize("kind", ["many rows", "one long line", "many files"])
def test_memory_stays_bounded(tmp_path: Path, environment: dict[str, str], kind: str) -> None:
    """All processes together stay below 200 MiB, however much there is to read."""
    path = tmp_path / "some.jsonl.gz"
    if kind == "many rows":  # 150 MB
        member = gzip.compress((b'{"canonical_record": 1}' + b" " * 700 + b"\n") * 2000)
        path.write_bytes(member * 100)
    elif kind == "one long line":  # 400 MB
        path.write_bytes(gzip.compress(b" " * 4_000_000) * 100)
    else:
        path = tmp_path / "files"
        for index in range(5000):
            (path / f"{index % 50}").mkdir(parents=True, exist_ok=True)
            (path / f"{index % 50}" / f"{index}.json").write_bytes(b"{}")
    command = [sys.executable, "-m", "pithcli", "audit", "--json", "--jobs", "2", path]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    most = 0
    while process.poll() is None:
        most = max(most, memory_of(process))
        time.sleep(0.02)
    summary = json.loads(process.communicate()[0])
    assert summary["rows"] == {"many rows": 200_000, "one long line": 1, "many files": 5000}[kind]
    assert 10 * 2**20 < most < 200 * 2**20
