"""`pith badge`: a link to where a number can be verified, as an image or a snippet."""

from __future__ import annotations

from pithcli.commands.number import full_number
from pithcli.exits import Exit
from pithcli.problem import usage
from pithcore import BadgeError, badge
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers

_ABOUT = """\
Print a badge that links to a verifier's page. It says "verify" and never
"verified": whoever embeds a badge controls what it shows.

INPUT is a number with all 26 characters, or a file with a record."""

_MORE = """\
examples:
  pith badge --verifier https://verifier.example.org/ NUMBER > pith-NUMBER.svg
  pith badge --verifier https://verifier.example.org/ --format markdown NUMBER

formats:
  svg       the image, with a title for those who do not see it
  markdown  a line for a README; html: one for a page (both name the image)
  element   two lines for a page: <pith-badge>, which opens the verifier
  latex     the two lines of pith latex
  endpoint  JSON for shields.io, to be put at an address of yours"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "badge", help="a link to where a number is verified", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("input", metavar="INPUT", help="see above")
    parser.add_argument("--verifier", metavar="URL", required=True, help="address of the page")
    parser.add_argument("--format", choices=badge.FORMATS, default="svg", help="see below")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print it."""
    number = full_number(arguments.input)
    try:
        made = badge.make_badge(number, arguments.verifier, arguments.format)
    except BadgeError:
        raise usage(
            f"--verifier {arguments.verifier} is not the address of a page.",
            hint="It looks like https://verifier.example.org/.",
        ) from None
    print(made, end="")
    return Exit.VERIFIED
