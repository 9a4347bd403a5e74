"""Chunks to workers and rows back: in order, with a bounded number under way."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Protocol

from pithcli.audit import worker
from pithcli.problem import Problem
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from pithcli.audit.sources import Chunk, Placed
    from pithcli.audit.worker import Done, Settings

UNDER_WAY = 4
"""Chunks for each worker that are given out and not yet written: enough that none waits."""

PATIENCE = 0.2
"""Seconds between two looks at whether the run is to stop."""

GO_ON = "The same command with --resume goes on from there."


class Future(Protocol):
    """A result that is on its way: of `concurrent.futures`, or of Dask."""

    def done(self) -> bool:
        """It is there."""

    def result(self, timeout: float | None = None) -> Done:
        """The result; raises `TimeoutError` when it is not there in time."""


class Written(NamedTuple):
    """Rows to be written next, and the bytes of the inputs that are behind them."""

    done: Done
    behind: int


def cores() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def here(
    placed: Iterable[Placed], settings: Settings, jobs: int, stopping: Callable[[], bool]
) -> Generator[Written]:
    """Rows of all chunks, by so many processes on this machine.

    Raises:
        Problem: when a worker was killed.
    """
    if jobs == 1:
        for chunk, behind in placed:
            if stopping():
                return
            yield Written(worker.work(chunk, settings), behind)
        return
    context = multiprocessing.get_context("spawn")  # the one way that every system has
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=worker.start)

    def submit(chunk: Chunk) -> Future:
        with _interruptions_held():
            return pool.submit(worker.work, chunk, settings)

    try:
        yield from in_order(placed, submit, jobs, stopping)
    except BrokenProcessPool:
        if stopping():  # whoever ended this run may have ended its workers too
            return
        raise Problem("A worker process was killed, so the audit has ended.", hint=GO_ON) from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interruptions_held() -> Generator[None]:
    """Keep Ctrl-C back: a worker that starts in here is not ended by one before it ignores it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def in_order(
    placed: Iterable[Placed],
    submit: Callable[[Chunk], Future],
    workers: int,
    stopping: Callable[[], bool],
) -> Generator[Written]:
    """Results in the order of the chunks; after a wish to stop, those that are there already."""
    waiting: deque[tuple[Future, int]] = deque()
    for chunk, behind in placed:
        waiting.append((submit(chunk), behind))
        while len(waiting) > UNDER_WAY * workers and not stopping():
            yield from _first(waiting, stopping)
        if stopping():
            break
    while waiting and (not stopping() or waiting[0][0].done()):
        yield from _first(waiting, stopping)


def _first(waiting: deque[tuple[Future, int]], stopping: Callable[[], bool]) -> Generator[Written]:
    """The first result, as soon as it is there; nothing when the run is to stop before."""
    future, behind = waiting[0]
    while True:
        try:
            done = future.result(timeout=PATIENCE)
        except TimeoutError:
            if stopping():
                return
        else:
            waiting.popleft()
            yield Written(done, behind)
            return
