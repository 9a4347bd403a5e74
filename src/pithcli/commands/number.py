"""`pith number`: the number of a record or a digest, and the forms of a number."""

from __future__ import annotations

import json
import re

from pithcli.exits import Exit
from pithcli.inputs import is_file, load_file, no_such_input
from pithcli.problem import Problem, usage
from pithcli.recordof import record_of
from pithcore import RESOLVERS, ArxivId, PithError, PithNumber, number_of, parse_query
from pithcore.number import PREFIX_LENGTHS
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers
    from pithcore.reading import JSON

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")

_ABOUT = """\
Print a Pith Number.

INPUT is
  a file or -  a record, bundle or saved page: the number of the record in it
  64 hex       a canonical SHA-256: its number (--year adds the year)
  a number     in any form, a record's address too: the same, written one way
Nothing is checked and nothing is fetched: pith verify does that."""

_MORE = """\
examples:
  pith number bundle.json
  pith number --forms dbzz4ga3qytejz5tkunhwekf3i
  pith number --year 2019 $(pith digest bundle.json)"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "number", help="the number of a record or digest", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("input", metavar="INPUT", help="see above")
    parser.add_argument("--year", type=int, metavar="YEAR", help="year, where INPUT has none")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--forms", action="store_true", help="every form, one a line with its name")
    how.add_argument("--json", action="store_true", help="every form, as one JSON object")
    how.add_argument(
        "--json-ld", action="store_true", help="the record in INPUT, a file, as JSON-LD"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Print the number in the form asked for."""
    if arguments.json_ld:
        print(json.dumps(_linked(arguments.input)))
        return Exit.VERIFIED
    number = _with_year(number_in(arguments.input), arguments.year)
    if arguments.json:
        print(json.dumps(_forms(number)))
    elif arguments.forms:
        for name, form in _forms(number).items():
            if form is not None:
                print(f"{name:<16} {form}")
    else:
        print(number)
    return Exit.VERIFIED


def _linked(argument: str) -> JSON:
    """The record in a file, as JSON-LD. Raises `Problem`."""
    from pithcore import record_to_json_ld  # with it comes what reads files of the package

    source = load_file(argument)
    try:
        return record_to_json_ld(record_of(source))
    except PithError as error:
        raise Problem(f"{source.name}: {error}") from None


def number_in(argument: str) -> PithNumber:
    """The number of the record in a file, of a digest, or as it is written. Raises `Problem`."""
    if is_file(argument):
        source = load_file(argument)
        try:
            return number_of(record_of(source))
        except PithError as error:
            raise Problem(f"{source.name}: {error}") from None
    digest = _DIGEST.fullmatch(argument.strip())
    if digest is not None:
        return PithNumber.from_digest(bytes.fromhex(digest.group(1)))
    try:
        query = parse_query(argument)
    except PithError as error:
        raise no_such_input(argument, str(error)) from None
    if isinstance(query, ArxivId):
        raise Problem(
            f"The number of arXiv {query} cannot be told from its id: it is made from the record.",
            hint=f"pith verify arxiv:{query} asks a server for it.",
        )
    return query


def full_number(argument: str) -> PithNumber:
    """As `number_in`, for what needs all 26 characters. Raises `Problem`."""
    number = number_in(argument)
    if not number.is_full:
        raise Problem(
            f"{number} is a short form, and other records may share it.",
            hint="Give all 26 characters, or a file with the record.",
        )
    return number


def _with_year(number: PithNumber, year: int | None) -> PithNumber:
    if year is None or year == number.year:
        return number
    if number.year is not None:
        raise usage(f"{number} already has a year, and it is not {year}.")
    try:
        return PithNumber(number.suffix, year)
    except PithError as error:
        raise usage(f"--year: {error}") from None


def _forms(number: PithNumber) -> dict[str, str | int | None]:
    forms: dict[str, str | int | None] = {
        "pith_number": str(number),
        "short": number.short,
        "suffix": number.suffix,
        "year": number.year,
    }
    for length in PREFIX_LENGTHS:
        fits = length <= len(number.suffix)
        forms[f"pith_short_{length}"] = number.prefix(length) if fits else None
    forms["address"] = f"{RESOLVERS[0].base_url}/pith/{number.suffix}"
    forms["latex"] = f"\\pithnumber{{{number.suffix}}}"
    return forms
