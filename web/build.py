"""Build the site: `python web/build.py --out build/site`.

1. Take Pyodide's core from `node_modules/pyodide` and hold each file against its pinned SHA-256.
2. Make the archive of Python modules (archive.py), and that of the second reader of PDFs
   (pypdf_archive.py).
3. Put everything immutable under `b/<hash of it all>/`, and at the root the three files that
   may change from build to build: `index.html`, `sw.js`, `version.json`.
4. List every file with its SHA-256 in `b/<hash>/manifest.json`.

The same sources give the same bytes: nothing in the output depends on time, place or machine.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import json
import shutil
import sys
from pathlib import Path

import bookmarklet
from archive import ArchiveError, make_archive
from pypdf_archive import make_pypdf_archive
from snapshot import pack

WEB = Path(__file__).resolve().parent
REPO = WEB.parent

PYODIDE_VERSION = "314.0.7"
PYODIDE_SHA256 = {
    "pyodide.mjs": "6f1d60f7bf529beb300f0f47983c921d3982363640ba20af0e38efdddbc66109",
    "pyodide.asm.mjs": "f7cdc8ece80678ceb712f8e65ebe6d3a83203a180c399865f49612a051693635",
    "pyodide.asm.wasm": "cc36e3cab04fdfc9a63ff13eb52eae2b911bf46c025cc7b281f394bd3de1d5e6",
    "python_stdlib.zip": "fa1957e5777068fc4f7437f96d860ae2fbe9c19732ba06c84e004ec16dd7dd7a",
    "pyodide-lock.json": "5dc2fc119108bc148c7457dc86e7675b5c87e1cafd420b9c34c1eaef7b36c010",
}
"""Files of the npm package that end up in the site, or are what the archive is made from."""

SERVED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
STATIC = ("style.css", "icon.svg", "notices.txt", "app.js", "boot.js", "dom.js", "engine.js")
STATIC += ("failure.js", "intake.js", "lookup.js", "offline.js", "report.js", "snapshot.js")
STATIC += ("worker.js", "messages.js", "badge.js", "carried.js", "install.js", "bookmarklet.js")
STATIC += ("pypdf.js", "pypdfworker.js")
STATIC += ("completeness.js", "links.js", "material.js", "asking.js")
SNAPSHOT = "snapshot.bin"
PYPDF = "pypdf.bin"
FOR_OTHERS = {
    "pith-badge.js": WEB / "pith-badge.js",
    "llms.txt": WEB / "llms.txt",
    "messages.md": REPO / "docs" / "messages.md",
    "report-1.schema.json": REPO / "src" / "pithcore" / "schema" / "report-1.schema.json",
}
"""Not for the page itself, but for other sites and agents, which name a file once: at the top,
where its address stays the same."""


class BuildError(RuntimeError):
    """The site could not be built; the message says why, in a sentence."""


def build(
    out: Path,
    pyodide: Path = REPO / "node_modules" / "pyodide",
    pypdf: Path = REPO / ".venv" / "pypdf",
) -> str:
    """Write the site to the folder `out`, replacing it, and return the build's hash."""
    check_pyodide(pyodide)
    assets = {name: (WEB / name).read_bytes() for name in STATIC}
    for example in sorted((WEB / "examples").glob("*.json")):
        assets[f"examples/{example.name}"] = example.read_bytes()
    for name in SERVED:
        assets[f"pyodide/{name}"] = (pyodide / name).read_bytes()
    # Compressed here, since hosts take an archive for compressed already; boot.js unpacks it.
    archive, memory = make_archive(pyodide, REPO / "src")
    assets["python.bin"] = gzip.compress(archive, 9, mtime=0)
    snapshot = pack(memory)
    assets[SNAPSHOT] = gzip.compress(snapshot, 9, mtime=0)
    assets["oneliner.js"] = bookmarklet.module((WEB / "bookmarklet.js").read_text("utf-8"))
    reader = make_pypdf_archive(pyodide, pypdf)
    assets[PYPDF] = gzip.compress(reader, 9, mtime=0)
    unpacked = {SNAPSHOT: sha256(snapshot), PYPDF: sha256(reader)}
    assets["files.js"] = files_module(assets, pyodide, unpacked)

    templates = {name: (WEB / name).read_text("utf-8") for name in ("index.html", "sw.js")}
    digest = hashlib.sha256(json.dumps(templates, sort_keys=True).encode())
    for path in sorted(assets):
        digest.update(f"{sha256(assets[path])} {path}\n".encode())
    build_hash = digest.hexdigest()[:16]
    base = f"b/{build_hash}/"

    site = {f"{base}{path}": content for path, content in assets.items()}
    site["index.html"] = filled(templates["index.html"], base=base, build=build_hash)
    version = {"build": build_hash, "pithcore": package_version(), "pyodide": PYODIDE_VERSION}
    site["version.json"] = as_json(version)
    site |= {name: path.read_bytes() for name, path in FOR_OTHERS.items()}
    offline = {
        path: integrity(content)
        for path, content in site.items()
        # A visitor without a snapshot waits no longer, and few bring a PDF that needs pypdf.
        if path not in ("version.json", base + SNAPSHOT, base + PYPDF, *FOR_OTHERS)
    }
    offline["./"] = offline.pop("index.html")
    site["sw.js"] = filled(
        templates["sw.js"], build=build_hash, files=json.dumps(offline, indent=1)
    )
    listed = {path: sha256(site[path]) for path in sorted(site)}
    site[f"{base}manifest.json"] = as_json({**version, "sha256": listed})
    write(out, site)
    return build_hash


def check_pyodide(pyodide: Path) -> None:
    """Refuse any other Pyodide than the one that is pinned here."""
    for name, pinned in PYODIDE_SHA256.items():
        path = pyodide / name
        if not path.is_file():
            raise BuildError(f"{path} is not there: run `npm ci` first.")
        found = sha256(path.read_bytes())
        if found != pinned:
            raise BuildError(f"{path} has SHA-256 {found}, not the pinned {pinned}.")


def files_module(assets: dict[str, bytes], pyodide: Path, unpacked: dict[str, str]) -> bytes:
    """`files.js`: what the start loads, with sizes for an honest progress bar, and a lock file.

    And what is loaded later, with the SHA-256 that each must have when it is unpacked.
    """
    late = {path: {"path": path, "sha256": digest} for path, digest in unpacked.items()}
    loaded = (*(f"pyodide/{name}" for name in SERVED), "python.bin")
    sizes = {path: len(gzip.compress(assets[path], 6)) for path in loaded}
    lock = json.loads((pyodide / "pyodide-lock.json").read_text("utf-8"))
    return (
        "// Made by build.py.\n"
        f"export const FILES = {json.dumps(sizes, indent=2)};\n"
        f"export const LOCK = {json.dumps({'info': lock['info'], 'packages': {}}, indent=2)};\n"
        f"export const SNAPSHOT = {json.dumps(late[SNAPSHOT])};\n"
        f"export const PYPDF = {json.dumps(late[PYPDF])};\n"
    ).encode()


def filled(template: str, **values: str) -> bytes:
    """A template with each `{{name}}` replaced; raises when one is left over."""
    for name, value in values.items():
        template = template.replace("{{" + name + "}}", value)
    if "{{" in template:
        raise BuildError(f"A place is left unfilled: {template[template.index('{{') :][:40]}")
    return template.encode()


def package_version() -> str:
    """The version of pithcore, from its source."""
    names: dict[str, str] = {}
    exec((REPO / "src" / "pithcore" / "_version.py").read_text("utf-8"), names)
    return names["__version__"]


def sha256(content: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(content).hexdigest()


def integrity(content: bytes) -> str:
    """A subresource integrity value, which `fetch` holds a file against."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()


def as_json(value: object) -> bytes:
    """Indented JSON with a line end."""
    return (json.dumps(value, indent=2) + "\n").encode()


def write(out: Path, site: dict[str, bytes]) -> None:
    """Write all files, then put the folder in the place of the one before."""
    fresh = out.with_name(out.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for path, content in site.items():
        target = fresh / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    if out.exists():
        shutil.rmtree(out)
    fresh.rename(out)


def main() -> int:
    """Run from a shell."""
    parser = argparse.ArgumentParser(description="Build the Pith verifier's page.")
    parser.add_argument("--out", type=Path, default=REPO / "build" / "site")
    out = parser.parse_args().out
    try:
        build_hash = build(out)
    except (BuildError, ArchiveError, bookmarklet.BookmarkletError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"built {out} ({build_hash}, {size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
