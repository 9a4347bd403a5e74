"""From a paper's PDF to its record: the number it gives as its own, looked up like any other."""

from __future__ import annotations

import io

from pithcli.exits import Exit
from pithcli.inputs import Network, Source
from pithcli.problem import Problem
from pithcore import PdfError
from pithcore.pdf import Pdf, read_pdf

EXTRA = "pip install 'pithcore[pdf]' adds a reader of more fonts; without it page 1 may hide one."


def open_pdf(source: Source) -> Pdf:
    """What the file says of itself.

    pypdf, where it is installed, is asked for the text of page 1 only when no number was found.
    Raises `Problem` for what is no PDF that can be read.
    """
    try:
        found = read_pdf(source.data)
    except PdfError as error:
        raise Problem(f"{source.name}: {error}") from None
    if found.own:
        return found
    text = _text_of_page_1(source.data)
    return found if text is None else found.with_text(text)


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
        raise Problem(
            f"{name} names no Pith Number of its own.{more}",
            hint=None if _has_pypdf() else EXTRA,
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
    try:
        import pypdf  # noqa: F401
    except ImportError:
        return False
    return True


def _text_of_page_1(data: bytes) -> str | None:
    """None where pypdf is not installed, or cannot read the file."""
    if not _has_pypdf():
        return None
    from pypdf import PdfReader

    try:
        return str(PdfReader(io.BytesIO(data)).pages[0].extract_text())
    except Exception:  # noqa: BLE001 - it raises many kinds for files that it cannot read
        return None
