"""What a worker process does: a chunk in, its rows as lines out, with their tally."""

from __future__ import annotations

import gc
import os
import signal
import threading
from functools import lru_cache
from multiprocessing import connection, parent_process

from pithcli.audit.rows import audit, row_line
from pithcli.audit.summary import Tally
from pithcore import Key, Keyring, ed25519
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pithcli.audit.sources import Chunk


class Settings(NamedTuple):
    """What holds for every row.

    Attributes:
        keys: the whole keyring.
        pure: use our own Ed25519 even where a faster one is installed.
    """

    keys: tuple[Key, ...]
    pure: bool = False


class Done(NamedTuple):
    """The rows of a chunk, as lines, and their tally."""

    lines: bytes
    tally: Tally


def work(chunk: Chunk, settings: Settings) -> Done:
    """Audit a chunk. Picklable, and no document makes it raise."""
    verify = ed25519.verify if settings.pure else None
    rows = audit(chunk.items(), _keyring(settings.keys), verify)
    tally = Tally()
    tally.add(rows)
    done = Done(b"".join(map(row_line, rows)), tally)
    if not gc.isenabled():
        del rows
        gc.collect()
    return done


@lru_cache(maxsize=4)
def _keyring(keys: tuple[Key, ...]) -> Keyring:
    return Keyring(keys)


def start() -> None:
    """Make this process a worker: it ends with its parent, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Documents make no cycles: the collector would only walk through those that are open, so it
    # runs when none is (`work`), over what is new since here.
    gc.freeze()
    gc.disable()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for the next chunk for ever."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
