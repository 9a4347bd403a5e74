"""Verify Pith records without trusting the server that sent them.

`verify(data)` reads a record, a bundle or a record page and returns a `Report`. Everything
here is pure Python, standard library only, and does no input or output: bytes, keys and
wishes are given to it, and nothing is fetched, opened or timed.

A name is imported when it is first used (PEP 562): who checks a signature loads no reader of PDFs.
"""

from __future__ import annotations

from importlib import import_module

from pithcore._version import __version__
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore import ed25519
    from pithcore.abstractpage import PaperTexts, read_abstract_page
    from pithcore.badge import make_badge
    from pithcore.canonical import canonical_bytes, canonical_digest
    from pithcore.checks import PLAN
    from pithcore.copies import Comparison, Copy, compare_copies
    from pithcore.errors import (
        BadgeError,
        CanonicalError,
        CaptureError,
        DocumentError,
        KeyringError,
        NumberError,
        OrcidError,
        PdfError,
        PithError,
        QueryError,
        ReadError,
        TimestampError,
    )
    from pithcore.events import EventStatus, ExaminedEvent, event_id_of
    from pithcore.jsonld import ni_uri, record_to_json_ld, report_to_json_ld
    from pithcore.keyring import PITH_KEYRING, Key, Keyring, parse_public_key
    from pithcore.making import make_bundle, make_event, make_receipt, make_record, number_of
    from pithcore.material import VerificationMaterial
    from pithcore.merging import Difference, Equivocation, State, compare, merge
    from pithcore.number import PithNumber
    from pithcore.paper import canon_sha256, normalise
    from pithcore.pdf import Pdf, read_pdf
    from pithcore.query import RESOLVERS, ArxivId, Resolver, parse_query
    from pithcore.reading import MAX_BYTES, read_json
    from pithcore.report import (
        Check,
        Conclusion,
        Finding,
        Group,
        Outcome,
        PlannedCheck,
        Reason,
        Report,
        Verdict,
    )
    from pithcore.verification import Examination, receipt_signatures, verify

__all__ = [
    "MAX_BYTES",
    "PITH_KEYRING",
    "PLAN",
    "RESOLVERS",
    "ArxivId",
    "BadgeError",
    "CanonicalError",
    "CaptureError",
    "Check",
    "Comparison",
    "Conclusion",
    "Copy",
    "Difference",
    "DocumentError",
    "Equivocation",
    "EventStatus",
    "Examination",
    "ExaminedEvent",
    "Finding",
    "Group",
    "Key",
    "Keyring",
    "KeyringError",
    "NumberError",
    "OrcidError",
    "Outcome",
    "PaperTexts",
    "Pdf",
    "PdfError",
    "PithError",
    "PithNumber",
    "PlannedCheck",
    "QueryError",
    "ReadError",
    "Reason",
    "Report",
    "Resolver",
    "State",
    "TimestampError",
    "Verdict",
    "VerificationMaterial",
    "__version__",
    "canon_sha256",
    "canonical_bytes",
    "canonical_digest",
    "compare",
    "compare_copies",
    "ed25519",
    "event_id_of",
    "make_badge",
    "make_bundle",
    "make_event",
    "make_receipt",
    "make_record",
    "merge",
    "ni_uri",
    "normalise",
    "number_of",
    "parse_public_key",
    "parse_query",
    "read_abstract_page",
    "read_json",
    "read_pdf",
    "receipt_signatures",
    "record_to_json_ld",
    "report_to_json_ld",
    "verify",
]

_WHERE = {
    "pithcore.abstractpage": (
        "PaperTexts",
        "read_abstract_page",
    ),
    "pithcore.badge": ("make_badge",),
    "pithcore.canonical": (
        "canonical_bytes",
        "canonical_digest",
    ),
    "pithcore.checks": ("PLAN",),
    "pithcore.copies": (
        "Comparison",
        "Copy",
        "compare_copies",
    ),
    "pithcore.errors": (
        "BadgeError",
        "CanonicalError",
        "CaptureError",
        "DocumentError",
        "KeyringError",
        "NumberError",
        "OrcidError",
        "PdfError",
        "PithError",
        "QueryError",
        "ReadError",
        "TimestampError",
    ),
    "pithcore.events": (
        "EventStatus",
        "ExaminedEvent",
        "event_id_of",
    ),
    "pithcore.jsonld": ("ni_uri", "record_to_json_ld", "report_to_json_ld"),
    "pithcore.keyring": (
        "Key",
        "Keyring",
        "PITH_KEYRING",
        "parse_public_key",
    ),
    "pithcore.making": (
        "make_bundle",
        "make_event",
        "make_receipt",
        "make_record",
        "number_of",
    ),
    "pithcore.material": ("VerificationMaterial",),
    "pithcore.merging": (
        "Difference",
        "Equivocation",
        "State",
        "compare",
        "merge",
    ),
    "pithcore.number": ("PithNumber",),
    "pithcore.paper": (
        "canon_sha256",
        "normalise",
    ),
    "pithcore.pdf": (
        "Pdf",
        "read_pdf",
    ),
    "pithcore.query": (
        "ArxivId",
        "RESOLVERS",
        "Resolver",
        "parse_query",
    ),
    "pithcore.reading": (
        "MAX_BYTES",
        "read_json",
    ),
    "pithcore.report": (
        "Check",
        "Conclusion",
        "Finding",
        "Group",
        "Outcome",
        "PlannedCheck",
        "Reason",
        "Report",
        "Verdict",
    ),
    "pithcore.verification": (
        "Examination",
        "receipt_signatures",
        "verify",
    ),
}
"""Module → its names above. `ed25519` is a package of its own."""

if not TYPE_CHECKING:  # to a type checker every name would be one of these

    def __getattr__(name: str) -> object:
        """Raises `AttributeError` for a name that is not in `__all__`."""
        if name == "ed25519":
            return import_module("pithcore.ed25519")
        for module, names in _WHERE.items():
            if name in names:
                value = globals()[name] = getattr(import_module(module), name)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
