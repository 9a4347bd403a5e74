"""What a run of the verifier says: checks with outcomes, a verdict, and what it does not show.

The object behind the page, the terminal and the JSON (`schema/report-1.schema.json`): they
cannot disagree, since all three show this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType

from pithcore.keyring import Key
from pithcore.reading import JSON
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

REPORT_SCHEMA = "pithcore.report/1"
"""Name and version of the JSON form. A new number means that a reader of the old may misread."""


class Outcome(StrEnum):
    """How a check ended. A check that is missing or could not be done is never `passed`."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"
    NOT_APPLICABLE = "not_applicable"


class Reason(StrEnum):
    """Why a check is `unchecked`: a closed list."""

    UNKNOWN_SIGNER = "unknown_signer"
    """The signer's key is not in the keyring."""
    RULE_NOT_PUBLISHED = "rule_not_published"
    """The registry has not said how this is computed."""
    NOT_STATED = "not_stated"
    """The document names the thing and does not carry it."""
    NOT_SIGNED = "not_signed"
    """Nothing signs it, so nothing can be held against it."""
    UNSUPPORTED = "unsupported"
    """This version of the verifier does not do this check."""
    NOT_FETCHED = "not_fetched"
    """Only the network can say, and nobody asked it, or its answer settles nothing."""
    EARLIER_FAILURE = "earlier_failure"
    """It rests on a check that did not pass."""


class Group(StrEnum):
    """Suites of checks, in the order they run."""

    FORM = "form"
    IDENTITY = "identity"
    RECEIPT = "receipt"
    EVENTS = "events"
    STATE = "state"
    PAPER = "paper"
    COMPLETENESS = "completeness"


class Verdict(StrEnum):
    """The whole document's outcome."""

    VERIFIED = "verified"
    FAILED = "failed"
    INTACT = "intact"
    UNCHECKED = "unchecked"


HEADLINES: Mapping[Verdict, str] = {
    Verdict.VERIFIED: "Verified",
    Verdict.FAILED: "Not what it claims to be",
    Verdict.INTACT: "Intact, signer not established",
    Verdict.UNCHECKED: "Could not be checked",
}


class PlannedCheck(NamedTuple):
    """A check as it is known before the run."""

    id: str
    group: Group
    title: str


class Finding(NamedTuple):
    """What doing one check found; `Check` is this with the plan's id, group and title.

    Attributes:
        outcome: how it ended.
        message: one sentence or two, for a reader.
        reason: why it is unchecked; None for every other outcome.
        expected, found: both sides of a comparison, as text.
        evidence: what it rests on, JSON values by name.
        shell_by: a function of `pithcore.shell` and its arguments, which write `shell`.
    """

    outcome: Outcome
    message: str
    reason: Reason | None = None
    expected: str | None = None
    found: str | None = None
    evidence: Mapping[str, JSON] = MappingProxyType({})
    shell_by: tuple[Any, ...] | None = None

    @property
    def shell(self) -> str | None:
        """A POSIX shell line that repeats the step without this program."""
        if self.shell_by is None:
            return None
        write: Callable[..., str | None] = self.shell_by[0]
        return write(*self.shell_by[1:])


class Check(NamedTuple):
    """One check of a report: its place in the plan and what was found."""

    planned: PlannedCheck
    finding: Finding

    @property
    def id(self) -> str:
        """Stable id, `group.name`."""
        return self.planned.id

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return self.finding.outcome

    def to_dict(self) -> dict[str, JSON]:
        """The check as JSON values."""
        return {
            "id": self.planned.id,
            "group": self.planned.group.value,
            "title": self.planned.title,
            "outcome": self.finding.outcome.value,
            "reason": None if self.finding.reason is None else self.finding.reason.value,
            "message": self.finding.message,
            "expected": self.finding.expected,
            "found": self.finding.found,
            "evidence": dict(self.finding.evidence),
            "shell": self.finding.shell,
        }


class Subject(NamedTuple):
    """The record a report is about, as computed here; a document's claims are in the checks."""

    pith_number: str | None = None
    short: str | None = None
    canonical_sha256: str | None = None
    arxiv_id: str | None = None
    version: int | None = None
    title: str | None = None


class Input(NamedTuple):
    """What was read: the kind of document, where it came from, SHA-256 (hex) and length."""

    kind: str
    source: str | None
    sha256: str
    bytes: int


class Conclusion(NamedTuple):
    """A report in one row, for lists of many documents; each member is as a `Report` has it.

    Attributes:
        kind: of document. pith_number, arxiv_id: of its record, None without one.
        verdict, sentence: the outcome, and one sentence on it.
        failed: ids of the checks that failed.
        key_id: the key that the receipt verified under; None when none did.
    """

    kind: str
    pith_number: str | None
    arxiv_id: str | None
    verdict: Verdict
    sentence: str
    failed: tuple[str, ...]
    key_id: str | None


class Report(NamedTuple):
    """The result of `pithcore.verify`.

    Attributes:
        tool_version: version of pithcore that made it.
        input: what was read. subject: the record it is about.
        verdict, sentence: the outcome, and one sentence on it for this document.
        checks: one for every entry of `pithcore.PLAN`, in that order.
        key: the key that the receipt verified under; None when none did.
        canonical: the canonical text whose UTF-8 bytes were hashed; None without a record.
        limits: what the verdict does not show, a sentence each.
    """

    tool_version: str
    input: Input
    subject: Subject
    verdict: Verdict
    sentence: str
    checks: tuple[Check, ...]
    key: Key | None
    canonical: str | None
    limits: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The verdict in words."""
        return HEADLINES[self.verdict]

    def check(self, check_id: str) -> Check:
        """The check of that id. Raises `KeyError` for an id that is not in the plan."""
        return {check.id: check for check in self.checks}[check_id]

    def to_dict(self) -> dict[str, JSON]:
        """The report as JSON values, in the form of `schema/report-1.schema.json`."""
        key = self.key
        return {
            "schema": REPORT_SCHEMA,
            "tool": {"name": "pithcore", "version": self.tool_version},
            "input": {
                "kind": self.input.kind,
                "source": self.input.source,
                "sha256": self.input.sha256,
                "bytes": self.input.bytes,
            },
            "subject": {
                "pith_number": self.subject.pith_number,
                "short": self.subject.short,
                "canonical_sha256": self.subject.canonical_sha256,
                "arxiv_id": self.subject.arxiv_id,
                "version": self.subject.version,
                "title": self.subject.title,
            },
            "verdict": self.verdict.value,
            "headline": self.headline,
            "sentence": self.sentence,
            "checks": [check.to_dict() for check in self.checks],
            "key": None
            if key is None
            else {
                "key_id": key.key_id,
                "fingerprint": key.fingerprint,
                "public_key": key.public_key.hex(),
                "holder": key.holder,
                "pinned": key.pinned,
            },
            "canonical": self.canonical,
            "limits": list(self.limits),
        }


def verdict_of(checks: Iterable[Check]) -> Verdict:
    """The verdict that follows from the checks alone.

    1. Any check failed: `failed`.
    2. The record's identity is not established (there was no record to hash, or nothing
       stated what its digest or number should be): `unchecked`.
    3. A receipt verified under a key of the keyring, over a record of a known schema: `verified`.
       The key signs bare digests, and not of records alone (protocol 7.3): only the form of
       what was hashed tells that the signature is one on a record.
    4. Otherwise: `intact`.
    """
    return verdict_from({check.id: check.finding for check in checks})


def verdict_from(findings: Mapping[str, Finding]) -> Verdict:
    """As `verdict_of`, from findings by the id of their check."""
    if Outcome.FAILED in map(attrgetter("outcome"), findings.values()):
        return Verdict.FAILED
    digest = findings["identity.digest"].outcome
    # `unchecked` means that no record was there: agreeing claims about nothing prove nothing.
    others = (findings["identity.number"].outcome, findings["identity.requested"].outcome)
    if digest is Outcome.UNCHECKED or Outcome.PASSED not in (digest, *others):
        return Verdict.UNCHECKED
    key, signature = findings["receipt.key"].outcome, findings["receipt.signature"].outcome
    signed = key is signature is Outcome.PASSED
    if signed and findings["form.record"].reason is not Reason.UNSUPPORTED:
        return Verdict.VERIFIED
    return Verdict.INTACT
