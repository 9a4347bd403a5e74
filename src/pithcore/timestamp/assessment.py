"""What a timestamp proof shows about a digest.

1. Read the proof (`proof.py`); it must be for the digest in hand.
2. Evaluate it (`evaluation.py`): which message does each attestation vouch for?
3. Follow each attestation as far as it goes (`bitcoin.py` for blocks).
4. The proof stands where its best attestation stands, unless one of them fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pithcore.errors import TimestampError
from pithcore.reading import JSON
from pithcore.report import Outcome
from pithcore.timestamp.bitcoin import Witnesses
from pithcore.timestamp.checkpoints import Checkpoints, mainnet_checkpoints
from pithcore.timestamp.evaluation import AttestationResult, evaluate
from pithcore.timestamp.explorers import ExplorerAnswer
from pithcore.timestamp.levels import Assessed, Assessment, Level
from pithcore.timestamp.proof import Attestation, DetachedTimestamp, Kind, parse
from pithcore.timestamp.wording import named

MAX_LISTED = 32
"""Attestations listed in the evidence; real proofs have up to five."""


def assess(
    proof: bytes | DetachedTimestamp,
    digest: bytes,
    *,
    hash_name: str = "sha256",
    headers: Mapping[int, bytes] = MappingProxyType({}),
    checkpoints: Checkpoints | None = None,
    explorers: Iterable[ExplorerAnswer] = (),
) -> Assessment:
    """Say what a proof shows about a digest. Nothing in the proof or the headers raises.

    Args:
        proof: an `.ots` file, or what `parse` or `parse_response` made of one.
        digest: what must have been stamped, such as the 32 bytes of a canonical digest.
        hash_name: how the digest was made.
        headers: height → 80 bytes, from anywhere; `split_headers` makes it from a file.
        checkpoints: what is known of the chain; the package's own table when None.
        explorers: their answers, when they were asked.

    Raises: `TypeError` when `digest` is not bytes.
    """
    if not isinstance(digest, bytes):
        raise TypeError(f"digest must be bytes, not {type(digest).__name__}")
    if not isinstance(proof, DetachedTimestamp):
        try:
            proof = parse(proof)
        except TimestampError as error:
            level = Level.UNSUPPORTED if error.unsupported else Level.MALFORMED
            return Assessment(level, f"The timestamp proof cannot be read. {error}")
    if proof.hash_name not in (None, hash_name):
        return Assessment(
            Level.UNSUPPORTED,
            f"The proof starts from a {proof.hash_name} digest, which cannot be held against the "
            f"{hash_name} digest in hand.",
        )
    if proof.digest != digest:
        stamped, wanted = proof.digest.hex(), digest.hex()
        return Assessment(
            Level.OTHER_BYTES,
            f"The proof is for other bytes: it stamps the digest {stamped[:64]}, and the one in "
            f"hand is {wanted[:64]}.",
            evidence={"stamped": stamped, "digest": wanted},
        )
    known = mainnet_checkpoints() if checkpoints is None else checkpoints
    witnesses = Witnesses(headers, known, explorers)
    return _together(tuple(_follow(result, witnesses) for result in evaluate(proof)))


def _follow(result: AttestationResult, witnesses: Witnesses) -> Assessed:
    attestation, message = result
    kind, height = attestation.kind, attestation.height
    if kind is Kind.PENDING:
        return Assessed(attestation, Level.PROMISED, _promised([attestation]))
    if kind is Kind.UNKNOWN or height is None:
        sentence = f"Attested by somebody unknown here (tag {attestation.tag.hex()})."
        return Assessed(attestation, Level.UNSUPPORTED, sentence)
    if kind is not Kind.BITCOIN:
        sentence = f"Attested by {kind.value.capitalize()} block {height}, not checked here."
        return Assessed(attestation, Level.UNSUPPORTED, sentence)
    if message is None:
        sentence = f"Attested by Bitcoin block {height}, through keccak256, not computed here."
        return Assessed(attestation, Level.UNSUPPORTED, sentence)
    return witnesses.assess(attestation, height, message)


def _together(findings: tuple[Assessed, ...]) -> Assessment:
    """The whole proof's assessment, from those of its attestations, of which there is one."""
    best = max(findings, key=lambda f: (f.level.rank, -(f.attestation.height or 0)))
    leading = next((f for f in findings if f.level.outcome is Outcome.FAILED), best)
    sentence = leading.sentence
    if leading.level is Level.PROMISED:
        sentence = _promised(f.attestation for f in findings if f.level is Level.PROMISED)
    elif leading is not best and best.level.outcome is Outcome.PASSED:
        sentence += f" Another branch of the proof holds: {best.sentence}"
    listed: list[JSON] = [
        {"kind": f.attestation.kind.value, "level": f.level.value, "sentence": f.sentence}
        for f in findings[:MAX_LISTED]
    ]
    evidence = {**leading.evidence, "attestations": listed, "attestation_count": len(findings)}
    return Assessment(leading.level, sentence, leading.no_later_than, evidence, findings)


def _promised(pending: Iterable[Attestation]) -> str:
    calendars = named((a.uri or "without an address" for a in pending), "calendar")
    return (
        f"Promised by {calendars}. No time is proven yet, which is normal for a few hours after "
        "stamping."
    )
