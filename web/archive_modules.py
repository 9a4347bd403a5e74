"""The part of `archive.py` that runs under Pyodide: finds, compiles and proves modules.

Imports next to nothing at its top: what is imported here would end up in the archive.
"""

import importlib
import io
import sys

SOURCE = "/src/"
ZIP = f"/lib/python{sys.version_info.major}{sys.version_info.minor}.zip/"


def collect(names: list[str], verdicts: dict[str, str]) -> str:
    """Every module that is needed, compiled, as JSON: path in the archive → base64."""
    sys.path.insert(0, SOURCE)
    exercise(names, verdicts)
    needed = list(sys.modules.values())

    import base64
    import json

    found = {}
    for module in needed:
        origin = getattr(getattr(module, "__spec__", None), "origin", None) or ""
        root = next((root for root in (ZIP, SOURCE) if origin.startswith(root)), None)
        if root and origin.endswith(".py"):
            path = origin.removeprefix(root)
            data = compiled(path, module.__spec__.loader.get_data(origin), library=root == ZIP)
            found[f"{path}c"] = base64.b64encode(data).decode()
    return json.dumps(found)


def compiled(path: str, source: bytes, *, library: bool) -> bytes:
    """A `.pyc` that is never held against its source (PEP 552).

    The standard library goes without docstrings. pithcore keeps its own: `dataclasses` would
    otherwise write some at run time, slowly.
    """
    from importlib import _bootstrap_external as bootstrap
    from importlib.util import source_hash

    code = compile(source, path, "exec", dont_inherit=True, optimize=2 if library else 0)
    return bytes(bootstrap._code_to_hash_pyc(code, source_hash(source), False))


def prove(names: list[str], verdicts: dict[str, str]) -> str:
    """Import and run everything out of the archive alone; raises when a module is missing."""
    exercise(names, verdicts)
    for name in names:
        origin = sys.modules[name].__spec__.origin
        if origin.startswith("/") and not origin.startswith(ZIP):
            raise RuntimeError(f"{name} came from {origin}, not from the archive")
    return "proved"


def exercise(names: list[str], verdicts: dict[str, str]) -> None:
    """Import every module named, run each example, make a badge, refuse a page, break once."""
    for name in names:
        importlib.import_module(name)
    import json
    import traceback

    import verify

    request = dict.fromkeys(("source", "expect", "title", "abstract", "key_id", "key"))
    for example, verdict in verdicts.items():
        with io.FileIO(f"{SOURCE}examples/{example}.json") as file:
            data = file.readall()
        asked = json.loads(verify.signatures(data, json.dumps(request)))["answer"]
        opinions = [{**triple, "valid": None} for triple in asked]
        wish = json.dumps({**request, "opinions": opinions})
        answer = json.loads(verify.check(data, wish, lambda text: None))["answer"]
        if answer["verdict"] != verdict:
            raise RuntimeError(f"the example {example} is {answer['verdict']}, not {verdict}")
    page = "https://verifier.example.org/"
    wish = json.dumps({"number": answer["subject"]["pith_number"], "verifier": page})
    if "<svg" not in json.loads(verify.badge(wish))["answer"]["made"]["svg"]:
        raise RuntimeError("no badge was made")
    if "refused" not in json.loads(verify.signatures(b"<p>Hello</p>", json.dumps(request))):
        raise RuntimeError("a page that is no record page was not refused")
    try:
        verify.signatures(None, "{")
    except ValueError:  # the page shows tracebacks of its own faults, and they need modules too
        traceback.format_exc()
