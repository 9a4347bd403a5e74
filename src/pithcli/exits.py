"""Exit codes, as docs/cli.md promises them to scripts."""

from __future__ import annotations

from enum import IntEnum

from pithcore import Verdict
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exit(IntEnum):
    """What a run ended with."""

    VERIFIED = 0
    """Verified; for the other commands: done."""
    FAILED = 1
    """Not what it claims to be."""
    USAGE = 2
    """The command line itself was wrong; nothing was read."""
    INTACT = 3
    """Intact, signer not established."""
    UNCHECKED = 4
    """Could not be checked: too little in it, not readable, not to be fetched."""
    INTERRUPTED = 130
    """Ctrl-C: 128 and the number of SIGINT, as shells have it."""
    CLOSED = 141
    """Whoever read the output stopped reading: 128 and the number of SIGPIPE."""


OF_VERDICT = {
    Verdict.VERIFIED: Exit.VERIFIED,
    Verdict.FAILED: Exit.FAILED,
    Verdict.INTACT: Exit.INTACT,
    Verdict.UNCHECKED: Exit.UNCHECKED,
}

_WORST_FIRST = (Exit.FAILED, Exit.UNCHECKED, Exit.INTACT, Exit.VERIFIED)


def worst(codes: Iterable[Exit]) -> Exit:
    """One code for several inputs: a failure outweighs all, then unchecked, then intact."""
    return min(codes, key=_WORST_FIRST.index)
