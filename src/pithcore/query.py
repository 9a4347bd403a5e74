"""What a reader types to name a record, and where a resolver keeps it (protocol 5.1, 7)."""

from __future__ import annotations

import re

from pithcore.errors import NumberError, QueryError
from pithcore.number import MAX_TEXT, PithNumber
from pithcore.patterns import Pattern
from pithcore.typed import NamedTuple

_ARXIV = Pattern(
    r"(?:arxiv:|(?:https?://)?(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/"
    r"|(?:https?://)?(?:dx\.)?(?:doi\.org/)?10\.48550/arxiv\.)?"
    r"([0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[a-z]{2})?/[0-9]{7})(?:v([1-9][0-9]{0,3}))?"
    r"(?:\.pdf)?(?:[?#].*)?",
    re.IGNORECASE | re.ASCII,
)


class ArxivId(NamedTuple):
    """An arXiv identifier, new (`1906.08168`) or old (`hep-lat/0305021`).

    `version` is None when the text did not say.
    """

    id: str
    version: int | None = None

    def __str__(self) -> str:
        """As arXiv writes it: `1906.08168v1`."""
        return self.id if self.version is None else f"{self.id}v{self.version}"


def parse_query(text: str) -> PithNumber | ArxivId:
    """Read what a reader typed: a Pith Number in any form, a record's URL, an arXiv id or URL.

    Raises:
        QueryError: a sentence on what is wrong with it; `__cause__` is the `NumberError`.
    """
    arxiv = _ARXIV.fullmatch(text.strip()) if len(text) <= MAX_TEXT else None
    if arxiv is not None:
        version = arxiv.group(2)
        return ArxivId(arxiv.group(1).lower(), None if version is None else int(version))
    try:
        return PithNumber.parse(text)
    except NumberError as error:
        raise QueryError(str(error)) from error


class Resolver(NamedTuple):
    """A server that hosts bundles.

    Attributes:
        name: as its manifest gives it. base_url: origin, without a slash at the end.
        patterns: paths to try in order, with `{name}` for the suffix or arXiv id.
    """

    name: str
    base_url: str
    patterns: tuple[str, ...] = ("/pith/{name}/bundle.json", "/pith/{name}.json")

    def urls(self, query: PithNumber | ArxivId) -> tuple[str, ...]:
        """Addresses to ask, best first: the bundle, then the record's JSON.

        That a bundle answers to a short form or an arXiv id is inferred (protocol 5.3).
        """
        name = query.suffix if isinstance(query, PithNumber) else query.id
        return tuple(self.base_url + pattern.format(name=name) for pattern in self.patterns)


RESOLVERS = (Resolver("Pith Resolver", "https://pith.science"),)
"""Servers asked when a reader names a record; nothing they say is believed unchecked."""
