"""`pith audit` that is killed, interrupted or out of space: every row once, whatever happens."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from audit_helpers import KEY_OPTION, bundle, lines_of, rows_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROWS = 1400
"""Some eighteen chunks: a second's work for two workers."""

FILES = 100
ALL = ROWS + FILES + 50


class Case:
    """Inputs, and the file of rows that a run without a break leaves."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.out = folder / "rows.jsonl"
        (folder / "in" / "b").mkdir(parents=True)
        lines = lines_of(ROWS)
        (folder / "in" / "a.jsonl").write_bytes(b"\n".join((*lines[:300], b"", *lines[300:])))
        for index in range(FILES):
            (folder / "in" / "b" / f"{index:03}.json").write_bytes(bundle(index))
        (folder / "in" / "c.jsonl").write_bytes(b"{}\n" * 50)
        self.expected = b""

    def start(self, *options: object, jobs: int = 2, **more: object) -> subprocess.Popen[bytes]:
        """Begin a run, or go on."""
        command = [sys.executable, "-m", "pithcli", "audit", "--key", KEY_OPTION]
        command += ["--jobs", str(jobs), "--out", "rows.jsonl", *map(str, options), "in"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **more,  # type: ignore[call-overload]
        )

    def run(self, *options: object, **more: object) -> tuple[int, str, str]:
        """Run to the end: code, standard output, standard error."""
        process = self.start(*options, **more)  # type: ignore[arg-type]
        out, err = process.communicate(timeout=300)
        assert b"Traceback" not in err
        return process.returncode, out.decode(), err.decode()

    def size(self) -> int:
        """Bytes of rows."""
        return self.out.stat().st_size if self.out.exists() else 0

    def when(self, process: subprocess.Popen[bytes], size: int) -> bool:
        """Wait until there are so many bytes of rows; False when the run has ended before."""
        while process.poll() is None:
            if self.size() >= size:
                return True
            time.sleep(0.002)
        return False


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, plain_environment: dict[str, str]) -> bytes:
    """The rows of a run without a break."""
    case = Case(tmp_path_factory.mktemp("whole"), plain_environment)
    code, out, _ = case.run()
    assert code == 1
    rows = rows_in(case.out)
    assert len(rows) == ALL
    assert len({(row["source"], row["line"]) for row in rows}) == len(rows)
    assert out.startswith(f"{len(rows):,} rows: ")
    return case.out.read_bytes()


@pytest.fixture(scope="module")
def plain_environment() -> dict[str, str]:
    """The packages under test, for processes."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@pytest.fixture
def case(tmp_path: Path, plain_environment: dict[str, str], whole: bytes) -> Case:
    """Inputs, nothing done yet."""
    found = Case(tmp_path, plain_environment)
    found.expected = whole
    return found


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_no_row_is_lost_or_repeated(case: Case, seed: int) -> None:
    """SIGKILL again and again, and going on each time, gives the file of a run without a break."""
    chance = random.Random(seed)
    kills = 0
    while True:
        process = case.start("--resume", "--json", jobs=chance.choice((1, 2, 3)))
        if kills < 2:  # early, so that a fast machine has not finished
            reached = case.when(process, case.size() + 1)
        elif chance.random() < 0.3:
            time.sleep(chance.random())
            reached = process.poll() is None
        else:
            reached = case.when(process, case.size() + chance.randrange(1, 120_000))
        if not reached:
            break
        process.kill()
        process.communicate()
        kills += 1
        assert case.expected.startswith(case.out.read_bytes() if case.out.exists() else b"")
    out, err = process.communicate()
    assert err == b""
    assert case.out.read_bytes() == case.expected
    summary = json.loads(out)
    assert summary["complete"] is True
    assert summary["rows"] == case.expected.count(b"\n")
    assert kills >= 2
    assert process.returncode == 1


def test_workers_end_with_a_parent_that_was_killed(case: Case) -> None:
    """After SIGKILL nothing is left running."""
    process = case.start()
    assert case.when(process, 1)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []


def test_a_row_cut_short_is_made_again(case: Case) -> None:
    """Wherever a kill has cut the last line, that is dropped, and the rows come out the same."""
    last = case.expected.rindex(b"\n")
    near = case.expected.rindex(b"\n", 0, last - 5_000)
    for cut in (0, 1, near - 1, near, near + 1, near + 2, near + 150, last):
        case.out.write_bytes(case.expected[:cut])
        code, out, err = case.run("--resume", jobs=1 if cut > 1 else 2)
        assert (code, err) == (1, "")
        assert case.out.read_bytes() == case.expected, cut
        assert out.splitlines()[0].startswith(f"{ALL:,} rows: ")


def test_going_on_with_a_finished_file_adds_nothing(case: Case) -> None:
    """The summary is that of the rows that are there, and the exit code too."""
    case.out.write_bytes(case.expected)
    code, out, _ = case.run("--resume", "--json")
    summary = json.loads(out)
    assert (code, summary["rows"], summary["rows_in_this_run"]) == (1, ALL, 0)
    rows = rows_in(case.out)
    for verdict, count in summary["verdicts"].items():
        assert count == sum(row["verdict"] == verdict for row in rows)
    assert case.out.read_bytes() == case.expected


CHANGES: dict[str, Callable[[Case], object]] = {
    "a file before was added": lambda case: (case.folder / "in" / "0.json").write_bytes(b"{}"),
    "the document was changed": lambda case: (case.folder / "in" / "a.jsonl").write_bytes(
        b"{}\n" * ROWS
    ),
    "the files are gone": lambda case: [
        path.unlink() for path in (case.folder / "in").rglob("*.json*")
    ],
    "a row was changed": lambda case: case.out.write_bytes(
        case.out.read_bytes().replace(b'"verified"', b'"failed"')
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_other_inputs_are_not_mixed_in(case: Case, change: str) -> None:
    """Where the last row is not what the arguments give, nothing is added, and it is said."""
    case.out.write_bytes(case.expected[: case.expected.index(b"\n", 30_000) + 1])
    CHANGES[change](case)
    before = case.out.read_bytes()
    code, out, err = case.run("--resume")
    assert (code, out) == (4, "")
    assert "is not what these arguments give" in err
    assert "\nhint: " in err
    assert case.out.read_bytes() == before


@pytest.mark.parametrize("line", [b"not JSON\n", b"[]\n", b'{"verdict":"verified"}\n', b"\n"])
def test_a_file_of_something_else_is_not_touched(case: Case, line: bytes) -> None:
    """What holds anything but rows is no journal, and stays as it is."""
    content = case.expected[: case.expected.index(b"\n") + 1] + line
    case.out.write_bytes(content)
    code, out, err = case.run("--resume")
    assert (code, out) == (4, "")
    assert "Line 2 of rows.jsonl is no row of an audit" in err
    assert case.out.read_bytes() == content


def test_two_runs_do_not_write_one_file(case: Case) -> None:
    """A second run that would go on with the file says so and leaves it alone."""
    process = case.start()
    assert case.when(process, 1)
    code, _, err = case.run("--resume")
    assert code == 4
    assert "Another run is writing rows.jsonl." in err
    process.communicate()
    assert case.out.read_bytes() == case.expected


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interruption_ends_with_a_summary(case: Case, number: int, jobs: int) -> None:
    """Ctrl-C (for the whole group) and SIGTERM: whole rows, their summary, and how to go on."""
    process = case.start("--json", jobs=jobs, start_new_session=True)
    assert case.when(process, 1)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode().splitlines() == [
        "error: Interrupted.",
        "hint: The same command with --resume goes on from there.",
    ]
    summary = json.loads(out)
    rows = rows_in(case.out)
    assert summary["complete"] is False
    assert summary["rows"] == len(rows) < ALL
    assert sum(summary["verdicts"].values()) == len(rows)
    assert case.run("--resume")[0] == 1
    assert case.out.read_bytes() == case.expected


SLOW_TO_START = """import os, pathlib, sys, time
if "--multiprocessing-fork" in sys.orig_argv:
    try:
        os.mkdir(pathlib.Path(__file__).parent / "one has started")
    except FileExistsError:
        time.sleep(1)
"""
"""Run by Python itself at its start: of several workers, the first alone is ready at once."""


def test_an_interruption_while_a_worker_starts_is_one(case: Case) -> None:
    """Ctrl-C reaches a worker that does not ignore it yet: still an interruption, and no noise."""
    late = case.folder / "late"
    late.mkdir()
    (late / "sitecustomize.py").write_text(SLOW_TO_START)
    case.environment = {**case.environment, "PYTHONPATH": str(late)}
    process = case.start("--json", start_new_session=True)
    assert case.when(process, 1)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode().splitlines() == [
        "error: Interrupted.",
        "hint: The same command with --resume goes on from there.",
    ]


def test_a_second_interruption_does_not_wait(case: Case) -> None:
    """Ctrl-C twice ends at once; what was written can be gone on with all the same."""
    process = case.start("--quiet")
    assert case.when(process, 1)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert case.run("--resume")[0] == 1
    assert case.out.read_bytes() == case.expected


def test_a_worker_that_is_killed_ends_the_run_and_loses_nothing(case: Case) -> None:
    """Out of memory, the system kills a worker: the run says so, and can be gone on with."""
    process = case.start()
    assert case.when(process, 1)
    workers = [
        one
        for one in psutil.Process(process.pid).children()
        if "spawn_main" in " ".join(one.cmdline())
    ]
    workers[0].kill()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 4
    assert err.decode().startswith("error: A worker process was killed, so the audit has ended.\n")
    assert case.expected.startswith(case.out.read_bytes())
    assert case.run("--resume")[0] == 1
    assert case.out.read_bytes() == case.expected


def test_a_full_disk_ends_the_run_and_loses_nothing(case: Case) -> None:
    """Where rows cannot be written any more it is said, and once there is room it goes on."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    code, _, err = case.run(preexec_fn=limit)
    assert code == 4
    assert "The rows could not be written: File too large." in err
    assert case.size() <= 40_000
    assert case.run("--resume")[0] == 1
    assert case.out.read_bytes() == case.expected
