"""Looking a record up: what is asked of whom, and what the page says when it gets no answer.

The registry is not asked in tests: a stand-in answers in its place, inside the browser.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from documents import SEED, SIGNED, as_bytes, bundle, newer_page
from playwright.sync_api import Route, expect
from verifier import RESOLVER, Verifier

RECORD = SIGNED[2]
NUMBER = RECORD["pith"]
SUFFIX = NUMBER.rpartition(":")[2]
BUNDLE_URL = f"GET {RESOLVER}/pith/{SUFFIX}/bundle.json"
ANYONE = {"Access-Control-Allow-Origin": "*"}

Answer = Callable[[Route], None]


def serves(document: object, **headers: str) -> Answer:
    """A registry that lets any page read its answers."""
    return lambda route: route.fulfill(body=as_bytes(document), headers={**ANYONE, **headers})


def fails(status: int, **headers: str) -> Answer:
    """A registry that answers with an error."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    shown = {"Access-Control-Expose-Headers": ", ".join(named)} if named else {}
    return lambda route: route.fulfill(status=status, headers={**ANYONE, **shown, **named})


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        SUFFIX.lower(),
        f"https://www.pith.science/pith/{SUFFIX}?x=1",
        f"{RESOLVER}/pith/{SUFFIX}.json",
    ],
)
def test_number_or_address(verifier: Verifier, text: str) -> None:
    """A number in any form, or an address, is asked of the resolver as a bundle, and verified."""
    asked = verifier.resolver(serves(bundle(RECORD)))
    verifier.open().look_up(text)
    assert verifier.verdict() == "verified"
    assert asked == [BUNDLE_URL]
    assert verifier.outcome("identity.requested") == "passed"


def test_the_address_becomes_the_permalink(verifier: Verifier) -> None:
    """After a lookup the address names the record, and opening that address repeats it."""
    verifier.resolver(serves(bundle(RECORD)))
    verifier.open().look_up(NUMBER)
    verifier.headline()
    expect(verifier.page).to_have_url(f"{verifier.url}#{NUMBER}")
    verifier.page.reload()
    assert verifier.verdict() == "verified"


def test_arxiv_permalink(verifier: Verifier) -> None:
    """`#arxiv:` looks up by arXiv identifier, and the record must be that paper's."""
    asked = verifier.resolver(serves(bundle(RECORD)))
    verifier.open(f"#arxiv:{RECORD['arxiv']}")
    assert verifier.verdict() == "verified"
    assert verifier.outcome("identity.requested") == "passed"
    assert asked == [f"GET {RESOLVER}/pith/{RECORD['arxiv']}/bundle.json"]
    expect(verifier.page).to_have_url(f"{verifier.url}#arxiv:{RECORD['arxiv']}")


def test_the_record_of_another_paper(verifier: Verifier) -> None:
    """Asked by arXiv identifier, a signed record of another paper does not pass for it either."""
    verifier.resolver(serves(bundle(SIGNED[0])))
    verifier.open().look_up(RECORD["arxiv"])
    assert verifier.verdict() == "failed"
    assert verifier.outcome("identity.requested") == "failed"


def test_a_changed_fragment_is_followed(verifier: Verifier) -> None:
    """Editing the address on an open page looks the new record up."""
    verifier.resolver(serves(bundle(RECORD)))
    verifier.open("#example=intact")
    assert verifier.verdict() == "intact"
    verifier.page.evaluate("fragment => { location.hash = fragment; }", NUMBER)
    expect(verifier.page.locator("#verdict")).to_have_text("Verified")


@pytest.mark.parametrize(
    ("fragment", "sentence"),
    [
        ("#pith:2019:DBZZ0GA3QYTEJZ5TKUNHWEKF3I", "digit 0"),
        ("#pith:2019:DBZZ", "4 characters"),
        ("#%E0%A4%A", "base32"),
        ("#example=unknown", "base32"),
    ],
)
def test_invalid_fragment(verifier: Verifier, fragment: str, sentence: str) -> None:
    """A fragment that names no record gets a sentence beside the box, and asks nobody."""
    verifier.open(fragment)
    expect(verifier.page.locator("#query-error")).to_contain_text(sentence)
    expect(verifier.page.locator("#query")).to_be_focused()


def test_the_record_of_another_number(verifier: Verifier) -> None:
    """A resolver that answers with another, whole and signed record does not pass for it."""
    verifier.resolver(serves(bundle(SIGNED[0])))
    verifier.open().look_up(NUMBER)
    assert verifier.verdict() == "failed"
    assert verifier.outcome("identity.requested") == "failed"


def test_the_record_document_is_second_best(verifier: Verifier) -> None:
    """Without a bundle, the record's own JSON is asked for."""

    def answer(route: Route) -> None:
        if route.request.url.endswith("bundle.json"):
            route.fulfill(status=404, headers=ANYONE)
        else:
            serves(bundle(RECORD))(route)

    asked = verifier.resolver(answer)
    verifier.open().look_up(NUMBER)
    assert verifier.verdict() == "verified"
    assert asked == [BUNDLE_URL, f"GET {RESOLVER}/pith/{SUFFIX}.json"]


def refused(route: Route) -> None:
    """Lets another site's pages read the answer, and not this one's."""
    route.fulfill(
        body=as_bytes(bundle(RECORD)),
        headers={"Access-Control-Allow-Origin": "https://pith.science"},
    )


FAILURES: dict[str, tuple[Answer, str]] = {
    "refused (CORS)": (refused, "does not allow other sites’ pages to read its answers (CORS)"),
    "not there": (fails(404), "has no such record (HTTP 404)"),
    "too many requests": (fails(429, Retry_After="60"), "Try again in 60 seconds"),
    "server error": (fails(503), "answered with an error (HTTP 503)"),
    "out of reach": (lambda route: route.abort("connectionrefused"), "could not be reached"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failure_to_fetch(verifier: Verifier, case: str) -> None:
    """Each way of not getting a record is named, without a word on the record; a way is offered."""
    answer, sentence = FAILURES[case]
    verifier.watch.may_say = ("Failed to load resource", "CORS")
    verifier.resolver(answer)
    verifier.open().look_up(NUMBER)
    assert verifier.headline() == "The record could not be fetched"
    assert verifier.verdict() == "unchecked"
    expect(verifier.page.locator(".reasons")).to_contain_text(sentence)
    expect(verifier.page.locator(".sentence")).to_contain_text(NUMBER)
    expect(verifier.page.locator(".instead")).to_contain_text(f"pith verify {NUMBER}")
    link = verifier.page.get_by_role("link", name="its bundle, in a new tab")
    expect(link).to_have_attribute("href", f"{RESOLVER}/pith/{SUFFIX}/bundle.json")


def test_offline(verifier: Verifier) -> None:
    """Without a network the page says that the browser is offline."""
    verifier.watch.may_say = ("Failed to load resource",)
    verifier.watch.may_ask = (RESOLVER,)
    verifier.open().ready().page.context.set_offline(True)
    verifier.look_up(NUMBER)
    assert verifier.headline() == "The record could not be fetched"
    expect(verifier.page.locator(".reasons")).to_have_text("Your browser is offline.")


def test_slow(verifier: Verifier) -> None:
    """A server that does not answer in 15 seconds is given up, and called slow."""
    verifier.resolver(lambda route: None)
    verifier.open().look_up(NUMBER)
    expect(verifier.page.locator("#verdict")).to_have_text(
        "The record could not be fetched", timeout=30_000
    )
    expect(verifier.page.locator(".reasons")).to_contain_text(
        "did not finish its answer within 15 seconds"
    )


def test_sent_on_to_another_site(verifier: Verifier) -> None:
    """A redirect to another site is stopped by the page's own policy, and the page says so."""
    verifier.watch.may_say = ("Content Security Policy", "policy:", "violates", "Failed to load")
    verifier.watch.may_ask = ("https://elsewhere.example",)
    asked = verifier.resolver(
        lambda route: route.fulfill(
            status=302, headers={**ANYONE, "Location": "https://elsewhere.example/"}
        )
    )
    elsewhere = verifier.resolver(serves(bundle(RECORD)), url="https://elsewhere.example/**")
    verifier.open().look_up(NUMBER)
    assert verifier.headline() == "The record could not be fetched"
    expect(verifier.page.locator(".reasons")).to_contain_text(
        "This page’s own policy stopped the request"
    )
    assert asked == [BUNDLE_URL]
    assert elsewhere == []


def test_pasting_after_a_failed_fetch(verifier: Verifier) -> None:
    """What is pasted instead must be the record that was asked for."""
    verifier.resolver(fails(404))
    verifier.open().look_up(NUMBER)
    verifier.page.get_by_role("button", name="paste or drop it here").click()
    expect(verifier.page.locator("#document")).to_be_focused()
    verifier.paste(as_bytes(bundle(SIGNED[0])))
    assert verifier.outcome("identity.requested") == "failed"


def test_a_record_page_in_place_of_json(verifier: Verifier) -> None:
    """A resolver that serves some web page instead of a record gets a sentence, not a verdict."""
    verifier.resolver(
        lambda route: route.fulfill(body="<!doctype html><p>Please log in", headers=ANYONE)
    )
    verifier.open().look_up(NUMBER)
    assert verifier.headline() == "This could not be read"


def test_nothing_is_asked_before_the_reader_asks(verifier: Verifier) -> None:
    """Opening the page, waiting, and running an example sends nothing to anybody else."""
    verifier.open().ready()
    verifier.page.locator('[data-example="verified"]').click()
    assert verifier.verdict() == "verified"
    assert verifier.watch.asked == []


def test_a_second_question_replaces_the_first(verifier: Verifier) -> None:
    """Going on while the first answer is out shows the second answer only."""
    waiting: list[Route] = []
    verifier.resolver(waiting.append)
    verifier.open().look_up(NUMBER)
    expect(verifier.page.locator("#verdict.running")).to_be_visible()
    verifier.page.wait_for_timeout(1500)
    verifier.page.get_by_role("button", name="Check another record").click()
    for route in waiting:
        serves(bundle(RECORD))(route)
    verifier.paste(newer_page(SEED))
    verifier.headline()
    expect(verifier.page.locator(".subject")).to_contain_text(SEED["pith"])
