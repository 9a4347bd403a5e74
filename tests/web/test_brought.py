"""What a reader brings, as the core takes it: where headers start, and what replaces what."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from documents import SEED, as_bytes, bundle

import verify
from pithcore.errors import TimestampError
from pithcore.timestamp import format_checkpoints, serialize

sys.path.append(str(Path(__file__).resolve().parents[1] / "pithcore"))

from claims import claim, stamped
from stamps import SHA, block, chain, checkpoint, stamp

from brought import material_of

DIGEST = bytes.fromhex(SEED["canonical_sha256"])
LOW = 700_001
PROOF = serialize(stamp(SHA, block(LOW), digest=DIGEST))
PLAIN = as_bytes({**bundle(SEED), "events": []})
NOW = "2026-11-27T09:00:00Z"


def given(kind: str, data: bytes, name: str = "a file") -> dict[str, Any]:
    return {"kind": kind, "name": name, "bytes": data}


def test_files_reach_the_core_as_they_are() -> None:
    """The last of each kind; where headers start, the core tells by the proof."""
    raw = b"".join(chain(LOW, [bytes(32), bytes(32)]).values())
    files = [given("headers", raw[:80]), given("headers", raw), given("proof", PROOF)]
    found = material_of(PLAIN, files, {}, NOW)
    assert (found.timestamp, found.headers) == (PROOF, raw)
    assert material_of(PLAIN, [], {}, NOW).headers == {}


def test_headers_for_a_proof_in_an_event() -> None:
    """The document's own proofs name blocks too."""
    document = as_bytes({**bundle(SEED), "events": [stamped(PROOF)]})
    raw = b"".join(chain(LOW, [bytes(32)]).values())
    assert material_of(document, [given("headers", raw)], {}, NOW).headers == raw


def test_a_file_that_cannot_be_used_is_named() -> None:
    """Each error names the file."""
    for files, words in (
        ([given("headers", bytes(80), "h")], "h cannot be used. There is no timestamp proof"),
        ([given("proof", PROOF), given("headers", bytes(81), "h")], "h cannot be used. A file"),
        ([given("checkpoints", b"?", "c")], "c cannot be used. A file of checkpoints"),
    ):
        with pytest.raises(TimestampError) as caught:
            material_of(PLAIN, files, {}, NOW)
        assert words in str(caught.value)


def test_answers_become_material() -> None:
    """What explorers and ORCID answered, and the clock, reach the core as they are."""
    answers = {
        "explorers": [
            {"explorer": "a", "height": LOW, "header": "ab" * 80},
            {"explorer": "b", "height": LOW, "header": None},
        ],
        "orcid": [{"orcid": "0000", "did_keys": ["did:key:z"], "read_on": "2026-11-27"}],
    }
    table = format_checkpoints(checkpoint(LOW, next(iter(chain(LOW, [bytes(32)]).values()))))
    found = material_of(PLAIN, [given("checkpoints", table)], answers, NOW)
    assert [tuple(one) for one in found.explorers] == [
        ("a", LOW, bytes.fromhex("ab" * 80)),
        ("b", LOW, None),
    ]
    assert [tuple(one) for one in found.orcid] == [("0000", ("did:key:z",), "2026-11-27")]
    assert found.checkpoints is not None
    assert found.checkpoints.heights == (LOW,)
    assert (found.timestamp, found.now) == (None, NOW)


def test_a_capture_still_to_come_needs_the_readers_clock() -> None:
    """The clock goes to the checks also when nothing was brought."""
    document = as_bytes({**bundle(SEED), "events": [claim("archive_capture")]})
    request = dict.fromkeys(("source", "expect", "title", "abstract", "key_id", "key"))
    outcomes = []
    for now in ("2026-05-18T00:00:00Z", NOW):
        wish = json.dumps({**request, "opinions": [], "now": now})
        report = json.loads(verify.check(document, wish, lambda _: None))["answer"]
        outcomes += [c["outcome"] for c in report["checks"] if c["id"] == "completeness.archive"]
    assert outcomes == ["failed", "unchecked"]


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0098", "../x"])
def test_no_address_for_what_is_no_orcid_id(orcid: str) -> None:
    """Whatever an event states, nobody else's address is asked."""
    assert "refused" in json.loads(verify.orcid_address(orcid))
    assert json.loads(verify.orcid_address("0000-0002-1825-0097"))["answer"].endswith(
        "/0000-0002-1825-0097/researcher-urls"
    )
