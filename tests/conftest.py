"""What all tests share: where the data is, and a word about what was skipped for want of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

REPO = Path(__file__).resolve().parents[1]
RECORDS = Path(__file__).resolve().parent / "data" / "records"
NO_SHARED = "shared data is not there"

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def _shared_folder() -> Path:
    return Path(os.environ.get("PITH_SHARED", REPO.parent / "shared"))


@pytest.fixture(scope="session")
def repo() -> Path:
    """The root of the checkout."""
    return REPO


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared folder beside the checkout, or the one that PITH_SHARED names."""
    folder = _shared_folder()
    if not folder.is_dir():
        pytest.skip(f"{NO_SHARED}: no folder `shared` beside the checkout, PITH_SHARED not set")
    return folder


@pytest.fixture(scope="session")
def vectors(shared: Path) -> Path:
    """Public test vectors, read in place."""
    folder = shared / "vectors"
    if not folder.is_dir():
        pytest.skip(f"{NO_SHARED}: no folder `vectors` in the shared folder")
    return folder


def _rows(name: str) -> list[dict[str, Any]]:
    text = (RECORDS / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="session")
def records() -> list[dict[str, Any]]:
    """Real records, one row each (tests/data/records/README.md)."""
    return _rows("records.jsonl")


@pytest.fixture(scope="session")
def signatures() -> list[dict[str, Any]]:
    """Real signatures over records' digests."""
    return _rows("signatures.jsonl")


@pytest.fixture(scope="session")
def integrity_signatures() -> list[dict[str, Any]]:
    """Real signatures over digests of integrity events."""
    return _rows("integrity_event_signatures.jsonl")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests had no data, so that a green run cannot hide it."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_SHARED in str(report.longrepr) for report in skipped)
    terminalreporter.write_line(f"{count} tests skipped for want of shared data")
