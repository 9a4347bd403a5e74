"""The subcommands: one module each, with `add(subparsers)`, which sets `run(arguments) -> Exit`."""

from __future__ import annotations

import importlib

from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcli.arguments import Subparsers

COMMANDS = (
    "verify",
    "digest",
    "number",
    "badge",
    "latex",
    "mint",
    "keygen",
    "sign",
    "event",
    "claim",
    "bundle",
    "merge",
    "mirror",
    "graph",
    "timestamp",
    "checkpoints",
    "audit",
)
"""In the order that `pith --help` lists them; each is the name of its module."""


def add(name: str, subparsers: Subparsers) -> None:
    """Import one command and add its parser: nobody waits for the modules of the others."""
    importlib.import_module(f"{__name__}.{name}").add(subparsers)
