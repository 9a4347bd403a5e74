"""Whose signatures are believed: keys pinned by value, never fetched (protocol 4.1, 4.2)."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from pithcore.errors import KeyringError
from pithcore.times import utc_order
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Self


class _Fields(NamedTuple):
    key_id: str
    public_key: bytes
    holder: str
    valid_from: str | None = None
    valid_until: str | None = None
    revoked_at: str | None = None
    revoked_reason: str | None = None
    pinned: bool = False


class Key(_Fields):
    """One Ed25519 public key and what is known about it.

    Attributes:
        key_id: the name receipts give it.
        public_key: 32 bytes, RFC 8032 encoding.
        holder: who signs with it.
        valid_from, valid_until: RFC 3339 UTC times ending in `Z`; None when not known.
        revoked_at, revoked_reason: when and why it was given up; None while it stands.
        pinned: True for keys shipped in `PITH_KEYRING`, False for keys a reader added.

    Raises:
        KeyringError: when `key_id` is empty, `public_key` is not 32 bytes, or a bound of its
            term is no UTC time.
    """

    __slots__ = ()

    def __new__(
        cls,
        key_id: str,
        public_key: bytes,
        holder: str,
        valid_from: str | None = None,
        valid_until: str | None = None,
        revoked_at: str | None = None,
        revoked_reason: str | None = None,
        pinned: bool = False,
    ) -> Self:
        """Raises `KeyringError` as the class says."""
        if not key_id:
            raise KeyringError("A key needs an id: receipts name their key by it.")
        if len(public_key) != 32:
            raise KeyringError(
                f"An Ed25519 public key has 32 bytes; {key_id} has {len(public_key)}."
            )
        for bound in (valid_from, valid_until):
            # A term that cannot be compared would never end.
            if bound is not None and utc_order(bound) is None:
                raise KeyringError(f"The term of {key_id} states {bound!r}, which is no UTC time.")
        times = valid_from, valid_until, revoked_at, revoked_reason
        return super().__new__(cls, key_id, public_key, holder, *times, pinned)

    @property
    def fingerprint(self) -> str:
        """First 16 bytes of SHA-256 of the raw key, as 32 hex digits (protocol 4.2)."""
        return _fingerprint(self.public_key)

    @property
    def fingerprint_base32(self) -> str:
        """First 26 base32 characters of SHA-256 of the raw key (protocol 4.2)."""
        return base64.b32encode(hashlib.sha256(self.public_key).digest()).decode("ascii")[:26]

    def refusal(self, time: str | None) -> str | None:
        """Why nothing signed with this key at `time` (a UTC time or None) counts; None if it does.

        A revoked key counts for no time: a signer chooses the time they state.
        """
        if self.revoked_at is not None:
            why = "" if self.revoked_reason is None else f": {self.revoked_reason}"
            return (
                f"The key {self.key_id} was revoked on {self.revoked_at}{why}. "
                "A signer can state any time, so none of its signatures can be relied on."
            )
        if self.valid_from is self.valid_until is None:
            return None
        moment = utc_order(time)
        start, end = utc_order(self.valid_from), utc_order(self.valid_until)
        if moment is not None and start is not None and moment < start:
            return f"It states {time}, before the key {self.key_id} was in use ({self.valid_from})."
        if moment is not None and end is not None and moment > end:
            return f"It states {time}, after the key {self.key_id} had ended ({self.valid_until})."
        return None


@lru_cache(maxsize=64)
def _fingerprint(public_key: bytes) -> str:
    """Kept, since every receipt and event of a key is held against it."""
    return hashlib.sha256(public_key).hexdigest()[:32]


class Keyring:
    """An immutable set of keys, looked up by id.

    Raises:
        KeyringError: when two keys share an id.
    """

    def __init__(self, keys: tuple[Key, ...] = ()) -> None:
        self._keys: dict[str, Key] = {}
        for key in keys:
            if key.key_id in self._keys:
                raise KeyringError(f"Two keys share the id {key.key_id}.")
            self._keys[key.key_id] = key

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys, in the order they were given."""
        return tuple(self._keys.values())

    def get(self, key_id: str) -> Key | None:
        """The key of that id, or None."""
        return self._keys.get(key_id)

    def with_key(self, key: Key) -> Keyring:
        """A keyring that also holds `key`.

        Raises:
            KeyringError: when the id is taken: a pinned key is never replaced.
        """
        return Keyring((*self.keys, key))


def parse_public_key(text: str) -> bytes:
    """Read a public key that a person pastes: 64 hex digits, or base64 of 32 bytes.

    Also reads the base64 body of a PEM or DER SubjectPublicKeyInfo (RFC 8410, 44 bytes).

    Raises:
        KeyringError: for anything else.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    body = "".join(line for line in lines if not line.startswith("-----"))
    try:
        raw = bytes.fromhex(body) if len(body) == 64 else base64.b64decode(body, validate=True)
    except ValueError:
        raise KeyringError("A public key is 64 hex digits, or base64 of 32 bytes.") from None
    if raw[:-32] == _SPKI_PREFIX:
        raw = raw[-32:]
    if len(raw) != 32:
        raise KeyringError(f"An Ed25519 public key has 32 bytes; this has {len(raw)}.")
    return raw


_SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""DER of SubjectPublicKeyInfo with id-Ed25519, up to the key's 32 bytes (RFC 8410 section 4)."""


def spki_der(public_key: bytes) -> bytes:
    """A raw public key of 32 bytes as DER SubjectPublicKeyInfo (44 bytes, RFC 8410)."""
    return _SPKI_PREFIX + public_key


PITH_KEYRING = Keyring(
    (
        Key(
            key_id="pith-v1-2026-05",
            public_key=bytes.fromhex(
                "b2d552b68890857171a78b36a5dccf368a953413288c353f7c9d9d6f94b709b3"
            ),
            holder="pith.science",
            pinned=True,
        ),
    )
)
"""The registry's key as its mirror manifest of 2026-05-19 gives it; 22 real signatures verify
under it (protocol 4.1). No end is announced (`rotates_at` is null)."""
