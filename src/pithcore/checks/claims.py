"""Completeness: what the server says of it is named in full, and not checked by this version.

Each says that something is there and that nobody looked, so that it cannot pass for checked.
"""

from __future__ import annotations

from pithcore.checks.context import (
    Context,
    not_applicable,
    unchecked,
)
from pithcore.printable import brief
from pithcore.reading import JSON
from pithcore.record import member
from pithcore.report import Finding, Reason


def timestamp(context: Context) -> Finding:
    """The digest is anchored in Bitcoin (protocol 8.4)."""
    return _claim(context, "externally_anchored", "that the digest is anchored in Bitcoin")


def archive(context: Context) -> Finding:
    """The paper is kept by the Internet Archive (protocol 8.4)."""
    return _claim(context, "storage_verified", "that the paper is archived")


def author(context: Context) -> Finding:
    """An author claims the record (protocol 8.4)."""
    return _claim(context, "author_attested", "that an author claims the record")


def citations(context: Context) -> Finding:
    """Signed citations point at the record (protocol 8.4)."""
    return _claim(context, "citation_signatures", "that signed citations point at it")


def replications(context: Context) -> Finding:
    """Replications are recorded (protocol 8.4)."""
    return _claim(context, "replication_records", "that replications are recorded")


def _claim(context: Context, name: str, what: str) -> Finding:
    status = context.document.status
    claimed: JSON = None if status is None else member(status.value, name)
    if not claimed:
        return not_applicable("Nothing of the kind is claimed.")
    return unchecked(
        Reason.UNSUPPORTED,
        f"The server says {what} ({name}: {brief(claimed)}). This version does not check it.",
    )
