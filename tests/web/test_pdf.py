"""A paper's PDF dropped on the page: from its own number to the verdict, in one gesture."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from documents import SIGNED, as_bytes, bundle
from pdfs import OTHER, paper
from playwright.sync_api import Route, expect
from test_access import violations
from verifier import RESOLVER, Verifier

SUFFIX = SIGNED[0]["pith"].rpartition(":")[2]

_DROP = """([files]) => {
  const carried = new DataTransfer();
  for (const [name, packed] of files) {
    const bytes = Uint8Array.from(atob(packed), (one) => one.charCodeAt(0));
    carried.items.add(new File([bytes], name));
  }
  const how = { dataTransfer: carried, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent("drop", how));
}"""


def drop(verifier: Verifier, *files: tuple[str, bytes]) -> Verifier:
    """Let files fall on the page."""
    packed = [[name, base64.b64encode(data).decode()] for name, data in files]
    verifier.page.evaluate(_DROP, [packed])
    return verifier


def answering(verifier: Verifier, document: bytes) -> list[str]:
    """A registry that has one record; returns what it was asked."""
    asked: list[str] = []
    verifier.watch.may_ask = (RESOLVER,)

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=document, headers={"Access-Control-Allow-Origin": "*"})

    verifier.page.route(f"{RESOLVER}/**", answer)
    return asked


def test_a_paper_is_verified_by_its_own_number(verifier: Verifier, repo: Path) -> None:
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
    expect(verifier.page.locator(".limits")).to_contain_text("does not bind the PDF's bytes")
    assert violations(verifier.page, repo) == []


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
    verifier: Verifier, repo: Path, data: bytes, title: str, holds: str
) -> None:
    """It is said why, nothing is fetched, and nothing is called verified."""
    drop(verifier.open().ready(), ("paper.pdf", data))
    assert verifier.headline() == title
    expect(verifier.page.locator("#outcome")).to_contain_text(holds)
    assert violations(verifier.page, repo) == []


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
