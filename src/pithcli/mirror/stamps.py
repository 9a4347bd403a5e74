"""Timestamps in a mirror: a proof of a record's digest, and the block headers that go with it.

1. `SUFFIX.ots` and `SUFFIX.headers` stand in the folder of the record's bundle, in a source as in
   a mirror, so that a mirror's folder is a source like any other.
2. Both are held against the record before they are hosted. What fails is refused and named, and
   the bundle is hosted all the same: no verdict on a record rests on them.
3. Of what is there and what is offered the pair that goes further stays.

Nobody is asked: only what is in the files counts, and a table of checkpoints.
"""

from __future__ import annotations

from pathlib import Path

from pithcli.mirror import layout
from pithcore import Outcome, TimestampError
from pithcore.timestamp import Level, assess, headers_for, parse
from pithcore.timestamp.headers import HEADER_BYTES, MAX_HEADERS
from pithcore.timestamp.levels import Assessment
from pithcore.timestamp.proof import MAGIC, MAX_BYTES
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pithcli.mirror.sources import Candidate
    from pithcore.timestamp import Checkpoints

ENOUGH_HEADERS = HEADER_BYTES * (MAX_HEADERS + 1)
"""Bytes read of a file of headers: one more than a period's, so that too many are seen as that."""


class Stamp(NamedTuple):
    """A proof and its headers, None where there are none, and what they show together."""

    proof: bytes
    headers: bytes | None
    found: Assessment


class Refused(NamedTuple):
    """What is not hosted, and why, in a sentence."""

    name: str
    why: str


class Offered(NamedTuple):
    """The files beside a bundle; None for one that is not there."""

    proof: bytes | None = None
    headers: bytes | None = None


def beside(folder: Path, suffix: str) -> Offered:
    """What stands in a bundle's folder. Each is read a little beyond its limit at most.

    Raises: `OSError` when one is there and cannot be read.
    """
    proof, headers = (_read(folder / name, most) for name, most in _files(suffix))
    return Offered(proof, headers)


def hosted(mirror: Path, suffix: str) -> Offered:
    """What the mirror has."""
    return beside((mirror / layout.TIMESTAMP.format(suffix=suffix)).parent, suffix)


def is_proof(data: bytes) -> bool:
    """True for what begins as a proof; a server may answer with a page of its own instead."""
    return data.startswith(MAGIC)


def assess_files(
    proof: bytes, headers: bytes | None, digest: bytes, table: Checkpoints | None
) -> Assessment:
    """What a proof shows of a record's digest (32 bytes) with a file of headers, if there is one.

    Headers that cannot be read are `HEADER_REFUSED`. `table` is the program's own when None.
    """
    known: dict[int, bytes] = {}
    if headers is not None:
        try:
            known = headers_for(parse(proof), headers)
        except TimestampError as error:
            alone = assess(proof, digest, checkpoints=table)
            if alone.outcome is Outcome.FAILED or alone.level is Level.UNSUPPORTED:
                return alone
            return Assessment(Level.HEADER_REFUSED, f"The headers cannot be read. {error}")
    return assess(proof, digest, headers=known, checkpoints=table)


class Choice(NamedTuple):
    """What a mirror should have.

    Attributes:
        best: the pair; None when no proof holds.
        refused: of what was offered. idle: offered headers that show nothing more.
        is_stale: the headers that the mirror has make the best proof fail.
    """

    best: Stamp | None
    refused: tuple[Refused, ...] = ()
    idle: str | None = None
    is_stale: bool = False


def choose(
    found: Candidate, offered: Offered, there: Offered, digest: bytes, table: Checkpoints | None
) -> Choice:
    """Choose between what a source offers and what the mirror has, by what each pair shows.

    Args:
        found: the bundle that it was offered with.
        there: is not refused, and gives way when it does not hold.
        digest: the record's, 32 bytes. table: as for `assess_files`.
    """
    refused: list[Refused] = []
    pairs: list[Stamp] = []
    headers = [*dict.fromkeys((offered.headers, there.headers, None))]
    for proof in dict.fromkeys(filter(None, (offered.proof, there.proof))):
        alone = assess_files(proof, None, digest, table)
        if alone.outcome is not Outcome.FAILED:
            pairs += (Stamp(proof, h, assess_files(proof, h, digest, table)) for h in headers)
        elif proof == offered.proof:
            refused.append(Refused(_name(found, layout.TIMESTAMP_NAME), alone.sentence))
    if not pairs:
        idle = None if offered.headers is None else _name(found, layout.HEADERS_NAME)
        return Choice(None, tuple(refused), idle)
    best = min(pairs, key=_order)
    name = _name(found, layout.HEADERS_NAME)
    with_offered = [one for one in pairs if one.headers == offered.headers is not None]
    if with_offered and all(one.found.outcome is Outcome.FAILED for one in with_offered):
        refused.append(Refused(name, with_offered[0].found.sentence))
        with_offered = []
    idle = name if with_offered and best.headers is None else None
    is_stale = best.headers is None and any(
        one.found.outcome is Outcome.FAILED
        for one in pairs
        if one.proof == best.proof and one.headers == there.headers
    )
    return Choice(best, tuple(refused), idle, is_stale)


def _name(found: Candidate, pattern: str) -> str:
    return str((found.folder or Path()) / pattern.format(suffix=found.number.suffix))


def _order(one: Stamp) -> tuple[object, ...]:
    """The best first: what goes further, the earlier day, then fewer and smaller bytes.

    A failure goes least far, so headers are taken only where they show more.
    """
    day = one.found.no_later_than
    return (
        -one.found.level.rank,
        "" if day is None else day.isoformat(),
        len(one.headers or b""),
        len(one.proof),
        one.proof,
        one.headers or b"",
    )


def _files(suffix: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (
        (layout.TIMESTAMP_NAME.format(suffix=suffix), MAX_BYTES + 1),
        (layout.HEADERS_NAME.format(suffix=suffix), ENOUGH_HEADERS),
    )


def _read(path: Path, most: int) -> bytes | None:
    try:
        with path.open("rb") as stream:
            return stream.read(most)
    except (FileNotFoundError, NotADirectoryError):
        return None
