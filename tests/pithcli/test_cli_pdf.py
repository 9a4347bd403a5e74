"""A paper's PDF in, the verdict on the record it names out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_helpers import Files, Pith, Row, Server, status
from pdfs import OTHER, paper


@pytest.fixture
def suffix(files: Files, server: Server) -> str:
    """The number of a record that the server has."""
    found = files.number.rpartition(":")[2]
    server.answers[f"/pith/{found}/bundle.json"] = status(200, files.verified.read_bytes())
    return found


def put(folder: Path, data: bytes) -> str:
    """A file with that content."""
    (folder / "paper.pdf").write_bytes(data)
    return "paper.pdf"


def checks(out: str) -> dict[str, Row]:
    return {check["id"]: check for check in json.loads(out)["checks"]}


def test_a_paper_is_verified_by_its_own_number(
    pith: Pith, tmp_path: Path, server: Server, suffix: str
) -> None:
    """From the file to the verdict in one command."""
    name = put(tmp_path, paper(info=f"({suffix})", links=((), (f"x/pith/{OTHER}",))))
    run = pith("verify", "--resolver", server.base_url, "--json", name)
    assert run.code == 0
    assert server.asked == [f"/pith/{suffix}/bundle.json"]
    report = json.loads(run.out)
    assert report["input"]["source"].endswith("/bundle.json (named by paper.pdf)")
    found = checks(run.out)["paper.pdf"]
    assert found["outcome"] == "passed"
    assert found["evidence"] == {
        "stated_in": [f"pith:{suffix} in its /Info"],
        "cites": [f"pith:{OTHER} in a link on page 2"],
    }
    assert any("does not bind the PDF's bytes" in limit for limit in report["limits"])


def test_a_record_at_hand_is_held_against_a_pdf(pith: Pith, files: Files, tmp_path: Path) -> None:
    """Offline, with both at hand; and another paper's PDF fails."""
    name = put(tmp_path, paper(info=f"({files.number})"))
    run = pith("verify", "--offline", "--json", "--pdf", name, files.verified)
    assert (run.code, checks(run.out)["paper.pdf"]["outcome"]) == (0, "passed")
    put(tmp_path, paper(info=f"({OTHER})", text=b"(arXiv:0101.00001v1 [x]) Tj"))
    run = pith("verify", "--pdf", name, files.verified)
    assert run.code == 1
    assert "The PDF names another record." in run.out
    assert "arXiv's stamp on the PDF names another paper than the record." in run.out


def test_a_pdf_with_two_numbers_contradicts_itself(pith: Pith, tmp_path: Path) -> None:
    name = put(
        tmp_path,
        paper(info="(DBZZ4GA3QYTEJZ5TKUNHWEKF3I)", links=((f"x/pith/{OTHER}",),)),
    )
    run = pith("verify", name)
    assert run.code == 1
    assert (
        "paper.pdf contradicts itself: it gives 2 Pith Numbers as its own: "
        f"pith:DBZZ4GA3QYTEJZ5TKUNHWEKF3I in its /Info; pith:{OTHER} in a link on page 1."
    ) in run.err


def test_a_pdf_that_only_cites_is_not_taken_for_what_it_cites(pith: Pith, tmp_path: Path) -> None:
    name = put(tmp_path, paper(links=((), (f"x/pith/{OTHER}",))))
    run = pith("verify", name)
    assert run.code == 4
    assert (
        f"paper.pdf names no Pith Number of its own. It links pith:{OTHER}, which belong to "
        "papers it cites."
    ) in run.err


def test_offline_a_pdf_needs_its_record(pith: Pith, tmp_path: Path) -> None:
    run = pith("verify", "--offline", put(tmp_path, paper(info=f"({OTHER})")))
    assert run.code == 4
    assert f"paper.pdf names pith:{OTHER}, whose record would have to be fetched" in run.err
    assert "--pdf" in run.err


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7\n1 0 obj << >>", "This PDF is damaged or cut off"),
        (b"%PDF-1.7\n1 0 obj<<>>endobj trailer<< /Encrypt 1 0 R >>startxref", "encrypted"),
    ],
)
def test_pdfs_that_cannot_be_read(
    pith: Pith, files: Files, tmp_path: Path, data: bytes, sentence: str
) -> None:
    """Code 4 for an input, and the command line's code where an option names the file."""
    name = put(tmp_path, data)
    run = pith("verify", name)
    assert run.code == 4
    assert f"error: paper.pdf: {'' if sentence[0] == 'T' else 'This PDF is '}{sentence}" in run.err
    run = pith("verify", "--pdf", name, files.verified)
    assert run.code == 2
    assert "--pdf: paper.pdf: This PDF is" in run.err
    run = pith("verify", "--pdf", files.verified, files.verified)
    assert run.code == 2
    assert "This is not a PDF" in run.err


def test_a_pdf_is_no_record_for_another_pdf(pith: Pith, tmp_path: Path) -> None:
    name = put(tmp_path, paper(info=f"({OTHER})"))
    run = pith("verify", "--pdf", name, name)
    assert run.code == 4
    assert "paper.pdf is a PDF too, and --pdf goes with a record." in run.err


def test_pypdf_reads_fonts_that_the_scan_does_not(pith: Pith, tmp_path: Path) -> None:
    """Letters by number and a table of what they mean: it is asked only then."""
    pytest.importorskip("pypdf")
    letters = "pith:" + OTHER
    codes = "".join(f"{at:04X}" for at in range(1, len(letters) + 1))
    table = "".join(f"<{at:04X}> <{ord(c):04X}>\n" for at, c in enumerate(letters, 1))
    mapping = (
        "/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange <0000> <FFFF> "
        f"endcodespacerange\n{len(letters)} beginbfchar\n{table}endbfchar endcmap end"
    ).encode()
    from pdfs import pdf, stream

    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 6 0 R "
        "/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>] >>"
    )
    data = pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        stream(f"BT /F1 9 Tf <{codes}> Tj ET".encode()),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 3 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        font,
        stream(mapping),
    )
    run = pith("verify", "--offline", put(tmp_path, data))
    assert f"paper.pdf names pith:{OTHER}" in run.err
