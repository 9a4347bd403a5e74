"""`pith sign`: a receipt for a record, under a key of one's own."""

from __future__ import annotations

import pithcore
from pithcli.exits import Exit
from pithcli.inputs import load_file
from pithcli.output import json_line, put_text
from pithcli.problem import Problem
from pithcli.recordof import record_of
from pithcli.signing import signer_of, time_of
from pithcore import (
    PITH_KEYRING,
    Keyring,
    Verdict,
    canonical_digest,
    make_receipt,
    number_of,
)
from pithcore.record import schema_problems
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers
    from pithcli.inputs import Source
    from pithcore.reading import JSON

_ABOUT = """\
Sign a record: a receipt, which says that the key's holder vouches for the 32
bytes of its digest. Printed is a document of record, digest, number and
receipt that pith verify --key verifies.

FILE (or -) is a record or any Pith document. One that is not what it claims to
be is not signed. The time in a receipt is under no signature (protocol 4.4)."""

_MORE = """\
examples:
  pith sign --key lab-2026=lab.pem record.json > signed.json
  pith mint --record paper.json | pith sign --key lab-2026=lab.pem -
  pith verify --key lab-2026=lab.pub.pem signed.json"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser("sign", help="sign a record", description=_ABOUT, epilog=_MORE)
    parser.add_argument("input", metavar="FILE", help="see above")
    parser.add_argument(
        "--key", metavar="ID=FILE", required=True, help="the key's id and its private PEM file"
    )
    parser.add_argument("--at", metavar="TIME", help="UTC time of signing (now)")
    parser.add_argument("--receipt", action="store_true", help="print the receipt alone")
    parser.add_argument("--out", metavar="FILE", help="write to a file instead of printing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Sign the record and print what was made."""
    signer = signer_of(arguments.key)
    signed_at = time_of(arguments.at)
    source = load_file(arguments.input)
    record = record_to_sign(source)
    receipt = make_receipt(record, signer.key, signer.seed, signed_at=signed_at)
    number = number_of(record)
    document: dict[str, JSON] = {
        "canonical_record": record,
        "canonical_sha256": canonical_digest(record).hex(),
        "pith_number": str(number),
        "short_pith_number": number.short,
        "receipt": receipt,
    }
    text = json_line(document)
    # What leaves here must verify: a fault of the machine would otherwise be found by others.
    report = pithcore.verify(text.encode("ascii"), keyring=Keyring((signer.key,)))
    if report.verdict is not Verdict.VERIFIED:
        raise Problem(f"The receipt does not verify, so it was not given out. {report.sentence}")
    put_text(json_line(receipt) if arguments.receipt else text, arguments.out)
    return Exit.VERIFIED


def record_to_sign(source: Source) -> JSON:
    """The record of a document that holds together. Raises `Problem` for any other."""
    record = record_of(source)
    problems = schema_problems(record)
    if problems:
        raise Problem(
            f"{source.name} holds no record of schema 1.0: {'; '.join(problems)}.",
            hint="pith mint --record makes one from a paper's metadata.",
        )
    report = pithcore.verify(source.data, keyring=PITH_KEYRING)
    if report.verdict is Verdict.FAILED:
        raise Problem(
            f"{source.name} is not what it claims to be, so it was not signed. {report.sentence}",
            hint="pith verify shows every check.",
            code=Exit.FAILED,
        )
    return record
