"""Title and abstract, as the record hashes them (protocol 3)."""

from __future__ import annotations

import hashlib


def normalise(text: str) -> str:
    """White space runs to one space, stripped, lower case; TeX and punctuation stay.

    Source: protocol 3.1. For text outside ASCII the registry's rule is not settled (3.2).
    """
    return " ".join(text.split()).lower()


def canon_sha256(text: str) -> str:
    """SHA-256 of the normalised text in UTF-8, as 64 hex digits (protocol 3.1).

    Lone surrogates, which have no UTF-8 form, are hashed as the replacement character.
    """
    return hashlib.sha256(normalise(text).encode("utf-8", "replace")).hexdigest()
