"""The title and abstract in a saved abstract page of arXiv, to hold against a record."""

from __future__ import annotations

from html.parser import HTMLParser

from pithcore.errors import DocumentError
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CHARACTERS = 4 * 1024 * 1024
"""Of a page: arXiv's have some 50,000."""

_TITLES = ("citation_title", "og:title")
_ABSTRACTS = ("citation_abstract", "og:description")


class PaperTexts(NamedTuple):
    """Title and abstract as a page states them; `abstract` is None where it states none."""

    title: str
    abstract: str | None


def read_abstract_page(text: str) -> PaperTexts:
    """Read the HTML of an abstract page: its `citation_` or `og:` meta elements.

    Raises:
        DocumentError: when the page is too long, or states no title in them.
    """
    if len(text) > MAX_CHARACTERS:
        raise DocumentError(
            f"The page has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read."
        )
    reader = _Reader()
    reader.feed(text)
    reader.close()
    title = reader.first(_TITLES)
    if title is None:
        raise DocumentError(
            "This page states no citation_title, so it is not a saved abstract page of arXiv."
        )
    return PaperTexts(title, reader.first(_ABSTRACTS))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._stated: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the first meta element of a name states."""
        if tag == "meta":
            given = dict(attrs)
            name = given.get("name") or given.get("property") or ""
            content = given.get("content")
            if content is not None:
                self._stated.setdefault(name.lower(), content)

    def first(self, names: Sequence[str]) -> str | None:
        """What the first of these states."""
        return next((self._stated[name] for name in names if name in self._stated), None)
