"""The built site: complete, reproducible, and made of exactly what is pinned."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

import archive
import build
import pypdf_archive
import resolvers


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_two_builds_are_the_same(site: Path, tmp_path: Path) -> None:
    """Building again gives the same files, byte for byte."""
    build.build(tmp_path / "again")
    resolvers.apply(tmp_path / "again")
    assert tree(tmp_path / "again") == tree(site)


def test_the_manifest_lists_every_file(site: Path) -> None:
    """The manifest has the SHA-256 of every file but itself and the one that hosts may edit."""
    version = json.loads((site / "version.json").read_text("utf-8"))
    path = f"b/{version['build']}/manifest.json"
    manifest = json.loads((site / path).read_text("utf-8"))
    found = {name: hashlib.sha256(data).hexdigest() for name, data in tree(site).items()}
    assert manifest["sha256"].keys() == found.keys() - {path, resolvers.FILE}
    assert manifest["sha256"].items() <= found.items()
    assert manifest["pyodide"] == build.PYODIDE_VERSION


def test_the_service_worker_keeps_all_that_the_page_needs(site: Path) -> None:
    """All is kept but the service worker, what describes the build, and what is for others."""
    text = (site / "sw.js").read_text("utf-8")
    kept = json.loads(text.partition("const FILES = ")[2].partition(";\n")[0])
    described = ("manifest.json", "version.json", "sw.js", "snapshot.bin", "pypdf.bin")
    described += (resolvers.FILE,)
    others = build.FOR_OTHERS.keys()
    served = {name for name in tree(site).keys() - others if not name.endswith(described)}
    assert {"index.html" if name == "./" else name for name in kept} == served


def test_addresses_are_relative(site: Path) -> None:
    """The page names its files relative to itself, so that it works under any path."""
    page = (site / "index.html").read_text("utf-8")
    for attribute in ('href="/', 'src="/', "http://"):
        assert attribute not in page


def pyodide_copy(repo: Path, tmp_path: Path) -> Path:
    """A copy of the npm package that a test may spoil."""
    return Path(shutil.copytree(repo / "node_modules" / "pyodide", tmp_path / "pyodide"))


def test_another_pyodide_is_refused(repo: Path, tmp_path: Path) -> None:
    """One byte more in a file of the npm package stops the build before anything is written."""
    pyodide = pyodide_copy(repo, tmp_path)
    with (pyodide / "pyodide.asm.mjs").open("ab") as file:
        file.write(b"\n")
    with pytest.raises(build.BuildError, match="not the pinned"):
        build.build(tmp_path / "site", pyodide)
    assert not (tmp_path / "site").exists()


def test_a_missing_pyodide_says_what_to_do(tmp_path: Path) -> None:
    """Without the npm package the build says how to get it."""
    with pytest.raises(build.BuildError, match="npm ci"):
        build.build(tmp_path / "site", tmp_path)


def members(site: Path) -> zipfile.ZipFile:
    """The archive of Python modules."""
    (packed,) = site.glob("b/*/python.bin")
    return zipfile.ZipFile(io.BytesIO(gzip.decompress(packed.read_bytes())))


def test_the_archive_holds_compiled_modules_only(site: Path, repo: Path) -> None:
    """Every member is an unchecked-hash `.pyc`; pithcore is there, all but what is named, and no
    test or tool.
    """
    zipped = members(site)
    for name in zipped.namelist():
        assert name.endswith(".pyc")
        assert zipped.read(name)[4:8] == (1).to_bytes(4, "little"), f"{name} is checked or timed"
        assert zipped.getinfo(name).date_time == archive.EPOCH
    source = repo / "src"
    modules = {
        f"{path.relative_to(source).as_posix()}c" for path in (source / "pithcore").rglob("*.py")
    }
    absent = {f"{name.replace('.', '/')}.pyc" for name in archive.NOT_ON_THE_PAGE}
    assert absent < modules
    assert (modules - absent) | {"verify.pyc", "brought.pyc"} <= set(zipped.namelist())
    assert not absent & set(zipped.namelist())
    assert not [
        name for name in zipped.namelist() if name.startswith(("pithcli", "test", "idlelib"))
    ]


def test_a_missing_module_fails_the_build(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive that lacks one module pithcore imports is not built."""
    whole = archive.zipped
    monkeypatch.setattr(
        archive,
        "zipped",
        lambda files: whole({n: d for n, d in files.items() if n != "html/parser.pyc"}),
    )
    with pytest.raises(archive.ArchiveError, match=r"html\.parser"):
        build.build(tmp_path / "site")


def test_a_wrong_example_fails_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example whose verdict is not the one promised is not built."""
    monkeypatch.setitem(archive.VERDICTS, "failed", "verified")
    with pytest.raises(archive.ArchiveError, match="the example failed is failed"):
        build.build(tmp_path / "site")


def test_another_pypdf_is_refused(repo: Path, tmp_path: Path) -> None:
    """Only the wheel that `requirements/` pins goes into the site."""
    (wheel,) = (repo / ".venv" / "pypdf").glob("*.whl")
    assert "pypdf/_reader.py" in pypdf_archive.pinned_wheel(wheel.parent)
    (tmp_path / wheel.name).write_bytes(wheel.read_bytes() + b"\n")
    with pytest.raises(archive.ArchiveError, match="not the one that is pinned"):
        pypdf_archive.pinned_wheel(tmp_path)
    with pytest.raises(archive.ArchiveError, match="run `make site`"):
        pypdf_archive.pinned_wheel(tmp_path / "nothing")


def test_pypdf_is_the_one_that_the_tests_compare_with(repo: Path) -> None:
    """The page's and the terminal's are pinned to one version and the same file."""
    ours, theirs = (
        (repo / "requirements" / name).read_text("utf-8") for name in ("pypdf.txt", "dev.txt")
    )
    (pinned,) = re.findall(r"^pypdf==(\S+) --hash=(\S+)$", ours, re.M)
    version, _, hashes = theirs.partition("\npypdf==")[2].partition(" ")
    assert version == pinned[0]
    assert pinned[1] in hashes.partition("\npytest==")[0]


def test_a_module_that_pypdf_misses_fails_the_build(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that is imported only inside a function."""
    whole = archive.zipped
    monkeypatch.setattr(
        pypdf_archive,
        "zipped",
        lambda files: whole({n: d for n, d in files.items() if n != "pypdf/xmp.pyc"}),
    )
    with pytest.raises(archive.ArchiveError, match=r"pypdf\.xmp"):
        pypdf_archive.make_pypdf_archive(
            repo / "node_modules" / "pyodide", repo / ".venv" / "pypdf"
        )
