"""Asking block explorers for headers: two short texts a block, from each of them (Esplora)."""

from __future__ import annotations

from pithcli.fetch import FetchError, Wanted, Why, bases_of, fetch
from pithcore import TimestampError
from pithcore.timestamp import ExplorerAnswer
from pithcore.timestamp.esplora import (
    EXPLORERS,
    MAX_ANSWER,
    MAX_PAGE,
    hash_address,
    header_address,
    header_from_answers,
    headers_from_page,
    page_address,
)
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_HEIGHTS = 8
"""Blocks asked about for one document; a proof names one or two."""

_TEXT = Wanted(accept="text/plain", most=MAX_ANSWER, stays=True)
_PAGE = Wanted(accept="application/json", most=MAX_PAGE, stays=True)


def explorers_at(addresses: list[str]) -> tuple[str, ...]:
    """Those that `--explorer` names, or the usual ones. Raises a usage `Problem`."""
    return bases_of("--explorer", "an explorer", addresses, EXPLORERS)


def ask_explorers(
    heights: Iterable[int],
    explorers: Iterable[str],
    timeout: float,
    note: Callable[[str], None],
) -> tuple[ExplorerAnswer, ...]:
    """What each explorer says of the block at each height; one that fails gives no header."""
    asked = [*dict.fromkeys(heights)]
    if len(asked) > MAX_HEIGHTS:
        note(f"{len(asked)} blocks are named; explorers are asked about {MAX_HEIGHTS} of them.")
    return tuple(
        ExplorerAnswer(_name(base), height, _header(base, height, timeout, note))
        for height in asked[:MAX_HEIGHTS]
        for base in explorers
    )


def header_at(base: str, height: int, timeout: float) -> bytes:
    """One header of 80 bytes. Raises `FetchError` or `TimestampError`."""
    hash_text = _text(hash_address(base, height), timeout)
    header_hex = _text(header_address(base, hash_text), timeout)
    return header_from_answers(height, hash_text, header_hex)


def headers_between(
    base: str, first: int, last: int, timeout: float, progress: Callable[[int], None]
) -> dict[int, bytes]:
    """Height → header of 80 bytes, from `first` to `last`, one request at a time.

    Ten come with one answer, so that a whole period takes 202 of them; from an explorer that has
    no such pages, each is asked for alone. `progress` is told how many there are.
    Raises `FetchError` or `TimestampError`.
    """
    headers: dict[int, bytes] = {}
    has_pages = True
    at = last
    while at >= first:
        page: dict[int, bytes] = {}
        if has_pages:
            try:
                page = headers_from_page(fetch(page_address(base, at), timeout, _PAGE).data)
            except FetchError as error:
                if error.why is not Why.NOT_FOUND:
                    raise
                has_pages = False
        if at not in page:
            page = {at: header_at(base, at, timeout)}
        while at in page and at >= first:
            headers[at] = page[at]
            at -= 1
        progress(len(headers))
    return dict(sorted(headers.items()))


def _header(base: str, height: int, timeout: float, note: Callable[[str], None]) -> bytes | None:
    try:
        return header_at(base, height, timeout)
    except (FetchError, TimestampError) as error:
        note(f"{_name(base)} gave no header of block {height}. {error}")
        return None


def _text(address: str, timeout: float) -> str:
    return fetch(address, timeout, _TEXT).data.decode("utf-8", "replace")


def _name(base: str) -> str:
    """An explorer in a sentence: its host, and its path where that is not the usual one."""
    return base.partition("://")[2].removesuffix("/api")
