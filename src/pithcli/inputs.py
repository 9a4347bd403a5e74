"""What an argument means (a file, standard input, a number, an address), and its bytes.

1. `-` is standard input.
2. What begins with `pith:`, `arxiv:`, `http://` or `https://` is never a file.
3. Anything else is a file if there is one of that name.
4. What is left is read as a number or an arXiv id.
So `./NAME` forces a file, and `pith:NAME` or `arxiv:ID` forces a number or an id.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Sequence

from pithcli.problem import Problem
from pithcore import MAX_BYTES, ArxivId, PithNumber, QueryError, Resolver, parse_query
from pithcore.patterns import Pattern
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import IO

DEFAULT_TIMEOUT = 15.0
"""Seconds for one address, redirects and body included; people give up sooner."""

STDIN = "-"
STDIN_NAME = "standard input"

_NEVER_A_FILE = Pattern(r"(?:pith:|arxiv:|https?://)", re.IGNORECASE)
_ADDRESS = Pattern(r"https?://", re.IGNORECASE)
_FILE_LIKE = Pattern(r"[\\/]|\.[A-Za-z]{1,8}\Z")


class Source(NamedTuple):
    """Bytes to verify: `name` for the report, and the record `asked` for, if one was."""

    data: bytes
    name: str
    asked: PithNumber | ArxivId | None = None


class Network(NamedTuple):
    """How servers are asked. `note` is told of detours worth a remark."""

    resolvers: Sequence[Resolver]
    timeout: float
    offline: bool
    note: Callable[[str], None]


def is_file(argument: str) -> bool:
    """True when the argument means a file or standard input (rules 1 to 3)."""
    if argument == STDIN:
        return True
    return not _NEVER_A_FILE.match(argument) and _exists(argument)


def is_regular_file(name: str) -> bool:
    """True for a file; false, without an error, for a text that could be no file's name."""
    return os.path.isfile(name)  # noqa: PTH113 - pathlib raises for names that are too long


def is_pdf(data: bytes) -> bool:
    """True for a PDF, which may have a few bytes before its mark."""
    return b"%PDF-" in data[:1024]


def load(argument: str, network: Network) -> Source:
    """The bytes an argument means. Raises `Problem`."""
    if is_file(argument):
        return load_file(argument)
    query: PithNumber | ArxivId | None = None
    try:
        query = parse_query(argument)
    except QueryError as error:
        if not _ADDRESS.match(argument):
            raise no_such_input(argument, str(error)) from None
    if network.offline:
        raise Problem(
            f"{argument} would have to be fetched, and --offline forbids that.",
            hint="Leave out --offline, or give the record as a file.",
        )
    if query is None or (_ADDRESS.match(argument) and isinstance(query, PithNumber)):
        return _load_address(argument, query, network)
    from pithcli.lookup import look_up  # with the network come http.client, ssl and email

    found = look_up(query, network.resolvers, network.timeout, network.note)
    return Source(found.data, found.url, query)


def names_a_record(argument: str) -> bool:
    """True when an argument says which record it wants: a number, its address, an arXiv id."""
    if is_file(argument):
        return False
    try:
        parse_query(argument)
    except QueryError:
        return False
    return True


def load_file(argument: str) -> Source:
    """The bytes of a file, or of standard input for `-`. Raises `Problem`."""
    if argument == STDIN:
        return Source(_read_stdin(), STDIN_NAME)
    name = os.fsencode(argument).decode("utf-8", "backslashreplace")
    try:
        with open(argument, "rb") as stream:  # noqa: PTH123 - pathlib would cost more than the file
            return Source(_bounded(stream, name), name)
    except (FileNotFoundError, NotADirectoryError):
        raise Problem(f"There is no file {name}.") from None
    except IsADirectoryError:
        raise Problem(
            f"{name} is a directory.", hint="Give the files in it, for example with NAME/*.json."
        ) from None
    except PermissionError:
        raise Problem(f"{name} may not be read by this user.") from None
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) and error.strerror else "bad name"
        raise Problem(f"{name} could not be read: {what}.") from None


def no_such_input(argument: str, why_no_number: str) -> Problem:
    """Neither a file nor a number: said according to which of the two was probably meant."""
    if not argument.strip():
        return Problem("An empty argument names neither a file nor a record.")
    if argument.lstrip()[:1] in ("{", "["):
        return Problem(
            "This is JSON itself, where a file name, a number or an address belongs.",
            hint="Pipe it in: printf '%s' 'JSON' | pith verify -",
        )
    shown = argument if len(argument) <= 80 else f"{argument[:80]}…"
    if _NEVER_A_FILE.match(argument):
        return Problem(f"{shown} names no record. {why_no_number}")
    if _FILE_LIKE.search(argument):
        return Problem(f"There is no file {shown}, and it is no Pith Number or arXiv id.")
    return Problem(f"There is no file {shown}, and as a Pith Number: {why_no_number}")


def _exists(name: str) -> bool:
    return os.path.exists(name)  # noqa: PTH110 - pathlib raises for names that are too long


def _load_address(url: str, query: PithNumber | ArxivId | None, network: Network) -> Source:
    from pithcli.fetch import FetchError, fetch
    from pithcli.lookup import HINT

    try:
        found = fetch(url, network.timeout)
    except FetchError as error:
        raise Problem(str(error), hint=HINT) from None
    return Source(found.data, found.url, query)


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise Problem("Standard input is closed, so there is nothing to read.")
    if sys.stdin.isatty():
        print("Reading from the keyboard; end with Ctrl-D.", file=sys.stderr)
    try:
        return _bounded(sys.stdin.buffer, STDIN_NAME)
    except OSError as error:
        raise Problem(f"Standard input could not be read: {error.strerror}.") from None


def _bounded(stream: IO[bytes], name: str) -> bytes:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Problem(
            f"{name} has more than {MAX_BYTES // 1024**2} MiB, which is the most that is read in "
            "one piece."
        )
    return data
