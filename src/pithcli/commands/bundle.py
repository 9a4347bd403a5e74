"""`pith bundle`: a record with its events and receipts in one document."""

from __future__ import annotations

import pithcore
from pithcli import say
from pithcli.exits import Exit
from pithcli.inputs import STDIN, load_file
from pithcli.keys import keyring_with
from pithcli.output import json_line, put_text
from pithcli.parts import Parts, bundle_of, parts_of
from pithcli.problem import Problem, usage
from pithcore import EventStatus, Verdict, canonical_bytes, number_of
from pithcore.events import examine
from pithcore.record import schema_problems
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers
    from pithcore import Keyring
    from pithcore.reading import JSON

_ABOUT = """\
Put a record, its events and its receipt into one bundle, as a registry or a
mirror serves it. The same parts make the same bytes, in any order.

FILE is (or - brings) a record, any document with one, the output of pith sign,
a receipt, an event, or several events (a list, or one a line). They must all be
about one record, and what is not what it claims to be is refused; pith merge
is for copies that may not hold together."""

_MORE = """\
examples:
  pith bundle record.json created.json snapshot.json > bundle.json
  pith bundle --out bundle.json bundle.json new-event.json"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "bundle", help="record and events in one document", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("inputs", nargs="+", metavar="FILE", help="see above")
    parser.add_argument(
        "--key",
        metavar="ID=KEY",
        action="append",
        default=[],
        help="hold events to this public key too; may be repeated",
    )
    parser.add_argument("--out", metavar="FILE", help="write to a file instead of printing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Make the bundle of all parts and print it."""
    if arguments.inputs.count(STDIN) > 1:
        raise usage("Standard input can be read only once.")
    keyring = keyring_with(arguments.key)
    parts = [parts_of(load_file(argument)) for argument in arguments.inputs]
    put_text(bundled(parts, keyring), arguments.out)
    return Exit.VERIFIED


def bundled(parts: list[Parts], keyring: Keyring) -> str:
    """The bundle of all parts, one line of JSON. Raises `Problem` for what does not hold."""
    record = _record(parts)
    for part in parts:
        _refuse_what_fails(part, record, keyring)
    events = [event for part in parts for event in part.events]
    receipts = [receipt for part in parts for receipt in part.receipts]
    bundle, left_out = bundle_of(record, events, receipts, keyring)
    if left_out:
        raise Problem(
            "A bundle has room for one receipt beside its events, and here are "
            f"{left_out + 1} that no event carries.",
            hint="pith event --type record_created makes an event with a receipt in it.",
        )
    text = json_line(bundle)
    report = pithcore.verify(text.encode("ascii"), keyring=keyring)
    if report.verdict is Verdict.FAILED:
        raise Problem(
            f"The parts are good one by one and not together. {report.sentence}", code=Exit.FAILED
        )
    if report.verdict is not Verdict.VERIFIED:
        say.note(f"{report.headline}. {report.sentence}")
    return text


def _record(parts: list[Parts]) -> JSON:
    """The one record of all parts, in schema 1.0. Raises `Problem`."""
    named = [(record, part.source.name) for part in parts for record in part.records]
    if not named:
        raise Problem(
            "None of these holds the record that a bundle is about.",
            hint="Add the record: pith mint --record makes it from a paper's metadata.",
        )
    record, name = named[0]
    problems = schema_problems(record)
    if problems:
        raise Problem(f"{name} holds no record of schema 1.0: {'; '.join(problems)}.")
    for other, other_name in named[1:]:
        if canonical_bytes(other) != canonical_bytes(record):
            raise Problem(f"{name} and {other_name} hold different records.", code=Exit.FAILED)
    return record


def _refuse_what_fails(part: Parts, record: JSON, keyring: Keyring) -> None:
    number = number_of(record)
    name = part.source.name
    if part.is_document:
        report = pithcore.verify(part.source.data, keyring=keyring)
        if report.verdict is Verdict.FAILED:
            raise Problem(
                f"{name} is not what it claims to be. {report.sentence}",
                hint="pith verify shows every check; pith merge keeps what holds.",
                code=Exit.FAILED,
            )
        return
    for event in part.events:
        examined = examine(event, number, keyring)
        if examined.status is EventStatus.INVALID and examined.problem is not None:
            raise Problem(
                f"{name} holds an event that does not hold. {examined.problem.message}",
                code=Exit.FAILED,
            )
