"""`pith merge`: copies of one record into one bundle and its state."""

from __future__ import annotations

import sys
from functools import cache

import pithcore
from pithcli import lines, say
from pithcli.exits import OF_VERDICT, Exit, worst
from pithcli.inputs import STDIN, load_file
from pithcli.keys import keyring_with
from pithcli.output import STDOUT, json_line, put_text
from pithcli.parts import bundle_of, parts_of
from pithcli.problem import Problem, usage
from pithcli.showmerge import merge_lines
from pithcore import (
    EventStatus,
    PithError,
    PithNumber,
    Verdict,
    compare_copies,
    ed25519,
    number_of,
)
from pithcore.document import read_document
from pithcore.merging import state_of
from pithcore.record import submitted_year
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers
    from pithcli.inputs import Source
    from pithcore import Comparison, Keyring, Report, State
    from pithcore.events import VerifySignature
    from pithcore.reading import JSON

_ABOUT = """\
Merge copies of one record, from several mirrors or from several days: bundles,
states, records, as files (or - for standard input). Each is verified alone, the
events of all become one bundle with its state, and it is said what each copy
brought and what it lacked. Events prove themselves: a copy that lies can hide,
forge and undo nothing that another one carries.

The order of the copies changes nothing."""

_MORE = """\
examples:
  pith merge monday.json friday.json
  pith merge --bundle bundle.json --state state.json mirrors/*/bundle.json
  pith merge --json a.json b.json | jq .agree

exit codes:
  0  no copy failed, and the merged bundle is verified
  1  a copy, or the merged bundle, is not what it claims to be
  2  the command line is wrong
  3  no copy failed, and the merged bundle has no signer established
  4  a copy could not be read, or there is no record; after a missing file
     nothing is written
That one copy lacks what another has is no failure: it is what merging is for."""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "merge", help="copies of one record into one", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("inputs", nargs="+", metavar="COPY", help="see above")
    parser.add_argument("--bundle", metavar="FILE", help="write the merged bundle (- prints it)")
    parser.add_argument("--state", metavar="FILE", help="write the merged state (- prints it)")
    parser.add_argument("--json", action="store_true", help="print the comparison as JSON")
    parser.add_argument(
        "--drop-invalid",
        action="store_true",
        help="leave out of bundle and state what fails, which is else kept as evidence",
    )
    parser.add_argument("--expect", metavar="NUMBER", help="the number that is to be merged")
    parser.add_argument(
        "--key",
        metavar="ID=KEY",
        action="append",
        default=[],
        help="also trust this public key (hex, base64 or PEM file); may be repeated",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Merge, write what was asked for, and say what each copy contributed."""
    if arguments.inputs.count(STDIN) > 1:
        raise usage("Standard input can be read only once.")
    if [arguments.bundle, arguments.state].count(STDOUT) + arguments.json > 1:
        raise usage("Standard output can hold one of bundle, state and comparison.")
    asked = _expected(arguments.expect)
    keyring = keyring_with(arguments.key)
    sources = [load_file(argument) for argument in arguments.inputs]
    if asked is None:
        _refuse_several_numbers(sources)
    check = cache(ed25519.verify)
    comparison = _compare(sources, asked, keyring, check)
    state = _kept(comparison.state) if arguments.drop_invalid else comparison.state
    bundle = _bundle(sources, comparison, state, keyring)
    merged = pithcore.verify(
        json_line(bundle).encode("ascii"), keyring=keyring, verify_signature=check
    )
    if arguments.bundle is not None:
        put_text(json_line(bundle), arguments.bundle)
    if arguments.state is not None:
        put_text(json_line(state.to_dict()), arguments.state)
    if arguments.json:
        print(json_line(comparison.to_dict()), end="")
    else:
        printed = STDOUT in (arguments.bundle, arguments.state)
        stream = sys.stderr if printed else sys.stdout
        lines.write(merge_lines(comparison, state, merged, lines.width_for(stream)), stream)
    return _exit(comparison, merged)


def _expected(text: str | None) -> PithNumber | None:
    try:
        return None if text is None else PithNumber.parse(text)
    except PithError as error:
        raise usage(f"--expect: {error}") from None


def _refuse_several_numbers(sources: list[Source]) -> None:
    """Which of two records is meant must be said: the order of the copies is not to say it."""
    numbers: dict[str, str] = {}
    for source in sources:
        try:
            records = read_document(source.data).records
        except PithError:
            continue  # the comparison names it
        for record in records:
            if submitted_year(record.value) is not None:
                numbers.setdefault(str(number_of(record.value)), source.name)
    if len(numbers) > 1:
        held = ", ".join(f"{name} {number}" for number, name in [*numbers.items()][:4])
        raise Problem(
            f"These copies hold records of {len(numbers)} numbers: {held}.",
            hint="--expect NUMBER says which one is meant; copies of another one then fail.",
        )


def _compare(
    sources: list[Source], asked: PithNumber | None, keyring: Keyring, check: VerifySignature
) -> Comparison:
    try:
        return compare_copies(
            [(source.name, source.data) for source in sources],
            expect=asked,
            keyring=keyring,
            verify_signature=check,
        )
    except PithError as error:
        raise Problem(str(error)) from None


def _kept(state: State) -> State:
    """The state without events that fail."""
    kept = [event for event in state.events if event.status is not EventStatus.INVALID]
    return state_of(kept, state.number, state.record)


def _bundle(
    sources: list[Source], comparison: Comparison, state: State, keyring: Keyring
) -> dict[str, JSON]:
    """The merged bundle, with a receipt of a copy that holds where no event carries it."""
    receipts = [
        receipt
        for source, copy in zip(sources, comparison.copies, strict=True)
        if copy.report is not None and copy.report.verdict is not Verdict.FAILED
        for receipt in parts_of(source).receipts
    ]
    events = [event.value for event in state.events]
    bundle, left_out = bundle_of(state.record, events, receipts, keyring)
    if left_out:
        what = "1 receipt" if left_out == 1 else f"{left_out} receipts"
        say.note(f"No place in the merged bundle: {what} that no event carries.")
    return bundle


def _exit(comparison: Comparison, merged: Report) -> Exit:
    """The merged bundle's verdict, unless a copy failed or could not be read."""
    codes = [OF_VERDICT[merged.verdict]]
    for copy in comparison.copies:
        if copy.report is None:
            codes.append(Exit.UNCHECKED)
        elif copy.report.verdict is Verdict.FAILED:
            codes.append(Exit.FAILED)
    return worst(codes)
