"""Levels: what a proof shows, in words, and that only the last two of them pass."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stamps import (
    CALENDARS,
    DIGEST,
    FORKED,
    SHA,
    attested,
    block,
    chain,
    checkpoint,
    fresh,
    hash_of,
    mine,
    pending,
    stamp,
    unknown,
)

from pithcore import Outcome
from pithcore.timestamp import (
    Assessment,
    Checkpoint,
    Checkpoints,
    ExplorerAnswer,
    Kind,
    Level,
    assess,
    mainnet_checkpoints,
    parse,
    parse_response,
    serialize,
    split_headers,
)
from pithcore.timestamp.assessment import MAX_LISTED
from pithcore.timestamp.bitcoin import HIGHEST_BLOCK
from pithcore.timestamp.headers import display
from pithcore.timestamp.proof import KECCAK256, MAGIC
from pithcore.timestamp.wording import counted, day_of, hashes, named, written

ROOT = hashlib.sha256(DIGEST).digest()
HEADERS = chain(2016, [ROOT if height == 3 else bytes([height]) * 32 for height in range(12)])
TABLE = checkpoint(2027, HEADERS[2027])
PROOF = serialize(stamp(SHA, block(2019)))
"""A proof into block 2019 of the chain."""

OTHER = mine(hash_of(HEADERS[2018]), b"\x99" * 32)
"""A header that could stand at 2019, of another block."""


def judged(proof: bytes = PROOF, **options: Any) -> Assessment:
    """The assessment of a proof over `DIGEST`, with the chain's checkpoint."""
    return assess(proof, DIGEST, **{"checkpoints": TABLE, **options})


def answers(*headers: bytes | None) -> list[ExplorerAnswer]:
    """Answers about block 2019 by as many explorers, called a, b, c and so on."""
    return [ExplorerAnswer("abcdefgh"[i], 2019, header) for i, header in enumerate(headers)]


def test_only_a_link_and_explorers_pass() -> None:
    """The outcome of each level, all of them."""
    assert {level: level.outcome for level in Level} == {
        Level.MALFORMED: Outcome.FAILED,
        Level.OTHER_BYTES: Outcome.FAILED,
        Level.HEADER_REFUSED: Outcome.FAILED,
        Level.CONTRADICTED: Outcome.FAILED,
        Level.UNSUPPORTED: Outcome.UNCHECKED,
        Level.PROMISED: Outcome.UNCHECKED,
        Level.COMMITS: Outcome.UNCHECKED,
        Level.HEADER_MATCHES: Outcome.UNCHECKED,
        Level.REPORTED: Outcome.PASSED,
        Level.LINKED: Outcome.PASSED,
    }


# Before any block


def test_what_is_no_proof_is_malformed() -> None:
    """The sentence has the reason; a newer version is unsupported instead."""
    found = judged(PROOF + b"\x00")
    assert (found.level, found.outcome) == (Level.MALFORMED, Outcome.FAILED)
    assert "bytes follow" in found.sentence
    assert judged(MAGIC + b"\x02").level is Level.UNSUPPORTED
    assert judged(b"").level is Level.MALFORMED


def test_a_proof_for_other_bytes_is_said_to_be() -> None:
    """Both digests are shown, and nothing of the proof is followed."""
    found = assess(PROOF, ROOT, headers=HEADERS, checkpoints=TABLE)
    assert (found.level, found.no_later_than, found.attestations) == (Level.OTHER_BYTES, None, ())
    assert DIGEST.hex() in found.sentence
    assert ROOT.hex() in found.sentence


def test_a_proof_of_another_hash_cannot_be_held_against_this_one() -> None:
    """Equal bytes of another hash would be no match, so nothing is claimed either way."""
    keccak = serialize(stamp(block(2019), hash_name="keccak256"))
    assert judged(keccak).level is Level.UNSUPPORTED
    assert "keccak256" in judged(keccak).sentence
    assert judged(keccak, hash_name="keccak256").level is Level.COMMITS


def test_calendars_promise() -> None:
    """All calendars are named, once each, and that no time is proven yet."""
    found = judged(serialize(fresh()))
    assert (found.level, found.no_later_than) == (Level.PROMISED, None)
    first, second, third = CALENDARS
    assert f"Promised by calendars {first}, {second} and {third}. No time" in found.sentence
    assert [one.level for one in found.attestations] == [Level.PROMISED] * 3
    twice = stamp(FORKED, pending(first), pending(first))
    assert f"Promised by calendar {first}. No time" in judged(serialize(twice)).sentence
    assert "without an address" in judged(serialize(stamp(pending("")))).sentence


def test_a_calendars_response_is_assessed_like_a_proof() -> None:
    """What `parse_response` made needs no magic and no name of a hash."""
    bare = PROOF[len(MAGIC) + 2 + 32 :]
    found = assess(parse_response(bare, DIGEST), DIGEST, headers=HEADERS, checkpoints=TABLE)
    assert found.level is Level.LINKED


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([block(7, Kind.LITECOIN)], "Litecoin block 7"),
        ([block(7, Kind.ETHEREUM)], "Ethereum block 7"),
        ([unknown(b"", b"somebody")], "unknown here (tag 736f6d65626f6479)"),
        ([(KECCAK256, b""), block(2019)], "through keccak256"),
    ],
)
def test_what_is_not_checked_here_is_named(steps: list[Any], words: str) -> None:
    """Other chains, strangers and keccak256 are kept, named, and never counted."""
    found = judged(serialize(stamp(*steps)), headers=HEADERS)
    assert (found.level, found.outcome) == (Level.UNSUPPORTED, Outcome.UNCHECKED)
    assert words in found.sentence


# One block


def test_without_a_header_a_proof_only_commits() -> None:
    """Merkle root and block are named, and no time."""
    found = judged()
    assert (found.level, found.no_later_than) == (Level.COMMITS, None)
    assert f"merkle root {display(ROOT)} of Bitcoin block 2019" in found.sentence
    assert "no time is proven" in found.sentence
    twice = judged(serialize(stamp(FORKED, SHA, block(2019), SHA, block(2019))))
    assert [one.level for one in twice.attestations] == [Level.COMMITS] * 2


def test_linked_headers_prove_the_day() -> None:
    """The sentence has day, block and checkpoint; the second of the block is nowhere."""
    found = judged(headers=HEADERS)
    assert (found.level, found.outcome) == (Level.LINKED, Outcome.PASSED)
    assert found.sentence == (
        "Existed no later than 15 November 2023, block 2019: linked by 9 headers to the "
        "checkpoint at block 2027."
    )
    assert found.no_later_than == date(2023, 11, 15)
    assert found.evidence["block_hash"] == display(hash_of(HEADERS[2019]))
    assert not any(str(1_700_001_800) in str(value) for value in found.evidence.values())
    json.dumps(found.evidence)


def test_a_header_that_matches_is_not_enough() -> None:
    """What forging would cost is said, for one header and for a run of them."""
    found = judged(headers={2019: HEADERS[2019]})
    assert (found.level, found.no_later_than) == (Level.HEADER_MATCHES, None)
    assert "not linked to the chain" in found.sentence
    assert "to forge it takes about 2 hash computations" in found.sentence
    short = {height: raw for height, raw in HEADERS.items() if height < 2025}
    sentence = judged(headers=short).sentence
    assert "to forge it and the 5 that follow takes about 12 hash computations" in sentence


def test_a_header_with_another_root_contradicts_the_proof() -> None:
    """Both roots are shown, be the header linked or not."""
    for headers in (HEADERS, {2019: HEADERS[2019]}):
        found = judged(serialize(stamp(SHA, SHA, block(2019))), headers=headers)
        assert (found.level, found.outcome) == (Level.CONTRADICTED, Outcome.FAILED)
        assert display(ROOT) in found.sentence
        assert "That block does not hold it." in found.sentence


def test_a_header_that_is_not_the_chains_fails() -> None:
    """The reason is that of the first header that does not hold; it is looked for once."""
    found = judged(headers={**HEADERS, 2022: OTHER})
    assert (found.level, found.outcome) == (Level.HEADER_REFUSED, Outcome.FAILED)
    assert "block 2022 does not name the block before it" in found.sentence
    twice = judged(
        serialize(stamp(FORKED, SHA, block(2019), SHA, block(2019))), headers={2019: b""}
    )
    assert [one.level for one in twice.attestations] == [Level.HEADER_REFUSED] * 2


def test_a_message_that_cannot_be_a_merkle_root_contradicts() -> None:
    """A merkle root has 32 bytes."""
    found = judged(serialize(stamp((0x02, b""), block(2019))), headers=HEADERS)
    assert (found.level, found.outcome) == (Level.CONTRADICTED, Outcome.FAILED)
    assert "a message of 20 bytes" in found.sentence


def test_a_block_of_the_next_century_contradicts() -> None:
    """The highest block that is taken seriously, and one more."""
    assert judged(serialize(stamp(block(HIGHEST_BLOCK)))).level is Level.COMMITS
    found = judged(serialize(stamp(block(HIGHEST_BLOCK + 1))))
    assert found.level is Level.CONTRADICTED
    assert "will not reach in this century" in found.sentence


def test_beyond_the_checkpoints_a_header_shows_nothing() -> None:
    """A header whose required work is unknown neither passes nor fails, and that is said."""
    table = Checkpoints.of([Checkpoint(2015, None, 0x1D00FFFF)])
    found = judged(headers=HEADERS, checkpoints=table)
    assert found.level is Level.COMMITS
    assert "checkpoints used here do not reach that block" in found.sentence
    assert "reach" not in judged(checkpoints=table).sentence


# Explorers


def test_explorers_that_agree_pass() -> None:
    """k of n, with those that gave nothing counted in n, and an explorer counted once."""
    header = HEADERS[2019]
    found = judged(explorers=answers(header, None, header))
    assert (found.level, found.outcome) == (Level.REPORTED, Outcome.PASSED)
    assert found.sentence == (
        "Existed no later than 15 November 2023, block 2019: 2 of 3 explorers report this header."
    )
    assert found.evidence["explorers_agree"] == ["a", "c"]
    assert found.evidence["explorers_asked"] == ["a", "b", "c"]
    one = [*answers(header), *answers(header), ExplorerAnswer("z", 2018, HEADERS[2018])]
    assert "1 of 1 explorer reports this header" in judged(explorers=one).sentence


def test_explorers_and_a_matching_header_pass_together() -> None:
    """A header given without a link, and the same from explorers."""
    found = judged(headers={2019: HEADERS[2019]}, explorers=answers(HEADERS[2019]))
    assert found.level is Level.REPORTED


def test_explorers_that_disagree_do_not_pass() -> None:
    """One explorer that says otherwise is enough, and the sides are shown."""
    found = judged(explorers=answers(HEADERS[2019], OTHER, HEADERS[2019]))
    assert (found.level, found.no_later_than) == (Level.COMMITS, None)
    assert "disagree about that block: explorers a and c and explorer b" in found.sentence


def test_explorers_against_a_header_that_was_given_do_not_pass() -> None:
    """Nor does the header win: it stays unlinked. With a link it does."""
    given_other = judged(headers={2019: HEADERS[2019]}, explorers=answers(OTHER))
    assert given_other.level is Level.HEADER_MATCHES
    assert "Explorers report another header for that block than was given" in given_other.sentence
    assert judged(headers=HEADERS, explorers=answers(OTHER)).level is Level.LINKED


def test_an_explorers_forged_header_does_not_pass() -> None:
    """A header without the required work is named as such, with the explorer's name."""
    found = judged(explorers=answers(HEADERS[2019], HEADERS[2019][:-1]))
    assert found.level is Level.COMMITS
    assert "From b: The header given for block 2019 has 79 bytes" in found.sentence


def test_explorers_can_contradict_a_proof() -> None:
    """When all report a header with another root, the proof fails."""
    found = judged(explorers=answers(OTHER, OTHER))
    assert (found.level, found.outcome) == (Level.CONTRADICTED, Outcome.FAILED)
    assert f"2 of 2 explorers report a header with {'99' * 32}" in found.sentence


def test_explorers_that_say_nothing_are_counted() -> None:
    """Nobody answered: the level stays, and it is said."""
    found = judged(explorers=answers(None, None))
    assert found.level is Level.COMMITS
    assert "None of 2 explorers asked gave a header" in found.sentence


def test_explorers_beyond_the_checkpoints() -> None:
    """They pass on their word, and that the work could not be judged is said."""
    block_0 = bytes.fromhex(
        "01000000000000000000000000000000000000000000000000000000000000000000000"
        "03ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
    )
    digest = block_0[36:68]
    found = assess(
        stamp(block(0), digest=digest),
        digest,
        checkpoints=Checkpoints.of([]),
        explorers=[ExplorerAnswer("a", 0, block_0)],
    )
    assert found.level is Level.REPORTED
    assert "Existed no later than 3 January 2009, block 0" in found.sentence
    assert "do not reach that block" in found.sentence


# Several attestations


def test_the_best_attestation_speaks_for_the_proof() -> None:
    """Promised, committed and linked: the link, and of two links the earlier block."""
    later = FORKED, SHA, block(2021)
    headers = chain(2016, [ROOT] * 12)
    table = checkpoint(2027, headers[2027])
    proof = stamp(FORKED, pending(CALENDARS[0]), *later, FORKED, SHA, block(2019), SHA, block(2020))
    found = judged(serialize(proof), headers=headers, checkpoints=table)
    assert found.level is Level.LINKED
    assert "block 2019:" in found.sentence
    assert [one.level for one in found.attestations] == [Level.PROMISED, *[Level.LINKED] * 3]
    assert [one.attestation.height for one in found.attestations] == [None, 2021, 2019, 2020]
    assert found.evidence["attestation_count"] == 4


def test_one_branch_that_fails_fails_the_proof() -> None:
    """A false branch beside a true one is not hidden, and neither is the true one."""
    proof = serialize(stamp(FORKED, SHA, block(2019), SHA, block(2020)))
    found = judged(proof, headers=HEADERS)
    assert (found.level, found.no_later_than) == (Level.CONTRADICTED, None)
    assert "Bitcoin block 2020" in found.sentence
    assert "Another branch of the proof holds: Existed no later than" in found.sentence
    assert "Another branch" not in judged(proof, headers={2020: HEADERS[2020]}).sentence


def test_many_attestations_are_cut_in_the_evidence() -> None:
    """The evidence lists some and says how many there are; the findings are all there."""
    steps: list[Any] = []
    for index in range(50):
        steps += [FORKED, pending(f"https://{index}.example")]
    found = judged(serialize(stamp(*steps, block(2019))))
    listed = found.evidence["attestations"]
    assert isinstance(listed, list)
    assert len(listed) == MAX_LISTED
    assert found.evidence["attestation_count"] == len(found.attestations) == 51
    only_promises = judged(serialize(stamp(*steps, pending("https://x.example"))))
    assert only_promises.sentence.startswith("Promised by calendars https://0.example, ")
    assert "https://4.example and 46 more." in only_promises.sentence


# Shared vectors


@pytest.fixture(scope="module")
def headers(vectors: Path) -> dict[int, bytes]:
    """Nine real headers."""
    rows = json.loads((vectors / "ots/headers/mainnet_headers.json").read_text())
    return {int(height): bytes.fromhex(row["header"]) for height, row in rows.items()}


def test_shared_proofs_reach_their_levels(vectors: Path, headers: dict[int, bytes]) -> None:
    """Every shared proof, with the real headers and the package's own checkpoints."""
    rows = json.loads((vectors / "ots/expected.json").read_text())
    own = {
        "semantic/bitcoin-message-20-bytes.ots": Level.CONTRADICTED,
        "semantic/future-height.ots": Level.CONTRADICTED,
        "semantic/hello-world-digest-changed.ots": Level.CONTRADICTED,
        "semantic/litecoin.ots": Level.UNSUPPORTED,
        "valid/unknown-notary.txt.ots": Level.UNSUPPORTED,
        "malformed/file-hash-keccak256.ots": Level.UNSUPPORTED,
        "malformed/upstream-bad-major-version.ots": Level.UNSUPPORTED,
        "malformed/version-2.ots": Level.UNSUPPORTED,
    }
    for name, row in rows.items():
        data = (vectors / "ots" / name).read_bytes()
        digest = bytes.fromhex(row.get("digest", "00" * 32))
        found = assess(data, digest, hash_name=row.get("hash", "sha256"), headers=headers)
        blocks = [a for a in row.get("attestations", ()) if a["kind"] == "bitcoin"]
        if row["expect"] == "malformed":
            wanted = Level.MALFORMED
        elif any(a.get("header_matches") for a in blocks):
            wanted = Level.HEADER_MATCHES
        elif any(a.get("header_matches") is False for a in blocks):
            wanted = Level.CONTRADICTED
        else:
            wanted = Level.COMMITS if blocks else Level.PROMISED
        assert found.level is own.get(name, wanted), name
        assert found.outcome is not Outcome.PASSED


def test_hello_world_ends_linked_to_its_block(vectors: Path, headers: dict[int, bytes]) -> None:
    """With its header it matches; with a checkpoint for that block as well it is linked."""
    data = (vectors / "ots/valid/hello-world.txt.ots").read_bytes()
    digest = hashlib.sha256((vectors / "ots/valid/hello-world.txt").read_bytes()).digest()
    found = assess(data, digest, headers=headers)
    assert found.level is Level.HEADER_MATCHES
    assert "no later than 28 May 2015" in found.sentence
    assert "to forge it takes about 2.1 × 10^20 hash computations" in found.sentence
    line = Checkpoint(358391, hash_of(headers[358391]), 0x181686F5)
    lines = sorted([*mainnet_checkpoints().lines, line], key=lambda one: one.height)
    found = assess(data, digest, headers=headers, checkpoints=Checkpoints.of(lines))
    assert found.level is Level.LINKED
    assert found.sentence.startswith("Existed no later than 28 May 2015, block 358391: ")
    assert assess(data, digest).level is Level.COMMITS
    asked = [ExplorerAnswer("a", 358391, headers[358391]), ExplorerAnswer("b", 358391, None)]
    assert assess(data, digest, explorers=asked).level is Level.REPORTED


def test_bad_stamp_fails_with_the_real_header_and_with_every_forged_one(
    vectors: Path, headers: dict[int, bytes]
) -> None:
    """The real block does not hold it; three forgeries of the block fail in words of their own."""
    data = (vectors / "ots/valid/bad-stamp.txt.ots").read_bytes()
    digest = parse(data).digest
    found = assess(data, digest, headers=headers)
    assert (found.level, found.outcome) == (Level.CONTRADICTED, Outcome.FAILED)
    forged = json.loads((vectors / "ots/headers/forged_headers.json").read_text())
    sentences = set()
    for row in forged.values():
        raw = bytes.fromhex(row["header"])
        found = assess(data, digest, headers={358391: raw})
        assert (found.level, found.outcome) == (Level.HEADER_REFUSED, Outcome.FAILED)
        sentences.add(found.sentence)
        told = assess(data, digest, explorers=[ExplorerAnswer("a", 358391, raw)])
        assert told.outcome is Outcome.UNCHECKED
    assert len(sentences) == len(forged) == 3


def test_the_shared_chain_links_its_proof(vectors: Path) -> None:
    """The proof into the synthetic chain, with its headers and its checkpoint."""
    folder = vectors / "ots/synthetic"
    facts = json.loads((folder / "chain.json").read_text())
    data = (folder / "chain.txt.ots").read_bytes()
    digest = hashlib.sha256((folder / "chain.txt").read_bytes()).digest()
    known = bytes.fromhex(facts["checkpoint_hash"])[::-1]
    table = Checkpoints.of([Checkpoint(facts["checkpoint_height"], known, int(facts["bits"], 16))])
    levels = {}
    for name in ("chain", "chain.broken-link", "chain.no-work"):
        raw = split_headers((folder / f"{name}.headers").read_bytes(), facts["first_height"])
        levels[name] = assess(data, digest, headers=raw, checkpoints=table).level
    assert levels == {
        "chain": Level.LINKED,
        "chain.broken-link": Level.HEADER_REFUSED,
        "chain.no-work": Level.HEADER_REFUSED,
    }


# Words, and anything at all


def test_words() -> None:
    """Days with the margin of a block's time, and numbers a reader can read."""
    assert written(day_of(1_432_827_678)) == "28 May 2015"
    assert written(day_of(1_432_857_600 - 7201)) == "28 May 2015"
    assert written(day_of(1_432_857_600 - 7200)) == "29 May 2015"
    assert written(day_of(2**32 - 1)) == "7 February 2106"
    assert [hashes(n) for n in (2, 65_537, 999_999, 1_000_000)] == [
        "2",
        "65,537",
        "999,999",
        "1.0 × 10^6",
    ]
    assert (counted(1, "header"), counted(2, "header")) == ("1 header", "2 headers")
    assert named(["a"], "side") == "side a"
    assert named(["a", "b", "a"], "side") == "sides a and b"
    assert named("abcdefg", "side") == "sides a, b, c, d, e and 2 more"


def test_a_digest_is_bytes() -> None:
    """Hex text is a mistake of the program."""
    with pytest.raises(TypeError, match="digest must be bytes, not str"):
        assess(PROOF, DIGEST.hex())  # type: ignore[arg-type]


@given(
    st.binary(max_size=120),
    st.dictionaries(st.integers(2017, 2030), st.binary(max_size=81) | st.just(OTHER), max_size=5),
    st.lists(st.binary(max_size=81) | st.none() | st.just(HEADERS[2019]), max_size=4),
)
def test_nothing_in_the_input_raises(
    tail: bytes, given_headers: dict[int, bytes], told: list[bytes | None]
) -> None:
    """Any bytes for proof, headers and explorers' answers end in a level, and none is linked."""
    options = {"headers": given_headers, "explorers": answers(*told)}
    for proof in (PROOF, PROOF[:65] + tail, tail, serialize(attested((2019, 2020)))):
        found = judged(proof, **options)
        assert found.level is not Level.LINKED
        assert found.sentence
