"""What a document says: every statement it makes about one record, each with its place.

Nothing is believed here and nothing is compared. A bundle states the record twice, a page
states the digest in three places; all are collected, and the checks hold them together.
"""

from __future__ import annotations

from pithcore.errors import DocumentError
from pithcore.reading import JSON, MAX_BYTES, decode_utf8, parse_json
from pithcore.typed import NamedTuple

KNOWN_VERSION = "1.0"
"""The one version of bundles and states that has been seen (protocol 5.1, 6.1)."""


class Statement(NamedTuple):
    """One value a document states, and where: a JSON path, or a label on a page."""

    value: JSON
    where: str


class Document(NamedTuple):
    """All statements of one document, in the order they stand. A null states nothing.

    Attributes:
        kind: `canonical_record`, `envelope`, `bundle`, `record`, `state`, `integrity` or
            `record_page`.
        version: what the document says of its own version, None when it does not.
        records: copies of the canonical record.
        digests: canonical SHA-256 values. numbers: full Pith Numbers. suffixes: the 26
            characters alone. short_numbers: `pith:` with 8 characters.
        schema_versions, sources: what stands beside the record and repeats it.
        aliases: objects `{alias_kind, alias_value}`.
        receipts: receipt objects. fingerprints: hex of a key's fingerprint, or its beginning.
        titles: the paper's title as the server shows it.
        status: the server's `verification_status`, None when there is none.
        events, state: the events, and `current` of a served state, None when there are none.
        served_state: the whole served state, None when the document is none.
        integrity: detectors and findings on a paper (protocol 7.3), None when there are none.
        signature_named: the document names a signature that it does not carry.
        unread: names of top-level members that no check looks at.
    """

    kind: str
    version: Statement | None = None
    records: tuple[Statement, ...] = ()
    digests: tuple[Statement, ...] = ()
    numbers: tuple[Statement, ...] = ()
    suffixes: tuple[Statement, ...] = ()
    short_numbers: tuple[Statement, ...] = ()
    schema_versions: tuple[Statement, ...] = ()
    sources: tuple[Statement, ...] = ()
    aliases: tuple[Statement, ...] = ()
    receipts: tuple[Statement, ...] = ()
    fingerprints: tuple[Statement, ...] = ()
    titles: tuple[Statement, ...] = ()
    status: Statement | None = None
    events: Statement | None = None
    state: Statement | None = None
    served_state: Statement | None = None
    integrity: Statement | None = None
    signature_named: bool = False
    unread: tuple[str, ...] = ()


_TYPE_MEMBERS = {
    "bundle_type": ("pith_open_graph_bundle", "bundle", "bundle_version"),
    "state_type": ("pith_open_graph_state", "state", "state_version"),
    "record_type": ("pith_number_record", "record", "schema_version"),
}
"""Member that names the type → (its value, kind, member with the version). Protocol 5–7."""

_READ = frozenset(
    {
        *_TYPE_MEMBERS,
        *("bundle_version", "state_version", "schema_version", "canonical_record"),
        *("canonical_sha256", "pith_number", "short_pith_number", "source", "source_aliases"),
        *("receipt", "signature_b64", "key_id", "events", "current", "paper"),
        *("verification_status", "merge_version", "event_count", "valid_event_count"),
        *("invalid_event_count", "equivocation_count"),
    }
)


def read_document(data: bytes, *, max_bytes: int = MAX_BYTES) -> Document:
    """Read any document of protocol 2 and 5 to 8: JSON, or the text or HTML of a record page.

    Raises:
        ReadError: for bytes the strict reader refuses.
        DocumentError: for readable input that is no Pith document.
        TypeError: when `data` is not bytes.
    """
    text = decode_utf8(data, max_bytes=max_bytes)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if not start:
        raise DocumentError("The input is empty.")
    if start not in '{["':
        from pithcore.page import read_page  # the rarer case, and html.parser comes with it

        return read_page(text)
    return document_of(parse_json(text))


def document_of(value: JSON) -> Document:
    """Collect the statements of a JSON value. Raises `DocumentError` for no Pith document."""
    if not isinstance(value, dict):
        raise DocumentError(f"A Pith document is a JSON object; this is {_kind_of(value)}.")
    if "canonical_record" not in value and {"metadata", "source"} <= value.keys():
        return Document("canonical_record", records=(Statement(value, "$"),))
    if _is_integrity(value):
        return _integrity_document(value)
    kind, version = _kind_and_version(value)
    places: list[_Place] = [(value, "$")]
    if isinstance(current := value.get("current"), dict):
        places.append((current, "$.current"))
    payloads = [*places, *_created_payloads(value.get("events"))]
    document = Document(
        kind=kind,
        version=version,
        records=_collect(payloads, "canonical_record"),
        digests=_collect(payloads, "canonical_sha256"),
        numbers=_collect(payloads, "pith_number"),
        short_numbers=_collect(payloads, "short_pith_number"),
        schema_versions=_collect(places, "schema_version"),
        sources=_collect(places, "source"),
        aliases=_aliases(places),
        receipts=(*_collect(payloads, "receipt"), *_bare_signature(value)),
        titles=_titles(value.get("paper")),
        status=_optional(value, "verification_status"),
        events=_optional(value, "events"),
        state=_optional(value, "current"),
        served_state=Statement(value, "$") if value.get("current") is not None else None,
        unread=tuple(sorted(value.keys() - _READ)),
    )
    if not (document.records or document.digests):
        names = ", ".join(name[:40] for name in sorted(value)[:6]) or "nothing"
        raise DocumentError(
            "This JSON holds neither canonical_record nor canonical_sha256, so there is no "
            f"record to check. It holds: {names}."
        )
    return document


def _is_integrity(value: dict[str, JSON]) -> bool:
    """Events on a paper, with no record (protocol 7.3)."""
    return (
        "integrity" in value
        and "events" in value
        and not (value.keys() & {*_TYPE_MEMBERS, "canonical_record", "canonical_sha256"})
    )


def _integrity_document(value: dict[str, JSON]) -> Document:
    """`pith_number` is left aside: it holds the arXiv id there, and nothing signs it."""
    return Document(
        kind="integrity",
        events=_optional(value, "events"),
        integrity=_optional(value, "integrity"),
        unread=tuple(sorted(value.keys() - {"events", "integrity"})),
    )


def _kind_and_version(value: dict[str, JSON]) -> tuple[str, Statement | None]:
    for name, (type_value, kind, version_name) in _TYPE_MEMBERS.items():
        if value.get(name) == type_value:
            return kind, _optional(value, version_name)
    return "envelope", None


def _optional(value: dict[str, JSON], name: str) -> Statement | None:
    return Statement(value[name], f"$.{name}") if value.get(name) is not None else None


_Place = tuple[dict[str, JSON], str]
"""An object whose members state something, and its JSON path."""


def _collect(places: list[_Place], name: str) -> tuple[Statement, ...]:
    stated = [(place.get(name), path) for place, path in places]
    return tuple(
        [Statement(value, f"{path}.{name}") for value, path in stated if value is not None]
    )


def _created_payloads(events: JSON) -> list[_Place]:
    """Payloads of `record_created` events: they repeat the record and carry its receipt."""
    return [
        (payload, f"$.events[{index}].payload")
        for index, event in enumerate(events if isinstance(events, list) else [])
        if isinstance(event, dict)
        and event.get("event_type") == "record_created"
        and isinstance(payload := event.get("payload"), dict)
    ]


def _titles(paper: JSON) -> tuple[Statement, ...]:
    return _collect([(paper, "$.paper")], "title") if isinstance(paper, dict) else ()


def _aliases(places: list[_Place]) -> tuple[Statement, ...]:
    return tuple(
        [
            Statement(alias, f"{listed.where}[{index}]")
            for listed in _collect(places, "source_aliases")
            for index, alias in enumerate(
                listed.value if isinstance(listed.value, list) else [listed.value]
            )
        ]
    )


def _bare_signature(value: dict[str, JSON]) -> tuple[Statement, ...]:
    """A signature beside the digest, without a receipt around it (protocol 4.1)."""
    if value.get("signature_b64") is None:
        return ()
    names = ("key_id", "signature_b64")
    receipt: dict[str, JSON] = {name: value[name] for name in names if name in value}
    return (Statement(receipt, "$"),)


def _kind_of(value: JSON) -> str:
    if isinstance(value, list):
        return f"an array of {len(value)}"
    return "text" if isinstance(value, str) else "a bare value"
