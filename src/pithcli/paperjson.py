"""A paper's metadata as JSON: one object, a list of them, or one a line.

Each has `id`, `version`, `title`, `abstract`, `submitted_at`, `license`, and `primary_cat` with
`cross_cats` or `categories` with the primary one first; `kind` where the source is not arXiv.
arXiv's metadata snapshot is read too: `categories` as one text, and `versions`, a list of
`{version, created}`, for version and date. Other members are left aside.
"""

from __future__ import annotations

from pithcli.jsonlines import read_values
from pithcli.paper import ARXIV, Paper, utc_second, version_of
from pithcli.problem import Problem
from pithcore import PithError
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcli.inputs import Source
    from pithcore.reading import JSON


def read_json_papers(source: Source) -> list[Paper]:
    """Every paper of a JSON file. Raises `Problem` for what is no metadata."""
    try:
        values = read_values(source.data)
    except PithError as error:
        raise Problem(
            f"{source.name}: {error}",
            hint="Metadata comes as arXiv's XML or as JSON; pith mint --help shows both.",
        ) from None
    if not values:
        raise Problem(f"{source.name} holds no paper.")
    return [_from_json(value, f"{source.name}{at}") for value, at in values]


def _from_json(value: JSON, name: str) -> Paper:
    if not isinstance(value, dict):
        raise Problem(f"{name}: A paper's metadata is a JSON object.")
    if "canonical_record" in value or {"metadata", "source"} <= value.keys():
        raise Problem(
            f"{name} is a record already; metadata has title and abstract.",
            hint="pith number and pith digest compute from a record.",
        )
    fields = _Members(value, name)
    primary, cross = _categories(fields)
    versions = fields.versions()
    version = fields.whole_number("version")
    submitted_at = fields.time("submitted_at")
    return Paper(
        name=name,
        id=fields.text("id"),
        version=max(versions, default=None) if version is None else version,
        title=fields.text("title"),
        abstract=fields.text("abstract"),
        submitted_at=submitted_at or versions.get(1),
        primary_cat=primary,
        cross_cats=cross,
        # In arXiv's snapshot null says that there is none; a member that is absent says nothing.
        license="" if "license" in value and value["license"] is None else fields.text("license"),
        kind=fields.text("kind") or ARXIV,
    )


def _categories(fields: _Members) -> tuple[str | None, tuple[str, ...] | None]:
    primary, cross, listed = (
        fields.text("primary_cat"),
        fields.names("cross_cats"),
        fields.names("categories"),
    )
    if listed:
        return primary or listed[0], listed if cross is None else cross
    return primary, cross


class _Members:
    """Members of one JSON object, each of the type it must have. Raises `Problem`."""

    def __init__(self, value: dict[str, JSON], name: str) -> None:
        self._value = value
        self._name = name

    def text(self, member: str) -> str | None:
        found = self._value.get(member)
        if found is not None and not isinstance(found, str):
            raise self._wrong(member, "text")
        return found

    def whole_number(self, member: str) -> int | None:
        found = self._value.get(member)
        if isinstance(found, str):
            found = version_of(found) or found
        if found is not None and (not isinstance(found, int) or isinstance(found, bool)):
            raise self._wrong(member, "a whole number")
        return found

    def names(self, member: str) -> tuple[str, ...] | None:
        found = self._value.get(member)
        if isinstance(found, str):
            return tuple(found.split())
        if found is None:
            return None
        if not isinstance(found, list):
            raise self._wrong(member, "a list of categories")
        names = [name for name in found if isinstance(name, str)]
        if len(names) != len(found):
            raise self._wrong(member, "a list of categories")
        return tuple(names)

    def time(self, member: str) -> str | None:
        text = self.text(member)
        if text is None:
            return None
        moment = utc_second(text)
        if moment is None:
            raise self._wrong(member, "a time to the second, such as 2019-06-11T10:18:15Z")
        return moment

    def versions(self) -> dict[int, str | None]:
        """Version → when it was submitted, in the form of arXiv's snapshot."""
        listed = self._value.get("versions")
        found: dict[int, str | None] = {}
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict):
                entry = _Members(one, self._name)
                version = entry.whole_number("version")
                if version is not None:
                    found[version] = entry.time("created")
        return found

    def _wrong(self, member: str, what: str) -> Problem:
        return Problem(f"{self._name}: “{member}” is not {what}.")
