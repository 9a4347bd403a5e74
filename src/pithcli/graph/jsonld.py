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

OURS = "urn:pithcore:1:"
"""Begins the terms that are this project's own (docs/json-ld.md): a name and no address."""

_CITO = "http://purl.org/spar/cito/"

_RELATIONS = {
    "supports": f"{_CITO}supports",
    "refutes": f"{_CITO}refutes",
    "extends": f"{_CITO}extends",
    "uses_method": f"{_CITO}usesMethodIn",
    "depends_on": f"{OURS}dependsOn",
    "replaces": "http://purl.org/dc/terms/replaces",
    "compares": f"{OURS}compares",
    "cites": f"{_CITO}cites",
}
"""Relation → property from the citing record to the cited one: of CiTO, the Citation Typing
Ontology, or of DC Terms, where they have one that means it."""

_KINDS = {
    "replication": f"{OURS}replication",
    "falsification": f"{OURS}falsification",
    "formal_bridge": f"{OURS}formalBridge",
}
"""Kind of replication → property from the record to the address of the evidence."""

_NO_IRI = '<>"{}|\\^`'
"""Printable ASCII that an IRI does not hold (RFC 3987 section 2.2)."""

_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in _NO_IRI)


def _link_to(iri: str) -> JSON:
    return {"@id": iri, "@type": "@id"}


CONTEXT: dict[str, JSON] = {
    "@version": 1.1,
    "schema": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "pithcore": OURS,
    "ScholarlyArticle": "schema:ScholarlyArticle",
    "PropertyValue": "schema:PropertyValue",
    "Agent": "prov:Agent",
    "Key": "pithcore:Key",
    "Statement": "pithcore:Statement",
    "identifier": {"@id": "schema:identifier", "@container": "@set"},
    "propertyID": "schema:propertyID",
    "value": "schema:value",
    "name": "schema:name",
    "citation": _link_to("schema:citation"),
    **{name: _link_to(iri) for name, iri in (*_RELATIONS.items(), *_KINDS.items())},
    "citing": _link_to("pithcore:citing"),
    "cited": _link_to("pithcore:cited"),
    "about": _link_to("schema:about"),
    "evidenceAddress": _link_to("pithcore:evidenceAddress"),
    "relation": {"@id": "pithcore:relation", "@type": "@vocab"},
    "standing": "pithcore:standing",
    "eventId": "pithcore:eventId",
    "namesSigner": "pithcore:namesSigner",
    "wasAttributedTo": _link_to("prov:wasAttributedTo"),
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
            "@id": number,
            "@type": "ScholarlyArticle",
            "identifier": [
                {"@type": "PropertyValue", "propertyID": "Pith Number", "value": number}
            ],
            **{name: [*sorted(links[name])] for name in sorted(links)},
        }
        for number, links in sorted(records.items())
    ]
    nodes += [
        {"@id": did, "@type": ["Key", "Agent"], "name": name}
        for did, name in sorted(signers.items())
    ]
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
        else {"about": link.end, "evidenceAddress": iri(link.start)}
    )
    evidence = sorted({iri(event.evidence) for event in events if event.evidence})
    if link.is_citation and evidence:
        ends["evidenceAddress"] = [*evidence]
    by: dict[str, JSON] = {"namesSigner": link.signer} if did is None else {"wasAttributedTo": did}
    return {
        "@type": "Statement",
        **ends,
        "relation": link.relation,
        "standing": link.standing.value,
        **by,
        "eventId": [event.event_id for event in events if event.event_id],
    }
