"""`pith badge` and `pith latex`: a link to where a number is verified, and never a verdict."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cli_helpers import Files, Pith

from pithcore.badge import GROUND, INK

NUMBER = "DBZZ4GA3QYTEJZ5TKUNHWEKF3I"
VERIFIER = "https://verifier.example.org/page/"
LINK = f"https://verifier.example.org/page/#pith:2019:{NUMBER}"
SVG = "{http://www.w3.org/2000/svg}"


def made(pith: Pith, form: str, number: str = f"pith:2019:{NUMBER}") -> str:
    run = pith("badge", "--verifier", VERIFIER, "--format", form, number)
    assert (run.code, run.err) == (0, "")
    assert run.out.isascii()
    return run.out


def test_the_image_has_a_title_a_role_and_a_link(pith: Pith) -> None:
    image = ET.fromstring(made(pith, "svg"))
    assert image.get("role") == "img"
    title = image.find(f"{SVG}title")
    assert title is not None
    assert title.get("id") == image.get("aria-labelledby")
    assert title.text == f"Verify the Pith Number pith:2019:{NUMBER}"
    link = image.find(f"{SVG}a")
    assert link is not None
    assert link.get("href") == LINK
    assert "".join(link.itertext()).strip() == "Pith DBZZ4GA3 · verify"


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_its_letters_can_be_read() -> None:
    light, dark = sorted((luminance(INK), luminance(GROUND)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 7


@pytest.mark.parametrize("form", ["svg", "markdown", "html", "element", "endpoint"])
def test_no_form_says_verified(pith: Pith, form: str) -> None:
    said = made(pith, form)
    assert "verify" in said.lower()
    assert "verified" not in said.lower()


def test_snippets(pith: Pith) -> None:
    words = "Pith DBZZ4GA3 &#183; verify"
    assert made(pith, "markdown") == f"[![{words}](pith-DBZZ4GA3.svg)]({LINK})\n"
    assert made(pith, "html") == (
        f'<a href="{LINK}"><img src="pith-DBZZ4GA3.svg" alt="{words}" height="20"></a>\n'
    )
    assert json.loads(made(pith, "endpoint")) == {
        "schemaVersion": 1,
        "label": "Pith",
        "message": "DBZZ4GA3 · verify",
        "color": "3d4248",
    }


def test_the_lines_for_a_paper(pith: Pith, files: Files) -> None:
    """From a number, or from the record in a file; the badge gives the same."""
    lines = f"\\usepackage{{pith}}\n\\pithnumber{{{NUMBER}}}\n"
    assert pith("latex", NUMBER.lower()).out == lines == made(pith, "latex")
    suffix = files.number.rpartition(":")[2]
    assert pith("latex", files.verified).out == lines.replace(NUMBER, suffix)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["latex", "DBZZ4GA3"],
            4,
            "pith:DBZZ4GA3 is a short form, and other records may share it.",
        ),
        (["latex", "DBZZ4GA3QYTEJZ5TKUNHWEKF30"], 4, "The digit 0 at position 26"),
        (["badge", NUMBER], 2, "--verifier"),
        (["badge", "--verifier", "ftp://x", NUMBER], 2, "--verifier ftp://x is not the address"),
        (["badge", "--verifier", "https://x/?a=1", NUMBER], 2, "is not the address of a page"),
        (["badge", "--verifier", "https://[", NUMBER], 2, "is not the address of a page"),
    ],
)
def test_what_cannot_be_made_is_told(
    pith: Pith, arguments: list[str], code: int, sentence: str
) -> None:
    run = pith(*arguments)
    assert run.code == code
    assert sentence in run.err


def test_the_package_takes_the_number(pith: Pith, repo: Path) -> None:
    """The command that `pith latex` prints is one that pith.sty defines."""
    name = re.findall(r"\\(\w+)\{", pith("latex", NUMBER).out)[1]
    assert f"\\{name}" in (repo / "latex" / "pith.sty").read_text("utf-8")
