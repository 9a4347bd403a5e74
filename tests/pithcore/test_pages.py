"""Record pages (protocol 8), saved as HTML or copied as text, in both layouts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from samples import (
    ROWS,
    SEED_ROW,
    SIGNED,
    as_html,
    newer_page,
    older_page,
    outcomes,
    short,
    suffix,
)

from pithcore import DocumentError, ReadError, Report, verify
from pithcore import page as page_module

ROW = SIGNED[0]
OTHER = SIGNED[1]


def read(text: str) -> Report:
    """Verify a page."""
    report = verify(text.encode())
    assert report.input.kind == "record_page"
    return report


FORMS = {
    "text": lambda text: text,
    "html": as_html,
    "windows": lambda text: text.replace("\n", "\r\n"),
    "marked": lambda text: "\ufeff" + text,
    "no-break": lambda text: text.replace(" · ", "\u00a0·\u00a0"),
    "markdown": lambda text: "\n".join(
        f"## {line}" if line in ("Canonical hash", "Aliases") else line for line in text.split("\n")
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("row", [SIGNED[0], SIGNED[1], SEED_ROW], ids=lambda row: row["arxiv"])
def test_newer_pages_are_intact(row: dict[str, Any], form: str) -> None:
    """The newer layout states record, digest, numbers, aliases: all hold, and none is signed."""
    report = read(FORMS[form](newer_page(row)))
    found = outcomes(report)
    assert report.verdict == "intact"
    assert report.subject.pith_number == row["pith"]
    assert report.canonical == json.dumps(
        row["canonical_record"], sort_keys=True, separators=(",", ":")
    )
    for check in ("digest", "number", "short", "year", "aliases", "source"):
        assert found[f"identity.{check}"] == "passed", check
    assert found["receipt.signature"] == "unchecked"
    assert "names a signature and does not print it" in report.sentence
    assert len(report.check("identity.digest").finding.evidence["where"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("row", SIGNED, ids=lambda row: row["arxiv"])
def test_older_pages_with_a_signature_are_verified(row: dict[str, Any], form: str) -> None:
    """The older layout prints the signature's base64: verified from the page alone."""
    report = read(FORMS[form](older_page(row)))
    assert report.verdict == "verified", report.sentence
    found = outcomes(report)
    assert found["receipt.signed_at"] == "unchecked"
    assert found["identity.aliases"] == found["identity.short"] == "passed"


def test_pages_of_all_records_hold_together() -> None:
    """No real record, printed as a page, gives a failure."""
    for row in ROWS:
        assert read(newer_page(row)).verdict == "intact"


def test_a_wrapped_signature_line_names_its_key_too() -> None:
    """Readers' tools break the line between `Pith Ed25519` and the key id."""
    text = newer_page(ROW).replace("Pith Ed25519 (", "Pith Ed25519\n(")
    assert outcomes(read(text))["receipt.signature"] == "unchecked"


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        (
            f"\n{ROW['canonical_sha256']}\n\nAliases",
            "\n" + "0" * 64 + "\nAliases",
            "identity.digest",
        ),
        (f"\n{ROW['canonical_sha256']}\n\nAliases", "\nno-digest\nAliases", "identity.digest"),
        (f"expect: {ROW['canonical_sha256']}", "expect: " + "f" * 64, "identity.digest"),
        (f"\n{ROW['pith']}\n", f"\n{OTHER['pith']}\n", "identity.number"),
        (f"\n{ROW['pith']}\n", f"\npith:2016:{suffix(ROW)}\n", "identity.year"),
        (f"{{{suffix(ROW)}}}", f"{{{suffix(OTHER)}}}", "identity.number"),
        (f"{{{suffix(ROW)}}}", f"{{ſ{suffix(ROW)[1:]}}}", "identity.number"),
        (f"\n{short(ROW)}\n", f"\n{short(OTHER)}\n", "identity.short"),
        (f"arxiv: {ROW['arxiv']}", f"arxiv: {OTHER['arxiv']}", "identity.aliases"),
        (f"pith_short_16: {suffix(ROW)[:16]}", "pith_short_16: AAAA", "identity.aliases"),
        (f"arxiv:{ROW['arxiv']} v1", f"arxiv:{ROW['arxiv']} v2", "identity.source"),
        (f"arxiv:{ROW['arxiv']} v1", f"arxiv:{OTHER['arxiv']} v1", "identity.source"),
        ('"version": 1', '"version": 2', "identity.digest"),
        ('"arxiv"', '"osf"', "identity.digest"),
    ],
)
def test_a_changed_page_fails(old: str, new: str, check: str) -> None:
    """Attack: each value a page prints, changed while the others stay."""
    text = newer_page(ROW)
    assert text.count(old) == 1
    for form in (str, as_html):
        report = read(form(text.replace(old, new)))
        assert report.verdict == "failed"
        assert outcomes(report)[check] == "failed"


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        (str(ROW["signature_b64"]), str(OTHER["signature_b64"]), "receipt.signature"),
        (str(ROW["signature_b64"]), "AAAA", "receipt.form"),
        ("fingerprint 8d4b5ee7", "fingerprint 8d4b5ee8", "receipt.key"),
    ],
)
def test_a_changed_receipt_on_a_page_fails(old: str, new: str, check: str) -> None:
    """Attack: the signature, or the fingerprint beside it, changed."""
    text = older_page(ROW)
    assert text.count(old) == 1
    assert outcomes(read(text.replace(old, new)))[check] == "failed"


def test_a_page_with_a_signature_by_an_unknown_key_is_intact() -> None:
    """A key id that is not in the keyring, or none at all, is no failure and no pass."""
    text = older_page(ROW)
    assert read(text.replace("(pith-v1-2026-05", "(pith-v9")).verdict == "intact"
    assert read(text.replace("Pith Ed25519 (", "Signed (")).verdict == "intact"


def test_the_word_fingerprint_in_a_title_is_no_fingerprint() -> None:
    """A paper about fingerprints must not look like a forged key."""
    text = older_page(ROW).replace(ROW["title"], "A device fingerprint recognised")
    assert read(text).verdict == "verified"


def test_two_records_on_one_page_fail() -> None:
    """Attack: a second record further down the page."""
    text = newer_page(ROW) + "Canonical record JSON\n" + json.dumps(OTHER["canonical_record"])
    report = read(text)
    assert outcomes(report)["form.agreement"] == "failed"


def test_a_page_without_its_record_cannot_be_verified() -> None:
    """Digest and numbers agree with each other, and there is nothing that they are the hash of."""
    for page in (newer_page(ROW), older_page(ROW)):
        report = read(page.split("Canonical record JSON")[0])
        assert report.verdict == "unchecked"
        assert outcomes(report)["identity.digest"] == "unchecked"


def test_a_page_without_aliases_source_and_receipt_still_reads() -> None:
    """The least a page can be: a number, and the record."""
    record = json.dumps(ROW["canonical_record"])
    report = read(f"{ROW['pith']}\nCanonical record JSON\n{record}")
    assert report.verdict == "intact"
    found = outcomes(report)
    assert found["identity.aliases"] == found["identity.source"] == "not_applicable"
    assert found["receipt.key"] == "not_applicable"


def test_an_older_receipt_without_a_time_reads() -> None:
    """`First computed` may be missing."""
    text = older_page(ROW).replace("First computed", "Computed")
    assert outcomes(read(text))["receipt.signed_at"] == "not_applicable"


def test_scripts_styles_and_titles_of_a_saved_page_are_not_read() -> None:
    """Attack: values that a browser never shows."""
    hidden = (
        "<template><p>Canonical hash</p><p>{0}</p></template>"
        "<script>\nCanonical hash {0}\n</script><style>\nCanonical hash {0}\n</style>"
    ).format("0" * 64)
    report = read(as_html(newer_page(ROW), spread=[hidden]))
    assert report.verdict == "intact"


def test_a_stray_closing_tag_does_not_open_what_is_hidden() -> None:
    """`</title>` inside a template closes nothing."""
    hidden = "<template></title><p>Canonical hash</p><p>00</p></template>"
    assert read(as_html(newer_page(ROW), spread=[hidden])).verdict == "intact"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>hello</p>", "neither JSON nor a record page"),
        ("Canonical hash\n" + "0" * 64, "shows no Pith Number"),
    ],
)
def test_other_pages_are_refused(text: str, words: str) -> None:
    """A page that is none, or lacks its top, is refused with what to do."""
    with pytest.raises(DocumentError, match=words):
        verify(text.encode())


def test_a_damaged_record_on_a_page_is_refused_with_its_place() -> None:
    """What is printed as the record must be strict JSON."""
    for old, new in (('"version": 1', '"version": 1,'), ('"kind"', '"id"')):
        with pytest.raises(ReadError, match="In the record that the page prints: Line"):
            verify(newer_page(ROW).replace(old, new).encode())


def test_the_size_of_a_page_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page beyond the limit is refused before it is parsed."""
    monkeypatch.setattr(page_module, "MAX_PAGE_CHARACTERS", 10)
    with pytest.raises(ReadError, match="at most 10 are read"):
        verify(newer_page(ROW).encode())
