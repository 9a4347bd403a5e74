"""What pypdf makes of a PDF, as plain JSON values: /Info, links and the text of page 1.

Run as a program of its own, by the terminal (`python pypdfreader.py < paper.pdf`) and by the page
(in a worker of its own): pypdf may take long over a hostile file, and then it is ended from
outside. It imports nothing of this package, so that the page can load it alone.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from typing import Any

MAX_BYTES = 64 * 1024 * 1024
"""Bytes of a file that pypdf is asked to read; it takes several times as many of memory."""

MAX_MEMORY = 2 * 1024**3
"""Bytes of memory that the program may take in the terminal."""

MAX_PAGES = 2000
"""Pages whose links are looked at: pypdf needs some milliseconds for each."""

MAX_LINKS = 5000
"""Links listed; a thesis has some thousand."""

MAX_TEXT = 1_000_000
"""Characters kept of page 1; a dense one has some 8,000."""

MAX_ADDRESS = 2000
"""Characters of an address, or of a value in /Info: longer ones are no record's."""


def read_with_pypdf(data: bytes) -> dict[str, Any]:
    """`by`, `info`, `links`, `text` and `unread`, as `pithcore.pdf.OtherReading` has them."""
    import pypdf

    logging.disable()  # it tells on stderr of each oddity in a file
    found: dict[str, Any] = {"by": f"pypdf {pypdf.__version__}", "info": None, "links": []}
    found |= {"text": "", "unread": []}
    if len(data) > MAX_BYTES:
        found["unread"].append(f"all of it by pypdf: it has more than {MAX_BYTES >> 20} MiB")
        return found
    # It raises many kinds, and recurses without end, over files that it cannot read.
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        first = reader.pages[0]
    except Exception as error:  # noqa: BLE001
        found["unread"].append(f"all of it by pypdf ({_kind(error)})")
        return found
    steps = {"its /Info": _info, "its links": _links, "the text of page 1": _text}
    for (what, step), member in zip(steps.items(), ("info", "links", "text"), strict=True):
        try:
            found[member] = step(reader, first)
        except Exception as error:  # noqa: BLE001
            found["unread"].append(f"{what} by pypdf ({_kind(error)})")
    pages = len(reader.pages)
    if pages > MAX_PAGES:
        found["unread"].append(f"links behind page {MAX_PAGES:,} by pypdf")
    return found


def _kind(error: Exception) -> str:
    return type(error).__name__


def _info(reader: Any, _first: Any) -> str | None:
    stated = (reader.metadata or {}).get("/PithNumber")
    return stated[:MAX_ADDRESS] if isinstance(stated, str) else None


def _links(reader: Any, _first: Any) -> list[tuple[int, str]]:
    pages = (reader.pages[at] for at in range(min(len(reader.pages), MAX_PAGES)))
    found: list[tuple[int, str]] = []
    for number, page in enumerate(pages, 1):
        found += [(number, address) for address in _addresses(page)]
        if len(found) > MAX_LINKS:
            break
    return found[:MAX_LINKS]


def _addresses(page: Any) -> Iterator[str]:
    annotations = page.get("/Annots")
    for one in (annotations.get_object() or [])[:MAX_LINKS] if annotations is not None else []:
        annotation = one.get_object()
        action = annotation.get("/A") if isinstance(annotation, dict) else None
        action = action.get_object() if action is not None else None
        address = action.get("/URI") if isinstance(action, dict) else None
        address = address.get_object() if address is not None else None
        if isinstance(address, str):
            yield address[:MAX_ADDRESS]


def _text(_reader: Any, first: Any) -> str:
    return str(first.extract_text())[:MAX_TEXT]


def read_as_json(data: bytes) -> str:
    """`read_with_pypdf`, as JSON text."""
    warnings.simplefilter("ignore")
    return json.dumps(read_with_pypdf(bytes(data)))


def main() -> int:
    """Read a PDF from the standard input, and write what is in it to the standard output."""
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, most))
    print(read_as_json(sys.stdin.buffer.read(MAX_BYTES + 1)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
