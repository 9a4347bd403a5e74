"""The bookmarklet: pressed on a page of another site, as a browser runs one from its bar."""

from __future__ import annotations

import base64
import json
import random
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import recordsite
from documents import SIGNED, as_bytes, bundle, newer_page
from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Page, Route, expect
from recordsite import RecordSite
from test_access import violations
from verifier import Verifier, Watch

import bookmarklet
from pithcli.mirror.page import put_page
from serve import Server

NUMBER = SIGNED[0]["pith"]
SUFFIX = NUMBER.rpartition(":")[2]
BUNDLE = as_bytes(bundle(SIGNED[0]))
TEXT = newer_page(SIGNED[0])
RECORD_PAGE = f"<main><pre>{TEXT}</pre></main>"
STRICT = "default-src 'none'; require-trusted-types-for 'script'"
READS_ONLY_ITSELF = "default-src 'none'; connect-src 'self'"
SANDBOX = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox"
SOON_MS = 10_000  # before the bookmarklet's patience of 15 seconds ends
FOUR_KB = 4000
ADDRESS = "Brought in the address that opened this page"

OBSERVE = """
self.address = location.hash;
self.heard = [];
addEventListener("message", ({ origin, data }) => heard.push({ ...data, from: origin }));
"""
"""Runs beside the page's own scripts, of record pages and of the verifier alike."""


@pytest.fixture(scope="module")
def other() -> Iterator[RecordSite]:
    """The registry's site: each test uses a folder of its own."""
    with recordsite.running() as site:
        yield site


@pytest.fixture(scope="module")
def hostile() -> Iterator[RecordSite]:
    """A third site."""
    with recordsite.running() as site:
        site.page("/")
        yield site


@pytest.fixture(scope="module")
def full(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor, for tests that wait for a verdict."""
    context = browser.new_context(service_workers="block")
    context.add_init_script(OBSERVE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def quick(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor on a line on which Python never arrives: the rest of the page is there."""
    context = browser.new_context(service_workers="block", accept_downloads=True)
    context.add_init_script(OBSERVE)
    for part in ("python.bin", "pyodide/*"):
        context.route(f"**/{part}", lambda _: None)
    yield context
    context.close()


@pytest.fixture(autouse=True)
def no_tab_is_left(full: BrowserContext, quick: BrowserContext) -> Iterator[None]:
    """A tab that stays open takes its share of the machine."""
    yield
    for page in [*full.pages, *quick.pages]:
        page.close()
    quick.unroute(HELD)


def offered(page: Page, url: str) -> str:
    """The bookmark that the verifier at `url` offers."""
    page.goto(url)
    page.locator("#bookmarklet[href]").wait_for()
    return page.locator("#bookmarklet").get_attribute("href") or ""


@pytest.fixture(scope="module")
def bookmark(quick: BrowserContext, server: Server) -> str:
    """The one that every test presses, unless it says otherwise."""
    return offered(quick.new_page(), server.url)


def press(page: Page, bookmark: str) -> None:
    """As from the bar: a navigation of the browser's own, which counts as the reader's act."""
    page.context.new_cdp_session(page).send("Page.navigate", {"url": bookmark})


def opens(page: Page, bookmark: str) -> Page:
    """Press, and return the window that opens."""
    with page.context.expect_page() as window:
        press(page, bookmark)
    return window.value


def at(
    context: BrowserContext, site: RecordSite, path: str, html: str = RECORD_PAGE, **headers: str
) -> Page:
    """A page of the site, opened by a reader."""
    page = context.new_page()
    page.goto(site.page(path, html, **headers))
    return page


def verdict(window: Page, server: Server) -> str:
    """The verdict that the verifier in a window comes to."""
    return Verifier(window, server.url, Watch(window, server.url)).verdict()


def handed_over(window: Page) -> dict[str, str]:
    """What came to the verifier's window by message, and from where."""
    expect(window.locator("#brought")).to_contain_text("in a message")
    return window.evaluate("({...heard[0], document: new TextDecoder().decode(heard[0].document)})")


def carried(document: bytes, **more: str) -> str:
    """The fragment with that document in it, by zlib."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(document) + packer.flush()
    coded = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return "#" + "&".join(f"{name}={value}" for name, value in {"document": coded, **more}.items())


def unpacked(address: str) -> bytes:
    """The document in a fragment, by zlib."""
    coded = address.partition("#document=")[2].partition("&")[0]
    return zlib.decompress(base64.urlsafe_b64decode(coded + "=="), wbits=-15)


def notice(page: Page) -> Locator:
    """What the bookmarklet says in the record's page."""
    found = page.locator("html > div")
    expect(found).to_be_visible(timeout=SOON_MS)
    return found


# --- By message ----------------------------------------------------------------------------


def test_the_bundle_of_the_records_own_origin_is_verified(
    full: BrowserContext, server: Server, other: RecordSite, bookmark: str
) -> None:
    """Two origins, two ports: the bundle comes by message, and the verdict names its origin."""
    other.json(f"/pith/{SUFFIX}/bundle.json", BUNDLE)
    page = at(full, other, f"/pith/{SUFFIX}", "<p>A page that prints no record.</p>")
    window = opens(page, bookmark)
    assert verdict(window, server) == "verified"
    expect(window.locator("#brought")).to_have_text(
        f"Brought by {other.origin}, in a message to this page."
    )
    page.wait_for_function("heard.some(({ type }) => type === 'report')")
    told = page.evaluate("heard.at(-1)")
    assert told["from"] == server.url.removesuffix(server.prefix)
    assert told["report"]["input"]["source"] == f"a message from {other.origin}"
    assert told["report"]["input"]["bytes"] == len(BUNDLE)
    assert page.locator("html > div").count() == 0, "all went well: no notice"


def test_the_window_opens_before_anything_is_waited_for(
    quick: BrowserContext, other: RecordSite, bookmark: str
) -> None:
    """However slow the record's site is: later, a browser would take the window for a popup."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = at(quick, other, f"/slow/pith/{SUFFIX}")
    page.route("**/bundle.json", hold)
    window = opens(page, bookmark)
    expect(window.locator("body")).to_have_text(f"Reading {page.url}")
    assert window.url == "about:blank"
    held[0].continue_()
    assert TEXT in handed_over(window)["document"]


OTHER = SIGNED[1]["pith"]
PAPER_PAGES = {
    "in the address": ("/pith/{suffix}", "", "{other}"),
    "below a folder": ("/mirrors/two/pith/{suffix}/", "", "{other}"),
    "canonical link": ("/paper/1", '<link rel="canonical" href="/pith/{suffix}">', "{other}"),
    "meta": ("/paper/2", '<meta name="pith" content="{number}">', "{other}"),
    "link": ("/paper/3", '<a href="/pith/{suffix}">record</a>', "{other}"),
    "badge": ("/paper/4", '<a href="https://verifier.example/#{number}">verify</a>', "{other}"),
    "text": ("/paper/5", "<p>Its number is {number}.</p>", "{other}"),
    "longer word": ("/paper/6", "<p>{other}A is no number. {number} is.</p>", ""),
}


@pytest.mark.parametrize("case", PAPER_PAGES)
def test_pages_that_carry_a_number(
    quick: BrowserContext, other: RecordSite, bookmark: str, case: str
) -> None:
    """The number is the one of the address, or the first that a paper's page names."""
    path, html, after = PAPER_PAGES[case]
    words = {"suffix": SUFFIX, "number": NUMBER, "other": OTHER}
    path = path.format(**words)
    folder = path.partition("/pith/")[0] if "/mirrors/" in path else ""
    document = as_bytes({"of": case})
    other.json(f"{folder}/pith/{SUFFIX}/bundle.json", document)
    page = at(quick, other, path, (html + after).format(**words))
    handed = handed_over(opens(page, bookmark))
    assert handed["document"].encode() == document
    assert handed["expect"] == SUFFIX
    assert handed["from"] == other.origin


@pytest.mark.parametrize("why", ["none", "too large", "elsewhere"])
def test_without_a_bundle_the_pages_own_text(
    quick: BrowserContext, other: RecordSite, hostile: RecordSite, bookmark: str, why: str
) -> None:
    """No bundle there, one above the bound, or one of another origin: the page's text comes."""
    folder = f"/without/{why.replace(' ', '-')}"
    html = f"<details><summary>Record</summary><pre>{TEXT}</pre></details>"
    if why == "too large":
        other.json(f"{folder}/pith/{SUFFIX}/bundle.json", b" " * (2**25 + 1))
    if why == "elsewhere":
        hostile.json(f"/pith/{SUFFIX}/bundle.json", BUNDLE)
        html = f'<a href="{hostile.origin}/pith/{SUFFIX}">its record</a>' + html
    hostile.asked.clear()
    path = f"{folder}/paper" if why == "elsewhere" else f"{folder}/pith/{SUFFIX}"
    handed = handed_over(opens(at(quick, other, path, html), bookmark))
    assert TEXT in handed["document"]
    assert handed["expect"] == SUFFIX
    assert hostile.asked == []


def test_the_record_where_there_is_no_bundle(
    quick: BrowserContext, other: RecordSite, bookmark: str
) -> None:
    """The record by itself (protocol 7.1) comes before the page's text."""
    other.json(f"/record/pith/{SUFFIX}.json", b'{"record": true}')
    handed = handed_over(opens(at(quick, other, f"/record/pith/{SUFFIX}"), bookmark))
    assert handed["document"] == '{"record": true}'


def test_a_strict_policy(
    full: BrowserContext, server: Server, other: RecordSite, bookmark: str
) -> None:
    """Under a policy that lets the page ask nobody, its text is handed over, and read as such."""
    other.json(f"/strict/pith/{SUFFIX}/bundle.json", BUNDLE)
    path = f"/strict/pith/{SUFFIX}"
    window = opens(at(full, other, path, Content_Security_Policy=STRICT), bookmark)
    assert verdict(window, server) == "intact"
    expect(window.locator("#brought")).to_contain_text(other.origin)
    assert f"{path}/bundle.json" not in other.asked


def test_a_page_without_a_number(quick: BrowserContext, other: RecordSite, bookmark: str) -> None:
    """A sentence, and no window."""
    page = at(quick, other, "/nothing", "<p>Nothing here.</p>", Content_Security_Policy=STRICT)
    press(page, bookmark)
    expect(notice(page)).to_contain_text("No Pith Number here")
    expect(page.locator("html > div p")).to_be_focused()
    assert len(quick.pages) == 1
    page.get_by_role("button", name="Close").click()
    expect(page.locator("html > div")).to_have_count(0)


# --- Forged messages -----------------------------------------------------------------------

HELD = "**/messages.js"
FORGED = "m => target.postMessage(m, '*')"


def waiting(page: Page, bookmark: str) -> tuple[Page, str]:
    """A verifier whose script has not come yet, and the nonce in its address."""
    page.context.route(HELD, lambda _: None)
    window = opens(page, bookmark)
    window.wait_for_url("**#from=*", wait_until="commit")
    return window, window.url.rpartition("nonce=")[2]


def forgeries(nonce: str) -> list[dict[str, object]]:
    """What only the verifier may say, under the right nonce."""
    return [
        {"pith": 1, "type": "ready", "nonce": nonce},
        {"pith": 1, "type": "error", "nonce": nonce, "error": "Forged."},
    ]


def nothing_happened(page: Page) -> bool:
    """Whether the record's page shows no notice within a time in which one would come."""
    page.wait_for_timeout(300)
    return page.locator("html > div").count() == 0


@pytest.mark.parametrize("whose", ["hostile", "the verifier's"])
def test_a_frame_in_the_record_page_is_not_heard(
    quick: BrowserContext,
    server: Server,
    other: RecordSite,
    hostile: RecordSite,
    bookmark: str,
    whose: str,
) -> None:
    """Content of the page knows the nonce and speaks as the verifier, even from its origin."""
    framed = f"{hostile.origin}/" if whose == "hostile" else f"{server.url}llms.txt"
    html = f'<iframe src="{framed}"></iframe>{RECORD_PAGE}'
    page = at(quick, other, f"/framing/pith/{SUFFIX}", html)
    window, nonce = waiting(page, bookmark)
    for message in forgeries(nonce):
        page.frames[1].evaluate("m => parent.postMessage(m, '*')", message)
    assert nothing_happened(page)
    assert page.frames[1].evaluate("heard") == []
    assert window.evaluate("heard") == []


def test_another_site_in_the_verifiers_window_is_not_heard(
    quick: BrowserContext, server: Server, other: RecordSite, hostile: RecordSite, bookmark: str
) -> None:
    """The window is the right one, and shows another origin: it gets no record."""
    page = at(quick, other, f"/taken/pith/{SUFFIX}")
    window, nonce = waiting(page, bookmark)
    window.goto(f"{hostile.origin}/")
    for message in forgeries(nonce):
        window.evaluate("m => opener.postMessage(m, '*')", message)
    assert nothing_happened(page)
    assert window.evaluate("heard") == []


def test_a_verifier_without_the_nonce_is_not_heard(
    quick: BrowserContext, server: Server, other: RecordSite, bookmark: str
) -> None:
    """Right window, right origin, wrong nonce: it is not the page that this press opened."""
    page = at(quick, other, f"/nonce/pith/{SUFFIX}")
    window, _ = waiting(page, bookmark)
    for message in forgeries("guessed"):
        window.evaluate("m => opener.postMessage(m, '*')", message)
    assert nothing_happened(page)
    assert window.evaluate("heard") == []


def test_a_hostile_opener_of_the_record_page(
    quick: BrowserContext, server: Server, other: RecordSite, hostile: RecordSite, bookmark: str
) -> None:
    """Who opened the record's page can neither speak as the verifier nor to it."""
    hostile_page = at(quick, hostile, "/opener", "")
    url = other.page(f"/opened/pith/{SUFFIX}", RECORD_PAGE)
    with quick.expect_page() as opened:
        hostile_page.evaluate("url => { self.target = open(url); }", url)
    page = opened.value
    page.wait_for_load_state()
    window, nonce = waiting(page, bookmark)
    for message in forgeries(nonce):
        hostile_page.evaluate(FORGED, message)
    assert nothing_happened(page)
    assert hostile_page.evaluate("heard") == []
    assert window.evaluate("heard") == []


def test_a_verifier_that_does_not_answer(
    quick: BrowserContext, other: RecordSite, bookmark: str
) -> None:
    """After 15 seconds, and not before, the record's page shows another way."""
    page = quick.new_page()
    page.clock.install()
    page.goto(other.page(f"/silent/pith/{SUFFIX}", RECORD_PAGE))
    waiting(page, bookmark)
    page.clock.run_for(14_000)
    assert nothing_happened(page)
    page.clock.run_for(2_000)
    expect(notice(page)).to_contain_text("or slow")


def test_what_the_verifier_refuses_is_said(
    quick: BrowserContext, other: RecordSite, bookmark: str
) -> None:
    """The verifier's own error is shown in the record's page, with the other way."""
    other.json(f"/pdf/pith/{SUFFIX}/bundle.json", b"%PDF-1.7")
    page = at(quick, other, f"/pdf/pith/{SUFFIX}")
    opens(page, bookmark)
    expect(notice(page)).to_contain_text("not a paper’s PDF")


# --- By the address ------------------------------------------------------------------------


def test_coop(full: BrowserContext, server: Server, other: RecordSite, bookmark: str) -> None:
    """A page that keeps its windows apart: the address brings the record, and says so."""
    other.json(f"/coop/pith/{SUFFIX}/bundle.json", BUNDLE)
    page = at(full, other, f"/coop/pith/{SUFFIX}", Cross_Origin_Opener_Policy="same-origin")
    window = opens(page, bookmark)
    assert verdict(window, server) == "verified"
    expect(window.locator("#brought")).to_contain_text(ADDRESS)
    assert other.origin not in window.locator("#brought").inner_text()
    assert window.url == server.url, "the record is out of the address again"
    assert unpacked(window.evaluate("address")) == BUNDLE
    assert window.evaluate("opener") is None
    assert page.locator("html > div").count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Cross_Origin_Opener_Policy": 'noopener-allow-popups; report-to="x"'},
        {"Content_Security_Policy": SANDBOX},
    ],
)
def test_others_that_no_message_leaves(
    quick: BrowserContext, other: RecordSite, bookmark: str, headers: dict[str, str]
) -> None:
    """The newer kind of COOP, and a page without an origin of its own."""
    window = opens(at(quick, other, f"/apart/pith/{SUFFIX}", **headers), bookmark)
    expect(window.locator("#brought")).to_contain_text(ADDRESS)
    assert TEXT in unpacked(window.evaluate("address")).decode()


def test_popups_that_keep_their_opener(
    quick: BrowserContext, other: RecordSite, bookmark: str
) -> None:
    """`same-origin-allow-popups` severs nothing: the message is taken."""
    path, policy = f"/popups/pith/{SUFFIX}", "same-origin-allow-popups"
    page = at(quick, other, path, Cross_Origin_Opener_Policy=policy)
    assert handed_over(opens(page, bookmark))["from"] == other.origin


def test_coop_that_could_not_be_seen(
    full: BrowserContext, server: Server, other: RecordSite, bookmark: str, repo: Path
) -> None:
    """Under both policies the new tab says what to do, and the old one has a link that does it."""
    headers = {"Cross_Origin_Opener_Policy": "same-origin", "Content_Security_Policy": STRICT}
    page = at(
        full, other, f"/both/pith/{SUFFIX}", f'<html lang="en"><h1>x</h1>{RECORD_PAGE}', **headers
    )
    first = opens(page, bookmark)
    expect(first.locator("#verdict")).to_have_text("No record was brought")
    expect(first.locator("#outcome")).to_contain_text("a notice there now has a link")
    first.close()
    expect(notice(page)).to_contain_text("kept apart")
    assert violations(page, repo) == []
    link = page.get_by_role("link", name="Verify with Pith")
    assert link.get_attribute("rel") == "noopener"
    with full.expect_page() as window:
        link.click()
    assert verdict(window.value, server) == "intact"
    expect(window.value.locator("#brought")).to_contain_text(ADDRESS)


def test_a_hostile_address_names_no_origin(
    full: BrowserContext, server: Server, hostile: RecordSite
) -> None:
    """A page that opens the verifier with a record of its choice gets a verdict on its bytes."""
    page = at(full, hostile, "/address", "")
    altered = BUNDLE.replace(b'"version": 1', b'"version": 2')
    fragment = carried(altered, expect=NUMBER, source="https://pith.science")
    with full.expect_page() as window:
        page.evaluate("url => { open(url); }", server.url + fragment)
    assert verdict(window.value, server) == "failed"
    words = window.value.locator("#brought").inner_text()
    assert words.startswith(ADDRESS)
    assert "pith.science" not in words


def test_a_blocked_window(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, object],
    server: Server,
    other: RecordSite,
    bookmark: str,
) -> None:
    """A browser that opens no window shows the link, and the link opens the verifier."""
    blocking = browser_type.launch(
        **browser_type_launch_args, ignore_default_args=["--disable-popup-blocking"]
    )
    context = blocking.new_context(service_workers="block")
    context.add_init_script(OBSERVE)
    other.json(f"/blocked/pith/{SUFFIX}/bundle.json", BUNDLE)
    page = at(context, other, f"/blocked/pith/{SUFFIX}")
    script = unquote(bookmark.removeprefix("javascript:"))
    session = context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": script, "userGesture": False})
    expect(notice(page)).to_contain_text("blocked the new window")
    assert len(context.pages) == 1
    with context.expect_page() as window:
        page.get_by_role("link", name="Verify with Pith").click()
    expect(window.value.locator("#brought")).to_contain_text(ADDRESS)
    assert unpacked(window.value.evaluate("address")) == BUNDLE
    blocking.close()


# --- By a file -----------------------------------------------------------------------------


def test_too_much_for_an_address(
    quick: BrowserContext, server: Server, other: RecordSite, bookmark: str
) -> None:
    """A record that no address holds is offered as a file, and no empty window stays."""
    noise = random.Random(1).randbytes(45_000).hex()
    document = as_bytes({**bundle(SIGNED[0]), "noise": noise})
    other.json(f"/large/pith/{SUFFIX}/bundle.json", document)
    headers = {
        "Cross_Origin_Opener_Policy": "same-origin",
        "Content_Security_Policy": READS_ONLY_ITSELF,
    }
    page = at(quick, other, f"/large/pith/{SUFFIX}", **headers)
    window = opens(page, bookmark)
    expect(notice(page)).to_contain_text("Save the record")
    assert window.is_closed()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save the record").click()
    assert Path(download.value.path()).read_bytes() == document
    there = page.get_by_role("link", name="Open the verifier")
    assert there.get_attribute("href") == server.url


# --- What the page reads from its address --------------------------------------------------

GOOD = carried(BUNDLE)
DAMAGED = {
    "cut short": (GOOD[:-40], "is damaged"),
    "changed": (GOOD[:60] + "AAAA" + GOOD[64:], "is damaged"),
    "no base64": ("#document=%2A%2A", "is damaged"),
    "something after it": (GOOD + "AAAA", "is damaged"),
    "nothing": ("#document=&expect=x", "carries no record"),
    "a bomb": (carried(b"0" * (2**22 + 1)), "more than 4 MB"),
    "too long": ("#document=" + "A" * 60_001, "longer than the 60000 characters"),
    "a long number": (carried(BUNDLE, expect="x" * 2049), "longer than 2048 characters"),
}


def test_damaged_addresses(quick: BrowserContext, server: Server) -> None:
    """Each is refused in one sentence under the line that says whence, and leaves the address."""
    page = quick.new_page()
    for case, (fragment, sentence) in DAMAGED.items():
        page.goto(server.url + fragment)
        expect(page.locator("#outcome .sentence"), case).to_contain_text(sentence)
        expect(page.locator("#verdict")).to_have_text("This could not be read")
        expect(page.locator("#brought")).to_contain_text(ADDRESS)
        assert page.url == server.url, case
        page.get_by_role("button", name="Check another record").click()


def test_the_reader_went_on_meanwhile(quick: BrowserContext, server: Server) -> None:
    """What is still being read from the address does not replace what the reader went on to."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page = quick.new_page()
    page.route("**/carried.js", hold)
    page.goto(server.url + GOOD)
    expect(page.locator("#verdict")).to_have_text("Reading the record")
    page.get_by_role("button", name="Check another record").click()
    expect(page.locator("#ask")).to_be_visible()
    with page.expect_response("**/carried.js"):
        held[0].continue_()
    page.wait_for_timeout(400)
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator("#result")).to_be_hidden()


def test_a_part_that_is_missing(quick: BrowserContext, server: Server) -> None:
    """Where the page's own file does not come, it says so and gives no verdict."""
    page = quick.new_page()
    page.route("**/carried.js", lambda route: route.abort())
    page.goto(server.url + GOOD)
    expect(page.locator("#verdict")).to_have_text("The check did not finish")
    expect(page.locator("#outcome")).to_contain_text("carried.js")


# --- How it is had -------------------------------------------------------------------------


def test_the_page_offers_it(quick: BrowserContext, server: Server, repo: Path) -> None:
    """One line below 4 kB with this page's address in it; pressed here, it explains itself."""
    page = quick.new_page()
    watch = Watch(page, server.url)
    address = offered(page, server.url)
    assert len(address.encode()) < FOUR_KB
    source = (repo / "web" / "bookmarklet.js").read_text("utf-8")
    line = bookmarklet.one_line(source).replace("VERIFIER", json.dumps(server.url))
    assert unquote(address) == f"javascript:{line}"
    link = page.get_by_role("link", name="Verify with Pith")
    assert link.evaluate("link => link.draggable")
    link.press("Enter")
    expect(page.locator("#install-said")).to_contain_text("Drag it to the bookmarks bar")
    expect(page.locator("#status")).to_contain_text("not to be pressed here")
    assert quick.pages == [page]
    watch.may_say = ("Service Worker",)
    watch.check()
    assert violations(page, repo) == []
    quick.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the bookmark").click()
    assert page.evaluate("navigator.clipboard.readText()") == address


def test_nobody_waits_for_it(quick: BrowserContext, server: Server) -> None:
    """A permalink's verdict comes without it; it is there once the start page is shown."""
    page = quick.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{server.url}#example=verified")
    expect(page.locator("#verdict")).to_have_text("Checking…")
    page.wait_for_timeout(300)
    assert not {"install.js", "oneliner.js", "carried.js", "bookmarklet.js"} & {*asked}
    page.get_by_role("button", name="Check another record").click()
    page.locator("#bookmarklet[href]").wait_for()


def test_a_mirror_offers_its_own(full: BrowserContext, site: Path, tmp_path: Path) -> None:
    """The page in a mirror offers a bookmark for that very address, whatever is in it."""
    put_page(site, tmp_path)
    folder = tmp_path / "pith" / SUFFIX
    folder.mkdir(parents=True)
    (folder / "bundle.json").write_bytes(BUNDLE)
    for mirror in serving(tmp_path, '/a mirror’s "100%"/'):
        address = offered(page := full.new_page(), mirror.url)
        assert len(address.encode()) < FOUR_KB
        page.goto(f"{mirror.url}pith/{SUFFIX}/bundle.json")
        window = opens(page, address)
        assert verdict(window, mirror) == "verified"
        assert unquote(window.url).startswith(mirror.url)
        origin = mirror.url.partition("/a mirror")[0]
        expect(window.locator("#brought")).to_contain_text(f"Brought by {origin},")


def serving(folder: Path, prefix: str) -> Iterator[Server]:
    """Serve a folder under a prefix while the loop lasts."""
    server = Server(folder, prefix=prefix)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


# --- How it is made ------------------------------------------------------------------------


def test_comments_and_spaces_go_and_nothing_else() -> None:
    """Strings stay as they are; words and doubled signs stay apart."""
    source = """
    // A comment with "quotes" and 'others'.
    const a = "two  spaces // no comment"; // more
    let b = a + +c - -d;
    return [...a,
      b];
    """
    expected = 'const a="two  spaces // no comment";let b=a+ +c- -d;return[...a,b]'
    assert bookmarklet.one_line(source) == expected


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("a;\nb = 1 / 2;", "line 2: / is not understood"),
        ("a = `x`;", "line 1: ` is not understood"),
        ("a = 'x';", "line 1: ' is not understood"),
        ('a = "\\n";', "is not understood"),
        ("a = 1;\nb()\nc();", "line 2: a semicolon is missing"),
        ('a = "x"\n"y";', "line 1: a semicolon is missing"),
    ],
)
def test_what_would_need_a_guess_is_refused(source: str, sentence: str) -> None:
    """The build stops at what it cannot take apart, and says where."""
    with pytest.raises(bookmarklet.BookmarkletError, match=sentence):
        bookmarklet.one_line(source)


def test_too_long_a_one_fails_the_build() -> None:
    """Above the bound there is no bookmark, and so no page."""
    fill = "a" * (bookmarklet.LIMIT - len("javascript:f(VERIFIER,)"))
    assert bookmarklet.module(f"f(VERIFIER,{fill});")
    with pytest.raises(bookmarklet.BookmarkletError, match="3,901 bytes; at most 3,900"):
        bookmarklet.module(f"f(VERIFIER,{fill}a);")


@pytest.mark.parametrize("source", ["f();", "f(VERIFIER, VERIFIER);", 'f("a", VERIFIERS);'])
def test_the_place_of_the_address(source: str) -> None:
    """It is there once, or the build stops."""
    with pytest.raises(bookmarklet.BookmarkletError, match="has to name VERIFIER once"):
        bookmarklet.module(source)
