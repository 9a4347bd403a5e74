"""Calendars' answers become proofs, in step with python-opentimestamps."""

from __future__ import annotations

import hashlib
import io
import random

import pytest
from opentimestamps.core.serialize import StreamDeserializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile
from stamps import DIGEST, FORKED, SHA, block, path, pending, stamp, unknown

from pithcore.errors import TimestampError
from pithcore.timestamp import DetachedTimestamp, evaluate, parse, serialize
from pithcore.timestamp.calendar import (
    CALENDARS,
    Pending,
    digest_address,
    is_complete,
    salted,
    stamped,
    upgraded,
)
from pithcore.timestamp.calendar import pending as promises
from pithcore.timestamp.proof import APPEND, MAX_DEPTH, Step

NONCE = bytes(range(16))
URIS = ("https://alice.example", "https://bob.example/", "https://carol.example")


def response(*steps: Step) -> bytes:
    """What a calendar answers: steps without a beginning."""
    return serialize(DetachedTimestamp(None, b"?", steps))


def promise(index: int) -> bytes:
    """The answer of one calendar to a digest."""
    return response(*path(index, 2), pending(URIS[index]))


def theirs(proof: DetachedTimestamp) -> set[tuple[bytes, str]]:
    """(message, attestation) of a proof, as python-opentimestamps reads it."""
    stream = StreamDeserializationContext(io.BytesIO(serialize(proof)))
    read = DetachedTimestampFile.deserialize(stream)
    assert read.file_digest == proof.digest
    return {(message, repr(one)) for message, one in read.timestamp.all_attestations()}


def messages(proof: DetachedTimestamp) -> list[bytes | None]:
    """The message of each attestation."""
    return [message for _, message in evaluate(proof)]


def test_what_is_sent_hides_the_digest() -> None:
    """A nonce is hashed in, and the proof starts with it."""
    assert salted(DIGEST, NONCE) == hashlib.sha256(DIGEST + NONCE).digest()
    proof = stamped(DIGEST, NONCE, [response(pending(URIS[0]))])
    assert proof.steps[:2] == ((APPEND, NONCE), SHA)
    assert messages(proof) == [salted(DIGEST, NONCE)]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_several_promises_make_one_proof(count: int) -> None:
    """Each calendar's branch is there, and python-opentimestamps finds the same messages."""
    proof = stamped(DIGEST, NONCE, [promise(index) for index in range(count)])
    assert parse(serialize(proof)) == proof
    assert [one.uri for one in promises(proof)] == list(URIS[:count])
    assert {message for message, _ in theirs(proof)} == set(messages(proof))
    assert not is_complete(proof)
    assert stamped(DIGEST, NONCE, [promise(index) for index in (*range(count), 0)]) == proof


def test_an_answer_with_branches_of_its_own() -> None:
    """No two forks in a row, which no reader takes."""
    forked = response(
        FORKED,
        *path(5, 1),
        FORKED,
        SHA,
        pending(URIS[0]),
        pending(URIS[1]),
        *path(6, 1),
        pending(URIS[2]),
    )
    for answers in ([forked, promise(0)], [promise(0), forked], [forked, forked]):
        proof = stamped(DIGEST, NONCE, answers)
        assert len(theirs(proof)) == len(set(map(tuple, evaluate(proof))))


def test_no_answer() -> None:
    """Nothing to make a proof of."""
    with pytest.raises(TimestampError, match="No calendar answered"):
        stamped(DIGEST, NONCE, [])


@pytest.mark.parametrize("answer", [b"", b"\xff", promise(0)[:-1], promise(0) + b"x"])
def test_an_answer_that_cannot_be_read(answer: bytes) -> None:
    """A sentence, and no proof."""
    with pytest.raises(TimestampError):
        stamped(DIGEST, NONCE, [answer])


def test_addresses() -> None:
    """With and without a slash at the end of a calendar's own."""
    assert digest_address("https://a.example/") == "https://a.example/digest"
    one = Pending("https://bob.example/", b"\1\2")
    assert one.address == "https://bob.example/timestamp/0102"
    assert len(CALENDARS) == 3


@pytest.mark.parametrize("index", [0, 1, 2])
def test_an_upgrade(index: int) -> None:
    """The rest of a branch is added where its promise stands, and the promise stays."""
    proof = stamped(DIGEST, NONCE, [promise(one) for one in range(3)])
    one = promises(proof)[index]
    answer = response(*path(9, 3), block(358_391))
    full = upgraded(proof, one, answer)
    assert is_complete(full)
    assert parse(serialize(full)) == full
    assert set(messages(proof)) < set(messages(full))
    assert len(full.attestations) == 4
    (expected,) = (m for a, m in evaluate(full) if a.height == 358_391)
    branch = DetachedTimestamp(None, one.commitment, (*path(9, 3), block(1)))
    assert [expected] == messages(branch)
    assert {message for message, _ in theirs(full)} == set(messages(full))
    assert upgraded(full, one, answer) == full


def test_an_upgrade_with_several_branches() -> None:
    """Two blocks at once, and a second upgrade beside the first."""
    proof = stamped(DIGEST, NONCE, [promise(0), promise(1)])
    first, second = promises(proof)
    answer = response(FORKED, *path(1, 1), block(7), *path(2, 1), block(8))
    full = upgraded(upgraded(proof, first, answer), second, answer)
    assert sorted(one.height for one in full.attestations if one.height) == [7, 7, 8, 8]
    assert {message for message, _ in theirs(full)} == set(messages(full))


def test_any_upgrades_in_any_order() -> None:
    """Seeded: whatever calendars answer, both readers find the same messages."""
    chosen = random.Random(358_391)
    ends = [*map(block, range(9)), unknown(), pending(URIS[0])]
    for _ in range(100):
        proof = stamped(DIGEST, NONCE, [promise(one) for one in range(chosen.randint(1, 3))])
        for _ in range(3):
            steps: list[Step] = []
            for branch in range(chosen.randint(1, 3)):
                fork = [FORKED] if steps else []
                own = path(branch, chosen.randrange(3))
                steps = [*fork, *own, chosen.choice(ends), *steps]
            answer, one = response(*steps), chosen.choice(promises(proof))
            proof = upgraded(proof, one, answer)
            assert upgraded(proof, one, answer) == proof
            alone = DetachedTimestamp(None, one.commitment, tuple(steps))
            assert set(evaluate(alone)) <= set(evaluate(proof))
        assert {message for message, _ in theirs(proof)} == set(messages(proof))


def test_a_promise_that_the_proof_does_not_make() -> None:
    """Another calendar's, or another message."""
    proof = stamped(DIGEST, NONCE, [promise(0)])
    (one,) = promises(proof)
    for other in (one._replace(uri="https://x.example"), one._replace(commitment=b"x")):
        with pytest.raises(TimestampError, match="holds no such promise of the calendar"):
            upgraded(proof, other, response(block(1)))


def test_a_proof_grows_within_the_limits() -> None:
    """What no reader would take is not made."""
    proof = stamped(DIGEST, NONCE, [response(*[SHA] * (MAX_DEPTH - 2), pending(URIS[0]))])
    with pytest.raises(TimestampError, match="more than 255 operations"):
        upgraded(proof, promises(proof)[0], response(SHA, block(1)))


def test_a_promise_behind_what_is_not_computed() -> None:
    """Behind keccak256 there is no message to ask about."""
    assert promises(stamp((0x67, b""), pending(URIS[0]))) == []
