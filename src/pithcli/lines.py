"""Lines of styled words, and putting them on a stream: in colour on a terminal, plain elsewhere.

Colour never carries meaning: the words are the same either way.
"""

from __future__ import annotations

import os

from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

Span = tuple[str, str]
"""Text and the name of its style: a key of `_STYLES`, or empty for none."""

Line = tuple[Span, ...]

_STYLES: Mapping[str, str] = {
    "verified": "bold green",
    "failed": "bold red",
    "intact": "bold yellow",
    "unchecked": "bold yellow",
    "passed": "green",
    "quiet": "dim",
    "strong": "bold",
}

MAX_WIDTH = 100
"""Columns of text; longer lines are hard to read back."""

PIPE_WIDTH = 80
"""Columns where there is no terminal to ask."""


def width_for(stream: TextIO | None) -> int:
    """Columns to wrap text at."""
    if stream is None or not stream.isatty():
        return PIPE_WIDTH
    import shutil  # with it come all of the archive formats

    return max(40, min(shutil.get_terminal_size().columns, MAX_WIDTH))


def wrap(text: str, width: int, indent: int, style: str = "") -> list[Line]:
    """`text` as lines of at most `width` columns, each indented; long words stay whole.

    Runs of spaces stay too, except where a line ends. (`textwrap` does the same, and takes longer
    to import than a short report to print.)
    """
    most = max(width - indent, 20)
    texts, line, gap = [], "", ""
    for word in text.split(" "):
        if word and len(line) + len(gap) + len(word) <= most:
            line, gap = line + gap + word, ""
        elif word:
            texts.append(line)
            line, gap = word, ""
        gap += " "
    return [((" " * indent, ""), (line, style)) for line in (*texts, line) if line]


def write(lines: Iterable[Line], stream: TextIO | None) -> None:
    """Print lines; with `rich` when it is installed and the stream is a terminal that wants it."""
    if stream is None:
        return
    if _wants_colour(stream) and _write_rich(lines, stream):
        return
    for line in lines:
        print("".join(text for text, _ in line).rstrip(), file=stream)


def _wants_colour(stream: TextIO) -> bool:
    """The convention of no-color: any value of NO_COLOR but the empty one turns colour off."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def _write_rich(lines: Iterable[Line], stream: TextIO) -> bool:
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        return False
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    for line in lines:
        spans = [(text, _STYLES.get(style, "")) for text, style in line]
        console.print(Text.assemble(*spans), no_wrap=True, crop=False, overflow="ignore")
    return True
