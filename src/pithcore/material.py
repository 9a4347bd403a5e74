"""Verification material: what a reader brings beside the document, from files or the network.

The core fetches nothing. Whoever calls it asks the explorers, ORCID or the archive, if the
reader wants that, and hands their answers over here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pithcore.orcid import OrcidAnswer
    from pithcore.timestamp import Checkpoints, ExplorerAnswer
    from pithcore.wayback import CaptureAnswer


class VerificationMaterial(NamedTuple):
    """What completeness can be checked with.

    Attributes:
        timestamp: an OpenTimestamps proof (`.ots`), or a calendar's bare response, over the
            record's canonical digest; None when there is none beside the document.
        headers: height → Bitcoin block header of 80 bytes; or a file of them, one after the
            other, from a block on that a proof names (`timestamp.headers_for`).
        checkpoints: what is known of the chain; the table in the package when None.
        explorers: what block explorers answered. orcid: what ORCID's public records listed.
        captures: what the Internet Archive answered.
        now: the time (UTC), against which nothing claimed may lie ahead; None for no clock.
        pdf_sha1: SHA-1 (20 bytes) of a PDF in hand, to hold against a capture's; or None.
    """

    timestamp: bytes | None = None
    headers: Mapping[int, bytes] | bytes = MappingProxyType({})
    checkpoints: Checkpoints | None = None
    explorers: tuple[ExplorerAnswer, ...] = ()
    orcid: tuple[OrcidAnswer, ...] = ()
    captures: tuple[CaptureAnswer, ...] = ()
    now: str | None = None
    pdf_sha1: bytes | None = None


NO_MATERIAL = VerificationMaterial()
"""Nothing but the document."""
