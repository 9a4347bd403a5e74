"""OpenTimestamps in the core: read a proof, evaluate it, and say what it shows.

`assess(proof, digest)` does it all and never raises for what is in the input; the stages are
`parse`, `evaluate`, `link`. Nothing is fetched: headers, checkpoints and explorers' answers are
given. What even a linked proof does not show: who made the bytes, that they say the truth, and
when they were made, other than before that day.
"""

from __future__ import annotations

from pithcore.timestamp.assessment import assess
from pithcore.timestamp.chain import Link, check_header, link
from pithcore.timestamp.checkpoints import (
    Checkpoint,
    Checkpoints,
    contradiction,
    format_checkpoints,
    mainnet_checkpoints,
    parse_checkpoints,
    parse_electrum,
    read_checkpoints,
)
from pithcore.timestamp.evaluation import AttestationResult, evaluate, headers_for
from pithcore.timestamp.explorers import ExplorerAnswer
from pithcore.timestamp.headers import Header, parse_header, split_headers
from pithcore.timestamp.levels import Assessed, Assessment, Level
from pithcore.timestamp.proof import (
    Attestation,
    DetachedTimestamp,
    Kind,
    parse,
    parse_response,
    read_proof,
    serialize,
)
from pithcore.timestamp.ripemd160 import ripemd160

__all__ = [
    "Assessed",
    "Assessment",
    "Attestation",
    "AttestationResult",
    "Checkpoint",
    "Checkpoints",
    "DetachedTimestamp",
    "ExplorerAnswer",
    "Header",
    "Kind",
    "Level",
    "Link",
    "assess",
    "check_header",
    "contradiction",
    "evaluate",
    "format_checkpoints",
    "headers_for",
    "link",
    "mainnet_checkpoints",
    "parse",
    "parse_checkpoints",
    "parse_electrum",
    "parse_header",
    "parse_response",
    "read_checkpoints",
    "read_proof",
    "ripemd160",
    "serialize",
    "split_headers",
]
