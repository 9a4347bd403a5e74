"""`VerificationMaterial` for `pith verify`: what the reader brings, or wants asked (completeness).

Nothing is asked unless an option says so. What is the same for all inputs is looked at once.
"""

from __future__ import annotations

import time

from pithcli import say
from pithcli.problem import usage
from pithcore import Keyring, VerificationMaterial
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Parser
    from pithcli.asking import Asking


def add_options(parser: Parser) -> None:
    """Add the options that bring material."""
    group = parser.add_argument_group("completeness: who is asked (nobody, unless you say so)")
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
    """

    asking: Asking | None = None

    def of(self, data: bytes, keyring: Keyring, pdf: bytes | None) -> VerificationMaterial:
        """The material for one document.

        Args:
            data: the document. keyring: whose keys count.
            pdf: the paper's PDF; hashed only where the archive is asked.
        """
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if self.asking is None:
            return VerificationMaterial(now=now)
        from pithcli.asking import ask, sha1_of

        orcid, captures = ask(self.asking, data, keyring, now[:10])
        return VerificationMaterial(
            orcid=orcid, captures=captures, now=now, pdf_sha1=None if pdf is None else sha1_of(pdf)
        )


def material_of(arguments: argparse.Namespace) -> Material:
    """What the options of `add_options` ask for. Raises a usage `Problem`."""
    orcid = arguments.orcid or arguments.orcid_at is not None
    archive = arguments.archive or arguments.archive_at is not None
    if not (orcid or archive):
        return Material()
    if arguments.offline:
        raise usage(
            f"{'--orcid' if orcid else '--archive'} asks a server, and --offline forbids that."
        )
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
    return Material(asking)


def _silent(text: str) -> None:
    """With --quiet the exit code alone speaks."""
