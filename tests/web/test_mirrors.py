"""One number asked of several mirrors at once, on real sockets: who agrees, and who lies."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from documents import SIGNED, as_bytes
from mirrors import (
    BUNDLE,
    CREATED,
    LAB,
    NUMBER,
    RECORD,
    SNAPSHOT,
    SUFFIX,
    Mirror,
    address_of_nobody,
    lab_event,
    running,
    state_of,
    tampered,
    without,
)
from playwright.sync_api import expect
from test_access import violations
from verifier import Verifier, Watch

import pithcore
import resolvers
from conftest import serve
from pithcore import Resolver
from serve import Server

STATE = state_of(BUNDLE)


class Stage(NamedTuple):
    """Three mirrors, an address where nobody answers, and a page whose policy names them all."""

    honest: Mirror
    other: Mirror
    third: Mirror
    down: str
    server: Server

    def ask(self, *urls: str, here: bool = False) -> None:
        """Have the page ask these: what a host may edit, without building anything."""
        listed = [{"name": f"Mirror {at}", "base_url": url} for at, url in enumerate(urls, 1)]
        text = json.dumps({"here": here, "resolvers": listed})
        (self.server.site / resolvers.FILE).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def stage(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything is started once; each test says what is served."""
    copy = tmp_path_factory.mktemp("mirrors") / "site"
    shutil.copytree(site, copy)
    down = address_of_nobody()
    with running(3) as mirrors, contextlib.contextmanager(serve)(copy) as server:
        urls = [*(mirror.url for mirror in mirrors), down]
        resolvers.apply(copy, [Resolver(url, url) for url in urls])
        yield Stage(*mirrors, down, server)


@pytest.fixture(autouse=True)
def fresh(stage: Stage) -> None:
    """Two honest mirrors, and one that holds its answer back."""
    for mirror in (stage.honest, stage.other, stage.third):
        mirror.serve(BUNDLE, STATE)
        mirror.cors = True
        mirror.asked.clear()
        mirror.open.set()
    stage.third.open.clear()
    stage.ask(stage.honest.url, stage.other.url)


@pytest.fixture
def server(stage: Stage) -> Server:
    """The page with these mirrors, in place of the usual one."""
    return stage.server


@pytest.fixture
def watch(watch: Watch, stage: Stage) -> Watch:
    """The mirrors may be asked, and a browser logs each failure."""
    watch.may_ask = ("http://127.0.0.1:",)
    watch.may_say = ("Failed to load resource", "CORS")
    return watch


def look_up(verifier: Verifier, text: str = NUMBER) -> Verifier:
    """Look the record up, trusting the lab."""
    verifier.open().set(key_id=LAB.key_id, key=LAB.public_key.hex()).look_up(text)
    return verifier


def test_mirrors_that_agree(verifier: Verifier, stage: Stage) -> None:
    """Two honest mirrors: both named, their states follow, and the merged state is shown."""
    look_up(verifier)
    assert verifier.verdict() == "verified"
    assert verifier.mirrors() == {stage.honest.url: "verified", stage.other.url: "verified"}
    assert verifier.notices() == []
    outcome = verifier.page.locator("#outcome")
    expect(outcome).to_contain_text("Both agree: the same record, and the same signed events.")
    expect(verifier.page.get_by_text("Follows from its events")).to_have_count(2)
    expect(verifier.page.get_by_text("Agrees", exact=True)).to_have_count(2)
    counts = outcome.locator(".counts dd").all_inner_texts()
    assert counts == ["2", "2", "0", "0", "0", "1"]
    assert (
        stage.honest.asked
        == stage.other.asked
        == [f"/pith/{SUFFIX}/{name}.json" for name in ("bundle", "state")]
    )


def test_the_download_holds_report_and_comparison(verifier: Verifier, stage: Stage) -> None:
    """The report and the comparison are downloaded side by side, as the library makes them."""
    look_up(verifier)
    found = verifier.report()
    assert found["report"]["schema"] == "pithcore.report/1"
    keyring = pithcore.PITH_KEYRING.with_key(LAB)
    copies = [(mirror.url, json.dumps(BUNDLE).encode()) for mirror in (stage.honest, stage.other)]
    by_library = pithcore.compare_copies(copies, expect=NUMBER, keyring=keyring).to_dict()
    # Words that name the reader's own key differ; nothing else does.
    assert found["comparison"] == by_library
    assert found["comparison"]["schema"] == "pithcore.comparison/1"
    assert [one["name"] for one in found["asked"]] == [stage.honest.url, stage.other.url]


def fork(number: int) -> pithcore.report.JSON:
    """One of several events of the lab that all replace the same one."""
    payload = {"graph_snapshot": {}}
    return lab_event("graph_snapshot", payload, 2 + number, replaces=[SNAPSHOT["event_id"]])


class Lie(NamedTuple):
    """What the other mirror serves, and what the reader is told of it."""

    bundle: pithcore.report.JSON
    state: pithcore.report.JSON
    notice: str
    said: str
    outcome: str


LESS = without(BUNDLE, SNAPSHOT)
LIES = {
    "tampered record": Lie(
        tampered(BUNDLE), STATE, "One mirror lies", "does not have the digest", "failed"
    ),
    "record of another number": Lie(
        pithcore.make_bundle(SIGNED[0]["canonical_record"]),
        None,
        "One mirror lies",
        "this is another record",
        "failed",
    ),
    "forged event": Lie(
        {**BUNDLE, "events": [CREATED, {**SNAPSHOT, "created_at": "2026-06-02T00:00:00Z"}]},
        None,
        "One mirror lacks what others prove",
        "lacks 1 event",
        "verified",
    ),
    "state that does not follow": Lie(
        BUNDLE,
        {**STATE, "valid_event_count": 3, "event_count": 3},
        "One mirror lies",
        "differs at $.event_count",
        "verified",
    ),
    "state of another record": Lie(
        BUNDLE,
        pithcore.merge([], SIGNED[0]["pith"], record=SIGNED[0]["canonical_record"]).to_dict(),
        "One mirror lies",
        "gives a state that does not follow",
        "verified",
    ),
    "withheld event": Lie(
        LESS, state_of(LESS), "One mirror lacks what others prove", "lacks 1 event", "verified"
    ),
}


@pytest.mark.parametrize("case", LIES)
def test_a_lying_mirror_is_caught(verifier: Verifier, stage: Stage, case: str) -> None:
    """The honest copy's verdict stands; the other mirror is named with what it does, up front."""
    lie = LIES[case]
    stage.other.serve(lie.bundle, lie.state)
    stage.ask(stage.other.url, stage.honest.url)  # that it is asked first gains it nothing
    look_up(verifier)
    assert verifier.verdict() == "verified"
    assert verifier.notices() == [lie.notice]
    notice = verifier.page.locator("#outcome .notice")
    expect(notice).to_contain_text(stage.other.host)
    expect(notice).to_contain_text(lie.said)
    assert verifier.mirrors() == {stage.other.url: lie.outcome, stage.honest.url: "verified"}
    row = verifier.page.locator(f'.copies tr[data-name="{stage.other.url}"]')
    expect(row).to_contain_text("Does not agree")
    expect(verifier.page.locator(".copies .best")).to_have_attribute("data-name", stage.honest.url)
    expect(verifier.page.locator("#status")).to_have_text(f"Verified. {lie.notice}")
    expect(verifier.page.locator(".subject")).to_contain_text(stage.honest.host)


def test_slow_and_down_are_no_lies(verifier: Verifier, stage: Stage) -> None:
    """Mirrors that are slow or down are named as that; the verdict comes soon, and is not red."""
    stage.ask(stage.down, stage.third.url, stage.honest.url)
    verifier.open().ready().look_up(NUMBER)
    verifier.page.locator("#verdict.verified").wait_for(timeout=12_000)
    assert verifier.mirrors() == {
        stage.down: "unreachable",
        stage.third.url: "late",
        stage.honest.url: "verified",
    }
    assert verifier.notices() == []
    expect(verifier.page.locator("#outcome")).to_contain_text("says nothing about the record")


def test_without_the_record_or_without_leave(verifier: Verifier, stage: Stage) -> None:
    """A mirror without the record, and one that lets no page read it, are told apart."""
    stage.other.serve(None)
    stage.third.open.set()
    stage.third.cors = False
    stage.ask(stage.other.url, stage.third.url, stage.honest.url)
    look_up(verifier)
    assert verifier.verdict() == "verified"
    assert verifier.mirrors() == {
        stage.other.url: "not_found",
        stage.third.url: "unreadable",
        stage.honest.url: "verified",
    }
    assert verifier.notices() == []
    link = verifier.page.get_by_role("link", name=f"The bundle at {stage.third.host}")
    expect(link).to_have_attribute("href", f"{stage.third.url}/pith/{SUFFIX}/bundle.json")


UNSIGNED = pithcore.make_bundle(RECORD["canonical_record"])


@pytest.mark.parametrize("quick", [tampered(BUNDLE), UNSIGNED], ids=["tampered", "unsigned"])
def test_a_quick_lie_does_not_outrun_the_truth(
    verifier: Verifier, stage: Stage, quick: pithcore.report.JSON
) -> None:
    """While nobody has given a verified copy, the page waits for those that are slow."""
    stage.other.serve(quick)
    stage.ask(stage.other.url, stage.third.url)
    look_up(verifier.open().ready())
    threading.Timer(7, stage.third.open.set).start()
    assert verifier.verdict() == "verified"
    expect(verifier.page.locator(".copies .best")).to_have_attribute("data-name", stage.third.url)


def test_a_lie_alone_fails(verifier: Verifier, stage: Stage) -> None:
    """When only a lying mirror answers, its copy's verdict is the one shown: it fails."""
    stage.other.serve(tampered(BUNDLE))
    stage.ask(stage.down, stage.other.url)
    look_up(verifier)
    assert verifier.verdict() == "failed"
    assert verifier.mirrors() == {stage.down: "unreachable", stage.other.url: "failed"}


def test_nobody_answers(verifier: Verifier, stage: Stage) -> None:
    """When no mirror gives anything, each one's reason is named, and nothing is said of it."""
    stage.other.serve(None)
    stage.ask(stage.down, stage.other.url)
    look_up(verifier)
    assert verifier.headline() == "The record could not be fetched"
    reasons = verifier.page.locator(".reasons")
    expect(reasons).to_contain_text("could not be reached")
    expect(reasons).to_contain_text("has no such record")


def test_a_mirror_of_something_else(verifier: Verifier, stage: Stage) -> None:
    """A server that sends some page in place of a record is called unreadable, not a liar."""
    stage.other.files = {f"/pith/{SUFFIX}/bundle.json": b"<!doctype html><p>Please log in"}
    look_up(verifier)
    assert verifier.verdict() == "verified"
    assert verifier.mirrors()[stage.other.url] == "refused"
    assert verifier.notices() == []


def test_equivocation_across_mirrors(verifier: Verifier, stage: Stage) -> None:
    """Two mirrors, each with one of two statements that exclude each other: it is the signer's."""
    for at, mirror in enumerate((stage.honest, stage.other)):
        mirror.serve(
            pithcore.make_bundle(RECORD["canonical_record"], [*BUNDLE["events"], fork(at)])
        )
    look_up(verifier)
    assert verifier.notices() == [
        "A signer contradicts themselves",
        "2 mirrors lack what others prove",
    ]
    notice = verifier.page.locator("#outcome .notice").first
    expect(notice).to_contain_text("The key test-lab signed two successors of one event")
    for mirror in (stage.honest, stage.other):
        expect(notice).to_contain_text(mirror.host)


def test_one_server_is_asked_as_ever(verifier: Verifier, stage: Stage) -> None:
    """With one server in the list there is one request, for the bundle, and no table."""
    stage.ask(stage.honest.url)
    look_up(verifier)
    assert verifier.verdict() == "verified"
    assert stage.honest.asked == [f"/pith/{SUFFIX}/bundle.json"]
    expect(verifier.page.locator(".copies")).to_have_count(0)
    assert verifier.report()["schema"] == "pithcore.report/1"


def test_a_permalink_asks_them_all(verifier: Verifier, stage: Stage) -> None:
    """The address of a check repeats the comparison."""
    verifier.open(f"#{NUMBER}")
    assert verifier.verdict() == "verified"
    assert set(verifier.mirrors()) == {stage.honest.url, stage.other.url}
    expect(verifier.page).to_have_url(f"{verifier.url}#{NUMBER}")


def test_the_site_itself(verifier: Verifier, stage: Stage) -> None:
    """`"here": true` makes the page ask its own site first, as a mirror's page does."""
    folder = stage.server.site / "pith" / SUFFIX
    folder.mkdir(parents=True)
    (folder / "bundle.json").write_bytes(as_bytes(BUNDLE))
    (folder / "state.json").write_bytes(as_bytes(STATE))
    try:
        stage.ask(stage.honest.url, here=True)
        look_up(verifier)
        assert verifier.verdict() == "verified"
        assert [*verifier.mirrors()] == [stage.server.url.rstrip("/"), stage.honest.url]
        expect(verifier.page.locator(".copies .best")).to_contain_text("This site")
        stage.ask(here=True)
        look_up(verifier)
        assert verifier.verdict() == "verified"
        expect(verifier.page.locator(".copies")).to_have_count(0)
        expect(verifier.page.locator(".subject")).to_contain_text("/pith-verifier/pith/")
    finally:
        shutil.rmtree(folder)


def test_static_mirrors_learn_the_number(verifier: Verifier, stage: Stage) -> None:
    """Asked by arXiv identifier, a mirror that knows full numbers only is asked again by number."""
    stage.honest.serve(BUNDLE, STATE, at=RECORD["arxiv"])
    look_up(verifier, RECORD["arxiv"])
    assert verifier.verdict() == "verified"
    assert verifier.mirrors() == {stage.honest.url: "verified", stage.other.url: "verified"}
    assert f"/pith/{SUFFIX}/bundle.json" in stage.other.asked


def test_another_version_is_no_lie(verifier: Verifier, stage: Stage) -> None:
    """Asked by arXiv identifier, a good record of another version is set aside, not blamed."""
    second = tampered({"record": RECORD["canonical_record"]})["record"]
    for mirror, bundle in ((stage.honest, BUNDLE), (stage.other, pithcore.make_bundle(second))):
        mirror.serve(bundle, at=RECORD["arxiv"])
    look_up(verifier, RECORD["arxiv"])
    assert verifier.verdict() == "verified"
    assert verifier.notices() == ["One mirror has another record"]
    notice = verifier.page.locator("#outcome .notice")
    expect(notice).to_contain_text(str(pithcore.number_of(second)))


def test_a_mirror_of_the_reader(verifier: Verifier, stage: Stage) -> None:
    """A mirror that the reader types in is asked as well, when the page's policy names it."""
    stage.ask(stage.honest.url)
    verifier.open().set(mirrors=f"{stage.other.url}/").look_up(NUMBER)
    assert verifier.verdict() == "verified"
    assert verifier.mirrors() == {stage.honest.url: "verified", stage.other.url: "verified"}
    expect(verifier.page.locator(".copies")).to_contain_text("Added by you")


def test_a_mirror_that_the_policy_forbids(verifier: Verifier, stage: Stage) -> None:
    """It is not asked, which the page says; it offers the bundle's address and the terminal."""
    verifier.watch.may_say = ()  # and the policy has nothing to refuse
    stage.ask(stage.honest.url)
    verifier.open().set(mirrors="mirror.example.org/pith").look_up(NUMBER)
    assert verifier.verdict() == "verified"
    mirror = "https://mirror.example.org/pith"
    assert verifier.mirrors() == {stage.honest.url: "verified", mirror: "unlisted"}
    assert verifier.notices() == []
    link = verifier.page.get_by_role("link", name="The bundle at mirror.example.org/pith")
    expect(link).to_have_attribute("href", f"{mirror}/pith/{SUFFIX}/bundle.json")
    expect(verifier.page.locator("#outcome .shell").first).to_contain_text(
        f"pith mirror check {stage.honest.url} {mirror} --number {NUMBER}"
    )


@pytest.mark.parametrize("typed", ["http://mirror.example.org", "ftp://x", "https://me:pw@x.org"])
def test_no_address_of_a_mirror(verifier: Verifier, stage: Stage, typed: str) -> None:
    """What is no mirror's address is answered beside its field, and nobody is asked."""
    verifier.open().set(mirrors=typed).look_up(NUMBER)
    expect(verifier.page.locator("#mirrors-error")).to_contain_text(typed)
    expect(verifier.page.locator("#mirrors")).to_be_focused()
    assert stage.honest.asked == []


def test_the_page_says_whom_it_asks(verifier: Verifier, stage: Stage) -> None:
    """Before anything is sent, the form names the servers that a lookup asks."""
    hint = verifier.open().page.locator("#query-hint")
    for host in (stage.honest.host, stage.other.host):
        expect(hint).to_contain_text(host)


def test_a_spoilt_list(verifier: Verifier, stage: Stage) -> None:
    """Without a readable list the page asks those that pithcore lists, and nobody is invented."""
    (stage.server.site / resolvers.FILE).write_text('{"resolvers": [{"name": 1}]}', "utf-8")
    asked = verifier.resolver(lambda route: route.fulfill(status=404))
    verifier.watch.may_say = ("",)  # this page's policy does not name that server
    verifier.open().look_up(NUMBER)
    assert verifier.headline() == "The record could not be fetched"
    assert asked == []
    assert stage.honest.asked == []


def test_progress_is_told(verifier: Verifier, stage: Stage) -> None:
    """While a mirror is awaited, what the others gave is there, and the live region counts."""
    stage.ask(stage.honest.url, stage.other.url, stage.third.url)
    look_up(verifier)
    expect(verifier.page.locator("#status")).to_have_text("2 of 3 mirrors are done.")
    row = verifier.page.locator(f'.copies tr[data-name="{stage.honest.url}"]')
    expect(row).to_contain_text("Verified")
    waiting = verifier.page.locator(f'.copies tr[data-name="{stage.third.url}"]')
    expect(waiting).to_contain_text("Asking…")
    assert verifier.verdict() == "verified"


def everything_at_once(verifier: Verifier, stage: Stage) -> None:
    """The fullest view: an honest mirror, two that lie, one that is down, one not asked."""
    stage.other.serve(tampered(BUNDLE))
    stage.third.open.set()
    stage.third.serve(LESS, {**state_of(LESS), "event_count": 9})
    stage.ask(stage.honest.url, stage.other.url, stage.third.url, stage.down)
    verifier.open().set(
        key_id=LAB.key_id, key=LAB.public_key.hex(), mirrors="https://mirror.example.org"
    )
    verifier.look_up(NUMBER)
    assert verifier.notices() == ["2 mirrors lie", "One mirror lacks what others prove"]
    verifier.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def test_axe_finds_nothing(verifier: Verifier, stage: Stage, repo: Path) -> None:
    """No violation at level A or AA in a comparison, in light and dark, wide and narrow."""
    everything_at_once(verifier, stage)
    verifier.page.wait_for_timeout(300)
    for scheme, width in (("light", 1280), ("dark", 390)):
        verifier.page.emulate_media(color_scheme=scheme)
        verifier.page.set_viewport_size({"width": width, "height": 800})
        verifier.page.wait_for_timeout(50)
        assert violations(verifier.page, repo) == [], f"in {scheme}"


@pytest.mark.parametrize("width", [320, 800])
def test_nothing_is_cut_off(verifier: Verifier, stage: Stage, width: int) -> None:
    """A comparison does not scroll sideways on narrow screens, and stays a table there."""
    verifier.page.set_viewport_size({"width": width, "height": 640})
    everything_at_once(verifier, stage)
    widths = verifier.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert widths[0] <= widths[1]
    assert verifier.page.get_by_role("row").count() >= 5
    assert verifier.page.get_by_role("rowheader").count() == 5


# --- Several files -----------------------------------------------------------------------

Bring = Callable[[Verifier, dict[str, bytes]], None]

MAKE_FILES = """files => {
  const data = new DataTransfer();
  for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name));
  return data;
}"""


def _files(verifier: Verifier, files: dict[str, bytes]):
    texts = {name: content.decode() for name, content in files.items()}
    return verifier.page.evaluate_handle(MAKE_FILES, texts)


def drop(verifier: Verifier, files: dict[str, bytes]) -> None:
    """Drop them on the page."""
    verifier.page.dispatch_event("h1", "drop", {"dataTransfer": _files(verifier, files)})


def paste(verifier: Verifier, files: dict[str, bytes]) -> None:
    """Paste them, copied in a file manager."""
    verifier.page.evaluate(
        "data => dispatchEvent(new ClipboardEvent('paste', {clipboardData: data}))",
        _files(verifier, files),
    )


def choose(verifier: Verifier, files: dict[str, bytes]) -> None:
    """Choose them in the file dialogue."""
    verifier.page.locator("#file").set_input_files(
        [{"name": n, "mimeType": "application/json", "buffer": b} for n, b in files.items()]
    )


@pytest.mark.parametrize("bring", [drop, paste, choose], ids=lambda one: one.__name__)
def test_several_files_are_copies(verifier: Verifier, bring: Bring) -> None:
    """Files brought together are compared; the altered one is named, the good one is reported."""
    files = {"theirs.json": as_bytes(tampered(BUNDLE)), "ours.json": as_bytes(BUNDLE)}
    verifier.open().set(key_id=LAB.key_id, key=LAB.public_key.hex())
    bring(verifier, files)
    assert verifier.verdict() == "verified"
    assert verifier.notices() == ["One copy is not what it claims to be"]
    assert verifier.mirrors() == {"theirs.json": "failed", "ours.json": "verified"}
    assert verifier.report()["comparison"]["pith_number"] == NUMBER


def test_a_state_among_the_files(verifier: Verifier) -> None:
    """A state dropped with its bundle is held against it."""
    verifier.open().set(key_id=LAB.key_id, key=LAB.public_key.hex())
    drop(verifier, {"bundle.json": as_bytes(BUNDLE), "state.json": as_bytes(STATE)})
    assert verifier.verdict() == "verified"
    row = verifier.page.locator('.copies tr[data-name="state.json"]')
    expect(row).to_contain_text("Follows from its events")


def test_files_of_the_same_name(verifier: Verifier) -> None:
    """Files of one name, from several folders, are told apart."""
    verifier.open()
    buffers = [{"name": "bundle.json", "mimeType": "", "buffer": as_bytes(BUNDLE)}] * 2
    verifier.page.locator("#file").set_input_files(buffers)
    assert [*verifier.mirrors()] == ["bundle.json", "bundle.json (2)"]


def test_files_of_two_records(verifier: Verifier) -> None:
    """Good files of two records do not fail each other: the second is set aside."""
    verifier.open()
    other = pithcore.make_bundle(SIGNED[0]["canonical_record"])
    drop(verifier, {"one.json": as_bytes(BUNDLE), "two.json": as_bytes(other)})
    assert verifier.verdict() == "verified"
    assert verifier.notices() == ["One copy has another record"]


def test_files_that_are_none(verifier: Verifier) -> None:
    """When none of the files can be read, the page says so, and nothing of any record."""
    verifier.open()
    drop(verifier, {"a.txt": b"Hello", "b.json": b"{"})
    assert verifier.headline() == "This could not be read"
    expect(verifier.page.locator(".sentence")).to_contain_text("None of the 2 can be read")


def test_too_many_files(verifier: Verifier) -> None:
    """More copies than anybody compares are refused with a sentence."""
    verifier.open()
    drop(verifier, {f"{at}.json": b"{}" for at in range(17)})
    expect(verifier.page.locator(".sentence")).to_contain_text("at most 16")
