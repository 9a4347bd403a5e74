"""arXiv's XML: Atom as its API answers, and the OAI-PMH formats `arXivRaw` and `arXiv`.

Atom has one version of a paper with the date of version 1, and no licence. `arXivRaw` has all
that a record needs, and the TeX of title and abstract untouched. `arXiv` lacks the version and
the time of day.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from pithcli.paper import Paper, is_category, utc_second, version_of
from pithcli.problem import Problem
from pithcore import PithError
from pithcore.reading import decode_utf8
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcli.inputs import Source

MAX_XML = 32 * 1024 * 1024
"""Bytes. arXiv answers with at most 2,000 entries, some 8 MB, or 3,500 OAI records."""

MAX_ELEMENTS = 1_000_000
"""Elements, each of which takes some 150 bytes. A paper of 3,000 authors has 9,000."""

MAX_DEPTH = 32
"""Nesting. An OAI record's deepest element, an author's name, is at 8."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_PLAIN = "{http://arxiv.org/OAI/arXiv/}"
_ABSTRACT_PAGE = ("http://arxiv.org/abs/", "https://arxiv.org/abs/")

_FORMS = (
    "These are read: Atom of export.arxiv.org/api/query?id_list=ID, and OAI-PMH's arXivRaw of "
    "oaipmh.arxiv.org/oai."
)


def read_xml_papers(source: Source) -> list[Paper]:
    """Every paper in an XML document of arXiv's. Raises `Problem` for anything else."""
    root = _root(source)
    if root.tag in (f"{_ATOM}feed", f"{_ATOM}entry"):
        return _named(source, [_from_atom(one, source) for one in _all(root, f"{_ATOM}entry")])
    raw = [_from_raw(one, source) for one in _all(root, f"{_RAW}arXivRaw")]
    plain = [_from_plain(one, source) for one in _all(root, f"{_PLAIN}arXiv")]
    refusal = root.find(f"{_OAI}error")
    if refusal is not None:
        raise Problem(f"{source.name}: arXiv answered with an error: {_said(refusal)}.")
    if not (raw or plain) and not root.tag.startswith(_OAI):
        tag = root.tag.rpartition("}")[2][:40]
        raise Problem(f"{source.name}: XML of the kind “{tag}” holds no metadata.", hint=_FORMS)
    return _named(source, raw + plain)


class _RefusedError(Exception):
    """What a well-formed document may hold, and ours may not."""


class _Bounded(ET.TreeBuilder):
    """Refuses a document type before one entity of it is declared, and elements without end."""

    depth = 0
    count = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise _RefusedError("declares a document type (DTD), which metadata never needs")

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self.depth += 1
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise _RefusedError(f"has more than {MAX_ELEMENTS:,} elements")
        if self.depth > MAX_DEPTH:
            raise _RefusedError(f"is nested more than {MAX_DEPTH} levels deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def _root(source: Source) -> ET.Element:
    try:
        text = decode_utf8(source.data, max_bytes=MAX_XML)
    except PithError as error:
        raise Problem(f"{source.name}: {error}") from None
    # S314: no DTD gets through, hence no entity; size and depth are bounded.
    parser = ET.XMLParser(target=_Bounded())  # noqa: S314
    try:
        parser.feed(text.removeprefix("\ufeff"))
        root: ET.Element = parser.close()
    except _RefusedError as error:
        raise Problem(f"{source.name} {error}, so it was not read.") from None
    except ET.ParseError as error:
        line, column = error.position
        what = str(error).partition(":")[0]
        raise Problem(
            f"{source.name}: Line {line}, column {column + 1}: This is not XML: {what}."
        ) from None
    except ValueError as error:
        raise Problem(f"{source.name}: This is not XML: {error}.") from None
    return root


def _all(root: ET.Element, tag: str) -> list[ET.Element]:
    return list(root.iter(tag))


def _named(source: Source, papers: list[Paper]) -> list[Paper]:
    if not papers:
        raise Problem(f"{source.name} holds no paper.", hint=_FORMS)
    return papers


def _from_atom(entry: ET.Element, source: Source) -> Paper:
    identifier = _text(entry, f"{_ATOM}id") or ""
    if "/api/errors" in identifier:
        said = _text(entry, f"{_ATOM}summary") or "no reason given"
        raise Problem(f"{source.name}: arXiv answered with an error: {' '.join(said.split())}.")
    if not identifier.strip().startswith(_ABSTRACT_PAGE):
        raise Problem(
            f"{source.name}: The entry “{identifier.strip()[:80]}” is not one of arXiv's API. The "
            "feeds of new papers have other dates and abstracts than the record.",
            hint=_FORMS,
        )
    listed = [one.get("term", "") for one in entry.iterfind(f"{_ATOM}category")]
    primary = entry.find(f"{_ARXIV}primary_category")
    rights = _text(entry, f"{_ATOM}rights")
    return Paper(
        name=_name(entry, source, identifier),
        id=identifier,
        title=_text(entry, f"{_ATOM}title"),
        abstract=_text(entry, f"{_ATOM}summary"),
        submitted_at=_time(_text(entry, f"{_ATOM}published"), source, "published"),
        primary_cat=None if primary is None else primary.get("term"),
        cross_cats=tuple(term for term in listed if is_category(term)),
        license=None if rights is None else rights.strip(),
        left_out=tuple(term for term in listed if not is_category(term)),
    )


def _from_raw(found: ET.Element, source: Source) -> Paper:
    times: dict[int, str | None] = {}
    for one in found.iterfind(f"{_RAW}version"):
        version = version_of(one.get("version", ""))
        if version is not None:
            times[version] = _time(_text(one, f"{_RAW}date"), source, "date")
    return _from_oai(found, _RAW, source, max(times, default=None), times.get(1))


def _from_plain(found: ET.Element, source: Source) -> Paper:
    return _from_oai(found, _PLAIN, source, None, None)


def _from_oai(
    found: ET.Element, space: str, source: Source, version: int | None, submitted_at: str | None
) -> Paper:
    identifier = _text(found, f"{space}id")
    categories = (_text(found, f"{space}categories") or "").split()
    return Paper(
        name=_name(found, source, identifier or ""),
        id=identifier,
        version=version,
        title=_text(found, f"{space}title"),
        abstract=_text(found, f"{space}abstract"),
        submitted_at=submitted_at,
        primary_cat=categories[0] if categories else None,
        cross_cats=tuple(categories),
        # OAI leaves the element out where arXiv knows of no licence.
        license=(_text(found, f"{space}license") or "").strip(),
    )


def _name(found: ET.Element, source: Source, identifier: str) -> str:
    return f"{source.name}, {identifier.strip().rpartition('/abs/')[2]}"


def _text(parent: ET.Element, tag: str) -> str | None:
    found = parent.find(tag)
    return None if found is None else "".join(found.itertext())


def _said(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split()) or element.get("code", "no reason given")


def _time(text: str | None, source: Source, what: str) -> str | None:
    if text is None:
        return None
    moment = utc_second(text)
    if moment is None:
        raise Problem(f"{source.name}: {what} “{text.strip()[:40]}” is no time with its offset.")
    return moment
