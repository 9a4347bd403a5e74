"""`pith audit` against a plain loop over the same bytes, on the same number of processes.

The plain loop is the least that anybody could do who trusts the form of a bundle: for each line

1. `json.loads` of the line;
2. the canonical bytes (`json.dumps(sort_keys=True, separators=(",", ":"), ensure_ascii=False)`)
   and SHA-256 of the record and of the two events, each compared with what the bundle states;
3. the three signatures (receipt, two events) with `cryptography`, under one key object.

It reads the file itself, each process its own share, and writes nothing. `pith audit` is run as
a user runs it: its start, its pipes, 31 checks for each bundle and a row for each on the disk
are all in its time. Both run in turn on each quarter of the rows, so that a busy machine weighs
on both alike.

`python benchmarks/bench_audit.py [--rows N] [--jobs N]`; 200,000 rows take some ten minutes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import itertools
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import make_bundles
from table import Row, print_table

PARTS = 4
LENGTHS = (20_000, 200_000, 1_000_000)
"""Rows for which memory is measured."""

MEBIBYTE = 1024**2
KEY = f"{make_bundles.KEY.key_id}={make_bundles.KEY.public_key.hex()}"


def canonical(value: Any) -> bytes:
    """Canonical bytes, as anybody would write it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def plain(path: str, start: int, end: int) -> int:
    """The plain loop over the lines that begin from `start` on and before `end`."""
    public_key = Ed25519PublicKey.from_public_bytes(make_bundles.KEY.public_key)
    good = 0
    with Path(path).open("rb") as stream:
        if start:
            stream.seek(start - 1)
            stream.readline()
        while stream.tell() < end and (line := stream.readline()):
            bundle = json.loads(line)
            digest = hashlib.sha256(canonical(bundle["canonical_record"])).digest()
            holds = digest.hex() == bundle["canonical_sha256"]
            receipt = bundle["events"][0]["payload"]["receipt"]
            public_key.verify(base64.b64decode(receipt["signature_b64"]), digest)
            for event in bundle["events"]:
                signature, event_id = event.pop("signature_b64"), event.pop("event_id")
                digest = hashlib.sha256(canonical(event)).digest()
                holds &= event_id == f"sha256:{digest.hex()}"
                public_key.verify(base64.b64decode(signature), digest)
            good += holds
    return good


def plain_on(path: str, jobs: int) -> int:
    """The plain loop by so many processes."""
    size = Path(path).stat().st_size
    bounds = [size * job // jobs for job in range(jobs + 1)]
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        shares = itertools.pairwise(bounds)
        return sum(pool.starmap(plain, [(path, start, end) for start, end in shares]))


class Measured(NamedTuple):
    """Seconds on the clock, seconds of processor time, most memory (RSS, PSS) in MiB."""

    wall: float
    cpu: float
    rss: float
    pss: float
    out: str


def measure(command: list[str], every: float | None = None) -> Measured:
    """Run a command; look at the memory of all its processes together every so many seconds."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    rss = pss = 0.0
    while every is not None and process.poll() is None:
        now = memory_of(process.pid)
        rss, pss = max(rss, now[0]), max(pss, now[1])
        time.sleep(every)
    out, _ = process.communicate()
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    return Measured(wall, cpu, rss / MEBIBYTE, pss / MEBIBYTE, out)


def memory_of(pid: int) -> tuple[int, int]:
    """Resident and proportional bytes of a process and all its children."""
    rss = pss = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0, 0
    for one in family:
        try:
            info = one.memory_full_info()
        except psutil.Error:
            continue
        rss, pss = rss + info.rss, pss + getattr(info, "pss", info.rss)
    return rss, pss


def audit(path: Path, rows: Path, jobs: int, every: float | None = None) -> Measured:
    """`pith audit` as a process of its own; its rows are counted and thrown away."""
    command = [sys.executable, "-m", "pithcli", "audit", "--key", KEY, "--json"]
    command += ["--no-progress", "--jobs", str(jobs), "--out", str(rows), str(path)]
    measured = measure(command, every)
    summary = json.loads(measured.out)
    with rows.open("rb") as stream:
        lines = sum(1 for _ in stream)
    rows.unlink()
    assert summary["verdicts"]["verified"] == summary["rows"] == lines, summary
    return measured


def throughput(folder: Path, rows: int, jobs: int) -> tuple[list[Row], float]:
    """The ratio, from quarters of the rows; and rows of the audit for a second of a core."""
    ours = theirs = our_cpu = their_cpu = 0.0
    rows -= rows % PARTS
    for part in range(PARTS):
        path = folder / f"part{part}.jsonl"
        first = part * rows // PARTS
        make_bundles.write(range(first, first + rows // PARTS), path)
        command = [sys.executable, __file__, "--plain", str(path), "--jobs", str(jobs)]
        loop = measure(command)
        assert int(loop.out) == rows // PARTS
        done = audit(path, folder / "rows.jsonl", jobs)
        ours, theirs = ours + done.wall, theirs + loop.wall
        our_cpu, their_cpu = our_cpu + done.cpu, their_cpu + loop.cpu
        path.unlink()
        print(f"part {part + 1} of {PARTS}: {loop.wall:.1f} s plain, {done.wall:.1f} s audit")
    note = f"{rows / ours:,.0f} rows/s; the plain loop {rows / theirs:,.0f}"
    table = [
        Row(f"throughput, {rows:,} rows", 0.6, 0.8, theirs / ours, note, at_least=True),
        Row("the same in processor time", None, None, their_cpu / our_cpu, "for comparison"),
    ]
    return table, rows / our_cpu


def memory(folder: Path, most: int, jobs: int) -> list[Row]:
    """Most memory for each length; the rows come from gzip files that repeat their members."""
    table = []
    unit = folder / "unit.jsonl.gz"
    make_bundles.write(range(LENGTHS[0]), unit)
    for length in [length for length in LENGTHS if length <= most]:
        path = folder / f"memory-{length}.jsonl.gz"
        with path.open("wb") as out:
            for _ in range(length // LENGTHS[0]):
                with unit.open("rb") as member:
                    shutil.copyfileobj(member, out)
        done = audit(path, folder / "rows.jsonl", jobs, every=0.1)
        path.unlink()
        note = f"RSS of all processes added up; {done.pss:.0f} MiB where shared pages count once"
        table.append(Row(f"memory, {length:,} rows", 200, None, done.rss, note, unit="MiB"))
    return table


def main() -> int:
    """Measure, print the table, and return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--memory-rows", type=int, default=LENGTHS[1], help="longest to measure")
    parser.add_argument("--plain", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.plain is not None:
        print(plain_on(arguments.plain, arguments.jobs))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, rate = throughput(folder, arguments.rows, arguments.jobs)
        table += memory(folder, arguments.memory_rows, arguments.jobs)
    code = print_table(f"pith audit, {arguments.jobs} processes", table)
    print(f"\nA core does {rate:,.0f} rows a second: 3,000,000 bundles are ", end="")
    print(f"{3_000_000 / rate / 3600:.2f} core-hours.")
    return code


if __name__ == "__main__":
    sys.exit(main())
