"""JSON that holds several things: one value, a list of them, or one a line (JSON Lines)."""

from __future__ import annotations

from pithcore import ReadError, read_json
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.reading import JSON


def read_values(data: bytes) -> list[tuple[JSON, str]]:
    """Each value with its place for a message: empty, `, entry 3` or `, line 3`.

    A list stands for its elements. It is JSON Lines when there are several lines and each of
    them begins an object. Raises `ReadError`, with the line of the whole input.
    """
    lines = [(line, at) for at, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith(b"{") for line, _ in lines):
        return [(_read_line(line, at), f", line {at}") for line, at in lines]
    value = read_json(data)
    if isinstance(value, list):
        return [(one, f", entry {at}") for at, one in enumerate(value, 1)]
    return [(value, "")]


def _read_line(line: bytes, at: int) -> JSON:
    try:
        return read_json(line)
    except ReadError as error:
        if error.line is None:
            raise
        raise ReadError(f"(line {at} of the input) {error}") from None
