"""What a file brings to a bundle: a Pith document, a receipt, or events."""

from __future__ import annotations

from dataclasses import dataclass

from pithcli.jsonlines import read_values
from pithcli.problem import Problem
from pithcore import PithError, canonical_bytes
from pithcore.document import read_document
from pithcore.events import RECORD_CREATED
from pithcore.making import make_bundle
from pithcore.merging import ordered
from pithcore.record import member, text_member
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pithcli.inputs import Source
    from pithcore import Keyring
    from pithcore.reading import JSON


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one input; `is_document` when it is one that `pith verify` reads."""

    source: Source
    is_document: bool
    records: tuple[JSON, ...] = ()
    receipts: tuple[JSON, ...] = ()
    events: tuple[JSON, ...] = ()


def parts_of(source: Source) -> Parts:
    """Read one input. Raises `Problem` for anything else than the module says."""
    try:
        values = [value for value, _ in read_values(source.data)]
    except PithError:
        values = []  # a saved page perhaps; otherwise `read_document` says what is wrong
    if values and all(_is_event(value) for value in values):
        return Parts(source, is_document=False, events=tuple(values))
    if len(values) == 1 and text_member(values[0], "kind") == "pith_receipt":
        return Parts(source, is_document=False, receipts=tuple(values))
    try:
        document = read_document(source.data)
    except PithError as error:
        raise Problem(f"{source.name}: {error}") from None
    listed = None if document.events is None else document.events.value
    return Parts(
        source,
        is_document=True,
        records=tuple(stated.value for stated in document.records),
        receipts=tuple(stated.value for stated in document.receipts),
        events=tuple(listed) if isinstance(listed, list) else (),
    )


def bundle_of(
    record: JSON, events: Iterable[JSON], receipts: Iterable[JSON], keyring: Keyring
) -> tuple[dict[str, JSON], int]:
    """A bundle, and how many receipts found no place in it.

    A receipt's place is its `record_created` event. One that no event carries stands beside the
    events, where there is room for one: of several, one by a key of the keyring, and then the
    one with the smallest canonical bytes, so that order decides nothing.
    """
    bundle = make_bundle(record, events)
    listed = bundle["events"]
    carried = {
        canonical_bytes(member(event, "payload", "receipt"))
        for event in (listed if isinstance(listed, list) else [])
        if text_member(event, "event_type") == RECORD_CREATED
    }
    loose = {canonical_bytes(receipt): receipt for receipt in receipts}
    ranked = sorted(
        (keyring.get(text_member(receipt, "key_id") or "") is None, key)
        for key, receipt in loose.items()
        if key not in carried
    )
    if ranked:
        bundle["receipt"] = ordered(loose[ranked[0][1]])
    return bundle, max(len(ranked) - 1, 0)


def _is_event(value: JSON) -> bool:
    return isinstance(value, dict) and "event_type" in value and "canonical_record" not in value
