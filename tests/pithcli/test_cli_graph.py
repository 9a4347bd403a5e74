"""`pith graph`: links from bundles to DOT and JSON-LD, read back by strict readers."""

from __future__ import annotations

import html
import itertools
import json
import random
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cli_helpers import Pith, Run
from inprocess import in_process
from mirror_helpers import ALICE, KEYS, SEEDS, created, number, record
from pyld import jsonld

import pithcore
import pithcore.jsonld
from pithcli.graph.dot import quoted
from pithcli.graph.jsonld import CONTEXT, iri
from pithcore import Key
from pithcore.completeness import KINDS, RELATIONS
from pithcore.didkey import did_key_of

if TYPE_CHECKING:
    from pathlib import Path

Event = dict[str, Any]

DID = did_key_of(KEYS["bob"].public_key)
ALICE_DID = did_key_of(KEYS["alice"].public_key)
BOB = Key(DID, KEYS["bob"].public_key, DID)
REPORT = "https://example.org/a|b?x=<1>&y"
HOSTILE = 'a"b\\N\\" ]; evil -> here [label="&amp;é\n\u202e'

QUOTED = r'"((?:[^"\\]|\\.)*)"'
NODE = re.compile(rf"  {QUOTED} \[(.+)\];")
EDGE = re.compile(rf"  {QUOTED} -> {QUOTED} \[(.+)\];")
ATTRIBUTE = re.compile(rf"(\w+)={QUOTED}(?:, |\Z)")


@pytest.fixture
def quick(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Pith:
    """`pith` without a process of its own."""
    return in_process(monkeypatch, capsys, tmp_path)


def event(about: int, kind: str, payload: dict[str, Any], name: str = "alice") -> Event:
    """A signed event about a record; bob's names its key by itself."""
    key = BOB if name == "bob" else KEYS[name]
    subject = pithcore.PithNumber.parse(number(about))
    return pithcore.make_event(
        kind, subject, payload, key, SEEDS[name], created_at="2026-06-03T12:00:00Z"
    )


def cites(
    one: int, other: int, relation: str = "extends", name: str = "alice", about: int | None = None
) -> Event:
    """`one` cites `other`."""
    payload = {"relation": relation, "citing": number(one), "cited": number(other)}
    return event(one if about is None else about, "pithcore.citation.v1", payload, name)


def replicated(one: int, name: str = "alice", url: str = REPORT) -> Event:
    """A replication of a record."""
    payload = {"kind": "replication", "evidence": {"url": url}}
    return event(one, "pithcore.replication.v1", payload, name)


def back(one: int, taken: Event, name: str = "alice") -> Event:
    """A withdrawal."""
    return event(one, "withdrawal", {"event_id": taken["event_id"]}, name)


def put(folder: Path, index: int, *events: Event, name: str | None = None) -> Path:
    """The bundle of a record in a file."""
    path = folder / (name or f"{index}.json")
    path.write_text(json.dumps(pithcore.make_bundle(record(index), [created(index), *events])))
    return path


def unquoted(text: str) -> str:
    """What Graphviz makes of a quoted string of a label."""
    return html.unescape(re.sub(r"\\(.)", r"\1", text))


def attributes(text: str) -> dict[str, str]:
    """A list of attributes, which must be nothing else."""
    found = {name: unquoted(value) for name, value in ATTRIBUTE.findall(text)}
    assert ATTRIBUTE.sub("", text) == ""
    return found


Edges = list[tuple[str, str, dict[str, str]]]


def read_dot(text: str) -> tuple[dict[str, dict[str, str]], Edges]:
    """Nodes and edges of our DOT; each line must be one of its five kinds."""
    assert text.isascii()
    nodes: dict[str, dict[str, str]] = {}
    edges: Edges = []
    body = [line for line in text.splitlines() if not line.startswith("//")]
    assert (body[0], body[-1]) == ("digraph pith {", "}")
    assert body[1:3] == ['  graph [rankdir="LR"];', '  node [shape="box"];']
    for line in body[3:-1]:
        if edge := EDGE.fullmatch(line):
            edges.append((unquoted(edge[1]), unquoted(edge[2]), attributes(edge[3])))
        else:
            node = NODE.fullmatch(line)
            assert node, line
            nodes[unquoted(node[1])] = attributes(node[2])
    assert {end for start, finish, _ in edges for end in (start, finish)} == set(nodes)
    return nodes, edges


def links(run: Run) -> list[tuple[str, str, str]]:
    """Start, end and label of each edge."""
    assert run.code == 0, run.err
    return [(start, end, more["label"]) for start, end, more in read_dot(run.out)[1]]


def test_a_link_goes_from_the_citing_record_to_the_cited_one(quick: Pith, tmp_path: Path) -> None:
    """In whichever of the two bundles it stands; a replication points at what was replicated."""
    put(tmp_path, 1, cites(1, 2), replicated(1))
    put(tmp_path, 2, cites(3, 2, "refutes", about=2))
    run = quick("graph", tmp_path, ALICE)
    nodes, edges = read_dot(run.out)
    assert sorted((start, end, more["label"]) for start, end, more in edges) == sorted(
        [
            (REPORT, number(1), "replication"),
            (number(1), number(2), "extends"),
            (number(3), number(2), "refutes"),
        ]
    )
    assert {more["style"] for _, _, more in edges} == {"solid"}
    assert {more["tooltip"] for _, _, more in edges} == {"signed by alice"}
    assert nodes[number(1)] == {"label": number(1)[:18], "tooltip": number(1)}
    assert nodes[REPORT] == {"label": REPORT, "shape": "note"}
    assert run.err == "note: 2 bundles, 3 links: 3 counted, 0 by nobody who is known here.\n"


def test_what_nobody_vouches_for_is_dashed_and_marked(quick: Pith, tmp_path: Path) -> None:
    """By a key that only names itself, by one that is not here: neither is counted."""
    put(tmp_path, 1, cites(1, 2), cites(1, 3, name="bob"))
    run = quick("graph", tmp_path)
    edges = {end: more for _, end, more in read_dot(run.out)[1]}
    assert edges[number(2)]["tooltip"] == "not counted: not checked, names alice"
    assert edges[number(3)]["tooltip"] == f"not counted: signed by {DID}"
    for more in edges.values():
        assert (more["style"], more["label"]) == ("dashed", "extends (not counted)")
    assert "2 links: 0 counted, 2 by nobody who is known here." in run.err
    known = f"--key={DID}={BOB.public_key.hex()}"
    assert ("solid", "extends") in {
        (more["style"], more["label"])
        for _, _, more in read_dot(quick("graph", tmp_path, known).out)[1]
    }


def test_one_signer_says_a_thing_once(quick: Pith, tmp_path: Path) -> None:
    """A bundle twice, a copy of it, and the same statement about the other record: one link."""
    one = put(tmp_path, 1, cites(1, 2))
    copy = put(tmp_path, 1, cites(1, 2), name="copy.json")
    other = put(tmp_path, 2, cites(1, 2, about=2))
    run = quick("graph", one, one, copy, other, ALICE)
    assert links(run) == [(number(1), number(2), "extends")]
    assert "4 bundles, 1 link: 1 counted" in run.err
    run = quick("graph", one, one, copy, other, ALICE, "--format", "json-ld")
    (statement,) = (one for one in json.loads(run.out)["@graph"] if one["@type"] == "Statement")
    ids = {number(about): cites(1, 2, about=about)["event_id"] for about in (1, 2)}
    assert statement["eventId"] == [ids[about] for about in sorted(ids)]


def test_an_event_in_a_bundle_of_another_record_is_refused_there(
    quick: Pith, tmp_path: Path
) -> None:
    """And does no harm to the same event where it belongs."""
    put(tmp_path, 1, cites(1, 2))
    put(tmp_path, 2, cites(1, 2))
    run = quick("graph", tmp_path, ALICE)
    assert links(run) == [(number(1), number(2), "extends")]
    assert "note: Left out: 0 events taken back by its own signer, 1 refused.\n" in run.err


@pytest.mark.parametrize("name", ["alice", "bob"])
def test_what_was_taken_back_is_left_out(quick: Pith, tmp_path: Path, name: str) -> None:
    """Also where the withdrawal is in another copy, with the event or without it."""
    gone = cites(1, 2, name=name)
    kept = cites(1, 3, name=name)
    words = "Left out: 1 event taken back by its own signer, 0 refused."
    full = put(tmp_path, 1, gone, kept, back(1, gone, name), name="full.json")
    bare = put(tmp_path, 1, gone, kept, name="bare.json")
    alone = put(tmp_path, 1, back(1, gone, name), name="alone.json")
    for sources in ([full], [full, bare], [bare, full], [bare, alone], [alone, bare]):
        run = quick("graph", *sources, ALICE)
        assert [end for _, end, _ in links(run)] == [number(3)]
        assert words in run.err


def test_nobody_takes_back_what_another_said(quick: Pith, tmp_path: Path) -> None:
    """A withdrawal by another key, or in another record's name, does nothing, wherever it is."""
    said = cites(1, 2)
    put(tmp_path, 1, said, back(1, said, "bob"), back(3, said))
    put(tmp_path, 3, back(3, said))
    run = quick("graph", tmp_path, ALICE)
    assert links(run) == [(number(1), number(2), "extends")]
    assert "Left out" not in run.err


def test_a_replaced_statement_is_left_out(quick: Pith, tmp_path: Path) -> None:
    """Its successor stands instead."""
    first = cites(1, 2, "supports")
    payload = {**first["payload"], "relation": "refutes"}
    second = pithcore.make_event(
        "pithcore.citation.v1",
        pithcore.PithNumber.parse(number(1)),
        payload,
        KEYS["alice"],
        SEEDS["alice"],
        created_at="2026-06-04T12:00:00Z",
        replaces=[first["event_id"]],
    )
    bare = put(tmp_path, 1, first, name="bare.json")
    for sources in ([put(tmp_path, 1, first, second)], [bare, put(tmp_path, 1, second)]):
        assert [label for *_, label in links(quick("graph", *sources, ALICE))] == ["refutes"]
    again = pithcore.make_event(
        "record_created",
        pithcore.PithNumber.parse(number(1)),
        created(1)["payload"],
        KEYS["alice"],
        SEEDS["alice"],
        created_at="2026-06-05T12:00:00Z",
        replaces=[first["event_id"]],
    )
    assert links(quick("graph", bare, put(tmp_path, 1, again), ALICE)) == []


def test_a_forged_event_is_refused_and_told(quick: Pith, tmp_path: Path) -> None:
    """Changed after signing; and one that copies a good event's id without being it."""
    good = cites(1, 2)
    forged = {**cites(1, 3), "signature_b64": good["signature_b64"]}
    copied = {**cites(1, 4, name="bob"), "event_id": good["event_id"]}
    copied["signer"] = {"key_id": "nobody-knows"}
    put(tmp_path, 1, good, forged, copied)
    run = quick("graph", tmp_path, ALICE)
    assert sorted(links(run)) == sorted(
        [(number(1), number(2), "extends"), (number(1), number(4), "extends (not counted)")]
    )
    assert "0 events taken back by its own signer, 1 refused" in run.err


def test_the_order_of_sources_changes_no_byte(quick: Pith, tmp_path: Path) -> None:
    """Nor does it matter whether they are files, lines or a folder."""
    rng = random.Random(6)
    names = [
        put(tmp_path, i, *(cites(i, j, rng.choice(RELATIONS)) for j in range(1, 6) if j != i))
        for i in range(1, 6)
    ]
    lines = tmp_path / "all.jsonl"
    lines.write_text("\n".join(path.read_text() for path in names))
    for form in ("dot", "json-ld"):
        args = (ALICE, "--format", form)
        wanted = quick("graph", *names, *args).out
        assert len(wanted.splitlines()) > 20  # five nodes and twenty links
        assert quick("graph", *reversed(names), *args).out == wanted
        assert quick("graph", lines, *args).out == wanted
        assert quick("graph", tmp_path, *args).out == wanted


def test_a_mirrors_folder_is_a_source(quick: Pith, tmp_path: Path) -> None:
    """Of a mirror the bundles count, and nothing beside them."""
    one, two = put(tmp_path, 1, cites(1, 2)), put(tmp_path, 2)
    assert quick("mirror", "build", "mirror", one, two, ALICE).code == 0
    run = quick("graph", "mirror", ALICE)
    assert links(run) == [(number(1), number(2), "extends")]
    assert run.err.startswith("note: 2 bundles, 1 link: 1 counted")


def test_what_cannot_be_read_is_named_and_code_4(quick: Pith, tmp_path: Path) -> None:
    """The rest is in the graph. Of many, five are named."""
    good = put(tmp_path, 1, cites(1, 2))
    lines = tmp_path / "bad.jsonl"
    lines.write_text("{}\n" * 7)
    run = quick("graph", good, lines, ALICE)
    assert run.code == 4
    assert len(read_dot(run.out)[1]) == 1
    assert run.err.count("was passed over. It is no bundle.") == 5
    assert run.err.endswith("note: So were 2 more.\n")
    run = quick("graph", "nowhere")
    assert (run.code, run.out) == (4, "")
    assert "There is no file or folder nowhere." in run.err


def test_a_bundle_that_is_hard_to_read_stops_nothing(quick: Pith, tmp_path: Path) -> None:
    """Events that are no list, an event that is no object, a type that is no text."""
    bundle = pithcore.make_bundle(record(1), [])
    for index, events in enumerate([{}, [7, {"event_type": 7}], [{"replaces": 7}], None]):
        (tmp_path / f"{index}.json").write_text(json.dumps({**bundle, "events": events}))
    put(tmp_path, 2, cites(2, 1), name="good.json")
    run = quick("graph", tmp_path, ALICE)
    assert links(run) == [(number(2), number(1), "extends")]


def test_out_writes_a_file(quick: Pith, tmp_path: Path) -> None:
    """And prints nothing; an empty graph is one too."""
    put(tmp_path, 1)
    run = quick("graph", tmp_path, "--out", "links.dot")
    assert (run.code, run.out) == (0, "")
    assert read_dot((tmp_path / "links.dot").read_text()) == ({}, [])
    assert "1 bundle, 0 links" in run.err
    assert quick("graph", tmp_path, "--format", "svg").code == 2


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A bundle whose unknown signer has a name that would break out of a string."""
    said = {**cites(1, 2), "signer": {"key_id": HOSTILE}}
    said["event_id"] = pithcore.event_id_of(said)
    return put(tmp_path, 1, said, replicated(1))


def test_text_from_a_bundle_cannot_break_out(quick: Pith, hostile: Path) -> None:
    """Quotation marks, backslashes, entities, controls and overrides stay inside the string."""
    _, edges = read_dot(quick("graph", hostile).out)
    tooltip = next(more["tooltip"] for *_, more in edges if "evil" in more["tooltip"])
    shown = HOSTILE.replace("\n", "\\n").replace("\u202e", "\\u202e")
    assert tooltip == f"not counted: not checked, names {shown}"
    assert len(edges) == 2


@pytest.mark.parametrize("text", ["\\", '"', '\\"', "\\\\", "&amp;", "é&", "a\\N", ""])
def test_a_string_is_quoted_so_that_it_reads_back(text: str) -> None:
    """Of every two texts also the one after the other."""
    assert unquoted(quoted(text)[1:-1]) == text
    for other in ("\\", '"', "&lt;"):
        again = quoted(text + other)
        assert re.fullmatch(QUOTED, again)
        assert unquoted(again[1:-1]) == text + other


@pytest.mark.skipif(not shutil.which("dot"), reason="Graphviz is not installed")
def test_graphviz_draws_it(quick: Pith, hostile: Path) -> None:
    """The real program reads it, and shows every label."""
    text = quick("graph", hostile, ALICE).out
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b'class="edge"') == 2
    assert b"replication" in done.stdout


def graph_of(run: Run) -> dict[str, dict[str, Any]]:
    """Nodes of JSON-LD by id; statements by their number."""
    assert run.code == 0, run.err
    document = json.loads(run.out)
    assert document["@context"] == CONTEXT
    count = itertools.count()
    return {one.get("@id", str(next(count))): one for one in document["@graph"]}


def identifier(text: str) -> list[dict[str, str]]:
    """A number as the JSON-LD of a record has it (docs/json-ld.md)."""
    return [{"@type": "PropertyValue", "propertyID": "Pith Number", "value": text}]


def test_json_ld_states_as_a_fact_only_what_is_counted(quick: Pith, tmp_path: Path) -> None:
    """A link nobody vouches for is a statement with its standing, and no property of a record."""
    put(tmp_path, 1, cites(1, 2), cites(1, 3, name="bob"), replicated(1), replicated(1, "bob"))
    graph = graph_of(quick("graph", tmp_path, ALICE, "--format", "json-ld"))
    assert graph[number(1)] == {
        "@id": number(1),
        "@type": "ScholarlyArticle",
        "identifier": identifier(number(1)),
        "citation": [number(2)],
        "extends": [number(2)],
        "replication": [iri(REPORT)],
    }
    assert graph[number(3)] == {
        "@id": number(3),
        "@type": "ScholarlyArticle",
        "identifier": identifier(number(3)),
    }
    assert graph[ALICE_DID] == {"@id": ALICE_DID, "@type": ["Key", "Agent"], "name": "alice"}
    statements = [one for one in graph.values() if one["@type"] == "Statement"]
    found = {
        (one.get("cited", one.get("about")), one["standing"], one["wasAttributedTo"])
        for one in statements
    }
    assert found == {
        (number(2), "counted", ALICE_DID),
        (number(3), "self_signed", DID),
        (number(1), "counted", ALICE_DID),
        (number(1), "self_signed", DID),
    }


def test_json_ld_attributes_nothing_that_was_not_checked(quick: Pith, hostile: Path) -> None:
    """An unknown signer is a name that the event gives, and nobody is attributed anything."""
    graph = graph_of(quick("graph", hostile, "--format", "json-ld"))
    statements = [one for one in graph.values() if one["@type"] == "Statement"]
    assert {one["namesSigner"] for one in statements} == {HOSTILE, "alice"}
    assert all("wasAttributedTo" not in one for one in statements)
    assert not any("Key" in one["@type"] for one in graph.values())


def test_a_name_of_the_keyring_without_a_signature_is_a_name(quick: Pith, tmp_path: Path) -> None:
    """Whoever leaves the signature out of an event has not made a known signer say it."""
    unsigned = {name: one for name, one in cites(1, 2).items() if name != "signature_b64"}
    put(tmp_path, 1, unsigned)
    graph = graph_of(quick("graph", tmp_path, ALICE, "--format", "json-ld"))
    (statement,) = (one for one in graph.values() if one["@type"] == "Statement")
    assert (statement["namesSigner"], statement["standing"]) == ("alice", "unknown")
    assert "wasAttributedTo" not in statement


def test_a_key_of_the_keyring_has_its_name_there(quick: Pith, tmp_path: Path) -> None:
    """Also where another event of the same key names it by its did:key."""
    key = f"--key=bob={BOB.public_key.hex()}"
    subject = pithcore.PithNumber.parse(number(1))
    payload = {"relation": "cites", "citing": number(1), "cited": number(2)}
    named = pithcore.make_event(
        "pithcore.citation.v1",
        subject,
        payload,
        KEYS["bob"],
        SEEDS["bob"],
        created_at="2026-06-03T12:00:00Z",
    )
    put(tmp_path, 1, named, cites(1, 2, "cites", "bob"), cites(1, 3, "supports", "bob"))
    graph = graph_of(quick("graph", tmp_path, key, "--format", "json-ld"))
    assert graph[DID]["name"] == "bob"


def test_every_relation_has_a_term(quick: Pith) -> None:
    """CiTO's and DC Terms' where they have one; the others are named as ours."""
    assert {*RELATIONS, *KINDS} <= CONTEXT.keys()
    of = {name: CONTEXT[name]["@id"] for name in (*RELATIONS, *KINDS)}  # type: ignore[index,call-overload]
    known = {name: one.rpartition("/")[2] for name, one in of.items() if one.startswith("http")}
    assert known == {
        "supports": "supports",
        "refutes": "refutes",
        "extends": "extends",
        "uses_method": "usesMethodIn",
        "replaces": "replaces",
        "cites": "cites",
    }
    ours = {"depends_on": "dependsOn", "compares": "compares", "formal_bridge": "formalBridge"}
    ours |= {"replication": "replication", "falsification": "falsification"}
    assert {name: of[name] for name in of.keys() - known.keys()} == {
        name: f"urn:pithcore:1:{term}" for name, term in ours.items()
    }


def test_terms_mean_what_they_mean_in_reports() -> None:
    """Where the two contexts share a term, it is the same one (a link here is by its address)."""
    shared = pithcore.jsonld.context()
    for name in CONTEXT.keys() & shared.keys():
        here, there = CONTEXT[name], shared[name]
        assert (here["@id"] if isinstance(here, dict) else here) == (
            there["@id"] if isinstance(there, dict) else there
        )


def test_json_ld_is_read_by_pyld(quick: Pith, hostile: Path, tmp_path: Path) -> None:
    """A real processor makes the same triples of it, and fetches nothing."""
    put(tmp_path, 2, cites(2, 1, "uses_method"), name="two.json")
    document = json.loads(quick("graph", tmp_path, ALICE, "--format", "json-ld").out)

    def refuse(url: str, _: Any) -> Any:
        raise AssertionError(url)

    options = {"format": "application/n-quads", "documentLoader": refuse}
    quads = jsonld.to_rdf(document, options).splitlines()
    start, end = f"<{number(2)}>", f"<{number(1)}> ."
    assert f"{start} <http://purl.org/spar/cito/usesMethodIn> {end}" in quads
    assert f"{start} <https://schema.org/citation> {end}" in quads
    assert f"<{number(1)}> <urn:pithcore:1:replication> <{iri(REPORT)}> ." in quads
    assert sum("wasAttributedTo" in quad for quad in quads) == 2
    assert not any(quad.startswith(f"<{number(1)}> <http://purl.org/spar/") for quad in quads)


def test_an_address_becomes_an_iri() -> None:
    """What may not stand in one is encoded; what may, and what is encoded already, stays."""
    assert iri('https://a.org/%20<>"{}|\\^`~') == "https://a.org/%20%3C%3E%22%7B%7D%7C%5C%5E%60~"
