"""What a reader brings beside a document, and what others answered: `VerificationMaterial`.

Files come with their kind, which material.js told by their content: a timestamp proof (`.ots`,
or a calendar's bare response), block headers one after the other, a table of checkpoints. Which
block a file of headers starts at, no file says: the core tells it by the proof it is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pithcore.document import read_document
from pithcore.errors import TimestampError
from pithcore.events import TIMESTAMP
from pithcore.material import VerificationMaterial
from pithcore.orcid import OrcidAnswer
from pithcore.record import member
from pithcore.timestamp import Checkpoints, ExplorerAnswer, read_checkpoints, split_headers


def material_of(
    data: bytes, files: Sequence[Mapping[str, Any]], answers: Mapping[str, Any], now: str
) -> VerificationMaterial:
    """What completeness is checked with; of several files of one kind the last.

    Args:
        data: the document.
        files: each with `kind` (“proof”, “headers” or “checkpoints”), `name`, `bytes`.
        answers: `explorers`: `explorer`, `height`, `header` (hex or null) each; `orcid`:
            `orcid`, `did_keys`, `read_on` each.
        now: the time (UTC).

    Raises `TimestampError`, which names the file, for one that cannot be used.
    """
    proof: bytes | None = None
    headers: bytes | None = None
    checkpoints: Checkpoints | None = None
    has_proof = any(file["kind"] == "proof" for file in files) or _carries_proof(data)
    for file in files:
        content = bytes(file["bytes"])
        try:
            if file["kind"] == "proof":
                proof = content
            elif file["kind"] == "checkpoints":
                checkpoints = read_checkpoints(content)
            elif has_proof:
                split_headers(content, 0)  # what is wrong with the file is said with its name
                headers = content
            else:
                raise TimestampError(
                    "There is no timestamp proof here that would name the block these headers "
                    "start at: bring the proof with them."
                )
        except TimestampError as error:
            raise TimestampError(f"{file['name']} cannot be used. {error}") from None
    return VerificationMaterial(
        timestamp=proof,
        headers={} if headers is None else headers,
        checkpoints=checkpoints,
        explorers=tuple(map(_explorer, answers.get("explorers", ()))),
        orcid=tuple(map(_orcid, answers.get("orcid", ()))),
        now=now,
    )


def _carries_proof(data: bytes) -> bool:
    document = read_document(data)
    listed = None if document.events is None else document.events.value
    events = listed if isinstance(listed, list) else []
    return any(member(event, "event_type") == TIMESTAMP for event in events)


def _explorer(answer: Mapping[str, Any]) -> ExplorerAnswer:
    header = answer["header"]
    return ExplorerAnswer(
        answer["explorer"], answer["height"], None if header is None else bytes.fromhex(header)
    )


def _orcid(answer: Mapping[str, Any]) -> OrcidAnswer:
    return OrcidAnswer(answer["orcid"], tuple(answer["did_keys"]), answer["read_on"])
