"""What a file says about a paper, and the canonical record that this gives (protocol 2, 3).

What nobody says is never guessed: every member of a record changes its number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pithcli.problem import Problem
from pithcore import ArxivId, PithError, make_record, parse_query
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pithcore.reading import JSON

ARXIV = "arxiv"

_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*))?")
"""`hep-lat`, `cs.DC`, `astro-ph.GA`, `physics.hist-ph`. Classes of the MSC (`05C85`) and the ACM
(`I.2.6`), which arXiv's Atom mixes with its own categories, never look like that."""

_SUBJECT_CLASS = re.compile(r"\.[a-z]{2}(?=/)")
_LICENSE_HOST = re.compile(r"https?://(?:www\.)?((?:arxiv|creativecommons)\.org/.*?)/?")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a file says about one version of one paper; None where it does not say.

    Attributes:
        name: the file, and which of its papers this is, for messages.
        id: as the file has it, with or without a version; that of `kind`, the source.
        submitted_at: of version 1, `YYYY-MM-DDTHH:MM:SSZ`.
        cross_cats: may repeat the primary one.
        license: its address; empty when the paper has none.
        left_out: category terms that are not arXiv's.
    """

    name: str
    id: str | None = None
    version: int | None = None
    title: str | None = None
    abstract: str | None = None
    submitted_at: str | None = None
    primary_cat: str | None = None
    cross_cats: tuple[str, ...] | None = None
    license: str | None = None
    kind: str = ARXIV
    left_out: tuple[str, ...] = ()


class Minted(NamedTuple):
    """A canonical record, the paper it is of, and what should be said about it."""

    record: dict[str, JSON]
    paper: Paper
    notes: tuple[str, ...]


def filled(
    paper: Paper,
    *,
    version: int | None,
    submitted_at: str | None,
    license: str | None,  # noqa: A002 - the member's own name
) -> Paper:
    """The paper with what the command line adds. Raises `Problem` where the two contradict."""
    told = {"version": version, "submitted_at": submitted_at, "license": license}
    for name, value in told.items():
        stated = getattr(paper, name)
        if value is not None and stated not in (None, value):
            option = name.replace("_", "-")
            raise Problem(
                f"{paper.name} says {stated or 'that there is none'}, and --{option} says "
                f"{value or 'that there is none'}."
            )
    given = {name: value for name, value in told.items() if value is not None}
    return replace(paper, **given)  # type: ignore[arg-type]


def mint(paper: Paper) -> Minted:
    """The canonical record of a paper. Raises `Problem` when something it needs is missing."""
    notes = [f"{paper.name}: left out “{term}”, no category of arXiv's." for term in paper.left_out]
    if paper.kind == ARXIV and paper.id is not None:
        paper, noted = _with_arxiv_id(paper)
        notes += noted
    missing = [what for name, what in _NEEDED.items() if getattr(paper, name) is None]
    if missing:
        said = f"{', '.join(missing[:-1])} and {missing[-1]}" if missing[1:] else missing[0]
        hints = [hint for name, hint in _HINTS.items() if getattr(paper, name) is None]
        raise Problem(
            f"{paper.name} does not say {said}, and the number depends on it.",
            hint=" ".join(hints) or None,
        )
    for name in ("title", "abstract"):
        text = getattr(paper, name)
        if not text.strip():
            raise Problem(f"{paper.name}: The {name} is empty.")
        if not text.isascii():
            notes.append(
                f"{paper.name}: The {name} holds characters outside ASCII. Records hash arXiv's "
                "own text, with TeX as it was submitted (\\'e, not é), and the registry's rule "
                "for other characters is not known: its number may be another."
            )
    notes += _license_notes(paper)
    try:
        record = make_record(
            source_id=paper.id or "",
            version=paper.version or 0,
            title=paper.title or "",
            abstract=paper.abstract or "",
            submitted_at=paper.submitted_at or "",
            primary_cat=paper.primary_cat or "",
            cross_cats=paper.cross_cats or (),
            license=paper.license or "",
            source_kind=paper.kind,
        )
    except PithError as error:
        raise Problem(f"{paper.name}: {error}") from None
    return Minted(record, paper, tuple(notes))


_NEEDED = {
    "id": "which paper it is",
    "version": "which version it is",
    "title": "its title",
    "abstract": "its abstract",
    "submitted_at": "when version 1 was submitted",
    "primary_cat": "its primary category",
    "cross_cats": "its other categories",
    "license": "its licence",
}
_HINTS = {
    "version": "Add --version 1, or another.",
    "submitted_at": "Add --submitted-at 2019-06-11T10:18:15Z.",
    "license": (
        "Add --license with the address that the paper's page links to, or --license '' when it "
        "names none, as papers from before 2007 do."
    ),
}


def is_category(term: str) -> bool:
    """True for what has the form of an arXiv category."""
    return _CATEGORY.fullmatch(term) is not None


def utc_second(text: str) -> str | None:
    """A time with its offset (ISO 8601 or RFC 5322) as `YYYY-MM-DDTHH:MM:SSZ`, else None."""
    text = text.strip()
    if "T24" in text:  # Python 3.13 and later read it as the next day, earlier versions refuse it
        return None
    moment = None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            break
        except (ValueError, TypeError, IndexError):
            continue
    if moment is None or moment.tzinfo is None or moment.microsecond:
        return None
    try:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    except OverflowError:
        return None


def version_of(text: str) -> int | None:
    """3 for `v3` or `3`."""
    match = re.fullmatch(r"v?([1-9][0-9]{0,3})", text.strip(), re.ASCII)
    return None if match is None else int(match.group(1))


def _with_arxiv_id(paper: Paper) -> tuple[Paper, list[str]]:
    """The paper with its id as records have it: without version and subject class."""
    given = (paper.id or "").strip()
    try:
        found = parse_query(given)
    except PithError:
        found = None
    if not isinstance(found, ArxivId):
        raise Problem(f"{paper.name}: “{given[:80]}” is no arXiv id.")
    if found.version is not None and paper.version not in (None, found.version):
        raise Problem(
            f"{paper.name}: The id is that of version {found.version}, and version "
            f"{paper.version} is stated beside it."
        )
    bare = _SUBJECT_CLASS.sub("", found.id)
    notes = [f"{paper.name}: arXiv's own id of {found.id} is {bare}."] if bare != found.id else []
    version = found.version if paper.version is None else paper.version
    return replace(paper, id=bare, version=version), notes


def _license_notes(paper: Paper) -> list[str]:
    """One character more or less in a licence's address makes another number."""
    match = _LICENSE_HOST.fullmatch(paper.license or "")
    if paper.kind != ARXIV or match is None:
        return []
    usual = f"http://{match.group(1)}/"
    if paper.license == usual:
        return []
    note = (
        f"{paper.name}: The licence is {paper.license}. Every record seen so far writes it "
        f"{usual}, which makes another number."
    )
    return [note]
