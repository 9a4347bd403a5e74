"""What a reader brings beside a document, and what others answered: `VerificationMaterial`.

Files come with their kind, which material.js told by their content: a timestamp proof (`.ots`,
or a calendar's bare response), block headers one after the other, a table of checkpoints. Which
block a file of headers starts at, no file says: it is one that a proof here names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pithcore.canonical import canonical_digest
from pithcore.completeness import proof_of
from pithcore.document import read_document
from pithcore.errors import TimestampError
from pithcore.events import TIMESTAMP
from pithcore.material import VerificationMaterial
from pithcore.orcid import OrcidAnswer
from pithcore.record import member
from pithcore.timestamp import (
    Checkpoints,
    ExplorerAnswer,
    evaluate,
    parse,
    parse_header,
    parse_response,
    read_checkpoints,
    split_headers,
)
from pithcore.timestamp.headers import HEADER_BYTES
from pithcore.timestamp.proof import MAGIC

MAX_PROOFS = 8
"""Proofs in which a block is looked for, as many as the check looks at."""


def material_of(
    data: bytes, files: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], now: str
) -> VerificationMaterial:
    """What completeness is checked with.

    Args:
        data: the document.
        files: each with `kind` (“proof”, “headers” or “checkpoints”), `name`, `bytes`.
        answers: `explorers`: `explorer`, `height`, `header` (hex or null) each; `orcid`:
            `orcid`, `did_keys`, `read_on` each.
        now: the time (UTC).

    Raises `TimestampError`, which names the file, for one that cannot be used.
    """
    given = [(file["kind"], file["name"], bytes(file["bytes"])) for file in files]
    proofs = [content for kind, _, content in given if kind == "proof"]
    headers: dict[int, bytes] = {}
    checkpoints: Checkpoints | None = None
    blocks: dict[int, set[bytes]] | None = None
    for kind, name, content in given:
        try:
            if kind == "checkpoints":
                checkpoints = read_checkpoints(content)
            elif kind == "headers":
                if blocks is None:
                    blocks = named_blocks(data, proofs)
                headers |= split_headers(content, first_height(content, blocks))
        except TimestampError as error:
            raise TimestampError(f"{name} cannot be used. {error}") from None
    return VerificationMaterial(
        timestamp=proofs[-1] if proofs else None,
        headers=headers,
        checkpoints=checkpoints,
        explorers=tuple(map(_explorer, answers.get("explorers", ()))),
        orcid=tuple(map(_orcid, answers.get("orcid", ()))),
        now=now,
    )


def named_blocks(data: bytes, brought: Iterable[bytes]) -> dict[int, set[bytes]]:
    """Height → merkle roots, of the blocks that proofs name: those brought, and of events.

    Proofs that cannot be read name none. Raises `TimestampError` when there is no proof at all.
    """
    document = read_document(data)
    listed = None if document.events is None else document.events.value
    events = listed if isinstance(listed, list) else []
    carried = (
        proof_of(member(event, "payload"))
        for event in events
        if member(event, "event_type") == TIMESTAMP
    )
    proofs = [*brought, *(proof for proof in carried if proof is not None)]
    if not proofs:
        raise TimestampError(
            "There is no timestamp proof here that would name the block these headers start at: "
            "bring the proof with them."
        )
    digest = canonical_digest(document.records[0].value) if document.records else bytes(32)
    blocks: dict[int, set[bytes]] = {}
    for proof in proofs[:MAX_PROOFS]:
        try:
            read = parse(proof) if proof.startswith(MAGIC[:15]) else parse_response(proof, digest)
        except TimestampError:
            continue  # the check says what is wrong with it
        for attestation, message in evaluate(read):
            if attestation.height is not None and message is not None:
                blocks.setdefault(attestation.height, set()).add(message)
    return blocks


def first_height(content: bytes, blocks: Mapping[int, set[bytes]]) -> int:
    """Which of the blocks a file of headers starts at: by its merkle root, or else the lowest."""
    first = content[:HEADER_BYTES]
    root = parse_header(first).merkle_root if len(first) == HEADER_BYTES else b""
    same = [height for height, roots in blocks.items() if root in roots]
    return min(same or blocks, default=0)


def _explorer(answer: Mapping[str, Any]) -> ExplorerAnswer:
    header = answer["header"]
    return ExplorerAnswer(
        answer["explorer"], answer["height"], None if header is None else bytes.fromhex(header)
    )


def _orcid(answer: Mapping[str, Any]) -> OrcidAnswer:
    return OrcidAnswer(answer["orcid"], tuple(answer["did_keys"]), answer["read_on"])
