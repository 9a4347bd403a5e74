"""What goes to standard error: `error: …` and, where something can be done, `hint: …`."""

from __future__ import annotations

import sys

from pithcli.safe import printable
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcli.problem import Problem


def problem(found: Problem) -> None:
    """Print a problem. A closed standard error loses it quietly; the exit code still says so."""
    _line("error", found.error)
    if found.hint is not None:
        _line("hint", found.hint)


def note(text: str) -> None:
    """Print a remark that changes nothing about the outcome."""
    _line("note", text)


def _line(kind: str, text: str) -> None:
    try:
        print(f"{kind}: {printable(text)}", file=sys.stderr)
    except OSError:  # nobody reads it
        return
