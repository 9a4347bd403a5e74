"""Makes `python.zip`: the part of the standard library that is used, pithcore and verify.py.

Most of a bare Pyodide's start is spent compiling the standard library's sources. This archive
holds only the modules that are really imported, compiled by Pyodide's own CPython to `.pyc`
files that are never held against a source ("unchecked-hash", PEP 552).

1. Under stock Pyodide: import everything that pithcore and verify.py name anywhere, run the
   examples, and take what is then in `sys.modules`.
2. Compile it there, and store it in an archive with fixed times.
3. Under Pyodide with that archive alone: import and run everything again. What is missing
   fails the build, not the reader. The memory of this Python, which has everything loaded and
   warm, is the snapshot from which returning visits start (snapshot.py).
"""

from __future__ import annotations

import ast
import base64
import io
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path

WEB = Path(__file__).resolve().parent
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip archive can state: builds do not depend on the clock."""

VERDICTS = {"verified": "verified", "failed": "failed", "intact": "intact"}
"""Example → its verdict; the build fails when one differs."""


NOT_ON_THE_PAGE = ("pithcore.jsonld", "pithcore.timestamp.calendar")
"""Modules that the page has no use for, and that would bring more of the library along."""


class ArchiveError(RuntimeError):
    """The archive could not be made, or is not enough to run the checks."""


def make_archive(pyodide: Path, source: Path) -> tuple[bytes, bytes]:
    """The bytes of `python.zip`, and of the memory of a Python that has all of it loaded.

    Made from the npm package's folder and the folder `src`.
    """
    sources = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in sorted((source / "pithcore").rglob("*.py"))
    }
    for name in NOT_ON_THE_PAGE:
        del sources[f"{name.replace('.', '/')}.py"]
    sources |= {name: (WEB / name).read_bytes() for name in ("verify.py", "brought.py")}
    examples = {
        f"examples/{name}.json": (WEB / "examples" / f"{name}.json").read_bytes()
        for name in VERDICTS
    }
    program = (WEB / "archive_modules.py").read_text("utf-8")
    wanted = f"({_module_names(sources)!r}, {VERDICTS!r})"
    compiled = run_program(pyodide, {**sources, **examples}, f"{program}\nresult = collect{wanted}")
    archive = zipped({path: base64.b64decode(pyc) for path, pyc in json.loads(compiled).items()})
    with tempfile.TemporaryDirectory() as folder:
        memory = Path(folder, "memory")
        run_program(pyodide, examples, f"{program}\nresult = prove{wanted}", archive, memory)
        return archive, memory.read_bytes()


def _module_names(sources: dict[str, bytes]) -> list[str]:
    """The modules of `sources`, and all that they import, at their top or inside a function."""
    names: set[str] = set()
    for path, content in sources.items():
        names.add(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return sorted(names - set(NOT_ON_THE_PAGE))


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip archive of files by path, nothing compressed, the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path, EPOCH)
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[path], zipfile.ZIP_STORED)
    return buffer.getvalue()


def run_program(
    pyodide: Path,
    files: dict[str, bytes],
    program: str,
    archive: bytes | None = None,
    memory: Path | None = None,
) -> str:
    """Run a program under Pyodide in Node and return its `result`; write its memory to a file."""
    with tempfile.TemporaryDirectory() as folder:
        request = {
            "pyodide": str(pyodide),
            "files": {path: base64.b64encode(data).decode() for path, data in files.items()},
            "program": program,
            "snapshot": memory and str(memory),
        }
        if archive is not None:
            library = Path(folder, "python.zip")
            library.write_bytes(archive)
            request["stdLib"] = str(library)
        asked = Path(folder, "request.json")
        asked.write_text(json.dumps(request), "utf-8")
        done = subprocess.run(
            ["node", str(WEB / "in_pyodide.mjs"), str(asked)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise ArchiveError(f"Pyodide in Node failed:\n{done.stderr}")
    return done.stdout
