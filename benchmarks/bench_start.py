"""`pith verify FILE` from start to finish, and how reading grows with the size of the input.

The command runs from the wheel in a new environment, as `pip install` leaves it, against a
Python that only imports what any such program needs. Memory is the peak that Python's own
allocator saw (tracemalloc), in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pithcore import Key, ed25519, make_bundle, make_event, make_record, number_of
from table import Row, median, print_table

REPO = Path(__file__).resolve().parents[1]
ROUNDS = 101
"""Of 25, the median varied by a fifth from one time to the next."""

SIZES = (1_000, 10_000, 100_000)
PEER = "import json, hashlib, argparse"

READ = """
import json, sys, time, tracemalloc
import pithcore
from pithcore.document import read_document
with open(sys.argv[1], "rb") as file:
    data = file.read()
start = time.process_time()
document = read_document(data)
read = time.process_time() - start
del document
tracemalloc.start()
read_document(data)
peak = tracemalloc.get_traced_memory()[1]
print(json.dumps([len(data), read, peak]))
"""


def environment(place: Path) -> Path:
    """A new environment with the wheel and nothing else; its folder of programs."""
    run = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)]
    subprocess.run(run, cwd=REPO, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    uv = str(Path(sys.executable).with_name("uv"))
    home = place / "env"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    python = str(home / "bin" / "python")
    install = [uv, "pip", "install", "--quiet", "--offline", "--compile-bytecode"]
    subprocess.run([*install, "--python", python, str(wheel)], check=True)
    return home / "bin"


def cpu(command: list[str]) -> float:
    """Processor seconds of a process that must end well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wall(command: list[str]) -> float:
    """Seconds on the clock for the same."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def bundle_of(count: int) -> bytes:
    """A bundle with so many events under one key; one signature serves all, for reading alone."""
    seed = bytes(32)
    key = Key("lab", ed25519.public_key(seed), "a lab")
    record = make_record(
        source_id="2001.00001",
        version=1,
        title="A title",
        abstract="An abstract",
        submitted_at="2020-01-01T00:00:00Z",
        primary_cat="hep-lat",
    )
    event = make_event(
        "note", number_of(record), {"n": 0}, key, seed, created_at="2020-01-02T00:00:00Z"
    )
    bundle = make_bundle(record)
    bundle["events"] = [{**event, "payload": {"n": index}} for index in range(count)]
    return json.dumps(bundle).encode()


def page_of(megabytes: int) -> bytes:
    """A record page with a long text around what it states."""
    filler = "<p>" + "Some words of a long page, with <b>marks</b> &amp; signs. " * 20 + "</p>\n"
    head = (
        "<html><body><h1>pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I</h1>\n<p>Canonical hash "
        "18739e181b862644e7b3551a7b1145da15779da61ba8278941a87f69190d201b</p>\n"
    )
    return (head + filler * (megabytes * 1_000_000 // len(filler))).encode()


def main() -> int:
    """Run from a shell."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        programs = environment(place)
        example = str(REPO / "web" / "examples" / "verified.json")
        ours = [str(programs / "pith"), "verify", example]
        peer = [str(programs / "python"), "-c", PEER]
        ours_fast = [str(Path(sys.executable).with_name("pith")), "verify", example]
        pairs = [(wall(ours), wall(peer), wall(ours_fast)) for _ in range(ROUNDS)]
        rows = [
            Row(
                "`pith verify FILE`, start to finish",
                1.6,
                None,
                median([a / b for a, b, _ in pairs]),
            ),
            Row(
                "the same with `cryptography` and its second opinion",
                None,
                None,
                median([c / b for _, b, c in pairs]),
            ),
        ]
        documents = {f"bundle of {count:,} events": bundle_of(count) for count in SIZES}
        documents |= {f"page of {size} MB": page_of(size) for size in (1, 5)}
        curve = []
        for name, data in documents.items():
            file = place / "input"
            file.write_bytes(data)
            found = []
            for _ in range(3):
                done = subprocess.run(
                    [sys.executable, "-c", READ, str(file)],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                found.append(json.loads(done.stdout))
            size, seconds, peak = min(found, key=lambda one: one[1])
            curve.append((name, size, seconds))
            rows.append(Row(f"peak memory ÷ input, {name}", 12, None, peak / size))
        first = curve[0]
        for name, size, seconds in curve[1:3]:
            growth = (seconds / size) / (first[2] / first[1])
            rows.append(
                Row(
                    f"time a byte ÷ that of {first[0]}, {name}", 2, None, growth, f"{seconds:.2f} s"
                )
            )
        growth = (curve[4][2] / curve[4][1]) / (curve[3][2] / curve[3][1])
        rows.append(
            Row(
                f"time a byte ÷ that of {curve[3][0]}, {curve[4][0]}",
                2,
                None,
                growth,
                f"{curve[4][2]:.2f} s",
            )
        )
        return print_table("The command's start, and reading", rows)


if __name__ == "__main__":
    sys.exit(main())
