"""What the checks look at: the document, the reader's wishes, and what is computed once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache, partial

from pithcore import ed25519
from pithcore.canonical import canonical_bytes, canonical_digest
from pithcore.document import Document, Statement
from pithcore.events import (
    COMPLETENESS,
    Claim,
    ExaminedEvent,
    VerifySignature,
    claim_of,
    examine,
    signature_bytes,
)
from pithcore.keyring import Key, Keyring
from pithcore.material import NO_MATERIAL, VerificationMaterial
from pithcore.number import PithNumber
from pithcore.query import ArxivId
from pithcore.reading import JSON
from pithcore.record import is_hex64, member, submitted_year
from pithcore.report import Finding, Outcome, Reason
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from pithcore.checks.statements import SignedStatement
    from pithcore.pdf import Pdf

ALGORITHM = "ed25519"
KIND = "pith_receipt"

SecondOpinion = Callable[[bytes, bytes, bytes], bool | None]
"""(public key of 32 bytes, message, signature of 64 bytes) → accepted, or None for no opinion."""


class Receipt(NamedTuple):
    """One receipt of the document.

    Attributes:
        is_known: its kind and algorithm, where it states them, are those of protocol 4.3.
        key: that of the keyring under its `key_id`.
        signature: None when it carries none that can be read.
    """

    value: JSON
    where: str
    is_known: bool
    key_id: str | None
    key: Key | None
    signature: bytes | None


class Context:
    """Input of every check: the document, what the reader asked, and what is computed once.

    Attributes:
        record: the document's first copy of the record, None when it carries none.
        canonical, digest, number: of that record (protocol 1), None without one.
    """

    def __init__(
        self,
        document: Document,
        keyring: Keyring,
        *,
        expect: PithNumber | ArxivId | None = None,
        title: str | None = None,
        abstract: str | None = None,
        pdf: Pdf | None = None,
        material: VerificationMaterial = NO_MATERIAL,
        second_opinion: SecondOpinion | None = None,
        verify_signature: VerifySignature = ed25519.verify,
    ) -> None:
        self.document = document
        self.keyring = keyring
        self.expect = expect
        self.title = title
        self.abstract = abstract
        self.pdf = pdf
        self.material = material
        self.second_opinion = second_opinion
        self.verify_signature = verify_signature
        self.record: JSON = None
        self.canonical: bytes | None = None
        self.digest: bytes | None = None
        self.number: PithNumber | None = None
        self._digests: dict[int, bytes] = {}
        if document.records:
            self.record = document.records[0].value
            self.canonical = canonical_bytes(self.record)
            self.digest = hashlib.sha256(self.canonical).digest()
            self._digests[id(self.record)] = self.digest
            self.number = PithNumber.from_digest(self.digest, submitted_year(self.record))

    def digest_of(self, value: JSON) -> bytes:
        """`canonical_digest` of a part of the document, computed once for each part.

        Parts are told apart as objects, not by `==`, for which 1, 1.0 and true are the same.
        """
        if id(value) not in self._digests:
            self._digests[id(value)] = canonical_digest(value)
        return self._digests[id(value)]

    @property
    def signed_digest(self) -> bytes | None:
        """The 32 bytes a receipt signs: of the record, or as stated when no record is there."""
        if self.digest is not None:
            return self.digest
        stated = next((s.value for s in self.document.digests if is_hex64(s.value)), None)
        return bytes.fromhex(stated) if isinstance(stated, str) else None

    @property
    def signed_number(self) -> PithNumber | None:
        """The number of `signed_digest`; with its year where the record is there."""
        if self.number is not None or self.signed_digest is None:
            return self.number
        return PithNumber.from_digest(self.signed_digest)

    @cached_property
    def receipts(self) -> tuple[Receipt, ...]:
        """Every distinct receipt of the document, with its key from the keyring."""
        stated = self.document.receipts
        if len(stated) > 1:
            distinct = {canonical_bytes(s.value): s for s in reversed(stated)}
            stated = tuple(reversed(distinct.values()))
        found = []
        for statement in stated:
            value, where = statement
            members = value if isinstance(value, dict) else {}
            kind, algorithm = members.get("kind"), members.get("algorithm")
            is_known = kind in (None, KIND) and algorithm in (None, ALGORITHM)
            named, text = members.get("key_id"), members.get("signature_b64")
            key_id = named if isinstance(named, str) else None
            key = None if key_id is None else self.keyring.get(key_id)
            signature = signature_bytes(text) if isinstance(text, str) else None
            found.append(Receipt(value, where, is_known, key_id, key, signature))
        return tuple(found)

    @property
    def listed_events(self) -> list[JSON]:
        """The events as they were read; empty where the document lists none."""
        listed = None if self.document.events is None else self.document.events.value
        return listed if isinstance(listed, list) else []

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """What each of the listed events says of its signature."""
        return tuple([claim_of(event, self.keyring) for event in self.listed_events])

    @cached_property
    def statements(self) -> tuple[SignedStatement, ...]:
        """The document's completeness events; empty where it has none, or no record."""
        named = (member(event, "event_type") for event in self.listed_events)
        has_some = any(isinstance(one, str) and one.startswith(COMPLETENESS) for one in named)
        if not has_some or self.number is None:
            return ()
        from pithcore.checks.statements import statements_of  # few documents have any

        return statements_of(self, self.number)

    @cached_property
    def events(self) -> tuple[tuple[str, ExaminedEvent], ...]:
        """(place, event as examined) for each event; empty where the document lists none."""
        return tuple(
            (
                f"$.events[{index}]",
                examine(
                    event,
                    self.number,
                    self.keyring,
                    self.verify_signature,
                    self.digest_of,
                    self.claims[index],
                ),
            )
            for index, event in enumerate(self.listed_events)
        )


passed = partial(Finding, Outcome.PASSED)
"""A finding that holds."""

failed = partial(Finding, Outcome.FAILED)
"""A finding that does not hold."""


def unchecked(reason: Reason, message: str, **details: Any) -> Finding:
    """A finding that could not be made, and why."""
    return Finding(Outcome.UNCHECKED, message, reason, **details)


@lru_cache(maxsize=64)
def not_applicable(message: str) -> Finding:
    """The document has nothing of the kind. Kept: most documents lack the same things."""
    return Finding(Outcome.NOT_APPLICABLE, message)


def same(one: JSON, other: JSON) -> bool:
    """True for the same JSON value; unlike `==`, it tells 1, 1.0 and true apart."""
    if type(one) is type(other) and isinstance(one, (str, int)):
        return one == other
    return canonical_bytes(one) == canonical_bytes(other)


def places(statements: Iterable[Statement]) -> list[JSON]:
    """Where the statements stand, for the evidence."""
    return [statement.where for statement in statements]
