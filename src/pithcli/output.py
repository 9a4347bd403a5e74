"""Where the JSON that a command makes goes: standard output, or a file that is never half there."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pithcli.files import write_atomically
from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.reading import JSON

STDOUT = "-"


def json_line(value: JSON) -> str:
    """JSON on one line with its end, in ASCII: safe on any screen, and several are JSON Lines."""
    return json.dumps(value) + "\n"


def put_text(text: str, out: str | None) -> None:
    """Print `text` (for None or `-`), or make it the content of the file `out`.

    A symbolic link is followed, and what is no regular file (a pipe, a device) is written to
    and never replaced. Raises `Problem` when the file cannot be written.
    """
    if out in (None, STDOUT):
        print(text, end="")
        return
    name = os.fsencode(out).decode("utf-8", "backslashreplace")
    try:
        path = Path(out)
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="ascii")
        else:
            write_atomically(path.resolve(), text.encode("ascii"))
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else "bad name"
        raise Problem(f"{name} could not be written: {what}.") from None
