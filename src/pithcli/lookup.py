"""Find the document of a record that was named by number or arXiv id."""

from __future__ import annotations

from urllib.parse import urlsplit

from pithcli.fetch import Fetched, FetchError, Why, fetch, is_base
from pithcli.problem import Problem, usage
from pithcore import ArxivId, PithNumber, Resolver
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SAME_SERVER_MAY_KNOW = frozenset({Why.NOT_FOUND, Why.TOO_LARGE})
"""Failures after which the next path on the same server is worth asking."""

HINT = "Save the record's page or JSON with a browser, and run pith verify on the file."


def look_up(
    query: PithNumber | ArxivId,
    resolvers: Sequence[Resolver],
    timeout: float,
    note: Callable[[str], None],
) -> Fetched:
    """The first document that a resolver gives for `query`.

    Args:
        query: the record wanted.
        resolvers: asked in this order.
        timeout: seconds for each address.
        note: told of each address that gave nothing, once another one did.

    Raises:
        Problem: when none does, with what each of them said.
    """
    failures: list[FetchError] = []
    for resolver in resolvers:
        for url in resolver.urls(query):
            try:
                found = fetch(url, timeout)
            except FetchError as error:
                failures.append(error)
                if error.why not in _SAME_SERVER_MAY_KNOW:
                    break
            else:
                for failure in failures:
                    note(str(failure))
                return found
    said = " ".join(map(str, failures))
    raise Problem(f"No record of {query} could be fetched. {said}", hint=HINT)


def resolver_at(base_url: str) -> Resolver:
    """A resolver from what stands after `--resolver`. Raises a usage `Problem`."""
    if not is_base(base_url):
        raise usage(
            f"--resolver {base_url} is not the address of a server.",
            hint="It looks like https://pith.science; plain http is for localhost only.",
        )
    return Resolver(urlsplit(base_url).netloc, base_url.rstrip("/"))
