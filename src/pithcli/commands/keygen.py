"""`pith keygen`: a key of one's own."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from pithcli.exits import Exit
from pithcli.output import put_text
from pithcli.pem import SEED_LENGTH, private_pem, public_pem
from pithcli.problem import Problem, usage
from pithcli.safe import printable
from pithcli.signing import create_private, refuse_pinned, split_key
from pithcore import Key, ed25519
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pithcli.arguments import Subparsers

_ABOUT = """\
Make an Ed25519 key: a second registry or a laboratory signs with its own. The
private half goes to FILE (PEM PKCS#8, which OpenSSL reads too), for its owner's
eyes only and under no password. The public half is printed; whoever is to
believe the key needs it, from you and not from a server."""

_MORE = """\
examples:
  pith keygen lab-2026=lab.pem
  pith keygen lab-2026=lab.pem --public lab.pub.pem
  pith verify --key lab-2026=lab.pub.pem bundle.json"""


def add(subparsers: Subparsers) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "keygen", help="make a key to sign with", description=_ABOUT, epilog=_MORE
    )
    parser.add_argument(
        "key", metavar="ID=FILE", help="the id that signatures name it by, and the new file"
    )
    parser.add_argument("--public", metavar="FILE", help="write the public key here, in PEM")
    parser.add_argument("--force", action="store_true", help="overwrite FILE if it exists")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Exit:
    """Make the key, write its halves, and print the public one."""
    key_id, name = split_key(arguments.key, "pith keygen lab-2026=lab.pem")
    if arguments.public is not None and _same(arguments.public, name):
        raise usage(f"{name} cannot hold both the private and the public key.")
    seed = secrets.token_bytes(SEED_LENGTH)
    key = Key(key_id, ed25519.public_key(seed), key_id)
    refuse_pinned(key)
    create_private(name, private_pem(seed), replace=arguments.force)
    if arguments.public is not None:
        try:
            put_text(public_pem(key.public_key), arguments.public)
        except Problem as problem:
            raise Problem(
                f"{problem.error} The private key {name} was made.",
                hint=f"openssl pkey -in {name} -pubout prints its public key.",
            ) from None
    if arguments.json:
        print(json.dumps(_members(key)))
    else:
        print(f"Key:         {key.key_id}")
        print(f"Public key:  {key.public_key.hex()}")
        print(f"Fingerprint: {key.fingerprint}")
        print(f"Private key: {printable(name)}, which nobody else may see")
    return Exit.VERIFIED


def _members(key: Key) -> dict[str, str]:
    """The public half, with the names that the registry's `pith-signing-key.json` has."""
    return {
        "key_id": key.key_id,
        "algorithm": "ed25519",
        "public_key_hex": key.public_key.hex(),
        "fingerprint_sha256_hex": key.fingerprint,
        "fingerprint_sha256_b32_first128bits": key.fingerprint_base32,
    }


def _same(one: str, other: str) -> bool:
    return Path(one).absolute() == Path(other).absolute()
