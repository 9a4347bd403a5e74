"""PDFs made by hand, object by object, with whatever a test wants in them."""

from __future__ import annotations

import zlib

NUMBER = "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
OTHER = "33EXRAMDF3P2OHQ4GGC3CQGL7K"
ADDRESS = f"https://pith.science/pith/{NUMBER}"


def stream(data: bytes, more: str = "", *, packed: bool = False) -> bytes:
    """A stream object's body."""
    body = zlib.compress(data) if packed else data
    filtered = "/Filter /FlateDecode" if packed else ""
    head = f"<< /Length {len(body)} {filtered} {more} >>\nstream\n".encode()
    return head + body + b"\nendstream"


def pdf(*bodies: bytes | str, trailer: str = "/Root 1 0 R") -> bytes:
    """A file of objects 1, 2, 3, … with a trailer and no cross-reference table."""
    parts = [b"%PDF-1.5\n"]
    for number, body in enumerate(bodies, 1):
        content = body.encode("latin-1") if isinstance(body, str) else body
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    parts.append(f"trailer\n<< {trailer} >>\nstartxref\n0\n%%EOF\n".encode("latin-1"))
    return b"".join(parts)


def link(address: str) -> str:
    """A link annotation."""
    return f"<< /Type /Annot /Subtype /Link /A << /S /URI /URI ({address}) >> >>"


def paper(
    *,
    info: str | None = None,
    links: tuple[tuple[str, ...], ...] = ((),),
    text: bytes = b"",
    packed: bool = False,
) -> bytes:
    """A paper with a page for each tuple of links, and `text` as content of the first."""
    kids = " ".join(f"{4 + at} 0 R" for at in range(len(links)))
    pages = [
        f"<< /Type /Page /Parent 2 0 R /Annots [{' '.join(map(link, one))}]"
        f"{' /Contents 3 0 R' if at == 0 else ''} >>"
        for at, one in enumerate(links)
    ]
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(links)} >>",
        stream(text, packed=packed),
        *pages,
    ]
    trailer = "/Root 1 0 R"
    if info is not None:
        bodies.append(f"<< /PithNumber {info} >>")
        trailer += f" /Info {len(bodies)} 0 R"
    return pdf(*bodies, trailer=trailer)
