"""The subcommands: one module each, with `add(subparsers)`, which sets `run(arguments) -> Exit`."""

from __future__ import annotations

from pithcli.commands import (
    bundle,
    digest,
    event,
    keygen,
    merge,
    mint,
    mirror,
    number,
    sign,
    verify,
)

COMMANDS = (verify, digest, number, mint, keygen, sign, event, bundle, merge, mirror)
"""In the order that `pith --help` lists them."""
