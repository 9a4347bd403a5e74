"""Several copies of one record, from several mirrors: who agrees, who lacks what, who lies.

Each copy is verified by itself. The events of all are merged: events prove themselves, so a
copy that lies about the record can still not hide, forge or undo what the others carry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from pithcore import ed25519
from pithcore.canonical import canonical_bytes
from pithcore.document import read_document
from pithcore.errors import DocumentError, PithError
from pithcore.events import EventStatus, ExaminedEvent, VerifySignature, examine
from pithcore.keyring import PITH_KEYRING, Keyring
from pithcore.making import make_bundle, number_of
from pithcore.merging import Difference, State, at_their_word, compare, disputed_ids, state_of
from pithcore.number import PithNumber
from pithcore.printable import show
from pithcore.reading import JSON
from pithcore.record import submitted_year
from pithcore.report import Report, Verdict
from pithcore.typed import NamedTuple
from pithcore.verification import verify

COMPARISON_SCHEMA = "pithcore.comparison/1"
"""Name and version of the JSON form of a comparison."""


class Copy(NamedTuple):
    """One copy and how it stands to the others.

    Attributes:
        name: where it came from.
        report: what verifying it alone gave; None when it could not be read.
        refused: why it could not be read; None when it could.
        events: canonical bytes of its distinct events.
        signed: ids in whose name a key of the keyring signed, bound or foreign.
        alone: bound events that no other copy has. lacks: bound events that others have. By
            their ids: these events prove themselves, whoever hosts them.
        differences: between the state it serves and the merged one; None when it serves none.
        at_its_word: True when those differences vanish once the registry's own events, whose
            ids cannot be recomputed, are taken as they stand (merge 6.4).
    """

    name: str
    report: Report | None
    refused: str | None
    events: frozenset[bytes]
    signed: frozenset[str]
    alone: tuple[str, ...]
    lacks: tuple[str, ...]
    differences: tuple[Difference, ...] | None
    at_its_word: bool

    def to_dict(self) -> dict[str, JSON]:
        """As JSON values."""
        return {
            "name": self.name,
            "verdict": "refused" if self.report is None else self.report.verdict.value,
            "sentence": self.refused if self.report is None else self.report.sentence,
            "event_count": len(self.events),
            "alone": list(self.alone),
            "lacks": list(self.lacks),
            "state_differences": None
            if self.differences is None
            else [
                {"path": show(d.path), "recomputed": _cut(d.ours), "served": _cut(d.theirs)}
                for d in self.differences
            ],
            "state_at_its_word": self.at_its_word,
        }


class Comparison(NamedTuple):
    """What several copies of one record amount to.

    Attributes:
        number: the record they are of. copies: each copy, in the order given.
        state: the merge of all their events.
        disputed: ids of foreign events that some copies leave out or carry with other content.
            Which copy is right cannot be told while the registry's rule is not published.
    """

    number: PithNumber
    copies: tuple[Copy, ...]
    state: State
    disputed: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """True when every copy holds the record, none failed, and nothing sets them apart.

        All that list events list the same signed ones, and each served state is the merged one.
        """
        return not self.disputed and all(
            copy.report is not None
            and copy.report.verdict in (Verdict.VERIFIED, Verdict.INTACT)
            and not copy.lacks
            and (copy.differences in (None, ()) or copy.at_its_word)
            for copy in self.copies
        )

    @property
    def bundle(self) -> dict[str, JSON]:
        """One bundle with the distinct events of all copies; bad ones stay, as evidence."""
        return make_bundle(self.state.record, [event.value for event in self.state.events])

    def carriers(self, event_id: str) -> list[str]:
        """Names of the copies that carry an event of that id with a signature that holds."""
        return [copy.name for copy in self.copies if event_id in copy.signed]

    def to_dict(self) -> dict[str, JSON]:
        """The comparison as JSON values."""
        return {
            "schema": COMPARISON_SCHEMA,
            "pith_number": str(self.number),
            "agree": self.agree,
            "copies": [copy.to_dict() for copy in self.copies],
            "disputed": [
                {"event_id": event_id, "carriers": [*self.carriers(event_id)]}
                for event_id in self.disputed
            ],
            "state": self.state.to_dict(),
        }


def compare_copies(
    copies: Iterable[tuple[str, bytes]],
    *,
    expect: PithNumber | str | None = None,
    keyring: Keyring = PITH_KEYRING,
    verify_signature: VerifySignature = ed25519.verify,
) -> Comparison:
    """Verify each copy, merge the events of all, and say how each stands to the others.

    Args:
        copies: (where from, bytes): bundles, states or records of one number.
        expect: the number asked for. Without it, or where several records fit a short form,
            the first readable record that fits decides: give the full number to be sure.
        keyring: keys whose signatures count.
        verify_signature: an Ed25519 of protocol 10, asked once for each distinct signature.

    Raises:
        DocumentError: when no copy holds a record of the number.
        NumberError: when `expect` is no Pith Number.
    """
    asked = PithNumber.parse(expect) if isinstance(expect, str) else expect
    read = [_read(name, data) for name, data in copies]
    record, number = _record(read, asked)
    check = cache(verify_signature)
    distinct = {key: event for one in read for key, event in one.events.items()}
    examined = {key: examine(event, number, keyring, check) for key, event in distinct.items()}
    state = state_of(examined.values(), number, record)
    trusting = state_of(at_their_word(examined.values()), number, record).to_dict()
    own = state.to_dict()
    proved = [_ids(examined, one.events, proved=True) for one in read]
    held_by = Counter(event_id for ids in proved for event_id in ids)
    found = []
    for one, bound in zip(read, proved, strict=True):
        differences = None if one.served is None else tuple(compare(own, one.served))
        found.append(
            Copy(
                name=one.name,
                report=None
                if one.refused
                else verify(
                    one.data,
                    source=one.name,
                    expect=number,
                    keyring=keyring,
                    verify_signature=check,
                ),
                refused=one.refused,
                events=frozenset(one.events),
                signed=_ids(examined, one.events, proved=False),
                alone=tuple(sorted(event_id for event_id in bound if held_by[event_id] == 1)),
                lacks=tuple(sorted(held_by.keys() - bound)) if one.lists_events else (),
                differences=differences,
                at_its_word=bool(differences) and not compare(trusting, one.served),
            )
        )
    return Comparison(number, tuple(found), state, _disputed(examined, read, found))


def _ids(
    examined: Mapping[bytes, ExaminedEvent], carried: Iterable[bytes], *, proved: bool
) -> frozenset[str]:
    """Ids of the signed events among those carried; only bound and not invalid ones if `proved`."""
    return frozenset(
        event.event_id
        for event in (examined[key] for key in carried)
        if event.event_id is not None
        and (
            (event.is_bound and event.status is not EventStatus.INVALID)
            or (not proved and (event.is_bound or event.is_foreign))
        )
    )


def _disputed(
    examined: Mapping[bytes, ExaminedEvent], read: list[_Read], copies: list[Copy]
) -> tuple[str, ...]:
    listing = [copy.signed for one, copy in zip(read, copies, strict=True) if one.lists_events]
    foreign = {event.event_id for event in examined.values() if event.is_foreign}
    left_out = {
        event_id for event_id in foreign if event_id and any(event_id not in ids for ids in listing)
    }
    return tuple(sorted(left_out | disputed_ids(examined.values())))


def _cut(value: str | None) -> str | None:
    return None if value is None else show(value)


class _Read(NamedTuple):
    """A copy as it was read: its document's records, events by canonical bytes, served state."""

    name: str
    data: bytes
    refused: str | None
    records: tuple[JSON, ...] = ()
    events: Mapping[bytes, JSON] = MappingProxyType({})
    lists_events: bool = False
    served: JSON = None


def _read(name: str, data: bytes) -> _Read:
    try:
        document = read_document(data)
    except PithError as error:
        return _Read(name, data, str(error))
    listed = None if document.events is None else document.events.value
    return _Read(
        name,
        data,
        None,
        records=tuple(stated.value for stated in document.records),
        events={canonical_bytes(e): e for e in (listed if isinstance(listed, list) else [])},
        # A bundle that leaves `events` out says that there are none.
        lists_events=document.kind == "bundle" or isinstance(listed, list),
        served=None if document.served_state is None else document.served_state.value,
    )


def _record(read: Iterable[_Read], asked: PithNumber | None) -> tuple[JSON, PithNumber]:
    """The first record that is the one asked for, and its number."""
    for one in read:
        for record in one.records:
            if submitted_year(record) is not None:
                number = number_of(record)
                if asked is None or asked.matches(number):
                    return record, number
    what = "a record" if asked is None else f"the record of {asked}"
    raise DocumentError(f"None of the copies holds {what}, so there is nothing to merge.")
