"""The documents agree with the code, with each other, and name no machine and no registry."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

# Written in parts, so that this file does not find itself.
REGISTRIES = ("pypi" + ".org", "python" + "hosted", "npm" + "js", "debian" + ".org")
MACHINE_PATHS = ("/" + "work/", "/" + "root/")
SKIPPED = {".git", ".venv", "node_modules", "build"}


def tracked(repo: Path, pattern: str = "*") -> list[Path]:
    """Files of the project: what git knows or would add; in an unpacked archive, all files."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    if (repo / ".git").exists() and shutil.which("git"):
        names = subprocess.run(command, cwd=repo, capture_output=True, check=True).stdout.decode()
        files = [repo / name for name in names.split("\0") if name]
    else:
        parts = {path: path.relative_to(repo).parts for path in repo.rglob("*")}
        files = [p for p, q in parts.items() if not SKIPPED & set(q) and "cache" not in str(q)]
    return [path for path in files if path.is_file() and path.match(pattern)]


def test_every_cited_step_exists(repo: Path) -> None:
    """Each "protocol N.M" cited in the sources is a step of docs/protocol.md."""
    protocol = (repo / "docs" / "protocol.md").read_text("utf-8")
    steps = set(re.findall(r"^(\d+\.\d+) ", protocol, re.MULTILINE))
    sections = set(re.findall(r"^## (\d+)\. ", protocol, re.MULTILINE))
    cited = set()
    for path in tracked(repo, "*.py"):
        if "src" in path.parts:
            for group in re.findall(r"[Pp]rotocol ([\d., –]*\d)", path.read_text("utf-8")):
                cited |= set(re.findall(r"\d+(?:\.\d+)?", group))
    assert cited
    assert cited - steps - sections == set()


def test_relative_links_resolve(repo: Path) -> None:
    """Every relative link and picture in the Markdown files leads to a file."""
    broken = []
    for path in tracked(repo, "*.md"):
        text = path.read_text("utf-8")
        links = re.findall(r"\]\(([^)#\s]+)|(?:src|srcset)=\"([^\"]+)\"", text)
        broken += [
            f"{path.relative_to(repo)}: {link}"
            for link in (a or b for a, b in links)
            if not re.match(r"[a-z]+:", link) and not (path.parent / link).exists()
        ]
    assert broken == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_commands_in_documents_exist(repo: Path, name: str) -> None:
    """Each `make TARGET` a reader is told to type is a target of the Makefile."""
    makefile = (repo / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    told = set(re.findall(r"(?:^|`)make ([a-z]+)", (repo / name).read_text("utf-8"), re.MULTILINE))
    assert told
    assert told <= targets


def test_no_machine_and_no_registry_is_named(repo: Path) -> None:
    """No file of the project holds a path of one machine or the host of a package registry."""
    found = []
    for path in tracked(repo):
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(repo)}: {w}" for w in REGISTRIES + MACHINE_PATHS if w in text]
    assert found == []
