"""`pith mint`: the number of any paper from its metadata, in each form people have it in."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from cli_helpers import Pith, Row
from inprocess import in_process

from pithcli import paperxml
from pithcli.__main__ import main
from pithcli.paper import is_category, utc_second
from pithcore import canonical_bytes

if TYPE_CHECKING:
    from pathlib import Path

ARXIV_LICENSE = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
BY = "http://creativecommons.org/licenses/by/4.0/"


WHOLE: Any = {"break_on_hyphens": False, "break_long_words": False}


def wrapped(text: str) -> str:
    """A text as arXiv's XML has it: broken into lines, indented, with white space around it."""
    return escape("  " + "\n  ".join(textwrap.wrap(text, 40, **WHOLE)) + "\n")


def atom(row: Row, abstract: str, *, more: str = "", published: str | None = None) -> str:
    """A feed of one entry, as arXiv's API writes it. It has no licence."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title type="html">ArXiv Query: id_list={row["arxiv"]}</title>
  <id>http://arxiv.org/api/query</id>
  <updated>2026-01-01T00:00:00-05:00</updated>
{entry(row, abstract, more=more, published=published)}
</feed>
"""


def entry(row: Row, abstract: str, *, more: str = "", published: str | None = None) -> str:
    """One entry of a feed."""
    metadata = row["canonical_record"]["metadata"]
    space = 'xmlns:arxiv="http://arxiv.org/schemas/atom"'
    scheme = 'scheme="http://arxiv.org/schemas/atom"'
    categories = [metadata["primary_cat"], *reversed(metadata["cross_cats_sorted"])]
    return f"""  <entry>
    <id>http://arxiv.org/abs/{row["arxiv"]}v{row["version"]}</id>
    <updated>2026-01-01T00:00:00Z</updated>
    <published>{published or metadata["submitted_at"]}</published>
    <title>{wrapped(row["title"])}</title>
    <summary>{wrapped(abstract)}</summary>
    <author><name>Somebody</name></author>
    <arxiv:comment {space}>5 pages</arxiv:comment>
    <link href="http://arxiv.org/abs/{row["arxiv"]}" rel="alternate" type="text/html"/>
    <arxiv:primary_category {space} term="{metadata["primary_cat"]}" {scheme}/>
    {"".join(f'<category term="{term}" {scheme}/>' for term in categories)}{more}
  </entry>"""


def http_date(first: datetime, years: int = 0) -> str:
    """A date as OAI-PMH writes it, so many years after the first."""
    return format_datetime(first.replace(year=first.year + years), usegmt=True)


def oai(row: Row, abstract: str) -> str:
    """An answer of OAI-PMH in the format `arXivRaw`; no licence is no element."""
    metadata = row["canonical_record"]["metadata"]
    first = datetime.fromisoformat(metadata["submitted_at"])
    versions = "".join(
        f'<version version="v{n}"><date>{http_date(first, n - 1)}</date><size>9kb</size></version>'
        for n in range(1, row["version"] + 1)
    )
    license_element = f"<license>{metadata['license']}</license>" if metadata["license"] else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-01T00:00:00Z</responseDate>
<GetRecord><record><header><identifier>oai:arXiv.org:{row["arxiv"]}</identifier></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{row["arxiv"]}</id>{versions}
<title>{wrapped(row["title"])}</title><authors>Somebody</authors>
<categories>{metadata["primary_cat"]} {" ".join(metadata["cross_cats_sorted"])}</categories>
<msc-class>05C85</msc-class>{license_element}<abstract>{wrapped(abstract)}</abstract>
</arXivRaw></metadata></record></GetRecord></OAI-PMH>
"""


def small(row: Row, text: str, /, **changes: Any) -> str:
    """The small JSON of our own."""
    metadata, source = row["canonical_record"]["metadata"], row["canonical_record"]["source"]
    value = {
        "id": source["id"],
        "version": source["version"],
        "title": row["title"],
        "abstract": text,
        "submitted_at": metadata["submitted_at"],
        "primary_cat": metadata["primary_cat"],
        "cross_cats": metadata["cross_cats_sorted"][::-1],
        "license": metadata["license"],
        **changes,
    }
    return json.dumps({name: member for name, member in value.items() if member != "absent"})


def in_snapshot(row: Row, abstract: str) -> str:
    """A line of arXiv's metadata snapshot."""
    metadata = row["canonical_record"]["metadata"]
    first = datetime.fromisoformat(metadata["submitted_at"])
    return json.dumps(
        {
            "id": row["arxiv"],
            "authors": "Somebody",
            "title": row["title"],
            "categories": " ".join([metadata["primary_cat"], *metadata["cross_cats_sorted"]]),
            "license": metadata["license"] or None,
            "abstract": f"  {abstract}\n",
            "versions": [
                {"version": f"v{n}", "created": http_date(first, n - 1)}
                for n in range(1, row["version"] + 1)
            ],
            "update_date": "2026-01-01",
        }
    )


FORMS: dict[str, Callable[[Row, str], str]] = {
    "atom": atom,
    "oai": oai,
    "json": small,
    "snapshot": in_snapshot,
}


@pytest.fixture(scope="session")
def row(records: list[Row]) -> Row:
    """The record of 1906.08168."""
    return records[0]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Write a text to a file."""

    def write(text: str, name: str = "paper.txt") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


def licensed(form: str, row: Row) -> list[str]:
    """What the command line must add: Atom knows of no licence."""
    license_url = row["canonical_record"]["metadata"]["license"]
    return ["--license", license_url] if form == "atom" else []


@pytest.mark.parametrize("form", FORMS)
def test_real_titles_and_abstracts_make_the_registry_s_number(
    form: str,
    shared: Path,
    records: list[Row],
    written: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From every form of metadata, each record with title and abstract is the registry's own."""
    texts = json.loads((shared / "records" / "abstracts.json").read_text(encoding="utf-8"))
    abstracts = {arxiv_id: text for arxiv_id, text, _ in texts}
    known = [row for row in records if row["title"] and row["arxiv"] in abstracts]
    assert len(known) >= 7
    for row in known:
        path = written(FORMS[form](row, abstracts[row["arxiv"]]))
        assert main(["mint", "--json", *licensed(form, row), str(path)]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["canonical_record"] == row["canonical_record"]
        assert document["canonical_sha256"] == row["canonical_sha256"]
        assert document["pith_number"] == row["pith"]


@pytest.mark.parametrize("form", FORMS)
def test_real_metadata_makes_all_but_the_abstract_s_hash(
    form: str,
    records: list[Row],
    written: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of every record with a title, all members but the abstract's hash come out as they are."""
    for row in records:
        if not row["title"]:
            continue
        assert (
            main(["mint", "--record", *licensed(form, row), str(written(FORMS[form](row, "A")))])
            == 0
        )
        made = json.loads(capsys.readouterr().out)
        assert made["metadata"].pop("abstract_canon_sha256")
        expected = json.loads(json.dumps(row["canonical_record"]))
        del expected["metadata"]["abstract_canon_sha256"]
        assert made == expected


def test_outputs_are_one_record(pith: Pith, row: Row) -> None:
    """Text, document, record, digest and number of one paper agree, and the document is intact."""
    paper = small(row, "An abstract.").encode()
    text = pith("mint", "-", stdin=paper).out
    document = json.loads(pith("mint", "--json", "-", stdin=paper).out)
    record = pith("mint", "--record", "-", stdin=paper).out
    assert record.encode() == canonical_bytes(document["canonical_record"]) + b"\n"
    assert pith("digest", "-", stdin=record.encode()).out.strip() == document["canonical_sha256"]
    assert pith("number", "-", stdin=record.encode()).out.strip() == document["pith_number"]
    assert (
        f"Pith Number: {document['pith_number']}\nDigest:      {document['canonical_sha256']}"
        in text
    )
    assert f"Title:       {row['title']}\n" in text
    assert pith("verify", "-", stdin=json.dumps(document).encode()).code == 3


def test_classes_of_other_schemes_are_left_out_and_named(
    quick: Pith, row: Row, written: Callable[[str], Path]
) -> None:
    """Atom mixes MSC and ACM classes with categories: they change nothing and are told."""
    more = '<category term="68T05 (Primary) 05C85"/><category term="I.2.6; I.2.7"/>'
    plain = quick("mint", "--record", "--license", BY, written(atom(row, "A"), "a.xml"))
    mixed = quick("mint", "--record", "--license", BY, written(atom(row, "A", more=more), "b.xml"))
    assert mixed.out == plain.out
    assert plain.err == ""
    assert mixed.err.count("note: ") == 2
    assert "left out “68T05 (Primary) 05C85”" in mixed.err


def test_every_category_seen_is_one(records: list[Row]) -> None:
    """The form of a category fits all real ones, and classes of MSC and ACM never."""
    for row in records:
        metadata = row["canonical_record"]["metadata"]
        assert all(map(is_category, [metadata["primary_cat"], *metadata["cross_cats_sorted"]]))
    old = ("cmp-lg", "alg-geom", "cond-mat.mes-hall", "physics.acc-ph", "q-bio.NC")
    assert all(map(is_category, old))
    others = ("05C85", "Primary 14J60", "primary 05C", "I.2.6", "68-XX", "", "cs.", "H.3.3; cs.IR")
    assert not any(map(is_category, others))
    assert not any(map(is_category, ("Primary", "cs.A", "cs.ABC", "cs.A1", "cs.AI.LG", "cs AI")))


def test_a_missing_licence_is_asked_for_and_never_guessed(
    quick: Pith, row: Row, written: Callable[[str], Path]
) -> None:
    """Without a licence there is no number; `--license ''` says that there is none."""
    for path in (written(atom(row, "A"), "a.xml"), written(small(row, "A", license="absent"), "a")):
        run = quick("mint", path)
        assert (run.code, run.out) == (4, "")
        assert "does not say its licence, and the number depends on it." in run.err
        assert "hint: Add --license" in run.err
        made = json.loads(quick("mint", "--record", "--license", "", path).out)
        assert made["metadata"]["license"] == ""
    null = quick("mint", "--record", written(small(row, "A", license=None), "null.json"))
    assert json.loads(null.out)["metadata"]["license"] == ""


def test_an_option_cannot_contradict_the_file(
    quick: Pith, row: Row, written: Callable[[str], Path]
) -> None:
    """What a file says stands: an option that says otherwise is refused, the same is not."""
    path = written(small(row, "A"))
    license_url = row["canonical_record"]["metadata"]["license"]
    assert quick("mint", "--license", license_url, "--version", "1", path).code == 0
    for option in (
        ["--license", BY],
        ["--version", "2"],
        ["--submitted-at", "2020-01-01T00:00:00Z"],
    ):
        run = quick("mint", *option, path)
        assert (run.code, run.out) == (4, "")
        assert f"and {option[0]} says {option[1]}." in run.err
    run = quick("mint", "--license", BY, "--version", "2", written(atom(row, "A"), "atom.xml"))
    assert "The id is that of version 1, and version 2 is stated" in run.err


def test_a_licence_written_otherwise_is_pointed_out(quick: Pith, row: Row) -> None:
    """https, or no slash at the end, gives another number, and one is told so."""
    assert quick("mint", "-", stdin=small(row, "A", license=BY).encode()).err == ""
    for other in (BY.replace("http:", "https:"), BY.rstrip("/")):
        run = quick("mint", "-", stdin=small(row, "A", license=other).encode())
        assert run.code == 0
        assert f"{BY}, which makes another number" in run.err


@pytest.mark.parametrize("title", ["Encoding Tasks and Rényi Entropy", "The $σ$-model"])
def test_text_outside_ascii_is_pointed_out(quick: Pith, row: Row, title: str) -> None:
    """What the registry does with such text is not known, so the number comes with a remark."""
    run = quick("mint", "-", stdin=small(row, "A", title=title).encode())
    assert run.code == 0
    assert "The title holds characters outside ASCII" in run.err


def test_several_papers_are_printed_in_order_and_a_bad_one_is_passed_over(
    quick: Pith, records: list[Row], written: Callable[[str], Path]
) -> None:
    """A feed, a list and lines give one line each; what lacks something is named, with code 4."""
    rows = [row for row in records if row["title"]][:3]
    papers = [json.loads(small(row, "A")) for row in rows]
    lines = "\n".join(map(json.dumps, papers)) + "\n"
    feed = atom(rows[0], "A").replace(
        "</feed>", entry(rows[1], "A") + entry(rows[2], "A") + "</feed>"
    )
    expected = quick("mint", "--record", written(json.dumps(papers), "a.json")).out
    assert expected.count("\n") == 3
    assert quick("mint", "--record", written(lines, "a.jsonl")).out == expected
    assert quick("mint", "--json", "--license", BY, written(feed, "a.xml")).out.count("\n") == 3
    del papers[1]["abstract"]
    run = quick("mint", "--record", written(json.dumps(papers), "b.json"))
    assert run.code == 4
    assert run.out.splitlines() == [expected.splitlines()[at] for at in (0, 2)]
    assert "b.json, entry 2 does not say its abstract" in run.err


ENTITIES = """<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa">%s]><feed xmlns="http://www.w3.org/2005/Atom">
<entry><id>http://arxiv.org/abs/1906.08168v1</id><title>&z;</title></entry></feed>"""
LAUGHS = ENTITIES % "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">'
    for old, new in zip("abcdefghiy", "bcdefghiyz", strict=True)
)
FILE = ENTITIES % '<!ENTITY z SYSTEM "file:///etc/passwd">'
REMOTE = (
    '<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/x.dtd"><feed xmlns="http://www.w3.org/2005/Atom"/>'
)


@pytest.mark.parametrize("text", [LAUGHS, FILE, REMOTE], ids=["laughs", "file", "remote"])
def test_entities_are_refused_before_they_are_read(
    pith: Pith, written: Callable[[str], Path], text: str
) -> None:
    """The billion laughs, files and addresses in entities: no document type is ever taken in."""
    run = pith("mint", written(text))
    assert (run.code, run.out) == (4, "")
    assert "paper.txt declares a document type (DTD)" in run.err
    assert run.err.endswith("which metadata never needs, so it was not read.\n")


def test_xml_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
    row: Row,
    written: Callable[[str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Depth, number of elements and size have a limit, each with its sentence."""
    assert main(["mint", str(written("<a>" * 100_000))]) == 4
    assert "is nested more than 32 levels deep" in capsys.readouterr().err
    monkeypatch.setattr(paperxml, "MAX_ELEMENTS", 5)
    assert main(["mint", str(written(atom(row, "A")))]) == 4
    assert "has more than 5 elements" in capsys.readouterr().err
    monkeypatch.setattr(paperxml, "MAX_XML", 100)
    assert main(["mint", str(written(atom(row, "A")))]) == 4
    assert "at most 100 are read" in capsys.readouterr().err


ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">'
OAI = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
API_ERROR = (
    f"{ATOM}<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_x</id>"
    "<summary>incorrect id format for x</summary></entry></feed>"
)
OAI_ERROR = f'{OAI}<error code="idDoesNotExist">Nothing here</error></OAI-PMH>'
ANNOUNCED = f"{ATOM}<entry><id>oai:arXiv.org:2401.00001v1</id></entry></feed>"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "The input is empty"),
        ("plain text", "This is not JSON"),
        ("[]", "holds no paper"),
        ("[1]", "entry 1: A paper's metadata is a JSON object"),
        ('{"id": "x"}\n{"id": "x" "y"}', "(line 2 of the input) Line 1, column 12"),
        ("<feed><entry>", "This is not XML: no element found"),
        ("<feed>\n</entry>", "Line 2, column 3: This is not XML: mismatched tag"),
        ("<html><body>Busy</body></html>", "XML of the kind “html” holds no metadata"),
        (f"{ATOM}</feed>", "holds no paper"),
        (f"{OAI}<ListRecords/></OAI-PMH>", "holds no paper"),
        (API_ERROR, "arXiv answered with an error: incorrect id format for x."),
        (OAI_ERROR, "arXiv answered with an error: Nothing here."),
        (ANNOUNCED, "is not one of arXiv's API"),
        ('{"canonical_record": {}}', "is a record already"),
        ("{}", "does not say which paper it is, which version it is, its title"),
    ],
)
def test_what_is_no_metadata_is_explained(
    quick: Pith, written: Callable[[str], Path], content: str, words: str
) -> None:
    """Each kind of file that holds no metadata has a sentence of its own, and code 4."""
    run = quick("mint", written(content))
    assert (run.code, run.out) == (4, "")
    assert words in run.err


def test_bytes_that_are_no_text_are_explained(quick: Pith, tmp_path: Path) -> None:
    """XML in another encoding than UTF-8 is refused with the place."""
    (tmp_path / "a.xml").write_bytes(
        '<?xml version="1.0" encoding="latin-1"?><a>é</a>'.encode("latin-1")
    )
    assert "is not valid UTF-8 here" in quick("mint", "a.xml").err
    (tmp_path / "b.xml").write_bytes("﻿<html/>".encode())
    assert "XML of the kind “html”" in quick("mint", "b.xml").err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": 1906.08168}, "“id” is not text"),
        ({"id": "x"}, "“x” is no arXiv id"),
        ({"id": "1906.08168v2"}, "The id is that of version 2, and version 1 is stated"),
        ({"version": "first"}, "“version” is not a whole number"),
        ({"version": True}, "“version” is not a whole number"),
        ({"version": 0}, "source.version is not a whole number from 1"),
        ({"title": " \n"}, "The title is empty"),
        ({"abstract": ""}, "The abstract is empty"),
        ({"abstract": ["a"]}, "“abstract” is not text"),
        ({"submitted_at": "2019-06-11"}, "“submitted_at” is not a time to the second"),
        ({"submitted_at": "2019-06-11T10:18:15"}, "“submitted_at” is not a time to the second"),
        ({"cross_cats": "absent"}, "does not say its other categories"),
        ({"cross_cats": [1]}, "“cross_cats” is not a list of categories"),
        ({"cross_cats": {"a": 1}}, "“cross_cats” is not a list of categories"),
        ({"primary_cat": "absent"}, "does not say its primary category"),
        ({"license": 4}, "“license” is not text"),
        ({"submitted_at": "absent", "version": "absent"}, "hint: Add --version 1, or another. Add"),
    ],
)
def test_a_wrong_member_is_named(
    quick: Pith, written: Callable[[str], Path], row: Row, changes: dict[str, Any], words: str
) -> None:
    """A member of the wrong kind, or one that is not there, is named, and there is no number."""
    run = quick("mint", written(small(row, "A", **changes)))
    assert (run.code, run.out) == (4, "")
    assert words in run.err


def test_ids_are_written_one_way(quick: Pith, row: Row) -> None:
    """An id with version, as an address, or with a subject class gives that of the bare id."""
    expected = quick("mint", "--record", "-", stdin=small(row, "A").encode()).out
    for given in ("1906.08168v1", "arXiv:1906.08168", "https://arxiv.org/abs/1906.08168v1"):
        assert (
            quick("mint", "--record", "-", stdin=small(row, "A", id=given).encode()).out == expected
        )
    run = quick("mint", "--record", "-", stdin=small(row, "A", id="math.GT/0309136").encode())
    assert json.loads(run.out)["source"]["id"] == "math/0309136"
    assert "arXiv's own id of math.gt/0309136 is math/0309136" in run.err


def test_a_paper_of_another_source_keeps_its_id(quick: Pith, row: Row) -> None:
    """A laboratory's own reports have a number too: the rules of arXiv do not bind them."""
    paper = small(row, "A", kind="lab-reports", id="TR.7/2026v2").encode()
    made = json.loads(quick("mint", "--record", "-", stdin=paper).out)
    assert made["source"] == {"id": "TR.7/2026v2", "kind": "lab-reports", "version": 1}


def test_the_plain_oai_format_needs_version_and_time(
    quick: Pith, row: Row, written: Callable[[str], Path]
) -> None:
    """OAI's `arXiv` has neither; with both on the command line it gives the same record."""
    raw = oai(row, "A")
    plain = raw.replace("arXivRaw", "arXiv")
    path = written(plain)
    run = quick("mint", path)
    assert run.code == 4
    assert "which version it is and when version 1 was submitted" in run.err
    at = row["canonical_record"]["metadata"]["submitted_at"]
    filled = quick("mint", "--record", "--version", "1", "--submitted-at", at, path)
    assert filled.out == quick("mint", "--record", written(raw, "raw.xml")).out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-06-11T10:18:15Z", "2019-06-11T10:18:15Z"),
        ("2019-06-11T06:18:15-04:00", "2019-06-11T10:18:15Z"),
        ("2019-12-31T23:00:00-05:00", "2020-01-01T04:00:00Z"),
        (" Tue, 11 Jun 2019 10:18:15 GMT\n", "2019-06-11T10:18:15Z"),
        ("Tue, 11 Jun 2019 10:18:15", None),
        ("2019-06-11T10:18:15", None),
        ("2019-06-11T10:18:15.5Z", None),
        ("2019-06-11T24:00:00Z", None),
        ("2019-06-31T10:18:15Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("11 June", None),
        ("", None),
    ],
)
def test_times_become_utc_or_nothing(text: str, expected: str | None) -> None:
    """A time with its offset becomes one in UTC, to the second; anything else is no time."""
    assert utc_second(text) == expected


def test_an_arxiv_id_is_answered_with_the_way_to_its_metadata(quick: Pith) -> None:
    """`pith mint` fetches nothing, and says how to fetch what has all that a record needs."""
    run = quick("mint", "1906.08168v1")
    assert (run.code, run.out) == (4, "")
    assert "metadataPrefix=arXivRaw&identifier=oai:arXiv.org:1906.08168'\n" in run.err
    assert "There is no file nothing.xml" in quick("mint", "nothing.xml").err


def test_metadata_cannot_write_on_the_terminal(quick: Pith, row: Row) -> None:
    """Control characters in a title, a category or an id stay visible text."""
    hostile = "a\x1b[2J\u202eb\r\nVerified\x07"
    for changes in ({"title": hostile}, {"cross_cats": [hostile]}, {"id": hostile}):
        run = quick("mint", "-", stdin=small(row, "A", **changes).encode())
        assert not set(run.out + run.err) & set("\x1b\u202e\r\x07")
        assert "\nVerified" not in run.out + run.err


@pytest.mark.parametrize(
    "option", [["--version", "0"], ["--submitted-at", "2019"], ["--record", "--json"]]
)
def test_a_wrong_option_is_code_2(quick: Pith, row: Row, option: list[str]) -> None:
    """A wrong command line reads nothing and prints nothing."""
    run = quick("mint", *option, "-", stdin=small(row, "A").encode())
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: ")


def test_standard_input_is_read_once(quick: Pith) -> None:
    """Naming it twice is a mistake in the command line."""
    assert quick("mint", "-", "-").code == 2


@pytest.mark.parametrize("command", ["mint", "keygen", "sign", "event", "bundle", "merge"])
def test_help_fits_a_terminal(pith: Pith, command: str) -> None:
    """Help goes to standard output with code 0 and fits 80 columns, however wide the terminal."""
    run = pith(command, "--help", COLUMNS="200")
    assert (run.code, run.err) == (0, "")
    assert max(map(len, run.out.splitlines())) <= 80
