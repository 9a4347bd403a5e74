"""A second opinion on signatures by OpenSSL, where `cryptography` is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pithcore import ed25519

if TYPE_CHECKING:
    from collections.abc import Callable

_admissible: Callable[[bytes, bytes], bool] = getattr(
    ed25519, "admissible", lambda public_key, signature: True
)


def second_opinion() -> Callable[[bytes, bytes, bytes], bool] | None:
    """An Ed25519 by another hand, or None when there is none here.

    OpenSSL alone accepts keys and signatures that the strict rules refuse (protocol 10), so it
    stands behind the same filter: only what passes it is a question on which the two can
    disagree.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None

    def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
        if not _admissible(public_key, signature):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    return verify
