"""`pith digest` and `pith number`."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from cli_helpers import Files, Pith, Row, document_of

from pithcli.__main__ import main
from pithcore import canonical_bytes

if TYPE_CHECKING:
    from pathlib import Path

SEED = "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
SEED_DIGEST = "18739e181b862644e7b3551a7b1145da15779da61ba8278941a87f69190d201b"


def test_digest_and_number_of_all_shared_records(
    records: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every real record gives its digest and number, bare and inside a document."""
    path = tmp_path / "record.json"
    for row in records:
        for content in (row["canonical_record"], document_of(row)):
            path.write_text(json.dumps(content, indent=1), encoding="utf-8")
            assert main(["digest", str(path)]) == 0
            assert capsys.readouterr().out == f"{row['canonical_sha256']}\n"
            assert main(["number", str(path)]) == 0
            assert capsys.readouterr().out == f"{row['pith']}\n"


def test_digest_bytes_are_what_is_hashed(pith: Pith, files: Files, signed_row: Row) -> None:
    """`--bytes` writes the canonical bytes and nothing else: their SHA-256 is the digest."""
    written = pith("digest", "--bytes", files.verified).out.encode()
    assert written == canonical_bytes(signed_row["canonical_record"])
    assert hashlib.sha256(written).hexdigest() == pith("digest", files.verified).out.strip()


def test_digest_of_other_json_is_its_own(pith: Pith) -> None:
    """JSON that is no Pith document is hashed as it is, keys sorted, without spaces."""
    expected = hashlib.sha256(b'{"a":"\xc3\xa9","b":1}').hexdigest()
    assert pith("digest", "-", stdin=b'{ "b": 1, "a": "\\u00e9" }').out.strip() == expected
    assert pith("digest", "--bytes", "-", stdin=b"[1, 2]").out == "[1,2]"


def test_digest_whole_takes_the_document_itself(pith: Pith, files: Files) -> None:
    """`--whole` hashes a document with all that stands around its record."""
    value = json.loads(files.verified.read_bytes())
    expected = hashlib.sha256(canonical_bytes(value)).hexdigest()
    assert pith("digest", "--whole", files.verified).out.strip() == expected


def test_digest_of_contradicting_copies_is_refused(
    pith: Pith, tmp_path: Path, signed_row: Row
) -> None:
    """A document with two different records has no one digest."""
    other = {**signed_row["canonical_record"], "schema_version": "2"}
    event = {"event_type": "record_created", "payload": {"canonical_record": other}}
    document = {**document_of(signed_row), "events": [event]}
    path = tmp_path / "two.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    for command in ("digest", "number"):
        run = pith(command, path)
        assert (run.code, run.out) == (4, "")
        assert "2 copies of the record, and they differ" in run.err


@pytest.mark.parametrize("command", ["digest", "number"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"canonical_sha256": "00"}', "does not carry the record itself"),
        (b'{"a":1,"a":2}', "stands twice"),
        (b"", "The input is empty"),
        (b"\xff", "not valid UTF-8"),
    ],
)
def test_unusable_input_is_explained(pith: Pith, command: str, content: bytes, words: str) -> None:
    """Input without a readable record ends with code 4 and a sentence, and prints nothing."""
    run = pith(command, "-", stdin=content)
    assert (run.code, run.out) == (4, "")
    assert words in run.err


@pytest.mark.parametrize(
    "text",
    [
        f"pith:2019:{SEED}",
        f"2019:{SEED.lower()}",
        f"https://pith.science/pith/pith:2019:{SEED}/bundle.json?x=1",
        f"\\pithnumber{{2019:{SEED}}}",
    ],
)
def test_number_writes_every_form_one_way(pith: Pith, text: str) -> None:
    """Whatever form is given, the canonical one is printed."""
    run = pith("number", text)
    assert (run.code, run.out) == (0, f"pith:2019:{SEED}\n")


def test_number_of_a_digest(pith: Pith) -> None:
    """A digest of 64 hex digits gives its number; the year must be told."""
    assert pith("number", SEED_DIGEST).out == f"pith:{SEED}\n"
    assert pith("number", SEED_DIGEST.upper()).out == f"pith:{SEED}\n"
    run = pith("number", "--year", "2019", f"sha256:{SEED_DIGEST}")
    assert run.out == f"pith:2019:{SEED}\n"


def test_number_forms_are_prefixes_of_the_number(pith: Pith) -> None:
    """`--json` and `--forms` give the same forms, the short ones prefixes of the suffix."""
    forms = json.loads(pith("number", "--json", f"pith:2019:{SEED}").out)
    assert forms["short"] == "pith:DBZZ4GA3"
    assert all(forms[f"pith_short_{n}"] == SEED[:n] for n in (8, 12, 16))
    printed = pith("number", "--forms", f"pith:2019:{SEED}").out
    assert dict(line.split(maxsplit=1) for line in printed.splitlines()) == {
        name: str(form) for name, form in forms.items()
    }
    short = json.loads(pith("number", "--json", "pith:DBZZ4GA3").out)
    assert (short["pith_short_8"], short["pith_short_12"]) == ("DBZZ4GA3", None)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["arxiv:1906.08168"], 4, "cannot be told from its id"),
        (["DBZZ4GA3QYTEJZ5TKUNHWEKF3l0"], 4, "The digit 0"),
        (["missing.json"], 4, "There is no file missing.json"),
        (["--year", "2018", f"pith:2019:{SEED}"], 2, "already has a year"),
        (["--year", "19", SEED], 2, "four digits"),
        (["--year", "x", SEED], 2, "invalid int value"),
    ],
)
def test_number_explains_what_it_cannot_do(
    pith: Pith, arguments: list[str], code: int, words: str
) -> None:
    """Each refusal has its sentence and its code."""
    run = pith("number", *arguments)
    assert (run.code, run.out) == (code, "")
    assert words in run.err
