"""Read and write OpenTimestamps proofs, strictly.

A proof is a tree: operations lead from a digest to messages, and attestations vouch for
messages. Its serialized form is already a program for a machine with one stack, and so it is
kept: a *fork* pushes the message at hand, an operation replaces it, an attestation vouches for
it, ends the branch and takes up the message pushed last. With an empty stack the proof is over.

Source: python-opentimestamps 0.4.5, which is the format's only definition. Whatever is read
here, it reads in the same way; the limits below that are not its own refuse more.
"""

from __future__ import annotations

from enum import StrEnum

from pithcore.errors import TimestampError
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import TypeAlias

MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
"""The 31 bytes that a detached proof starts with."""

_MARK = 15
"""Bytes of it that tell a damaged `.ots` file from a calendar's response: `\\0OpenTimestamps`."""

VERSION = 1

MAX_BYTES = 64 * 1024
"""Size of a proof. Real ones have up to 4 kB; this bounds the work of evaluating one."""

MAX_DEPTH = 255
"""Operations between the digest and an attestation, as in python-opentimestamps."""

MAX_MESSAGE = 4096
"""Bytes of a message or an argument, as in python-opentimestamps."""

MAX_PAYLOAD = 8192
"""Bytes of an attestation's payload, as in python-opentimestamps."""

MAX_URI = 1000
"""Bytes of a calendar's address, as in python-opentimestamps."""

MAX_VARUINT = 10
"""Bytes of a number: 70 bits. Numbers need not be minimal, since python-opentimestamps takes
`87 80 80 00` for 7; without a limit one number could fill the proof."""

MAX_HEIGHT = 2**31 - 1
"""Height of a block: what Bitcoin's own software can count to."""

MAX_RIPEMD160 = 16
"""RIPEMD-160 operations in a proof. They are slow in Python: 0.2 s for 16 of the longest
messages. Proofs made by hand need one or two, those of calendars none."""

SHA1, RIPEMD160, SHA256, KECCAK256 = 0x02, 0x03, 0x08, 0x67
APPEND, PREPEND, REVERSE, HEXLIFY = 0xF0, 0xF1, 0xF2, 0xF3
ATTESTATION, FORK = 0x00, 0xFF

HASHES = {
    SHA1: ("sha1", 20),
    RIPEMD160: ("ripemd160", 20),
    SHA256: ("sha256", 32),
    KECCAK256: ("keccak256", 32),
}
"""Tag → name and length of the digest in bytes."""

_URI_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:"
_ENDS_EARLY = "the proof ends too early."


class Kind(StrEnum):
    """Who attests."""

    BITCOIN = "bitcoin"
    LITECOIN = "litecoin"
    ETHEREUM = "ethereum"
    PENDING = "pending"
    """A calendar, which promises to keep the message and to have Bitcoin attest it."""
    UNKNOWN = "unknown"


TAGS = {
    Kind.BITCOIN: bytes.fromhex("0588960d73d71901"),
    Kind.LITECOIN: bytes.fromhex("06869a0d73d71b45"),
    Kind.ETHEREUM: bytes.fromhex("30fe8087b5c7ead7"),
    Kind.PENDING: bytes.fromhex("83dfe30d2ef90c8e"),
}
_KINDS = {tag: kind for kind, tag in TAGS.items()}


class Attestation(NamedTuple):
    """The end of a branch: somebody vouches for the message there.

    Attributes:
        kind: who. tag: 8 bytes that say so, also for an unknown kind.
        payload: at most 8192 bytes, as they stand in the proof.
        height: of the block that holds the message; None for a calendar or an unknown kind.
        uri: the calendar's address, at most 1000 of the characters A-Z a-z 0-9 - . _ / :
            (so any scheme; link it only when it starts with https://); None for other kinds.
    """

    kind: Kind
    tag: bytes
    payload: bytes
    height: int | None = None
    uri: str | None = None


Operation: TypeAlias = tuple[int, bytes]
"""(tag, argument); the argument is empty except for append and prepend. A fork is one too."""

Step: TypeAlias = Operation | Attestation

_UNARY: dict[int, Operation] = {tag: (tag, b"") for tag in (*HASHES, REVERSE, HEXLIFY, FORK)}
_BINARY = frozenset((APPEND, PREPEND))
_AN_SHA256, _A_FORK = _UNARY[SHA256], _UNARY[FORK]


class DetachedTimestamp(NamedTuple):
    """A proof, read but not evaluated.

    Attributes:
        hash_name: `sha1`, `ripemd160`, `sha256` or `keccak256`, how the digest was made; None
            for a calendar's response, which does not say.
        digest: the message the proof starts from: 20 or 32 bytes, 1 to 4096 for a response.
        steps: the whole tree in its serialized order (see the module).
    """

    hash_name: str | None
    digest: bytes
    steps: tuple[Step, ...]

    @property
    def attestations(self) -> tuple[Attestation, ...]:
        """All attestations, in the order of the proof; equal ones stand as often as they do."""
        return tuple(step for step in self.steps if isinstance(step, Attestation))

    @property
    def heights(self) -> tuple[int, ...]:
        """Heights of the Bitcoin blocks that it names, in the order of the proof."""
        return tuple(
            one.height
            for one in self.attestations
            if one.kind is Kind.BITCOIN and one.height is not None
        )


def read_proof(data: bytes, digest: bytes) -> DetachedTimestamp:
    """`parse` an `.ots` file, or `parse_response` a calendar's bare response to `digest`.

    A response has no mark at its start. Raises `TimestampError` as these do.
    """
    return parse(data) if data.startswith(MAGIC[:_MARK]) else parse_response(data, digest)


def parse(data: bytes) -> DetachedTimestamp:
    """Read a detached proof, the content of an `.ots` file.

    Args:
        data: the whole file, at most `MAX_BYTES` long.

    Raises:
        TimestampError: with the offset of what is wrong; `unsupported` is set for a version of
            the format that is not known here.
        TypeError: when `data` is not bytes.
    """
    _check_input(data)
    if not data.startswith(MAGIC):
        raise TimestampError("This is no OpenTimestamps proof: its first 31 bytes are others.")
    try:
        version, start = _varuint(data, len(MAGIC))
        if version != VERSION:
            raise TimestampError(
                f"the proof is of version {version} of the format; only version 1 is known here.",
                offset=len(MAGIC),
                unsupported=True,
            )
        tag = data[start]
        if tag not in HASHES:
            raise TimestampError(f"0x{tag:02x} is not the hash of a file.", offset=start)
    except IndexError:
        raise TimestampError(_ENDS_EARLY, offset=len(data)) from None
    name, length = HASHES[tag]
    digest = data[start + 1 : start + 1 + length]
    return DetachedTimestamp(name, digest, _whole(data, start + 1 + length, length))


def parse_response(data: bytes, message: bytes) -> DetachedTimestamp:
    """Read a calendar's bare response, a proof without magic, version and digest.

    Args:
        data: the whole response, at most `MAX_BYTES` long.
        message: what was sent to the calendar, 1 to 4096 bytes: the digest to stamp, or the
            message of a pending attestation.

    Raises: `TimestampError` as `parse`, and for a message of another length; `TypeError`.
    """
    _check_input(data)
    if not 1 <= len(message) <= MAX_MESSAGE:
        raise TimestampError(f"A message has 1 to {MAX_MESSAGE} bytes, not {len(message)}.")
    return DetachedTimestamp(None, message, _whole(data, 0, len(message)))


def serialize(proof: DetachedTimestamp) -> bytes:
    """The bytes of a proof: an `.ots` file, or a bare response when `hash_name` is None.

    `parse(serialize(proof)) == proof` for every proof that `parse` returned. Numbers come out
    minimal, except inside payloads, which are kept.
    """
    out = bytearray()
    if proof.hash_name is not None:
        tag = next(tag for tag, (name, _) in HASHES.items() if name == proof.hash_name)
        out += MAGIC + bytes([VERSION, tag]) + proof.digest
    for step in proof.steps:
        if isinstance(step, Attestation):
            out += bytes([ATTESTATION]) + step.tag + _counted(step.payload)
        else:
            tag, argument = step
            out.append(tag)
            if argument:
                out += _counted(argument)
    return bytes(out)


def _check_input(data: bytes) -> None:
    if not isinstance(data, bytes):
        raise TypeError(f"data must be bytes, not {type(data).__name__}")
    if len(data) > MAX_BYTES:
        raise TimestampError(
            f"The proof has {len(data):,} bytes; at most {MAX_BYTES:,} are read, and real ones "
            "have a few thousand."
        )


def _whole(data: bytes, start: int, length: int) -> tuple[Step, ...]:
    """The steps from `start` to the end of `data`, for a first message of `length` bytes."""
    try:
        steps, index = _steps(data, start, length)
    except IndexError:
        raise TimestampError(_ENDS_EARLY, offset=len(data)) from None
    if index < len(data):
        raise TimestampError("the proof ends here, and bytes follow.", offset=index)
    return tuple(steps)


def _steps(data: bytes, start: int, length: int) -> tuple[list[Step], int]:
    """The steps from `start` on, and the index after them. `IndexError` where `data` ends early.

    Lengths of messages are followed without computing any, so that the limits hold before the
    first hash. One loop over plain tuples: most of the time of a check is spent here.
    """
    steps: list[Step] = []
    waiting: list[tuple[int, int]] = []
    depth = slow = 0
    index = start
    while True:
        tag = data[index]
        index += 1
        if tag == FORK:
            if data[index] == FORK:
                raise TimestampError("two forks in a row.", offset=index)
            waiting.append((length, depth))
            steps.append(_A_FORK)
            continue
        if tag == ATTESTATION:
            attestation, index = _attestation(data, index)
            steps.append(attestation)
            if not waiting:
                return steps, index
            length, depth = waiting.pop()
            continue
        if tag == SHA256:
            length = 32
            steps.append(_AN_SHA256)
        elif tag in _BINARY:
            size, index = _size(data, index, 1, MAX_MESSAGE)
            end = index + size
            steps.append((tag, data[index:end]))
            index = end
            length += size
        else:
            length = _length_after(tag, length, index - 1)
            slow += tag == RIPEMD160
            steps.append(_UNARY[tag])
        depth += 1
        if length > MAX_MESSAGE or depth > MAX_DEPTH or slow > MAX_RIPEMD160:
            raise _beyond(length, depth, index)


def _beyond(length: int, depth: int, offset: int) -> TimestampError:
    """The error for the first limit that is passed."""
    if length > MAX_MESSAGE:
        what = f"a message of {length} bytes; at most {MAX_MESSAGE} are allowed."
    elif depth > MAX_DEPTH:
        what = f"more than {MAX_DEPTH} operations between the digest and an attestation."
    else:
        what = f"more than {MAX_RIPEMD160} RIPEMD-160 hashes in one proof."
    return TimestampError(what, offset=offset)


def _length_after(tag: int, length: int, offset: int) -> int:
    """Bytes of the message that an operation without argument makes of one of `length`."""
    if tag not in _UNARY:
        raise TimestampError(f"unknown operation 0x{tag:02x}.", offset=offset)
    if tag in HASHES:
        return HASHES[tag][1]
    return 2 * length if tag == HEXLIFY else length


def _attestation(data: bytes, index: int) -> tuple[Attestation, int]:
    """The attestation whose tag starts at `index`, and the index after it."""
    tag = data[index : index + 8]
    size, start = _size(data, index + 8, 0, MAX_PAYLOAD)
    end = start + size
    if end > len(data):
        raise IndexError
    payload = data[start:end]
    kind = _KINDS.get(tag)
    if kind is None:
        return Attestation(Kind.UNKNOWN, tag, payload), end
    if kind is Kind.PENDING:
        length, start = _size(data, start, 0, MAX_URI)
        _check_end(start + length, end)
        uri = data[start:end]
        if uri.translate(None, _URI_CHARACTERS):
            raise TimestampError("a calendar's address with a forbidden byte.", offset=start)
        return Attestation(kind, tag, payload, None, uri.decode("ascii")), end
    height, after = _varuint(data, start)
    _check_end(after, end)
    if height > MAX_HEIGHT:
        raise TimestampError(f"a block of height {height:,}.", offset=start)
    return Attestation(kind, tag, payload, height), end


def _check_end(after: int, end: int) -> None:
    if after != end:
        how = "before" if after < end else "after"
        raise TimestampError(f"the content of an attestation ends {how} its last byte.", offset=end)


def _size(data: bytes, index: int, least: int, most: int) -> tuple[int, int]:
    """The size that stands at `index`, and the index after it."""
    size, after = data[index], index + 1
    if size >= 0x80:
        size, after = _varuint(data, index)
    if not least <= size <= most:
        raise TimestampError(f"a length of {size}, not {least} to {most}.", offset=index)
    return size, after


def _varuint(data: bytes, index: int) -> tuple[int, int]:
    """The number that stands at `index`, seven bits a byte, least first; the index after it."""
    value = 0
    for position in range(MAX_VARUINT):
        byte = data[index + position]
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return value, index + position + 1
    raise TimestampError(f"a number of more than {MAX_VARUINT} bytes.", offset=index)


def _counted(content: bytes) -> bytes:
    size, out = len(content), bytearray()
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    out.append(size)
    return bytes(out) + content
