"""Whatever a reader brings: the page shows pithcore's verdict on it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from documents import SEED, SIGNED, as_bytes, bundle, newer_page, older_page, receipt
from playwright.sync_api import expect
from verifier import Verifier

from pithcore import ed25519

EXAMPLES = {
    "verified": "Verified",
    "failed": "Not what it claims to be",
    "intact": "Intact, signer not established",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_takes_one_click(verifier: Verifier, name: str) -> None:
    """Each example button leads to its verdict; the heading has focus, the address is its own."""
    verifier.open().page.locator(f'[data-example="{name}"]').click()
    assert verifier.headline() == EXAMPLES[name]
    assert verifier.verdict() == name
    expect(verifier.page.locator("#verdict")).to_be_focused()
    expect(verifier.page.locator("#status")).to_have_text(EXAMPLES[name])
    expect(verifier.page).to_have_url(f"{verifier.url}#example={name}")
    expect(verifier.page).to_have_title(f"{EXAMPLES[name]} · Pith verifier")


def test_the_altered_example_differs_by_one_character(repo: Path) -> None:
    """The two examples are the same file but for one character of the canonical record."""
    one, two = (
        (repo / f"web/examples/{n}.json").read_text("utf-8") for n in ("verified", "failed")
    )
    assert len(one) == len(two)
    assert sum(a != b for a, b in zip(one, two, strict=True)) == 1
    assert json.loads(one)["canonical_record"] != json.loads(two)["canonical_record"]


def test_back_returns_to_the_start(verifier: Verifier) -> None:
    """The browser's Back leads from a result to the form, and Forward to the result again."""
    verifier.open().page.locator('[data-example="intact"]').click()
    verifier.headline()
    verifier.page.go_back()
    expect(verifier.page.get_by_role("heading", level=1)).to_be_visible()
    verifier.page.go_forward()
    assert verifier.verdict() == "intact"


def test_pasted_bundle(verifier: Verifier) -> None:
    """A pasted bundle of a really signed record is verified, with the pinned key named."""
    verifier.open().paste(as_bytes(bundle(SIGNED[0])))
    assert verifier.verdict() == "verified"
    assert verifier.outcome("receipt.second_opinion") == "passed"
    expect(verifier.page.locator(".subject")).to_contain_text("pith-v1-2026-05")


def test_chosen_file(verifier: Verifier, tmp_path: Path) -> None:
    """A file is read, and the report names it."""
    file = tmp_path / "bundle.json"
    file.write_bytes(as_bytes(bundle(SIGNED[1])))
    verifier.open()
    with verifier.page.expect_file_chooser() as chooser:
        verifier.page.get_by_role("button", name="Choose a file…").click()
    chooser.value.set_files(file)
    assert verifier.verdict() == "verified"
    assert verifier.report()["input"]["source"] == "bundle.json"


def test_dropped_file(verifier: Verifier) -> None:
    """A file may be dropped anywhere; the page says so while it hovers."""
    verifier.open()
    drag = verifier.page.evaluate_handle(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.json"));
            return data;
        }""",
        as_bytes(bundle(SIGNED[2])).decode(),
    )
    verifier.page.dispatch_event("body", "dragover", {"dataTransfer": drag})
    expect(verifier.page.locator("#veil")).to_be_visible()
    verifier.page.dispatch_event("h1", "drop", {"dataTransfer": drag})
    expect(verifier.page.locator("#veil")).to_be_hidden()
    assert verifier.verdict() == "verified"
    assert verifier.report()["input"]["source"] == "dropped.json"


def test_dropped_text(verifier: Verifier) -> None:
    """Text dragged from another window is checked like a pasted one."""
    verifier.open()
    drag = verifier.page.evaluate_handle(
        """text => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          return data;
        }""",
        newer_page(SEED),
    )
    verifier.page.dispatch_event("h1", "drop", {"dataTransfer": drag})
    assert verifier.verdict() == "intact"


def test_newer_record_page(verifier: Verifier) -> None:
    """The text of a page that prints the record is intact: such a page carries no signature."""
    verifier.open().paste(newer_page(SIGNED[0]))
    assert verifier.verdict() == "intact"
    assert verifier.outcome("identity.number") == "passed"


def test_older_record_page(verifier: Verifier) -> None:
    """A page without the record: its signature verifies, but there is no record to hash."""
    verifier.open().paste(older_page(SIGNED[0]))
    assert verifier.verdict() == "unchecked"
    assert verifier.outcome("receipt.signature") == "passed"


def test_tampered_record(verifier: Verifier) -> None:
    """One digit changed in a signed record: failed, with expected and found side by side."""
    text = as_bytes(bundle(SIGNED[0])).decode()
    title = SIGNED[0]["canonical_record"]["metadata"]["title_canon_sha256"]
    verifier.open().paste(text.replace(title, ("1" if title[0] == "0" else "0") + title[1:]))
    assert verifier.verdict() == "failed"
    assert verifier.outcome("receipt.signature") == "failed"
    compare = verifier.check("identity.digest").locator(".compare")
    expect(compare).to_contain_text(SIGNED[0]["canonical_sha256"])
    expect(compare.locator("mark")).to_have_count(2)


def test_contradicting_sources(verifier: Verifier) -> None:
    """A page that states another record's hash fails, and shows both values."""
    page = newer_page(SIGNED[0]).replace(SIGNED[0]["canonical_sha256"], SEED["canonical_sha256"])
    verifier.open().paste(page)
    assert verifier.verdict() == "failed"
    compare = verifier.check("identity.digest").locator(".compare")
    expect(compare).to_contain_text(SIGNED[0]["canonical_sha256"])
    expect(compare).to_contain_text(SEED["canonical_sha256"])


SEED_BYTES = bytes(range(32))


def signed_by_another_key() -> str:
    """The seed's record, signed by a key that is not in the keyring."""
    signature = ed25519.sign(SEED_BYTES, bytes.fromhex(SEED["canonical_sha256"]))
    signed = {
        **SEED,
        "first_computed": "2026-06-01T00:00:00Z",
        "signature_b64": base64.b64encode(signature).decode(),
    }
    record = {name: SEED[name] for name in ("canonical_record", "canonical_sha256")}
    stated = {"pith_number": SEED["pith"], **record, "receipt": receipt(signed)}
    stated["receipt"]["key_id"] = "mirror-2026"
    return json.dumps(stated)


def test_unknown_key(verifier: Verifier) -> None:
    """A signature by a key nobody knows establishes nothing: intact, the key named."""
    verifier.open().paste(signed_by_another_key())
    assert verifier.verdict() == "intact"
    assert verifier.outcome("receipt.key") == "unchecked"
    expect(verifier.check("receipt.key")).to_contain_text("mirror-2026")


def test_added_key(verifier: Verifier) -> None:
    """A key that the reader adds counts for this visit, and the verdict says whose it is."""
    verifier.open().set(key_id="mirror-2026", key=ed25519.public_key(SEED_BYTES).hex())
    verifier.paste(signed_by_another_key())
    assert verifier.verdict() == "verified"
    expect(verifier.page.locator(".sentence")).to_contain_text("a key that you added")
    expect(verifier.page.locator(".subject")).to_contain_text("added by you")


def test_the_pinned_key_is_never_replaced(verifier: Verifier) -> None:
    """A key offered under the pinned key's id is refused, beside its field."""
    verifier.open().set(key_id="pith-v1-2026-05", key=ed25519.public_key(SEED_BYTES).hex())
    verifier.paste(as_bytes(bundle(SIGNED[0])))
    expect(verifier.page.locator("#key-error")).to_contain_text("pith-v1-2026-05")
    expect(verifier.page.locator("#key")).to_be_focused()


def test_key_id_without_key(verifier: Verifier) -> None:
    """A key id alone is no key; it is refused, not passed over."""
    verifier.open().set(key_id="mirror-2026").paste(as_bytes(bundle(SIGNED[0])))
    expect(verifier.page.locator("#key-error")).to_contain_text("32 bytes")


def test_title_of_the_reader(verifier: Verifier) -> None:
    """The title the reader supplies is held against the record: another one fails."""
    verifier.open().set(title=SEED["title"].upper()).paste(newer_page(SEED))
    assert verifier.outcome("paper.title") == "passed"
    verifier.page.get_by_role("button", name="Check another record").click()
    verifier.set(title="Another paper altogether").paste(newer_page(SEED))
    assert verifier.verdict() == "failed"


def test_expected_number(verifier: Verifier) -> None:
    """A whole and signed record that is not the one expected fails; a bad number is refused."""
    verifier.open().set(expect=SEED["pith"]).paste(as_bytes(bundle(SIGNED[0])))
    assert verifier.verdict() == "failed"
    assert verifier.outcome("identity.requested") == "failed"
    verifier.page.get_by_role("button", name="Check another record").click()
    verifier.set(expect="pith:2019:DBZZ0").paste(as_bytes(bundle(SIGNED[0])))
    expect(verifier.page.locator("#expect-error")).to_contain_text("digit 0")
    expect(verifier.page.locator("#expect")).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ('{"a": 1, "a": 2}', "Line 1"),
        ("{", "Line 1"),
        ('{"hello": "world"}', "canonical_record"),
        ("Hello, world", "neither JSON nor a record page"),
    ],
)
def test_unreadable_document(verifier: Verifier, document: str, sentence: str) -> None:
    """What is no Pith document gets a sentence that says why, and no verdict."""
    verifier.open().paste(document)
    assert verifier.headline() == "This could not be read"
    expect(verifier.page.locator(".sentence")).to_contain_text(sentence)
    expect(verifier.page.get_by_role("button", name="Download the report")).to_have_count(0)


def test_nothing_pasted(verifier: Verifier) -> None:
    """An empty box is answered beside the box."""
    verifier.open().paste(" ")
    expect(verifier.page.locator("#document-error")).to_contain_text("Paste a record")
    expect(verifier.page.locator("#document")).to_be_focused()


def test_markup_in_a_document_stays_text(verifier: Verifier) -> None:
    """A document's strings are shown as text: none becomes an element or runs."""
    document = bundle(SIGNED[0])
    document["pith_number"] = "pith:2017:<img src=x onerror=alert(1)>"
    document["paper"] = {"title": "<script>alert(1)</script>"}
    verifier.open().paste(as_bytes(document))
    assert verifier.verdict() == "failed"
    expect(verifier.page.locator("#outcome img, #outcome script")).to_have_count(0)
    expect(verifier.page.locator("#outcome")).to_contain_text("<img src=x onerror=alert(1)>")
