"""One way through: bytes → document → checks → report."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from pithcore import ed25519
from pithcore._version import __version__
from pithcore.checks import PLAN, STEPS
from pithcore.checks.context import Context, SecondOpinion
from pithcore.checks.receipt import signed_messages
from pithcore.document import read_document
from pithcore.events import SignedMessage, VerifySignature
from pithcore.keyring import PITH_KEYRING, Key, Keyring
from pithcore.material import NO_MATERIAL, VerificationMaterial
from pithcore.number import PithNumber
from pithcore.query import ArxivId, parse_query
from pithcore.reading import MAX_BYTES
from pithcore.record import member, text_member
from pithcore.report import (
    Check,
    Conclusion,
    Finding,
    Input,
    Outcome,
    Reason,
    Report,
    Subject,
    Verdict,
    verdict_from,
)
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.pdf import Pdf

_ALWAYS = (
    "It does not show that the paper is right, or that anybody reviewed it.",
    "It does not show that its author wrote it: authors are not part of the record.",
    "It does not show that this is the newest record of the paper.",
)

_SIGNER = ("receipt.form", "receipt.key", "receipt.signature")


def verify(
    data: bytes,
    *,
    source: str | None = None,
    expect: str | PithNumber | ArxivId | None = None,
    keyring: Keyring = PITH_KEYRING,
    title: str | None = None,
    abstract: str | None = None,
    pdf: Pdf | None = None,
    material: VerificationMaterial = NO_MATERIAL,
    second_opinion: SecondOpinion | None = None,
    verify_signature: VerifySignature = ed25519.verify,
    on_check: Callable[[Check], None] | None = None,
    max_bytes: int = MAX_BYTES,
) -> Report:
    """Verify a Pith document.

    1. Read: strict JSON, or the text of a record page.
    2. Collect what the document states.
    3. Canonical bytes, digest and number of its record (protocol 1).
    4. Every check of `PLAN`, in order; later ones rest on earlier ones.
    5. The verdict that follows from the checks.

    Args:
        data: a bundle, a record's JSON, a state, a bare canonical record, or a record page's
            text or HTML; UTF-8, at most `max_bytes` bytes.
        source: where the bytes came from, for the report.
        expect: the record asked for: a number in any form, an address, or an arXiv id.
        keyring: keys whose signatures count.
        title, abstract: texts to compare with the record's hashes.
        pdf: what `pithcore.pdf.read_pdf` found in the paper's PDF, to compare with the record.
        material: what completeness is checked with, beside the document: a timestamp proof,
            block headers, what explorers, ORCID or the archive answered.
        second_opinion: another Ed25519 implementation; can only make the verdict stricter.
        verify_signature: the Ed25519 to use, which must keep to protocol 10; another one than
            ours only ever makes it faster.
        on_check: called with each check as it ends.

    Raises:
        ReadError, DocumentError: for input that cannot be read as a Pith document.
        QueryError: when `expect` names no record.
        TypeError: when `data` is not bytes.
    """
    asked = parse_query(expect) if isinstance(expect, str) else expect
    context = Context(
        read_document(data, max_bytes=max_bytes),
        keyring,
        expect=asked,
        title=title,
        abstract=abstract,
        pdf=pdf,
        material=material,
        second_opinion=second_opinion,
        verify_signature=verify_signature,
    )
    return Examination(data, context, source).report(on_check)


class Examination:
    """A document that has been read (steps 1 to 3 of `verify`) and not yet been checked.

    For a caller with many documents, who reads a number of them, has all their signatures
    verified in one go, and then asks for the reports.
    """

    def __init__(self, data: bytes, context: Context, source: str | None = None) -> None:
        self._data = data
        self._context = context
        self._source = source

    @classmethod
    def of(
        cls,
        data: bytes,
        *,
        keyring: Keyring = PITH_KEYRING,
        verify_signature: VerifySignature = ed25519.verify,
    ) -> Examination:
        """Read a document. Arguments and errors are those of `verify`."""
        context = Context(read_document(data), keyring, verify_signature=verify_signature)
        return cls(data, context)

    def signed_messages(self) -> tuple[SignedMessage, ...]:
        """The signatures that `report` will verify: of receipts, then of events."""
        of_events = [claim.signed for claim in self._context.claims]
        return (*signed_messages(self._context), *filter(None, of_events))

    def report(self, on_check: Callable[[Check], None] | None = None) -> Report:
        """Run the checks (steps 4 and 5 of `verify`)."""
        context = self._context
        findings: dict[str, Finding] = {}
        for planned, run in STEPS:
            findings[planned.id] = run(context)
            if on_check is not None:
                on_check(Check(planned, findings[planned.id]))
        verdict = verdict_from(findings)
        key = _key_used(findings, context)
        digest = hashlib.sha256(self._data).hexdigest()
        return Report(
            tool_version=__version__,
            input=Input(context.document.kind, self._source, digest, len(self._data)),
            subject=_subject(findings, context),
            verdict=verdict,
            sentence=_sentence(verdict, findings, key),
            checks=tuple(map(Check, PLAN, findings.values())),
            key=key,
            canonical=None if context.canonical is None else context.canonical.decode("utf-8"),
            limits=_limits(verdict, key, context.pdf),
        )

    def conclusion(self) -> Conclusion:
        """Run the same checks, and keep of the report what a list of many documents shows."""
        context = self._context
        findings = {planned.id: run(context) for planned, run in STEPS}
        verdict = verdict_from(findings)
        key = _key_used(findings, context)
        return Conclusion(
            kind=context.document.kind,
            pith_number=None if context.number is None else str(context.number),
            arxiv_id=text_member(context.record, "source", "id"),
            verdict=verdict,
            sentence=_sentence(verdict, findings, key),
            failed=tuple([name for name in findings if findings[name].outcome is Outcome.FAILED])
            if verdict is Verdict.FAILED
            else (),
            key_id=None if key is None else key.key_id,
        )


def receipt_signatures(
    data: bytes, *, keyring: Keyring = PITH_KEYRING
) -> tuple[SignedMessage, ...]:
    """The (public key, message, signature) that `verify` will check in `data`.

    For a caller whose other implementation answers later (WebCrypto in a browser): ask it
    first, then pass its answers as `second_opinion`. Raises as `verify` does.
    """
    return signed_messages(Context(read_document(data), keyring))


def _key_used(findings: Mapping[str, Finding], context: Context) -> Key | None:
    """The key whose signature holds; None when there is none, or any receipt fails."""
    signature = findings["receipt.signature"]
    if not findings["receipt.key"].outcome is signature.outcome is Outcome.PASSED:
        return None
    return context.keyring.get(str(signature.evidence["key_id"]))


def _subject(findings: Mapping[str, Finding], context: Context) -> Subject:
    if context.number is None or context.digest is None:
        return Subject()
    version = member(context.record, "source", "version")
    # A title that does not hash to the record's is anybody's word, and is not repeated here.
    hashed = findings["paper.title"].outcome is Outcome.PASSED
    titles = [context.title, *(stated.value for stated in context.document.titles)]
    title = next((text for text in titles if isinstance(text, str)), None) if hashed else None
    return Subject(
        pith_number=str(context.number),
        short=context.number.short,
        canonical_sha256=context.digest.hex(),
        arxiv_id=text_member(context.record, "source", "id"),
        version=version if isinstance(version, int) and not isinstance(version, bool) else None,
        title=title,
    )


def _sentence(verdict: Verdict, findings: Mapping[str, Finding], key: Key | None) -> str:
    if verdict is Verdict.VERIFIED and key is not None:
        whose = "the key pinned in this verifier" if key.pinned else "a key that you added"
        return (
            f"The record is unchanged, its number is its own, and {key.holder} signed it with "
            f"{whose}."
        )
    if verdict is Verdict.FAILED:
        failures = [one.message for one in findings.values() if one.outcome is Outcome.FAILED]
        more = f" ({len(failures) - 1} more did not hold.)" if len(failures) > 1 else ""
        return failures[0] + more
    if verdict is Verdict.INTACT:
        why = next(one.message for name, one in findings.items() if _unsettled(name, one))
        return f"The record is unchanged and its number is its own. {why}"
    return (
        "Nothing failed, and too little could be checked: the document does not bring together "
        "a record and what its digest or number should be."
    )


def _unsettled(check_id: str, finding: Finding) -> bool:
    """True for the check that stands between an intact record and a verified one."""
    if check_id == "form.record":
        return finding.reason is Reason.UNSUPPORTED
    return check_id in _SIGNER and finding.outcome is not Outcome.PASSED


def _limits(verdict: Verdict, key: Key | None, pdf: Pdf | None) -> tuple[str, ...]:
    limits = [*_ALWAYS]
    if pdf is not None:
        limits.append(
            "It does not bind the PDF's bytes: only the number in it was compared, and title and "
            "abstract where they were given."
        )
    if key is not None:
        limits.append("It does not show when it was signed: nothing signs that time.")
        if not key.pinned:
            limits.append("You added the key yourself: whose it is rests on where you got it.")
    elif verdict is Verdict.INTACT:
        limits.append("It does not show who issued it: anybody can compute a number.")
    return tuple(limits)
