"""A paper's PDF dropped on the page: from its own number to the verdict, in one gesture."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from documents import SIGNED, as_bytes, bundle
from pdfs import OTHER, numbered, paper
from playwright.sync_api import Page, Request, Route, expect
from test_access import violations
from verifier import RESOLVER, Verifier, drop

SUFFIX = SIGNED[0]["pith"].rpartition(":")[2]


def answering(verifier: Verifier, document: bytes) -> list[str]:
    """A registry that has one record; returns what it was asked."""
    asked: list[str] = []
    verifier.watch.may_ask = (RESOLVER,)

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=document, headers={"Access-Control-Allow-Origin": "*"})

    verifier.page.route(f"{RESOLVER}/**", answer)
    return asked


@pytest.fixture
def loads(page: Page) -> list[str]:
    """Each time that the archive with pypdf is loaded."""
    found: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("pypdf.bin"):
            found.append(request.url)

    page.context.on("request", note)
    return found


def test_a_paper_is_verified_by_its_own_number(
    verifier: Verifier, repo: Path, loads: list[str]
) -> None:
    """Found, looked up, checked; what it cites is listed, and the file goes nowhere."""
    asked = answering(verifier, as_bytes(bundle(SIGNED[0])))
    cites = f"https://pith.science/pith/{OTHER}"
    drop(verifier.open().ready(), ("paper.pdf", paper(info=f"({SUFFIX})", links=((), (cites,)))))
    assert verifier.verdict() == "verified"
    assert asked == [f"{RESOLVER}/pith/{SUFFIX}/bundle.json"]
    assert verifier.outcome("paper.pdf") == "passed"
    assert verifier.outcome("paper.stamp") == "not_applicable"
    shown = verifier.check("paper.pdf")
    shown.locator("summary").click()
    expect(shown).to_contain_text("in its /Info")
    expect(shown).to_contain_text(f"pith:{OTHER} in a link on page 2")
    expect(shown).to_contain_text("the standard-library scan")
    expect(verifier.page.locator(".limits")).to_contain_text("does not bind the PDF's bytes")
    assert violations(verifier.page, repo) == []
    assert loads == []


def test_a_paper_and_its_record_need_no_network(verifier: Verifier) -> None:
    """Both dropped at once; and another paper's PDF makes the check fail."""
    record = ("bundle.json", as_bytes(bundle(SIGNED[0])))
    drop(verifier.open().ready(), ("paper.pdf", paper(info=f"({SUFFIX})")), record)
    assert verifier.verdict() == "verified"
    assert verifier.outcome("paper.pdf") == "passed"
    stamped = paper(info=f"({OTHER})", text=b"(arXiv:0101.00001v3 [x]) Tj")
    drop(verifier.open().ready(), record, ("paper.pdf", stamped))
    assert verifier.verdict() == "failed"
    assert verifier.outcome("paper.pdf") == "failed"
    assert verifier.outcome("paper.stamp") == "failed"


CITES = f"x/pith/{OTHER}"


@pytest.mark.parametrize(
    ("data", "title", "holds"),
    [
        (paper(links=((), (CITES,))), "No number of its own", OTHER),
        (
            paper(info=f"({SUFFIX})", links=((f"x/pith/{OTHER}",),)),
            "The PDF contradicts itself",
            OTHER,
        ),
        (b"%PDF-1.7\n", "This could not be read", "its list of pages cannot be found"),
        (
            b"%PDF-1.7\n1 0 obj<<>>endobj trailer<< /Encrypt 1 0 R >>startxref",
            "This could not be read",
            "encrypted",
        ),
    ],
    ids=["cites", "two", "damaged", "encrypted"],
)
def test_a_pdf_that_names_no_record(
    verifier: Verifier, repo: Path, loads: list[str], data: bytes, title: str, holds: str
) -> None:
    """It is said why, nothing is fetched, and nothing is called verified."""
    drop(verifier.open().ready(), ("paper.pdf", data))
    assert verifier.headline() == title
    expect(verifier.page.locator("#outcome")).to_contain_text(holds)
    assert violations(verifier.page, repo) == []
    assert loads == []


def test_two_pdfs_are_two_papers(verifier: Verifier) -> None:
    file = paper(info=f"({SUFFIX})")
    drop(verifier.open().ready(), ("a.pdf", file), ("b.pdf", file))
    assert verifier.headline() == "This could not be read"
    expect(verifier.page.locator("#outcome")).to_contain_text("One PDF at a time")


def test_the_report_can_be_had_as_json(verifier: Verifier) -> None:
    record = ("bundle.json", as_bytes(bundle(SIGNED[0])))
    drop(verifier.open().ready(), ("paper.pdf", paper(info=f"({SUFFIX})")), record)
    verifier.headline()
    with verifier.page.expect_download() as waiting:
        verifier.page.get_by_role("button", name="Download the report").click()
    report = json.loads(waiting.value.path().read_text("utf-8"))
    check = next(one for one in report["checks"] if one["id"] == "paper.pdf")
    assert check["evidence"]["stated_in"] == [f"pith:{SUFFIX} in its /Info"]


# --- The second reader -----------------------------------------------------------------------


def test_pypdf_reads_what_the_scan_does_not(
    verifier: Verifier, repo: Path, loads: list[str]
) -> None:
    """Still one gesture from the file to the verdict, and the report says who read what."""
    asked = answering(verifier, as_bytes(bundle(SIGNED[0])))
    drop(verifier.open().ready(), ("paper.pdf", numbered(f"pith:{SUFFIX}")))
    assert verifier.verdict() == "verified"
    assert asked == [f"{RESOLVER}/pith/{SUFFIX}/bundle.json"]
    assert len(loads) == 1
    assert verifier.outcome("paper.pdf") == "passed"
    shown = verifier.check("paper.pdf")
    shown.locator("summary").click()
    expect(shown).to_contain_text("the standard-library scan: no number")
    expect(shown).to_contain_text(
        re.compile(rf"pypdf 7\.[\d.]+: pith:{SUFFIX} in the text on page 1")
    )
    assert violations(verifier.page, repo) == []


def test_pypdf_may_find_nothing_either(verifier: Verifier, loads: list[str]) -> None:
    """Then both have read the file, and nothing is left that may hide a number."""
    drop(verifier.open().ready(), ("paper.pdf", numbered("Hello")))
    assert verifier.headline() == "No number of its own"
    outcome = verifier.page.locator("#outcome")
    expect(outcome).to_contain_text("Looked for by the standard-library scan and pypdf 7.")
    expect(outcome).not_to_contain_text("could not be read")
    assert len(loads) == 1


COUNT_ENDED = """
const { terminate } = Worker.prototype;
self.ended = 0;
Worker.prototype.terminate = function () { self.ended++; terminate.call(this); };
"""


def test_a_reader_that_takes_too_long_is_ended(verifier: Verifier) -> None:
    """The page says so, calls nothing found, and goes on."""

    def hurry(route: Route) -> None:
        text = route.fetch().text()
        assert "TIME_LIMIT_MS = 30_000" in text
        body = text.replace("TIME_LIMIT_MS = 30_000", "TIME_LIMIT_MS = 1")
        route.fulfill(body=body + COUNT_ENDED, content_type="text/javascript")

    verifier.page.route("**/pypdf.js", hurry)
    drop(verifier.open().ready(), ("paper.pdf", numbered(f"pith:{SUFFIX}")))
    assert verifier.headline() == "No number was found"
    outcome = verifier.page.locator("#outcome")
    expect(outcome).to_contain_text("Not all of it could be read")
    expect(outcome).to_contain_text("all of it by pypdf: it was given up after 0.001 seconds")
    (worker,) = verifier.page.workers  # those that it starts are not listed
    assert worker.evaluate("() => self.ended") == 1
    record = ("bundle.json", as_bytes(bundle(SIGNED[0])))
    drop(verifier, ("paper.pdf", paper(info=f"({SUFFIX})")), record)
    assert verifier.verdict() == "verified"


def test_another_pypdf_than_the_one_built_is_not_run(verifier: Verifier) -> None:
    """One that a host has changed, and one that it does not have."""
    verifier.watch.may_say = ("404",)
    other = gzip.compress(b"PK and something else")
    answers = [{"body": other}, {"status": 404}]
    verifier.page.route("**/pypdf.bin", lambda route: route.fulfill(**answers.pop(0)))
    for said in ("what was loaded is not what was built", "it could not be loaded (HTTP 404)"):
        drop(verifier.open().ready(), ("paper.pdf", numbered(f"pith:{SUFFIX}")))
        assert verifier.headline() == "No number was found"
        expect(verifier.page.locator("#outcome")).to_contain_text(f"all of it by pypdf: {said}")
    assert answers == []
