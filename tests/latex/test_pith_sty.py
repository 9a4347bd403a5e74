"""pith.sty in real documents: what is printed, linked and written, and what is left alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

import pithcore
from pithcli.pypdfreader import read_with_pypdf
from pithcore.pdf import INFO, LINK, TEXT, OtherReading

NUMBER = "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
OTHER = "33EXRAMDF3P2OHQ4GGC3CQGL7K"
FULL = f"pith:2019:{NUMBER}"
URL = f"https://pith.science/pith/{NUMBER}"
PITH = rf"\usepackage{{pith}}\pithnumber{{{FULL}}}"
HYPERREF = r"\usepackage{hyperref}"
DVIPS = "latex+dvips"
ENGINES = ("pdflatex", "xelatex", "lualatex", DVIPS)

PAPERS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent / "papers").glob("*.tex"))
    if path.stem not in ("abstract", "text")
}
ONE_PER_CLASS = (
    "article",
    "article-twocolumn",
    "amsart",
    "revtex",
    "ieeetran",
    "acmart",
    "elsarticle",
    "llncs",
    "scrartcl",
    "memoir",
)
IN_MARGIN = ("article-no-maketitle", "article-titlepage", "scrartcl-titlepage")


def paper(name: str, *, pith: str = PITH, hyperref: bool = False) -> str:
    """The source of one paper, with pith.sty and perhaps hyperref."""
    source = PAPERS[name].replace("%pith", pith)
    return source.replace("%hyperref", HYPERREF if hyperref else "")


def short(preamble: str, body: str = r"\maketitle Text.", document_class: str = "article") -> str:
    """A document of a few lines."""
    return "\n".join(
        [
            rf"\documentclass{{{document_class}}}",
            preamble,
            r"\title{On spins}\author{Ada Writer}",
            r"\begin{document}",
            body,
            r"\end{document}",
            "",
        ]
    )


def everywhere():
    """Each paper with and without hyperref in pdflatex; each class once in each other engine.

    There hyperref is loaded in every second one.
    """
    cases = [
        ("pdflatex", name, hyperref)
        for name, source in PAPERS.items()
        for hyperref in ([False, True] if "%hyperref" in source else [False])
    ]
    for shift, engine in enumerate(ENGINES[1:]):
        for index, name in enumerate(ONE_PER_CLASS):
            hyperref = (index + shift) % 2 == 0 and "%hyperref" in PAPERS[name]
            cases.append((engine, name, hyperref))
    return [pytest.param(*case, id=_id(*case)) for case in cases]


def _id(engine: str, name: str, hyperref: bool) -> str:
    return f"{engine}-{name}{'-hyperref' if hyperref else ''}"


class TestPageOne:
    @pytest.mark.parametrize(("engine", "name", "hyperref"), everywhere())
    def test_number_in_info_link_and_text(self, build, engine, name, hyperref):
        """Info has the number; page 1, and no other, shows it once, within one link to it."""
        built = build(paper(name, hyperref=hyperref), engine)
        assert built.info["PithNumber"] == NUMBER
        assert [link for link in built.links if "pith" in link[1]] == [(1, URL)]
        assert built.text("-l", "1").split().count(FULL) == 1
        assert built.text().count(NUMBER) == 1
        linked = [text for text, url in built.linked_text.items() if url == URL]
        assert " ".join(linked) == f"Pith Number {FULL}"

    @pytest.mark.parametrize(
        ("engine", "name"),
        [
            *(("pdflatex", name) for name in PAPERS),
            *((engine, "article-twocolumn") for engine in ENGINES[1:]),
        ],
    )
    def test_badge_collides_with_nothing(self, build, engine, name):
        """Around the number there is a closed frame, and around the frame nothing is printed."""
        assert_framed(build(paper(name), engine))

    @pytest.mark.parametrize("name", list(PAPERS))
    def test_adds_no_page(self, build, name):
        """The badge takes a line, not a page: papers have as many pages as without it."""
        assert build(paper(name)).pages == build(paper(name, pith="")).pages

    @pytest.mark.parametrize("name", list(PAPERS))
    def test_after_title_and_author(self, build, name):
        """The badge stands below title and author; in the bottom margin only where it must."""
        built = build(paper(name))
        top = built.box_of(FULL)[1]
        assert top > built.box_of("(?i:writer),?")[3]
        assert (top > 700) == (name in IN_MARGIN)

    @pytest.mark.parametrize("engine", ENGINES)
    def test_title_block_longer_than_page(self, build, engine):
        """Where the title block leaves no room on page 1, the badge goes to its bottom margin."""
        authors = r"\\".join(["Ada Writer of A University"] * 60)
        built = build(
            short(PITH + rf"\author{{{authors}}}").replace(r"\author{Ada Writer}", ""), engine
        )
        assert [page for page, _ in built.links] == [1]
        assert built.text("-l", "1").split().count(FULL) == 1
        assert built.box_of(FULL)[1] > 700

    @pytest.mark.parametrize("room", [4, 12, 20, 28, 60])
    def test_title_block_fills_page(self, build, room):
        """However little room the title block leaves, the badge is on page 1 and moves nothing."""
        title = rf"\def\@maketitle{{\null\vskip\dimexpr\textheight-{room}pt\relax Title\par}}"
        preamble = r"\makeatletter" + title + r"\makeatother"
        before, after = (build(short(pith + preamble)) for pith in ("", PITH))
        assert after.links == [(1, URL)]
        assert ("Title" in after.text("-l", "1")) == ("Title" in before.text("-l", "1"))

    def test_narrow_column_drops_the_label(self, build):
        """A line too narrow for the whole badge keeps the number and drops the words before it."""
        built = build(short(PITH + r"\textwidth=180pt\hsize=180pt"))
        assert built.text().split().count(FULL) == 1
        assert "Number" not in built.text()


class TestReadBack:
    """What our own reader makes of the file: from the author's machine to a reader's verdict."""

    @pytest.mark.parametrize(
        ("engine", "name", "hyperref"),
        [
            *(("pdflatex", name, True) for name in ONE_PER_CLASS),
            *((engine, "article", hyperref) for engine in ENGINES for hyperref in (False, True)),
        ],
    )
    def test_number_is_found_in_info_link_and_text(self, build, engine, name, hyperref):
        """In all three places by the scan; where it cannot read the fonts, pypdf reads the text."""
        data = build(paper(name, hyperref=hyperref), engine).pdf.read_bytes()
        found = pithcore.read_pdf(data)
        assert found.numbers == (pithcore.PithNumber(NUMBER),)
        assert not found.wants_another_reader
        assert found.cited == ()
        assert {(INFO, None), (LINK, 1)} <= places(found)
        if found.unread:
            pytest.importorskip("pypdf")
            found = found.with_other(OtherReading(**read_with_pypdf(data)))
            assert found.numbers == (pithcore.PithNumber(NUMBER),)
            assert found.unread == ()
        assert places(found) == {(INFO, None), (LINK, 1), (TEXT, 1)}

    def test_the_scan_reads_the_usual_fonts(self, build):
        """In TeX's own fonts nothing is left unread, and pypdf is not needed for them."""
        found = pithcore.read_pdf(build(paper("article", hyperref=True)).pdf.read_bytes())
        assert found.unread == ()
        assert places(found) == {(INFO, None), (LINK, 1), (TEXT, 1)}

    def test_paper_without_the_package_has_none(self, build):
        """The control of the test above; and nothing of it is left unread."""
        found = pithcore.read_pdf(build(paper("article", pith="", hyperref=True)).pdf.read_bytes())
        assert found == pithcore.Pdf()

    def test_link_to_another_paper_is_a_citation(self, build):
        """A record that a later page links is not the paper's own."""
        cites = rf"\href{{https://pith.science/pith/{OTHER}}}{{a paper}}"
        source = short(HYPERREF + PITH, rf"\maketitle Text. \newpage {cites}")
        found = pithcore.read_pdf(build(source).pdf.read_bytes())
        assert [mention.number.suffix for mention in found.cited] == [OTHER]
        assert {mention.number.suffix for mention in found.own} == {NUMBER}


def places(found: pithcore.Pdf) -> set[tuple[str, int | None]]:
    """Where our reader found the paper's own number."""
    return {(mention.where, mention.page) for mention in found.own}


class TestInk:
    """Page 1 as an image, with the package and without it."""

    @pytest.mark.parametrize("name", IN_MARGIN)
    def test_badge_is_all_that_is_added(self, build, name):
        """In the margin: black on white where the badge is, no pixel changed anywhere else."""
        with_it, without = build(paper(name)), build(paper(name, pith=""))
        left, top, right, bottom = with_it.box_of(FULL)
        badge = (left - LABEL, top - 4, right + 8, bottom + 4)
        before, after = (one.grey(badge, SCALE) for one in (without, with_it))
        assert ink(before) == 0
        assert 0.05 < ink(after) < 0.5
        assert min(map(min, after)) < 50, "as black as text"
        page = (0, 0, 612, top - 4)
        assert ink(without.grey(page, SCALE)) > 0
        assert without.grey(page, SCALE) == with_it.grey(page, SCALE)

    def test_nothing_above_the_badge_moves(self, build):
        """Below the title: title and author are printed as they were, and the badge is new."""
        with_it, without = build(short(PITH)), build(short(""))
        left, top, right, bottom = with_it.box_of(FULL)
        above = (0, 0, 612, with_it.box_of("Writer")[3])
        assert ink(without.grey(above, SCALE)) > 0
        assert without.grey(above, SCALE) == with_it.grey(above, SCALE)
        badge = (left - LABEL, top, right, bottom)
        assert 0.05 < ink(with_it.grey(badge, SCALE)) < 0.5
        assert ink(without.grey(badge, SCALE)) < ink(with_it.grey(badge, SCALE)) / 2


SCALE = 2
"""Pixels a point."""

LABEL = 70
"""Points at the left of the number for the words, and the rule between."""


def ink(rows: list[bytes]) -> float:
    """The share of pixels that are dark."""
    pixels = b"".join(rows)
    return sum(pixel < 128 for pixel in pixels) / len(pixels)


def assert_framed(built) -> None:
    """Look at the page: a rule on all four sides of the number, white beyond the outer frame."""
    left, top, right, bottom = built.box_of(FULL)
    scale, around = 4, 20
    box = (left - LABEL - around, top - around, right + around, bottom + around)
    rows = built.grey(box, scale)
    columns = list(zip(*rows, strict=True))
    middle = len(rows) // 2
    inside = slice((LABEL + around) * scale, -around * scale)

    def dark(pixels) -> bool:
        return max(pixels) < 200

    above = next(row for row in range(middle, 0, -1) if dark(rows[row][inside]))
    below = next(row for row in range(middle, len(rows)) if dark(rows[row][inside]))
    upright = [x for x, column in enumerate(columns) if dark(column[above + 4 : below - 4])]
    rules = [upright[0], *(after for before, after in pairwise(upright) if after > before + 2)]
    assert len(rules) == 3, "left frame, rule after the label, right frame"
    first, last = upright[0], upright[-1]
    assert dark(rows[above][first:last])
    assert dark(rows[below][first:last])
    near, far = 4, 4 * scale  # in pixels: beyond the rule's own blur, up to 4 points
    white = [
        *(row[first - far : last + far] for row in rows[above - far : above - near]),
        *(row[first - far : last + far] for row in rows[below + near : below + far]),
        *(column[above - far : below + far] for column in columns[first - far : first - near]),
        *(column[above - far : below + far] for column in columns[last + near : last + far]),
    ]
    assert all(min(pixels) > 240 for pixels in white), "something touches the badge"


class TestNumber:
    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            (NUMBER, f"pith:{NUMBER}"),
            (f" {NUMBER.lower()} ", f"pith:{NUMBER}"),
            (f"pith:{NUMBER}", f"pith:{NUMBER}"),
            (FULL, FULL),
            (f"PITH:2019:{NUMBER.lower()}", FULL),
        ],
    )
    def test_forms(self, build, given, shown):
        """Each form is read as pithcore reads it, and shown in capitals, with the year if given."""
        built = build(short(rf"\usepackage{{pith}}\pithnumber{{{given}}}"))
        assert str(pithcore.PithNumber.parse(given)) == shown
        assert shown in built.text().split()
        assert built.info["PithNumber"] == NUMBER
        assert built.links == [(1, URL)]

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            (NUMBER[:25], "has 25 characters and not 26"),
            (NUMBER + "A", "has 27 characters and not 26"),
            (NUMBER[:8], "has 8 characters and not 26"),
            ("", "has 0 characters and not 26"),
            (NUMBER.replace("I", "1"), "`1' at position 26"),
            (NUMBER.replace("J", "0"), "`0' at position 13"),
            (NUMBER.replace("G", "-"), "`-' at position 6"),
            (f"pith:19:{NUMBER}", f"`pith:19:{NUMBER}'"),
            (URL, f"`{URL}'"),
        ],
    )
    def test_mistyped_is_an_error_with_its_line(self, build, given, said):
        """Wrong alphabet or length stops at the line, says what is wrong, and prints nothing."""
        source = short(f"\\usepackage{{pith}}\n\\pithnumber{{{given}}}")
        built = build(source, errors=True)
        assert re.search(r"^! Package pith Error: \w+ Pith Number on line 3:", built.log, re.M)
        assert said in built.log
        assert re.search(r"^l\.3 ", built.log, re.M)
        assert "PithNumber" not in built.info
        assert built.links == []
        assert "Number" not in built.text()

    @pytest.mark.parametrize("engine", ["xelatex", "lualatex"])
    def test_letters_outside_ascii_never_become_ascii(self, build, engine):
        """A long s or a dotless i, whose capitals are S and I, is refused as any other letter."""
        for letter in "ſı":
            source = short(rf"\usepackage{{pith}}\pithnumber{{{NUMBER[:25]}{letter}}}")
            built = build(source, engine, errors=True)
            assert f"`{letter}' at position 26" in built.log
            assert "PithNumber" not in built.info

    def test_second_number_is_an_error(self, build):
        """Another number contradicts the first, which is kept; the same one again is fine."""
        again = rf"\pithnumber{{{FULL.lower()}}}"
        assert build(short(PITH + again)).info["PithNumber"] == NUMBER
        built = build(short(PITH + rf"\pithnumber{{{OTHER}}}"), errors=True)
        assert f"`pith:{OTHER}' is not `{FULL}'" in re.sub(r"\n\(pith\) +", " ", built.log)
        assert built.info["PithNumber"] == NUMBER
        assert OTHER not in built.text()

    def test_after_page_one_is_an_error(self, build):
        """A number that comes after page 1 has left is refused: it would read as a citation."""
        body = rf"\maketitle Text.\newpage \pithnumber{{{NUMBER}}} More."
        built = build(short(r"\usepackage{pith}", body), errors=True)
        assert "after page 1" in built.log
        assert "PithNumber" not in built.info
        assert built.links == []

    def test_no_number_is_a_warning(self, build):
        """The package without a number changes nothing and says so."""
        built = build(short(r"\usepackage{pith}"))
        assert "Package pith Warning: No Pith Number" in built.log
        assert "PithNumber" not in built.info


class TestOthersAreLeftAlone:
    META = (
        r"\usepackage{hyperref}\hypersetup{pdftitle={A title},pdfauthor={Ada},"
        r"pdfkeywords={a, b},pdfsubject={S}}"
    )

    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize("metadata", ["", META], ids=["plain", "hyperref"])
    def test_info_gains_one_key(self, build, engine, metadata):
        """Info is what it was, and PithNumber."""
        before, after = (build(short(metadata + pith), engine).info for pith in ("", PITH))
        assert after.pop("PithNumber") == NUMBER
        assert after == before

    def test_key_of_the_authors(self, build):
        r"""What the author wrote with \pdfinfo stays."""
        info = build(short(PITH + r"\pdfinfo{/Mine (yes) /Title (T)}")).info
        assert (info["Mine"], info["Title"], info["PithNumber"]) == ("yes", "T", NUMBER)

    @pytest.mark.parametrize("engine", ENGINES)
    def test_loads_nothing(self, build, engine):
        """One file: no other package is read for it, hyperref least of all; no file is written."""
        before, after = (build(short(pith), engine) for pith in ("", PITH))
        assert after.packages - before.packages == {"pith.sty"}
        written = {path.name for path in after.folder.iterdir()}
        assert written - {path.name for path in before.folder.iterdir()} == set()

    def test_borders_of_other_links(self, build):
        """Only the badge's link loses its border."""
        other = r"\href{https://example.org/}{elsewhere}"
        source = short(
            r"\pdfcompresslevel=0\pdfobjcompresslevel=0" + HYPERREF + PITH, r"\maketitle" + other
        )
        pdf = build(source).pdf.read_bytes()
        borders = {
            url: border
            for border, url in re.findall(rb"/Border ?\[([^\]]*)\].*?/URI ?\((.*?)\)", pdf, re.S)
        }
        assert borders == {URL.encode(): b"0 0 0", b"https://example.org/": b"0 0 1"}

    def test_first_paragraph_after_acmart_title(self, build):
        """The paragraph after acmart's title is set as it was: the badge is none."""
        source = PAPERS["acmart"].replace(r"\input{text}", r"First words \the\everypar.")
        before, after = (source.replace("%pith", pith) for pith in ("", PITH))
        assert build(before).box_of("First")[0] == build(after).box_of("First")[0]


class TestXmp:
    HYPERXMP = r"\usepackage{hyperxmp}\usepackage{hyperref}\hypersetup{pdftitle={T}}"

    def identifiers(self, built) -> list[str]:
        return re.findall(r"<dc:identifier>(.*?)</dc:identifier>", built.xmp)

    def test_no_xmp_without_hyperxmp(self, build):
        """The package makes no XMP packet of its own."""
        assert "xmpmeta" not in build(paper("article", hyperref=True)).xmp

    @pytest.mark.parametrize("engine", ["pdflatex", "xelatex", "lualatex"])
    @pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
    def test_identifier(self, build, engine, first):
        """With hyperxmp, loaded before or after, the packet names the number."""
        preamble = self.HYPERXMP + PITH if first else PITH + self.HYPERXMP
        assert self.identifiers(build(short(preamble), engine)) == [FULL]

    def test_identifier_with_acmart(self, build):
        """acmart loads hyperxmp, so its papers have the identifier."""
        assert self.identifiers(build(paper("acmart"))) == [FULL]

    @pytest.mark.parametrize("key", ["pdfidentifier", "pdfdoi"])
    def test_identifier_of_the_authors(self, build, key):
        """An identifier or DOI that the author gave is the only one, wherever it was given."""
        setup = rf"\hypersetup{{{key}={{10.1/x}}}}"
        for source in (
            short(self.HYPERXMP + setup + PITH),
            short(PITH + self.HYPERXMP, r"\maketitle" + setup + "Text."),
        ):
            (found,) = self.identifiers(build(source))
            assert found.endswith("10.1/x")


class TestByHand:
    MANUAL = PITH.replace(r"\usepackage", r"\usepackage[manual]")

    def test_placed_by_hand(self, build):
        r"""\pithbadge puts the badge where it stands, and then it is nowhere else."""
        for source in (
            short(self.MANUAL, r"\maketitle Here \pithbadge\ it is."),
            short(PITH, r"\pithbadge\par\title{T}\author{A} Text. \maketitle"),
        ):
            built = build(source)
            assert built.text("-l", "1").split().count(FULL) == 1
            assert built.links == [(1, URL)]

    def test_manual_without_badge(self, build):
        """With `manual` and no badge there is the key in Info and nothing to see."""
        built = build(short(self.MANUAL))
        assert built.info["PithNumber"] == NUMBER
        assert built.links == []
        assert NUMBER not in built.text()


class TestOddPlaces:
    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize("hyperref", [False, True], ids=["plain", "hyperref"])
    def test_document_metadata(self, build, engine, hyperref):
        r"""With \DocumentMetadata, LaTeX's own management of the PDF takes the number."""
        source = r"\DocumentMetadata{}" + short((HYPERREF if hyperref else "") + PITH)
        if engine == DVIPS:
            source = source.replace("Metadata{}", "Metadata{backend=dvips}")
        built = build(source, engine)
        assert built.info["PithNumber"] == NUMBER
        assert built.links == [(1, URL)]
        assert built.text().split().count(FULL) == 1

    @pytest.mark.parametrize("title", [r"\maketitle", r"\begin{frame}\maketitle\end{frame}"])
    def test_beamer_gets_no_extra_frame(self, build, title):
        """In slides the badge is on the title frame, and no frame is added."""
        body = title + r"\begin{frame}Text\end{frame}"
        built = build(short(PITH, body, "beamer"))
        assert built.pages == build(short("", body, "beamer")).pages == 2
        assert [link for link in built.links if link[1] == URL] == [(1, URL)]

    @pytest.mark.parametrize("hyperref", ["", HYPERREF], ids=["plain", "hyperref"])
    def test_optional_argument_of_koma(self, build, hyperref):
        r"""KOMA's \maketitle[…] still finds its argument."""
        built = build(short(hyperref + PITH, r"\maketitle[7] Text.", "scrartcl"))
        assert "[7]" not in built.text()
        assert built.links == [(1, URL)]

    def test_ieee_cover_page_for_review(self, build):
        """IEEEtran prints the title again after a cover page; the badge stays on the cover."""
        source = short(PITH, r"\maketitle\IEEEpeerreviewmaketitle Text.").replace(
            r"\documentclass{article}", r"\documentclass[journal,peerreview]{IEEEtran}"
        )
        built = build(source)
        assert built.text("-l", "1").split().count(FULL) == 1
        assert NUMBER not in built.text("-f", "2")

    def test_old_latex_is_an_error(self, build):
        """Where LaTeX has no hooks for commands, that is said, and the paper still compiles."""
        source = r"\makeatletter\def\fmtversion{2020-10-01}\makeatother" + short(PITH)
        built = build(source, errors=True)
        assert "Package pith Error: LaTeX of June 2021 or newer is needed" in built.log
        assert len(re.findall(r"^!", built.log, re.M)) == 1
        assert "On spins" in built.text()

    def test_printer_without_pdfmark(self, build):
        """In PostScript each of our marks is guarded: a printer that knows none drops it."""
        script = (build(paper("article"), DVIPS).folder / "paper.ps").read_bytes()
        ours = re.findall(rb"mark\s+/(?:Rect|PithNumber).*?ifelse", script, re.S)
        assert len(ours) == 2
        for mark in ours:
            assert b" ".join(mark.split()).endswith(
                b"/pdfmark where {pop pdfmark}{cleartomark}ifelse"
            )


class TestForCtan:
    def test_manual_compiles(self, build, repo):
        """The manual compiles without overfull lines, and does not carry a number as its own."""
        built = build((repo / "latex" / "pith-doc.tex").read_text(encoding="utf-8"))
        assert "Overfull" not in built.log
        assert "PithNumber" not in built.info
        assert built.links == []

    def test_l3build_check(self, build, repo, tmp_path):
        """The package's own tests pass in the three engines: what a number may look like."""
        build(short(PITH))  # skips without TeX
        if not shutil.which("l3build"):
            pytest.skip("l3build is not there; tools/tex.sh installs it")
        folder = tmp_path / "latex"
        shutil.copytree(repo / "latex", folder, ignore=shutil.ignore_patterns("build"))
        run = subprocess.run(["l3build", "check"], cwd=folder, capture_output=True, timeout=300)
        assert run.returncode == 0, run.stdout[-2000:]

    def test_version_is_one(self, repo):
        """pith.sty and its manual name the same version and date."""
        style = (repo / "latex" / "pith.sty").read_text(encoding="utf-8")
        manual = (repo / "latex" / "pith-doc.tex").read_text(encoding="utf-8")
        found = re.search(r"\\ProvidesExplPackage\{pith\}\{([\d-]+)\}\{([\d.]+)\}", style)
        assert found
        assert rf"\date{{Version {found[2]}, {found[1]}}}" in manual
