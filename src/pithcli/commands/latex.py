"""`pith latex`: the two lines that put a number into a paper."""

from __future__ import annotations

from pithcli.commands.number import full_number
from pithcli.exits import Exit
from pithcore.badge import latex
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers

_ABOUT = """\
Print the two lines for a paper's LaTeX source. pith.sty goes beside it.

INPUT is a number with all 26 characters, or a file with a record."""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("latex", help="the lines for a paper", description=_ABOUT)
    parser.add_argument("input", metavar="INPUT", help="see above")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print them."""
    print(latex(full_number(arguments.input)), end="")
    return Exit.VERIFIED
