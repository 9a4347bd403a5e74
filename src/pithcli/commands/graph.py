"""`pith graph`: the links between records, out of any number of bundles."""

from __future__ import annotations

import json

from pithcli import say
from pithcli.exits import Exit
from pithcli.keys import keyring_with
from pithcli.mirror.sources import missing
from pithcli.output import put_text
from pithcore.checks.statements import Standing
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers
    from pithcli.graph.links import Graph
    from pithcore import Keyring

MAX_NAMED = 5
"""Sources that could not be read and are named; of more, the number is told."""

_ABOUT = """\
The links that signed events state, citations and replications, as one graph:
records are its nodes, and a link goes from the citing record to the cited one.

SOURCE is a bundle's file, a .jsonl file with one on each line, a folder of
such files, or a mirror's folder. Nothing is fetched.

A link is counted when a key of the keyring signed it. Others are shown dashed
in DOT, and are statements and no facts in JSON-LD. What was taken back or
fails is left out, and told. A signed link shows who says so, not that it is
so."""

_MORE = """\
examples:
  pith graph bundles/ --key lab-2026=lab.pub.pem | dot -Tsvg > links.svg
  pith graph mirror --format json-ld --out links.jsonld

The same bundles give the same bytes, in any order.

exit codes:
  0  done
  2  the command line is wrong
  4  done without what could not be read; or the file could not be written"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "graph", help="links between records, as DOT or JSON-LD", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="see above")
    parser.add_argument(
        "--format", choices=("dot", "json-ld"), default="dot", help="%(default)s unless said"
    )
    parser.add_argument(
        "--key",
        metavar="ID=KEY",
        action="append",
        default=[],
        help="also count this public key (hex, base64 or PEM file); may be repeated",
    )
    parser.add_argument("--out", metavar="FILE", help="write to a file instead of printing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Gather the links, write the graph, and say what it holds."""
    from pithcli.graph.links import gather

    keyring = keyring_with(arguments.key)
    if (gone := missing(arguments.sources)) is not None:
        raise gone
    graph = gather(arguments.sources, keyring)
    put_text(_text(graph, arguments.format, keyring), arguments.out)
    _tell(graph)
    return Exit.UNCHECKED if graph.unusable else Exit.VERIFIED


def _text(graph: Graph, form: str, keyring: Keyring) -> str:
    if form == "dot":
        from pithcli.graph.dot import dot_lines

        return "\n".join([*dot_lines(graph), ""])
    from pithcli.graph.jsonld import json_ld

    return json.dumps(json_ld(graph, keyring), indent=1) + "\n"


def _tell(graph: Graph) -> None:
    counted = graph.count(Standing.COUNTED)
    others = len(graph.links) - counted
    say.note(
        f"{_many(graph.bundles, 'bundle')}, {_many(len(graph.links), 'link')}: {counted:,} "
        f"counted, {others:,} by nobody who is known here."
    )
    if graph.withdrawn or graph.refused:
        say.note(
            f"Left out: {_many(graph.withdrawn, 'event')} taken back by its own signer, "
            f"{graph.refused:,} refused."
        )
    for one in graph.unusable[:MAX_NAMED]:
        say.note(f"{one.name} was passed over. {one.why}")
    if len(graph.unusable) > MAX_NAMED:
        say.note(f"So were {len(graph.unusable) - MAX_NAMED:,} more.")


def _many(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"
