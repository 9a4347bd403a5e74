"""`pith verify` on files and standard input: outcomes, exit codes, JSON."""

from __future__ import annotations

import itertools
import json
import sys
from html import escape
from typing import TYPE_CHECKING

import pytest
from cli_helpers import KEY_ID, Files, Pith, Row, document_of

import pithcore
from pithcli.__main__ import main
from pithcli.exits import Exit, worst
from pithcli.opinion import second_opinion

if TYPE_CHECKING:
    from pathlib import Path

CODES = {"verified": 0, "failed": 1, "intact": 3, "unchecked": 4, "broken": 4}


@pytest.mark.parametrize("name", CODES)
def test_each_verdict_has_its_exit_code_and_headline(pith: Pith, files: Files, name: str) -> None:
    """Each outcome ends with the documented code and begins with its headline."""
    run = pith("verify", getattr(files, name))
    headlines = {
        "verified": "Verified",
        "failed": "Not what it claims to be",
        "intact": "Intact, signer not established",
    }
    assert run.code == CODES[name]
    assert run.out.splitlines()[0] == headlines.get(name, "Could not be checked")


def test_every_combination_of_outcomes_ends_with_the_worst(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several inputs: 1 outweighs 4, 4 outweighs 3, 3 outweighs 0, in any order."""
    for names in itertools.permutations(CODES, 2):
        codes = {CODES[name] for name in names}
        expected = next(code for code in (1, 4, 3, 0) if code in codes)
        assert main(["verify", *(str(getattr(files, name)) for name in names)]) == expected, names
    assert "2 inputs: 1 verified, 1 failed." in capsys.readouterr().out


def test_worst_is_total() -> None:
    """Every exit code that an input can end with has a place in the order."""
    assert worst([Exit.VERIFIED]) == 0
    assert worst([Exit.VERIFIED, Exit.INTACT, Exit.UNCHECKED, Exit.FAILED]) == 1


def test_json_is_the_report_of_the_library(pith: Pith, files: Files) -> None:
    """`--json` prints exactly `pithcore.verify(...).to_dict()`, on one line."""
    for path in (files.verified, files.failed, files.intact, files.unchecked):
        run = pith("verify", "--json", path)
        report = pithcore.verify(
            path.read_bytes(), source=str(path), second_opinion=second_opinion()
        )
        assert run.out.count("\n") == 1
        assert json.loads(run.out) == report.to_dict()


def test_json_of_standard_input_differs_in_the_source_alone(pith: Pith, files: Files) -> None:
    """The same bytes give the same report from a file and from a pipe."""
    from_file = json.loads(pith("verify", "--json", files.verified).out)
    piped = json.loads(pith("verify", "--json", "-", stdin=files.verified.read_bytes()).out)
    assert from_file["input"].pop("source") == str(files.verified)
    assert piped["input"].pop("source") == "standard input"
    assert piped == from_file


def test_json_has_one_line_for_each_input(pith: Pith, files: Files) -> None:
    """Several inputs give JSON Lines in their order; an input without a report gives a problem."""
    run = pith("verify", "--json", files.verified, files.broken, files.failed)
    lines = [json.loads(line) for line in run.out.splitlines()]
    assert [line["schema"] for line in lines] == [
        "pithcore.report/1",
        "pithcli.problem/1",
        "pithcore.report/1",
    ]
    assert lines[1]["argument"] == str(files.broken)
    assert 'The key "a" stands twice' in lines[1]["error"]
    assert run.code == 1


@pytest.mark.parametrize("name", CODES)
def test_quiet_prints_nothing_and_keeps_the_code(pith: Pith, files: Files, name: str) -> None:
    """`--quiet` leaves standard output empty; errors still go to standard error."""
    run = pith("verify", "--quiet", getattr(files, name))
    assert (run.code, run.out) == (CODES[name], "")
    assert bool(run.err) == (name == "broken")


def test_all_shared_records_with_signatures_verify(
    records: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every record with a real signature is verified, every other one intact."""
    for row in records:
        path = tmp_path / "record.json"
        path.write_text(json.dumps(document_of(row)), encoding="utf-8")
        assert main(["verify", "--json", str(path)]) == (0 if row["signature_b64"] else 3)
        report = json.loads(capsys.readouterr().out)
        assert report["subject"]["pith_number"] == row["pith"]


def test_expect_refuses_another_record(pith: Pith, files: Files) -> None:
    """A good record is not enough: with `--expect` it must be the one that was meant."""
    assert pith("verify", "--expect", files.number, files.verified).code == 0
    other = pith("verify", "--expect", "pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I", files.verified)
    assert other.code == 1
    assert "You asked for pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I" in other.out


def test_expect_beside_a_number_is_refused(pith: Pith, files: Files) -> None:
    """A number already says what is wanted, so a second wish is a mistake and not dropped."""
    run = pith("verify", "--expect", files.number, "arxiv:1906.08168")
    assert run.code == 2
    assert "--expect has no place" in run.err


def test_title_and_abstract_are_compared(pith: Pith, files: Files, signed_row: Row) -> None:
    """A wrong title or abstract fails; the right title, in any case and spacing, passes."""
    title = "  ".join(signed_row["title"].upper().split())
    assert pith("verify", "--title", title, files.verified).code == 0
    assert pith("verify", "--title", "Another paper", files.verified).code == 1
    assert pith("verify", "--abstract", "We show nothing.", files.verified).code == 1


def test_abstract_is_read_from_a_file(
    shared: Path, records: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--abstract FILE` hashes the file's text: all real abstracts of shared records pass."""
    abstracts = json.loads((shared / "records" / "abstracts.json").read_text(encoding="utf-8"))
    by_id = {row["arxiv"]: row for row in records}
    record, abstract = tmp_path / "record.json", tmp_path / "abstract.txt"
    done = 0
    for arxiv_id, text, _ in abstracts:
        if arxiv_id in by_id:
            record.write_text(json.dumps(document_of(by_id[arxiv_id])), encoding="utf-8")
            abstract.write_text(text, encoding="utf-8")
            main(["verify", "--json", "--abstract", str(abstract), str(record)])
            report = json.loads(capsys.readouterr().out)
            check = next(c for c in report["checks"] if c["id"] == "paper.abstract")
            assert check["outcome"] == "passed"
            done += 1
    assert done


def test_an_abstract_page_is_held_against_the_record(
    shared: Path, records: list[Row], pith: Pith, tmp_path: Path
) -> None:
    """`--arxiv-abs`: title and abstract of a saved page are those of the record, or are not."""
    abstracts = json.loads((shared / "records" / "abstracts.json").read_text(encoding="utf-8"))
    by_id = {row["arxiv"]: row for row in records if row.get("title")}
    arxiv_id, text, _ = next(one for one in abstracts if one[0] in by_id)
    row = by_id[arxiv_id]
    (tmp_path / "record.json").write_text(json.dumps(document_of(row)), encoding="utf-8")
    page = tmp_path / "abs.html"
    for title, outcome in ((row["title"], "passed"), ("Another title", "failed")):
        page.write_text(
            f'<meta name="citation_title" content="{escape(title)}">'
            f'<meta name="citation_abstract" content="{escape(text)}">',
            encoding="utf-8",
        )
        run = pith("verify", "--json", "--arxiv-abs", "abs.html", "record.json")
        found = {c["id"]: c["outcome"] for c in json.loads(run.out)["checks"]}
        assert (found["paper.title"], found["paper.abstract"]) == (outcome, "passed")


def test_an_abstract_page_that_cannot_be_used_is_told(
    pith: Pith, files: Files, tmp_path: Path
) -> None:
    (tmp_path / "latin.html").write_bytes(b"\xe9")
    (tmp_path / "other.html").write_text("<p>Nothing</p>", encoding="utf-8")
    for arguments, sentence in (
        (["--arxiv-abs", "latin.html"], "--arxiv-abs: latin.html is not UTF-8 text."),
        (["--arxiv-abs", "other.html"], "--arxiv-abs: other.html: This page states no"),
        (["--arxiv-abs", "none.html"], "--arxiv-abs: There is no file none.html."),
        (["--arxiv-abs", "other.html", "--title", "T"], "--arxiv-abs brings title and abstract"),
    ):
        run = pith("verify", *arguments, files.verified)
        assert run.code == 2
        assert sentence in run.err


def test_a_mistyped_abstract_file_is_no_abstract(pith: Pith, files: Files) -> None:
    """One word is taken as a file name: a typing error must not look like a forged abstract."""
    run = pith("verify", "--abstract", "abstrct.txt", files.verified)
    assert run.code == 2
    assert "There is no file abstrct.txt" in run.err


def test_second_opinion_comes_from_openssl(pith: Pith, files: Files) -> None:
    """With `cryptography` installed the second opinion is given, and agrees on a real record."""
    pytest.importorskip("cryptography")
    report = json.loads(pith("verify", "--json", files.verified).out)
    check = next(c for c in report["checks"] if c["id"] == "receipt.second_opinion")
    assert check["outcome"] == "passed"


def test_without_cryptography_the_verdict_is_the_same(
    monkeypatch: pytest.MonkeyPatch, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without `cryptography` the second opinion is missing and nothing else changes."""
    main(["verify", "--json", str(files.verified)])
    with_it = json.loads(capsys.readouterr().out)
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    assert main(["verify", "--json", str(files.verified)]) == 0
    without = json.loads(capsys.readouterr().out)
    changed = {
        one["id"]
        for one, other in zip(with_it.pop("checks"), without.pop("checks"), strict=True)
        if one != other
    }
    assert changed <= {"receipt.second_opinion"}
    assert with_it == without


@pytest.mark.skipif(
    not hasattr(pithcore.ed25519, "admissible"), reason="this pithcore has no filter to share"
)
def test_second_opinion_keeps_to_the_strict_filter() -> None:
    """A small-order key, which OpenSSL alone accepts for any message, is refused by both."""
    pytest.importorskip("cryptography")
    opinion = second_opinion()
    assert opinion is not None
    neutral = b"\x01" + bytes(31)
    forged = neutral + bytes(32)  # R is the neutral point and s is 0: sB - hA = R for every h
    assert pithcore.ed25519.verify(neutral, b"anything", forged) is False
    assert opinion(neutral, b"anything", forged) is False


def test_second_opinion_refuses_a_changed_message(signed_row: Row) -> None:
    """OpenSSL accepts the real signature over the real digest and over nothing else."""
    pytest.importorskip("cryptography")
    opinion = second_opinion()
    assert opinion is not None
    [(key, message, signature)] = pithcore.receipt_signatures(
        json.dumps(document_of(signed_row)).encode()
    )
    assert opinion(key, message, signature) is True
    assert opinion(key, message[:-1] + b"\0", signature) is False
    assert opinion(b"\xff" * 32, message, signature) is False


@pytest.fixture
def lab(files: Files, signed_row: Row) -> tuple[str, Path]:
    """A public key in hex, and a record signed with it under the id `lab`."""
    seed = bytes(range(32))
    key = pithcore.Key("lab", pithcore.ed25519.public_key(seed), "lab")
    record = signed_row["canonical_record"]
    document = document_of(signed_row)
    document["receipt"] = pithcore.make_receipt(record, key, seed, signed_at="2026-05-18T00:00:00Z")
    path = files.verified.with_name("lab.json")
    path.write_text(json.dumps(document), encoding="utf-8")
    return key.public_key.hex(), path


def test_an_added_key_verifies_and_is_named(pith: Pith, lab: tuple[str, Path]) -> None:
    """A record by an unknown key is intact; with `--key` it is verified and says whose key."""
    public_key, path = lab
    assert pith("verify", path).code == 3
    run = pith("verify", "--key", f"lab={public_key}", path)
    assert run.code == 0
    assert "a key that you added" in " ".join(run.out.split())
    assert pith("verify", "--key", f"other={public_key}", path).code == 3
    assert pith("verify", "--key", f"lab={'00' * 32}", path).code == 1


def test_an_added_key_may_be_a_pem_file(pith: Pith, lab: tuple[str, Path]) -> None:
    """A PEM public key, as OpenSSL writes it, does as well as hex; a private one is refused."""
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
    _, path = lab
    private = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = path.with_name("key.pem")
    pem.write_bytes(
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    assert pith("verify", "--key", f"lab={pem}", path).code == 0
    pem.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    refused = pith("verify", "--key", f"lab={pem}", path)
    assert refused.code == 2
    assert "holds a private key" in refused.err


@pytest.mark.parametrize(
    "option",
    ["lab", "=aa", "lab=", "lab=abc", f"{KEY_ID}={'11' * 32}", "lab=missing.pem"],
)
def test_a_bad_key_is_a_usage_error(pith: Pith, files: Files, option: str) -> None:
    """A key that cannot be read, or takes a pinned key's name, stops the command with code 2."""
    run = pith("verify", "--key", option, files.verified)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: --key ")
    assert "\nhint: " in run.err
