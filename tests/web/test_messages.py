"""Another site brings documents by message: who is heard, what is answered, what is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import recordsite
from documents import SIGNED, as_bytes, bundle, newer_page, older_page
from playwright.sync_api import BrowserContext, Page, expect
from recordsite import RecordSite
from verifier import Verifier, Watch

from serve import Server

TEXT = as_bytes(bundle(SIGNED[0])).decode()
NUMBER = SIGNED[0]["pith"]

LISTEN = """
self.heard = [];
addEventListener("message", (event) => heard.push({from: event.origin, ...event.data}));
"""
NONCE = "a-nonce-of-the-test"
SANDBOX = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox"


@pytest.fixture
def other() -> Iterator[RecordSite]:
    """Another site, which the page knows nothing of."""
    with recordsite.running() as site:
        yield site


class Asker:
    """A page of the other site, and the verifier that it opened or frames as `verifier`."""

    def __init__(self, page: Page, shown: Verifier) -> None:
        self.page = page
        self.shown = shown

    def send(self, message: Any, script: str = "message") -> Asker:
        """Post to the verifier; `script` is what the message becomes in the page."""
        self.page.evaluate(f"message => verifier.postMessage({script}, '*')", message)
        return self

    def verify(self, document: str = TEXT, **more: Any) -> dict[str, Any]:
        """Send a document, and wait for the answer."""
        self.send({"pith": 1, "type": "verify", "id": "one", "document": document, **more})
        return self.answer()

    def answer(self, count: int = 1) -> dict[str, Any]:
        """The `count`-th message that is not “ready”."""
        self.page.wait_for_function(
            "n => heard.filter(m => m.type !== 'ready').length >= n", arg=count, timeout=20_000
        )
        answers = [m for m in self.page.evaluate("heard") if m["type"] != "ready"]
        return answers[count - 1]

    def nothing(self) -> bool:
        """Whether no answer came within a time in which others come."""
        self.page.wait_for_timeout(700)
        return self.page.evaluate("heard.every(m => m.type === 'ready')")


def ready(page: Page) -> dict[str, Any]:
    """The verifier's first message."""
    page.wait_for_function("heard.length > 0", timeout=20_000)
    return page.evaluate("heard[0]")


def opened(context: BrowserContext, server: Server, other: RecordSite, fragment: str = "") -> Asker:
    """The verifier in a window that the other site's page opened."""
    page = context.new_page()
    page.goto(other.page("/"))
    page.evaluate(LISTEN)
    with context.expect_page() as window:
        page.evaluate("url => { self.verifier = open(url); }", server.url + fragment)
    shown = Verifier(window.value, server.url, Watch(window.value, server.url))
    ready(page)
    return Asker(page, shown)


def framed(context: BrowserContext, server: Server, other: RecordSite) -> Asker:
    """The verifier in a frame of the other site's page."""
    page = context.new_page()
    page.goto(other.page("/", "<iframe id=v width=900 height=700></iframe>"))
    page.evaluate(LISTEN)
    page.evaluate("url => { v.src = url; self.verifier = v.contentWindow; }", server.url)
    ready(page)
    frame = page.frames[1]
    return Asker(page, Verifier(frame, server.url, Watch(page, server.url)))  # type: ignore[arg-type]


WAYS = {"window": opened, "frame": framed}


@pytest.mark.parametrize("way", WAYS)
def test_a_document_brought_by_another_site(
    context: BrowserContext, server: Server, other: RecordSite, way: str
) -> None:
    """The page says that it listens, checks what comes, shows it, and answers with the report."""
    asker = WAYS[way](context, server, other)
    first = ready(asker.page)
    assert first == {"from": server.url.removesuffix(server.prefix), "pith": 1, "type": "ready"}
    answer = asker.verify(expect=NUMBER)
    assert (answer["type"], answer["id"]) == ("report", "one")
    assert answer["report"]["verdict"] == asker.shown.verdict() == "verified"
    assert answer["report"]["input"]["source"] == f"a message from {other.origin}"
    expect(asker.shown.page.locator("#brought")).to_contain_text(f"Brought by {other.origin}")
    expect(asker.shown.page.locator("#framed")).to_be_visible(visible=way == "frame")


def test_exact_bytes_and_texts_of_the_message(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """Bytes come as an ArrayBuffer; title and number of the message are held against the record."""
    asker = opened(context, server, other)
    message = {"pith": 1, "type": "verify", "id": 7, "title": "Another paper", "document": TEXT}
    asker.send(message, "{...message, document: new TextEncoder().encode(message.document).buffer}")
    answer = asker.answer()
    outcomes = {check["id"]: check["outcome"] for check in answer["report"]["checks"]}
    assert answer["id"] == 7
    assert answer["report"]["input"]["bytes"] == len(TEXT.encode())
    assert outcomes["paper.title"] == "failed"
    assert asker.verify(expect=SIGNED[1]["pith"])["report"]["verdict"] == "failed"


@pytest.mark.parametrize("page", [newer_page, older_page])
def test_a_record_page_is_a_document(
    context: BrowserContext, server: Server, other: RecordSite, page: Any
) -> None:
    """The text of a record page, of either layout, is read as one."""
    answer = opened(context, server, other).verify(page(SIGNED[0]))
    assert answer["report"]["input"]["kind"] == "record_page"


def test_the_source_is_not_taken_from_the_message(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """A hostile opener that names another source is named itself."""
    asker = opened(context, server, other)
    answer = asker.verify(source="https://pith.science", origin="https://pith.science")
    assert answer["report"]["input"]["source"] == f"a message from {other.origin}"
    assert "pith.science" not in asker.shown.page.locator("#brought").inner_text()


def test_what_the_reader_typed_stays(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """A title and a key in the reader's fields are not in the report that the asker gets."""
    asker = opened(context, server, other)
    asker.shown.set(title="A title of my own", key="not a key")
    answer = asker.verify()
    assert answer["report"]["verdict"] == "verified"
    assert "A title of my own" not in json.dumps(answer)


def test_hello_is_answered(context: BrowserContext, server: Server, other: RecordSite) -> None:
    """Who missed the first “ready” can ask for it."""
    asker = opened(context, server, other)
    asker.send({"pith": 1, "type": "hello"})
    asker.page.wait_for_function("heard.length === 2")
    assert asker.page.evaluate("heard[1].type") == "ready"


MALFORMED = {
    "version": ({"pith": 2}, "version 1"),
    "type": ({"type": "report"}, "of the type"),
    "id": ({"id": "x" * 201}, "at most 200 characters"),
    "no id": ({"id": None}, "The id has to be"),
    "object": ({"document": {"pith_number": "x"}}, "a string or an ArrayBuffer"),
    "no document": ({"document": None}, "a string or an ArrayBuffer"),
    "expect": ({"expect": ["x"]}, "The expect has to be a string"),
    "title": ({"title": "x" * 100_001}, "The title has to be a string"),
    "pdf": ({"document": "%PDF-1.7"}, "not a paper’s PDF"),
    "abstract page": ({"document": "<meta name=citation_arxiv_id>"}, "abstract page"),
    "number": ({"expect": "pith:2019:DBZZ0"}, "DBZZ0"),
    "text": ({"document": "This is no record."}, "neither JSON nor a record page"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_messages_get_one_sentence(
    context: BrowserContext, server: Server, other: RecordSite, case: str
) -> None:
    """What is not as described is answered with an error, and gives no verdict."""
    change, sentence = MALFORMED[case]
    answer = opened(context, server, other).verify(**change)
    assert answer["type"] == "error"
    assert sentence in answer["error"]
    assert answer["id"] == (None if "id" in change else "one")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("{...message, document: new ArrayBuffer(2 ** 27 + 1)}", "larger than 128 MB"),
        ("{...message, document: 'x'.repeat(2 ** 27 + 1)}", "larger than 128 MB"),
        ("{...message, document: '\\u00e9'.repeat(2 ** 26 + 1)}", "larger than 128 MB"),
        ("{...message, document: '\\ud800'}", "not well-formed Unicode"),
    ],
)
def test_oversize_and_half_characters_are_refused(
    context: BrowserContext, server: Server, other: RecordSite, script: str, sentence: str
) -> None:
    """No more is taken than the core reads, and no string whose bytes are not determined."""
    asker = opened(context, server, other)
    asker.send({"pith": 1, "type": "verify", "id": 1}, script)
    answer = asker.answer()
    assert answer["type"] == "error"
    assert sentence in answer["error"]


@pytest.mark.parametrize("message", ["'text'", "null", "42", "{type: 'verify', document: 'x'}"])
def test_messages_of_another_kind_are_ignored(
    context: BrowserContext, server: Server, other: RecordSite, message: str
) -> None:
    """What is not addressed to the verifier gets no answer and changes nothing."""
    asker = opened(context, server, other)
    asker.send(None, message)
    assert asker.nothing()
    expect(asker.shown.page.locator("#ask")).to_be_visible()
    assert asker.verify()["type"] == "report"


def test_a_neighbouring_frame_is_not_heard(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """A forged message from a frame beside the verifier's, which can reach it, is ignored."""
    asker = framed(context, server, other)
    with recordsite.running() as hostile:
        asker.page.evaluate(
            """url => new Promise(done => {
              const frame = document.createElement("iframe");
              frame.onload = done;
              frame.src = url;
              document.body.append(frame);
            })""",
            hostile.page("/"),
        )
        forged = {"pith": 1, "type": "verify", "id": 1, "document": TEXT}
        asker.page.frames[2].evaluate("m => parent.frames[0].postMessage(m, '*')", forged)
        assert asker.nothing()
    expect(asker.shown.page.locator("#ask")).to_be_visible()
    assert asker.verify()["type"] == "report"


def test_a_sandboxed_page_is_not_heard(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """An opaque origin is nobody's name: nothing it sends is shown."""
    page = context.new_page()
    page.goto(other.page("/", Content_Security_Policy=SANDBOX))
    page.evaluate(LISTEN)
    with context.expect_page() as window:
        page.evaluate("url => { self.verifier = open(url); }", server.url)
    ready(page)
    message = {"pith": 1, "type": "verify", "id": 1, "document": TEXT}
    page.evaluate("m => verifier.postMessage(m, '*')", message)
    page.wait_for_timeout(700)
    assert page.evaluate("heard.length") == 1
    expect(window.value.locator("#ask")).to_be_visible()


def invitation(origin: str) -> str:
    """The address of a page that waits for one origin."""
    return f"#from={origin}&nonce={NONCE}"


def test_an_invitation_names_origin_and_nonce(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """The invited origin is heard with the nonce of the address, and answered with it."""
    asker = opened(context, server, other, invitation(other.origin))
    assert ready(asker.page)["nonce"] == NONCE
    expect(asker.shown.page.locator("#verdict")).to_have_text("Waiting for the record")
    answer = asker.verify(nonce=NONCE)
    assert (answer["type"], answer["nonce"]) == ("report", NONCE)
    assert asker.shown.verdict() == "verified"


def test_a_wrong_nonce_is_refused(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """A message without the nonce of the address, or with another, is not checked."""
    asker = opened(context, server, other, invitation(other.origin))
    assert "nonce" in asker.verify()["error"]
    asker.send({"pith": 1, "type": "verify", "id": 2, "document": TEXT, "nonce": "guessed"})
    assert "nonce" in asker.answer(2)["error"]
    expect(asker.shown.page.locator("#verdict")).to_have_text("Waiting for the record")


def test_an_opener_that_was_not_invited_is_not_heard(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """A hostile opener that names another origin in the address gets neither nonce nor answer."""
    page = context.new_page()
    page.goto(other.page("/"))
    page.evaluate(LISTEN)
    with context.expect_page() as window:
        page.evaluate(
            "url => { self.verifier = open(url); }", server.url + invitation("https://pith.science")
        )
    expect(window.value.locator("#verdict")).to_have_text("Waiting for the record")
    message = {"pith": 1, "type": "verify", "id": 1, "document": TEXT, "nonce": NONCE}
    page.evaluate("m => verifier.postMessage(m, '*')", message)
    page.wait_for_timeout(700)
    assert page.evaluate("heard") == []
    expect(window.value.locator("#verdict")).to_have_text("Waiting for the record")


def test_the_address_cannot_be_changed_afterwards(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """An opener that rewrites the fragment later gets the page to listen to nobody else."""
    asker = opened(context, server, other, invitation(other.origin))
    asker.page.evaluate(
        "url => { verifier.location = url; }", f"{server.url}#from={other.origin}&nonce=another"
    )
    asker.shown.page.wait_for_url("**nonce=another")
    assert "nonce" in asker.verify(nonce="another")["error"]


def test_nothing_comes_and_nobody_can(verifier: Verifier) -> None:
    """Opened for a hand-over by a window that cannot be reached, the page says so at once."""
    verifier.open(invitation("https://pith.science"))
    assert verifier.headline() == "No record was brought"


def test_the_readers_own_verdict_is_not_replaced(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """Once the reader has brought a record, an opener cannot put another in its place."""
    asker = opened(context, server, other)
    asker.shown.paste(as_bytes({**bundle(SIGNED[0]), "pith_number": SIGNED[1]["pith"]}))
    assert asker.shown.verdict() == "failed"
    assert "something else" in asker.verify()["error"]
    assert asker.shown.verdict() == "failed"
    expect(asker.shown.page.locator("#brought")).to_be_hidden()


def test_one_at_a_time(context: BrowserContext, server: Server, other: RecordSite) -> None:
    """A second document while one is checked gets an error, and the first its report."""
    asker = opened(context, server, other)
    message = {"pith": 1, "type": "verify", "id": 1, "document": TEXT}
    asker.page.evaluate(
        "m => { verifier.postMessage(m, '*'); verifier.postMessage({...m, id: 2}, '*'); }", message
    )
    first, second = asker.answer(1), asker.answer(2)
    assert (first["id"], first["type"]) == (2, "error")
    assert (second["id"], second["type"]) == (1, "report")
    asker.send({**message, "id": 3})
    assert (asker.answer(3)["id"], asker.answer(3)["type"]) == (3, "report")


def test_a_reader_who_leaves_ends_the_wait(
    context: BrowserContext, server: Server, other: RecordSite
) -> None:
    """A check that the reader gives up is answered with an error, not with silence."""
    context.route("**/python.bin", lambda _: None)  # Python never starts
    asker = opened(context, server, other)
    asker.send({"pith": 1, "type": "verify", "id": 1, "document": TEXT})
    asker.shown.page.get_by_role("button", name="Check another record").click()
    assert "given up" in asker.answer()["error"]
    expect(asker.shown.page.locator("#ask")).to_be_visible()


def test_no_python_no_verdict(context: BrowserContext, server: Server, other: RecordSite) -> None:
    """Where Python cannot start, the asker is told so."""
    context.route("**/python.bin", lambda route: route.fulfill(status=404))
    asker = opened(context, server, other)
    answer = asker.verify()
    assert answer["type"] == "error"
    assert "Python could not start" in answer["error"]
