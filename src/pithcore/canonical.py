"""Canonical bytes and digest of a JSON value (protocol 1.1 and 1.2)."""

from __future__ import annotations

import hashlib
import json

from pithcore.errors import CanonicalError
from pithcore.reading import JSON

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_bytes(value: JSON) -> bytes:
    """The bytes that are hashed: keys sorted by code point, no spaces, UTF-8, Python's numbers.

    This is not RFC 8785: that sorts by UTF-16 unit and writes numbers as ECMAScript does.

    Args:
        value: anything `read_json` returns.

    Raises:
        CanonicalError: for a value JSON cannot carry (NaN, a lone surrogate, a loop, a
            Python object, keys that cannot be sorted).

    Source: protocol 1.1.
    """
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise CanonicalError(f"This value has no canonical bytes: {error}.") from error


def canonical_digest(value: JSON) -> bytes:
    """SHA-256 of the canonical bytes: 32 bytes. Raises `CanonicalError`. Source: protocol 1.2."""
    return hashlib.sha256(canonical_bytes(value)).digest()
