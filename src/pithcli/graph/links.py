"""The links that citation and replication events state, gathered from any number of bundles.

1. Each event is held against the rules in the bundle that carries it (completeness 2 and 3).
   Nothing else of a bundle matters here: `pith verify` looks at the rest.
2. What one signer says of the same two ends is one link, in whatever bundles and events it stands.
3. A withdrawal in any copy of a record's bundle holds for all of them (merge 4).

In memory are the links, never the bundles: one of these at a time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from pithcli.mirror.signatures import signature_check
from pithcli.mirror.sources import Candidate, Unusable, candidates
from pithcore import EventStatus, PithError
from pithcore.checks.context import Context
from pithcore.checks.statements import SignedStatement, Standing, examined_of, statements_of
from pithcore.document import read_document
from pithcore.events import CITATION, COMPLETENESS, REPLICATION, WITHDRAWAL
from pithcore.merging import ended_by
from pithcore.record import text_member
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pithcore import Keyring, PithNumber
    from pithcore.events import ExaminedEvent
    from pithcore.reading import JSON


class Link(NamedTuple):
    """One signer's word on two ends.

    Attributes:
        start, end: citing and cited number; of a replication its evidence's address and the number.
        relation: one of `completeness.RELATIONS` or `completeness.KINDS`.
        signer: name of the key, as the events give it. standing: counted, self-signed or unknown.
        is_citation: False for a replication.
    """

    start: str
    end: str
    relation: str
    signer: str
    standing: Standing
    is_citation: bool


class Stated(NamedTuple):
    """One event that states a link: its subject, its id, and the address of its evidence."""

    subject: str
    event_id: str
    evidence: str


@dataclass(slots=True)
class Graph:
    """What the bundles state.

    Attributes:
        links: in order, each with the events that state it, in order.
        bundles: how many were read. withdrawn, refused: events that are left out.
        unusable: what could not be read as a bundle.
    """

    links: list[tuple[Link, list[Stated]]] = field(default_factory=list)
    bundles: int = 0
    withdrawn: int = 0
    refused: int = 0
    unusable: list[Unusable] = field(default_factory=list)

    def count(self, standing: Standing) -> int:
        """Number of links of that standing."""
        return sum(link.standing is standing for link, _ in self.links)


_Ended = tuple[str, str, str]
"""A record's number, the id of an event about it, and the key whose event it is."""


def gather(sources: Iterable[str], keyring: Keyring) -> Graph:
    """The links in all bundles of the sources, whatever the order of these.

    Args:
        sources: files, `.jsonl` files, folders, mirrors. keyring: keys whose signatures count.
    """
    graph = Graph()
    verify = signature_check()
    stated: dict[Link, set[Stated]] = defaultdict(set)
    ended: set[_Ended] = set()
    refused: set[tuple[str, str]] = set()
    for found in candidates(sources):
        if isinstance(found, Unusable):
            graph.unusable.append(found)
        if not isinstance(found, Candidate):
            continue
        graph.bundles += 1
        if not any(map(_may_matter, _events(found))):
            continue
        try:
            context = Context(read_document(found.data), keyring, verify_signature=verify)
        except PithError as error:
            graph.unusable.append(Unusable(found.name, str(error)))
            continue
        number = str(found.number)
        examined = examined_of(context, found.number)
        ended.update(_ended_in(examined, number))
        for one in _linking(context, found.number, examined):
            if one.standing is Standing.REFUSED:
                refused.add((number, one.event_id or one.problem))
            else:  # one that was taken back is among those that are ended
                stated[_link(one, number)].add(_stated(one, number))
    gone: set[_Ended] = set()
    for link in sorted(stated):
        kept = []
        for event in sorted(stated[link]):
            key = (event.subject, event.event_id, link.signer)
            gone.add(key) if key in ended else kept.append(event)
        if kept:
            graph.links.append((link, kept))
    graph.withdrawn, graph.refused = len(gone), len(refused)
    graph.unusable.sort()
    return graph


def _events(found: Candidate) -> list[JSON]:
    events = found.value.get("events")
    return events if isinstance(events, list) else []


def _may_matter(event: JSON) -> bool:
    """True for an event on completeness, and for one that may end another."""
    if not isinstance(event, dict):
        return False
    named = event.get("event_type")
    if isinstance(named, str) and (named.startswith(COMPLETENESS) or named == WITHDRAWAL):
        return True
    return "replaces" in event


def _ended_in(examined: Iterable[ExaminedEvent], number: str) -> Iterator[_Ended]:
    for event in examined:
        if event.status is EventStatus.VALID and event.signer is not None:
            for event_id in ended_by(event):
                yield number, event_id, event.signer.key_id


def _linking(
    context: Context, number: PithNumber, examined: list[ExaminedEvent]
) -> Iterator[SignedStatement]:
    for one in statements_of(context, number, examined):
        if one.event_type in (CITATION, REPLICATION):
            yield one


def _link(one: SignedStatement, number: str) -> Link:
    """The event holds what its type requires, or it is refused."""
    is_citation = one.event_type == CITATION
    names = ("citing", "cited", "relation") if is_citation else ("", "", "kind")
    start, end, relation = (text_member(one.payload, name) or "" for name in names)
    if not is_citation:
        start, end = _evidence(one), number
    return Link(start, end, relation, one.signer, one.standing, is_citation)


def _stated(one: SignedStatement, number: str) -> Stated:
    return Stated(number, one.event_id or "", _evidence(one))


def _evidence(one: SignedStatement) -> str:
    return text_member(one.payload, "evidence", "url") or ""
