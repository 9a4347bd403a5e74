"""Which servers a built page asks: the list beside it, and the policy that follows from it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_build import tree

import build
import resolvers
from pithcore import RESOLVERS, Resolver

MIRROR = Resolver("A mirror", "https://mirror.example.org/pith")


@pytest.fixture
def copy(site: Path, tmp_path: Path) -> Path:
    """A built site that a test may change."""
    return Path(shutil.copytree(site, tmp_path / "site"))


def policy(site: Path) -> list[str]:
    """The sources of the page's `connect-src`."""
    found = re.search(r"connect-src ([^;]*);", (site / "index.html").read_text("utf-8"))
    assert found is not None
    return found.group(1).split()


def listed(site: Path) -> dict[str, object]:
    return json.loads((site / resolvers.FILE).read_text("utf-8"))


def test_without_a_wish_the_core_decides(site: Path, repo: Path) -> None:
    """A plain build asks those that pithcore lists; the policy in the source names the same."""
    assert listed(site)["here"] is False
    assert listed(site)["resolvers"] == [
        {"name": one.name, "base_url": one.base_url} for one in RESOLVERS
    ]
    assert policy(site) == ["'self'", *resolvers.origins(RESOLVERS), *resolvers.WHEN_ASKED]
    assert policy(site) == policy(repo / "web")


def test_the_policy_names_origins(copy: Path) -> None:
    """A mirror's origin, without its path, is let through, and the page may ask nobody else."""
    resolvers.apply(copy, [MIRROR, Resolver("Here", "http://127.0.0.1:8000")], here=True)
    assert policy(copy) == [
        "'self'",
        "https://mirror.example.org",
        "http://127.0.0.1:8000",
        *resolvers.WHEN_ASKED,
    ]
    assert listed(copy)["here"] is True


def test_the_page_knows_who_is_asked_only_when_told(copy: Path) -> None:
    """It names those of its policy that no lookup asks: the same, and none besides."""
    page = (copy / "index.html").read_text("utf-8")
    found = re.search(r'<meta name="when-asked" content="([^"]*)">', page)
    assert found is not None
    assert tuple(found.group(1).split()) == resolvers.WHEN_ASKED


def test_the_site_stays_sealed(copy: Path) -> None:
    """The manifest and the service worker have the hashes of the files as they then are."""
    resolvers.apply(copy, [MIRROR])
    name = json.loads((copy / "version.json").read_text("utf-8"))["build"]
    manifest = json.loads((copy / f"b/{name}/manifest.json").read_text("utf-8"))
    for path, digest in manifest["sha256"].items():
        assert hashlib.sha256((copy / path).read_bytes()).hexdigest() == digest, path
    page = build.integrity((copy / "index.html").read_bytes())
    assert (copy / "sw.js").read_text("utf-8").count(page) == 1


def test_undone_it_is_as_before(copy: Path, site: Path) -> None:
    """Going to other servers and back gives the same bytes: nothing is left behind."""
    resolvers.apply(copy, [MIRROR])
    assert tree(copy) != tree(site)
    resolvers.apply(copy)
    assert tree(copy) == tree(site)


@pytest.mark.parametrize(
    "url",
    [
        "http://mirror.example.org",
        "https://mirror.example.org; script-src *",
        "https://mirror.example.org *",
        "https://me@mirror.example.org",
        'https://"><script>',
        "https://",
        "mirror.example.org",
        "data:,x",
    ],
)
def test_what_could_open_the_policy(copy: Path, site: Path, url: str) -> None:
    """An address that is none, or would change the policy's meaning, is refused; all stays."""
    with pytest.raises(resolvers.ResolversError, match="not the address of a server"):
        resolvers.apply(copy, [Resolver("x", url)])
    assert tree(copy) == tree(site)


def test_a_folder_without_a_site(tmp_path: Path) -> None:
    """Where there is no built site, it says what to do."""
    with pytest.raises(resolvers.ResolversError, match="build the site first"):
        resolvers.apply(tmp_path)


def run(repo: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The script, as from a shell."""
    command = [sys.executable, str(repo / "web" / "resolvers.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_from_a_shell(repo: Path, copy: Path) -> None:
    """`--add`, `--only` and `--here` do what they say; a bad address is an error."""
    done = run(repo, copy, "--add", f"A mirror={MIRROR.base_url}", "--only", "--here")
    assert (done.returncode, done.stderr) == (0, "")
    assert policy(copy) == ["'self'", "https://mirror.example.org", *resolvers.WHEN_ASKED]
    assert listed(copy)["resolvers"] == [{"name": "A mirror", "base_url": MIRROR.base_url}]
    done = run(repo, copy, "--add", "x")
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
