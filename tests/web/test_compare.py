"""The Python side of a comparison, as plain functions: who agrees, who lies, and who is neither."""

from __future__ import annotations

import json
from typing import Any

import pytest
from documents import SIGNED, as_bytes, newer_page
from mirrors import (
    BUNDLE,
    CREATED,
    LAB,
    NUMBER,
    RECORD,
    SNAPSHOT,
    SUFFIX,
    state_of,
    tampered,
    without,
)

import pithcore
import verify

STATE = state_of(BUNDLE)
PLAIN = {"key_id": None, "key": None}
TRUSTING = {"key_id": LAB.key_id, "key": LAB.public_key.hex()}
LESS = without(BUNDLE, SNAPSHOT)


def compare(
    *copies: Any, expect: str | None = NUMBER, noun: str = "mirror", **key: str | None
) -> dict[str, Any]:
    """The comparison of copies, each a document or a (document, state); named a, b, c."""
    pairs = [copy if isinstance(copy, tuple) else (copy, None) for copy in copies]
    given = [
        {"name": name, "bytes": _bytes(document), "state": _bytes(state)}
        for name, (document, state) in zip("abcdef", pairs, strict=False)
    ]
    request = {"noun": noun, "expect": expect, **(key or TRUSTING)}
    return json.loads(verify.compare(given, json.dumps(request)))


def _bytes(document: Any) -> bytes:
    if document is None:
        return b""
    return document if isinstance(document, bytes) else as_bytes(document)


def titles(answer: dict[str, Any]) -> list[str]:
    return [notice["title"] for notice in answer["answer"]["notices"]]


def rows(answer: dict[str, Any], member: str) -> list[Any]:
    return [row[member] for row in answer["answer"]["rows"]]


def states(answer: dict[str, Any]) -> list[str]:
    return [row["state"]["outcome"] for row in answer["answer"]["rows"]]


def test_agreement() -> None:
    """Equal copies agree, and the comparison is the library's."""
    found = compare((BUNDLE, STATE), (BUNDLE, STATE))
    assert rows(found, "agrees") == [True, True]
    assert states(found) == ["passed", "passed"]
    assert found["answer"]["comparison"]["agree"] is True
    assert titles(found) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_best_does_not_depend_on_the_order(order: tuple[int, ...]) -> None:
    """The whole and honest copy is the best one, wherever it stands."""
    copies = [BUNDLE, tampered(BUNDLE), LESS]
    found = compare(*(copies[at] for at in order))
    assert found["answer"]["best"] == "abc"[order.index(0)]
    assert titles(found) == ["One mirror lies", "One mirror lacks what others prove"]


def test_a_majority_of_liars_is_no_majority() -> None:
    """Four mirrors with the same forgery do not outvote one whose copy is signed."""
    found = compare(*[tampered(BUNDLE)] * 4, BUNDLE)
    assert found["answer"]["best"] == "e"
    assert titles(found) == ["4 mirrors lie"]
    assert found["answer"]["comparison"]["pith_number"] == NUMBER


def test_a_forged_event_is_a_lie_where_nobody_can_dispute_it() -> None:
    """An event whose signature does not hold makes its copy fail."""
    forged = {**SNAPSHOT, "signature_b64": CREATED["signature_b64"]}
    found = compare(BUNDLE, {**BUNDLE, "events": [CREATED, forged]})
    assert titles(found) == ["One mirror lies"]
    assert rows(found, "verdict") == ["verified", "failed"]


def test_a_state_made_without_the_readers_key_is_no_lie() -> None:
    """A mirror does not know the key that this reader added; its state is not blamed for it."""
    events, record = BUNDLE["events"], RECORD["canonical_record"]
    made_without = pithcore.merge(events, NUMBER, record=record).to_dict()
    found = compare((BUNDLE, made_without), (BUNDLE, STATE))
    assert states(found) == ["unchecked", "passed"]
    assert titles(found) == []


def test_a_state_made_with_more_keys_is_no_lie() -> None:
    """Nor is a state that was made with a key this reader does not have."""
    found = compare((BUNDLE, STATE), BUNDLE, **PLAIN)
    assert states(found) == ["unchecked", "none"]
    assert titles(found) == []


def test_a_state_by_other_rules_is_no_lie() -> None:
    """A state by rules that are not published may differ: it could not be settled."""
    found = compare((BUNDLE, {**STATE, "merge_version": "other", "event_count": 9}), BUNDLE)
    assert states(found) == ["unchecked", "none"]
    assert titles(found) == []


@pytest.mark.parametrize("state", [b"<p>Not found", b"[]", b"{}", b'"x"', as_bytes(BUNDLE)])
def test_what_is_no_state_is_no_lie(state: bytes) -> None:
    """A server that sends some other thing in place of a state is not blamed."""
    found = compare((BUNDLE, state), BUNDLE)
    assert states(found) == ["unchecked", "none"]
    assert titles(found) == []


def test_a_state_of_another_record_is_a_lie() -> None:
    """A state of another record, whole in itself, does not follow from this bundle."""
    other = SIGNED[0]
    state = pithcore.merge(BUNDLE["events"], other["pith"], record=other["canonical_record"])
    found = compare((BUNDLE, state.to_dict()), BUNDLE)
    assert states(found) == ["failed", "none"]
    assert titles(found) == ["One mirror lies"]
    assert found["answer"]["best"] == "b"
    bare = {**BUNDLE, "events": []}
    empty = pithcore.merge([], other["pith"], record=other["canonical_record"]).to_dict()
    assert states(compare((bare, empty), BUNDLE)) == ["failed", "none"]


def test_a_mirror_that_lacks_an_event_is_not_blamed_for_its_state() -> None:
    """Its state follows from what it has: one fault is named once."""
    found = compare((LESS, state_of(LESS)), (BUNDLE, STATE))
    assert states(found) == ["passed", "passed"]
    assert titles(found) == ["One mirror lacks what others prove"]
    assert rows(found, "agrees") == [False, True]


def test_a_liar_is_not_the_best() -> None:
    """A copy beside which the server gives a false state is worse than one that is out of date."""
    found = compare((BUNDLE, {**STATE, "event_count": 9}), LESS)
    assert found["answer"]["best"] == "b"


def test_beside_a_lie_no_state_is_judged() -> None:
    """A record that fails is one fault: the state beside it is not held against it as well."""
    found = compare((tampered(BUNDLE), STATE), BUNDLE)
    assert states(found) == ["none", "none"]
    assert titles(found) == ["One mirror lies"]


def fork(second: int) -> Any:
    return pithcore.make_event(
        "graph_snapshot",
        pithcore.PithNumber.parse(NUMBER),
        {"graph_snapshot": {}},
        LAB,
        bytes(range(32)),
        created_at=f"2026-06-01T12:01:{second:02}Z",
        replaces=[SNAPSHOT["event_id"]],
    )


def test_who_passes_a_contradiction_on_does_not_lie() -> None:
    """A copy with both statements is better than one that hides one, and its verdict shows it."""
    both = {**BUNDLE, "events": [*BUNDLE["events"], fork(1), fork(2)]}
    one = {**BUNDLE, "events": [*BUNDLE["events"], fork(1)]}
    found = compare(one, both)
    assert titles(found) == [
        "A signer contradicts themselves",
        "One mirror lacks what others prove",
    ]
    assert found["answer"]["best"] == "b"
    assert rows(found, "verdict") == ["verified", "failed"]


def foreign(content: int) -> Any:
    """An event under an id that cannot be recomputed, validly signed, as the registry's are."""
    import base64

    from pithcore import ed25519

    event_id = "ab" * 32
    signature = ed25519.sign(bytes(range(32)), bytes.fromhex(event_id))
    return {
        **SNAPSHOT,
        "payload": {"graph_snapshot": {}, "note": content},
        "event_id": f"sha256:{event_id}",
        "signature_b64": base64.b64encode(signature).decode(),
    }


def test_a_dispute_blames_nobody() -> None:
    """Two contents under one id of a rule that is not published: named, and nobody lies."""
    found = compare(*({**BUNDLE, "events": [*BUNDLE["events"], foreign(at)]} for at in (1, 2)))
    assert titles(found) == ["One event is disputed"]


def test_a_liars_copy_of_a_proved_event_is_no_dispute() -> None:
    """An event that somebody proves cannot be drawn into doubt by who alters it."""
    found = compare(BUNDLE, {**BUNDLE, "events": [CREATED, {**SNAPSHOT, "target": "other"}]})
    assert titles(found) == ["One mirror lacks what others prove"]


def test_another_version_is_set_aside() -> None:
    """By arXiv id, a good record of another version is no lie, and not compared."""
    second = pithcore.make_bundle(tampered({"r": RECORD["canonical_record"]})["r"])
    found = compare(second, BUNDLE, expect=RECORD["arxiv"])
    assert found["answer"]["best"] == "b"
    assert rows(found, "other") == [True, False]
    assert titles(found) == ["One mirror has another record"]


def test_the_record_of_another_number_is_a_lie() -> None:
    """By number, a good record of another one is not what was asked for."""
    found = compare(pithcore.make_bundle(SIGNED[0]["canonical_record"]), BUNDLE)
    assert titles(found) == ["One mirror lies"]
    assert rows(found, "other") == [False, False]


@pytest.mark.parametrize("asked", [SUFFIX, f"pith:{SUFFIX}", NUMBER])
def test_a_number_is_the_same_with_its_year_and_without(asked: str) -> None:
    """Copies of the record asked for are not of another record because the year was left out."""
    found = compare(BUNDLE, BUNDLE, expect=asked)
    assert rows(found, "other") == [False, False]
    assert rows(found, "agrees") == [True, True]
    assert titles(found) == []


def test_all_lie() -> None:
    """When every copy fails, nobody is called honest: the best one's verdict is failed."""
    found = compare(tampered(BUNDLE), tampered(BUNDLE))
    assert found["answer"]["comparison"] is None
    assert rows(found, "verdict") == ["failed", "failed"]
    assert titles(found) == []


def test_a_page_beside_a_bundle() -> None:
    """A copied record page counts as a copy; it carries no events, and keeps none back."""
    found = compare(newer_page(RECORD).encode(), BUNDLE, noun="copy", expect=None)
    assert found["answer"]["best"] == "b"
    assert rows(found, "agrees") == [True, True]


def test_a_state_among_copies_follows_from_a_bundle() -> None:
    """A state as a copy is held against every bundle there; another's is not called a lie."""
    assert states(compare(BUNDLE, STATE, noun="copy", expect=None)) == ["none", "passed"]
    wrong = {**STATE, "event_count": 7}
    assert states(compare(BUNDLE, wrong, noun="copy", expect=None)) == ["none", "unchecked"]


def test_unreadable_copies() -> None:
    """What cannot be read is named as that; when nothing can, a sentence and no verdict."""
    found = compare(b"<p>Log in", BUNDLE)
    assert rows(found, "verdict") == ["refused", "verified"]
    assert titles(found) == []
    assert "None of the 2 can be read" in compare(b"<p>Log in", b"{")["refused"]


def test_a_bad_key_is_refused_at_its_field() -> None:
    """A key that is none is the reader's to mend, not the copies' fault."""
    assert compare(BUNDLE, key_id="x", key="nonsense")["where"] == "key"
    assert compare(BUNDLE, expect="no number")["where"] == "query"


LOOK_UP = {"query": NUMBER, "page": "https://page.example/verifier/", "listed": None, "typed": []}


def servers(**more: Any) -> list[str]:
    answer = json.loads(verify.look_up(json.dumps({**LOOK_UP, **more})))["answer"]
    for server in answer["servers"]:
        assert server["urls"][0].startswith(f"{server['name']}/pith/")
    return [server["name"] for server in answer["servers"]]


def test_whom_to_ask() -> None:
    """The page's site first where it is a mirror, then the list, then the reader's; each once."""
    listed = json.dumps(
        {"here": True, "resolvers": [{"name": "x", "base_url": "https://a.example/"}]}
    )
    typed = ["https://b.example", "https://a.example", "https://page.example/verifier"]
    assert servers(listed=listed, typed=typed) == [
        "https://page.example/verifier",
        "https://a.example",
        "https://b.example",
    ]


@pytest.mark.parametrize(
    "listed",
    [
        None,
        "",
        "{",
        "[]",
        '{"resolvers": 1}',
        '{"resolvers": []}',
        '{"resolvers": [{"name": "x"}]}',
        '{"resolvers": [{"name": "x", "base_url": 1}]}',
        '{"here": "yes", "resolvers": []}',
    ],
)
def test_without_a_list_the_core_decides(listed: str | None) -> None:
    """A list that is missing or spoilt leaves the servers that pithcore names."""
    assert servers(listed=listed) == [one.base_url for one in pithcore.RESOLVERS]


def test_a_limit_on_servers() -> None:
    """However many are typed, no more are asked than the limit says."""
    typed = [f"https://{at}.example" for at in range(100)]
    assert len(servers(typed=typed)) == verify.MAX_SERVERS
