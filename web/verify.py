"""The Python side of the page: takes a request, calls `pithcore`, hands back what it says.

Runs inside the worker, and as plainly in CPython: requests and answers are JSON text, a
document is bytes, and nothing here knows of JavaScript. Every function answers
`{"answer": …}`, or `{"refused": sentence, "where": "query" | "key" | "document"}` where
`pithcore` refused to read something.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import pithcore
from pithcore import Outcome, Verdict
from pithcore.reading import decode_utf8

ADDED_KEY_HOLDER = "a key you added for this visit"
MAX_SERVERS = 16
"""Servers asked for one number: each costs a connection, and a check in the browser."""

_WHERE = {pithcore.QueryError: "query", pithcore.KeyringError: "key"}
_CONTRADICTION = "events.equivocations"

_ed25519 = functools.lru_cache(maxsize=4096)(pithcore.ed25519.verify)
"""Copies of one record carry the same signatures: each is checked once."""


def _answers(function: Callable[..., Any]) -> Callable[..., str]:
    """Turn a return value or a `PithError` into the JSON text that the worker passes on."""

    @functools.wraps(function)
    def answer(*args: Any) -> str:
        try:
            return json.dumps({"answer": function(*args)})
        except pithcore.PithError as error:
            where = next((_WHERE[kind] for kind in _WHERE if isinstance(error, kind)), "document")
            return json.dumps({"refused": str(error), "where": where})

    return answer


@_answers
def about() -> dict[str, Any]:
    """The versions at work, and how many checks a report has."""
    return {
        "pithcore": pithcore.__version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "checks": len(pithcore.PLAN),
    }


# --- Whom to ask -----------------------------------------------------------------------------


@_answers
def look_up(request: str) -> dict[str, Any]:
    """What a reader typed, and the servers to ask for it.

    `request` holds `query`, the text; `page`, the address of the page's folder; `listed`, the
    text of `resolvers.json` or null; `typed`, addresses of mirrors that the reader added.
    `whole` tells whether the name stands for one record: a full number.
    """
    asked = json.loads(request)
    query = pithcore.parse_query(asked["query"])
    resolvers: dict[str, pithcore.Resolver] = {}
    for resolver in _resolvers(asked):
        resolvers.setdefault(resolver.base_url.rstrip("/"), resolver)
    return {
        "name": str(query),
        "whole": isinstance(query, pithcore.PithNumber) and query.is_full,
        "servers": [
            {
                "name": url,
                "title": resolver.name,
                "urls": resolver._replace(base_url=url).urls(query),
            }
            for url, resolver in [*resolvers.items()][:MAX_SERVERS]
        ],
    }


def _resolvers(asked: dict[str, Any]) -> Iterable[pithcore.Resolver]:
    """The page's own site where that is a mirror, the listed ones, the reader's own."""
    here, listed = read_resolvers(asked["listed"])
    if here:
        site = asked["page"].rstrip("/")
        yield pithcore.Resolver("This site", site, ("/pith/{name}/bundle.json",))
    yield from listed
    for url in asked["typed"]:
        yield pithcore.Resolver("Added by you", url.rstrip("/"))


def read_resolvers(text: str | None) -> tuple[bool, tuple[pithcore.Resolver, ...]]:
    """Whether the site itself is a mirror, and the servers to ask, by `resolvers.json`.

    Where the file is missing or not in its form, those that pithcore lists.
    """
    try:
        listed: Any = pithcore.read_json((text or "").encode())
        here = listed.get("here", False) is True
        resolvers = tuple(pithcore.Resolver(r["name"], r["base_url"]) for r in listed["resolvers"])
    except (pithcore.PithError, AttributeError, KeyError, TypeError):
        return False, pithcore.RESOLVERS
    well_formed = all(isinstance(part, str) for resolver in resolvers for part in resolver[:2])
    return (here, resolvers) if well_formed and (here or resolvers) else (False, pithcore.RESOLVERS)


# --- One document ----------------------------------------------------------------------------


@_answers
def signatures(data: bytes, request: str) -> list[dict[str, str]]:
    """The signatures that `check` will verify, in hex, for the browser's own Ed25519."""
    keyring = _keyring(json.loads(request))
    return [
        dict(zip(("public_key", "message", "signature"), map(bytes.hex, triple), strict=True))
        for triple in pithcore.receipt_signatures(bytes(data), keyring=keyring)
    ]


@_answers
def check(
    data: bytes, request: str, post: Callable[[str], object], files: Sequence[Any] = ()
) -> dict[str, Any]:
    """Verify a document and return the report, posting each check as JSON when it ends.

    `request` holds `source`, `expect`, `title`, `abstract`, `key_id` and `key`, each a string
    or null, and `opinions`: what `signatures` gave, each with the browser's `valid`. Where the
    reader brought a PDF, `pdf` is what `read_pdf` gave under that name. `files`, and `answers`
    and `now` of the request where they are there, are what `brought.material_of` takes.
    """
    asked = json.loads(request)
    opinions = {
        (o["public_key"], o["message"], o["signature"]): o["valid"] for o in asked["opinions"]
    }

    def second_opinion(*triple: bytes) -> bool | None:
        public_key, message, signature = map(bytes.hex, triple)
        return opinions.get((public_key, message, signature))

    def on_check(done: pithcore.Check) -> None:
        post(json.dumps(done.to_dict()))

    report = pithcore.verify(
        bytes(data),
        source=asked["source"],
        expect=asked["expect"],
        keyring=_keyring(asked),
        title=asked["title"],
        abstract=asked["abstract"],
        pdf=_pdf(asked.get("pdf")),
        material=_material(bytes(data), asked, files),
        second_opinion=second_opinion,
        verify_signature=_ed25519,
        on_check=on_check,
    )
    return report.to_dict()


def _material(
    data: bytes, asked: dict[str, Any], files: Sequence[Any]
) -> pithcore.VerificationMaterial:
    """What came with the document, or later, and the reader's clock."""
    if not (files or asked.get("answers")):
        return pithcore.VerificationMaterial(now=asked.get("now"))
    from brought import material_of  # most documents come alone

    return material_of(data, files, asked.get("answers") or {}, asked["now"])


# --- Others, asked when the reader says so ---------------------------------------------------


@_answers
def block_addresses(height: int) -> list[dict[str, str]]:
    """`base` and `url` of each explorer, to ask for the hash of the block at a height."""
    from pithcore.timestamp.esplora import EXPLORERS, hash_address

    return [{"base": one, "url": hash_address(one, height)} for one in EXPLORERS]


@_answers
def header_address(base: str, hash_text: str) -> str:
    """Where that explorer gives the header of the block whose hash it answered."""
    from pithcore.timestamp import esplora

    return esplora.header_address(base, hash_text)


@_answers
def block_header(height: int, hash_text: str, header_hex: str) -> str:
    """The header in hex, from an explorer's two answers, held against each other."""
    from pithcore.timestamp.esplora import header_from_answers

    return header_from_answers(height, hash_text, header_hex).hex()


@_answers
def orcid_address(orcid: str) -> str:
    """Where ORCID lists an iD's researcher URLs."""
    from pithcore.orcid import parse_orcid, researcher_urls_address

    return researcher_urls_address(parse_orcid(orcid))


@_answers
def orcid_answer(data: bytes, orcid: str, read_on: str) -> dict[str, Any]:
    """What ORCID answered there on a day: `orcid`, `did_keys`, `read_on`."""
    from pithcore.orcid import parse_orcid, read_researcher_urls

    return read_researcher_urls(bytes(data), parse_orcid(orcid), read_on)._asdict()


# --- A paper's PDF ---------------------------------------------------------------------------


@_answers
def read_pdf(data: bytes) -> dict[str, Any]:
    """What a PDF says of itself.

    `numbers`, its own, each once; `own` and `cited`, each number in words with its place;
    `readers`, who read it; `unread`, what could not be read, in words; `wants_another_reader`;
    `pdf`, the whole of it, for `check`.
    """
    return _pdf_in_words(pithcore.read_pdf(bytes(data)))


@_answers
def read_pdf_with(request: str) -> dict[str, Any]:
    """As `read_pdf`, with what another reader found.

    `request` holds `pdf`, as `read_pdf` gave it, and `other`: the members of
    `pithcore.pdf.OtherReading`.
    """
    from pithcore.pdf import OtherReading

    asked = json.loads(request)
    other = OtherReading(
        **{
            name: tuple(map(tuple, value)) if name == "links" else value
            for name, value in asked["other"].items()
        }
    )
    found = _pdf(asked["pdf"])
    assert found is not None
    return _pdf_in_words(found.with_other(other))


def _pdf_in_words(found: pithcore.Pdf) -> dict[str, Any]:
    return {
        "numbers": [str(number) for number in found.numbers],
        "own": [str(mention) for mention in found.own],
        "cited": [str(mention) for mention in found.cited],
        "readers": [reading.by for reading in found.read_by],
        "unread": [*found.unread],
        "wants_another_reader": found.wants_another_reader,
        "pdf": [*found],
    }


@_answers
def read_abstract_page(data: bytes) -> dict[str, str | None]:
    """`title` and `abstract` of a saved abstract page of arXiv."""
    return pithcore.read_abstract_page(decode_utf8(bytes(data)))._asdict()


def _pdf(held: list[Any] | None) -> pithcore.Pdf | None:
    """`pithcore.Pdf` from its JSON."""
    if held is None:
        return None
    from pithcore.pdf import Mention, Reading

    def mentions(some: list[Any]) -> tuple[Mention, ...]:
        return tuple(
            Mention(pithcore.PithNumber(*number), where, page) for number, where, page in some
        )

    own, cited, stamp, unread, readings = held
    return pithcore.Pdf(
        mentions(own),
        mentions(cited),
        stamp and pithcore.ArxivId(*stamp),
        tuple(unread),
        tuple(Reading(by, mentions(found)) for by, found in readings),
    )


# --- A badge ---------------------------------------------------------------------------------


@_answers
def badge(request: str) -> dict[str, Any]:
    """The badge of a number, linked to a verifier's page.

    `request` holds `number`, and `verifier`, the page's address. Returns `drawing`, the image as
    nested `[name, attributes, children]`; `file`, a name for it; `made`, format → text.
    """
    from pithcore.badge import FORMATS, drawing, file_name

    asked = json.loads(request)
    number = pithcore.PithNumber.parse(asked["number"])
    return {
        "drawing": drawing(number),
        "file": file_name(number),
        "made": {form: pithcore.make_badge(number, asked["verifier"], form) for form in FORMATS},
    }


# --- Several copies --------------------------------------------------------------------------


@_answers
def judge(data: bytes, request: str) -> dict[str, Any]:
    """What one of several copies is by itself, in short. `request` holds what `compare` takes."""
    asked = json.loads(request)
    return _row(_Given("", bytes(data), None), asked["expect"], _keyring(asked)).to_dict()


@_answers
def compare(copies: Sequence[dict[str, Any]], request: str) -> dict[str, Any]:
    """How several copies of one record stand to each other.

    1. Each by itself. Where no full number was asked for, the best one's is meant, and a copy of
       another record that nothing speaks against is set aside: it is nobody's lie.
    2. `pithcore.compare_copies`: who lacks what, what is disputed, the merged state.
    3. The state that a server gives beside its bundle, against that bundle.
    4. The best copy: its report is the verdict.

    Args:
        copies: each with `name`, `bytes`, and `state`: the bytes of the state beside it, if any.
        request: `noun` (“mirror” or “copy”), `expect`, `key_id`, `key`.

    Returns `comparison` (pithcore.comparison/1; null where no copy holds the record), `best` (a
    name), `rows` (one for each copy), `summary` (a sentence) and `notices`, the gravest first.
    """
    asked = json.loads(request)
    keyring = _keyring(asked)
    given = [
        _Given(copy["name"], bytes(copy["bytes"]), bytes(copy["state"]) or None) for copy in copies
    ]
    rows = [_row(one, asked["expect"], keyring) for one in given]
    best = min(rows, key=_Row.rank)
    if best.report is None:
        raise pithcore.DocumentError(f"None of the {len(rows)} can be read. {best.refused}")
    number = _whole(asked["expect"]) or best.report.subject.pith_number
    rows = [row._replace(other=row.is_of_another(number)) for row in rows]
    held = [one for one, row in zip(given, rows, strict=True) if not row.other]
    comparison = _compared(held, number, keyring)
    if comparison is not None:
        found = {copy.name: copy for copy in comparison.copies}
        rows = [row.beside(found[row.name]) if row.name in found else row for row in rows]
    rows = [
        row._replace(state=_state(row, one, given, keyring))
        for one, row in zip(given, rows, strict=True)
    ]
    best = min(rows, key=_Row.rank)
    return {
        "comparison": None if comparison is None else comparison.to_dict(),
        "best": best.name,
        "rows": [row.to_dict() for row in rows],
        "summary": _summary(asked["noun"], rows, comparison),
        "notices": [*_notices(asked["noun"], rows, best, comparison)],
    }


_GOOD = (Verdict.VERIFIED, Verdict.INTACT)
_RANKS = (*_GOOD, Verdict.UNCHECKED, Verdict.FAILED, None)


class _Given(NamedTuple):
    """One copy: where from, its bytes, and the bytes of the state beside it."""

    name: str
    data: bytes
    state: bytes | None


class _State(NamedTuple):
    """A served state against its bundle: outcome of `state.merge`, or `none` without a state."""

    outcome: str
    message: str = ""


class _Row(NamedTuple):
    """How one copy stands. `report` is None, and `refused` says why, where it cannot be read.

    `other`: it is of another record. `events`: how many it carries. `lacks`: ids of events that
    others prove. `alone`: ids that it alone proves.
    """

    name: str
    report: pithcore.Report | None
    refused: str = ""
    other: bool = False
    events: int | None = None
    lacks: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    state: _State = _State("none")

    @property
    def worth(self) -> Verdict | None:
        """What its report is worth."""
        return None if self.report is None else _worth(self.report)

    @property
    def lies(self) -> bool:
        """True when it, or the state beside it, is not what it claims to be."""
        return self.worth is Verdict.FAILED or self.state.outcome == Outcome.FAILED

    @property
    def agrees(self) -> bool:
        """True for a good copy that keeps nothing back."""
        return self.worth in _GOOD and not (self.other or self.lies or self.lacks)

    def rank(self) -> tuple[int, ...]:
        """The least is the best copy; of equals, the first."""
        version = self.report.subject.version if self.report else None
        return (
            self.other,
            _RANKS.index(self.worth),
            self.lies,
            len(self.lacks),
            -(self.events or 0),
            -(version or 0),
        )

    def is_of_another(self, number: str | None) -> bool:
        """True when nothing speaks against it, and it has another number.

        A number is the same with its year and without it.
        """
        own = None if self.report is None else self.report.subject.pith_number
        if own is None or number is None or self.worth is Verdict.FAILED:
            return False
        parse = pithcore.PithNumber.parse
        return not parse(own).matches(parse(number))

    def beside(self, copy: pithcore.Copy) -> _Row:
        """With what comparing it to the others found."""
        return self._replace(
            report=copy.report,
            events=None if copy.report is None else len(copy.events),
            lacks=copy.lacks,
            alone=copy.alone,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        report = self.report
        return {
            "name": self.name,
            "verdict": "refused" if report is None else report.verdict.value,
            "headline": "Could not be read" if report is None else report.headline,
            "sentence": self.refused if report is None else report.sentence,
            "number": None if report is None else report.subject.pith_number,
            "good": self.worth in _GOOD,
            "other": self.other,
            "agrees": self.agrees,
            "events": self.events,
            "lacks": [*self.lacks],
            "alone": [*self.alone],
            "state": self.state._asdict(),
        }


def _worth(report: pithcore.Report) -> Verdict:
    """The verdict; but who passes on both sides of a signer's contradiction does no wrong."""
    failed = [check.id for check in report.checks if check.outcome is Outcome.FAILED]
    if failed == [_CONTRADICTION]:
        return Verdict.INTACT if report.key is None else Verdict.VERIFIED
    return report.verdict


def _row(given: _Given, expect: str | None, keyring: pithcore.Keyring) -> _Row:
    """A copy by itself."""
    try:
        return _Row(given.name, _verify(given.data, expect, keyring))
    except pithcore.QueryError:
        raise
    except pithcore.PithError as error:
        return _Row(given.name, None, str(error))


def _verify(data: bytes, expect: str | None, keyring: pithcore.Keyring) -> pithcore.Report:
    return pithcore.verify(data, expect=expect, keyring=keyring, verify_signature=_ed25519)


def _whole(expect: str | None) -> str | None:
    """What was asked for, where that is one record: a full number."""
    query = None if expect is None else pithcore.parse_query(expect)
    return expect if isinstance(query, pithcore.PithNumber) and query.is_full else None


def _compared(
    given: Sequence[_Given], number: str | None, keyring: pithcore.Keyring
) -> pithcore.Comparison | None:
    """The comparison; None when no copy holds the record, so that there is nothing to merge."""
    try:
        return pithcore.compare_copies(
            [(one.name, one.data) for one in given],
            expect=number and pithcore.PithNumber.parse(number),
            keyring=keyring,
            verify_signature=_ed25519,
        )
    except pithcore.DocumentError:
        return None


def _state(row: _Row, own: _Given, given: Sequence[_Given], keyring: pithcore.Keyring) -> _State:
    """The state beside a good bundle against it; a copy that is a state, against every bundle."""
    number = None if row.report is None else row.report.subject.pith_number
    if row.report is None or row.worth not in _GOOD or row.other:
        return _State("none")
    if own.state is not None:
        return _follows(own.data, own.state, number, keyring)
    if row.report.input.kind != "state":
        return _State("none")
    found = [_follows(one.data, own.data, number, keyring) for one in given if one is not own]
    return next(
        (state for state in found if state.outcome == Outcome.PASSED),
        _State("unchecked", "It follows from none of the bundles here."),
    )


def _follows(bundle: bytes, state: bytes, number: str | None, keyring: pithcore.Keyring) -> _State:
    """One document out of a state and the bundle's events, for pithcore to verify."""
    try:
        served, source = pithcore.read_json(state), pithcore.read_json(bundle)
        if not (isinstance(served, dict) and isinstance(source, dict) and served.get("current")):
            return _State("unchecked", "What is served as its state is none.")
        both = pithcore.canonical_bytes({**served, "events": source.get("events")})
        report = _verify(both, number, keyring)
    except pithcore.PithError as error:
        return _State("unchecked", f"Its state could not be read. {error}")
    merge = report.check("state.merge")
    if _worth(report) is not Verdict.FAILED:
        return _State(merge.outcome.value, merge.finding.message)
    if keyring is not pithcore.PITH_KEYRING:
        pinned = _follows(bundle, state, number, pithcore.PITH_KEYRING)
        if pinned.outcome == Outcome.PASSED:
            return _State("unchecked", "It was made without the key that you added.")
    failed = merge.outcome is Outcome.FAILED
    return _State("failed", merge.finding.message if failed else report.sentence)


# --- What a reader is told of several copies -------------------------------------------------

_NOUNS = {"mirror": "mirrors", "copy": "copies"}
_LIES = {
    "mirror": ("One mirror lies", "{} mirrors lie"),
    "copy": ("One copy is not what it claims to be", "{} copies are not what they claim to be"),
}


def _summary(noun: str, rows: Sequence[_Row], comparison: pithcore.Comparison | None) -> str:
    """Who agrees, in a sentence."""
    count = sum(row.report is not None for row in rows)
    agreeing = sum(row.agrees for row in rows)
    if count == 1:
        return f"There was one {noun} to check, and none to hold it against."
    if agreeing < count:
        some = f"{agreeing} of the {count} copies agree."
        return some if agreeing > 1 else f"The {count} copies do not agree."
    every = "Both" if count == 2 else f"All {count}"
    if comparison is not None and comparison.agree:
        return f"{every} agree: the same record, and the same signed events."
    return f"{every} have the record, and keep back no event that can be proved."


def _notices(
    noun: str, rows: Sequence[_Row], best: _Row, comparison: pithcore.Comparison | None
) -> Iterable[dict[str, Any]]:
    """What a reader must not overlook. That somebody did not answer is none of it."""
    if best.worth in _GOOD:
        yield from _notice(
            "failed",
            *_LIES[noun],
            [_lie(row) for row in rows if row.lies],
            f"The verdict above is on the copy of {_shown(best.name)}, which holds by itself.",
        )
    if comparison is not None:
        yield from _notice(
            "failed",
            "A signer contradicts themselves",
            "Signers contradict themselves, {} times",
            [_contradiction(found, comparison) for found in comparison.state.equivocations],
            "Who carries both statements does no wrong: the signer made them.",
        )
    yield from _notice(
        "unchecked",
        f"One {noun} lacks what others prove",
        f"{{}} {_NOUNS[noun]} lack what others prove",
        [
            f"{_shown(row.name)} lacks {_ids('event', row.lacks)}."
            for row in rows
            if row.lacks and row.worth in _GOOD
        ],
        "That may be for want of an update, or on purpose.",
    )
    if comparison is not None:
        proved = {event.event_id for event in comparison.state.events if event.is_bound}
        yield from _notice(
            "unchecked",
            "One event is disputed",
            "{} events are disputed",
            [
                f"{_brief(event_id)}: carried by {_names(comparison.carriers(event_id))} only, "
                "or in more than one form."
                for event_id in comparison.disputed
                if event_id not in proved
            ],
            "Who is right cannot be told: the registry has not published how its ids are made.",
        )
    yield from _notice(
        "unchecked",
        f"One {noun} has another record",
        f"{{}} {_NOUNS[noun]} have other records",
        [
            f"{_shown(row.name)}: {row.report.subject.pith_number}. By itself: "
            f"{row.report.headline}."
            for row in rows
            if row.other and row.report is not None
        ],
        "Another version of the paper has another number. It was left out of the comparison.",
    )


def _notice(
    tone: str, one: str, many: str, items: Sequence[str], more: str
) -> Iterable[dict[str, Any]]:
    """One notice, or none without items."""
    if items:
        title = one if len(items) == 1 else many.format(len(items))
        yield {"tone": tone, "title": title, "items": [*items], "more": more}


def _lie(row: _Row) -> str:
    if row.worth is Verdict.FAILED and row.report is not None:
        return f"{_shown(row.name)} does not give the record it claims to. {row.report.sentence}"
    return f"{_shown(row.name)} gives a state that does not follow. {row.state.message}"


def _contradiction(found: pithcore.Equivocation, comparison: pithcore.Comparison) -> str:
    carriers = {name for one in found.event_ids for name in comparison.carriers(one)}
    names = [copy.name for copy in comparison.copies if copy.name in carriers]
    said = "two records for one number" if found.kind == "record" else "two successors of one event"
    return (
        f"The key {found.key_id} signed {said}: {_ids('event', found.event_ids)}, carried by "
        f"{_names(names)}."
    )


def _ids(what: str, ids: Sequence[str]) -> str:
    listed = ", ".join(map(_brief, ids[:_MAX_NAMED]))
    more = f" and {len(ids) - _MAX_NAMED} more" if len(ids) > _MAX_NAMED else ""
    return f"{len(ids)} {what}{'s' if len(ids) > 1 else ''} ({listed}{more})"


_MAX_NAMED = 3
"""Event ids named in a sentence; the table and the report have them all."""


def _brief(event_id: str) -> str:
    return event_id if len(event_id) <= 24 else f"{event_id[:19]}…"


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(_shown, names)) or "nobody"


def _shown(name: str) -> str:
    """A server's address as people say it; a file's name as it is."""
    return name.removeprefix("https://").removeprefix("http://")


def _keyring(asked: dict[str, str | None]) -> pithcore.Keyring:
    if not (asked["key"] or asked["key_id"]):
        return pithcore.PITH_KEYRING
    public_key = pithcore.parse_public_key(asked["key"] or "")
    key = pithcore.Key(asked["key_id"] or "", public_key, ADDED_KEY_HOLDER)
    return pithcore.PITH_KEYRING.with_key(key)
