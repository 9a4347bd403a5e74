"""`pith checkpoints`: read a table of Bitcoin checkpoints, and write it in this project's form."""

from __future__ import annotations

import sys

from pithcli.exits import Exit
from pithcli.material import checkpoints_in
from pithcli.output import put_text
from pithcore.timestamp import (
    Checkpoints,
    contradiction,
    format_checkpoints,
    mainnet_checkpoints,
)
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers

_ABOUT = """\
Bitcoin checkpoints: the hash of the last block of each period of 2,016 blocks,
and the difficulty that the period required. A timestamp is linked when headers
lead from its block to one of them.

Without --from, the table that comes with this program. FILE is Electrum's
checkpoints.json, or a table in this project's own form, which is what is
written. Whose table it is, you must know: it is what a timestamp rests on."""

_MORE = """\
examples:
  pith checkpoints --from electrum/checkpoints.json --out checkpoints.txt
  pith verify --timestamp record.ots --headers record.headers \\
      --checkpoints checkpoints.txt record.json

exit codes:
  0  done
  1  the table contradicts the one that comes with this program
  2  the command line is wrong
  4  the file could not be read"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "checkpoints", help="tables of Bitcoin blocks", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("--from", dest="source", metavar="FILE", help="the table to read")
    parser.add_argument("--out", metavar="FILE", help="write the table there, not on the screen")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print or write the table; what it covers goes to standard error."""
    own = mainnet_checkpoints()
    table = checkpoints_in(arguments.source) or own
    height = contradiction(table, own)
    print(_covers(table), file=sys.stderr)
    if arguments.source is not None:
        print(_against(table, own, height), file=sys.stderr)
    put_text(format_checkpoints(table).decode("ascii"), arguments.out)
    return Exit.VERIFIED if height is None else Exit.FAILED


def _covers(table: Checkpoints) -> str:
    if not table.heights:
        return "The table has no checkpoint."
    return (
        f"{len(table.heights):,} checkpoints, from block {table.heights[0]:,} to block "
        f"{table.heights[-1]:,}."
    )


def _against(table: Checkpoints, own: Checkpoints, height: int | None) -> str:
    if height is not None:
        return (
            "It CONTRADICTS the table that comes with this program, in a hash or in the difficulty "
            f"of a period, first at block {height:,}: one of the two is not Bitcoin's."
        )
    shared = len(table.hashes.keys() & own.hashes.keys())
    more = len(table.hashes.keys() - own.hashes.keys())
    return (
        f"{shared:,} are those of the table that comes with this program, {more:,} it does not "
        "have; none differs."
    )
