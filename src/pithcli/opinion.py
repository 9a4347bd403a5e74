"""Ed25519 by OpenSSL, where `cryptography` is installed: a second opinion, and a fast one.

OpenSSL alone accepts keys and signatures that the strict rules refuse (protocol 10), so it
stands behind the same filter as our own: only what passes it is a question on which the two
could disagree.
"""

from __future__ import annotations

from functools import lru_cache

from pithcore import ed25519
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.events import VerifySignature


def second_opinion() -> VerifySignature | None:
    """An Ed25519 by another hand, or None when there is none here."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None

    # A registry signs millions of records with one key.
    key_object = lru_cache(maxsize=64)(Ed25519PublicKey.from_public_bytes)

    def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
        if not ed25519.admissible(public_key, signature):
            return False
        try:
            key_object(public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    return verify


def fastest() -> VerifySignature:
    """An Ed25519 of protocol 10 for many signatures: OpenSSL's where it is there, else our own.

    Behind the filter the two have been found to agree on every public vector (protocol 10.2).
    """
    return second_opinion() or ed25519.verify
