"""Asking ORCID and the Internet Archive about a document's events, where the reader wants that.

First what there is to ask, from the document alone; then the asking. Nobody is asked about an
event that fails anyway, and what is not answered stays as it is offline.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from pithcli.fetch import FetchError, Wanted, Why, fetch, is_base
from pithcli.problem import usage
from pithcore import Keyring, PithError, PithNumber
from pithcore.checks.context import Context
from pithcore.checks.statements import SignedStatement, Standing
from pithcore.document import read_document
from pithcore.events import ARCHIVE_CAPTURE, AUTHOR_CLAIM, TIMESTAMP
from pithcore.orcid import (
    MAX_ANSWER,
    OrcidAnswer,
    parse_orcid,
    read_researcher_urls,
    researcher_urls_address,
)
from pithcore.record import expected_aliases, text_member
from pithcore.typed import TYPE_CHECKING, NamedTuple
from pithcore.wayback import (
    HOST,
    CaptureAnswer,
    cdx_address,
    memento_time,
    names_paper,
    parse_capture,
    read_cdx,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_ASKED = 10
"""iDs, and captures, asked about for one document. Papers have a few of each; anybody can write
any number of events, and nobody's server is to be flooded for that."""

MAX_ROW = 64 * 1024
"""Bytes of an answer of the archive's index; one row has some 150."""

ORCID = "https://pub.orcid.org"
"""ORCID's public interface."""

ARCHIVE = HOST
"""The Internet Archive's captures and their index."""

_OF_ORCID = Wanted(accept="application/json", most=MAX_ANSWER, stays=True)
_OF_INDEX = Wanted(accept="text/plain", most=MAX_ROW, stays=True)
_OF_CAPTURE = Wanted(accept="*/*", head=True, stays=True)

_NOBODY_THERE = frozenset({Why.RATE_LIMITED, Why.SLOW, Why.TLS, Why.DNS, Why.UNREACHABLE})
"""Failures after which the same server is not asked again in this run."""


class Server(NamedTuple):
    """Who is asked: `base` stands in an address where `usual` would."""

    usual: str
    base: str

    def at(self, address: str) -> str:
        """The address on this server."""
        return self.base + address.removeprefix(self.usual)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked in this run (None: not), how long, and what was answered before.

    Attributes:
        timeout: seconds for each address. note: told of whatever was not answered.
        orcids: iD → answer, None for none. captures: the same by address.
        given_up: servers that are not there.
    """

    orcid: Server | None
    archive: Server | None
    timeout: float
    note: Callable[[str], None]
    orcids: dict[str, OrcidAnswer | None] = field(default_factory=dict)
    captures: dict[str, CaptureAnswer | None] = field(default_factory=dict)
    given_up: set[str] = field(default_factory=set)


class Questions(NamedTuple):
    """What there is to ask: iDs of 19 characters, and addresses of captures, each once."""

    orcids: tuple[str, ...] = ()
    captures: tuple[str, ...] = ()


def server_at(usual: str, option: str, base: str | None) -> Server:
    """The usual server, or the one that an option names. Raises a usage `Problem`."""
    if base is not None and not is_base(base):
        raise usage(
            f"{option} {base} is not the address of a server.",
            hint=f"It looks like {usual}; plain http is for localhost only.",
        )
    return Server(usual, usual if base is None else base.rstrip("/"))


def questions_in(data: bytes, keyring: Keyring) -> Questions:
    """What ORCID and the archive can say of a document's events. Empty for an unreadable one."""
    try:
        context = Context(read_document(data), keyring)
    except PithError:
        return Questions()  # `verify` says what is wrong with it
    if context.number is None:
        return Questions()
    ranked = sorted(context.statements, key=_rank)
    claims = (one for one in ranked if one.event_type == AUTHOR_CLAIM and _rank(one) < _UNSIGNED)
    orcids = (parse_orcid(text_member(one.payload, "orcid") or "") for one in claims)
    named = (one for one in ranked if one.event_type == ARCHIVE_CAPTURE and _rank(one) < _ENDED)
    urls = (text_member(one.payload, "capture_url") or "" for one in named)
    aliases = expected_aliases(context.record, context.number)
    captures = (url for url in urls if _is_paper(url, aliases, context.number))
    return Questions(tuple(dict.fromkeys(orcids)), tuple(dict.fromkeys(captures)))


_UNSIGNED, _ENDED = 2, 3


def _rank(statement: SignedStatement) -> int:
    """The keyring's first, so that nobody can crowd them out."""
    order = {Standing.COUNTED: 0, Standing.SELF_SIGNED: 1, Standing.UNKNOWN: _UNSIGNED}
    return order.get(statement.standing, _ENDED)


def _is_paper(url: str, aliases: dict[str, str], number: PithNumber) -> bool:
    return bool(names_paper(parse_capture(url).archived, aliases, number.suffix))


def heights_in(data: bytes, keyring: Keyring, proof: bytes | None) -> list[int]:
    """Heights of the Bitcoin blocks that a proof beside a document, and those in it, name."""
    from pithcore.completeness import proof_of
    from pithcore.timestamp import read_proof

    try:
        context = Context(read_document(data), keyring)
    except PithError:
        return []  # `verify` says what is wrong with it
    own = [one for one in context.statements if one.event_type == TIMESTAMP]
    proofs = [proof, *(proof_of(one.payload) for one in own[:MAX_ASKED])]
    heights: list[int] = []
    for one in proofs:
        try:
            if one is not None and context.digest is not None:
                heights += read_proof(one, context.digest).heights
        except PithError:
            continue  # so it does here
    return heights


def ask(
    asking: Asking, data: bytes, keyring: Keyring, day: str
) -> tuple[tuple[OrcidAnswer, ...], tuple[CaptureAnswer, ...]]:
    """What ORCID and the archive answer about a document's events.

    Args:
        data: the document. keyring: whose keys count. day: of today (UTC), for the answers.
    """
    questions = questions_in(data, keyring)
    orcids: list[OrcidAnswer] = []
    captures: list[CaptureAnswer] = []
    if asking.orcid is not None:
        for orcid in _some(questions.orcids, "author claim to ask ORCID about", "iDs", asking):
            if orcid not in asking.orcids:
                asking.orcids[orcid] = _ask_orcid(asking, asking.orcid, orcid, day)
            orcids += filter(None, [asking.orcids[orcid]])
    if asking.archive is not None:
        what = "capture of the paper to ask the archive about"
        for url in _some(questions.captures, what, "captures", asking):
            if url not in asking.captures:
                asking.captures[url] = _ask_archive(asking, asking.archive, url, day)
            captures += filter(None, [asking.captures[url]])
    return tuple(orcids), tuple(captures)


def sha1_of(pdf: bytes) -> bytes:
    """The digest (20 bytes) by which the archive names what it captured."""
    return hashlib.sha1(pdf, usedforsecurity=False).digest()


def _some(found: tuple[str, ...], what: str, names: str, asking: Asking) -> Iterable[str]:
    if not found:
        asking.note(f"The document has no {what}.")
    if len(found) > MAX_ASKED:
        asking.note(
            f"The document names {len(found)} {names}; {MAX_ASKED} are asked about, the keyring's "
            "first."
        )
    return found[:MAX_ASKED]


def _ask_orcid(asking: Asking, server: Server, orcid: str, day: str) -> OrcidAnswer | None:
    try:
        data = _get(asking, server, researcher_urls_address(orcid), _OF_ORCID)
        return None if data is None else read_researcher_urls(data, orcid, day)
    except (FetchError, PithError) as error:
        asking.note(f"ORCID did not say what {orcid} lists. {error}")
        return None


def _ask_archive(asking: Asking, server: Server, url: str, day: str) -> CaptureAnswer | None:
    capture = parse_capture(url)
    try:
        data = _get(asking, server, cdx_address(capture), _OF_INDEX)
        row = None if data is None else read_cdx(data)
    except (FetchError, PithError) as error:
        asking.note(f"The archive did not say whether it holds {url}. {error}")
        return None
    if data is None:
        return None
    if row is None:
        return CaptureAnswer(url, None, None, None, None, day)
    stamp, sha1, status = row
    return CaptureAnswer(url, stamp, sha1, status, _memento(asking, server, url), day)


def _memento(asking: Asking, server: Server, url: str) -> str | None:
    """The time that the capture itself states; None when it could not be asked."""
    scheme, _, rest = url.partition("://")
    address = f"https://{rest}" if scheme == "http" else url
    try:
        found = fetch(server.at(address), asking.timeout, _OF_CAPTURE)
    except FetchError as error:
        asking.note(f"The archive's index lists {url}; the capture itself was not seen. {error}")
        return None
    headers = found.headers
    stated = memento_time("" if headers is None else headers.get("Memento-Datetime", ""))
    if stated is None:
        asking.note(f"The archive's index lists {url}; the capture itself states no time.")
    return stated


def _get(asking: Asking, server: Server, address: str, wanted: Wanted) -> bytes | None:
    """The answer; None, without a word, from a server that was given up before."""
    if server.base in asking.given_up:
        return None
    try:
        return fetch(server.at(address), asking.timeout, wanted).data
    except FetchError as error:
        if error.why in _NOBODY_THERE:
            asking.given_up.add(server.base)
        raise
