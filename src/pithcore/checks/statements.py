"""The completeness events of a document, each with what its signature is worth (completeness 3)."""

from __future__ import annotations

from enum import StrEnum

from pithcore.checks.context import Context
from pithcore.completeness import CONTENTS
from pithcore.didkey import PREFIX as DID_KEY
from pithcore.didkey import parse_did_key
from pithcore.errors import KeyringError
from pithcore.events import WITHDRAWAL, EventStatus, ExaminedEvent, examine
from pithcore.keyring import Key, Keyring
from pithcore.merging import state_of
from pithcore.number import PithNumber
from pithcore.reading import JSON
from pithcore.record import member, text_member
from pithcore.typed import NamedTuple

MAX_SELF_SIGNED = 100
"""Events whose signature is checked under a key that only they name. Each costs an Ed25519
verification, and anybody can write as many as fit a document; what is beyond is unknown."""


class Standing(StrEnum):
    """What the signature under a statement is worth."""

    COUNTED = "counted"
    """By a key of the keyring, and not taken back."""
    SELF_SIGNED = "self_signed"
    """By the did:key that the event names and nobody vouches for, and not taken back."""
    UNKNOWN = "unknown"
    """By a key that is not here, or not checked for another reason."""
    WITHDRAWN = "withdrawn"
    """Taken back or replaced by its own signer."""
    REFUSED = "refused"
    """The event fails."""


class SignedStatement(NamedTuple):
    """One completeness event.

    Attributes:
        event_type, payload: as in the event.
        event_id: None when it states none. signer: the key's name, or "nobody".
        standing: what its signature is worth. problem: why it is refused or unknown, or "".
    """

    event_type: str
    payload: JSON
    event_id: str | None
    signer: str
    standing: Standing
    problem: str

    def to_dict(self) -> dict[str, JSON]:
        """What every list of statements shows of one."""
        return {
            "event_id": self.event_id,
            "signer": self.signer,
            "standing": self.standing.value,
        }


def examined_of(context: Context, number: PithNumber) -> list[ExaminedEvent]:
    """The events in their order, those that bring their key (a did:key) examined under it."""
    examined = []
    left = MAX_SELF_SIGNED
    for _, event in context.events:
        key = _named_key(event, context.keyring) if left else None
        if key is not None:
            left -= 1
        examined.append(
            event
            if key is None
            else examine(event.value, number, Keyring((key,)), context.verify_signature)
        )
    return examined


def statements_of(
    context: Context, number: PithNumber, examined: list[ExaminedEvent] | None = None
) -> tuple[SignedStatement, ...]:
    """Every distinct completeness event, in the order of its canonical bytes.

    `examined` is what `examined_of` gives, for a caller that has it.
    """
    events = examined_of(context, number) if examined is None else examined
    state = state_of(events, number, context.record)
    current = {event.event_id for event in state.current}
    return tuple(
        _statement(event, event.event_id in current, context.keyring)
        for event in state.events
        if _type(event) in CONTENTS
    )


def _named_key(event: ExaminedEvent, keyring: Keyring) -> Key | None:
    """The key that a completeness event or a withdrawal names and brings, as its did:key."""
    key_id = _key_id(event)
    is_ours = _type(event) in CONTENTS or _type(event) == WITHDRAWAL
    if not is_ours or not key_id.startswith(DID_KEY) or keyring.get(key_id) is not None:
        return None
    try:
        return Key(key_id, parse_did_key(key_id), key_id)
    except KeyringError:
        return None


def _statement(event: ExaminedEvent, is_current: bool, keyring: Keyring) -> SignedStatement:
    if event.status is EventStatus.INVALID:
        standing = Standing.REFUSED
    elif event.signer is None or event.status is EventStatus.UNCHECKED:
        standing = Standing.UNKNOWN
    elif not is_current:
        standing = Standing.WITHDRAWN
    else:
        is_known = keyring.get(event.signer.key_id) is not None
        standing = Standing.COUNTED if is_known else Standing.SELF_SIGNED
    problem = event.problem
    return SignedStatement(
        _type(event),
        member(event.value, "payload"),
        event.event_id,
        _key_id(event) or "nobody",
        standing,
        "" if problem is None else problem.message,
    )


def _type(event: ExaminedEvent) -> str:
    return text_member(event.value, "event_type") or ""


def _key_id(event: ExaminedEvent) -> str:
    return text_member(event.value, "signer", "key_id") or ""
