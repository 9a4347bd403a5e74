"""`--key ID=KEY`: keys that a reader adds to the pinned ones for one run."""

from __future__ import annotations

from pithcli.inputs import is_regular_file
from pithcli.problem import Problem, usage
from pithcore import PITH_KEYRING, Key, Keyring, KeyringError, parse_public_key
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_KEY_FILE = 16 * 1024
"""Bytes of a key file that are read; a PEM public key has 113."""

_FORM = "It looks like --key lab-2026=KEY, where KEY is hex, base64 or the name of a PEM file."


def keyring_with(options: Iterable[str]) -> Keyring:
    """The pinned keyring with the keys of every `--key`. Raises a usage `Problem`."""
    keyring = PITH_KEYRING
    for option in options:
        key_id, equals, text = option.partition("=")
        if not (key_id and equals and text):
            raise usage(f"--key {option} is not an id and a key.", hint=_FORM)
        try:
            key = Key(key_id, _public_key(text), holder=key_id)
            keyring = keyring.with_key(key)
        except KeyringError as error:
            raise usage(f"--key {key_id}: {error}", hint=_FORM) from None
    return keyring


def _public_key(text: str) -> bytes:
    try:
        return parse_public_key(text)
    except KeyringError:
        if not is_regular_file(text):
            raise
    try:
        with open(text, "rb") as stream:  # noqa: PTH123 - as in inputs.py
            content = stream.read(MAX_KEY_FILE).decode("ascii")
    except OSError as error:
        raise usage(f"The key file {text} could not be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise usage(
            f"The key file {text} is not PEM.",
            hint=f"openssl pkey -pubin -inform DER -in {text} -out key.pem",
        ) from None
    if "PRIVATE KEY" in content:
        raise _private(text)
    return parse_public_key(content)


def _private(name: str) -> Problem:
    return usage(
        f"{name} holds a private key. Only its public half belongs here.",
        hint=f"openssl pkey -in {name} -pubout -out public.pem",
    )
