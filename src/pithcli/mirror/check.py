"""Compare mirrors with each other, one number at a time.

1. Ask every mirror at the same time, each for the bundle and then for the state.
2. `pithcore.compare_copies` over all bundles: who fails, who lacks what, what is disputed.
3. Each timestamp against the record: it fails, or shows a day, or neither.
4. Each state against the bundle beside it: a mirror that lacks an event is named for that, and
   not a second time for a state that follows from what it has.

Nobody is blamed for what could not be found out.
"""

from __future__ import annotations

import functools
from concurrent.futures import ThreadPoolExecutor

from pithcli.mirror import layout
from pithcli.mirror.ask import Absence
from pithcli.mirror.judging import only_contradicts
from pithcli.mirror.signatures import signature_check
from pithcli.mirror.stamps import assess_files, is_proof
from pithcli.mirror.standing import Checked, Part, Served, Standing
from pithcore import (
    PITH_KEYRING,
    DocumentError,
    EventStatus,
    Keyring,
    Outcome,
    PithError,
    PithNumber,
    Reason,
    Verdict,
    canonical_digest,
    compare_copies,
    read_json,
    verify,
)
from pithcore.merging import MERGE_VERSION
from pithcore.printable import show
from pithcore.record import member, text_member
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pithcli.mirror.ask import Answer, Mirror
    from pithcore import Comparison, Copy, Report
    from pithcore.events import VerifySignature
    from pithcore.timestamp import Checkpoints

_STANDINGS = {Outcome.PASSED: Standing.GOOD, Outcome.FAILED: Standing.FAILED}
_NOT_JUDGED = Part(Standing.NOT_JUDGED)


class Answers(NamedTuple):
    """What one mirror answered; the rest is asked for only where there is a bundle."""

    name: str
    bundle: Answer
    state: Answer | None
    proof: Answer | None = None
    headers: Answer | None = None


def check(
    numbers: Iterable[PithNumber],
    mirrors: Sequence[Mirror],
    keyring: Keyring,
    checkpoints: Checkpoints | None = None,
) -> Iterator[Checked]:
    """Ask all mirrors for each number, and say how they stand to each other.

    Timestamps are held against `checkpoints`, the program's own table when None.
    """
    with ThreadPoolExecutor(len(mirrors)) as threads:
        for number in numbers:
            ask = functools.partial(_ask, number.suffix)
            yield compared(number, list(threads.map(ask, mirrors)), keyring, checkpoints)


def _ask(suffix: str, mirror: Mirror) -> Answers:
    bundle = mirror.ask(layout.BUNDLE.format(suffix=suffix))
    found = bundle.data is not None
    state = mirror.ask(layout.STATE.format(suffix=suffix)) if found else None
    proof = mirror.ask(layout.TIMESTAMP.format(suffix=suffix)) if found else None
    headers = None
    if proof is not None and proof.data is not None and is_proof(proof.data):
        headers = mirror.ask(layout.HEADERS.format(suffix=suffix))
    return Answers(mirror.name, bundle, state, proof, headers)


def compared(
    number: PithNumber,
    answers: list[Answers],
    keyring: Keyring,
    checkpoints: Checkpoints | None = None,
) -> Checked:
    """What the answers of all mirrors to one number amount to."""
    against = _Against(number, keyring, functools.cache(signature_check()), checkpoints)
    bundles = [(one.name, one.bundle.data) for one in answers if one.bundle.data is not None]
    comparison = against.compare(bundles)
    if comparison is None:
        return Checked(number, tuple(against.served(one, None) for one in answers))
    copies = {copy.name: copy for copy in comparison.copies}
    return Checked(
        comparison.number,
        tuple(against.served(one, copies.get(one.name)) for one in answers),
        tuple((one, tuple(comparison.carriers(one))) for one in comparison.disputed),
        _unproven(comparison),
        tuple(
            (found, _carriers(comparison, found.event_ids))
            for found in comparison.state.equivocations
        ),
    )


def _carriers(comparison: Comparison, event_ids: Iterable[str]) -> tuple[str, ...]:
    """Names of the mirrors that carry any of these events, in order."""
    carrying = {name for event_id in event_ids for name in comparison.carriers(event_id)}
    return tuple(copy.name for copy in comparison.copies if copy.name in carrying)


def _unproven(comparison: Comparison) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Events nobody proves that some mirrors carry and others do not.

    A broken event is none of them: it makes the bundle fail that carries it.
    """
    listing = [c for c in comparison.copies if c.report and c.report.input.kind == "bundle"]
    found = []
    for event in comparison.state.events:
        carriers = tuple(copy.name for copy in listing if event.canonical in copy.events)
        open_ = event.status is EventStatus.UNCHECKED and event.signer is None
        if open_ and len(carriers) < len(listing):
            found.append((event.event_id or "without an event_id", carriers))
    return tuple(sorted(found))


class _Against(NamedTuple):
    """What documents are held against: the number asked for, the keys, an Ed25519, blocks."""

    number: PithNumber
    keyring: Keyring
    verify_signature: VerifySignature
    checkpoints: Checkpoints | None

    def compare(self, copies: Iterable[tuple[str, bytes]]) -> Comparison | None:
        """The comparison of copies; None when none of them holds the record."""
        try:
            return compare_copies(
                copies,
                expect=self.number,
                keyring=self.keyring,
                verify_signature=self.verify_signature,
            )
        except DocumentError:
            return None

    def served(self, answers: Answers, copy: Copy | None) -> Served:
        """How one mirror stands. `copy` is its bundle in the comparison, where there is one."""
        data = answers.bundle.data
        if data is None:
            absent = Part(Standing(str(answers.bundle.absence)), answers.bundle.why)
            return Served(answers.name, absent, _NOT_JUDGED)
        report = self._report(data) if copy is None else copy.report or copy.refused
        bundle = _bundle(report)
        good = bundle.standing is Standing.GOOD
        state = self._state(data, answers.state) if good and answers.state else _NOT_JUDGED
        served = Served(
            answers.name,
            bundle,
            state,
            None if report is None or isinstance(report, str) else report.verdict,
            () if copy is None else copy.lacks,
            () if copy is None else copy.alone,
        )
        if not (good and answers.proof):
            return served
        return _stamped(served, data, answers, self.checkpoints)

    def _report(self, data: bytes) -> Report | str:
        """The report on a bundle by itself, or why it could not be read."""
        try:
            return verify(
                data,
                expect=self.number,
                keyring=self.keyring,
                verify_signature=self.verify_signature,
            )
        except PithError as error:
            return str(error)

    def _state(self, bundle: bytes, answer: Answer) -> Part:
        """A state against the bundle beside it (merge 6.3, 6.4)."""
        if answer.data is None:
            return Part(Standing(str(answer.absence)), answer.why)
        comparison = self.compare([("bundle", bundle), ("state", answer.data)])
        if comparison is None:  # not reached: the bundle is good
            return _NOT_JUDGED
        copy = comparison.copies[1]
        if copy.report is None:
            return Part(Standing.UNREADABLE, copy.refused)
        if copy.report.input.kind != "state" or copy.differences is None:
            return Part(Standing.UNREADABLE, "It is no state.")
        if copy.report.verdict is Verdict.FAILED:
            return Part(Standing.FAILED, copy.report.sentence)
        if not copy.differences or copy.at_its_word:
            return Part(Standing.GOOD)
        if self.keyring is not PITH_KEYRING:
            pinned = self._replace(keyring=PITH_KEYRING)._state(bundle, answer)
            if pinned.standing is Standing.GOOD:
                return Part(Standing.UNSETTLED, "It was made without the keys that you added.")
        where = f"It differs from what its bundle gives, first at {show(copy.differences[0].path)}."
        if text_member(read_json(answer.data), "merge_version") != MERGE_VERSION:
            return Part(
                Standing.UNSETTLED, f"{where} It was made by rules that have not been published."
            )
        if any(e.signature.reason is Reason.UNKNOWN_SIGNER for e in comparison.state.events):
            return Part(
                Standing.UNSETTLED, f"{where} Its maker may know keys that are not in the keyring."
            )
        return Part(Standing.FAILED, where)


def _stamped(
    served: Served, bundle: bytes, answers: Answers, checkpoints: Checkpoints | None
) -> Served:
    """With how the timestamp stands that the mirror serves for the record in its bundle."""
    proof, headers = answers.proof, answers.headers
    if proof is None or proof.data is None:
        return served if proof is None else served._replace(timestamp=_absent(proof))
    if not is_proof(proof.data):
        why = "What it serves in the place of a timestamp is no OpenTimestamps proof."
        return served._replace(timestamp=Part(Standing.MISSING, why))
    if headers is not None and headers.absence is Absence.UNAVAILABLE:
        return served._replace(timestamp=_absent(headers))
    digest = canonical_digest(member(read_json(bundle), "canonical_record"))
    file = None if headers is None else headers.data
    found = assess_files(proof.data, file, digest, checkpoints)
    standing = _STANDINGS.get(found.outcome, Standing.UNSETTLED)
    day = found.no_later_than
    return served._replace(
        timestamp=Part(standing, None if standing is Standing.GOOD else found.sentence),
        level=found.level.value,
        no_later_than=None if day is None else day.isoformat(),
    )


def _absent(answer: Answer) -> Part:
    return Part(Standing(str(answer.absence)), answer.why)


def _bundle(report: Report | str | None) -> Part:
    """How a bundle stands by itself. A signer's contradiction is no fault of the mirror."""
    if report is None or isinstance(report, str):
        return Part(Standing.UNREADABLE, report)
    if report.input.kind != "bundle":
        return Part(Standing.UNREADABLE, "It is no bundle.")
    if report.verdict is Verdict.FAILED and not only_contradicts(report):
        return Part(Standing.FAILED, report.sentence)
    if report.verdict is Verdict.UNCHECKED:
        return Part(Standing.UNSETTLED, report.sentence)
    return Part(Standing.GOOD)
