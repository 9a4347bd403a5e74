"""Timestamps in a mirror: a proof of a record's digest, and the block headers that go with it.

1. `SUFFIX.ots` and `SUFFIX.headers` stand in the folder of the record's bundle, in a source as in
   a mirror, so that a mirror's folder is a source like any other.
2. Both are held against the record before they are hosted. What fails is refused and named, and
   the bundle is hosted all the same: no verdict on a record rests on them.
3. Of what is there and what is offered the pair that goes further stays.

Nobody is asked: only what is in the files counts, and the checkpoints of this program.
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
    from collections.abc import Iterable

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


def assess_files(proof: bytes, headers: bytes | None, digest: bytes) -> Assessment:
    """What a proof shows of a record's digest (32 bytes) with a file of headers, if there is one.

    Headers that cannot be read are `HEADER_REFUSED`.
    """
    known: dict[int, bytes] = {}
    if headers is not None:
        try:
            known = headers_for(parse(proof), headers)
        except TimestampError as error:
            alone = assess(proof, digest)
            if alone.outcome is Outcome.FAILED or alone.level is Level.UNSUPPORTED:
                return alone
            return Assessment(Level.HEADER_REFUSED, f"The headers cannot be read. {error}")
    return assess(proof, digest, headers=known)


def chosen(
    folder: Path, offered: Offered, there: Offered, suffix: str, digest: bytes
) -> tuple[Stamp | None, list[Refused]]:
    """The pair that a mirror should have, and what of the offered was refused.

    Args:
        folder: where the offered files stand, for their names.
        there: what the mirror has; it is not refused, and gives way when it does not hold.
        digest: the record's, 32 bytes.
    """
    refused: list[Refused] = []
    pairs: list[Stamp] = []
    proofs = [one for one in dict.fromkeys((offered.proof, there.proof)) if one is not None]
    headers = [*dict.fromkeys((offered.headers, there.headers, None))]
    for proof in proofs:
        alone = assess_files(proof, None, digest)
        if alone.outcome is Outcome.FAILED:
            if proof == offered.proof:
                name = str(folder / layout.TIMESTAMP_NAME.format(suffix=suffix))
                refused.append(Refused(name, alone.sentence))
            continue
        pairs += (Stamp(proof, one, assess_files(proof, one, digest)) for one in headers)
    if not pairs:
        return None, refused
    best = min(pairs, key=_order)
    if offered.headers is not None and not _are_of_use(offered.headers, pairs):
        name = str(folder / layout.HEADERS_NAME.format(suffix=suffix))
        failing = next(one for one in pairs if one.headers == offered.headers)
        refused.append(Refused(name, failing.found.sentence))
    return best, refused


def _are_of_use(headers: bytes, pairs: Iterable[Stamp]) -> bool:
    """True when a proof does not fail with these headers."""
    return any(one.headers == headers and one.found.outcome is not Outcome.FAILED for one in pairs)


def _order(one: Stamp) -> tuple[object, ...]:
    """The best first: what goes further (a failure least far), then the earlier day, then fewer and smaller bytes."""
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
