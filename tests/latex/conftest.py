"""TeX for the tests of pith.sty, and what other people's tools read in the PDF it makes."""

from __future__ import annotations

import hashlib
import html
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

PAPERS = Path(__file__).parent / "papers"
DVIPS = "latex+dvips"
READERS = ("pdfinfo", "pdftotext", "pdftohtml", "pdftoppm")
SECONDS = 120


def absent(what: str) -> None:
    """Skip, or fail where PITH_REQUIRE_TEX says that TeX must be there."""
    reason = f"no TeX for this: {what} was not found; tools/tex.sh installs what is needed"
    if os.environ.get("PITH_REQUIRE_TEX"):
        pytest.fail(reason)
    pytest.skip(reason)


def need(*programs: str) -> None:
    """Skip the test when one of these programs is not there."""
    for program in programs:
        if not shutil.which(program):
            absent(program)


@dataclass(frozen=True)
class Built:
    """One compiled document. Everything is read with Poppler's tools, which know nothing of us."""

    folder: Path

    @property
    def pdf(self) -> Path:
        return self.folder / "paper.pdf"

    @property
    def log(self) -> str:
        text = (self.folder / "paper.log").read_text(encoding="utf-8", errors="replace")
        return re.sub(r"(?<=^.{79})\n", "", text, flags=re.M)  # undo TeX's wrapping

    @property
    def packages(self) -> set[str]:
        """The names of the packages and classes that were read."""
        inputs = (self.folder / "paper.fls").read_text(encoding="utf-8")
        return {Path(line).name for line in re.findall(r"^INPUT (.*\.(?:sty|cls))$", inputs, re.M)}

    def _read(self, *command: str) -> str:
        run = subprocess.run(
            [*command, str(self.pdf), *(["-"] if command[0] == "pdftotext" else [])],
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )
        return run.stdout.decode("utf-8", errors="replace")

    @property
    def info(self) -> dict[str, str]:
        """The Info dictionary."""
        lines = self._read("pdfinfo", "-custom").splitlines()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}

    @property
    def pages(self) -> int:
        found = re.search(r"^Pages: +(\d+)$", self._read("pdfinfo"), re.M)
        assert found
        return int(found[1])

    @property
    def links(self) -> list[tuple[int, str]]:
        """Page and address of each link to a page on the web."""
        rows = re.findall(r"^ *(\d+) +\w+ +(https?:\S+)$", self._read("pdfinfo", "-url"), re.M)
        return [(int(page), url) for page, url in rows]

    @property
    def linked_text(self) -> dict[str, str]:
        """Text of page 1 that lies within a link, and the link's address."""
        page = self._read("pdftohtml", "-xml", "-i", "-stdout", "-l", "1")
        anchors = re.findall(r'<a href="([^"]*)">(.*?)</a>', page)
        return {html.unescape(re.sub("<[^>]*>", "", text)): url for url, text in anchors}

    def text(self, *options: str) -> str:
        return self._read("pdftotext", *options)

    @property
    def xmp(self) -> str:
        return self._read("pdfinfo", "-meta")

    def box_of(self, pattern: str) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a word on page 1, in points from the top left."""
        page = self._read("pdftotext", "-bbox", "-l", "1")
        numbers = r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"'
        found = re.search(rf"<word {numbers}>{pattern}</word>", page)
        assert found, f"{pattern} is not on page 1"
        left, top, right, bottom = map(float, found.groups())
        return left, top, right, bottom

    def grey(self, box: tuple[float, float, float, float], scale: float) -> list[bytes]:
        """Rows of pixels of a part of page 1: 0 is black, 255 white; `scale` pixels a point."""
        left, top, right, bottom = (round(value * scale) for value in box)
        crop = {"-x": left, "-y": top, "-W": right - left, "-H": bottom - top, "-l": 1}
        options = [str(part) for item in crop.items() for part in item]
        run = subprocess.run(
            ["pdftoppm", "-gray", "-r", str(72 * scale), *options, str(self.pdf)],
            capture_output=True,
            check=True,
            timeout=SECONDS,
        )
        head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", run.stdout)
        assert head
        width, pixels = int(head[1]), run.stdout[head.end() :]
        return [pixels[start : start + width] for start in range(0, len(pixels), width)]


Build = Callable[..., Built]


@pytest.fixture(scope="session")
def build(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Compile a document once per session, with pith.sty and nothing else beside it."""
    base = tmp_path_factory.getbasetemp()
    store = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "tex"
    style = repo / "latex" / "pith.sty"
    environment = {
        **os.environ,
        "TEXINPUTS": f".:{PAPERS}:",
        "TEXMFVAR": str(repo / "build" / "texmf-var"),  # luatex keeps its list of fonts there
        "SOURCE_DATE_EPOCH": "1560556800",
        "FORCE_SOURCE_DATE": "1",
    }

    def compile_it(source: str, engine: str = "pdflatex", *, errors: bool = False) -> Built:
        program = "latex" if engine == DVIPS else engine
        need(program, *READERS, *(["dvips", "ps2pdf"] if engine == DVIPS else []))
        material = "\0".join([engine, str(errors), source]).encode() + style.read_bytes()
        folder = store / hashlib.sha256(material).hexdigest()[:24]
        if not folder.exists():
            fresh = store / uuid.uuid4().hex
            fresh.mkdir(parents=True)
            shutil.copy(style, fresh)
            (fresh / "paper.tex").write_text(source, encoding="utf-8")
            options = ["-interaction=nonstopmode", "-no-shell-escape", "-recorder"]
            options += [] if errors else ["-halt-on-error"]
            _run([program, *options, "paper"], fresh, environment)
            if engine == DVIPS:
                _run(["dvips", "-q", "paper.dvi"], fresh, environment)
                _run(["ps2pdf", "paper.ps"], fresh, environment)
            try:
                fresh.rename(folder)
            except OSError:  # another worker was first
                shutil.rmtree(fresh)
        built = Built(folder)
        if missing := re.search(r"! LaTeX Error: File `([^']+)' not found", built.log):
            absent(missing[1])
        wrong = re.search(r"^! .*", built.log, re.M)
        assert errors or not wrong, wrong
        assert built.pdf.exists(), built.log[-2000:]
        return built

    return compile_it


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=SECONDS,
    )
