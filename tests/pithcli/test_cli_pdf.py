"""A paper's PDF in, the verdict on the record it names out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli_helpers import Files, Pith, Row, Server, status
from pdfs import OTHER, numbered, paper

import pithcli.pdf
from pithcli import pypdfreader
from pithcli.inputs import Network, Source
from pithcli.problem import Problem
from pithcli.pypdfreader import read_with_pypdf
from pithcore.pdf import OtherReading


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
        "read_by": [f"the standard-library scan: pith:{suffix} in its /Info"],
        "unread": [],
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
    assert "pithcore[pdf]" not in run.err, "nothing was unread, so another reader is no help"


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
    """Letters by number and a table of what they mean."""
    run = pith("verify", "--offline", put(tmp_path, numbered("pith:" + OTHER)))
    assert f"paper.pdf names pith:{OTHER}" in run.err


def test_what_each_reader_found_is_reported(
    pith: Pith, files: Files, tmp_path: Path, suffix: str
) -> None:
    name = put(tmp_path, numbered("pith:" + suffix))
    run = pith("verify", "--offline", "--json", "--pdf", name, files.verified)
    found = checks(run.out)["paper.pdf"]
    assert (run.code, found["outcome"]) == (0, "passed")
    scan, other = found["evidence"]["read_by"]
    assert scan == "the standard-library scan: no number"
    by, _, text = other.partition(": ")
    assert re.fullmatch(r"pypdf \d+\.\d+\.\d+", by)
    assert text == f"pith:{suffix} in the text on page 1"
    assert found["evidence"]["unread"] == []


def test_pypdf_is_asked_only_where_it_is_needed(
    pith: Pith, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not where a number was found, and not where nothing is unread."""

    def never(data: bytes) -> OtherReading:
        raise AssertionError

    monkeypatch.setattr(pithcli.pdf, "_read_with_pypdf", never)
    source = Source(numbered("x", info=f"({OTHER})"), "paper.pdf")
    assert pithcli.pdf.open_pdf(source).unread
    assert not pithcli.pdf.open_pdf(Source(paper(), "paper.pdf")).unread
    with pytest.raises(AssertionError):
        pithcli.pdf.open_pdf(Source(numbered("x"), "paper.pdf"))


def test_without_pypdf_it_is_said_what_was_not_read(
    pith: Pith, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pithcli.pdf, "_has_pypdf", lambda: False)
    pdf = pithcli.pdf.open_pdf(Source(numbered("x"), "paper.pdf"))
    with pytest.raises(Problem) as caught:
        pithcli.pdf.record_of(pdf, "paper.pdf", Network(True, (), 1.0, print))
    assert caught.value.error == (
        "No Pith Number of its own was found in paper.pdf, and not all of it could be read: "
        "text of page 1 in a font that numbers its letters in its own way."
    )
    assert caught.value.hint is not None
    assert "pithcore[pdf]" in caught.value.hint


def test_pypdf_is_given_up_when_it_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended, nothing is called found, and the report says so."""
    monkeypatch.setattr(pithcli.pdf, "SECONDS", 0.01)
    pdf = pithcli.pdf.open_pdf(Source(numbered("pith:" + OTHER), "paper.pdf"))
    assert pdf.own == ()
    assert pdf.unread[-1] == "all of it by pypdf: it was given up after 0.01 seconds"
    assert not pdf.wants_another_reader


def test_pypdf_that_breaks_off_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pithcli.pdf.sys, "executable", "/nowhere/python")
    pdf = pithcli.pdf.open_pdf(Source(numbered("pith:" + OTHER), "paper.pdf"))
    assert pdf.unread[-1] == "all of it by pypdf: it broke off"


# --- The program that pypdf runs in ------------------------------------------------------------


def test_pypdf_lists_info_links_and_text() -> None:
    data = paper(
        info=f"({OTHER})", links=(("https://a.org/",), ("https://b.org/",)), text=b"(x) Tj"
    )
    found = read_with_pypdf(data)
    assert found["info"] == OTHER
    assert found["links"] == [(1, "https://a.org/"), (2, "https://b.org/")]
    assert found["unread"] == []
    assert read_with_pypdf(numbered("Hello"))["text"] == "Hello"


def test_what_pypdf_cannot_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file ends in an exception, and each part is read by itself."""
    assert read_with_pypdf(b"%PDF-1.4")["unread"][0].startswith("all of it by pypdf (")
    odd = paper(text=b"(x) Tj").replace(b"/Annots [ ]", b"/Annots 17").replace(b"[] ", b"17 ", 1)
    found = read_with_pypdf(odd)
    assert [what.rpartition(" (")[0] for what in found["unread"]] == ["its links by pypdf"]
    monkeypatch.setattr(pypdfreader, "MAX_PAGES", 1)
    found = read_with_pypdf(paper(links=(("https://a.org/",), ("https://b.org/",))))
    assert found["links"] == [(1, "https://a.org/")]
    assert found["unread"] == ["links behind page 1 by pypdf"]
    monkeypatch.setattr(pypdfreader, "MAX_BYTES", 10)
    assert "more than 0 MiB" in read_with_pypdf(paper())["unread"][0]


VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "pdf"


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the shared PDFs are not here")
def test_pypdf_reads_the_shared_files_as_expected() -> None:
    """/Info, links with their pages, and page 1; what is no PDF is said to be unread."""
    for name, expected in json.loads((VECTORS / "expected.json").read_text("utf-8")).items():
        found = read_with_pypdf((VECTORS / name).read_bytes())
        if "pypdf" in expected:
            assert ("encrypted" in name) or found["unread"], name  # it can decrypt some
            continue
        assert found["unread"] == [], name
        assert found["info"] == expected["info"], name
        assert [list(link) for link in found["links"]] == expected["links"], name
        shown = re.findall(r"[A-Z2-7]{26}", found["text"])
        assert shown == [number for page, number in expected["text"] if page == 1], name
