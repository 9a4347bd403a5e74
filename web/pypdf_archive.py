"""Makes `pypdf.zip`: pypdf, `pypdfreader.py`, and what they need of the standard library.

A Python of its own starts from it, in a worker of its own, when the page's own scan of a PDF is
not enough. Made as `archive.py` makes the page's archive: what is really imported, compiled, and
proved to be enough by a Python that has nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

from archive import WEB, ArchiveError, run_program, zipped

REPO = WEB.parent
PIN = REPO / "requirements" / "pypdf.txt"


def make_pypdf_archive(pyodide: Path, folder: Path) -> bytes:
    """The bytes of `pypdf.zip`.

    Args:
        pyodide: the npm package's folder.
        folder: where pypdf's wheel is, and nothing else.
    """
    sources = pinned_wheel(folder)
    sources["pypdfreader.py"] = (REPO / "src" / "pithcli" / "pypdfreader.py").read_bytes()
    program = (WEB / "pypdf_modules.py").read_text("utf-8")
    sources["archive_modules.py"] = (WEB / "archive_modules.py").read_bytes()
    made = json.loads(run_program(pyodide, sources, f"{program}\nresult = collect()"))
    archive = zipped({path: base64.b64decode(pyc) for path, pyc in made["files"].items()})
    run_program(pyodide, {}, f"{program}\nresult = prove({made['names']!r})", archive)
    return archive


def pinned_wheel(folder: Path) -> dict[str, bytes]:
    """The Python files of pypdf's wheel, which must be the one that `requirements/` pins."""
    wheels = sorted(folder.glob("pypdf-*.whl"))
    if len(wheels) != 1:
        raise ArchiveError(f"{folder} holds no wheel of pypdf: run `make site`.")
    content = wheels[0].read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found not in re.findall(r"sha256:([0-9a-f]{64})", PIN.read_text("utf-8")):
        raise ArchiveError(f"{wheels[0].name} has SHA-256 {found}, not the one that is pinned.")
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist() if name.endswith(".py")}
