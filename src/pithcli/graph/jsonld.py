"""A graph as JSON-LD 1.1 with its context in it: whoever reads it has nothing to fetch.

A link is a property of the citing record only when it is counted. Every link, counted or not, is
also a `Statement` with its standing, so that what nobody vouches for is never read as a fact.
"""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import quote

from pithcore.checks.statements import Standing
from pithcore.didkey import did_key_of
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcli.graph.links import Graph, Link, Stated
    from pithcore import Keyring
    from pithcore.reading import JSON

OURS = "urn:x-pithcore:"
"""Begins the terms that are this project's own; no registry of names knows it."""

_CITO = "http://purl.org/spar/cito/"

_RELATIONS = {
    "supports": f"{_CITO}supports",
    "refutes": f"{_CITO}refutes",
    "extends": f"{_CITO}extends",
    "uses_method": f"{_CITO}usesMethodIn",
    "depends_on": f"{OURS}depends_on",
    "replaces": "http://purl.org/dc/terms/replaces",
    "compares": f"{OURS}compares",
    "cites": f"{_CITO}cites",
}
"""Relation → property from the citing record to the cited one: of CiTO, the Citation Typing
Ontology, or of DC Terms, where they have one that means it."""

_KINDS = {
    "replication": f"{OURS}replication",
    "falsification": f"{OURS}falsification",
    "formal_bridge": f"{OURS}formal_bridge",
}
"""Kind of replication → property from the record to the address of the evidence."""

_NO_IRI = '<>"{}|\\^`'
"""Printable ASCII that an IRI does not hold (RFC 3987 section 2.2)."""

_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in _NO_IRI)


def _link_to(iri: str) -> JSON:
    return {"@id": iri, "@type": "@id"}


CONTEXT: dict[str, JSON] = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "Record": "https://schema.org/ScholarlyArticle",
    "Signer": "http://www.w3.org/ns/prov#Agent",
    "Statement": f"{OURS}Statement",
    "citation": _link_to("https://schema.org/citation"),
    **{name: _link_to(iri) for name, iri in (*_RELATIONS.items(), *_KINDS.items())},
    "citing": _link_to(f"{OURS}citing"),
    "cited": _link_to(f"{OURS}cited"),
    "about": _link_to(f"{OURS}about"),
    "evidence": _link_to(f"{OURS}evidence"),
    "relation": {"@id": f"{OURS}relation", "@type": "@vocab"},
    "standing": f"{OURS}standing",
    "event_id": f"{OURS}event_id",
    "names_signer": f"{OURS}names_signer",
    "wasAttributedTo": _link_to("http://www.w3.org/ns/prov#wasAttributedTo"),
    "name": "https://schema.org/name",
}


def json_ld(graph: Graph, keyring: Keyring) -> dict[str, JSON]:
    """The document: records, signers and statements, in order.

    Args:
        keyring: the one that the graph was gathered with, for the signers' did:keys.
    """
    records: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    signers: dict[str, str] = {}
    statements: list[JSON] = []
    for link, events in graph.links:
        did = _did_key(link, keyring)
        if did is not None and (link.standing is Standing.COUNTED or did not in signers):
            signers[did] = link.signer  # the keyring's name for it, where it has one
        statements.append(_statement(link, events, did))
        if link.is_citation:
            records[link.start], records[link.end]  # both are there, counted or not
        else:
            records[link.end]
        if link.standing is Standing.COUNTED and link.is_citation:
            records[link.start][link.relation].add(link.end)
            records[link.start]["citation"].add(link.end)
        elif link.standing is Standing.COUNTED:
            records[link.end][link.relation].add(iri(link.start))
    nodes: list[JSON] = [
        {
            "id": number,
            "type": "Record",
            **{name: [*sorted(links[name])] for name in sorted(links)},
        }
        for number, links in sorted(records.items())
    ]
    nodes += [{"id": did, "type": "Signer", "name": name} for did, name in sorted(signers.items())]
    return {"@context": CONTEXT, "@graph": [*nodes, *statements]}


def iri(address: str) -> str:
    """An address in ASCII as an IRI: what may not stand in one is percent-encoded."""
    return quote(address, safe=_SAFE)


def _did_key(link: Link, keyring: Keyring) -> str | None:
    """The key that signed, as its did:key; None for a signature that was not checked."""
    if link.standing is Standing.SELF_SIGNED:
        return link.signer
    key = keyring.get(link.signer)
    return None if key is None or link.standing is Standing.UNKNOWN else did_key_of(key.public_key)


def _statement(link: Link, events: list[Stated], did: str | None) -> JSON:
    ends: dict[str, JSON] = (
        {"citing": link.start, "cited": link.end}
        if link.is_citation
        else {"about": link.end, "evidence": iri(link.start)}
    )
    evidence = sorted({iri(event.evidence) for event in events if event.evidence})
    if link.is_citation and evidence:
        ends["evidence"] = [*evidence]
    by: dict[str, JSON] = {"names_signer": link.signer} if did is None else {"wasAttributedTo": did}
    return {
        "type": "Statement",
        **ends,
        "relation": link.relation,
        "standing": link.standing.value,
        **by,
        "event_id": [*sorted({event.event_id for event in events if event.event_id})],
    }
