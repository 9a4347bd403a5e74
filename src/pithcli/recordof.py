"""The one record of a document, for commands that compute from it and check nothing."""

from __future__ import annotations

from pithcli.problem import Problem
from pithcore import DocumentError, PithError, canonical_bytes, read_json
from pithcore.document import read_document
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcli.inputs import Source
    from pithcore.reading import JSON


class NoDocument(Problem):
    """Readable, and no Pith document."""


def record_of(source: Source) -> JSON:
    """The canonical record that a document carries.

    Raises:
        Problem: when it carries none, or several that differ.
    """
    try:
        records = read_document(source.data).records
    except DocumentError as error:
        raise NoDocument(f"{source.name}: {error}") from None
    except PithError as error:
        raise Problem(f"{source.name}: {error}") from None
    if not records:
        raise Problem(f"{source.name} states a digest and does not carry the record itself.")
    if len({canonical_bytes(record.value) for record in records}) > 1:
        raise Problem(
            f"{source.name} holds {len(records)} copies of the record, and they differ.",
            hint="pith verify shows how.",
        )
    return records[0].value


def record_or_value(source: Source) -> JSON:
    """The canonical record of a Pith document; any other JSON as it is. Raises `Problem`."""
    try:
        return record_of(source)
    except NoDocument as problem:
        try:
            return read_json(source.data)
        except PithError:
            raise problem from None  # neither JSON nor a record page: its sentence says more


def whole_value(source: Source) -> JSON:
    """The JSON value of the whole input. Raises `Problem`."""
    try:
        return read_json(source.data)
    except PithError as error:
        raise Problem(f"{source.name}: {error}") from None
