"""`VerificationMaterial` for `pith verify`: what the reader brings, or wants asked (completeness).

Nothing is asked unless an option says so. What is the same for all inputs is looked at once.
"""

from __future__ import annotations

import time

from pithcli import say
from pithcli.inputs import load_file
from pithcli.problem import Problem, usage
from pithcore import Keyring, TimestampError, VerificationMaterial
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pithcli.arguments import Parser
    from pithcli.asking import Asking
    from pithcore.timestamp import Checkpoints, ExplorerAnswer


def add_options(parser: Parser) -> None:
    """Add the options that bring material."""
    stamp = parser.add_argument_group("completeness: a timestamp beside the record")
    stamp.add_argument("--timestamp", metavar="FILE", help="its OpenTimestamps proof (.ots)")
    stamp.add_argument("--headers", metavar="FILE", help="block headers, from the proof's block")
    stamp.add_argument("--checkpoints", metavar="FILE", help="a table instead of the usual one")
    group = parser.add_argument_group("completeness: who is asked (nobody, unless you say so)")
    group.add_argument("--explorers", action="store_true", help="ask block explorers")
    group.add_argument(
        "--explorer",
        metavar="URL",
        action="append",
        default=[],
        help="ask this explorer (Esplora) instead; may be repeated",
    )
    group.add_argument(
        "--orcid", action="store_true", help="ask ORCID whether an author's iD lists the key"
    )
    group.add_argument(
        "--archive", action="store_true", help="ask the Internet Archive whether it has a capture"
    )
    group.add_argument("--orcid-at", metavar="URL", help="ask this server in ORCID's place")
    group.add_argument("--archive-at", metavar="URL", help="ask this one in the archive's place")


class Material(NamedTuple):
    """What is the same for every input.

    Attributes:
        asking: who is asked and what they answered so far; None when nobody is.
        timestamp, headers, checkpoints: what files beside the record hold.
        explorers: those to ask; none when nobody is asked. timeout: seconds for each address.
        note: told of whatever was not answered.
    """

    asking: Asking | None = None
    timestamp: bytes | None = None
    headers: bytes | None = None
    checkpoints: Checkpoints | None = None
    explorers: tuple[str, ...] = ()
    timeout: float = 0
    note: Callable[[str], None] = say.note

    def of(self, data: bytes, keyring: Keyring, pdf: bytes | None) -> VerificationMaterial:
        """The material for one document.

        Args:
            data: the document. keyring: whose keys count.
            pdf: the paper's PDF; hashed only where the archive is asked.
        """
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        material = VerificationMaterial(
            timestamp=self.timestamp,
            headers={} if self.headers is None else self.headers,
            checkpoints=self.checkpoints,
            now=now,
        )
        if self.explorers:
            material = material._replace(explorers=self._explorers(data, keyring))
        if self.asking is None:
            return material
        from pithcli.asking import ask, sha1_of

        orcid, captures = ask(self.asking, data, keyring, now[:10])
        return material._replace(
            orcid=orcid, captures=captures, pdf_sha1=None if pdf is None else sha1_of(pdf)
        )

    def _explorers(self, data: bytes, keyring: Keyring) -> tuple[ExplorerAnswer, ...]:
        from pithcli.asking import heights_in
        from pithcli.explorers import ask_explorers

        heights = heights_in(data, keyring, self.timestamp)
        if not heights:
            self.note("No timestamp names a block to ask explorers about.")
        return ask_explorers(heights, self.explorers, self.timeout, self.note)


def material_of(arguments: argparse.Namespace) -> Material:
    """What the options of `add_options` ask for. Raises a usage `Problem`."""
    orcid = arguments.orcid or arguments.orcid_at is not None
    archive = arguments.archive or arguments.archive_at is not None
    explorers = arguments.explorers or bool(arguments.explorer)
    wanted = {"--orcid": orcid, "--archive": archive, "--explorers": explorers}
    asks = [option for option, is_asked in wanted.items() if is_asked]
    if asks and arguments.offline:
        raise usage(f"{asks[0]} asks a server, and --offline forbids that.")
    material = Material(
        timestamp=_file("--timestamp", arguments.timestamp),
        headers=_file("--headers", arguments.headers),
        checkpoints=checkpoints_in(arguments.checkpoints),
        explorers=_explorers(arguments.explorer) if explorers else (),
        timeout=arguments.timeout,
        note=_silent if arguments.quiet else say.note,
    )
    if not (orcid or archive):
        return material
    from pithcli.asking import ARCHIVE, ORCID, Asking, server_at

    asking = Asking(
        orcid=server_at(ORCID, "--orcid-at", arguments.orcid_at) if orcid else None,
        archive=server_at(ARCHIVE, "--archive-at", arguments.archive_at) if archive else None,
        timeout=arguments.timeout,
        note=_silent if arguments.quiet else say.note,
    )
    for server in (asking.orcid, asking.archive):
        if server is not None and server.base != server.usual:
            asking.note(f"{server.base} is asked in the place of {server.usual}, and taken for it.")
    return material._replace(asking=asking)


def checkpoints_in(name: str | None) -> Checkpoints | None:
    """The table in a file, in either form; None for no file. Raises `Problem`."""
    data = _file("--checkpoints", name)
    if data is None:
        return None
    from pithcore.timestamp import read_checkpoints

    try:
        return read_checkpoints(data)
    except TimestampError as error:
        raise Problem(f"{name} cannot be read as checkpoints. {error}") from None


def _explorers(addresses: list[str]) -> tuple[str, ...]:
    from pithcli.explorers import explorers_at

    return explorers_at(addresses)


def _file(option: str, name: str | None) -> bytes | None:
    if name is None:
        return None
    try:
        return load_file(name).data
    except Problem as problem:
        raise usage(f"{option}: {problem.error}") from None


def _silent(text: str) -> None:
    """With --quiet the exit code alone speaks."""
