"""Hold supplied block headers against what is known of the chain.

Proof of work alone shows nothing: anybody can mine a header whose target is his own. So a
header must state the bits its period required, which come from the checkpoints, and to be
*linked* it must be an ancestor of a checkpoint, header by header.
"""

from __future__ import annotations

from collections.abc import Mapping

from pithcore.errors import TimestampError
from pithcore.timestamp.checkpoints import FIRST_BITS, Checkpoints
from pithcore.timestamp.headers import (
    HEADER_BYTES,
    Header,
    display,
    expected_hashes,
    meets,
    parse_header,
    target_of,
)
from pithcore.timestamp.wording import hashes
from pithcore.typed import NamedTuple


class Link(NamedTuple):
    """A run of headers that hold, from the block in question on.

    Attributes:
        header: of that block.
        length: headers in the run, this one included.
        work: hashes that making the run takes on average.
        checkpoint: height of the checkpoint it ends at; None when it ends before one.
    """

    header: Header
    length: int
    work: int
    checkpoint: int | None


def check_header(raw: bytes, height: int, required_bits: int | None) -> Header:
    """Decode a header and hold it against the difficulty of its height.

    Args:
        raw: 80 bytes, said to be the header of the block at `height`.
        required_bits: what the chain required there; None when that is not known, and then
            the header's own bits are taken if they are no easier than Bitcoin ever allowed,
            which shows next to nothing.

    Raises: `TimestampError`, a sentence on why it is not the header of that block.
    """
    whose = f"The header given for block {height}"
    if len(raw) != HEADER_BYTES:
        raise TimestampError(f"{whose} has {len(raw)} bytes, not {HEADER_BYTES}.")
    header = parse_header(raw)
    try:
        target = target_of(header.bits)
    except TimestampError:
        raise TimestampError(
            f"{whose} states the bits {header.bits:08x}, which stand for no target."
        ) from None
    easiest = FIRST_BITS if required_bits is None else required_bits
    too_easy = target > target_of(easiest)
    if too_easy or (required_bits is not None and header.bits != required_bits):
        raise TimestampError(
            f"{whose} is not the chain's: it sets itself a target that takes about "
            f"{hashes(expected_hashes(target))} hash computations to meet (bits "
            f"{header.bits:08x}), where the chain required "
            f"{'at least ' if required_bits is None else 'about '}"
            f"{hashes(expected_hashes(target_of(easiest)))} (bits {easiest:08x})."
        )
    if not meets(header.hash, target):
        raise TimestampError(
            f"{whose} was not mined: its hash {display(header.hash)} misses the target that the "
            f"chain required there (bits {header.bits:08x})."
        )
    return header


def link(height: int, headers: Mapping[int, bytes], checkpoints: Checkpoints) -> Link | None:
    """Follow the headers from `height` towards the next checkpoint.

    Returns:
        The run of headers that are there; None when that of `height` is not, or when the
        checkpoints do not reach so far and nothing can be said about it.

    Raises:
        TimestampError: a sentence on the first header that does not belong to the chain.
    """
    first = None
    length = work = 0
    parent = checkpoints.hashes.get(height - 1)
    while True:
        at = height + length
        raw, bits = headers.get(at), checkpoints.required_bits(at)
        if raw is None or bits is None:
            return None if first is None else Link(first, length, work, None)
        header = check_header(raw, at, bits)
        if parent not in (None, header.previous):
            raise TimestampError(
                f"The header given for block {at} does not name the block before it: its "
                f"predecessor is {display(header.previous)}, and block {at - 1} is "
                f"{display(parent)}."
            )
        first = first or header
        parent = header.hash
        length += 1
        work += expected_hashes(target_of(bits))
        known = checkpoints.hashes.get(at)
        if known not in (None, header.hash):
            raise TimestampError(
                f"The header given for block {at} is not the chain's: its hash is "
                f"{display(header.hash)}, and the checkpoint there is {display(known)}."
            )
        if known is not None:
            return Link(first, length, work, at)
