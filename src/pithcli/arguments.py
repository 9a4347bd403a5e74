"""The parser that all subcommands share: messages in the form of `say`, help of 80 columns."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from pithcli import say
from pithcli.exits import Exit
from pithcli.problem import usage
from pithcore.typed import TYPE_CHECKING

# Its own words are looked up in catalogues that Python comes without, which takes 2 ms.
argparse._ = str  # type: ignore[attr-defined]

if TYPE_CHECKING:
    from typing import Any, NoReturn

    Subparsers = argparse._SubParsersAction["Parser"]

MAX_SECONDS = 3600
"""Of `--timeout`: nobody waits longer than an hour for one address."""

Run = Callable[[argparse.Namespace], Exit]


class Parser(argparse.ArgumentParser):
    """argparse with plain text kept as written, no guessing of abbreviations, and our errors."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", _Formatter)
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line and leave with the code for usage."""
        say.problem(usage(f"{message}.", hint=f"{self.prog} --help lists what can be given."))
        raise SystemExit(int(Exit.USAGE))


def seconds(text: str) -> float:
    """The type of `--timeout`. Raises `ArgumentTypeError` for what is none, infinite or NaN."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value <= MAX_SECONDS:
        raise argparse.ArgumentTypeError(
            f"{text} is not a number of seconds from 0 to {MAX_SECONDS}"
        )
    return value


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=80)
