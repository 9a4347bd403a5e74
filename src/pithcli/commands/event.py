"""`pith event`: one signed event about a record."""

from __future__ import annotations

from pithcli import say
from pithcli.commands.sign import record_to_sign
from pithcli.exits import Exit
from pithcli.inputs import STDIN, is_file, load_file, no_such_input
from pithcli.output import json_line, put_text
from pithcli.problem import Problem, usage
from pithcli.recordof import whole_value
from pithcli.signing import event_signer, time_of
from pithcore import (
    EventStatus,
    Keyring,
    PithError,
    PithNumber,
    canonical_digest,
    make_event,
    make_receipt,
    number_of,
)
from pithcore.events import AUTHOR_CLAIM, RECORD_CREATED, examine
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pithcli.arguments import Subparsers
    from pithcli.signing import Signer
    from pithcore import Finding
    from pithcore.reading import JSON

_ABOUT = """\
Make one signed event about a record (docs/merge.md says what each type holds).

RECORD is a record, any document with one, - for standard input, or, where the
event is not about the record's content, its full number.
  record_created   needs no payload: record, digest and a receipt are made
  graph_snapshot   payload {"graph_snapshot": {…}}, with --target graph
  withdrawal       payload {"event_id": "sha256:…"}, an event of the same key
  pithcore.timestamp.v1, .archive_capture.v1, .citation.v1, .replication.v1
                   on completeness (docs/completeness.md 2 has the payloads);
                   pith claim makes pithcore.author_claim.v1
Any other type is kept by readers and changes nothing. What readers would
refuse is not made."""

_MORE = """\
examples:
  pith event record.json --type record_created --key lab-2026=lab.pem
  pith event pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I --key lab-2026=lab.pem \\
    --type graph_snapshot --target graph --payload snapshot.json
  echo '{"event_id": "sha256:…"}' | pith event record.json \\
    --type withdrawal --payload - --key lab-2026=lab.pem
  pith event record.json --type pithcore.citation.v1 \\
    --payload citation.json --key did:key=lab.pem"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "event", help="make a signed event", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("record", metavar="RECORD", help="what it is about, see above")
    parser.add_argument("--type", metavar="TYPE", required=True, help="the event's type")
    parser.add_argument(
        "--key",
        metavar="ID=FILE",
        required=True,
        help="the key's id and its private PEM file; did:key=FILE names it by itself",
    )
    parser.add_argument("--payload", metavar="FILE", help="a JSON object, - for standard input")
    parser.add_argument("--target", metavar="TARGET", default="record", help="%(default)s or graph")
    parser.add_argument(
        "--replaces",
        metavar="EVENT-ID",
        action="append",
        default=[],
        help="an event of the same key that this one stands instead of; may be repeated",
    )
    parser.add_argument("--signer", metavar="NAME", help="who signs (the key's id)")
    parser.add_argument("--signer-type", metavar="TYPE", default="", help="what the signer is")
    parser.add_argument("--at", metavar="TIME", help="UTC time of the event (now)")
    parser.add_argument("--out", metavar="FILE", help="write to a file instead of printing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Make the event, hold it to the rules that readers hold it to, and print it."""
    if arguments.record == arguments.payload == STDIN:
        raise usage("Standard input can be read only once.")
    signer = event_signer(arguments.key, arguments.signer)
    created_at = time_of(arguments.at)
    number, record = subject_of(arguments.record)
    event = signed_event(
        arguments.type,
        number,
        _payload(arguments, record, signer, created_at),
        signer,
        created_at,
        target=arguments.target,
        signer_type=arguments.signer_type,
        replaces=arguments.replaces,
    )
    put_text(json_line(event), arguments.out)
    return Exit.VERIFIED


def signed_event(
    event_type: str,
    number: PithNumber,
    payload: dict[str, JSON],
    signer: Signer,
    created_at: str,
    *,
    target: str = "record",
    signer_type: str = "",
    replaces: Sequence[str] = (),
) -> dict[str, JSON]:
    """`make_event`, held to the rules that readers hold it to.

    Raises `Problem` for an event that readers would refuse; notes that they would not know it.
    """
    try:
        event = make_event(
            event_type,
            number,
            payload,
            signer.key,
            signer.seed,
            created_at=created_at,
            target=target,
            signer_type=signer_type,
            replaces=replaces,
        )
    except PithError as error:
        raise usage(str(error)) from None
    examined = examine(event, number, Keyring((signer.key,)))
    problem = examined.problem
    if examined.status is EventStatus.INVALID and problem is not None:
        raise Problem(
            f"Readers would refuse this event, so it was not made. {problem.message}",
            hint=_hint(event_type, problem),
            code=Exit.FAILED,
        )
    if examined.status is EventStatus.UNCHECKED and problem is not None:
        say.note(f"{problem.message} Readers keep this one, and it changes nothing.")
    return event


def _hint(event_type: str, problem: Finding) -> str | None:
    if event_type == AUTHOR_CLAIM:
        return "pith claim makes an author's claim."
    return None if problem.found is None else f"It holds {problem.found}."


def subject_of(argument: str) -> tuple[PithNumber, JSON]:
    """The full number of a file's record and the record; of a number, the number and None."""
    if is_file(argument):
        record = record_to_sign(load_file(argument))
        return number_of(record), record
    try:
        number = PithNumber.parse(argument)
    except PithError as error:
        raise no_such_input(argument, str(error)) from None
    if not number.is_full or number.year is None:
        raise usage(
            f"An event names its record by the full number with its year, and {number} is not that."
        )
    return number, None


def _payload(
    arguments: argparse.Namespace, record: JSON, signer: Signer, created_at: str
) -> dict[str, JSON]:
    if arguments.payload is not None:
        source = load_file(arguments.payload)
        payload = whole_value(source)
        if not isinstance(payload, dict):
            raise Problem(f"{source.name}: An event's payload is a JSON object.")
        return payload
    if arguments.type != RECORD_CREATED:
        raise usage(f"An event of type {arguments.type} needs --payload: what does it say?")
    if record is None:
        raise usage(
            f"An event of type {RECORD_CREATED} carries the record; a number is not enough."
        )
    return {
        "canonical_record": record,
        "canonical_sha256": canonical_digest(record).hex(),
        "receipt": make_receipt(record, signer.key, signer.seed, signed_at=created_at),
    }
