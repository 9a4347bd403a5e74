"""Calendars, which stamp a digest: what is sent to them, and what becomes of their answers.

1. A nonce is hashed in first (`salted`), so that a calendar learns nothing of the digest.
2. `POST /digest` with the 32 bytes answers with a promise: `stamped` joins several to a proof.
3. Some hours later `GET /timestamp/COMMITMENT` answers with the rest: `upgraded` adds it.

Nothing is fetched here. Source: python-opentimestamps 0.4.5 (`calendar.py`), opentimestamps-client.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from pithcore.errors import TimestampError
from pithcore.timestamp.evaluation import evaluate
from pithcore.timestamp.proof import (
    APPEND,
    FORK,
    SHA256,
    Attestation,
    DetachedTimestamp,
    Kind,
    Operation,
    Step,
    parse,
    parse_response,
    serialize,
)
from pithcore.typed import NamedTuple

CALENDARS = (
    "https://alice.btc.calendar.opentimestamps.org",
    "https://bob.btc.calendar.opentimestamps.org",
    "https://finney.calendar.eternitywall.com",
)
"""Three public calendars, which reference clients ask too and the registry's pages name as many."""

ACCEPT = "application/vnd.opentimestamps.v1"
"""The kind of document that a calendar answers with."""

NONCE_BYTES = 16
"""As in the reference client: as hard to guess as a key of 128 bits."""

MAX_RESPONSE = 10_000
"""Bytes of a calendar's answer that are read, as in python-opentimestamps."""

_FORKED: Operation = (FORK, b"")


class Pending(NamedTuple):
    """A promise in a proof: who made it, and the message that it is about (1 to 4096 bytes)."""

    uri: str
    commitment: bytes

    @property
    def address(self) -> str:
        """Where the calendar tells what became of it."""
        return f"{self.uri.rstrip('/')}/timestamp/{self.commitment.hex()}"


def digest_address(calendar: str) -> str:
    """Where a calendar takes digests."""
    return f"{calendar.rstrip('/')}/digest"


def salted(digest: bytes, nonce: bytes) -> bytes:
    """The 32 bytes that are sent to calendars for a digest (32 bytes) and a nonce (16 bytes)."""
    return hashlib.sha256(digest + nonce).digest()


def stamped(digest: bytes, nonce: bytes, responses: Iterable[bytes]) -> DetachedTimestamp:
    """A proof for a SHA-256 digest from calendars' answers to `salted(digest, nonce)`.

    Raises `TimestampError` for an answer that cannot be read, and when there is none.
    """
    message = salted(digest, nonce)
    answers = _Node([], {})
    for response in responses:
        _merge(answers, _tree(parse_response(response, message).steps))
    if not (answers.attestations or answers.branches):
        raise TimestampError("No calendar answered, so there is nothing to make a proof of.")
    steps = ((APPEND, nonce), (SHA256, b""), *_steps(answers))
    return _checked(DetachedTimestamp("sha256", digest, steps))


def pending(proof: DetachedTimestamp) -> list[Pending]:
    """Each promise of a proof, in order, whether it was kept in the meantime or not."""
    return [
        Pending(attestation.uri or "", message)
        for attestation, message in evaluate(proof)
        if attestation.kind is Kind.PENDING and message is not None
    ]


def is_complete(proof: DetachedTimestamp) -> bool:
    """True when a branch ends in a Bitcoin block, so that no calendar needs to be asked."""
    return bool(proof.heights)


def upgraded(proof: DetachedTimestamp, promise: Pending, response: bytes) -> DetachedTimestamp:
    """The proof with a calendar's answer about one of its promises, which stays in it.

    An answer that brings no attestation that is new leaves the proof as it is.
    Raises `TimestampError` for an answer that cannot be read, a proof that does not make the
    promise, and one that would grow beyond the limits of `parse`.
    """
    answer = parse_response(response, promise.commitment)
    results = evaluate(proof)
    known = set(results)
    if all(result in known for result in evaluate(answer)):
        return proof
    for path, (attestation, message) in zip(_paths(proof.steps), results, strict=True):
        if attestation.uri == promise.uri and message == promise.commitment:
            root = node = _tree(proof.steps)
            for operation in path:
                node = node.branches[operation]
            _merge(node, _tree(answer.steps))
            return _checked(proof._replace(steps=tuple(_steps(root))))
    raise TimestampError(f"The proof holds no such promise of the calendar {promise.uri}.")


class _Node(NamedTuple):
    """A message: who vouches for it, and the operations that lead on from it, each once.

    A reader may keep one branch of an operation, and python-opentimestamps does, so that of two
    branches that begin alike one would be lost: they are put together.
    """

    attestations: list[Attestation]
    branches: dict[Operation, _Node]


def _tree(steps: Iterable[Step]) -> _Node:
    """Steps in their serialized order as a tree."""
    return _read(iter(steps))


def _read(steps: Iterator[Step]) -> _Node:
    node = _Node([], {})
    while True:
        step = next(steps)
        is_last = step != _FORKED
        if not is_last:
            step = next(steps)
        if isinstance(step, Attestation):
            _merge(node, _Node([step], {}))
        else:
            _merge(node, _Node([], {step: _read(steps)}))
        if is_last:
            return node


def _merge(into: _Node, other: _Node) -> None:
    """Add what `other` has to a node for the same message."""
    for attestation in other.attestations:
        if attestation not in into.attestations:
            into.attestations.append(attestation)
    for operation, branch in other.branches.items():
        if operation in into.branches:
            _merge(into.branches[operation], branch)
        else:
            into.branches[operation] = branch


def _steps(node: _Node) -> list[Step]:
    """A tree in serialized order: a fork before each branch but the last."""
    branches: list[list[Step]] = [[one] for one in node.attestations]
    branches += [[operation, *_steps(branch)] for operation, branch in node.branches.items()]
    forked = [step for branch in branches[:-1] for step in (_FORKED, *branch)]
    return [*forked, *branches[-1]]


def _paths(steps: Iterable[Step]) -> Iterator[tuple[Operation, ...]]:
    """The operations that lead to each attestation, in their order."""
    waiting: list[tuple[Operation, ...]] = []
    path: tuple[Operation, ...] = ()
    for step in steps:
        if isinstance(step, Attestation):
            yield path
            path = waiting.pop() if waiting else ()
        elif step == _FORKED:
            waiting.append(path)
        else:
            path = (*path, step)


def _checked(proof: DetachedTimestamp) -> DetachedTimestamp:
    """The proof as `parse` reads it again, so that its limits hold."""
    return parse(serialize(proof))
