"""`pith mirror build`, `check` and `serve`: make static mirrors, compare them, try them out."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from pithcli import lines
from pithcli.exits import Exit, worst
from pithcli.fetch import is_allowed
from pithcli.inputs import DEFAULT_TIMEOUT
from pithcli.keys import keyring_with
from pithcli.material import checkpoints_in
from pithcli.mirror import layout, show
from pithcli.mirror.ask import FolderMirror, Mirror, mirror_named
from pithcli.mirror.build import Options, build
from pithcli.mirror.check import check
from pithcli.mirror.sources import missing
from pithcli.problem import Problem, usage
from pithcore import PithError, PithNumber
from pithcore.times import utc_order
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from pithcli.arguments import Parser, Subparsers

_ABOUT = """\
A mirror is a folder of bundles that any static web server can serve. Nobody
has to trust it: bundles verify by themselves, and states follow from them.

`pith mirror COMMAND --help` says more."""

_BUILD = """\
Put bundles into a mirror's folder. Each is verified first: what fails is
refused and named, and the rest goes on. Bundles of one number are merged,
with the one that is there already too, and no event is lost.

SOURCE is a bundle's file, a .jsonl file with one on each line, or a folder of
such files. Bundles whose signer is not known are hosted too: they are intact,
and a reader may know the key. A timestamp that stands beside a bundle goes with
it: SUFFIX.ots, and SUFFIX.headers with its block headers."""

_BUILD_MORE = """\
examples:
  pith mirror build mirror bundles/ more.jsonl
  pith mirror build mirror bundles/ --page build/site \\
      --base-url https://mirror.example.org
  pith mirror build mirror mirror --key lab=key.pem   go over what is there

The same bundles give the same bytes, in any order and however often. A build
that was killed leaves every file whole; run it again to finish it.

exit codes:
  0  done, and nothing was refused
  1  done, and something was refused: not what it claims to be
  2  the command line is wrong
  4  done, and something could not be read; or the folder could not be written
The worst counts, in the order 1, 4, 0."""

_CHECK = """\
Ask mirrors for the same numbers and compare what they serve: who lacks an
event, whose bundle fails, whose state does not follow from its bundle, whose
timestamp fails, and which signer says two things that cannot both be true.

MIRROR is a server's address or a mirror's folder. A mirror that is down, slow
or has nothing is named as that, and never as one that fails."""

_CHECK_MORE = """\
examples:
  pith mirror check mirror https://mirror.example.org
  pith mirror check https://pith.science https://mirror.example.org \\
      --number pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I

exit codes:
  0  all mirrors agree
  1  a bundle or timestamp fails, a state does not follow, or a signer
     contradicts themselves
  2  the command line is wrong
  3  they differ, and nobody is shown to be wrong: an event is lacking or
     disputed, or a state was made by rules or with keys that are not known
  4  a mirror could not be asked, has nothing, or sent what cannot be read
With several numbers the worst counts, in the order 1, 4, 3, 0."""


_SERVE = """\
Serve a mirror's folder on this machine alone, until Ctrl-C, so that its page
can be opened and pages of other mirrors can read it. For others to reach it,
put the folder on any static web server."""

PORT = 8000
"""Where `serve` is found when no port is named, as with other tools."""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand with its own three."""
    parser = subparsers.add_parser("mirror", help="make and compare mirrors", description=_ABOUT)
    own = parser.add_subparsers(metavar="COMMAND", required=True, title="commands")
    _add_build(own.add_parser("build", help="make", description=_BUILD, epilog=_BUILD_MORE))
    _add_check(own.add_parser("check", help="compare", description=_CHECK, epilog=_CHECK_MORE))
    _add_serve(own.add_parser("serve", help="try out", description=_SERVE))


def _add_build(parser: Parser) -> None:
    parser.add_argument("mirror", metavar="DIR", help="the mirror's folder, made if need be")
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="see above")
    parser.add_argument("--page", metavar="SITE", help="also put the built page there")
    parser.add_argument(
        "--base-url", metavar="URL", help="where it is served; else addresses are relative"
    )
    parser.add_argument("--name", default="Pith mirror", help="its name in the manifest")
    parser.add_argument(
        "--at", metavar="TIME", help="the manifest's time, else that of the newest event"
    )
    _add_key(parser)
    _add_checkpoints(parser)
    parser.set_defaults(run=run_build)


def _add_check(parser: Parser) -> None:
    parser.add_argument("mirrors", nargs="+", metavar="MIRROR", help="see above")
    parser.add_argument(
        "--number",
        metavar="NUMBER",
        action="append",
        default=[],
        help="full number to ask for, else all that the folders have; may be repeated",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--verbose", "-v", action="store_true", help="also what agrees")
    how.add_argument("--json", action="store_true", help="one number a line, as JSON")
    how.add_argument("--quiet", "-q", action="store_true", help="no output; the exit code says it")
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=float,
        default=DEFAULT_TIMEOUT,
        help="for each address (%(default)g)",
    )
    _add_key(parser)
    _add_checkpoints(parser)
    parser.set_defaults(run=run_check)


def _add_serve(parser: Parser) -> None:
    parser.add_argument("mirror", metavar="DIR", help="the mirror's folder")
    parser.add_argument(
        "--port", metavar="PORT", type=int, default=PORT, help="of this machine (%(default)d)"
    )
    parser.set_defaults(run=run_serve)


def _add_key(parser: Parser) -> None:
    parser.add_argument(
        "--key",
        metavar="ID=KEY",
        action="append",
        default=[],
        help="also count this public key (hex, base64 or PEM file); may be repeated",
    )


def _add_checkpoints(parser: Parser) -> None:
    parser.add_argument(
        "--checkpoints", metavar="FILE", help="a table for timestamps instead of the usual one"
    )


def run_build(arguments: argparse.Namespace) -> Exit:
    """Build, and print what was done."""
    options = Options(
        mirror=Path(arguments.mirror),
        keyring=keyring_with(arguments.key),
        name=arguments.name,
        base_url=_base_url(arguments.base_url),
        page=None if arguments.page is None else Path(arguments.page),
        at=_time(arguments.at),
        checkpoints=checkpoints_in(arguments.checkpoints),
    )
    if (gone := missing(arguments.sources)) is not None:
        raise gone
    try:
        tally = build(arguments.sources, options)
    except OSError as error:
        raise Problem(
            f"{error.filename or options.mirror} could not be written: {error.strerror}.",
            hint="Every file of the mirror is whole. Run the build again to finish it.",
        ) from None
    lines.write(show.build_lines(options.mirror, tally), sys.stdout)
    return tally.exit


def run_serve(arguments: argparse.Namespace) -> Exit:
    """Serve until Ctrl-C."""
    from pithcli.mirror.serve import HOST, server_of

    if not 0 <= arguments.port < 65536:
        raise usage(f"--port: {arguments.port} is not a number from 0 to 65535.")
    server = server_of(Path(arguments.mirror), arguments.port)
    port = server.server_address[1]
    print(f"{arguments.mirror} is at http://{HOST}:{port}/ (Ctrl-C ends it)", flush=True)
    with server:
        server.serve_forever()
    return Exit.VERIFIED


def run_check(arguments: argparse.Namespace) -> Exit:
    """Compare, print each number as it ends, and return the worst outcome."""
    if not 0 < arguments.timeout <= 3600:
        raise usage(f"--timeout: {arguments.timeout:g} is not a number of seconds from 0 to 3600.")
    mirrors = [mirror_named(argument, arguments.timeout) for argument in arguments.mirrors]
    names = [mirror.name for mirror in mirrors]
    for name in names:
        if names.count(name) > 1:
            raise usage(f"{name} is named twice.")
    numbers = _numbers(arguments.number, mirrors)
    outcomes: Counter[Exit] = Counter()
    table = checkpoints_in(arguments.checkpoints)
    for checked in check(numbers, mirrors, keyring_with(arguments.key), table):
        outcomes[checked.exit] += 1
        if arguments.json:
            print(json.dumps(checked.to_dict()), flush=True)
        elif not arguments.quiet and (arguments.verbose or checked.exit is not Exit.VERIFIED):
            width = lines.width_for(sys.stdout)
            lines.write(show.checked_lines(checked, width, verbose=arguments.verbose), sys.stdout)
    if not (arguments.json or arguments.quiet):
        lines.write([show.summary_line(outcomes)], sys.stdout)
    return worst(outcomes) if outcomes else Exit.UNCHECKED


def _numbers(asked: Sequence[str], mirrors: Sequence[Mirror]) -> Iterator[PithNumber]:
    """The numbers asked for; else every number of the folders, each once."""
    folders = [mirror.folder for mirror in mirrors if isinstance(mirror, FolderMirror)]
    if asked:
        return iter([_number(text) for text in asked])
    if not folders:
        raise usage(
            "A server does not say which numbers it has.",
            hint="Name them with --number, or give a mirror's folder to go through.",
        )
    return _in_folders(folders)


def _in_folders(folders: Sequence[Path]) -> Iterator[PithNumber]:
    """Every number that a folder has and none before it, without keeping them."""
    for index, folder in enumerate(folders):
        for suffix in layout.suffixes_in(folder):
            if not any(layout.has(before, suffix) for before in folders[:index]):
                yield PithNumber(suffix)


def _number(text: str) -> PithNumber:
    try:
        number = PithNumber.parse(text)
    except PithError as error:
        raise usage(f"--number: {error}") from None
    if not number.is_full:
        raise usage(f"--number: {number} is a short form, which may stand for several records.")
    return number


def _base_url(text: str | None) -> str:
    """The address without a slash at the end; empty for none. Raises a usage `Problem`."""
    if text is None:
        return ""
    try:
        good = is_allowed(text) and not set("?#@") & set(text)
    except ValueError:
        good = False
    if not good:
        raise usage(
            f"--base-url {text} is not the address of a mirror.",
            hint="It looks like https://mirror.example.org; plain http is for localhost only.",
        )
    return text.rstrip("/")


def _time(text: str | None) -> str | None:
    """The time of `--at`, else of SOURCE_DATE_EPOCH (reproducible-builds.org), else None."""
    if text is not None:
        if utc_order(text) is None:
            raise usage(f"--at: {text} is no UTC time; it looks like 2026-05-19T20:12:26Z.")
        return text
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return None
    try:
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        raise usage(f"SOURCE_DATE_EPOCH: {epoch} is no number of seconds since 1970.") from None
