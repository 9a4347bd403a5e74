"""Graph snapshots: each section hashes to the `snapshot_sha256` it states (protocol 7.2, 7.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from pithcore.canonical import canonical_digest
from pithcore.printable import brief, show
from pithcore.reading import JSON
from pithcore.record import is_hex64
from pithcore.report import Finding, Outcome, Reason

EMPTY_SNAPSHOT = hashlib.sha256(b'{"payload":[]}').hexdigest()
"""`snapshot_sha256` of a section that holds nothing (protocol 7.2)."""

MAX_NAMED = 8
"""Sections named in a sentence."""


def examine_snapshot(snapshot: JSON) -> Finding:
    """Recompute each `snapshot_sha256` of a graph snapshot (merge 2.2).

    Failed when one differs or the snapshot is no object; unchecked when a section does not
    carry what was hashed, or no section states a hash.
    """
    if not isinstance(snapshot, dict):
        return Finding(Outcome.FAILED, "The graph snapshot is not an object.", found=show(snapshot))
    stating = list(sections(snapshot))
    withheld = []
    for name, section in stating:
        stated = section["snapshot_sha256"]
        computed = section_sha256(section)
        if computed is None and is_hex64(stated):
            withheld.append(name)
        elif computed != stated:
            return Finding(
                Outcome.FAILED,
                f"The section {brief(name)} does not hash to its snapshot_sha256.",
                expected=computed or "64 hex digits",
                found=show(stated),
            )
    if withheld:
        named = ", ".join(brief(name) for name in withheld[:MAX_NAMED])
        more = ", …" if len(withheld) > MAX_NAMED else ""
        return Finding(
            Outcome.UNCHECKED,
            f"These sections do not carry what their snapshot_sha256 was made from: {named}{more}.",
            Reason.NOT_STATED,
        )
    if not stating:
        return Finding(
            Outcome.UNCHECKED,
            "No section of the snapshot states a snapshot_sha256.",
            Reason.NOT_STATED,
        )
    return Finding(Outcome.PASSED, "Every section hashes to its snapshot_sha256.")


def sections(snapshot: dict[str, JSON]) -> Iterator[tuple[str, dict[str, JSON]]]:
    """(name, section) for each member of a snapshot that states a `snapshot_sha256`, by name."""
    for name in sorted(snapshot):
        section = snapshot[name]
        if isinstance(section, dict) and "snapshot_sha256" in section:
            yield name, section


def section_sha256(section: dict[str, JSON]) -> str | None:
    """The `snapshot_sha256` a section should state (protocol 7.2); None when it cannot be told.

    Over `items` where the section carries them, over detectors and findings in a section of
    integrity, and over the empty list where every count is 0.
    """
    if "items" in section:
        return canonical_digest({"payload": section["items"]}).hex()
    if "detectors_run" in section or "findings" in section:
        if not ("detectors_run" in section and "findings" in section):
            return None
        hashed: JSON = {"detectors": section["detectors_run"], "findings": section["findings"]}
        return canonical_digest({"payload": hashed}).hex()
    counts = [section[name] for name in section if name == "count" or name.endswith("_count")]
    if counts and all(type(count) is int and count == 0 for count in counts):
        return EMPTY_SNAPSHOT
    return None
