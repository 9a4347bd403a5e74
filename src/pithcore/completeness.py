"""Events on the completeness of a record: what each type of ours must hold (completeness 2).

The registry lists five items and has never been seen to fill one, so their event types are not
known (protocol 8.4, 9.4). These are this project's own, and their names say so. Here is what
can be said of one event by itself; `checks/completeness.py` holds them against the record.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable

from pithcore.didkey import parse_did_key
from pithcore.errors import CaptureError, KeyringError, NumberError, OrcidError
from pithcore.events import ARCHIVE_CAPTURE, AUTHOR_CLAIM, CITATION, REPLICATION, TIMESTAMP
from pithcore.number import PithNumber
from pithcore.orcid import orcid_url, parse_orcid
from pithcore.printable import brief, show
from pithcore.reading import JSON
from pithcore.record import is_hex64, member, text_member
from pithcore.times import utc_order
from pithcore.wayback import parse_capture

RELATIONS = (
    "supports",
    "refutes",
    "extends",
    "uses_method",
    "depends_on",
    "replaces",
    "compares",
    "cites",
)
"""How a paper that cites stands to the one it cites, in the site's words (protocol 8.4)."""

KINDS = ("replication", "falsification", "formal_bridge")
"""Kinds of replication records, in the site's words (protocol 8.4)."""

MAX_PROOF = 64 * 1024
"""Bytes of a proof in an event, as `pithcore.timestamp` reads them; real ones have some 500."""

MAX_URL = 2_000
"""Characters of an address in an event."""

MAX_NOTE = 500
"""Characters of a remark in an event: a sentence or two."""


class _ContentError(Exception):
    """What an event lacks, as a sentence, with what stands there instead."""

    def __init__(self, message: str, found: str | None = None) -> None:
        self.found = found
        super().__init__(message)


def content_problem(
    event_type: str, event: dict[str, JSON], number: PithNumber | None
) -> tuple[str, str | None] | None:
    """Why an event of one of these types does not hold what its type requires.

    Args:
        event_type: one of `CONTENTS`. event: the whole event, whose payload is an object.
        number: the record's, None when there is no record.

    Returns:
        (a sentence, what was found instead or None); None when nothing is wrong.
    """
    payload = event["payload"]
    try:
        CONTENTS[event_type][0](payload, event, number)
    except _ContentError as problem:
        return str(problem), problem.found
    return None


def holds(event_type: str) -> str:
    """What an event of the type holds, as a sentence."""
    return CONTENTS[event_type][1]


def proof_of(payload: JSON) -> bytes | None:
    """The proof in the payload of a timestamp event: up to `MAX_PROOF` bytes; None when unread."""
    text = text_member(payload, "proof_b64")
    if text is None or len(text) > (MAX_PROOF + 2) // 3 * 4:
        return None
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    again = binascii.b2a_base64(raw, newline=False).decode("ascii")
    return raw if 0 < len(raw) <= MAX_PROOF and again == text else None


def _timestamp(payload: JSON, event: dict[str, JSON], number: PithNumber | None) -> None:
    """Completeness 2.1."""
    _digest(payload, number)
    if proof_of(payload) is None:
        raise _ContentError(
            f"The event's proof_b64 is not the canonical base64 of a proof of up to {MAX_PROOF:,} "
            "bytes."
        )


def _archive_capture(payload: JSON, event: dict[str, JSON], number: PithNumber | None) -> None:
    """Completeness 2.2."""
    url = _text(payload, "capture_url", MAX_URL)
    try:
        capture = parse_capture(url)
    except CaptureError as error:
        raise _ContentError(str(error)) from None
    claimed = _time(payload, "captured_at")
    if utc_order(claimed) != utc_order(capture.time):
        raise _ContentError(
            f"The event says that the capture was made at {claimed}, and its address says "
            f"{capture.time}.",
            claimed,
        )
    created = text_member(event, "created_at")
    made = utc_order(created)
    if made is not None and made < (utc_order(claimed) or ""):
        raise _ContentError(
            f"The event was made at {created} and tells of a capture made later, at {claimed}."
        )


def _author_claim(payload: JSON, event: dict[str, JSON], number: PithNumber | None) -> None:
    """Completeness 2.3."""
    _digest(payload, number)
    stated = _text(payload, "orcid", MAX_URL)
    try:
        orcid = parse_orcid(stated)
    except OrcidError as error:
        raise _ContentError(str(error)) from None
    if stated != orcid_url(orcid):
        raise _ContentError(f"The event's orcid is not written {orcid_url(orcid)}.", show(stated))
    did = _text(payload, "did_key", MAX_URL)
    try:
        parse_did_key(did)
    except KeyringError as error:
        raise _ContentError(str(error)) from None
    key_id = member(event, "signer", "key_id")
    if key_id != did:
        raise _ContentError(
            "An author claim is signed by the key that it claims; its signer.key_id is another.",
            "nothing" if key_id is None else show(key_id),
        )


def _citation(payload: JSON, event: dict[str, JSON], number: PithNumber | None) -> None:
    """Completeness 2.4."""
    _one_of(payload, "relation", RELATIONS)
    citing, cited = (_number(payload, name) for name in ("citing", "cited"))
    if citing.suffix == cited.suffix:
        raise _ContentError("The event has a paper cite itself.", str(cited))
    if number is not None and str(number) not in (str(citing), str(cited)):
        raise _ContentError(
            f"The event is on a citation of {cited} by {citing}, neither of which is this record."
        )
    _evidence(payload, required=False)


def _replication(payload: JSON, event: dict[str, JSON], number: PithNumber | None) -> None:
    """Completeness 2.5."""
    _one_of(payload, "kind", KINDS)
    _evidence(payload, required=True)


def _digest(payload: JSON, number: PithNumber | None) -> None:
    stated = member(payload, "canonical_sha256")
    if not (isinstance(stated, str) and is_hex64(stated)):
        raise _ContentError("The event's canonical_sha256 is not 64 lower-case hex digits.")
    suffix = PithNumber.from_digest(bytes.fromhex(stated)).suffix
    if number is not None and suffix != number.suffix:
        raise _ContentError("The event's canonical_sha256 is another record's.", stated)


def _text(payload: JSON, name: str, most: int) -> str:
    value = member(payload, name)
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        shown = "nothing" if value is None else brief(value)
        raise _ContentError(f"The event's {name} is not a text of 1 to {most:,} characters.", shown)
    return value


def _time(payload: JSON, name: str) -> str:
    value = text_member(payload, name)
    if value is None or utc_order(value) is None:
        shown = brief(member(payload, name))
        raise _ContentError(f"The event's {name} is no UTC time.", shown)
    return value


def _one_of(payload: JSON, name: str, known: tuple[str, ...]) -> None:
    value = member(payload, name)
    if value not in known:
        shown = "nothing" if value is None else brief(value)
        raise _ContentError(f"The event's {name} is none of {', '.join(known)}.", shown)


def _number(payload: JSON, name: str) -> PithNumber:
    value = _text(payload, name, MAX_URL)
    try:
        number = PithNumber.parse(value)
    except NumberError as error:
        raise _ContentError(f"The event's {name} is no Pith Number. {error}") from None
    if str(number) != value or number.year is None or not number.is_full:
        raise _ContentError(
            f"The event's {name} is not a full Pith Number with its year.", brief(value)
        )
    return number


def _evidence(payload: JSON, *, required: bool) -> None:
    """`evidence`: an object with a https `url`, and perhaps its `sha256` and a `note`."""
    evidence = member(payload, "evidence")
    if evidence is None and not required:
        return
    url = text_member(evidence, "url") or ""
    if not (url.startswith("https://") and len(url) <= MAX_URL and url.isascii()):
        raise _ContentError(
            "The event's evidence.url is no https address in ASCII.", brief(url) or "nothing"
        )
    if not url.isprintable() or " " in url:
        raise _ContentError("The event's evidence.url holds what no address holds.", brief(url))
    sha256 = member(evidence, "sha256")
    if sha256 is not None and not is_hex64(sha256):
        raise _ContentError("The event's evidence.sha256 is not 64 lower-case hex digits.")
    if member(evidence, "note") is not None:
        _text(evidence, "note", MAX_NOTE)


CONTENTS: dict[str, tuple[Callable[[JSON, dict[str, JSON], PithNumber | None], None], str]] = {
    TIMESTAMP: (_timestamp, "The event carries a timestamp proof for this record."),
    ARCHIVE_CAPTURE: (_archive_capture, "The event names a capture of the Internet Archive."),
    AUTHOR_CLAIM: (_author_claim, "The event claims this record for an ORCID iD."),
    CITATION: (_citation, "The event names a citation of or by this record."),
    REPLICATION: (_replication, "The event names a replication record and its evidence."),
}
"""Event type → (what holds it to its rules, what it holds)."""
