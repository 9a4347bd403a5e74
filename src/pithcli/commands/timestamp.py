"""`pith timestamp stamp`, `upgrade`, `info` and `headers`: OpenTimestamps proofs of a record."""

from __future__ import annotations

import os
import re
import secrets
import sys
from pathlib import Path

from pithcli import say
from pithcli.arguments import seconds
from pithcli.exits import Exit
from pithcli.files import write_atomically
from pithcli.inputs import DEFAULT_TIMEOUT, STDIN, load_file
from pithcli.material import checkpoints_in
from pithcli.problem import Problem, usage
from pithcli.recordof import record_of
from pithcore import Outcome, TimestampError, canonical_digest
from pithcore.timestamp import (
    Assessment,
    DetachedTimestamp,
    assess,
    headers_for,
    link,
    mainnet_checkpoints,
    parse,
    serialize,
)
from pithcore.timestamp.calendar import NONCE_BYTES, is_complete, salted, stamped
from pithcore.timestamp.headers import PERIOD
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Parser, Subparsers
    from pithcore.timestamp import ExplorerAnswer

LEAST = 2
"""Calendars that must promise, unless fewer are asked: one alone may lose its promises."""

_DIGEST = re.compile(r"[0-9a-fA-F]{64}")

_ABOUT = """\
An OpenTimestamps proof shows that a record's digest existed by a day, without
anybody's word: it leads to a block of Bitcoin. What it does not show: who made
the record, or that it is true.

`pith timestamp COMMAND --help` says more."""

_STAMP = """\
Have calendars stamp the canonical digest of the record in INPUT (a file, - for
standard input, or 64 hex digits), and write the proof. A calendar sees a salted
hash, not the digest. What comes back are promises: some hours later,
`pith timestamp upgrade` fetches the rest."""

_UPGRADE = """\
Ask the calendars of a proof whether their promises were kept, and write what
they answer into the proof. The file as it was stays beside it, with .bak at its
end. A calendar that is none of the usual ones is asked only when --calendar
names it."""

_INFO = """\
Say what a proof shows: of the record in --record FILE or of --digest, or, with
neither, of the digest that it states itself. Nothing is asked without
--explorers."""

_HEADERS = """\
Fetch the headers from a proof's block to the end of its period of 2,016 blocks
from one explorer, check them, and write them to a file: with it, `pith verify
--headers` needs no explorer. It is at most 161,280 bytes. Checkpoints decide,
not the explorer, whether they are Bitcoin's."""

_CODES = """\
exit codes:
  0  done; for info: the proof holds
  1  the proof fails, or what was fetched contradicts it
  2  the command line is wrong
  4  not done: nothing was answered, or a file could not be read or written;
     for info: the proof shows no time yet"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand with its own four."""
    parser = subparsers.add_parser(
        "timestamp", help="proofs of a day, by Bitcoin", description=_ABOUT
    )
    own = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    _add_stamp(own.add_parser("stamp", help="begin", description=_STAMP, epilog=_CODES))
    _add_upgrade(own.add_parser("upgrade", help="complete", description=_UPGRADE, epilog=_CODES))
    _add_info(own.add_parser("info", help="show", description=_INFO, epilog=_CODES))
    _add_headers(own.add_parser("headers", help="fetch", description=_HEADERS, epilog=_CODES))


def _add_stamp(parser: Parser) -> None:
    parser.add_argument("input", metavar="INPUT", help="see above")
    parser.add_argument("--out", metavar="FILE", required=True, help="the proof, a new file")
    parser.add_argument(
        "--least", metavar="N", type=int, help=f"promises it takes ({LEAST}, or all of fewer)"
    )
    _add_calendars(parser)
    parser.set_defaults(run=run_stamp)


def _add_upgrade(parser: Parser) -> None:
    parser.add_argument("proof", metavar="PROOF", help="an .ots file")
    parser.add_argument(
        "--again", action="store_true", help="ask even when it holds a block already"
    )
    _add_calendars(parser)
    parser.set_defaults(run=run_upgrade)


def _add_info(parser: Parser) -> None:
    parser.add_argument("proof", metavar="PROOF", help="an .ots file, or - for standard input")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--record", metavar="FILE", help="hold it against this record")
    which.add_argument("--digest", metavar="HEX", help="hold it against this SHA-256")
    parser.add_argument("--headers", metavar="FILE", help="block headers, from the proof's block")
    parser.add_argument("--checkpoints", metavar="FILE", help="a table instead of the usual one")
    parser.add_argument("--explorers", action="store_true", help="ask block explorers")
    _add_explorer(parser)
    parser.set_defaults(run=run_info)


def _add_headers(parser: Parser) -> None:
    parser.add_argument("proof", metavar="PROOF", help="an .ots file")
    parser.add_argument("--out", metavar="FILE", required=True, help="the headers")
    parser.add_argument("--checkpoints", metavar="FILE", help="a table instead of the usual one")
    _add_explorer(parser)
    parser.set_defaults(run=run_headers)


def _add_calendars(parser: Parser) -> None:
    parser.add_argument(
        "--calendar",
        metavar="URL",
        action="append",
        default=[],
        help="a calendar instead of the usual ones; may be repeated",
    )
    _add_timeout(parser)


def _add_explorer(parser: Parser) -> None:
    parser.add_argument(
        "--explorer",
        metavar="URL",
        action="append",
        default=[],
        help="an explorer (Esplora) instead of the usual ones; may be repeated",
    )
    _add_timeout(parser)


def _add_timeout(parser: Parser) -> None:
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=seconds,
        default=DEFAULT_TIMEOUT,
        help="for each address (%(default)g)",
    )


def run_stamp(arguments: argparse.Namespace) -> Exit:
    """Ask calendars for promises, and write the proof once enough of them answered."""
    from pithcli.calendars import calendars_at, promises

    out = Path(arguments.out)
    if out.exists():
        raise usage(f"{arguments.out} is there already, and a proof is not overwritten.")
    calendars = calendars_at(arguments.calendar)
    least = min(LEAST, len(calendars)) if arguments.least is None else arguments.least
    if not 1 <= least <= len(calendars):
        raise usage(
            f"--least: {least} is not a number from 1 to {len(calendars)}, as many as are asked."
        )
    digest, nonce = _digest_in(arguments.input), secrets.token_bytes(NONCE_BYTES)
    answers = promises(salted(digest, nonce), calendars, arguments.timeout, say.note)
    for calendar, answer in [*answers.items()]:
        try:
            stamped(digest, nonce, [answer])
        except TimestampError as error:
            say.note(f"{calendar} answered what cannot be used. {error}")
            del answers[calendar]
    if len(answers) < least:
        raise Problem(
            f"{len(answers)} of {len(calendars)} calendars made a promise, and {least} are wanted: "
            "no proof was written.",
            hint="Try again later, name others with --calendar, or ask for fewer with --least.",
        )
    _write(out, serialize(_made(digest, nonce, answers)))
    print(
        f"{arguments.out}: promised by {len(answers)} of {len(calendars)} calendars. In some "
        f"hours: pith timestamp upgrade {arguments.out}"
    )
    return Exit.VERIFIED


def _made(digest: bytes, nonce: bytes, answers: dict[str, bytes]) -> DetachedTimestamp:
    try:
        return stamped(digest, nonce, answers.values())
    except TimestampError as error:
        raise Problem(f"The calendars' answers make no proof. {error}") from None


def run_upgrade(arguments: argparse.Namespace) -> Exit:
    """Ask calendars about their promises, and write what is new into the proof."""
    from pithcli.calendars import calendars_at, upgrade

    calendars = calendars_at(arguments.calendar)
    if arguments.proof == STDIN:
        raise usage("PROOF is a file, which is written again with what the calendars answer.")
    path = Path(arguments.proof)
    data = load_file(arguments.proof).data
    proof = _proof(data, arguments.proof)
    if is_complete(proof) and not arguments.again:
        print(f"{arguments.proof}: complete already; nothing was asked.")
        return Exit.VERIFIED
    better = upgrade(proof, calendars, arguments.timeout, say.note)
    if better == proof:
        raise Problem(
            f"{arguments.proof} is as it was: no calendar had anything new.",
            hint="A promise is kept within some hours.",
        )
    _write(path.with_name(f"{path.name}.bak"), data)
    _write(path, serialize(better))
    heights = better.heights
    where = f"Bitcoin block {min(heights)}" if heights else "further promises"
    print(f"{arguments.proof}: leads to {where}. The proof as it was: {arguments.proof}.bak")
    return Exit.VERIFIED if heights else Exit.UNCHECKED


def run_info(arguments: argparse.Namespace) -> Exit:
    """Show each attestation, and what the whole proof shows."""
    source = load_file(arguments.proof)
    proof = _proof(source.data, source.name)
    digest = proof.digest
    if arguments.record is not None:
        digest = _digest_in(arguments.record)
    elif arguments.digest is not None:
        digest = _hex(arguments.digest)
    else:
        say.note("Held against the digest that the proof states itself.")
    explorers: tuple[ExplorerAnswer, ...] = ()
    if arguments.explorers or arguments.explorer:
        from pithcli.explorers import ask_explorers, explorers_at

        bases = explorers_at(arguments.explorer)
        explorers = ask_explorers(proof.heights, bases, arguments.timeout, say.note)
    found = assess(
        proof,
        digest,
        headers={} if arguments.headers is None else _headers(proof, arguments.headers),
        checkpoints=checkpoints_in(arguments.checkpoints),
        explorers=explorers,
    )
    _show(found, digest)
    codes = {Outcome.PASSED: Exit.VERIFIED, Outcome.FAILED: Exit.FAILED}
    return codes.get(found.outcome, Exit.UNCHECKED)


def _show(found: Assessment, digest: bytes) -> None:
    print(f"Digest:    {digest.hex()}")
    print(f"Level:     {found.level.value} ({found.outcome.value})")
    print(f"           {found.sentence}")
    for one in found.attestations if len(found.attestations) > 1 else ():
        print(f"  {one.level.value:<16} {one.sentence}")


def run_headers(arguments: argparse.Namespace) -> Exit:
    """Fetch headers from the proof's block to a checkpoint, and write them once they link."""
    from pithcli.explorers import explorers_at, headers_between
    from pithcli.fetch import FetchError

    base = explorers_at(arguments.explorer)[0]
    proof = _proof(load_file(arguments.proof).data, arguments.proof)
    table = checkpoints_in(arguments.checkpoints) or mainnet_checkpoints()
    heights = proof.heights
    if not heights:
        raise Problem(f"{arguments.proof} names no Bitcoin block yet: pith timestamp upgrade.")
    first = min(heights)
    last = next((one for one in table.heights if one >= first), None)
    if last is None or last - first >= PERIOD:
        raise Problem(
            f"No checkpoint follows block {first} within a period.",
            hint="A newer table: pith checkpoints --from Electrum's checkpoints.json.",
        )
    total = last + 1 - first
    try:
        headers = headers_between(
            base, first, last, arguments.timeout, lambda done: _progress(done, total)
        )
    except (FetchError, TimestampError) as error:
        raise Problem(f"{base} did not give all headers. {error}") from None
    try:
        link(first, headers, table)
    except TimestampError as error:
        raise Problem(f"{base} gave other headers. {error}", code=Exit.FAILED) from None
    _write(Path(arguments.out), b"".join(headers.values()))
    print(f"{arguments.out}: {len(headers):,} headers, from block {first} to checkpoint {last}.")
    return Exit.VERIFIED


def _progress(done: int, total: int) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\r{done} of {total} headers", end="\n" if done == total else "", file=sys.stderr)


def _digest_in(argument: str) -> bytes:
    """The digest of a record in a file, or 64 hex digits. Raises `Problem`."""
    if _DIGEST.fullmatch(argument):
        return bytes.fromhex(argument)
    return canonical_digest(record_of(load_file(argument)))


def _hex(text: str) -> bytes:
    if not _DIGEST.fullmatch(text):
        raise usage("--digest takes the 64 hex digits of a SHA-256.")
    return bytes.fromhex(text)


def _proof(data: bytes, name: str) -> DetachedTimestamp:
    try:
        return parse(data)
    except TimestampError as error:
        code = Exit.UNCHECKED if error.unsupported else Exit.FAILED
        raise Problem(f"{name} cannot be read as a proof. {error}", code=code) from None


def _headers(proof: DetachedTimestamp, name: str) -> dict[int, bytes]:
    source = load_file(name)
    try:
        return headers_for(proof, source.data)
    except TimestampError as error:
        raise Problem(f"{source.name}: {error}") from None


def _write(path: Path, data: bytes) -> None:
    try:
        write_atomically(path, data)
    except OSError as error:
        name = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise Problem(f"{name} could not be written: {error.strerror}.") from None
