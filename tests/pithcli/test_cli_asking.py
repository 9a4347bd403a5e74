"""`pith verify --orcid` and `--archive`: a real server on this machine with recorded answers."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import urllib.parse
from typing import TYPE_CHECKING, Any

import pytest
from cli_helpers import Pith, Row, Run, Server, document_of, never, status
from inprocess import in_process
from pdfs import paper

import pithcore
from pithcli import pem
from pithcli.asking import ARCHIVE, MAX_ASKED, MAX_ROW, ORCID, questions_in
from pithcore import PITH_KEYRING, Key, PithNumber, ed25519
from pithcore.didkey import did_key_of
from pithcore.orcid import check_digit, researcher_urls_address
from pithcore.wayback import cdx_address, parse_capture

if TYPE_CHECKING:
    from pathlib import Path

Event = dict[str, Any]

SEED, LAB_SEED = bytes(range(32)), bytes(range(1, 33))
DID = did_key_of(ed25519.public_key(SEED))
IDS = tuple(
    f"0000-0002-1825-0{n:02}{check_digit(f'000000021825{n:03}')}" for n in range(MAX_ASKED + 2)
)
AT = "2026-05-20T12:00:00Z"
STAMP, CAPTURED, MEMENTO = "20260519120000", "2026-05-19T12:00:00Z", "Tue, 19 May 2026 12:00:00 GMT"


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


def event(row: Row, event_type: str, payload: dict[str, Any], key: Key, seed: bytes) -> Event:
    """A signed event about a record."""
    number = PithNumber.parse(row["pith"])
    name = f"pithcore.{event_type}.v1"
    return pithcore.make_event(name, number, payload, key, seed, created_at=AT)


def claim(row: Row, orcid: str) -> Event:
    """A claim by the author's key."""
    key = Key(DID, ed25519.public_key(SEED), DID)
    payload = {
        "canonical_sha256": row["canonical_sha256"],
        "orcid": f"https://orcid.org/{orcid}",
        "did_key": DID,
    }
    return event(row, "author_claim", payload, key, SEED)


def capture_url(row: Row, stamp: str = STAMP) -> str:
    """A capture of the record's page at arXiv."""
    return f"https://web.archive.org/web/{stamp}/https://arxiv.org/abs/{row['arxiv']}"


def capture(row: Row, url: str | None = None, seed: bytes = LAB_SEED) -> Event:
    """A laboratory's event that names a capture."""
    url = url or capture_url(row)
    at = pithcore.wayback.parse_capture(url).time  # type: ignore[attr-defined]
    key = Key("lab", ed25519.public_key(seed), "A laboratory")
    return event(row, "archive_capture", {"capture_url": url, "captured_at": at}, key, seed)


@pytest.fixture
def write(tmp_path: Path, signed_row: Row) -> Any:
    """Writes a real record with these events, and gives the file."""

    def written(*events: Event, name: str = "bundle.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({**document_of(signed_row), "events": [*events]}))
        return path

    return written


def listed(orcid: str, *urls: str) -> bytes:
    """ORCID's answer, in the form of its public interface, version 3.0."""
    entries = [
        {
            "created-date": {"value": 1779278400000},
            "last-modified-date": {"value": 1779278400000},
            "source": {"source-orcid": {"path": orcid, "host": "orcid.org"}},
            "url-name": "Key",
            "url": {"value": url},
            "visibility": "public",
            "path": f"/{orcid}/researcher-urls/{code}",
            "put-code": code,
            "display-index": 1,
        }
        for code, url in enumerate(urls, 1)
    ]
    answer = {
        "last-modified-date": {"value": 1779278400000},
        "researcher-url": entries,
        "path": f"/{orcid}/researcher-urls",
    }
    return json.dumps(answer).encode()


def path_of(orcid: str) -> str:
    """The path that ORCID is asked for."""
    return researcher_urls_address(orcid).removeprefix(ORCID)


def index_path(url: str) -> str:
    """The path that the archive's index is asked for."""
    return cdx_address(parse_capture(url)).removeprefix(ARCHIVE)


def cdx_row(url: str, stamp: str = STAMP, code: str = "200", what: bytes = b"the paper") -> bytes:
    """A row of the archive's index."""
    digest = base64.b32encode(hashlib.sha1(what).digest()).decode()
    return f"{stamp} {parse_capture(url).archived} {code} {digest}\n".encode()


def check_of(run: Run, name: str) -> dict[str, Any]:
    """One completeness check of a JSON report."""
    checks = json.loads(run.out)["checks"]
    found: dict[str, Any] = next(one for one in checks if one["id"] == f"completeness.{name}")
    return found


def test_nobody_is_asked_unless_wanted(quick: Pith, server: Server, write: Any, signed_row: Row):
    """Without the options there is no question, and the report says so."""
    path = write(claim(signed_row, IDS[0]), capture(signed_row))
    run = quick("verify", "--json", path)
    assert "No answer of ORCID's" in check_of(run, "author")["message"]
    assert check_of(run, "author")["outcome"] == "unchecked"
    assert server.asked == []


@pytest.mark.parametrize("listed_as", [DID, f"https://pith.science/#{DID}"])
def test_orcid_confirms_a_key(
    quick: Pith, server: Server, write: Any, signed_row: Row, listed_as: str
) -> None:
    """The key among the researcher URLs passes the check, with the day of the answer."""
    server.answers[path_of(IDS[0])] = status(200, listed(IDS[0], "https://example.org", listed_as))
    path = write(claim(signed_row, IDS[0]))
    run = quick("verify", "--json", "--orcid-at", server.base_url, path)
    found = check_of(run, "author")
    assert (run.code, found["outcome"]) == (0, "passed")
    assert f"ORCID iD {IDS[0]} lists the key {DID}, read on 20" in found["message"]
    assert server.asked == [path_of(IDS[0])]
    assert server.headers[0]["accept"] == "application/json"
    assert server.headers[0]["user-agent"].startswith("pith/")
    assert (
        run.err == f"note: {server.base_url} is asked in the place of {ORCID}, and taken for it.\n"
    )


def test_an_iD_that_does_not_list_the_key_is_told(  # noqa: N802
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """Unchecked, with the day; the code stays."""
    server.answers[path_of(IDS[0])] = status(200, listed(IDS[0], "https://example.org"))
    run = quick("verify", "--json", "--orcid-at", server.base_url, write(claim(signed_row, IDS[0])))
    assert run.code == 0
    assert check_of(run, "author")["outcome"] == "unchecked"
    assert "does not list the key" in check_of(run, "author")["message"]


@pytest.mark.parametrize(
    ("code", "body", "words"),
    [
        (404, b"", "(404)"),
        (500, b"", "status 500 (Internal Server Error)"),
        (429, b"", "asked too often"),
        (200, b"<html>", "ORCID's answer cannot be read."),
        (200, b"{}", "holds no list “researcher-url”"),
        (200, b" " * (1024**2 + 1), "sends more than 1 MiB, which is more than this program takes"),
        (302, b"", "redirects to 127.0.0.2:1, which was not to be asked"),
    ],
)
def test_what_orcid_does_not_answer_stays_offline(
    quick: Pith, server: Server, write: Any, signed_row: Row, code: int, body: bytes, words: str
) -> None:
    """Each failure is a note, and outcome and exit code are those without asking."""
    more = {"Location": "https://127.0.0.2:1/x"} if code == 302 else {}
    server.answers[path_of(IDS[0])] = status(code, body, **more)
    path = write(claim(signed_row, IDS[0]))
    run = quick("verify", "--json", "--orcid-at", server.base_url, path)
    assert f"note: ORCID did not say what {IDS[0]} lists. " in run.err
    assert words in run.err
    offline = quick("verify", "--json", path)
    assert (run.code, run.out) == (offline.code, offline.out)


def test_a_server_that_is_not_there_is_asked_once(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """Down or slow: one note for all iDs and inputs, and nobody waits twice."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        down = f"http://127.0.0.1:{closed.getsockname()[1]}"
        one = write(claim(signed_row, IDS[0]), claim(signed_row, IDS[1]))
        two = write(claim(signed_row, IDS[2]), name="two.json")
        run = quick("verify", "--orcid-at", down, one, two)
    assert run.code == 0
    assert run.err.count("ORCID did not say") == 1
    assert "does not accept connections" in run.err
    server.answers.update({path_of(orcid): never for orcid in IDS})
    run = quick("verify", "--timeout", "0.3", "--orcid-at", server.base_url, one, two)
    assert run.code == 0
    assert len(server.asked) == 1
    assert "did not answer in full within 0.3 seconds" in run.err


def test_an_id_is_asked_about_once(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """In a run over many documents the answer is kept."""
    server.answers[path_of(IDS[0])] = status(200, listed(IDS[0], DID))
    one, two = (write(claim(signed_row, IDS[0]), name=name) for name in ("1.json", "2.json"))
    run = quick("verify", "--orcid-at", server.base_url, one, two)
    assert run.out.count("lists the key") == 2
    assert len(server.asked) == 1


def test_no_more_than_ten_are_asked_about(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """What anybody can add to a document floods no server."""
    path = write(*(claim(signed_row, orcid) for orcid in IDS))
    run = quick("verify", "--orcid-at", server.base_url, path)
    assert len(server.asked) == len(set(server.asked)) == MAX_ASKED
    assert f"The document names {len(IDS)} iDs; 10 are asked about" in run.err


def test_nothing_is_asked_about_a_claim_that_fails(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """A forged claim, one by nobody who is known, and no claim at all."""
    forged = {**claim(signed_row, IDS[0]), "signature_b64": base64.b64encode(bytes(64)).decode()}
    run = quick("verify", "--orcid-at", server.base_url, write(forged))
    assert run.code == 1
    assert server.asked == []
    run = quick("verify", "--orcid-at", server.base_url, write())
    assert "note: The document has no author claim to ask ORCID about.\n" in run.err


def test_the_archive_confirms_a_capture(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """A row of the index and the capture's own time: passed. The event's signer is not needed."""
    url = capture_url(signed_row)
    server.answers[index_path(url)] = status(200, cdx_row(url))
    there = url.removeprefix(ARCHIVE)
    server.answers[f"HEAD {there}"] = status(200, Memento_Datetime=MEMENTO)
    run = quick("verify", "--json", "--archive-at", server.base_url, write(capture(signed_row)))
    assert run.code == 0
    assert check_of(run, "archive")["outcome"] == "passed"
    assert "the archive, read on 20" in check_of(run, "archive")["message"]
    assert server.asked == [index_path(url), f"HEAD {there}"]
    assert run.err.count("\n") == 1


def test_the_capture_is_held_against_a_pdf(
    quick: Pith, server: Server, write: Any, signed_row: Row, tmp_path: Path
) -> None:
    """With --pdf it is said whether the archive has these very bytes."""
    pdf = tmp_path / "paper.pdf"
    pdf.write_bytes(paper(info=signed_row["pith"]))
    url = capture_url(signed_row)
    path = write(capture(signed_row))
    server.answers[f"HEAD {url.removeprefix(ARCHIVE)}"] = status(200, Memento_Datetime=MEMENTO)
    for what, words in (
        (pdf.read_bytes(), "It is the PDF in hand, byte for byte (SHA-1)."),
        (b"x", "What was captured is not the PDF in hand"),
    ):
        server.answers[index_path(url)] = status(200, cdx_row(url, what=what))
        arguments = ("--archive-at", server.base_url, "--pdf", pdf)
        run = quick("verify", "--json", *arguments, path)
        assert words in check_of(run, "archive")["message"]


@pytest.mark.parametrize(
    ("row", "memento", "message", "note"),
    [
        (b"", MEMENTO, "does not list it", ""),
        (b"", None, "does not list it", ""),
        ("20260518120000", MEMENTO, "has one of 2026-05-18T12:00:00Z instead", ""),
        (STAMP, "Mon, 18 May 2026 12:00:00 GMT", "has one of 2026-05-18T12:00:00Z instead", ""),
        (STAMP, "yesterday", "holds it", "the capture itself states no time"),
        (STAMP, None, "holds it", "the capture itself was not seen"),
        (b"<html>", None, "it was not fetched", "The archive's index answers “<html>”"),
        (b" " * (MAX_ROW + 1), None, "it was not fetched", "sends more than 64 KiB"),
    ],
)
def test_what_the_archive_answers_is_told(
    quick: Pith,
    server: Server,
    write: Any,
    signed_row: Row,
    row: bytes | str,
    memento: str | None,
    message: str,
    note: str,
) -> None:
    """Not listed, another one instead, no time, no answer: each in words; the code stays."""
    url = capture_url(signed_row)
    body = cdx_row(url, stamp=row) if isinstance(row, str) else row
    server.answers[index_path(url)] = status(200, body)
    if memento is not None:
        there = f"HEAD {url.removeprefix(ARCHIVE)}"
        server.answers[there] = status(200, Memento_Datetime=memento)
    run = quick("verify", "--json", "--archive-at", server.base_url, write(capture(signed_row)))
    assert run.code == 0
    assert message in check_of(run, "archive")["message"]
    assert note in run.err
    assert run.err.count("note:") == (2 if note else 1)


def test_a_capture_is_not_followed_to_another_host(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """The archive's own redirects are followed, to the capture that it has; others are not."""
    url = capture_url(signed_row)
    there = f"HEAD {url.removeprefix(ARCHIVE)}"
    server.answers[index_path(url)] = status(200, cdx_row(url))
    other = capture_url(signed_row, "20260518120000").removeprefix(ARCHIVE)
    server.answers[f"HEAD {other}"] = status(200, Memento_Datetime="Mon, 18 May 2026 12:00:00 GMT")
    path = write(capture(signed_row))
    server.answers[there] = status(302, Location=other)
    run = quick("verify", "--json", "--archive-at", server.base_url, path)
    assert "has one of 2026-05-18T12:00:00Z instead" in check_of(run, "archive")["message"]
    port = urllib.parse.urlsplit(server.base_url).port
    server.answers[there] = status(302, Location=f"http://localhost:{port}{other}")
    run = quick("verify", "--json", "--archive-at", server.base_url, path)
    assert f"redirects to localhost:{port}, which was not to be asked" in run.err
    assert check_of(run, "archive")["outcome"] == "passed"


def test_a_capture_may_be_named_with_http(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """It is asked for with https all the same, once for all inputs that name it."""
    url = capture_url(signed_row).replace("https://web", "http://web")
    server.answers[index_path(url)] = status(200, cdx_row(url))
    there = f"HEAD {capture_url(signed_row).removeprefix(ARCHIVE)}"
    server.answers[there] = status(200, Memento_Datetime=MEMENTO)
    one, two = (write(capture(signed_row, url), name=name) for name in ("1.json", "2.json"))
    run = quick("verify", "--archive-at", server.base_url, one, two)
    assert run.code == 0
    assert " ".join(run.out.split()).count("holds it.") == 2
    assert server.asked == [index_path(url), there]
    assert run.err.count("note:") == 1


def test_nothing_is_asked_about_a_capture_that_fails(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """A forged event by a known key."""
    forged = {**capture(signed_row), "signature_b64": base64.b64encode(bytes(64)).decode()}
    key = f"--key=lab={ed25519.public_key(LAB_SEED).hex()}"
    run = quick("verify", "--archive-at", server.base_url, key, write(forged))
    assert run.code == 1
    assert server.asked == []


def test_only_captures_of_the_paper_are_asked_about(write: Any, signed_row: Row) -> None:
    """Not one of another paper or of any other address; the keyring's come first."""
    start = "https://web.archive.org/web/20260519120000/https://"
    others = [capture(signed_row, f"{start}{rest}") for rest in ("example.org", "arxiv.org/abs/1")]
    urls = [capture_url(signed_row, f"202605{day}120000") for day in (17, 18, 19)]
    own = [capture(signed_row, url) for url in urls]
    stranger = Key("stranger", ed25519.public_key(SEED), "s")
    payload = {"capture_url": urls[0], "captured_at": "2026-05-17T12:00:00Z"}
    strange = event(signed_row, "archive_capture", payload, stranger, SEED)
    keyring = PITH_KEYRING.with_key(Key("lab", ed25519.public_key(LAB_SEED), "lab"))
    data = write(strange, *others, own[2], own[1]).read_bytes()
    found = questions_in(data, keyring)
    assert set(found.captures[:2]) == {urls[1], urls[2]}
    assert found.captures[2:] == (urls[0],)
    assert found.orcids == ()


def test_a_document_without_a_record_has_no_questions() -> None:
    """Nor has one that cannot be read."""
    assert questions_in(b"{", PITH_KEYRING) == ((), ())
    assert questions_in(json.dumps({"canonical_sha256": "0" * 64}).encode(), PITH_KEYRING) == (
        (),
        (),
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--orcid", "--offline"], "--orcid asks a server, and --offline forbids that"),
        (["--archive", "--offline"], "--archive asks a server, and --offline forbids that"),
        (["--orcid-at", "pub.orcid.org"], "hint: It looks like https://pub.orcid.org;"),
        (["--archive-at", "http://example.org"], "hint: It looks like https://web.archive.org;"),
        (["--orcid-at", "https://a@example.org"], "is not the address of a server"),
    ],
)
def test_a_wrong_wish_is_code_2(quick: Pith, write: Any, arguments: list[str], words: str) -> None:
    """Nothing is read, nobody is asked."""
    run = quick("verify", *arguments, write())
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_quiet_is_quiet(quick: Pith, write: Any, signed_row: Row) -> None:
    """With --quiet the code alone speaks, whatever ORCID does."""
    path = write(claim(signed_row, IDS[0]))
    run = quick("verify", "--quiet", "--orcid-at", "http://127.0.0.1:9", path)
    assert (run.code, run.out, run.err) == (0, "", "")


def test_a_capture_still_to_come_fails(quick: Pith, write: Any, signed_row: Row) -> None:
    """The clock is looked at, offline too: nobody has captured the future."""
    row = {**signed_row}
    url = capture_url(row, "29990101000000")
    key = Key("lab", ed25519.public_key(LAB_SEED), "lab")
    payload = {"capture_url": url, "captured_at": "2999-01-01T00:00:00Z"}
    late = pithcore.make_event(
        "pithcore.archive_capture.v1",
        PithNumber.parse(row["pith"]),
        payload,
        key,
        LAB_SEED,
        created_at="2999-01-02T00:00:00Z",
    )
    for more in ([], ["--archive-at", "http://127.0.0.1:9"]):
        run = quick("verify", "--json", *more, write(late))
        assert run.code == 1
        assert "which is still to come" in check_of(run, "archive")["message"]


def test_a_row_says_what_comes_next(quick: Pith, write: Any, signed_row: Row) -> None:
    """In the terminal: what was found, what would raise it, and the server's word beside it."""
    path = write(claim(signed_row, IDS[0]), capture(signed_row))
    document = json.loads(path.read_text())
    document["verification_status"] = {"author_attested": False, "citation_signatures": 3}
    path.write_text(json.dumps(document))
    out = quick("verify", path.name).out
    flat = " ".join(out.split())
    assert "? not checked: Author claim Signed by the key did:key:" in flat
    assert "The server does not say that an author claims the record" in flat
    assert "next: The author lists the key among the websites" in flat
    assert "next: Ask the archive whether it holds the capture: pith verify --archive." in flat
    assert "? not checked: Citations The server says that signed citations point at it" in flat
    assert max(map(len, out.splitlines())) <= 80
    assert "\n    next: " in out


def test_a_row_that_passed_still_speaks(
    quick: Pith, server: Server, write: Any, signed_row: Row
) -> None:
    """What passed has its day and no next step; --verbose lists each item on a line."""
    server.answers[path_of(IDS[0])] = status(200, listed(IDS[0], DID))
    path = write(claim(signed_row, IDS[0]))
    out = quick("verify", "--orcid-at", server.base_url, path).out
    assert "✓ passed: Author claim\n    ORCID iD" in out
    citing = {"relation": "cites", "citing": signed_row["pith"], "cited": f"pith:2017:{'A' * 26}"}
    lab = Key("lab", ed25519.public_key(LAB_SEED), "lab")
    cited = write(event(signed_row, "citation", citing, lab, LAB_SEED), name="cited.json")
    more = quick("verify", f"--key=lab={lab.public_key.hex()}", cited).out
    assert "✓ passed: Citations\n    1 citation, signed by lab." in more
    assert "next:" not in more
    assert "next:" not in out
    out = quick("verify", "--verbose", "--orcid-at", server.base_url, path).out
    line = next(line for line in out.splitlines() if line.startswith("    items: event_id sha256:"))
    assert f"signer {DID}, standing self_signed, orcid https://orcid.org/{IDS[0]}" in line
    assert "    next_step: none\n" in out


def test_the_author_makes_a_claim_and_a_reader_checks_it(
    quick: Pith, server: Server, write: Any, tmp_path: Path
) -> None:
    """From the key to the passed check, with the commands alone."""
    (tmp_path / "author.pem").write_text(pem.private_pem(SEED), encoding="ascii")
    (tmp_path / "author.pem").chmod(0o600)
    path = write()
    made = quick("claim", path, "--orcid", IDS[0], "--key", "author.pem", "--into", path)
    published = made.err.partition("such as ")[2].partition(")")[0]
    server.answers[path_of(IDS[0])] = status(200, listed(IDS[0], published))
    run = quick("verify", "--orcid-at", server.base_url, path)
    assert run.code == 0
    assert "lists the key" in " ".join(run.out.split())
