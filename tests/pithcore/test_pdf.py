"""A paper's own number in its PDF: found where it may stand, and nowhere else."""

from __future__ import annotations

import json
import random
import zlib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from pdfs import ADDRESS, NUMBER, OTHER, link, numbered, paper, pdf, stream
from samples import SEED_ROW, dump, envelope, outcomes

from pithcore import ArxivId, Outcome, Pdf, PdfError, PithError, PithNumber, read_pdf, verify
from pithcore.pdf import INFO, LINK, SCAN, TEXT, Mention, OtherReading, Reading, file, objects
from pithcore.pdf.objects import MAX_DEPTH, Name, Operator, PdfSyntaxError, Reference, read_value

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "pdf"
CITES = f"https://pith.science/pith/{OTHER}"
OWN = PithNumber(NUMBER)
SCHEMA = resources.files("pithcore").joinpath("schema/report-1.schema.json").read_text("utf-8")
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA))


def vectors() -> list[tuple[str, dict]]:
    """The shared files and what pypdf finds in each."""
    if not VECTORS.is_dir():
        return []
    return sorted(json.loads((VECTORS / "expected.json").read_text("utf-8")).items())


needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason="the shared PDFs are not here")


@needs_vectors
@pytest.mark.parametrize(("name", "expected"), vectors(), ids=[name for name, _ in vectors()])
def test_shared_files(name: str, expected: dict) -> None:
    """As pypdf finds: /Info, links with their pages, and the text of page 1."""
    data = (VECTORS / name).read_bytes()
    if "pypdf" in expected:
        with pytest.raises(PdfError):
            read_pdf(data)
        return
    found = read_pdf(data)
    links = [(m.page, m.number.suffix) for m in (*found.own, *found.cited) if m.where == LINK]
    assert [m.number.suffix for m in found.own if m.where == INFO] == [
        *filter(None, [expected["info"]])
    ]
    assert links == [(page, address[-26:]) for page, address in expected["links"]]
    on_page_1 = [number for page, number in expected["text"] if page == 1]
    assert {m.number.suffix for m in found.own if m.where == TEXT} <= set(on_page_1)
    assert {m.number.suffix for m in found.own} == {
        number for number in (expected["info"], *on_page_1) if number
    }


@needs_vectors
def test_shared_files_that_cannot_be_read_say_why() -> None:
    said = {}
    for name in ("not-a-pdf.pdf", "truncated.pdf", "encrypted-aes256-user-password.pdf"):
        with pytest.raises(PdfError) as caught:
            read_pdf((VECTORS / name).read_bytes())
        said[name.split(".")[0].split("-")[0]] = str(caught.value)
    assert said == {
        "not": "This is not a PDF: it does not begin with %PDF-.",
        "truncated": "This PDF is damaged or cut off: its list of pages cannot be found.",
        "encrypted": "This PDF is encrypted. Save a copy without a password, and bring that.",
    }


@pytest.mark.parametrize(
    "stated",
    [
        f"({NUMBER})",
        f"(pith:2019:{NUMBER})",
        f"<{NUMBER.encode().hex()}>",
        f"<FEFF{NUMBER.encode('utf-16-be').hex()}>",
        f"<EFBBBF{NUMBER.encode().hex()}>",
        "(DBZZ4GA3\\\nQYTEJZ5TKUNHWEKF3\\111)",
    ],
)
def test_a_number_in_the_info(stated: str) -> None:
    """As a plain string, in hex, in UTF-16, in UTF-8, and with escapes."""
    found = read_pdf(paper(info=stated))
    assert [mention.number.suffix for mention in found.own] == [NUMBER]
    assert found.own[0]._replace(number=OWN) == Mention(OWN, INFO)
    assert found.cited == ()


@pytest.mark.parametrize("stated", ["(DBZZ4GA3)", "(no number)", "17", "9 0 R", f"[({NUMBER})]"])
def test_what_is_no_full_number_in_the_info_is_none(stated: str) -> None:
    assert read_pdf(paper(info=stated)) == Pdf()


def test_links_of_page_1_are_its_own_and_later_ones_are_citations() -> None:
    elsewhere = "https://example.org/", "https://pith.science/pith/DBZZ4GA3"
    found = read_pdf(paper(links=((ADDRESS, *elsewhere), (CITES, CITES), (), (ADDRESS,))))
    assert found.own == (Mention(OWN, LINK, 1),)
    assert found.cited == (
        Mention(PithNumber(OTHER), LINK, 2),
        Mention(OWN, LINK, 4),
    )
    assert str(found.own[0]) == f"pith:{NUMBER} in a link on page 1"


def test_two_numbers_of_its_own_are_both_told() -> None:
    found = read_pdf(paper(info=f"({NUMBER})", links=((CITES,),)))
    assert found.numbers == (OWN, PithNumber(OTHER))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("shown", "is_found"),
    [
        (f"[(pith:{NUMBER[:8]})1({NUMBER[8:]})] TJ", True),
        (f"(Pith Number ) Tj ({NUMBER}) ' ET", True),
        (f"(https://pith.science/pith/{NUMBER}) Tj", True),
        (f"(pith:2019:{NUMBER}) Tj", True),
        (f"(pith:{NUMBER[:12]}) Tj 0 -12 Td ({NUMBER[12:]}) Tj", True),
        (f"(number {NUMBER}) Tj", False),
        (f"(pith:{NUMBER}A) Tj", False),
        (f"(pith:) Tj [({NUMBER[:8]})-300({NUMBER[8:]})] TJ", False),
        (f"/F1 12 Tf (pith:{NUMBER}) Do", False),
        ("BI /W 1 ID \x00>>) EI", False),
        (f"BI /W 1 ID ) EI BT (pith:{NUMBER}) Tj", True),
    ],
)
def test_the_text_of_page_1(shown: str, is_found: bool, packed: bool) -> None:
    found = read_pdf(paper(text=shown.encode("latin-1"), packed=packed))
    assert found.own == ((Mention(OWN, TEXT, 1),) if is_found else ())


@pytest.mark.parametrize(
    ("shown", "stamp"),
    [
        ("arXiv:1906.08168v2  [hep-lat]  19 Jun 2019", ArxivId("1906.08168", 2)),
        ("arXiv:hep-lat/0305021v1 [hep-lat] 1 May 2003", ArxivId("hep-lat/0305021", 1)),
        ("arXiv:1906.08168v2, as cited", None),
        ("arXiv:1906.08168 [hep-lat]", None),
    ],
)
def test_the_stamp_of_arxiv(shown: str, stamp: ArxivId | None) -> None:
    assert read_pdf(paper(text=f"({shown}) Tj".encode())).stamp == stamp


def test_another_reader_adds_what_it_finds() -> None:
    """Its words are read by the same rules, and who found what is kept."""
    scan = Pdf(unread=("text of page 1",))
    text = f"A title\npith:{NUMBER}\narXiv:1906.08168v1 [hep-lat]"
    links = ((1, ADDRESS), (2, CITES), (3, "https://example.org/"))
    found = scan.with_other(OtherReading("pypdf 7", f"pith:2019:{NUMBER}", links, text))
    own = (Mention(PithNumber.parse(f"pith:2019:{NUMBER}"), INFO), Mention(OWN, LINK, 1))
    own += (Mention(OWN, TEXT, 1),)
    assert found.own == own
    assert found.numbers == (OWN,)
    assert found.cited == (Mention(PithNumber(OTHER), LINK, 2),)
    assert found.stamp == ArxivId("1906.08168", 1)
    assert found.unread == ()
    assert found.read_by == (Reading(SCAN, ()), Reading("pypdf 7", own))
    assert scan.read_by == (Reading(SCAN, ()),)


def test_another_reader_takes_nothing_back() -> None:
    """What the scan found stays, a number that differs contradicts it, and so does the rest."""
    cited = (Mention(PithNumber(OTHER), LINK, 2),)
    scan = Pdf((Mention(OWN, INFO),), cited, ArxivId("1906.08168", 1), ("a drawing",))
    found = scan.with_other(
        OtherReading("pypdf 7", OTHER, text="arXiv:1906.08168v9 [x]", unread=("links", "a drawing"))
    )
    assert found.numbers == (OWN, PithNumber(OTHER))
    assert (found.cited, found.stamp) == (cited, scan.stamp)
    assert found.unread == ("a drawing", "links")
    assert held(found)["paper.pdf"] == "failed"


@pytest.mark.parametrize("number_found", [True, False])
@pytest.mark.parametrize("unread", [True, False])
@pytest.mark.parametrize("asked", [True, False])
def test_another_reader_is_wanted_once_and_only_where_a_number_may_be_hidden(
    number_found: bool, unread: bool, asked: bool
) -> None:
    scan = Pdf(((Mention(OWN, INFO),) if number_found else ()), unread=("x",) if unread else ())
    found = scan.with_other(OtherReading("pypdf 7", unread=scan.unread)) if asked else scan
    assert found.wants_another_reader == (unread and not number_found and not asked)


def in_streams(places: str = "1 0 2 40 3 90 9 400", count: str = "4") -> bytes:
    """As PDF 1.5 writes a file: nothing but streams stands in the open."""
    inner = (
        "<< /Type /Catalog /Pages 2 0 R >>       "
        f"<< /Type /Pages /Kids [3 0 R] /Count 1 >>{' ' * 9}"
        f"<< /Type /Page /Annots [{link(ADDRESS)}] >>"
    )
    head = f"/Type /ObjStm /N {count} /First {len(places) + 1}"
    packed = stream(f"{places} {inner}".encode(), head, packed=True)
    crossing = stream(b"", "/Type /XRef /Root 1 0 R")
    return b"7 0 obj\n%b\nendobj\n8 0 obj\n%b\nendobj\n" % (packed, crossing)


def test_objects_in_object_streams_and_a_trailer_in_a_stream() -> None:
    """What stands in the open counts before what an object stream holds."""
    assert read_pdf(b"%PDF-1.5\n" + in_streams()).own == (Mention(OWN, LINK, 1),)
    in_the_open = b"3 0 obj << /Type /Page >> endobj "
    assert read_pdf(b"%PDF-1.5\n" + in_the_open + in_streams()) == Pdf()


@pytest.mark.parametrize(
    "wrong",
    [{"count": "()"}, {"count": "9"}, {"places": "1 0 x 40"}, {"places": "1 0"}, {"count": "0"}],
)
def test_damaged_object_streams_hold_nothing(wrong: dict[str, str]) -> None:
    with pytest.raises(PdfError, match="list of pages"):
        read_pdf(b"%PDF-1.5\n" + in_streams(**wrong))
    if wrong != {"count": "0"}:
        assert read_pdf(paper() + in_streams(**wrong)).unread == (
            "objects in a stream that does not say where they are",
        )


def test_empty_object_streams_are_no_error() -> None:
    """With no object, and with no byte."""
    for empty in (
        stream(b"", "/Type /ObjStm /N 0 /First 0", packed=True),
        stream(b"", "/Type /ObjStm /N 0 /First 0"),
        b"<< /Type /ObjStm /N 1 /First 4 /Length 0 /Filter /FlateDecode >>\nstream\nendstream",
    ):
        assert read_pdf(paper() + b"\n99 0 obj\n%b\nendobj\n" % empty) == Pdf()


@pytest.mark.parametrize(
    ("packing", "said"),
    [
        ("/LZWDecode", "LZWDecode"),
        ("[/ASCII85Decode /FlateDecode]", "ASCII85Decode and FlateDecode"),
        ("(Flate)", "a filter without a name"),
        ("/FlateDecode /DecodeParms << /Predictor 12 >>", "FlateDecode and a predictor"),
        ("[/FlateDecode] /DecodeParms [<< /Predictor 2 >>]", "FlateDecode and a predictor"),
        ("/A#1Bb", "A\\x1bb"),
    ],
)
def test_object_streams_packed_in_another_way_are_unread(packing: str, said: str) -> None:
    """Even the list of pages may stand there: then nothing is known, and nothing called damaged."""
    data = b"%PDF-1.5\n" + in_streams().replace(b"/FlateDecode", packing.encode())
    found = read_pdf(data)
    assert found == Pdf(unread=(f"objects in a stream, packed with {said}",))
    assert found.wants_another_reader


def test_filters_that_pack_nothing_are_none() -> None:
    """An empty list of filters, and parameters that say what holds anyway."""
    text = f"(pith:{NUMBER}) Tj".encode()
    for head in ("/Filter []", "/Filter null /DecodeParms null", "/DecodeParms << /Predictor 2 >>"):
        contents = stream(text, head)
        assert read_pdf(pdf(*CATALOG, contents, PAGE)).numbers == (OWN,)
    packed = stream(text, "/DecodeParms << /Predictor 1 >>", packed=True)
    assert read_pdf(pdf(*CATALOG, packed, PAGE)).numbers == (OWN,)


def test_kinds_of_unread_things_are_bounded() -> None:
    streams = [stream(b"x", f"/Type /ObjStm /N 1 /First 4 /Filter /F{at}") for at in range(30)]
    assert len(read_pdf(pdf(*CATALOG, "null", PAGE, *streams)).unread) == 20


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [4 0 R] >>"
PAGE = "<< /Type /Page /Contents 3 0 R >>"


def table(rows: str) -> bytes:
    """A font's table of what its codes mean."""
    return stream(rows.encode(), packed=True)


@pytest.mark.parametrize(
    ("font", "more", "plain"),
    [
        ("/Subtype /Type1", b"", True),
        ("/Subtype /Type1 /Encoding /MacExpertEncoding", b"", False),
        ("/Subtype /TrueType", b"", False),
        ("/Subtype /TrueType /Encoding /WinAnsiEncoding", b"", True),
        ("/Subtype /Type3", b"", False),
        ("/Subtype /Type0 /Encoding /Identity-H", b"", False),
        ("/Subtype /MMType1 /Encoding << /Differences [0 /Gamma 65 /A /B 50 /two] >>", b"", True),
        ("/Subtype /Type1 /Encoding << /Differences [0 /Gamma 65 /B] >>", b"", False),
        ("/Subtype /Type1 /Encoding << /Differences [49 /A (x) /A] >>", b"", False),
        ("/Subtype /Type1 /Encoding << >>", b"", True),
        ("/Subtype /Type1 /ToUnicode 6 0 R", table("beginbfchar <41> <0041> endbfchar"), True),
        ("/Subtype /Type1 /ToUnicode 6 0 R", table("beginbfchar <00> <0393> endbfchar"), True),
        ("/Subtype /Type1 /ToUnicode 6 0 R", table("beginbfchar <41> <0042> endbfchar"), False),
        ("/Subtype /Type1 /ToUnicode 6 0 R", table("beginbfrange <41> <5A> <0041> end"), True),
        ("/Subtype /Type1 /ToUnicode 6 0 R", table("beginbfrange <00> <40> <0100> end"), False),
        ("/Subtype /Type1 /ToUnicode 6 0 R", table("beginbfrange <00> <31> <0100> end"), True),
        ("/Subtype /Type1 /ToUnicode 6 0 R", table("beginbfrange <41> <41> [<0041>]"), False),
        ("/Subtype /Type1 /ToUnicode 6 0 R", b"null", False),
        ("/Subtype /TrueType /ToUnicode 6 0 R", table("beginbfchar endbfchar"), True),
    ],
)
def test_fonts_that_may_not_keep_to_ascii_are_noted(font: str, more: bytes, plain: bool) -> None:
    """Their text is read as if they did, and nothing more is wanted where a number is found."""
    for shown, own in ((f"(pith:{NUMBER}) Tj", True), ("(no number) Tj", False)):
        page = "<< /Type /Page /Contents 3 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        data = pdf(*CATALOG, stream(shown.encode()), page, f"<< {font} >>", more or "null")
        found = read_pdf(data)
        assert bool(found.own) == own
        assert found.unread == (
            () if plain else ("text of page 1 in a font that numbers its letters in its own way",)
        )
        assert found.wants_another_reader == (not plain and not own)


def test_resources_may_stand_above_the_page() -> None:
    assert read_pdf(numbered("x")).wants_another_reader
    circle = "<< /Type /Page /Parent 4 0 R /Contents 3 0 R >>"
    assert read_pdf(pdf(*CATALOG, "null", circle)) == Pdf()


def test_a_drawing_with_text_is_noted() -> None:
    page = "<< /Type /Page /Resources << /XObject << /X 3 0 R /Y 5 0 R >> >> >>"
    image, form = stream(b"", "/Subtype /Image"), stream(b"", "/Subtype /Form")
    assert read_pdf(pdf(*CATALOG, image, page)) == Pdf()
    found = read_pdf(pdf(*CATALOG, image, page, form))
    assert found.unread == ("a drawing on page 1, which may have text",)


def test_the_last_object_of_a_number_counts() -> None:
    """A later version of the file stands behind the earlier one."""
    data = paper(info=f"({OTHER})")
    later = f"5 0 obj << /PithNumber ({NUMBER}) >> endobj".encode()
    assert read_pdf(data + later).numbers == (OWN,)


def test_streams_that_cannot_be_unpacked_show_nothing() -> None:
    """Another filter, no stream, damaged data, a wrong length: no text, and no error."""
    good = stream(f"(pith:{NUMBER}) Tj".encode(), packed=True)
    pages = "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [4 0 R] >>"
    page = "<< /Type /Page /Contents [3 0 R] >>"
    assert read_pdf(pdf(*pages, good, page)).numbers == (OWN,)
    wrong_length = good.replace(b"/Length", b"/Length 99999 /Was")
    assert read_pdf(pdf(*pages, wrong_length, page)).numbers == (OWN,)
    lzw, damaged = good.replace(b"FlateDecode", b"LZWDecode"), good.replace(b"x\x9c", b"xx")
    assert read_pdf(pdf(*pages, lzw, page)).unread == ("text of page 1, packed with LZWDecode",)
    assert read_pdf(pdf(*pages, damaged, page)).unread == (
        "text of page 1, whose packed bytes are damaged",
    )
    for contents in (
        "<< /Length 5 >>",
        "( (",
        "17",
        "obj",
    ):
        assert read_pdf(pdf(*pages, contents, page)) == Pdf()
    assert read_pdf(pdf(*pages, good, "<< /Type /Page /Contents 99 0 R >>")) == Pdf()
    assert read_pdf(pdf(*pages, good, "<< /Type /Page /Contents (3) /Annots 3 0 R >>")) == Pdf()


@pytest.mark.parametrize(
    "bodies",
    [
        (),
        ("<< /Type /Catalog >>",),
        ("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R 9 0 R] >>"),
        ("<< /Type /Catalog /Pages 2 0 R >>", "2 0 R"),
        ("1 0 R",),
        ("<< /Type /Catalog /Pages << /Kids [[]] >> >>",),
    ],
)
def test_a_file_without_pages_is_damaged(bodies: tuple[str, ...]) -> None:
    with pytest.raises(PdfError, match="its list of pages cannot be found"):
        read_pdf(pdf(*bodies))


def test_an_encrypted_file_is_said_to_be_one() -> None:
    with pytest.raises(PdfError, match="encrypted"):
        read_pdf(pdf("<< >>", trailer="/Root 1 0 R /Encrypt 1 0 R"))


def test_what_grows_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MAX_INFLATED", 1000)
    with pytest.raises(PdfError, match="unpacks to more than 0 MiB"):
        read_pdf(paper(text=b" " * 1000, packed=True))
    monkeypatch.setattr(file, "MAX_OBJECTS", 3)
    with pytest.raises(PdfError, match="more than 3 objects"):
        read_pdf(paper())


def test_many_links_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pithcore.pdf.MAX_MENTIONS", 2)
    found = read_pdf(paper(links=((), (CITES, CITES, ADDRESS), (CITES,), (ADDRESS,))))
    assert found.cited == (Mention(PithNumber(OTHER), LINK, 2),)


def test_much_content_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """And it is said that there is more."""
    monkeypatch.setattr("pithcore.pdf.text.MAX_OPERATORS", 5)
    found = read_pdf(paper(text=b"1 2 3 4 5 6 " + f"(pith:{NUMBER}) Tj".encode()))
    assert found == Pdf(unread=("the end of page 1, which is very long",))


def test_damaged_content_is_bounded() -> None:
    """What follows a few damaged places is read, what follows many is said to be unread."""
    shown = f" BT (pith:{NUMBER}) Tj".encode()
    assert read_pdf(paper(text=b"BT )" * 99 + shown)).numbers == (OWN,)
    found = read_pdf(paper(text=b"BT )" * 100 + shown))
    assert found == Pdf(unread=("text of page 1 behind many damaged places",))


def test_one_stream_named_often_counts_each_time() -> None:
    """A megabyte that is not packed, a thousand times over."""
    page = f"<< /Type /Page /Contents [{'3 0 R ' * 1000}] >>"
    with pytest.raises(PdfError, match="unpacks to more than 64 MiB"):
        read_pdf(pdf(*CATALOG, stream(b" " * 1_000_000), page))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"null", None),
        (b"true", True),
        (b" % a comment\n false", False),
        (b"-17", -17),
        (b"1.5", Operator(b"1.5")),
        (b"12 0 R", Reference(12)),
        (b"12 0 Rx", 12),
        (b"/A#42c", Name("ABc")),
        (b"<414>", b"A@"),
        (b"<< /A [1 2 0 R (x)] /B << >> >>", {"A": [1, Reference(2), b"x"], "B": {}}),
        (b"(a(b)\\)\\n\\7\\1234\\q\\\r\nc)", b"a(b))\n\x07S4qc"),
    ],
)
def test_values(text: bytes, value: object) -> None:
    found, end = read_value(text, 0)
    assert (found, type(found)) == (value, type(value))
    assert end == len(text) or text == b"12 0 Rx"


@pytest.mark.parametrize(
    "text",
    [b"", b"  ", b">>", b"]", b"[1", b"<< /A", b"<< 1 2 >>", b"(a", b"(a\\", b"<4x>", b"{"],
)
def test_what_is_no_value_is_refused(text: bytes) -> None:
    with pytest.raises(PdfSyntaxError):
        read_value(text, 0)


@pytest.mark.parametrize("unit", [b"[", b"<< /A "])
def test_depth_and_length_are_bounded(unit: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PdfSyntaxError):
        read_value(unit * (MAX_DEPTH + 2), 0)
    monkeypatch.setattr(objects, "MAX_ITEMS", 3)
    for text in (b"[1 2 3 4]", b"<< /A 1 /B 2 /C 3 /D 4 >>"):
        with pytest.raises(PdfSyntaxError):
            read_value(text, 0)


def test_mutated_files_are_read_or_refused() -> None:
    """Whatever a file holds: what it says of itself, or a `PithError`, and soon."""
    good = [
        paper(info=f"({NUMBER})", links=((ADDRESS,), (CITES,)), text=b"(x) Tj", packed=True),
        paper(text=f"[(pith:{NUMBER})] TJ (arXiv:1906.08168v1 [x]) Tj".encode()),
    ]
    chance = random.Random(20261126)
    outcomes_seen = {"read": 0, "refused": 0}
    for _ in range(4000):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randrange(1, 12)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice((0, 1, 1, 9))] = chance.choice(
                (b"", b"(", b">>", b"]", b"<<", b"\\", b" 2 0 R ", bytes([chance.randrange(256)]))
            )
        try:
            read_pdf(bytes(data))
        except PithError:
            outcomes_seen["refused"] += 1
        else:
            outcomes_seen["read"] += 1
    assert min(outcomes_seen.values()) > 100


def test_hostile_files_are_read_in_time_linear_in_their_size() -> None:
    """Repetitions that a careless reader would go over again and again."""
    for unit in (b"1 0 obj ", b"(", b"<< ", b"/A" * 9, b"1 ", b"% ", b"((\\", b"stream\n"):
        with pytest.raises(PdfError):
            read_pdf(b"%PDF-1.4\n" + unit * (400_000 // len(unit)))
        assert read_pdf(paper(text=unit * (60_000 // len(unit)))) == Pdf()
    bomb = zlib.compress(b" " * 10_000_000)
    body = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(bomb), bomb)
    catalog = "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [4 0 R] >>"
    page = f"<< /Type /Page /Contents [{'3 0 R ' * 7}] >>"
    with pytest.raises(PdfError, match="unpacks to more than 64 MiB"):
        read_pdf(pdf(*catalog, body, page))


# --- Against a record ------------------------------------------------------------------------


def held(pdf: Pdf | None, document: bytes = dump(envelope(SEED_ROW))) -> dict[str, str]:
    return outcomes(verify(document, pdf=pdf))


def seed() -> Mention:
    """The number of the seed's record, as its PDF would give it."""
    number = verify(dump(envelope(SEED_ROW))).subject.pith_number
    return Mention(PithNumber.parse(str(number))._replace(year=None), INFO)


def test_without_a_pdf_its_checks_do_not_apply() -> None:
    found = held(None)
    assert (found["paper.pdf"], found["paper.stamp"]) == ("not_applicable", "not_applicable")


def test_the_number_of_a_pdf_is_held_against_the_record() -> None:
    other = Mention(PithNumber(OTHER), LINK, 1)
    assert held(Pdf((seed(),)))["paper.pdf"] == "passed"
    assert held(Pdf((other,)))["paper.pdf"] == "failed"
    assert held(Pdf((seed(), other)))["paper.pdf"] == "failed"
    assert held(Pdf((), (seed(),)))["paper.pdf"] == "unchecked"
    bare = json.dumps({"canonical_sha256": "0" * 64}).encode()
    assert held(Pdf((seed(),)), bare)["paper.pdf"] == "unchecked"


def test_the_report_says_what_a_pdf_does_not_show() -> None:
    report = verify(dump(envelope(SEED_ROW)), pdf=Pdf((seed(),)))
    assert any("does not bind the PDF's bytes" in limit for limit in report.limits)
    check = next(check for check in report.checks if check.planned.id == "paper.pdf")
    assert check.finding.evidence["stated_in"] == [str(seed())]


def test_the_report_says_who_read_the_pdf_and_what_nobody_could() -> None:
    """In the form of the schema, whatever the outcome; and in words where no number was found."""
    other = OtherReading("pypdf 7", unread=("links",))
    scanned = Pdf(unread=("a drawing",))
    report = verify(dump(envelope(SEED_ROW)), pdf=scanned.with_other(other)).to_dict()
    VALIDATOR.validate(report)
    check = next(check for check in report["checks"] if check["id"] == "paper.pdf")
    assert check["evidence"] == {
        "stated_in": [],
        "cites": [],
        "read_by": [f"{SCAN}: no number", "pypdf 7: no number"],
        "unread": ["a drawing", "links"],
    }
    assert check["message"].endswith("and not all of it could be read: a drawing; links.")
    check["evidence"].pop("unread")
    with pytest.raises(jsonschema.ValidationError, match="unread"):
        VALIDATOR.validate(report)
    bare = verify(dump(envelope(SEED_ROW)), pdf=Pdf()).to_dict()
    message = next(check["message"] for check in bare["checks"] if check["id"] == "paper.pdf")
    assert message == "The PDF names no Pith Number of its own."
    for found in (Pdf((seed(),)), Pdf((seed(), Mention(PithNumber(OTHER), LINK, 1)))):
        VALIDATOR.validate(verify(dump(envelope(SEED_ROW)), pdf=found).to_dict())


@pytest.mark.parametrize(
    ("stamp", "outcome"),
    [
        (None, Outcome.NOT_APPLICABLE),
        ("own", Outcome.PASSED),
        (ArxivId("1906.00001", 1), Outcome.FAILED),
        ("another version", Outcome.FAILED),
    ],
)
def test_the_stamp_is_held_against_the_source(stamp: object, outcome: Outcome) -> None:
    source = SEED_ROW["canonical_record"]["source"]
    own = ArxivId(source["id"].lower(), source["version"])
    given = {"own": own, "another version": own._replace(version=own.version + 1)}
    found = held(Pdf((), (), given.get(stamp, stamp)))
    assert found["paper.stamp"] == outcome


def test_a_record_of_another_kind_has_no_stamp() -> None:
    record = {**SEED_ROW["canonical_record"], "source": {"id": "x", "kind": "doi", "version": 1}}
    for document in ({"canonical_record": record}, {"canonical_sha256": "0" * 64}):
        found = held(Pdf((), (), ArxivId("1906.08168", 1)), json.dumps(document).encode())
        assert found["paper.stamp"] == "unchecked"
