"""`pith audit`: verify files, folders and JSON Lines by the million."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path

from pithcli import say
from pithcli.audit import cluster, engine, parquet
from pithcli.audit.journal import Journal, Unkept
from pithcli.audit.progress import Progress
from pithcli.audit.sources import Read, after, check, chunks, files_of, size_of
from pithcli.audit.stopping import Stopping
from pithcli.audit.summary import Summary
from pithcli.audit.worker import Settings, work
from pithcli.exits import Exit
from pithcli.keys import keyring_with
from pithcli.problem import Problem, usage
from pithcli.safe import printable
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pithcli.arguments import Subparsers
    from pithcli.audit.sources import Placed

    Rows = Journal | Unkept

STDOUT = "-"

MAX_JOBS = 61
"""Worker processes: what the library takes on Windows, where it takes least."""

_ABOUT = """\
Verify many documents: one row for each, on all cores, in little memory.

PATH is
  NAME.jsonl  a document on each line; also .ndjson, and both with .gz or .zst
  a file      any other file is one document, as for pith verify
  a folder    its .json and .jsonl files, with the folders in it; a mirror's
              bundles
What cannot be read is a row as well, with the reason in it."""

_MORE = """\
examples:
  pith audit --out rows.jsonl bundles.jsonl.gz
  pith audit --out rows.jsonl --resume bundles.jsonl.gz
  pith audit --key lab-2026=key.pem --name 'bundle*.json' mirror/
  pith audit --out - bundles.jsonl | jq -r 'select(.verdict == "failed") | .source'

exit codes, the worst row counting as for pith verify:
  0  every row verified
  1  a row failed
  2  the command line is wrong
  3  intact rows, signer not established
  4  rows that could not be checked or read
  130  interrupted: --resume goes on"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "audit", help="verify many documents", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="see above")
    out = parser.add_argument_group("rows")
    out.add_argument(
        "--out", metavar="FILE", help="write a row of JSON for each document; - is standard output"
    )
    out.add_argument("--resume", action="store_true", help="go on with the rows in FILE")
    out.add_argument(
        "--parquet", metavar="FILE", help="and the rows of --out as Parquet, at the end"
    )
    what = parser.add_argument_group("what to hold it against")
    what.add_argument(
        "--key",
        metavar="ID=KEY",
        action="append",
        default=[],
        help="also trust this public key (hex, base64 or PEM file); may be repeated",
    )
    what.add_argument(
        "--name",
        metavar="PATTERN",
        action="append",
        default=[],
        help="in folders, take files of this name only; may be repeated",
    )
    how = parser.add_argument_group("how")
    how.add_argument("--jobs", metavar="N", type=_jobs, help="worker processes (one for each core)")
    how.add_argument(
        "--dask", metavar="ADDRESS", help="let the workers of this Dask scheduler do it"
    )
    how.add_argument(
        "--pure", action="store_true", help="use no library for signatures, even if it is there"
    )
    tell = parser.add_mutually_exclusive_group()
    tell.add_argument("--json", action="store_true", help="the summary as one JSON object")
    tell.add_argument(
        "--quiet", "-q", action="store_true", help="no summary; the exit code says it"
    )
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        help="say how far it is (on a terminal)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Write the rows, print the summary, and return the worst outcome."""
    _check_arguments(arguments)
    settings = Settings(keyring_with(arguments.key).keys, arguments.pure)
    with Stopping() as stopping, closing(_output(arguments)) as rows:
        summary = _audit(arguments, settings, rows, stopping)
    if not (summary.tally.rows or stopping()):
        raise Problem("There is no document in what was given.")
    if arguments.parquet is not None and not stopping():
        _write_parquet(arguments)
    if not arguments.quiet:
        _show(summary, arguments)
    if stopping():
        kept = arguments.out not in (None, STDOUT)
        say.problem(Problem("Interrupted.", hint=engine.GO_ON if kept else None))
        return Exit.INTERRUPTED
    return summary.tally.exit


def _audit(
    arguments: argparse.Namespace, settings: Settings, rows: Rows, stopping: Stopping
) -> Summary:
    started, before = time.monotonic(), rows.tally.rows
    placed = _to_do(arguments, settings, rows)
    if arguments.dask is not None:
        coming = cluster.there(placed, settings, arguments.dask, stopping)
    else:
        coming = engine.here(placed, settings, arguments.jobs or engine.cores(), stopping)
    progress = Progress(_total(arguments))
    with closing(coming), closing(progress):
        for done, behind in coming:
            _append(rows, done.lines)
            rows.tally.merge(done.tally)
            progress.show(rows.tally.rows, rows.tally.rows - before, behind)
    took = time.monotonic() - started
    return Summary(rows.tally, rows.tally.rows - before, took, complete=not stopping())


def _to_do(arguments: argparse.Namespace, settings: Settings, rows: Rows) -> Iterator[Placed]:
    """The chunks that no earlier run has done."""
    files = files_of(arguments.paths, arguments.name)
    placed = chunks(files, read_here=arguments.dask is not None)
    if rows.last is None:
        return placed
    item, rest = after(placed, rows.tally.rows)
    if item is None or work(Read((item,)), settings).lines != rows.last:
        raise Problem(
            f"Row {rows.tally.rows:,} of {arguments.out} is not what these arguments give, so it "
            "cannot be resumed with them.",
            hint="Give the same paths and keys as before, or another name for --out.",
        )
    return rest


def _check_arguments(arguments: argparse.Namespace) -> None:
    """Find what is wrong before any work is done. Raises `Problem`."""
    kept = arguments.out not in (None, STDOUT)
    for option in ("resume", "parquet"):
        if getattr(arguments, option) and not kept:
            raise usage(f"--{option} needs a file of rows.", hint="Name it with --out.")
    if arguments.dask is not None and arguments.jobs is not None:
        raise usage("With --dask the cluster decides how many workers there are, not --jobs.")
    if arguments.parquet is not None:
        parquet.check_writes()
    if arguments.dask is not None:
        cluster.check_client()
    check(arguments.paths)


def _output(arguments: argparse.Namespace) -> Rows:
    if arguments.out is None:
        return Unkept()
    if arguments.out == STDOUT:
        return Unkept(None if sys.stdout is None else sys.stdout.buffer)
    return Journal(Path(arguments.out), resume=arguments.resume)


def _append(rows: Rows, lines: bytes) -> None:
    try:
        rows.append(lines)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Problem(
            f"The rows could not be written: {error.strerror}.", hint=engine.GO_ON
        ) from None


def _write_parquet(arguments: argparse.Namespace) -> None:
    try:
        parquet.write(Path(arguments.out), Path(arguments.parquet))
    except OSError as error:
        raise Problem(f"{arguments.parquet} could not be written: {error.strerror}.") from None


def _total(arguments: argparse.Namespace) -> int | None:
    """Bytes of all inputs, for who is told how far it is; None for who is not."""
    wanted = arguments.progress
    if wanted is None:
        wanted = sys.stderr is not None and sys.stderr.isatty() and not arguments.quiet
    if not wanted:
        return None
    files = files_of(arguments.paths, arguments.name)
    return sum(size_of(file) for file in files if isinstance(file, str))


def _show(summary: Summary, arguments: argparse.Namespace) -> None:
    stream = sys.stderr if arguments.out == STDOUT else sys.stdout
    if arguments.json:
        print(summary.to_json(), file=stream)
    else:
        for line in summary.lines():
            print(printable(line), file=stream)


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_JOBS):
        raise argparse.ArgumentTypeError(
            f"{text} is not a number of processes from 1 to {MAX_JOBS}"
        )
    return int(text)
