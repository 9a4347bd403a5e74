"""`pith audit --dask`: a real scheduler and real workers on this machine, one of them killed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from audit_helpers import KEY_OPTION, bundle, lines_of, rows_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("distributed", reason="the extra `dask` is not installed")

ROWS = 1000


@pytest.fixture(scope="module")
def plain_environment() -> dict[str, str]:
    """The packages under test, for processes."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


class Cluster:
    """A scheduler and workers, as their commands start them."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        self.address = self._address()

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _address(self) -> str:
        return self._told("scheduler", r"Scheduler at:\s*(tcp://127\.0\.0\.1:[0-9]+)", 1)[0]

    def _told(self, name: str, pattern: str, times: int) -> list[str]:
        """Wait until the log has it so many times."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            told = (self.folder / f"{name}.log").read_text()
            found = re.findall(pattern, told)
            if len(found) >= times:
                return found
            time.sleep(0.05)
        pytest.fail(f"no {name}: {told}")

    def add_worker(self) -> None:
        """Start a worker of one thread, without a nanny that would start it again, and wait until
        the scheduler has it: an audit that finds no worker ends.
        """
        self.workers.append(self._start("worker", self.address, "--nthreads", "1", "--no-nanny"))
        self._told("worker", r"Registered to:\s*tcp://", len(self.workers))

    def close(self) -> None:
        """End all of it."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path, plain_environment: dict[str, str]) -> Iterator[Cluster]:
    """A scheduler with no workers yet."""
    (tmp_path / "cluster").mkdir()
    found = Cluster(tmp_path / "cluster", plain_environment)
    yield found
    found.close()


def start(
    folder: Path, environment: dict[str, str], out: str, *options: str
) -> subprocess.Popen[bytes]:
    """Begin an audit."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "pithcli", "audit", "--key", KEY_OPTION),
            *("--out", out, *options, "some.jsonl", "files"),
        ],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_worker_is_killed_and_every_row_is_there_once(
    tmp_path: Path, plain_environment: dict[str, str], cluster: Cluster
) -> None:
    """Two workers, one SIGKILLed in the middle: the same bytes as by this machine alone."""
    (tmp_path / "files").mkdir()
    (tmp_path / "some.jsonl").write_bytes(b"\n".join(lines_of(ROWS)))
    for index in range(70):
        (tmp_path / "files" / f"{index}.json").write_bytes(bundle(index))
    alone = start(tmp_path, plain_environment, "alone.jsonl", "--jobs", "2")
    alone.communicate(timeout=300)
    assert alone.returncode == 1
    cluster.add_worker()
    cluster.add_worker()
    run = start(tmp_path, plain_environment, "rows.jsonl", "--dask", cluster.address)
    rows = tmp_path / "rows.jsonl"
    while run.poll() is None and (not rows.exists() or rows.stat().st_size < 40_000):
        time.sleep(0.01)
    assert run.poll() is None
    at_work = [psutil.Process(one.pid).cpu_times().user for one in cluster.workers]
    assert min(at_work) > 0
    cluster.workers[0].kill()
    cluster.workers[0].wait()
    out, err = run.communicate(timeout=300)
    assert run.returncode == 1, err
    assert out.startswith(b"1,070 rows: ")
    assert len({(row["source"], row["line"]) for row in rows_in(rows)}) == ROWS + 70
    assert rows.read_bytes() == (tmp_path / "alone.jsonl").read_bytes()


def test_a_cluster_that_is_not_there_or_idle_is_told(
    tmp_path: Path,
    plain_environment: dict[str, str],
    cluster: Cluster,
) -> None:
    """No workers: said at once. The scheduler goes away: said, and the rows can be gone on with."""
    (tmp_path / "files").mkdir()
    (tmp_path / "some.jsonl").write_bytes(b"\n".join(lines_of(ROWS)))
    run = start(tmp_path, plain_environment, "rows.jsonl", "--dask", cluster.address)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 4
    assert f"error: The Dask scheduler at {cluster.address} has no workers." in err.decode()
    cluster.add_worker()
    rows = tmp_path / "rows.jsonl"
    while True:
        run = start(
            tmp_path, plain_environment, "rows.jsonl", "--resume", "--dask", cluster.address
        )
        while run.poll() is None and rows.stat().st_size < 1:
            time.sleep(0.01)
        if run.poll() is None:
            break
        run.communicate()
        time.sleep(0.2)  # the worker has not found the scheduler yet
    cluster.scheduler.kill()
    _, err = run.communicate(timeout=120)
    assert run.returncode == 4
    assert f"error: The Dask scheduler at {cluster.address} went away." in err.decode()
    assert "--resume" in err.decode()
    assert b"Traceback" not in err
    rest = start(tmp_path, plain_environment, "rows.jsonl", "--resume", "--jobs", "2")
    rest.communicate(timeout=300)
    assert rest.returncode == 1
    assert len({(row["source"], row["line"]) for row in rows_in(rows)}) == ROWS


def test_an_address_without_a_scheduler(
    tmp_path: Path, plain_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens there: one sentence, after a bounded wait."""
    monkeypatch.setattr("pithcli.audit.cluster.TIMEOUT", 1)
    from pithcli.audit import cluster as module
    from pithcli.audit.worker import Settings
    from pithcli.problem import Problem

    with pytest.raises(Problem, match="There is no Dask scheduler at"):
        next(module.there([], Settings(()), "tcp://127.0.0.1:9", lambda: False))
