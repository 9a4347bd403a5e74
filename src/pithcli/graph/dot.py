"""A graph in DOT, the language of Graphviz (https://graphviz.org/doc/info/lang.html).

Text from bundles is data here: quotation marks and backslashes are escaped; ampersands and what
is not ASCII are written as character references, which Graphviz reads in labels.
"""

from __future__ import annotations

from pithcore.checks.statements import Standing
from pithcore.printable import brief
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pithcli.graph.links import Graph, Link

_LEGEND = """\
// Links that signed events state, from the citing record to the cited one.
// Solid: signed by a key of the keyring. Dashed: by nobody who is known here, and not counted.
// That a link is signed shows who says so, not that it is so."""

_SHOWN = {
    Standing.COUNTED: ("signed by {}", 'style="solid"'),
    Standing.SELF_SIGNED: ("not counted: signed by {}", 'style="dashed"'),
    Standing.UNKNOWN: (
        "not counted: not checked, names {}",
        'style="dashed", color="gray50", fontcolor="gray50"',
    ),
}


def dot_lines(graph: Graph) -> Iterator[str]:
    """The lines of a `digraph`, nodes first, in order."""
    yield _LEGEND
    yield "digraph pith {"
    yield '  graph [rankdir="LR"];'
    yield '  node [shape="box"];'
    ends = {link.start: link.is_citation for link, _ in graph.links}
    ends.update((link.end, True) for link, _ in graph.links)
    for name in sorted(ends):
        if ends[name]:
            yield f"  {quoted(name)} [label={quoted(_short(name))}, tooltip={quoted(name)}];"
        else:
            yield f'  {quoted(name)} [label={quoted(brief(name))}, shape="note"];'
    for link, _ in graph.links:
        yield f"  {quoted(link.start)} -> {quoted(link.end)} [{_attributes(link)}];"
    yield "}"


def quoted(text: str) -> str:
    """A text as a double-quoted string, in ASCII."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{escaped.encode("ascii", "xmlcharrefreplace").decode("ascii")}"'


def _attributes(link: Link) -> str:
    words, style = _SHOWN[link.standing]
    mark = "" if link.standing is Standing.COUNTED else " (not counted)"
    signed = words.format(brief(link.signer))
    return f"label={quoted(link.relation + mark)}, tooltip={quoted(signed)}, {style}"


def _short(number: str) -> str:
    """`pith:YEAR:` and the first eight characters of the suffix."""
    start, _, suffix = number.rpartition(":")
    return f"{start}:{suffix[:8]}"
