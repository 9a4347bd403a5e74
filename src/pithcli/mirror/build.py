"""Put bundles into a mirror's folder.

1. A bundle is verified alone; what fails is refused and named, and the rest goes on.
2. It is merged with the one that is hosted under its number. The union of two sets of events
   does not depend on their order, so neither does the folder: it is its own memory, and one
   bundle at a time is all that is held.
3. A timestamp beside the bundle goes with it, once it was held against the record (`stamps`).
4. A file is written only where its bytes change, and in one step (`pithcli.files`).
5. The manifest, the key and the page come last.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pithcli import say
from pithcli.exits import OF_VERDICT, Exit, worst
from pithcli.mirror import layout, stamps
from pithcli.mirror.judging import contradiction, may_be_hosted
from pithcli.mirror.lock import building
from pithcli.mirror.page import put_page
from pithcli.mirror.signatures import signature_check
from pithcli.mirror.sources import MAX_DOCUMENT, Candidate, Other, Unusable, candidates
from pithcli.mirror.writing import WRITTEN, Writers, content_of, put
from pithcli.problem import Problem
from pithcore import EventStatus, Keyring, PithError, compare_copies, make_bundle, read_json
from pithcore.canonical import canonical_bytes, canonical_digest
from pithcore.merging import disputed_ids, ordered, state_of
from pithcore.record import member, text_member
from pithcore.times import utc_order
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pithcore import Comparison, Copy, State
    from pithcore.reading import JSON
    from pithcore.timestamp import Checkpoints

EVERY = 10_000
"""Documents between two remarks on how far it is."""

BEFORE_ALL = "1970-01-01T00:00:00Z"
"""`generated_at` of a mirror that holds nothing."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a build was asked for. `at` is a UTC time for the manifest, None to derive it.

    `checkpoints` are what timestamps are held against; the program's own table when None.
    """

    mirror: Path
    keyring: Keyring
    name: str
    base_url: str = ""
    page: Path | None = None
    at: str | None = None
    checkpoints: Checkpoints | None = None


@dataclass
class Tally:
    """What a build did: files by whether they changed, documents by what became of them."""

    files: Counter[str]
    documents: Counter[str] = field(default_factory=Counter)
    exits: set[Exit] = field(default_factory=lambda: {Exit.VERIFIED})

    @property
    def exit(self) -> Exit:
        """Done; or the worst reason for which something was refused."""
        return worst(self.exits)


def build(sources: Iterable[str], options: Options) -> Tally:
    """Add the bundles of all sources to a mirror, and return what was done.

    What is refused is told on standard error as it comes.

    Raises:
        Problem: when another build is at work there, or the page cannot be put there.
        OSError: when the folder cannot be written; every file in it is whole all the same.
    """
    options.mirror.mkdir(parents=True, exist_ok=True)
    with building(options.mirror), Writers() as writers:
        return _Build(options, writers).run(sources)


class _Hosted(NamedTuple):
    """A bundle and its state, as they should stand in the mirror."""

    bundle: dict[str, JSON]
    state: State
    newest: str


class _Build:
    def __init__(self, options: Options, writers: Writers) -> None:
        self.options = options
        self.writers = writers
        self.tally = Tally(files=writers.done)
        self.newest = BEFORE_ALL
        self.verify_signature = signature_check()

    def run(self, sources: Iterable[str]) -> Tally:
        for index, found in enumerate(candidates(sources), 1):
            if isinstance(found, Other):
                self.tally.documents["other"] += 1
            elif isinstance(found, Unusable):
                self._refuse(found.name, found.why, Exit.UNCHECKED)
            else:
                self._host(found)
            if index % EVERY == 0:
                say.note(f"{index:,} documents, {self.tally.files[WRITTEN]:,} files written")
        self.writers.wait()
        self._finish()
        return self.tally

    def _refuse(self, name: str, why: str, code: Exit) -> None:
        say.problem(Problem(f"{name} was refused. {why}"))
        self.tally.documents["refused"] += 1
        self.tally.exits.add(code)

    def _host(self, found: Candidate) -> None:
        suffix = found.number.suffix
        comparison = self._compare(found, None)
        report = comparison.copies[-1].report
        if report is None:  # not reached: it has been read before
            return
        if not may_be_hosted(report):
            self._refuse(found.name, report.sentence, OF_VERDICT[report.verdict])
            return
        self.tally.documents[report.verdict.value] += 1
        hosted = self._merged(comparison, [found.value])
        self.writers.wait_for(suffix)
        there = content_of(self._path(layout.BUNDLE, suffix))
        if there not in (None, layout.as_file(hosted.bundle)):
            comparison = self._compare(found, there)
            still_good = self._still_good(comparison.copies[0], there)
            hosted = self._merged(comparison, [found.value, *still_good])
        self.newest = max(self.newest, hosted.newest)
        self._remark(hosted.state)
        self._write(suffix, hosted, self._stamped(found, hosted.state.record))

    def _compare(self, found: Candidate, there: bytes | None) -> Comparison:
        hosted = str(self._path(layout.BUNDLE, found.number.suffix))
        return compare_copies(
            [*([] if there is None else [(hosted, there)]), (found.name, found.data)],
            expect=found.number,
            keyring=self.options.keyring,
            verify_signature=self.verify_signature,
        )

    def _still_good(self, copy: Copy, data: bytes) -> list[JSON]:
        """The hosted bundle's value; nothing, with a remark, when it does not hold any more."""
        if copy.report is not None and may_be_hosted(copy.report):
            return [read_json(data)]
        why = copy.refused if copy.report is None else copy.report.sentence
        say.note(f"{copy.name} did not hold any more and is made anew. {why}")
        return []

    def _merged(self, comparison: Comparison, values: list[JSON]) -> _Hosted:
        """One bundle of all the events, and the state that follows from them."""
        state, kept = comparison.state, comparison.state.events
        # What is offered has no invalid event, or it would have failed; what is there may have
        # been damaged, or hold an event by a key that has been revoked since.
        if any(event.status is EventStatus.INVALID for event in kept):
            kept = tuple(event for event in kept if event.status is not EventStatus.INVALID)
            state = state_of(kept, comparison.number, comparison.state.record)
        bundle = make_bundle(state.record, [event.value for event in kept])
        receipt = self._loose_receipt(values)
        if receipt is not None:
            bundle["receipt"] = ordered(receipt)
        return _Hosted(bundle, state, _newest(state))

    def _loose_receipt(self, values: list[JSON]) -> JSON:
        """The receipt that stands beside the events, where no event need carry it.

        Of several, one by a key of the keyring, and then the one with the smallest bytes.
        """
        loose = [receipt for receipt in (member(v, "receipt") for v in values) if receipt]
        loose.sort(key=lambda receipt: (self._is_unknown(receipt), canonical_bytes(receipt)))
        return loose[0] if loose else None

    def _is_unknown(self, receipt: JSON) -> bool:
        return self.options.keyring.get(text_member(receipt, "key_id") or "") is None

    def _remark(self, state: State) -> None:
        """Name what is hosted and cannot all be true."""
        for one in state.equivocations:
            say.note(f"{state.number}: {contradiction(one)}")
        for event_id in sorted(disputed_ids(state.events)):
            say.note(f"{state.number}: two contents stand under one id, {event_id}.")

    def _stamped(self, found: Candidate, record: JSON) -> list[tuple[str, bytes]]:
        """The timestamp and its headers that the mirror should have, by where they stand."""
        suffix = found.number.suffix
        offered = self._beside(found)
        if offered == stamps.Offered():
            return []  # what is there stays
        there = stamps.hosted(self.options.mirror, suffix)
        choice = stamps.choose(
            found, offered, there, canonical_digest(record), self.options.checkpoints
        )
        for one in choice.refused:
            self._refuse(one.name, one.why, Exit.FAILED)
        if choice.idle is not None:
            why = "there is no timestamp for it" if choice.best is None else "it shows nothing more"
            say.note(f"{choice.idle} was left out: {why}.")
        if choice.best is None:
            return []
        if choice.is_stale:
            path = self._path(layout.HEADERS, suffix)
            path.unlink(missing_ok=True)
            say.note(f"{path} did not hold with the timestamp any more and was removed.")
        files = [(layout.TIMESTAMP, choice.best.proof)]
        if choice.best.headers is not None:
            files.append((layout.HEADERS, choice.best.headers))
        return files

    def _beside(self, found: Candidate) -> stamps.Offered:
        if found.folder is None:
            return stamps.Offered()
        try:
            return stamps.beside(found.folder, found.number.suffix)
        except OSError as error:
            why = f"It could not be read: {error.strerror}."
            self._refuse(str(error.filename or found.folder), why, Exit.UNCHECKED)
            return stamps.Offered()

    def _write(self, suffix: str, hosted: _Hosted, stamp: list[tuple[str, bytes]]) -> None:
        bundle = layout.as_file(hosted.bundle)
        if len(bundle) > MAX_DOCUMENT:
            size = f"{len(bundle) / 1024**2:.0f} MiB"
            say.note(f"The bundle of {suffix} has {size}: more than readers take from a server.")
        # The events before what follows from them.
        files = (
            (layout.BUNDLE, bundle),
            (layout.STATE, layout.as_file(hosted.state.to_dict())),
            (layout.WELL_KNOWN, bundle),
            *stamp,
        )
        self.writers.submit(suffix, [(self._path(where, suffix), data) for where, data in files])

    def _path(self, pattern: str, suffix: str) -> Path:
        return self.options.mirror / pattern.format(suffix=suffix)

    def _finish(self) -> None:
        options = self.options
        manifest = layout.manifest(
            name=options.name,
            base_url=options.base_url,
            generated_at=self._generated_at(),
            keyring=options.keyring,
        )
        key = layout.signing_key(base_url=options.base_url, keyring=options.keyring)
        files = ((layout.MANIFEST, manifest), (layout.SIGNING_KEY, key), (layout.NO_JEKYLL, b""))
        self.tally.files += put([(options.mirror / path, data) for path, data in files])
        if options.page is not None:
            self.tally.files += put_page(options.page, options.mirror)

    def _generated_at(self) -> str:
        """The time asked for; else the newest one that anything hosted states.

        Of bundles that are not looked at in this build, the manifest before remembers it.
        """
        if self.options.at is not None:
            return self.options.at
        try:
            before = content_of(self.options.mirror / layout.MANIFEST) or b"{}"
            remembered = _seconds(text_member(read_json(before), "generated_at"))
        except PithError:
            remembered = BEFORE_ALL
        return max(self.newest, remembered)


def _newest(state: State) -> str:
    """The newest of the record's own time and those of its signed events, to the second."""
    times = [text_member(state.record, "metadata", "submitted_at")]
    times += [text_member(event.value, "created_at") for event in state.events if event.signer]
    return max(map(_seconds, times))


def _seconds(time: str | None) -> str:
    order = utc_order(time)
    return BEFORE_ALL if order is None else f"{order.partition('.')[0]}Z"
