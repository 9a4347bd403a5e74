"""`--key ID=FILE` where something is signed: the private key, its name, and the time stated."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pithcli import pem
from pithcli.files import write_atomically
from pithcli.keys import MAX_KEY_FILE
from pithcli.problem import Problem, usage
from pithcore import PITH_KEYRING, Key, KeyringError, ed25519
from pithcore.didkey import did_key_of
from pithcore.times import utc_order

_KEY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
DID_KEY = "did:key"
"""In place of an id: the name that the key itself gives."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PRIVATE = stat.S_IRUSR | stat.S_IWUSR


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and the 32 secret bytes that sign for it; `repr` does not show them."""

    key: Key
    seed: bytes = field(repr=False)


def split_key(option: str, form: str) -> tuple[str, str]:
    """The id and the file of `ID=FILE`. `form` shows how it looks. Raises a usage `Problem`."""
    key_id, equals, name = option.partition("=")
    if not (equals and name):
        raise usage(f"{option} is not an id and a file.", hint=f"It looks like {form}.")
    if not _KEY_ID.fullmatch(key_id):
        raise usage(
            f"“{key_id}” is no id for a key.",
            hint="Up to 64 letters, digits, dots, hyphens and underscores, for example lab-2026.",
        )
    return key_id, name


def signer_of(option: str, holder: str | None = None) -> Signer:
    """The signer that `--key ID=FILE` names; `holder` is its id unless it is given.

    Raises a usage `Problem` for a key that cannot be read, that others can read, or whose id
    belongs to another key.
    """
    key_id, name = split_key(option, "--key lab-2026=lab.pem")
    seed = _read_seed(name)
    key = Key(key_id, ed25519.public_key(seed), holder or key_id)
    refuse_pinned(key)
    return Signer(key, seed)


def own_signer(name: str, holder: str | None = None) -> Signer:
    """The signer with the private key in the file `name`, named by its own did:key.

    Raises a usage `Problem` for a key that cannot be read, or that others can read.
    """
    seed = _read_seed(name)
    public_key = ed25519.public_key(seed)
    did = did_key_of(public_key)
    return Signer(Key(did, public_key, holder or did), seed)


def event_signer(option: str, holder: str | None = None) -> Signer:
    """As `signer_of`; `did:key=FILE` names the key by its own did:key.

    Whoever reads an event of such a key needs no keyring to check the signature, and learns
    from it which key signed, not whose it is.
    """
    start = f"{DID_KEY}="
    if option.startswith(start) and option != start:
        return own_signer(option.removeprefix(start), holder)
    return signer_of(option, holder)


def refuse_pinned(key: Key) -> None:
    """Raise a usage `Problem` when the id is pinned to another key: nobody would believe it."""
    pinned = PITH_KEYRING.get(key.key_id)
    if pinned is not None and pinned.public_key != key.public_key:
        raise usage(
            f"The id {key.key_id} is pinned to the key of {pinned.holder}, so whatever another key "
            "signs in its name fails everywhere.",
            hint="Take an id of your own, for example lab-2026.",
        )


def time_of(stated: str | None) -> str:
    """The UTC time that `--at` states; without it, now, to the microsecond as the registry does.

    Raises a usage `Problem` for what is no UTC time.
    """
    if stated is None:
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if utc_order(stated) is None:
        raise usage(
            f"--at {stated} is no UTC time.", hint="It looks like --at 2026-05-18T12:00:00Z."
        )
    return stated


def create_private(name: str, text: str, *, replace: bool) -> None:
    """Write a private key to a file that only its owner can read, from the first byte on.

    Args:
        name: the file. text: its content, ASCII.
        replace: put it in the place of a file that is there; otherwise that is a `Problem`.
    """
    path = Path(name)
    try:
        if replace and path.exists() and not path.is_file():
            raise usage(f"{name} is not a regular file, and a private key belongs in one.")
        if replace:
            write_atomically(path, text.encode("ascii"), _PRIVATE)
        else:
            _create(path, text.encode("ascii"))
    except FileExistsError:
        raise usage(
            f"{name} exists already, and a private key that is overwritten is lost.",
            hint="Choose another name; --force overwrites it all the same.",
        ) from None
    except (OSError, ValueError) as error:
        raise Problem(f"{name} could not be written: {_why(error)}.") from None


def _create(path: Path, data: bytes) -> None:
    """A new file and no other: `O_EXCL` follows no link and replaces nothing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor, not a path
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _read_seed(name: str) -> bytes:
    try:
        with Path(name).open("rb") as stream:
            _refuse_open_to_others(name, os.fstat(stream.fileno()))
            content = stream.read(MAX_KEY_FILE).decode("ascii")
        return pem.read_private_pem(content)
    except UnicodeDecodeError:
        raise usage(f"The key file {name} is not PEM.", hint=_HINT) from None
    except (OSError, ValueError) as error:
        if isinstance(error, KeyringError):
            raise usage(f"The key file {name} cannot be used. {error}", hint=_HINT) from None
        raise usage(f"The key file {name} could not be read: {_why(error)}.") from None


_HINT = "pith keygen ID=FILE makes one, and so does openssl genpkey -algorithm ed25519 -out FILE."


def _refuse_open_to_others(name: str, found: os.stat_result) -> None:
    """As ssh does: a key that others can read, or put another in place of, is no secret."""
    if os.name == "posix" and found.st_mode & _OTHERS:
        raise usage(
            f"Others on this machine can get at the private key {name} (its mode is "
            f"{stat.S_IMODE(found.st_mode):04o}), so it is not used.",
            hint=f"chmod 600 {shlex.quote(name)}",
        )


def _why(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else "bad name"
