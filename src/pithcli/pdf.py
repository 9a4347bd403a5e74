"""From a paper's PDF to its record: the number it gives as its own, looked up like any other."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

from pithcli.exits import Exit
from pithcli.inputs import Network, Source
from pithcli.problem import Problem
from pithcore import PdfError
from pithcore.pdf import OtherReading, Pdf, read_pdf

EXTRA = "pip install 'pithcore[pdf]' adds a reader that may read it."

SECONDS = 30
"""For pypdf, which takes less than two over a paper; a hostile file can keep it busy for hours."""


def open_pdf(source: Source) -> Pdf:
    """What the file says of itself.

    pypdf, where it is installed, is asked only when no number was found and something was unread.
    Raises `Problem` for what is no PDF that can be read.
    """
    try:
        found = read_pdf(source.data)
    except PdfError as error:
        raise Problem(f"{source.name}: {error}") from None
    if found.wants_another_reader and _has_pypdf():
        return found.with_other(_read_with_pypdf(source.data))
    return found


def record_of(pdf: Pdf, name: str, network: Network) -> Source:
    """The record that a PDF names, fetched. Raises `Problem` where it names none, or several."""
    numbers = pdf.numbers
    if len(numbers) > 1:
        stated = "; ".join(map(str, pdf.own[:8]))
        raise Problem(
            f"{name} contradicts itself: it gives {len(numbers)} Pith Numbers as its own: "
            f"{stated}.",
            code=Exit.FAILED,
        )
    if not numbers:
        cites = ", ".join(str(mention.number) for mention in pdf.cited[:8])
        more = f" It links {cites}, which belong to papers it cites." if cites else ""
        none = f"{name} names no Pith Number of its own."
        if pdf.unread:
            none = f"No Pith Number of its own was found in {name}, and not all of it could be "
            none += f"read: {'; '.join(pdf.unread)}."
        raise Problem(
            none + more,
            hint=EXTRA if pdf.wants_another_reader else None,
        )
    if network.offline:
        raise Problem(
            f"{name} names {numbers[0]}, whose record would have to be fetched, and --offline "
            "forbids that.",
            hint="Give the record as a file, and the PDF with --pdf.",
        )
    from pithcli.lookup import look_up

    found = look_up(numbers[0], network.resolvers, network.timeout, network.note)
    return Source(found.data, f"{found.url} (named by {name})", numbers[0])


def _has_pypdf() -> bool:
    return importlib.util.find_spec("pypdf") is not None


def _read_with_pypdf(data: bytes) -> OtherReading:
    """What pypdf makes of a file, in a process of its own, which is ended when it takes too long.

    What goes wrong there is said in `unread`.
    """
    command = [sys.executable, "-P", "-m", "pithcli.pypdfreader"]
    try:
        done = subprocess.run(  # noqa: S603 - this very Python, and a module of ours
            command, input=data, capture_output=True, check=True, timeout=SECONDS
        )
        found = json.loads(done.stdout)
        links = tuple((page, address) for page, address in found["links"])
        return OtherReading(
            found["by"], found["info"], links, found["text"], tuple(found["unread"])
        )
    except subprocess.TimeoutExpired:
        why = f"it was given up after {SECONDS} seconds"
    except (OSError, ValueError, subprocess.CalledProcessError):
        why = "it broke off"
    return OtherReading("pypdf", unread=(f"all of it by pypdf: {why}",))
