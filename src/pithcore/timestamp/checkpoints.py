"""Checkpoints: hashes of blocks known beforehand, and the difficulty each period required.

The file, ours, is ASCII text:

    pith checkpoints 1
    # anything
    2015 00000000693067b0e6b440bc51450b9f3850561b07f6d3c021c54fbd6abb9763 1d00ffff

After the first line a line each: the height of a block, its hash as Bitcoin prints it, and the
bits its header must have, 8 hex digits, which hold for its whole period of 2016 blocks. Heights
rise. The usual line is a period's last block. `-` for the hash gives a period's bits alone, as
for the one under way. Empty lines and lines that start with `#` do not count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache

from pithcore.errors import TimestampError
from pithcore.timestamp.headers import PERIOD, bits_of, display, meets, target_of
from pithcore.timestamp.proof import MAX_HEIGHT
from pithcore.typed import NamedTuple

FIRST_LINE = "pith checkpoints 1"

MAX_FILE = 2 * 1024 * 1024
"""Bytes of a file of checkpoints: room for 400 years."""

FIRST_BITS = 0x1D00FFFF
"""What Bitcoin required from its first block on, which Electrum's file leaves out."""

_LINE = re.compile(r"([0-9]{1,10}) ([0-9a-f]{64}|-) ([0-9a-f]{8})")
_ELECTRUM_ROW = re.compile(rb'\s*+([\[,])\s*+\[\s*+"([0-9a-f]{64})"\s*+,\s*+([0-9]{1,78})\s*+\]')
_ELECTRUM_END = re.compile(rb"\s*+\]\s*+")


class Checkpoint(NamedTuple):
    """One line: height, hash (32 bytes as hashed, or None), and the bits of its period."""

    height: int
    hash: bytes | None
    bits: int


class Checkpoints(NamedTuple):
    """What is known of a chain beforehand.

    Attributes:
        lines: as in the file, by height.
        hashes: height → hash, 32 bytes as hashed. heights: its keys, rising.
        bits: number of a period (height // 2016) → bits that its headers must have.
    """

    lines: tuple[Checkpoint, ...]
    hashes: Mapping[int, bytes]
    heights: tuple[int, ...]
    bits: Mapping[int, int]

    @classmethod
    def of(cls, lines: Iterable[Checkpoint]) -> Checkpoints:
        """Put lines together.

        Raises:
            TimestampError: for heights that do not rise, bits that are no target or differ
                within a period, and a hash that does not have the work its bits demand.
        """
        lines = tuple(lines)
        bits: dict[int, int] = {}
        last = -1
        for line in lines:
            if not last < line.height <= MAX_HEIGHT:
                raise TimestampError(f"Checkpoint {line.height} is out of order.")
            last = line.height
            if bits.setdefault(last // PERIOD, line.bits) != line.bits:
                raise TimestampError(f"Checkpoint {last} has other bits than its period.")
            target = target_of(line.bits)
            if line.hash is not None and not meets(line.hash, target):
                raise TimestampError(f"Checkpoint {last} lacks the work that its bits demand.")
        hashes = {line.height: line.hash for line in lines if line.hash is not None}
        return cls(lines, hashes, tuple(hashes), bits)

    def next(self, height: int) -> int | None:
        """Height of the first block at or after `height` whose hash is known."""
        index = bisect_left(self.heights, height)
        return self.heights[index] if index < len(self.heights) else None

    def required_bits(self, height: int) -> int | None:
        """Bits that the header at `height` must have; None where the table does not reach."""
        return self.bits.get(height // PERIOD)


def read_checkpoints(data: bytes) -> Checkpoints:
    """Read a file in our format or Electrum's, told apart by its first byte.

    Raises: `TimestampError` as `parse_checkpoints` and `parse_electrum`.
    """
    return (parse_electrum if data.lstrip()[:1] == b"[" else parse_checkpoints)(data)


def parse_checkpoints(data: bytes) -> Checkpoints:
    """Read our format (see the module), at most `MAX_FILE` bytes.

    Raises: `TimestampError` with the line, or as `Checkpoints.of`.
    """
    _check_size(data)
    first, *rest = data.decode("ascii", "replace").splitlines() or [""]
    if first != FIRST_LINE:
        raise TimestampError(f"A file of checkpoints starts with the line “{FIRST_LINE}”.")
    lines = []
    for number, text in enumerate(rest, 2):
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise TimestampError(f"Line {number} is no checkpoint: height, hash, bits.")
        height, printed, bits = match.groups()
        block_hash = None if printed == "-" else bytes.fromhex(printed)[::-1]
        lines.append(Checkpoint(int(height), block_hash, int(bits, 16)))
    return Checkpoints.of(lines)


def parse_electrum(data: bytes) -> Checkpoints:
    """Read Electrum's `checkpoints.json`: `[[hash, target], …]`, a row a period.

    Row i has the hash of the last block of period i, and the target of period i + 1.

    Args:
        data: JSON, at most `MAX_FILE` bytes.

    Raises: `TimestampError` with the row, or as `Checkpoints.of`.
    """
    _check_size(data)
    lines: list[Checkpoint] = []
    bits, index, opening = FIRST_BITS, 0, b"["
    while match := _ELECTRUM_ROW.match(data, index):
        if match[1] != opening:
            break
        lines.append(Checkpoint(_last(len(lines)), bytes.fromhex(match[2].decode())[::-1], bits))
        bits, index, opening = bits_of(int(match[3])), match.end(), b","
        if target_of(bits) != int(match[3]):
            raise TimestampError(f"Row {len(lines)} has a target that no header can state.")
    if not lines or not _ELECTRUM_END.fullmatch(data, index):
        raise TimestampError(
            f"This is no checkpoints.json of Electrum: row {len(lines) + 1} is not a hash of 64 "
            "hex digits and a target."
        )
    lines.append(Checkpoint(_last(len(lines)), None, bits))
    return Checkpoints.of(lines)


def format_checkpoints(checkpoints: Checkpoints, remarks: Iterable[str] = ()) -> bytes:
    """Write our format, each remark a line of its own; `parse_checkpoints` reads it back."""
    lines = [FIRST_LINE, *(f"# {remark}" for remark in remarks)]
    for height, block_hash, bits in checkpoints.lines:
        lines.append(f"{height} {'-' if block_hash is None else display(block_hash)} {bits:08x}")
    return "".join(f"{line}\n" for line in lines).encode("ascii", "backslashreplace")


@cache
def mainnet_checkpoints() -> Checkpoints:
    """The table that comes with this package (`mainnet.py` says from where)."""
    from pithcore.timestamp.mainnet import TABLE

    return parse_checkpoints(TABLE)


def contradiction(table: Checkpoints, other: Checkpoints) -> int | None:
    """The lowest height at which two tables say what cannot both be true; None when there is none.

    Another hash for one block, or other bits for one period, whose first height is given.
    """
    shared = table.hashes.keys() & other.hashes.keys()
    heights = [height for height in shared if table.hashes[height] != other.hashes[height]]
    periods = table.bits.keys() & other.bits.keys()
    heights += [PERIOD * one for one in periods if table.bits[one] != other.bits[one]]
    return min(heights, default=None)


def _last(period: int) -> int:
    return (period + 1) * PERIOD - 1


def _check_size(data: bytes) -> None:
    if len(data) > MAX_FILE:
        raise TimestampError(f"{len(data):,} bytes are too many for a file of checkpoints.")
