"""Timestamp proofs, read and evaluated, against the SHA-256 calls they hold.

The bar is for proofs as calendars give them out once Bitcoin has attested them. Three fresh
promises hold four such calls in 400 bytes, most of which are addresses, so they have none.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest import mock

REPO = Path(__file__).resolve().parents[1]
sys.path.append(str(REPO / "tests" / "pithcore"))

from stamps import attested, fresh  # noqa: E402

from pithcore.timestamp import DetachedTimestamp, evaluate, parse, serialize  # noqa: E402
from table import Row, print_table  # noqa: E402

BAR = 10.0
ROUNDS, CALLS = 100, 10

CASES = {
    "attested, two calendars": attested(),
    "attested, one calendar": attested((700_001,)),
    "promised by three calendars": fresh(),
}


def hashed(proof: DetachedTimestamp) -> list[bytes]:
    """Every message that evaluating the proof hashes with SHA-256."""
    with mock.patch("hashlib.sha256", wraps=hashlib.sha256) as sha256:
        evaluate(proof)
    return [call.args[0] for call in sha256.call_args_list]


def seconds(work: Callable[[], object]) -> float:
    """Time of `CALLS` runs."""
    started = time.perf_counter()
    for _ in range(CALLS):
        work()
    return time.perf_counter() - started


def hash_all(messages: list[bytes]) -> None:
    """The peer: the same hashes, and nothing else."""
    sha256 = hashlib.sha256
    for message in messages:
        sha256(message).digest()


def read(data: bytes) -> None:
    """Ours."""
    evaluate(parse(data))


def ratios() -> dict[str, tuple[float, int]]:
    """Case → (time of reading and evaluating over that of its hashes alone, how many they are).

    Both in turn, and the best of many rounds: what disturbs a round only ever adds to it.
    """
    measured = {}
    for case, proof in CASES.items():
        data, messages = serialize(proof), hashed(proof)
        peer, ours = partial(hash_all, messages), partial(read, data)
        rounds = [(seconds(peer), seconds(ours)) for _ in range(ROUNDS)]
        least = min(own for _, own in rounds) / min(other for other, _ in rounds)
        measured[case] = (least, len(messages))
    return measured


def in_pyodide() -> dict[str, tuple[float, int]]:
    """The same under Pyodide in Node."""
    sources = {
        f"src/{path.relative_to(REPO / 'src').as_posix()}": path
        for path in (REPO / "src" / "pithcore").rglob("*.py")
    }
    sources["tests/pithcore/stamps.py"] = REPO / "tests" / "pithcore" / "stamps.py"
    for name in ("bench_timestamp.py", "table.py"):
        sources[f"benchmarks/{name}"] = REPO / "benchmarks" / name
    request = {
        "pyodide": str(REPO / "node_modules" / "pyodide"),
        "files": {
            name: base64.b64encode(path.read_bytes()).decode() for name, path in sources.items()
        },
        "program": (
            "import json, sys\nsys.path[:0] = ['/src/src', '/src/benchmarks']\n"
            "import bench_timestamp\nresult = json.dumps(bench_timestamp.ratios())"
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "request.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        node = ["node", str(REPO / "web" / "in_pyodide.mjs"), str(file)]
        printed = subprocess.run(node, check=True, capture_output=True, text=True).stdout
    return {case: (ratio, count) for case, (ratio, count) in json.loads(printed).items()}


def main() -> int:
    """Print the table; 1 when a bar is missed."""
    rows = []
    for where, measured in (("CPython", ratios()), ("Pyodide in Node", in_pyodide())):
        for case, (ratio, count) in measured.items():
            bar = BAR if case.startswith("attested") else None
            rows.append(Row(f"{where}: {case}", bar, None, ratio, f"{count} SHA-256 calls"))
    return print_table("Timestamp proofs, against their SHA-256 calls alone", rows)


if __name__ == "__main__":
    sys.exit(main())
