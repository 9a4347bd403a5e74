"""Asking one mirror, a server or a folder: its documents, or why there are none.

That a mirror is down, slow or has nothing is an answer of its own, and never a failed check.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pithcli.fetch import MAX_FETCH, FetchError, Why, fetch, is_base
from pithcli.problem import usage
from pithcore.typed import NamedTuple

MAX_FAILURES = 3
"""Times in a row that a server may fail to answer before it is left alone: with 15 seconds each,
a mirror that is down would keep a comparison of millions waiting for months."""

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


class Absence(StrEnum):
    """Why there is no document."""

    MISSING = "missing"
    """The mirror answers, and does not have it."""
    UNAVAILABLE = "unavailable"
    """The mirror did not answer, or not with a document."""


class Answer(NamedTuple):
    """A document's bytes; or None, with the kind of absence and a sentence."""

    data: bytes | None
    absence: Absence | None = None
    why: str | None = None


class FolderMirror(NamedTuple):
    """A mirror's folder on this machine."""

    name: str
    folder: Path

    def ask(self, path: str) -> Answer:
        """The document at `path`."""
        try:
            with (self.folder / path).open("rb") as stream:
                data = stream.read(MAX_FETCH + 1)
        except (FileNotFoundError, NotADirectoryError):
            return Answer(None, Absence.MISSING, f"There is no {path}.")
        except OSError as error:
            why = f"{path} could not be read: {error.strerror}."
            return Answer(None, Absence.UNAVAILABLE, why)
        if len(data) > MAX_FETCH:
            why = f"{path} has more than {MAX_FETCH // 1024**2} MiB."
            return Answer(None, Absence.UNAVAILABLE, why)
        return Answer(data)


@dataclass
class ServerMirror:
    """A mirror's server. One that keeps failing is left alone."""

    name: str
    timeout: float
    failures: int = field(default=0, init=False)

    def ask(self, path: str) -> Answer:
        """The document at `path`, within the timeout."""
        if self.failures >= MAX_FAILURES:
            why = f"It was not asked again after {MAX_FAILURES} failures in a row."
            return Answer(None, Absence.UNAVAILABLE, why)
        try:
            found = fetch(f"{self.name}/{path}", self.timeout)
        except FetchError as error:
            missing = error.why is Why.NOT_FOUND
            self.failures = 0 if missing else self.failures + 1
            return Answer(None, Absence.MISSING if missing else Absence.UNAVAILABLE, str(error))
        self.failures = 0
        return Answer(found.data)


Mirror = FolderMirror | ServerMirror


def mirror_named(argument: str, timeout: float) -> Mirror:
    """The mirror an argument means: an address, or else a folder. Raises a usage `Problem`."""
    if not _ADDRESS.match(argument):
        folder = Path(argument)
        if not folder.is_dir():
            raise usage(f"There is no folder {argument}, and it is no address of a server.")
        return FolderMirror(argument, folder)
    if not is_base(argument):
        raise usage(
            f"{argument} is not the address of a mirror.",
            hint="It looks like https://pith.science; plain http is for localhost only.",
        )
    return ServerMirror(argument.rstrip("/"), timeout)
