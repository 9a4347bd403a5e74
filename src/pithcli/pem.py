"""Ed25519 keys in PEM, as OpenSSL reads and writes them (RFC 7468, RFC 8410).

A private key is a PKCS#8 structure of 48 bytes: 16 that are always the same, then the seed.
"""

from __future__ import annotations

import base64
import binascii
import re

from pithcore import KeyringError
from pithcore.keyring import spki_der

PKCS8_PREFIX = bytes.fromhex("302e020100300506032b657004220420")
"""DER of PKCS#8 with id-Ed25519, version 0, up to the seed's 32 bytes (RFC 8410 section 7)."""

SEED_LENGTH = 32
"""Bytes of an Ed25519 private key (RFC 8032 section 5.1.5)."""

_BLOCK = re.compile(r"^-----BEGIN ([A-Z0-9 ]{1,64})-----\s(.*?)^-----END \1-----", re.M | re.S)
_LINE = 64
"""Characters of base64 in a line (RFC 7468 section 2)."""


def private_pem(seed: bytes) -> str:
    """A seed of 32 bytes as PEM PKCS#8, without a password."""
    return _block("PRIVATE KEY", PKCS8_PREFIX + seed)


def public_pem(public_key: bytes) -> str:
    """A public key of 32 bytes as PEM SubjectPublicKeyInfo."""
    return _block("PUBLIC KEY", spki_der(public_key))


def read_private_pem(text: str) -> bytes:
    """The seed (32 bytes) in a PEM file. Text around the one block is left aside.

    Raises:
        KeyringError: for anything but one unencrypted Ed25519 key, in a sentence that never
            repeats what the file holds.
    """
    blocks = [match.groups() for match in _BLOCK.finditer(text)]
    private = [(label, body) for label, body in blocks if label.endswith("PRIVATE KEY")]
    if not private:
        what = "a public key" if blocks else "no key in PEM"
        raise KeyringError(f"It holds {what}, and a private key is needed to sign.")
    if len(private) > 1:
        raise KeyringError(f"It holds {len(private)} private keys; one is needed to sign.")
    label, body = private[0]
    encrypted = label == "ENCRYPTED PRIVATE KEY" or "Proc-Type" in body
    if encrypted:
        raise KeyringError(
            "Its private key is under a password, which this program cannot ask for."
        )
    if label != "PRIVATE KEY":
        raise KeyringError(f"It holds a key of the form “{label}”; PKCS#8 is needed.")
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error:
        raise KeyringError("Its base64 is damaged.") from None
    if len(der) != len(PKCS8_PREFIX) + SEED_LENGTH or not der.startswith(PKCS8_PREFIX):
        raise KeyringError("Its private key is not one of Ed25519 in plain PKCS#8.")
    return der[len(PKCS8_PREFIX) :]


def _block(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))
