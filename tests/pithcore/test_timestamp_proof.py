"""Reading and evaluating OpenTimestamps proofs: strict, bounded, and written back the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stamps import DIGEST, FORKED, SHA, attested, block, fresh, number, pending, stamp, unknown

from pithcore import PithError
from pithcore.errors import TimestampError
from pithcore.timestamp import (
    Attestation,
    DetachedTimestamp,
    Kind,
    evaluate,
    parse,
    parse_response,
    ripemd160,
    serialize,
)
from pithcore.timestamp.proof import (
    APPEND,
    HEXLIFY,
    KECCAK256,
    MAGIC,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_HEIGHT,
    MAX_MESSAGE,
    MAX_PAYLOAD,
    MAX_RIPEMD160,
    MAX_URI,
    PREPEND,
    REVERSE,
    RIPEMD160,
    SHA1,
    TAGS,
    Step,
)

START = MAGIC + b"\x01\x08" + DIGEST
"""The head of a proof over `DIGEST`; steps follow."""


def refusal(data: bytes) -> TimestampError:
    """The error for bytes that are no proof."""
    with pytest.raises(TimestampError) as caught:
        parse(data)
    return caught.value


@pytest.fixture(scope="module")
def expected(vectors: Path) -> dict[str, dict[str, Any]]:
    """What the shared proofs must come out as."""
    rows: dict[str, dict[str, Any]] = json.loads((vectors / "ots" / "expected.json").read_text())
    return rows


def test_shared_proofs_are_read_or_refused_as_expected(
    vectors: Path, expected: dict[str, dict[str, Any]]
) -> None:
    """Each malformed proof is refused; the one of keccak256 is read, and it has no digest here."""
    for name, row in expected.items():
        data = (vectors / "ots" / name).read_bytes()
        if row["expect"] == "malformed" and "legal for the reference" not in row.get("note", ""):
            refusal(data)
        else:
            assert serialize(parse(data)) == data or "varuint" in name
    unsupported = parse((vectors / "ots/malformed/file-hash-keccak256.ots").read_bytes())
    assert unsupported.hash_name == "keccak256"


def test_shared_proofs_commit_to_what_is_expected(
    vectors: Path, expected: dict[str, dict[str, Any]]
) -> None:
    """Digest, kinds, messages, heights, addresses and merkle roots, in the proof's order."""
    for name, row in expected.items():
        if row["expect"] == "malformed":
            continue
        proof = parse((vectors / "ots" / name).read_bytes())
        assert (proof.hash_name, proof.digest.hex()) == (row["hash"], row["digest"]), name
        results = evaluate(proof)
        rows = row["attestations"]
        assert len(results) == len(rows), name
        for result, wanted in zip(results, rows, strict=True):
            attestation = result.attestation
            assert attestation.kind.value == wanted["kind"]
            assert attestation.height == wanted.get("height")
            assert attestation.uri == wanted.get("uri")
            if "keccak256" in row["expect"] and wanted["kind"] == "ethereum":
                assert (result.message, result.merkle_root) == (None, None)
                continue
            assert result.message is not None
            assert result.message.hex() == wanted["message"]
            assert "tag" not in wanted or attestation.tag.hex() == wanted["tag"]
            assert len(attestation.payload) == wanted.get("payload_bytes", len(attestation.payload))
            if "merkle_root" in wanted:
                assert result.merkle_root == wanted["merkle_root"]


def test_shared_files_have_the_digest_of_their_proofs(
    vectors: Path, expected: dict[str, dict[str, Any]]
) -> None:
    """The files that come with the proofs are the stamped ones; both of a SHA-1 collision are."""
    pairs = [(name, row["file"]) for name, row in expected.items() if row.get("file_matches")]
    assert len(pairs) > 10
    for name, file in [*pairs, ("valid/sha1-a-or-b.ots", "valid/sha1-b")]:
        proof = parse((vectors / "ots" / name).read_bytes())
        content = (vectors / "ots" / file).read_bytes()
        assert hashlib.new(str(proof.hash_name), content).digest() == proof.digest


def test_bare_responses_are_the_branches_of_the_whole_proof(vectors: Path) -> None:
    """Three calendars' responses, joined by forks behind the nonce, are the proof's steps."""
    folder = vectors / "ots" / "synthetic"
    whole = parse((folder / "three-calendars.json.ots").read_bytes())
    first = whole.steps.index(FORKED)
    message = evaluate(whole._replace(steps=(*whole.steps[:first], unknown())))[0].message
    assert message is not None
    responses = [
        parse_response((folder / f"three-calendars.response{index}.bin").read_bytes(), message)
        for index in (1, 2, 3)
    ]
    joined: list[Step] = list(whole.steps[:first])
    for index, response in enumerate(responses):
        assert (
            serialize(response)
            == (folder / f"three-calendars.response{index + 1}.bin").read_bytes()
        )
        joined += [*([FORKED] if index < 2 else []), *response.steps]
    assert tuple(joined) == whole.steps
    results = [evaluate(response)[0] for response in responses]
    assert results == evaluate(whole)


ARGUMENTS = st.binary(min_size=1, max_size=40)
OPERATIONS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.sampled_from((APPEND, PREPEND)), ARGUMENTS),
    st.sampled_from([(tag, b"") for tag in (SHA1, RIPEMD160, 0x08, KECCAK256, REVERSE)]),
)
ATTESTATIONS = st.one_of(
    st.builds(block, st.integers(0, MAX_HEIGHT), st.sampled_from(list(TAGS)[:3])),
    st.builds(pending, st.text("abc:/.-_", max_size=30)),
    st.builds(unknown, st.binary(max_size=30)),
)


@st.composite
def branches(draw: st.DrawFn, depth: int) -> list[Step]:
    """An attestation, or an operation and the tree behind it."""
    if depth == 0 or draw(st.booleans()):
        return [draw(ATTESTATIONS)]
    return [draw(OPERATIONS), *draw(trees(depth - 1))]


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> list[Step]:
    """Steps of a tree: branches, all but the last behind a fork."""
    forked = draw(st.lists(branches(depth), max_size=2))
    return [*(step for branch in forked for step in (FORKED, *branch)), *draw(branches(depth))]


def fits(steps: list[Step]) -> bool:
    """Whether the limit on RIPEMD-160 holds."""
    return sum(step[0] == RIPEMD160 for step in steps) <= MAX_RIPEMD160


@given(trees().filter(fits))
def test_what_is_written_is_read_back_the_same(steps: list[Step]) -> None:
    """A tree of any shape survives being written and read, as a proof and as a response."""
    proof = stamp(*steps)
    assert parse(serialize(proof)) == proof
    bare = DetachedTimestamp(None, b"x", tuple(steps))
    assert parse_response(serialize(bare), b"x") == bare
    assert len(evaluate(proof)) == len(proof.attestations)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_proof_or_a_timestamp_error(data: bytes) -> None:
    """Nothing else comes out of bytes, with or without the head of a proof before them."""
    for whole in (data, START + data):
        try:
            proof = parse(whole)
        except TimestampError as error:
            assert isinstance(error, PithError)
            assert error.offset is None or 0 <= error.offset <= len(whole)
        else:
            assert evaluate(proof)


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ((APPEND, b"x"), DIGEST + b"x"),
        ((PREPEND, b"x"), b"x" + DIGEST),
        ((REVERSE, b""), DIGEST[::-1]),
        ((HEXLIFY, b""), DIGEST.hex().encode()),
        ((SHA1, b""), hashlib.sha1(DIGEST).digest()),
        ((RIPEMD160, b""), ripemd160(DIGEST)),
        (SHA, hashlib.sha256(DIGEST).digest()),
        ((KECCAK256, b""), None),
    ],
    ids=["append", "prepend", "reverse", "hexlify", "sha1", "ripemd160", "sha256", "keccak256"],
)
def test_operations(operation: Step, result: bytes | None) -> None:
    """Every operation does what its name says; keccak256 leaves its branch without a message."""
    proof = stamp(FORKED, operation, SHA, unknown(), operation, unknown())
    behind = None if result is None else hashlib.sha256(result).digest()
    found = evaluate(parse(serialize(proof)))
    assert [one.message for one in found] == [behind, result]
    root = result[::-1].hex() if result and len(result) == 32 else None
    assert found[1].merkle_root == root


def test_a_fork_behind_keccak256_stays_without_a_message() -> None:
    """What hangs on an operation that is not computed is unknown, and nothing beside it is."""
    keccak = (KECCAK256, b"")
    proof = stamp(FORKED, keccak, FORKED, SHA, block(1), block(2), SHA, block(3))
    messages = [found.message for found in evaluate(proof)]
    assert messages == [None, None, hashlib.sha256(DIGEST).digest()]


def test_equal_branches_are_both_reported() -> None:
    """A repeated attestation or branch is kept, where a set would forget it."""
    proof = parse(serialize(stamp(FORKED, block(5), FORKED, SHA, block(6), SHA, block(6))))
    assert [found.attestation.height for found in evaluate(proof)] == [5, 6, 6]
    assert [attestation.height for attestation in proof.attestations] == [5, 6, 6]


def test_attestations_are_kept_and_named() -> None:
    """Bitcoin, Litecoin, Ethereum, calendars and strangers: tag, payload and what they say."""
    every = [block(3, kind) for kind in (Kind.BITCOIN, Kind.LITECOIN, Kind.ETHEREUM)]
    every += [pending("https://c.example/"), unknown(b"\x00\xff", b"stranger")]
    steps: list[Step] = []
    for attestation in every:
        steps += [FORKED, attestation]
    proof = parse(serialize(stamp(*steps, pending(""))))
    assert proof.attestations == (*every, pending(""))
    assert [result.merkle_root for result in evaluate(proof)] == [DIGEST[::-1].hex()] * 6


@pytest.mark.parametrize(
    ("data", "offset", "words"),
    [
        (b"", None, "no OpenTimestamps proof"),
        (MAGIC[:20], None, "no OpenTimestamps proof"),
        (b"\x01" + MAGIC[1:] + b"\x01", None, "no OpenTimestamps proof"),
        (MAGIC, 31, "too early"),
        (MAGIC + b"\x01", 32, "too early"),
        (MAGIC + b"\x01\xf3", 32, "0xf3 is not the hash of a file"),
        (START[:-1], 64, "too early"),
        (START, 65, "too early"),
        (START + b"\xff", 66, "too early"),
        (START + b"\xff\xff", 66, "two forks"),
        (START + b"\x04", 65, "unknown operation 0x04"),
        (START + b"\xf0", 66, "too early"),
        (START + b"\xf0\x00", 66, "a length of 0, not 1 to 4096"),
        (START + b"\xf1\x81\x20", 66, "a length of 4097"),
        (START + b"\xf0\x05ab", 69, "too early"),
        (START + b"\x00" + TAGS[Kind.BITCOIN][:4], 70, "too early"),
        (START + b"\x00" + TAGS[Kind.BITCOIN] + b"\x00", 75, "too early"),
        (START + b"\x00" + TAGS[Kind.BITCOIN] + b"\x02\x07\x07", 77, "ends before its last byte"),
        (START + b"\x00" + TAGS[Kind.BITCOIN] + b"\x01\x87\x00", 76, "ends after its last byte"),
        (START + b"\x00" + TAGS[Kind.BITCOIN] + b"\x0b" + b"\x80" * 11, 75, "more than 10 bytes"),
        (START + b"\x00" + b"somebody" + b"\x03ab", 77, "too early"),
        (START + b"\x00" + TAGS[Kind.PENDING] + b"\x03\x01ab", 78, "ends before its last byte"),
        (START + b"\x00" + TAGS[Kind.PENDING] + b"\x03\x02a?", 76, "forbidden byte"),
        (START + b"\x00" + TAGS[Kind.PENDING] + b"\x03\x02\xc3\xa4", 76, "forbidden byte"),
        (serialize(fresh()) + b"\x00", len(serialize(fresh())), "bytes follow"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals_name_the_place(data: bytes, offset: int | None, words: str) -> None:
    """What is cut short, left over or unknown is refused, with the byte where that shows."""
    error = refusal(data)
    assert words in str(error)
    assert error.offset == offset
    assert not error.unsupported


def test_a_newer_version_is_unsupported_and_not_malformed() -> None:
    """Old readers must not call a newer format's proof damaged."""
    error = refusal(MAGIC + b"\x02\x08" + DIGEST)
    assert error.unsupported
    assert "version 2" in str(error)


def test_no_proof_is_a_shorter_proof() -> None:
    """Every prefix of a proof is refused."""
    data = serialize(fresh())
    for cut in range(len(data)):
        refusal(data[:cut])


def test_limits_hold_exactly() -> None:
    """The longest, deepest and highest that are allowed are read; one more is refused."""
    hexed = [(HEXLIFY, b"")] * 7
    for good, bad in (
        (stamp(*[SHA] * MAX_DEPTH, block(1)), stamp(*[SHA] * (MAX_DEPTH + 1), block(1))),
        (stamp(block(MAX_HEIGHT)), stamp(block(MAX_HEIGHT + 1))),
        (stamp(pending("a" * MAX_URI)), stamp(pending("a" * (MAX_URI + 1)))),
        (stamp(unknown(bytes(MAX_PAYLOAD))), stamp(unknown(bytes(MAX_PAYLOAD + 1)))),
        (stamp(*hexed, block(1)), stamp(*hexed, (HEXLIFY, b""), block(1))),
        (
            stamp((APPEND, bytes(MAX_MESSAGE - 32)), block(1)),
            stamp((APPEND, bytes(MAX_MESSAGE - 31)), block(1)),
        ),
        (
            stamp(*[(RIPEMD160, b"")] * MAX_RIPEMD160, block(1)),
            stamp(*[(RIPEMD160, b"")] * (MAX_RIPEMD160 + 1), block(1)),
        ),
    ):
        assert parse(serialize(good)) == good
        refusal(serialize(bad))
    assert "4096 are allowed" in str(refusal(serialize(stamp(*hexed, (HEXLIFY, b""), block(1)))))


def test_the_size_of_a_proof_is_bounded() -> None:
    """A proof of `MAX_BYTES` is read, and one byte more is refused before anything else."""
    piece = serialize(stamp(FORKED, unknown(), block(1)))[len(START) : -11]
    head = START + piece * ((MAX_BYTES - len(START) - 200) // len(piece))
    rest = MAX_BYTES - len(head) - 1 - 8 - 2
    data = head + b"\x00somebody" + number(rest) + bytes(rest)
    assert len(data) == MAX_BYTES
    assert len(parse(data).attestations) > 1000
    assert "at most 65,536" in str(refusal(data + b"\x00"))
    assert "at most 65,536" in str(refusal(bytes(MAX_BYTES + 1)))


def test_numbers_need_not_be_minimal() -> None:
    """`87 80 80 00` is 7, as for python-opentimestamps; ten bytes are the longest number."""
    for written in (b"\x07", b"\x87\x80\x80\x00", b"\x87" + b"\x80" * 8 + b"\x00"):
        data = START + b"\x00" + TAGS[Kind.BITCOIN] + bytes([len(written)]) + written
        assert parse(data).attestations[0].height == 7
        assert serialize(parse(data)) == data


@pytest.mark.parametrize("length", [0, MAX_MESSAGE + 1])
def test_a_response_is_to_a_message(length: int) -> None:
    """An empty or overlong message has no response."""
    with pytest.raises(TimestampError, match="1 to 4096 bytes"):
        parse_response(serialize(stamp(block(1)))[len(START) :], bytes(length))


def test_other_types_than_bytes_are_a_mistake_of_the_program() -> None:
    """Text is a `TypeError`, not a malformed proof."""
    with pytest.raises(TypeError, match="must be bytes, not str"):
        parse("proof")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must be bytes, not str"):
        parse_response("proof", DIGEST)  # type: ignore[arg-type]


def test_the_attested_example_has_the_shape_of_calendars_proofs() -> None:
    """The tests' own proof holds only what calendars use, so that other tests mean something."""
    proof = attested()
    tags = {step[0] for step in proof.steps if not isinstance(step, Attestation)}
    assert tags == {APPEND, PREPEND, 0x08, 0xFF}
