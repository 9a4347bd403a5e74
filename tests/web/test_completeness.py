"""The panel of completeness: what a reader brings, whom they have asked, and what it then says."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import recordsite
from documents import SEED, SIGNED, as_bytes, bundle, with_id
from playwright.sync_api import Browser, Locator, Route, expect
from verifier import RESOLVER, Verifier, Watch

from serve import Server

sys.path.append(str(Path(__file__).resolve().parents[1] / "pithcore"))

from claims import (
    AUTHOR,
    CAPTURE,
    ORCID,
    OTHER,
    authored,
    claim,
    named_by_did,
    stamped,
    taken_back,
)
from histories import ALICE, BOB, DIGEST, NUMBER
from stamps import (
    EASY,
    SHA,
    block,
    chain,
    checkpoint,
    fresh,
    hash_of,
    mine,
    path,
    pending,
    stamp,
)
from test_access import violations

from pithcore.timestamp import (
    Checkpoint,
    Checkpoints,
    evaluate,
    format_checkpoints,
    serialize,
)

DIGEST_BYTES = bytes.fromhex(DIGEST)
HEIGHT = 2_016_449
STEPS = [SHA, *path(3, 4)]
PROOF = serialize(stamp(*STEPS, block(HEIGHT), digest=DIGEST_BYTES))
ROOT = evaluate(stamp(*STEPS, block(HEIGHT), digest=DIGEST_BYTES))[0].message
assert ROOT is not None
KNOWN_HEIGHT = 700_001
"""Of a block in a period whose difficulty the page's own table has."""
KNOWN = serialize(stamp(*STEPS, block(KNOWN_HEIGHT), digest=DIGEST_BYTES))
CHAIN = chain(HEIGHT, [ROOT, bytes(32), b"\1" * 32])
HEADERS = b"".join(CHAIN.values())
LINKED = format_checkpoints(checkpoint(HEIGHT + 2, CHAIN[HEIGHT + 2]))
EASY_PERIOD = format_checkpoints(Checkpoints.of([Checkpoint(HEIGHT + 300, None, EASY)]))
"""Knows how little work a header of that period needs, and no block of it."""
ANOTHER = mine(bytes(32), ROOT, time=1_700_009_999)
EXPLORERS = {"blockstream.info": "/api", "mempool.space": "/api"}
ASK_EXPLORERS = f"Ask two explorers about block {HEIGHT}"
ASK_ORCID = f"Ask ORCID whether {ORCID} lists this key"

DROP = """files => {
  const data = new DataTransfer();
  for (const [name, text] of files) {
    data.items.add(new File([Uint8Array.from(atob(text), c => c.charCodeAt(0))], name));
  }
  return data;
}"""


def document(*events: Any, **status: Any) -> bytes:
    """The bundle of a record with events, and the server's word on its completeness."""
    made = {name: value for name, value in bundle(SEED).items() if name != "events"}
    made["events"] = [*events]
    if status:
        made["verification_status"] = status
    return as_bytes(made)


class Outside:
    """Explorers and ORCID: a site on this machine, asked in their place; else out of reach."""

    def __init__(self, site: recordsite.RecordSite) -> None:
        self.site = site
        self.asked: list[str] = []

    def clear(self) -> None:
        """Nobody answers."""
        self.site.files.clear()
        self.asked.clear()

    def says(self, address: str, body: str | bytes) -> None:
        """Answer at that address, given without its scheme, to pages of any site."""
        data = body.encode() if isinstance(body, str) else body
        anyone = (("Access-Control-Allow-Origin", "*"),)
        self.site.files[f"/{address}"] = recordsite.File(data, "text/plain", anyone)

    def header(self, explorer: str, raw: bytes, named: bytes | None = None) -> None:
        """Let an explorer answer both questions about the block."""
        block_hash = (named or hash_of(raw))[::-1].hex()
        base = f"{explorer}/api"
        self.says(f"{base}/block-height/{HEIGHT}", block_hash)
        self.says(f"{base}/block/{block_hash}/header", raw.hex() + "\n")

    def handle(self, route: Route) -> None:
        """Pass a request on."""
        address = route.request.url.removeprefix("https://")
        self.asked.append(address)
        if f"/{address}" not in self.site.files:
            anyone = {"Access-Control-Allow-Origin": "*"}
            route.fulfill(status=404, body="Block not found", headers=anyone)
        else:
            route.fulfill(response=route.fetch(url=f"{self.site.origin}/{address}"))


class Shown:
    """The page, open for all tests of this file, each of which brings its own record."""

    def __init__(self, verifier: Verifier, outside: Outside) -> None:
        self.verifier = verifier
        self.page = verifier.page
        self.outside = outside

    def bring(self, data: bytes, **options: str) -> Shown:
        """Start over with a record."""
        self.page.evaluate("location.hash && history.replaceState(null, '', location.pathname)")
        again = self.page.get_by_role("button", name="Check another record")
        if again.is_visible():
            again.click()
        self.verifier.set(**{"key_id": "", "key": "", **options})
        self.verifier.paste(data)
        self.verifier.headline()
        return self

    def drop(self, **files: bytes) -> Shown:
        """Drop files, `name_ext` as `name.ext`, and wait until they were looked at."""
        named = [
            [name.replace("_", "."), base64.b64encode(data).decode()]
            for name, data in files.items()
        ]
        before = self.page.locator("#completeness .note")
        if before.count():
            before.evaluate("note => { note.textContent = 'before'; }")
        drag = self.page.evaluate_handle(DROP, named)
        self.page.dispatch_event("body", "drop", {"dataTransfer": drag})
        self.settled()
        return self

    def press(self, name: str) -> Shown:
        """Press a button of the panel and wait for the answer."""
        self.page.locator("#completeness .note").evaluate("n => { n.textContent = 'before'; }")
        self.page.get_by_role("button", name=name).click()
        self.settled()
        return self

    def settled(self) -> None:
        """Wait until the page has said what came of it."""
        self.page.wait_for_function(
            """() => {
              const note = document.querySelector("#completeness .note");
              const waits = /^(before|Asking;|Checking again with what)/;
              return note && !document.querySelector("#verdict.running")
                && !waits.test(note.textContent);
            }"""
        )

    def row(self, name: str) -> Locator:
        """One of the five."""
        return self.page.locator(f'#completeness .item[data-id="completeness.{name}"]')

    def fact(self, name: str, label: str) -> str:
        """What stands under a label of a row."""
        found = (
            self.row(name)
            .locator("dl.subject > div")
            .filter(has=self.page.locator("dt", has_text=label))
        )
        return found.locator("dd").inner_text()

    def level(self) -> str:
        """The level of the timestamp and its outcome."""
        row = self.row("timestamp")
        row.wait_for()
        return f"{row.get_attribute('data-level')} {row.get_attribute('data-outcome')}"

    def said(self) -> str:
        """The note of the panel."""
        return self.page.locator("#completeness .note").inner_text()


@pytest.fixture(scope="module")
def opened(browser: Browser, server: Server) -> Iterator[Shown]:
    """The page, started once."""
    context = browser.new_context(service_workers="block", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(10_000)
    watch = Watch(page, server.url)
    with recordsite.running() as site:
        outside = Outside(site)
        for host in ("blockstream.info", "mempool.space", "pub.orcid.org"):
            context.route(f"https://{host}/**", outside.handle)
        yield Shown(Verifier(page, server.url, watch).open().ready(), outside)
    context.close()


@pytest.fixture
def shown(opened: Shown) -> Iterator[Shown]:
    """The page of this file; a test fails when it complains, or asks unless told to."""
    watch = opened.verifier.watch
    watch.errors.clear()
    watch.asked.clear()
    watch.may_ask = ()
    watch.may_say = ()
    opened.outside.clear()
    yield opened
    watch.check()


def asks(shown: Shown, *hosts: str) -> None:
    """Say that this test has others asked, who may answer with an error."""
    shown.verifier.watch.may_ask = tuple(f"https://{host}/" for host in hosts)
    shown.verifier.watch.may_say = ("Failed to load resource",)


# Timestamp, level by level


def test_a_record_without_any_of_it(shown: Shown) -> None:
    """Nothing claimed and nothing carried: one line, and no panel."""
    shown.bring(document())
    expect(shown.page.locator("#completeness")).to_contain_text("No timestamp, archive capture")
    assert shown.page.locator("#completeness .item").count() == 0


LEVELS: dict[str, tuple[dict[str, bytes], str, str]] = {
    "malformed": ({"a_ots": PROOF[:-3]}, "malformed failed", "cannot be read"),
    "other bytes": (
        {"a_ots": serialize(stamp(SHA, block(HEIGHT), digest=bytes(32)))},
        "other_bytes failed",
        "is for other bytes",
    ),
    "promised": (
        {"a_ots": serialize(fresh()._replace(digest=DIGEST_BYTES))},
        "promised unchecked",
        "Promised by calendars",
    ),
    "commits": ({"a_ots": PROOF}, "commits unchecked", "was not checked"),
    "header matches": (
        {"a_ots": PROOF, "a_headers": HEADERS[:80], "checkpoints_txt": EASY_PERIOD},
        "header_matches unchecked",
        "not linked to the chain",
    ),
    "linked": (
        {"a_ots": PROOF, "some_bin": HEADERS, "checkpoints_txt": LINKED},
        "linked passed",
        f"linked by 3 headers to the checkpoint at block {HEIGHT + 2}",
    ),
    "forged header": (
        {"a_ots": KNOWN, "a_headers": HEADERS[:80]},
        "header_refused failed",
        "is not the chain's",
    ),
    "forged table": (
        {
            "a_ots": KNOWN,
            "checkpoints_txt": format_checkpoints(checkpoint(KNOWN_HEIGHT, CHAIN[HEIGHT])),
        },
        "commits unchecked",
        "contradicts this verifier's own",
    ),
    "broken link": (
        {
            "a_ots": PROOF,
            "a_headers": HEADERS[:80] + mine(bytes(32), bytes(32)) + HEADERS[160:],
            "checkpoints_txt": LINKED,
        },
        "header_refused failed",
        "does not name the block before it",
    ),
    "contradicted": (
        {"a_ots": PROOF, "a_headers": mine(bytes(32), b"\7" * 32), "checkpoints_txt": EASY_PERIOD},
        "contradicted failed",
        "That block does not hold it",
    ),
}


@pytest.mark.parametrize("name", LEVELS)
def test_levels_of_a_proof_brought_along(shown: Shown, name: str) -> None:
    """Each level in words, with its outcome, from files dropped on the shown record."""
    files, level, sentence = LEVELS[name]
    shown.bring(document()).drop(**files)
    assert shown.level() == level
    assert sentence in shown.fact("timestamp", "Checked here")
    assert shown.fact("timestamp", "Found") == "A proof beside the document."
    assert "Checked again with a.ots" in shown.said()
    expect(shown.page.locator("#completeness h2")).to_be_focused()
    failed = level.endswith("failed")
    assert (shown.verifier.verdict() == "failed") == failed
    asks_explorers = shown.page.get_by_role("button", name="Ask two explorers about block")
    may_ask = level.split()[0] in ("commits", "header_matches")
    assert asks_explorers.count() == int(may_ask)


def test_all_at_once_with_the_record(shown: Shown) -> None:
    """Record, proof, headers and checkpoints dropped together are one check."""
    shown.bring(document()).drop(
        record_json=document(externally_anchored=True),
        a_ots=PROOF,
        a_headers=HEADERS,
        checkpoints_txt=LINKED,
    )
    assert shown.level() == "linked passed"
    assert shown.fact("timestamp", "Claimed by the server") == "Yes (externally_anchored)"
    assert shown.verifier.report()["input"]["source"] == "record.json"


def test_electrums_checkpoints_are_recognised(shown: Shown) -> None:
    """Electrum's file is read as such: it does not reach the block, and that is said."""
    target = ((1 << 16) - 1) << 208
    electrum = json.dumps([["0" * 8 + "a" * 56, target]]).encode()
    shown.bring(document()).drop(a_ots=PROOF, a_headers=HEADERS, checkpoints_json=electrum)
    assert shown.level() == "commits unchecked"
    assert "do not reach that block" in shown.fact("timestamp", "Checked here")


def test_later_material_is_added(shown: Shown) -> None:
    """First the proof, then the headers, then the checkpoints: each raises it."""
    shown.bring(document()).drop(a_ots=PROOF)
    assert shown.level() == "commits unchecked"
    shown.drop(checkpoints_txt=LINKED)
    shown.drop(a_headers=HEADERS)
    assert shown.level() == "linked passed"
    facts = shown.row("timestamp").locator("details")
    facts.locator("summary").click()
    expect(facts).to_contain_text(hash_of(CHAIN[HEIGHT])[::-1].hex())


def test_headers_go_with_their_proof(shown: Shown) -> None:
    """Another proof is not held against the headers that came for the one before."""
    shown.bring(document()).drop(a_ots=PROOF, a_headers=HEADERS, c_txt=LINKED)
    shown.drop(b_ots=serialize(stamp(SHA, block(HEIGHT), digest=DIGEST_BYTES)))
    assert shown.level() == "commits unchecked"
    shown.drop(a_headers=HEADERS)
    assert shown.level() == "contradicted failed"


def test_a_calendars_bare_response(shown: Shown) -> None:
    """It has no mark; it is known by the tag of its attestation, once a record is there."""
    response = serialize(stamp(*STEPS, pending("https://a.example"), digest=DIGEST_BYTES))[65:]
    shown.bring(document()).drop(response_bin=response)
    assert shown.level() == "promised unchecked"


REFUSED: dict[str, tuple[dict[str, bytes], str]] = {
    "picture": ({"a_png": b"\x89PNG\r\n\x1a\n\0\0"}, "a.png is none of what this page reads"),
    "two proofs": ({"a_ots": PROOF, "b_ots": PROOF}, "2 timestamp proofs: bring one"),
    "headers alone": ({"a_headers": HEADERS}, "no timestamp proof here"),
    "a byte short": (
        {"a_ots": PROOF, "a_headers": HEADERS[:-1]},
        "a.headers cannot be used. A file of block headers has a multiple of 80 bytes, not 239.",
    ),
    "checkpoints": (
        {"a_ots": PROOF, "c_txt": LINKED + b"x\n"},
        "c.txt cannot be used. Line 3 is no checkpoint",
    ),
    "large proof": ({"a_ots": PROOF + bytes(70_000)}, "a.ots has more than 65,536 bytes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_gets_a_sentence(shown: Shown, name: str) -> None:
    """The sentence names the file, and the record in sight stays as it is."""
    files, sentence = REFUSED[name]
    shown.bring(document()).drop(**files)
    assert sentence in shown.said()
    assert shown.verifier.verdict() == "intact"
    expect(shown.page.locator("#status")).to_contain_text(sentence[:30])


def test_material_without_a_record(shown: Shown) -> None:
    """A proof alone says nothing, and the page says so."""
    shown.bring(document())
    shown.page.get_by_role("button", name="Check another record").click()
    drag = shown.page.evaluate_handle(DROP, [["a.ots", base64.b64encode(PROOF).decode()]])
    shown.page.dispatch_event("body", "drop", {"dataTransfer": drag})
    expect(shown.page.locator("#outcome")).to_contain_text("it says nothing without a record")


def test_a_proof_in_an_event(shown: Shown) -> None:
    """The document's own proof is looked at, whoever signed it; headers are placed by it."""
    shown.bring(document(stamped(PROOF)))
    assert shown.level() == "commits unchecked"
    shown.drop(a_headers=HEADERS, c_txt=LINKED)
    assert shown.level() == "linked passed"


def test_shared_proofs_are_for_other_bytes(shown: Shown, vectors: Path) -> None:
    """A real proof is not this record's; a damaged one is no proof."""
    for name, level in (
        ("valid/hello-world.txt.ots", "other_bytes failed"),
        ("malformed/truncated-digest.ots", "malformed failed"),
        ("malformed/bad-magic.ots", "malformed failed"),
    ):
        shown.bring(document()).drop(a_ots=(vectors / "ots" / name).read_bytes())
        assert shown.level() == level, name


# Explorers


def ask_explorers(shown: Shown) -> str:
    """Bring the proof, ask, and return the level."""
    asks(shown, *EXPLORERS)
    shown.bring(document()).drop(a_ots=PROOF, c_txt=EASY_PERIOD)
    assert shown.outside.asked == []
    shown.press(ASK_EXPLORERS)
    return shown.level()


def test_explorers_that_agree(shown: Shown) -> None:
    """Both report the header: it passes, and both are named."""
    for explorer in EXPLORERS:
        shown.outside.header(explorer, CHAIN[HEIGHT])
    assert ask_explorers(shown) == "reported passed"
    assert "2 of 2 explorers report this header" in shown.fact("timestamp", "Checked here")
    assert "blockstream.info answered. mempool.space answered." in shown.said()
    assert sorted(shown.outside.asked) == sorted(
        f"{host}/api/{what}"
        for host in EXPLORERS
        for what in (
            f"block-height/{HEIGHT}",
            f"block/{hash_of(CHAIN[HEIGHT])[::-1].hex()}/header",
        )
    )


def test_one_explorer_of_two(shown: Shown) -> None:
    """One does not know the block: the other's word counts, as one of two."""
    shown.outside.header("mempool.space", CHAIN[HEIGHT])
    assert ask_explorers(shown) == "reported passed"
    assert "1 of 2 explorers reports" in shown.fact("timestamp", "Checked here")
    assert "blockstream.info did not answer: it knows nothing of it (HTTP 404)" in shown.said()


def test_no_explorer_answers(shown: Shown) -> None:
    """Nothing passes, and it can be asked again."""
    assert ask_explorers(shown) == "commits unchecked"
    assert "None of 2 explorers asked gave a header" in shown.fact("timestamp", "Checked here")
    expect(shown.page.get_by_role("button", name=ASK_EXPLORERS)).to_be_enabled()


def test_explorers_that_disagree(shown: Shown) -> None:
    """Two headers for one block: neither counts, until they are asked again and agree."""
    shown.outside.header("blockstream.info", CHAIN[HEIGHT])
    shown.outside.header("mempool.space", ANOTHER)
    assert ask_explorers(shown) == "commits unchecked"
    assert "Explorers disagree about that block" in shown.fact("timestamp", "Checked here")
    shown.outside.header("mempool.space", CHAIN[HEIGHT])
    assert shown.press(ASK_EXPLORERS).level() == "reported passed"


def test_an_explorer_that_contradicts_itself(shown: Shown) -> None:
    """A header that does not hash to the hash answered is not used."""
    for explorer in EXPLORERS:
        shown.outside.header(explorer, CHAIN[HEIGHT], named=hash_of(ANOTHER))
    assert ask_explorers(shown) == "commits unchecked"
    assert (
        f"gave an answer that cannot be used: For block {HEIGHT} it gives the hash" in shown.said()
    )


def test_explorers_that_contradict_the_proof(shown: Shown) -> None:
    """The block that both report has another root."""
    for explorer in EXPLORERS:
        shown.outside.header(explorer, mine(bytes(32), b"\7" * 32))
    level = ask_explorers(shown)
    assert level.split()[0] == "contradicted"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("<html>", "Asked for a block's hash, it answers “<html>”"),
        ("f" * 2000, "sent more than such an answer has"),
    ],
)
def test_answers_of_another_form(shown: Shown, answer: str, words: str) -> None:
    """What is no hash, or too long, is said and not used."""
    for explorer in EXPLORERS:
        shown.outside.says(f"{explorer}/api/block-height/{HEIGHT}", answer)
    assert ask_explorers(shown) == "commits unchecked"
    assert words in shown.said()
    assert len(shown.outside.asked) == 2


# Author


def researcher_urls(*urls: str) -> str:
    """ORCID's answer."""
    listed = [{"url-name": "key", "url": {"value": url}} for url in urls]
    return json.dumps({"researcher-url": listed, "path": f"/{ORCID}/researcher-urls"})


def ask_orcid(shown: Shown, answer: str | None) -> str:
    """Show a claim, ask, and return the outcome."""
    asks(shown, "pub.orcid.org")
    if answer is not None:
        shown.outside.says(f"pub.orcid.org/v3.0/{ORCID}/researcher-urls", answer)
    shown.bring(document(authored()))
    assert shown.row("author").get_attribute("data-outcome") == "unchecked"
    assert shown.outside.asked == []
    shown.press(ASK_ORCID)
    return shown.row("author").get_attribute("data-outcome") or ""


def test_author_claim_offline(shown: Shown) -> None:
    """Signed by the key it names, which nobody was asked about; how to publish it is said."""
    shown.bring(document(authored(), author_attested=False))
    row = shown.row("author")
    assert row.get_attribute("data-outcome") == "unchecked"
    assert "No answer of ORCID's" in shown.fact("author", "Checked here")
    assert "No (author_attested)" in shown.fact("author", "Claimed by the server")
    assert shown.fact("author", "The two compared").startswith("They differ.")
    publish = row.locator("details", has_text="How to publish this key")
    publish.locator("summary").click()
    expect(publish).to_contain_text(AUTHOR.key.key_id)
    expect(publish).to_contain_text(f"https://pith.science/#{AUTHOR.key.key_id}")


@pytest.mark.parametrize("url", ["{}", "https://pith.science/#{}"])
def test_orcid_lists_the_key(shown: Shown, url: str) -> None:
    """The public record lists it, as a did:key or at the end of an address: it passes."""
    listed = url.format(AUTHOR.key.key_id)
    assert ask_orcid(shown, researcher_urls("https://example.org", listed)) == "passed"
    assert f"ORCID iD {ORCID} lists the key" in shown.fact("author", "Checked here")
    assert shown.outside.asked == [f"pub.orcid.org/v3.0/{ORCID}/researcher-urls"]


def test_orcid_does_not_list_the_key(shown: Shown) -> None:
    """Another key there does not confirm this one."""
    assert ask_orcid(shown, researcher_urls(named_by_did(BOB).key.key_id)) == "unchecked"
    assert "does not list the key" in shown.fact("author", "Checked here")


@pytest.mark.parametrize(
    ("answer", "words"),
    [(None, "knows nothing of it (HTTP 404)"), ("{}", "holds no list “researcher-url”")],
)
def test_orcid_gives_no_list(shown: Shown, answer: str | None, words: str) -> None:
    """It stays unchecked, and the note says why."""
    assert ask_orcid(shown, answer) == "unchecked"
    assert words in shown.said()
    assert "No answer of ORCID's" in shown.fact("author", "Checked here")


def test_a_claim_taken_back(shown: Shown) -> None:
    """Nobody can be asked about it."""
    made = authored()
    shown.bring(document(made, taken_back(made, AUTHOR)))
    shown.row("author").wait_for()
    assert shown.row("author").get_attribute("data-outcome") == "not_applicable"
    assert shown.page.get_by_role("button", name="Ask ORCID").count() == 0


# Archive


def test_archive_row(shown: Shown) -> None:
    """It names the capture, links it, says why it was not asked, and gives the line that asks."""
    shown.bring(document(claim("archive_capture"), storage_verified=True))
    row = shown.row("archive")
    expect(row).to_contain_text("A browser cannot ask the archive")
    expect(row).to_contain_text(f"pith verify {NUMBER} --archive")
    link = row.get_by_role("link")
    assert link.get_attribute("href") == CAPTURE
    assert "noopener" in (link.get_attribute("rel") or "")
    assert "it was not fetched" in shown.fact("archive", "Checked here")


def test_a_refused_capture_is_no_link(shown: Shown) -> None:
    """What the core refuses is shown as text."""
    hostile = "https://web.archive.org.example/web/20260519120000/x"
    shown.bring(document(claim("archive_capture", capture_url=hostile)), **trusting())
    shown.row("archive").wait_for()
    assert shown.row("archive").get_by_role("link").count() == 0
    assert shown.row("archive").get_attribute("data-outcome") == "failed"


# Citations and replications


def trusting() -> dict[str, str]:
    """Alice's key, as the reader types it."""
    return {"key_id": "alice", "key": ALICE.key.public_key.hex()}


THIRD = "pith:2020:BBBBBBBBBBBBBBBBBBBBBBBBBB"
CITED = (
    claim("citation"),
    claim("citation", BOB, relation="refutes", citing=THIRD, cited=str(NUMBER), evidence=None),
)


def citations(shown: Shown) -> list[list[str]]:
    """The cells of the table."""
    rows = shown.row("citations").locator("tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def test_citations_by_unknown_signers(shown: Shown) -> None:
    """They are listed and not counted, in the table and in the drawing."""
    shown.bring(document(*CITED, citation_signatures=2))
    shown.row("citations").wait_for()
    assert shown.row("citations").get_attribute("data-outcome") == "unchecked"
    found = sorted(row[:5] for row in citations(shown))
    assert found == [
        ["extends", "Is cited by this record", OTHER, "alice", "Only listed: signer unknown"],
        ["refutes", "Cites this record", THIRD, "bob", "Only listed: signer unknown"],
    ]
    assert "The server counts 2" in shown.fact("citations", "The two compared")
    picture = shown.row("citations").get_by_role("img", name="Citations of and by this record")
    expect(picture).to_be_visible()
    assert picture.locator(".edge.listed").count() == 2


def test_citations_by_a_known_signer(shown: Shown) -> None:
    """With the key added in the page, its citation counts; the other is still only listed."""
    shown.bring(document(*CITED), **trusting())
    shown.row("citations").wait_for()
    assert shown.row("citations").get_attribute("data-outcome") == "passed"
    standing = {row[3]: row[4] for row in citations(shown)}
    assert standing == {
        "alice": "Counted: by a key of the keyring",
        "bob": "Only listed: signer unknown",
    }
    picture = shown.row("citations").locator("svg.icon + span, figure svg").last
    assert picture.locator(".edge.counted").count() == 1
    assert picture.locator(".edge.listed").count() == 1


def test_a_citation_is_looked_up_in_this_page(shown: Shown) -> None:
    """The other record's number leads to its lookup, and only when it is pressed."""
    shown.bring(document(*CITED))
    asked = shown.verifier.resolver(lambda route: route.abort())
    shown.verifier.watch.may_say = ("Failed to load resource",)
    shown.row("citations").get_by_role("link", name=f"Look up {OTHER} in this page").click()
    shown.verifier.headline()
    assert any(OTHER.rpartition(":")[2] in url for url in asked)
    shown.page.context.unroute(f"{RESOLVER}/**")


def test_more_links_than_are_listed(shown: Shown) -> None:
    """Fifty are listed, eight a side are drawn, and the rest is said."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    unsigned = [
        with_id(
            {
                "event_type": "pithcore.citation.v1",
                "subject_pith_number": str(NUMBER),
                "target": "record",
                "payload": {
                    "relation": "cites",
                    "citing": f"pith:2021:{one}{two}{'A' * 24}",
                    "cited": str(NUMBER),
                },
                "created_at": "2026-06-15T12:00:00Z",
                "signer": {"key_id": "nobody"},
            }
        )
        for one in letters[:6]
        for two in letters[:10]
    ]
    shown.bring(document(*unsigned))
    row = shown.row("citations")
    row.wait_for()
    expect(row).to_contain_text("50 of 60 are listed")
    assert row.locator("tbody tr").count() == 50
    assert row.locator("figure .node:not(.own)").count() == 8
    expect(row.locator("figcaption")).to_contain_text("42 more are in the table alone")


def test_replications(shown: Shown) -> None:
    """Kind, evidence and signer, and what the server counts."""
    shown.bring(document(claim("replication"), replication_records=0), **trusting())
    row = shown.row("replications")
    row.wait_for()
    assert row.get_attribute("data-outcome") == "passed"
    cells = row.locator("tbody tr").locator("th, td").all_inner_texts()
    assert cells[:3] == ["replication", "alice", "Counted: by a key of the keyring"]
    assert "https://example.org/report.pdf" in cells[3]
    assert "The server counts 0" in shown.fact("replications", "The two compared")


# The server's word


def test_the_servers_word_without_anything_to_show(shown: Shown) -> None:
    """All five are claimed and nothing is carried: each row says so in words."""
    shown.bring(
        document(
            externally_anchored=True,
            storage_verified=True,
            author_attested=True,
            citation_signatures=7,
            replication_records=1,
        )
    )
    shown.row("replications").wait_for()
    expect(shown.page.locator("#completeness")).to_contain_text("not what is shown here on 5 of 5")
    for name in ("timestamp", "archive", "author", "citations", "replications"):
        assert shown.fact(name, "The two compared").startswith("They differ. The server says so")
        assert shown.fact(name, "Found") == "Nothing."
        assert shown.row(name).get_attribute("data-outcome") == "unchecked"
    assert shown.fact("citations", "Claimed by the server").startswith("7")


def test_the_server_is_right(shown: Shown) -> None:
    """A claim that is shown here is said to be."""
    shown.bring(document(stamped(PROOF), externally_anchored=True))
    assert "What the server claims is shown here." in shown.fact("timestamp", "The two compared")
    assert "They do not differ" not in shown.fact("timestamp", "The two compared")


# For everybody


EVERYTHING = document(
    stamped(PROOF),
    claim("archive_capture"),
    authored(),
    *CITED,
    claim("replication"),
    externally_anchored=False,
    citation_signatures=7,
)


def test_for_everybody(shown: Shown, repo: Path) -> None:
    """No violation in light or dark, and no sideways scrolling, with everything open."""
    page = shown.bring(EVERYTHING).page
    shown.row("replications").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for scheme, width in (("light", 1280), ("dark", 390), ("light", 320)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(50)
        widths = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert widths[0] <= widths[1], width
        if width != 320:
            assert violations(page, repo) == [], f"in {scheme}"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 720})


def test_loaded_only_for_those_who_need_it(verifier: Verifier) -> None:
    """A record with none of it loads neither the panel nor what tells files apart."""
    loaded: list[str] = []
    verifier.page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    verifier.open().paste(as_bytes(bundle(SIGNED[0])))
    verifier.headline()
    lazy = {"completeness.js", "links.js", "material.js", "asking.js"}
    assert lazy.isdisjoint(loaded)
    # Nor do lookups ask those whom only a button asks.
    expect(verifier.page.locator(".servers").first).to_have_text("pith.science")
    assert "report.js" in loaded
