"""The merge: from a set of events to the state they make (docs/merge.md).

A pure function of the *set* of events. Order, repetition and grouping of the input change
not one byte of the output; no clock decides anything: an event replaces another only by
naming it, and nobody can name an event that does not exist yet.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

from pithcore import ed25519
from pithcore.canonical import canonical_bytes, canonical_digest
from pithcore.errors import DocumentError
from pithcore.events import (
    GRAPH_SNAPSHOT,
    RECORD_CREATED,
    WITHDRAWAL,
    EventStatus,
    ExaminedEvent,
    VerifySignature,
    event_id_of,
    examine,
    is_event_id,
)
from pithcore.keyring import PITH_KEYRING, Keyring
from pithcore.number import PithNumber
from pithcore.printable import brief
from pithcore.reading import JSON
from pithcore.record import (
    ALIAS_ORDER,
    expected_aliases,
    member,
    submitted_year,
    text_member,
)
from pithcore.report import Finding, Outcome
from pithcore.typed import NamedTuple

MERGE_VERSION = "pithcore-merge/1"
"""Names these rules in a state. The registry's `pith-open-graph-merge-v1` is not published."""

Events = Iterable[JSON]


class Equivocation(NamedTuple):
    """One signer's statements that cannot all be true (merge 5).

    Attributes:
        kind: `record` (two records for one number) or `fork` (two successors of one event).
        key_id: the signer's key. about: the number, or the event that was replaced twice.
        event_ids: the events, in order of their ids.
    """

    kind: str
    key_id: str
    about: str
    event_ids: tuple[str, ...]

    def to_dict(self) -> dict[str, JSON]:
        """As JSON values."""
        return {
            "kind": self.kind,
            "key_id": self.key_id,
            "about": self.about,
            "event_ids": list(self.event_ids),
        }


class State(NamedTuple):
    """What a set of events amounts to.

    Attributes:
        number: the full number of the record.
        record: the canonical record, None when no event and nobody else brought it.
        events: every distinct event, examined, in order of its canonical bytes.
        current: the valid events that nothing takes back or replaces, in order of event_id.
        equivocations: contradictions of one signer, in order.
    """

    number: PithNumber
    record: JSON
    events: tuple[ExaminedEvent, ...]
    current: tuple[ExaminedEvent, ...]
    equivocations: tuple[Equivocation, ...]

    def tally(self, status: EventStatus) -> int:
        """Number of distinct events of that worth."""
        return sum(event.status is status for event in self.events)

    def to_dict(self) -> dict[str, JSON]:
        """The state in the form of protocol 6, with our own members named in docs/merge.md.

        What it repeats of the record and of events has its keys in canonical order, so that
        the same set of events gives the same bytes however they were written.
        """
        return {
            "state_type": "pith_open_graph_state",
            "state_version": "1.0",
            "pith_number": str(self.number),
            "merge_version": MERGE_VERSION,
            "event_count": len(self.events),
            "valid_event_count": self.tally(EventStatus.VALID),
            "invalid_event_count": self.tally(EventStatus.INVALID),
            "unchecked_event_count": self.tally(EventStatus.UNCHECKED),
            "equivocation_count": len(self.equivocations),
            "equivocations": [equivocation.to_dict() for equivocation in self.equivocations],
            "current": {
                "canonical_record": ordered(self.record),
                "source_aliases": aliases(self.record, self.number),
                "graph_snapshots": [
                    ordered(shown(event.value))
                    for event in self.current
                    if member(event.value, "payload", GRAPH_SNAPSHOT) is not None
                ],
            },
        }


def merge(
    events: Events,
    number: PithNumber | str,
    *,
    record: JSON = None,
    keyring: Keyring = PITH_KEYRING,
    verify: VerifySignature = ed25519.verify,
    trust_foreign_ids: bool = False,
) -> State:
    """Merge events into the state of `number` (merge 1 to 6).

    Args:
        events: event objects of any number of bundles, in any order, repeated or not.
        number: the full Pith Number the events are about, with its year.
        record: the canonical record, for events that do not repeat it.
        keyring: keys whose signatures count. verify: an Ed25519 of protocol 10.
        trust_foreign_ids: take it on the signer's word that a foreign event has the id it
            states (merge 6.4): for comparing with a served state, never for a verdict.

    Raises:
        NumberError: when `number` is text and no Pith Number.
        DocumentError: when `number` is not full or has no year; when `record` has another one.
        CanonicalError: for an event that JSON cannot carry.
    """
    number = full_number(number)
    if record is not None:
        own = PithNumber.from_digest(canonical_digest(record), submitted_year(record))
        if own != number:
            raise DocumentError(f"The record is that of {own}, not of {number}.")
    distinct = {canonical_bytes(event): event for event in events}
    examined = [examine(event, number, keyring, verify) for event in distinct.values()]
    if trust_foreign_ids:
        examined = at_their_word(examined)
    return state_of(examined, number, record)


def state_of(examined: Iterable[ExaminedEvent], number: PithNumber, record: JSON = None) -> State:
    """The state of events already examined, in any order, repeated or not (merge 3 to 6)."""
    distinct = {event.canonical: event for event in examined}
    events = _one_per_id([distinct[key] for key in sorted(distinct)])
    valid = [event for event in events if event.status is EventStatus.VALID]
    for event in valid:
        if record is None and text_member(event.value, "event_type") == RECORD_CREATED:
            record = member(event.value, "payload", "canonical_record")
    return State(
        number=number,
        record=record,
        events=tuple(events),
        current=tuple(_current(valid)),
        equivocations=tuple(equivocations_of(events, number)),
    )


def full_number(number: PithNumber | str) -> PithNumber:
    """`number`, read if it is text. Raises `DocumentError` unless it is full, with its year."""
    parsed = PithNumber.parse(number) if isinstance(number, str) else number
    if not parsed.is_full or parsed.year is None:
        raise DocumentError(f"A merge needs a full Pith Number with its year, not {parsed}.")
    return parsed


def at_their_word(examined: Iterable[ExaminedEvent]) -> list[ExaminedEvent]:
    """Examined events with foreign ids taken as they stand (merge 6.4).

    An id under which a signer's name stands on two contents is left as it is: one of the two
    was made by somebody else, and nothing here tells which.
    """
    events = list(examined)
    doubtful = disputed_ids(events)
    taken = Finding(Outcome.PASSED, "Taken at the signer's word.")
    return [
        event._replace(id=taken) if event.is_foreign and event.event_id not in doubtful else event
        for event in events
    ]


def disputed_ids(examined: Iterable[ExaminedEvent]) -> set[str]:
    """Ids that foreign events share with events of other content (merge 6.4)."""
    contents: dict[str, set[str]] = defaultdict(set)
    for event in examined:
        if (
            event.event_id
            and isinstance(event.value, dict)
            and (event.is_foreign or event.is_bound)
        ):
            contents[event.event_id].add(event_id_of(event.value))
    return {event_id for event_id, bodies in contents.items() if len(bodies) > 1}


def ordered(value: JSON) -> JSON:
    """The same value with keys in canonical order, so that any writer writes it one way."""
    again: JSON = json.loads(canonical_bytes(value))
    return again


def _one_per_id(examined: list[ExaminedEvent]) -> list[ExaminedEvent]:
    """Merge 3.2: a signer may sign one event many times over; it stays one event."""
    kept: list[ExaminedEvent] = []
    seen: set[str | None] = set()
    for event in examined:
        if event.status is EventStatus.VALID:
            if event.event_id in seen:
                continue
            seen.add(event.event_id)
        kept.append(event)
    return kept


def _replaced(event: ExaminedEvent) -> list[str]:
    """Event ids that an event says it replaces (merge 4.1)."""
    named = event.value.get("replaces") if isinstance(event.value, dict) else None
    listed = named if isinstance(named, list) else []
    return [name for name in listed if isinstance(name, str) and is_event_id(name)]


def ended_by(event: ExaminedEvent) -> list[str]:
    """Ids of the events that a valid event of the same signer ends (merge 4.1, 4.2)."""
    ended = _replaced(event)
    if text_member(event.value, "event_type") == WITHDRAWAL:
        ended.append(text_member(event.value, "payload", "event_id") or "")
    return ended


def _current(valid: list[ExaminedEvent]) -> list[ExaminedEvent]:
    """Merge 4: valid events, less those their own signers replaced or took back."""
    by_id = {event.event_id: event for event in valid}
    gone: set[str | None] = set()
    for event in valid:
        for event_id in ended_by(event):
            target = by_id.get(event_id)
            if target is not None and target.signer == event.signer:
                gone.add(event_id)
    heads = [event for event in valid if event.event_id not in gone]
    return sorted(heads, key=lambda event: event.event_id or "")


def equivocations_of(examined: Iterable[ExaminedEvent], number: PithNumber) -> list[Equivocation]:
    """One signer's contradictions among events, in any order, repeated or not (merge 5)."""
    events = list(examined)
    found = [
        Equivocation("record", key_id, str(number), tuple(sorted(stated)))
        for key_id, stated in _records_stated(events).items()
        if len(stated) > 1 and len({canonical_bytes(record) for record in stated.values()}) > 1
    ]
    found += [
        Equivocation("fork", key_id, replaced, tuple(sorted(successors)))
        for (key_id, replaced), successors in _successors(events).items()
        if len(successors) > 1
    ]
    return sorted(found, key=lambda one: (one.kind, one.key_id, one.about))


def _records_stated(events: list[ExaminedEvent]) -> dict[str, dict[str, JSON]]:
    """Key id → event id → the record it gives to this number (merge 5.1)."""
    stated: dict[str, dict[str, JSON]] = defaultdict(dict)
    for event in events:
        # Bound is enough here: that the content fails is what is to be shown.
        about_this = event.is_bound and event.subject.outcome is Outcome.PASSED
        members = event.value if isinstance(event.value, dict) else {}
        if about_this and members.get("event_type") == RECORD_CREATED:
            record = member(members.get("payload"), "canonical_record")
            if record is not None and event.signer is not None and event.event_id is not None:
                stated[event.signer.key_id][event.event_id] = record
    return stated


def _successors(events: list[ExaminedEvent]) -> dict[tuple[str, str], set[str]]:
    """(key id, id of a valid event) → ids of the valid ones that replace it (merge 5.2)."""
    replacing = [event for event in events if _replaced(event)]
    if not replacing:
        return {}
    valid = {event.event_id: event for event in events if event.status is EventStatus.VALID}
    successors: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in replacing:
        if event.status is EventStatus.VALID and event.signer is not None and event.event_id:
            for replaced in _replaced(event):
                if replaced in valid and valid[replaced].signer == event.signer:
                    successors[event.signer.key_id, replaced].add(event.event_id)
    return successors


def aliases(record: JSON, number: PithNumber) -> list[JSON]:
    """The source aliases that follow from a record, in the registry's order (protocol 5.2)."""
    expected = expected_aliases(record, number)
    return [
        {"alias_kind": kind, "alias_value": expected[kind]}
        for kind in ALIAS_ORDER
        if kind in expected
    ]


_SHOWN = ("event_id", "target", "created_at", "signer", "payload")


def shown(event: JSON) -> JSON:
    """The members of an event that a state repeats (protocol 6.1)."""
    return {name: member(event, name) for name in _SHOWN}


class Difference(NamedTuple):
    """One place where two JSON values differ: the path, and both sides (None: not there)."""

    path: str
    ours: str | None
    theirs: str | None


def compare(state: Mapping[str, JSON], served: JSON) -> list[Difference]:
    """Where a served state differs from a recomputed one (merge 6.3), in order of the paths.

    Leaves out what nothing can be held against: `merge_version`, times of aliases, the order
    of lists that have none, and members that only one side's rules have.
    """
    if not isinstance(served, dict):
        return [Difference("$", "an object", canonical_bytes(served).decode())]
    names = (state.keys() & served.keys() | {"current"}) - {"merge_version"}
    ours, theirs = (
        {name: _comparable(name, side[name]) for name in names if name in side}
        for side in (state, served)
    )
    found: list[Difference] = []
    _differences(ours, theirs, "$", found)
    return found


_CURRENT = ("canonical_record", "graph_snapshots", "source_aliases")


def _comparable(name: str, value: JSON) -> JSON:
    """`current` with the members both rules know, its lists by what names their entries."""
    if name != "current" or not isinstance(value, dict):
        return value
    current = {name: value[name] for name in _CURRENT if name in value}
    for listed, key, taken in (
        ("graph_snapshots", "event_id", ()),
        ("source_aliases", "alias_kind", ("alias_value",)),
    ):
        if isinstance(entries := current.get(listed), list):
            current[listed] = _by_name(entries, key, taken)
    return current


def _by_name(entries: list[JSON], key: str, path: tuple[str, ...]) -> JSON:
    """Name → what stands at `path` of the entry; all of them, sorted, where entries share it."""
    named: dict[str, list[JSON]] = defaultdict(list)
    for entry in entries:
        name = member(entry, key)
        text = name if isinstance(name, str) else canonical_bytes(name).decode()
        named[text].append(member(entry, *path))
    return {
        name: values[0] if len(values) == 1 else sorted(values, key=canonical_bytes)
        for name, values in named.items()
    }


def _differences(ours: JSON, theirs: JSON, path: str, found: list[Difference]) -> None:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            step = f"{path}{_step(name)}"
            if name in ours and name in theirs:
                _differences(ours[name], theirs[name], step, found)
            else:
                found.append(Difference(step, _show(ours, name), _show(theirs, name)))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            _differences(one, other, f"{path}[{index}]", found)
    elif canonical_bytes(ours) != canonical_bytes(theirs):
        found.append(
            Difference(path, canonical_bytes(ours).decode(), canonical_bytes(theirs).decode())
        )


def _step(name: str) -> str:
    """A member in a JSON path: `.name`, or `["any text"]`, cut and escaped as in a sentence."""
    shown = brief(name)
    return f".{shown}" if shown.isascii() and shown.isidentifier() else f"[{json.dumps(shown)}]"


def _show(value: dict[str, JSON], name: str) -> str | None:
    return canonical_bytes(value[name]).decode() if name in value else None
