"""`pith digest`: the canonical SHA-256 of a record, or of any JSON."""

from __future__ import annotations

import sys

from pithcli.exits import Exit
from pithcli.inputs import load_file
from pithcli.recordof import record_or_value, whole_value
from pithcore import canonical_bytes, canonical_digest
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers

_ABOUT = """\
Print the SHA-256 of canonical bytes, 64 hex digits. A Pith document (bundle,
record, saved page) gives that of the record in it; any other JSON gives its
own. Nothing is checked: pith verify does that."""

_MORE = """\
examples:
  pith digest bundle.json
  pith digest --bytes bundle.json | sha256sum
  echo '{"b":1,"a":2}' | pith digest -"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "digest", help="canonical SHA-256 of a record", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("input", metavar="FILE", help="a file, or - for standard input")
    parser.add_argument("--bytes", action="store_true", help="write the canonical bytes themselves")
    parser.add_argument(
        "--whole", action="store_true", help="of the whole JSON, even if it carries a record"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print the digest, or write the canonical bytes without a line end."""
    source = load_file(arguments.input)
    value = whole_value(source) if arguments.whole else record_or_value(source)
    if not arguments.bytes:
        print(canonical_digest(value).hex())
    elif sys.stdout is not None:
        sys.stdout.buffer.write(canonical_bytes(value))
    return Exit.VERIFIED
