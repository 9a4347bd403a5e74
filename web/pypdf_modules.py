"""The part of `pypdf_archive.py` that runs under Pyodide: finds, compiles and proves modules.

As `archive_modules.py` does for the page's own Python, and with its way to compile.
"""

import importlib
import json
import sys
from importlib.util import resolve_name

SOURCE = "/src/"
sys.path.insert(0, SOURCE)

NUMBER = "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
ADDRESS = f"https://pith.science/pith/{NUMBER}"


def collect() -> str:
    """As JSON: `files`, path in the archive → base64; `names`, modules that it must have."""
    exercise()
    names: list[str] = []
    done: set[str] = set()
    while fresh := [name for name in sys.modules if name.startswith("pypdf") and name not in done]:
        for name in fresh:
            done.add(name)
            names += [one for one in imported_by(name) if is_there(one)]
    needed = {name: module for name, module in sys.modules.items() if name != "__main__"}

    import base64

    from archive_modules import ZIP, compiled

    found = {}
    for module in needed.values():
        origin = getattr(getattr(module, "__spec__", None), "origin", None) or ""
        root = next((root for root in (ZIP, SOURCE) if origin.startswith(root)), None)
        if root and origin.endswith(".py"):
            path = origin.removeprefix(root)
            data = compiled(path, module.__spec__.loader.get_data(origin), library=True)
            found[f"{path}c"] = base64.b64encode(data).decode()
    return json.dumps({"files": found, "names": sorted({*names, *done})})


def imported_by(name: str) -> list[str]:
    """What a module imports, at its top or inside a function; with members that may be modules."""
    import ast

    spec = sys.modules[name].__spec__
    found = []
    for node in ast.walk(ast.parse(spec.loader.get_data(spec.origin))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found.append(resolve_name(module, spec.parent) if node.level else module)
    return found


def is_there(name: str) -> bool:
    """True for what can be imported here: pypdf would use other packages where they are."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def prove(names: list[str]) -> str:
    """Read the sample and import everything out of the archive alone; raises for what is missing.

    Nothing else is there: the sources are not written to the disk.
    """
    exercise()
    for name in names:
        importlib.import_module(name)
    return "proved"


def exercise() -> None:
    """Read a PDF that has a number in each place, in a font that numbers its letters."""
    import pypdfreader

    found = json.loads(pypdfreader.read_as_json(sample()))
    wanted = {
        "info": NUMBER,
        "links": [[1, ADDRESS]],
        "text": f"pith:{NUMBER}",
        "unread": [],
    }
    if not found.pop("by").startswith("pypdf ") or found != wanted:
        raise RuntimeError(f"pypdf reads the sample as {found}")
    broken = json.loads(pypdfreader.read_as_json(b"%PDF-1.7 and nothing else"))
    if not broken["unread"]:
        raise RuntimeError("a broken PDF was called read")


def sample() -> bytes:
    """Objects 1, 2, 3, … and no table of them, as in a damaged file."""
    letters = f"pith:{NUMBER}"
    codes = "".join(f"{at:04X}" for at in range(1, len(letters) + 1))
    rows = "".join(f"<{at:04X}> <{ord(c):04X}>\n" for at, c in enumerate(letters, 1))
    table = (
        "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
        f"{len(letters)} beginbfchar\n{rows}endbfchar endcmap"
    )
    packed = f"BT /F1 9 Tf <{codes}> Tj ET".encode().hex() + ">"
    link = f"<< /Subtype /Link /A << /S /URI /URI ({ADDRESS}) >> >>"
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R "
        f"/Annots [{link}] /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R "
        "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X >>] >>"
    )
    bodies = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        f"<< /Length {len(packed)} /Filter /ASCIIHexDecode >>\nstream\n{packed}\nendstream",
        font,
        f"<< /Length {len(table)} >>\nstream\n{table}\nendstream",
        f"<< /PithNumber ({NUMBER}) >>",
    )
    objects = "".join(f"{at} 0 obj\n{body}\nendobj\n" for at, body in enumerate(bodies, 1))
    return (
        f"%PDF-1.5\n{objects}trailer\n<< /Root 1 0 R /Info 7 0 R >>\nstartxref\n0\n%%EOF\n".encode()
    )
