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


def numbered(text: str, *, info: str | None = None) -> bytes:
    """A paper whose page shows `text` in a font that numbers its letters in its own way."""
    codes = "".join(f"{at:04X}" for at in range(1, len(text) + 1))
    table = "".join(f"<{at:04X}> <{ord(c):04X}>\n" for at, c in enumerate(text, 1))
    mapping = (
        "/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange <0000> <FFFF> "
        f"endcodespacerange\n{len(text)} beginbfchar\n{table}endbfchar endcmap end"
    ).encode()
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R "
        "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>"
    )
    return pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>",
        stream(f"BT /F1 9 Tf <{codes}> Tj ET".encode()),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 3 0 R >>",
        font,
        stream(mapping),
        f"<< /PithNumber {info or 'null'} >>",
        trailer="/Root 1 0 R /Info 7 0 R",
    )
