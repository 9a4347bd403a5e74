"""What one signed event is worth (merge 1): its id, its subject, its signature, its content.

An event is *valid* when all four hold, *invalid* when one fails, and *unchecked* otherwise:
by a signer who is not in the keyring, of a type nobody here knows, or with an id made by a
rule that has not been published.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable
from enum import StrEnum
from functools import partial

from pithcore import ed25519
from pithcore.canonical import canonical_bytes, canonical_digest
from pithcore.keyring import Key, Keyring
from pithcore.number import PithNumber
from pithcore.patterns import Pattern
from pithcore.printable import brief, show
from pithcore.reading import JSON
from pithcore.record import is_hex64, member, submitted_year
from pithcore.report import Finding, Outcome, Reason
from pithcore.snapshots import examine_snapshot
from pithcore.times import utc_order
from pithcore.typed import NamedTuple

RECORD_CREATED = "record_created"
"""The event that carries the record and its receipt (seen, protocol 5.1)."""

GRAPH_SNAPSHOT = "graph_snapshot"
"""Member of the payload of an event with target `graph` (seen, protocol 5.3)."""

WITHDRAWAL = "withdrawal"
"""Takes back an event of the same signer. Ours (merge 4.2)."""

INTEGRITY = "pith.integrity.v1"
"""Findings of detectors on a paper, with members of its own (seen, protocol 7.3, merge 1.7)."""

COMPLETENESS = "pithcore."
"""Begins the types of events on completeness. Ours (docs/completeness.md), and named so."""

TIMESTAMP = "pithcore.timestamp.v1"
"""Carries an OpenTimestamps proof (completeness 2.1)."""

ARCHIVE_CAPTURE = "pithcore.archive_capture.v1"
"""Names a capture of the Internet Archive (completeness 2.2)."""

AUTHOR_CLAIM = "pithcore.author_claim.v1"
"""Claims the record for an ORCID iD (completeness 2.3)."""

CITATION = "pithcore.citation.v1"
"""Links the record to another (completeness 2.4)."""

REPLICATION = "pithcore.replication.v1"
"""Names a replication record (completeness 2.5)."""

_EVENT_ID = Pattern(r"sha256:([0-9a-f]{64})")

SignedMessage = tuple[bytes, bytes, bytes]
"""Public key (32 bytes), message, signature (64 bytes)."""

VerifySignature = Callable[[bytes, bytes, bytes], bool]
"""(public key of 32 bytes, message, signature of 64 bytes) → accepted under protocol 10."""


class EventStatus(StrEnum):
    """The worth of an event. Only a valid one changes the state."""

    VALID = "valid"
    INVALID = "invalid"
    UNCHECKED = "unchecked"


class ExaminedEvent(NamedTuple):
    """One event and what was found about it.

    Attributes:
        value: the event as it was read.
        event_id: `sha256:` and 64 hex digits; None when it states none of that form.
        id, subject, signature, content: the four findings of merge 1.
        signer: the key that signed it; None unless the signature holds.
        snapshot: what was found about the graph snapshot it carries; None when it has none.
    """

    value: JSON
    event_id: str | None
    id: Finding
    subject: Finding
    signature: Finding
    content: Finding
    signer: Key | None
    snapshot: Finding | None

    @property
    def canonical(self) -> bytes:
        """Its canonical bytes, which tell it apart from any other event."""
        return canonical_bytes(self.value)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All four, in order."""
        return self.id, self.subject, self.signature, self.content

    @property
    def status(self) -> EventStatus:
        """Invalid when one finding failed, valid when all passed, else unchecked (merge 1.6)."""
        outcomes = {finding.outcome for finding in self.findings}
        if Outcome.FAILED in outcomes:
            return EventStatus.INVALID
        return EventStatus.VALID if outcomes == {Outcome.PASSED} else EventStatus.UNCHECKED

    @property
    def is_bound(self) -> bool:
        """The signer is known and signed this very content (merge 1.4)."""
        return self.id.outcome is self.signature.outcome is Outcome.PASSED

    @property
    def is_foreign(self) -> bool:
        """A known signer signed an id that cannot be recomputed here (merge 1.2, 1.4)."""
        return self.event_id is not None and (
            self.id.reason is Reason.RULE_NOT_PUBLISHED and self.signature.outcome is Outcome.PASSED
        )

    @property
    def problem(self) -> Finding | None:
        """The finding that keeps the event from being valid, the worst first."""
        for outcome in (Outcome.FAILED, Outcome.UNCHECKED):
            for finding in self.findings:
                if finding.outcome is outcome:
                    return finding
        return None


def event_id_of(event: dict[str, JSON]) -> str:
    """The id this project gives an event (protocol 9.1).

    `sha256:` and the hex SHA-256 of the canonical bytes of the event without `event_id` and
    `signature_b64`. Raises `CanonicalError` for values JSON cannot carry.
    """
    body = event.copy()
    body.pop("event_id", None)
    body.pop("signature_b64", None)
    return f"sha256:{canonical_digest(body).hex()}"


def is_event_id(value: JSON) -> bool:
    """True for `sha256:` and 64 lower-case hex digits."""
    return isinstance(value, str) and _EVENT_ID.fullmatch(value) is not None


def examine(
    event: JSON,
    number: PithNumber | None,
    keyring: Keyring,
    verify: VerifySignature = ed25519.verify,
    digest_of: Callable[[JSON], bytes] = canonical_digest,
    claim: Claim | None = None,
) -> ExaminedEvent:
    """Find out what `event` is worth in a bundle of `number` (merge 1).

    Args:
        event: any JSON value.
        number: the full number of the bundle's record, None for a document without a record.
        keyring: keys whose signatures count. verify: an Ed25519 of protocol 10.
        digest_of: canonical digest of a part of the event, for a caller that keeps them.
        claim: what `claim_of` gives for the event, for a caller that has it.
    """
    members = event if isinstance(event, dict) else {}
    stated = members.get("event_id")
    event_id = stated if isinstance(stated, str) and is_event_id(stated) else None
    payload = members.get("payload")
    carries = isinstance(payload, dict) and GRAPH_SNAPSHOT in payload
    snapshot = examine_snapshot(member(payload, GRAPH_SNAPSHOT)) if carries else None
    if members.get("event_type") == INTEGRITY:
        found_id, content = _integrity_id(members), _integrity_content(members, number)
    else:
        found_id = _id(event, event_id, number)
        content = _content(members, number, snapshot, digest_of)
    signature, signer = _signature(members, claim or claim_of(event, keyring), verify)
    return ExaminedEvent(
        value=event,
        event_id=event_id,
        id=found_id,
        subject=_subject(members, number),
        signature=signature,
        content=content,
        signer=signer,
        snapshot=snapshot,
    )


_Members = dict[str, JSON]


class Claim(NamedTuple):
    """Who is said to have signed which 32 bytes of an event.

    Attributes:
        named_by: the member that names the 32 bytes. message: these; None when it does not.
        key_id, key: the signer's key as the event names it, and as the keyring has it.
        signature: 64 bytes; None when it carries none that can be read.
    """

    named_by: str
    message: bytes | None
    key_id: str | None
    key: Key | None
    signature: bytes | None

    @property
    def signed(self) -> SignedMessage | None:
        """The signature that there is to verify."""
        if self.key is None or self.message is None or self.signature is None:
            return None
        return self.key.public_key, self.message, self.signature


def claim_of(event: JSON, keyring: Keyring) -> Claim:
    """What an event says of its signature (merge 1.4, 1.7)."""
    members = event if isinstance(event, dict) else {}
    if members.get("event_type") == INTEGRITY:
        named_by, key_id = "payload_sha256", members.get("signing_key_id")
        digest = members.get("payload_sha256")
        message = bytes.fromhex(digest) if isinstance(digest, str) and is_hex64(digest) else None
    else:
        named_by, key_id = "event_id", member(members.get("signer"), "key_id")
        stated = members.get("event_id")
        match = _EVENT_ID.fullmatch(stated) if isinstance(stated, str) else None
        message = None if match is None else bytes.fromhex(match.group(1))
    named = key_id if isinstance(key_id, str) else None
    text = members.get("signature_b64")
    return Claim(
        named_by,
        message,
        named,
        None if named is None else keyring.get(named),
        signature_bytes(text) if isinstance(text, str) else None,
    )


_passed = partial(Finding, Outcome.PASSED)


def _failed(message: str, expected: str | None = None, found: str | None = None) -> Finding:
    return Finding(Outcome.FAILED, message, expected=expected, found=found)


def _unchecked(reason: Reason, message: str) -> Finding:
    return Finding(Outcome.UNCHECKED, message, reason)


def _shown(stated: JSON) -> str:
    return "nothing" if stated is None else show(stated)


_ID_HOLDS = _passed("The event_id is the hash of the event.")


def _id(event: JSON, event_id: str | None, number: PithNumber | None) -> Finding:
    """Merge 1.2."""
    if not isinstance(event, dict):
        return _failed("The event is not an object.")
    if event_id is None:
        return _failed(
            "The event states no event_id of the form sha256: and 64 hex digits.",
            found=_shown(event.get("event_id")),
        )
    if event_id_of(event) == event_id:
        return _ID_HOLDS
    if _is_digest_of(number, event_id.removeprefix("sha256:")):
        return _failed(_RECEIPT)
    return _unchecked(
        Reason.RULE_NOT_PUBLISHED,
        "The event_id is not the hash of the event by the rule of protocol 9.1. It was made by "
        "another rule or for other content: whether this content belongs to it could not be "
        "checked.",
    )


_RECEIPT = (
    "The event stands on the digest of the record itself. That is what a receipt signs, and a "
    "receipt's signature says nothing of an event."
)


def _is_digest_of(number: PithNumber | None, digest: str) -> bool:
    return number is not None and (
        PithNumber.from_digest(bytes.fromhex(digest)).suffix == number.suffix
    )


_ABOUT_THIS = _passed("The event is about this record.")


def _subject(event: _Members, number: PithNumber | None) -> Finding:
    """Merge 1.3."""
    stated = event.get("subject_pith_number")
    if stated is None and event.get("event_type") == INTEGRITY:
        return _unchecked(Reason.NOT_STATED, "The event does not say what it is about.")
    if number is None:
        return _unchecked(
            Reason.NOT_STATED, "The document carries no record that the event could be about."
        )
    if stated != str(number):
        return _failed("The event is not about this record.", str(number), _shown(stated))
    return _ABOUT_THIS


def _signature(
    event: _Members, claim: Claim, verify: VerifySignature
) -> tuple[Finding, Key | None]:
    """Merge 1.4 and 1.5."""
    key = claim.key
    if key is None:
        who = (
            "It does not say who signed it"
            if claim.key_id is None
            else f"The key “{brief(claim.key_id)}” is not in the keyring"
        )
        return _unchecked(Reason.UNKNOWN_SIGNER, f"{who}, so its signature was not checked."), None
    fingerprint = member(event, "signer", "public_key_fingerprint")
    if fingerprint is not None and fingerprint != key.fingerprint:
        found = _failed(
            f"The event gives the name {key.key_id} to another key than the one in the keyring.",
            key.fingerprint,
            show(fingerprint),
        )
        return found, None
    stated = event.get("created_at")
    created = stated if isinstance(stated, str) else None
    if utc_order(created) is None:
        return _failed("The event's created_at is no UTC time.", found=_shown(stated)), None
    refusal = key.refusal(created)
    if refusal is not None:
        return _failed(refusal), None
    if claim.message is None:
        why = f"Not run: there is no {claim.named_by} that a signature could be over."
        return _unchecked(Reason.EARLIER_FAILURE, why), None
    text = event.get("signature_b64")
    if text is None:
        return _unchecked(Reason.NOT_STATED, "The event carries no signature_b64."), None
    if claim.signature is None:
        found = _failed(
            "The signature_b64 is not the base64 of 64 bytes in its one canonical spelling.",
            found=show(text),
        )
        return found, None
    if not verify(key.public_key, claim.message, claim.signature):
        why = (
            f"The signature is not one by {key.holder} (key {key.key_id}) over this "
            f"{claim.named_by}."
        )
        return _failed(why), None
    return _passed(f"{key.holder} signed this {claim.named_by} with the key {key.key_id}."), key


def signature_bytes(text: str) -> bytes | None:
    """64 bytes from base64 in its one canonical spelling (RFC 4648 section 3.5), else None."""
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    again = binascii.b2a_base64(raw, newline=False).decode("ascii")
    return raw if len(raw) == 64 and again == text else None


def _content(
    event: _Members,
    number: PithNumber | None,
    snapshot: Finding | None,
    digest_of: Callable[[JSON], bytes],
) -> Finding:
    """Merge 2: what each type of event must hold. An event of two kinds is held to both."""
    payload, event_type = event.get("payload"), event.get("event_type")
    if not isinstance(payload, dict):
        return _failed("The event's payload is not an object.", found=_shown(payload))
    findings = []
    if event_type == RECORD_CREATED:
        findings.append(_record_created(payload, number, digest_of))
    if event_type == WITHDRAWAL:
        findings.append(_withdrawal(payload))
    if snapshot is not None:
        findings.append(_graph_snapshot(snapshot))
    if isinstance(event_type, str) and event_type.startswith(COMPLETENESS):
        findings += _completeness(event_type, event, number)
    if not findings:
        named = isinstance(event_type, str)
        what = f"of type “{brief(event_type)}”" if named else "with no event_type"
        return _unchecked(Reason.UNSUPPORTED, f"Events {what} are not known to this version.")
    for found in findings:
        if found.outcome is Outcome.FAILED:
            return found
    return findings[0]


def _completeness(event_type: str, event: _Members, number: PithNumber | None) -> list[Finding]:
    """Merge 2.6: the types of docs/completeness.md; none for another name of that family."""
    from pithcore import completeness  # few documents have such events

    if event_type not in completeness.CONTENTS:
        return []
    problem = completeness.content_problem(event_type, event, number)
    if problem is None:
        return [_passed(completeness.holds(event_type))]
    return [_failed(problem[0], found=problem[1])]


_CARRIES_RECORD = _passed("The event carries this record.")


def _record_created(
    payload: dict[str, JSON], number: PithNumber | None, digest_of: Callable[[JSON], bytes]
) -> Finding:
    """Merge 2.1."""
    record = payload.get("canonical_record")
    if record is None:
        return _failed("The event carries no canonical_record.")
    digest = digest_of(record)
    computed = PithNumber.from_digest(digest, submitted_year(record))
    if number is not None and computed != number:
        return _failed("The event's record has another number.", str(number), str(computed))
    stated = payload.get("canonical_sha256")
    if stated != digest.hex():
        return _failed(
            "The event's canonical_sha256 is not its record's.", digest.hex(), _shown(stated)
        )
    return _CARRIES_RECORD


def _withdrawal(payload: dict[str, JSON]) -> Finding:
    """Merge 2.3."""
    stated = payload.get("event_id")
    if not is_event_id(stated):
        return _failed(
            "The withdrawal does not name the event_id that it takes back.", found=_shown(stated)
        )
    return _passed("The withdrawal names the event it takes back.")


_NO_CONTRADICTION = _passed("No section of the snapshot contradicts its snapshot_sha256.")


def _graph_snapshot(snapshot: Finding) -> Finding:
    """Merge 2.2: a section that shows what was hashed must hash to its `snapshot_sha256`."""
    if snapshot.outcome is Outcome.FAILED:
        return snapshot
    # What a section withholds is the signer's word, and it is the signer who is named for it.
    return _NO_CONTRADICTION


def _integrity_id(event: _Members) -> Finding:
    """Merge 1.7: the registry counts these events."""
    stated = event.get("event_id")
    if not isinstance(stated, int) or isinstance(stated, bool):
        return _failed(
            f"The event_id of an event of type {INTEGRITY} is a whole number.",
            found=_shown(stated),
        )
    return _unchecked(
        Reason.RULE_NOT_PUBLISHED,
        "The event_id is the registry's own count. The signature does not cover it.",
    )


def _integrity_content(event: _Members, number: PithNumber | None) -> Finding:
    """Merge 1.7: a payload and a hash, and no published rule that makes one from the other."""
    stated = event.get("payload_sha256")
    if not (isinstance(stated, str) and is_hex64(stated)):
        return _failed(
            "The event's payload_sha256 is not 64 lower-case hex digits.", found=_shown(stated)
        )
    if _is_digest_of(number, stated):
        return _failed(_RECEIPT)
    return _unchecked(
        Reason.RULE_NOT_PUBLISHED,
        "How payload_sha256 is made from the payload has not been published: whether the "
        "payload is the one that was signed could not be checked.",
    )
