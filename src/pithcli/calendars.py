"""Asking OpenTimestamps calendars: to stamp a digest, and what became of their promises."""

from __future__ import annotations

from pithcli.fetch import FetchError, Wanted, Why, bases_of, fetch
from pithcore import TimestampError
from pithcore.printable import brief
from pithcore.timestamp.calendar import (
    ACCEPT,
    CALENDARS,
    MAX_RESPONSE,
    Pending,
    digest_address,
    pending,
    upgraded,
)
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pithcore.timestamp import DetachedTimestamp

MAX_ASKED = 16
"""Promises asked about in one proof; one has three or four."""

MAX_WORDS = 300
"""Bytes of what a calendar says of a promise that is not kept yet; usually some 50."""

_OF_PROMISE = Wanted(accept=ACCEPT, most=MAX_RESPONSE, stays=True, words=MAX_WORDS)


def calendars_at(addresses: list[str]) -> tuple[str, ...]:
    """Those that `--calendar` names, or the usual ones. Raises a usage `Problem`."""
    return bases_of("--calendar", "a calendar", addresses, CALENDARS)


def promises(
    message: bytes, calendars: Iterable[str], timeout: float, note: Callable[[str], None]
) -> dict[str, bytes]:
    """Calendar → its answer to 32 bytes; those that do not answer are told of, and left out."""
    answers = {}
    for calendar in calendars:
        wanted = Wanted(accept=ACCEPT, most=MAX_RESPONSE, post=message)
        try:
            answers[calendar] = fetch(digest_address(calendar), timeout, wanted).data
        except FetchError as error:
            note(f"{calendar} made no promise. {error}")
    return answers


def upgrade(
    proof: DetachedTimestamp,
    calendars: Iterable[str],
    timeout: float,
    note: Callable[[str], None],
) -> DetachedTimestamp:
    """The proof with what calendars tell of their promises.

    Only `calendars` are asked: a proof can name any address, and whoever made it would learn
    who looks at it.
    """
    allowed = {one.rstrip("/") for one in calendars}
    ours: list[Pending] = []
    for promise in dict.fromkeys(pending(proof)):
        if promise.uri.rstrip("/") in allowed:
            ours.append(promise)
        else:
            note(f"{promise.uri} is not asked: name it with --calendar, if you know it.")
    for promise in ours[:MAX_ASKED]:
        try:
            answer = fetch(promise.address, timeout, _OF_PROMISE).data
            proof = upgraded(proof, promise, answer)
        except FetchError as error:
            note(f"{promise.uri}: {_still(error) if error.why is Why.NOT_FOUND else error}")
        except TimestampError as error:
            note(f"{promise.uri} answered what cannot be used. {error}")
    return proof


def _still(error: FetchError) -> str:
    """Of a promise that is not kept yet, with the calendar's own words for it."""
    words = f" It says “{brief(error.said)}”." if error.said else ""
    return f"It has not been anchored yet, or the calendar does not know it.{words}"
