"""Ed25519 here against OpenSSL (`cryptography`) and another pure-Python package, in turn.

Each ratio is the median over rounds; in a round both sides take turns in short pieces of which
the best counts, in processor time, so that a busy machine weighs on both alike. A message is the
32 bytes of a digest, as in a receipt.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from purepycrypto.ed25519 import ed25519_verify

from pithcore import ed25519
from table import Row, median, print_table

REPO = Path(__file__).resolve().parents[1]
PYODIDE = REPO / "node_modules" / "pyodide"
sys.path.insert(0, str(REPO / "web"))

from archive import make_archive, run_program  # noqa: E402

ROUNDS = 15
STARTS = 9
"""Starts of each interpreter. Pyodide's clock is the wall's, and in many of its starts of some 7 ms
V8's compiler takes the core for 5 ms: what the best of them gives is told beside the median."""

BATCH = 1000
SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
RAW = KEY.public_key().public_bytes_raw()
MESSAGES = [index.to_bytes(32, "big") for index in range(BATCH)]
SIGNED = [(message, KEY.sign(message)) for message in MESSAGES]


def seconds(work: Callable[[], object], times: int) -> float:
    """Processor time of one call, over so many."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def ratio(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    pieces: int = 40,
    rounds: int = ROUNDS,
    share: int = 1,
) -> float:
    """Median over rounds of our time for a call against theirs; ours does `share` at once.

    In a round both sides take turns in short pieces, and the best piece of each counts.
    """
    ours(), theirs()
    found = []
    for _ in range(rounds):
        pairs = [(seconds(ours, 2), seconds(theirs, 4)) for _ in range(pieces)]
        found.append(min(a for a, _ in pairs) / share / min(b for _, b in pairs))
    return median(found)


def openssl() -> None:
    """One verification by `cryptography`, from the raw key as ours."""
    Ed25519PublicKey.from_public_bytes(RAW).verify(SIGNED[0][1], SIGNED[0][0])


FIRST = """
import json, sys, time
from pithcore import ed25519
key, message, signature = map(bytes.fromhex, sys.argv[1:4])
first = time.process_time()
assert ed25519.verify(key, message, signature)
done = time.process_time()
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
peer = []
for _ in range(50):
    t = time.process_time()
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    peer.append(time.process_time() - t)
print(json.dumps([done - first, sorted(peer)[25]]))
"""

PINNED = """
import json, time
start = time.process_time()
import pithcore
key, message, signature = map(bytes.fromhex, ARGUMENTS)
assert pithcore.ed25519.verify(key, message, signature)
cold = time.process_time() - start
own = pithcore.ed25519.PublicKey(key)
own.prepare(9000)
best = 1e9
for _ in range(60):
    t = time.process_time()
    own.verify(message, signature)
    best = min(best, time.process_time() - t)
result = json.dumps([cold, best])
"""


def first_verify() -> float:
    """The first verification of a new process, against `cryptography` in the same process."""
    found = []
    arguments = [value.hex() for value in (RAW, *SIGNED[0])]
    for _ in range(ROUNDS):
        done = subprocess.run(
            [sys.executable, "-c", FIRST, *arguments], capture_output=True, text=True, check=True
        )
        ours, theirs = json.loads(done.stdout)
        found.append(ours / theirs)
    return median(found)


def pinned_program() -> str:
    """The program that the interpreters below run."""
    arguments = [value.hex() for value in (RAW, *SIGNED[0])]
    return f"ARGUMENTS = {arguments!r}\n{PINNED}"


def in_python(python: str) -> list[float] | None:
    """(import and first verify, warm verify) in seconds under another CPython; None without it."""
    program = f"import sys; sys.path.insert(0, {str(REPO / 'src')!r})\n{pinned_program()}\n"
    if shutil.which(python) is None:
        return None
    command = [python, "-I", "-c", program + "print(result)"]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def in_pyodide() -> list[float]:
    """The same under stock Pyodide in Node, from compiled modules as on the page."""
    return json.loads(run_program(PYODIDE, {}, pinned_program(), compiled_modules()))


@cache
def compiled_modules() -> bytes:
    """The archive that the page loads."""
    return make_archive(PYODIDE, REPO / "src")[0]


def main() -> int:
    """Run from a shell."""
    warm = ed25519.PublicKey(RAW)
    warm.prepare(9000)
    message, signature = SIGNED[0]
    key_of_batch = ed25519.PublicKey(RAW)
    key_of_batch.prepare(9000)
    assert all(key_of_batch.verify_batch(SIGNED))
    rows = [
        Row("pinned key, warm", 2.0, 1.5, ratio(lambda: warm.verify(message, signature), openssl)),
        Row(
            "any key, cold point, no tables",
            8.5,
            7,
            ratio(lambda: ed25519.PublicKey(RAW).verify(message, signature), openssl),
        ),
        Row(
            f"batch, one key, n = {BATCH:,}, a verdict for each",
            1.5,
            1.2,
            ratio(lambda: key_of_batch.verify_batch(SIGNED), openssl, 3, 5, BATCH),
        ),
        Row("first verify after import, pinned key", 45, 10, first_verify()),
        Row(
            "against purepycrypto, any key",
            0.75,
            0.55,
            ratio(
                lambda: ed25519.PublicKey(RAW).verify(message, signature),
                lambda: ed25519_verify(signature, message, RAW),
            ),
            "its table of the base point is warm",
        ),
    ]
    here: tuple[list[float], list[float]] = ([], [])
    there: tuple[list[float], list[float]] = ([], [])
    for _ in range(STARTS):
        for figures, found in ((here, in_python(sys.executable)), (there, in_pyodide())):
            assert found is not None
            for column, value in zip(figures, found, strict=True):
                column.append(value)
    cold, best = (median(b) / median(a) for a, b in zip(here, there, strict=True))
    undisturbed = min(there[0]) / min(here[0])
    rows += [
        Row("Pyodide against CPython: pinned key, warm", 2.5, None, best),
        Row(
            "Pyodide against CPython: import and first verify",
            3,
            None,
            cold,
            f"best of {STARTS} starts each: {undisturbed:.2f} ×",
        ),
    ]
    code = print_table("Ed25519, against `cryptography` in the same run", rows)
    for version in ("python3.12", "python3.13", "python3.14"):
        pairs = [(in_python(version), in_python(sys.executable)) for _ in range(5)]
        both = [(one[1], other[1]) for one, other in pairs if one and other]
        if both:
            print(f"\nPinned key, warm, {version} ÷ this: {median([a / b for a, b in both]):.2f} ×")
    return code


if __name__ == "__main__":
    sys.exit(main())
