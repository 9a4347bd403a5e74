"""Signatures by the million: OpenSSL behind the strict filter where it is there, else our own."""

from __future__ import annotations

from pithcli.opinion import second_opinion
from pithcore import ed25519
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.events import VerifySignature


def signature_check() -> VerifySignature:
    """An Ed25519 of protocol 10, the fastest there is.

    Behind one filter all implementations agree (protocol 10.2); without the filter OpenSSL
    would accept what the rules refuse, so it is then not used.
    """
    fast = second_opinion() if hasattr(ed25519, "admissible") else None
    return fast or ed25519.verify
