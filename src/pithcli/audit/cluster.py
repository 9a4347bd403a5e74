"""The same chunks on a Dask cluster: the rows still come here, in order, to one journal.

A chunk whose worker dies is done again by another one. Its rows are written when its result is
taken, once, so that no death of a worker can lose or repeat a row.
"""

from __future__ import annotations

import logging
from typing import cast

from pithcli.audit.engine import GO_ON, Future, Written, in_order
from pithcli.audit.worker import Settings, work
from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from pithcli.audit.sources import Chunk, Placed

TIMEOUT = 30
"""Seconds to find the scheduler."""


def check_client() -> None:
    """Raise a `Problem` when the library is not there, before any work is done."""
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise Problem(
            "--dask needs the distributed library.", hint='pip install "pithcore[dask]"'
        ) from None


def there(
    placed: Iterable[Placed], settings: Settings, address: str, stopping: Callable[[], bool]
) -> Generator[Written]:
    """Rows of all chunks, by the workers of the scheduler at `address`.

    Raises:
        Problem: when the scheduler is not there or goes away, there are no workers, or a chunk
            has ended several workers.
    """
    from distributed import CancelledError, Client, KilledWorker
    from distributed.comm.core import CommClosedError

    # It would tell what goes wrong on its own, with tracebacks; here it is told in a sentence.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        client = Client(address, timeout=TIMEOUT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise Problem(f"There is no Dask scheduler at {address}.") from error
    try:
        with client:
            threads = sum(client.nthreads().values())  # type: ignore[no-untyped-call]
            if not threads:
                raise Problem(
                    f"The Dask scheduler at {address} has no workers.",
                    hint=f"dask worker {address} --nthreads 1",
                )

            def submit(chunk: Chunk) -> Future:
                return cast("Future", client.submit(work, chunk, settings, pure=False))

            yield from in_order(placed, submit, threads, stopping)
    except (CancelledError, CommClosedError):  # by when it goes: a chunk is waited for, or sent
        raise Problem(f"The Dask scheduler at {address} went away.", hint=GO_ON) from None
    except KilledWorker:
        raise Problem("A chunk has ended several Dask workers.", hint=GO_ON) from None
