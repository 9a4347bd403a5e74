"""What stops one input, or the whole command, as a reader is told of it."""

from __future__ import annotations

from pithcli.exits import Exit


class Problem(Exception):  # noqa: N818 - it is reported to a person, not caught by a program
    """Something a person can act on.

    Attributes:
        error: one or more sentences on what is wrong. hint: what to do, or None.
        exit: the exit code it leads to.
    """

    def __init__(self, error: str, *, hint: str | None = None, code: Exit = Exit.UNCHECKED) -> None:
        super().__init__(error)
        self.error = error
        self.hint = hint
        self.exit = code


def usage(error: str, *, hint: str | None = None) -> Problem:
    """A problem with the command line itself."""
    return Problem(error, hint=hint, code=Exit.USAGE)
