"""The wheel: what it holds, and that it works alone in a new environment and in stock Pyodide."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pithcore

RECORD = Path("web/examples/verified.json")
NOTEBOOK = Path("examples/verify.ipynb")


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a program that must succeed."""
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=repo)
    (built,) = out.glob("*.whl")
    return built


def test_the_wheel_holds_the_packages_and_nothing_else(repo: Path, wheel: Path) -> None:
    """Every module, the marker of types and the schema are in it; no tests, no dependencies."""
    assert wheel.name == f"pithcore-{pithcore.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(n for n in names if n.endswith("/METADATA"))).decode()
    source = repo / "src"
    expected = {
        path.relative_to(source).as_posix()
        for package in ("pithcore", "pithcli")
        for path in (source / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {"pithcore/py.typed", "pithcore/schema/report-1.schema.json"} <= expected
    assert {name for name in names if ".dist-info/" not in name} == expected
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    assert all("extra ==" in line for line in required)


def test_the_wheel_is_enough_in_a_new_environment(repo: Path, wheel: Path, tmp_path: Path) -> None:
    """With the wheel and nothing else installed, `pith verify` verifies a signed record."""
    place = tmp_path / "env"
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--quiet", "--python", sys.executable, place, cwd=tmp_path)
    python = place / "bin" / "python"
    run(uv, "pip", "install", "--quiet", "--offline", "--python", python, wheel, cwd=tmp_path)
    pith = place / "bin" / "pith"
    report = json.loads(run(pith, "verify", "--json", repo / RECORD, cwd=tmp_path))
    assert report["verdict"] == "verified"
    # The second opinion is `cryptography`'s, which is not installed there.
    (opinion,) = (c for c in report["checks"] if c["id"] == "receipt.second_opinion")
    assert opinion["outcome"] == "not_applicable"


def test_the_notebook_runs_in_stock_pyodide(repo: Path, wheel: Path) -> None:
    """micropip installs the wheel in an untouched Pyodide, the notebook's cells run as they stand,
    and the report there is the one made here.
    """
    bootstrap = sorted((repo / ".venv" / "pyodide-wheels").glob("*.whl"))
    assert len(bootstrap) == 2, "`make .venv/pyodide-wheels` brings them"
    script = repo / "tests" / "micropip.mjs"
    pyodide = repo / "node_modules" / "pyodide"
    found = json.loads(run("node", script, pyodide, wheel, repo / NOTEBOOK, *bootstrap, cwd=repo))
    assert "site-packages" in found["origin"]
    document = found["document"].encode()
    assert json.loads(document) == json.loads((repo / RECORD).read_bytes())
    report = pithcore.verify(document, source="this notebook")
    assert found["report"] == report.to_dict()
    assert found["report"]["verdict"] == "verified"
    assert found["printed"][:2] == [report.headline, report.sentence]
    assert len([line for line in found["printed"] if line.startswith("passed ")]) > 10


def test_the_notebook_is_one(repo: Path) -> None:
    """Format 4.5: three code cells without outputs, every cell with its id."""
    notebook = json.loads((repo / NOTEBOOK).read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    cells = notebook["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) == 3
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert 'micropip.install("pithcore")' in "".join(code[0]["source"])
