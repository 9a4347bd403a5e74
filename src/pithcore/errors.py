"""What goes wrong, as one tree: every error this package raises on purpose is a `PithError`.

A wrong *type* of argument (text where bytes belong) stays Python's `TypeError`: that is a
mistake in the calling program, not in anybody's document.
"""

from __future__ import annotations


class PithError(ValueError):
    """Base of all errors; `str(error)` is one clear sentence that says what and where."""


class ReadError(PithError):
    """Bytes that the strict reader refuses.

    Attributes:
        line, column: place in the text, counted from 1; None when the whole input is meant.
        path: place as a JSON path (`$.events[0].payload`); None when it is not inside a value.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        path: str | None = None,
    ) -> None:
        self.line = line
        self.column = column
        self.path = path
        place = "" if line is None else f"Line {line}, column {column}: "
        inside = "" if path is None else f" (at {path})"
        super().__init__(f"{place}{message}{inside}")


class CanonicalError(PithError):
    """A value that has no canonical bytes (protocol 1.1)."""


class NumberError(PithError):
    """Text that is not a Pith Number."""


class QueryError(PithError):
    """Text that names no record: neither a Pith Number nor an arXiv identifier."""


class KeyringError(PithError):
    """A public key that cannot stand in a keyring."""


class DocumentError(PithError):
    """Readable input that is no Pith document."""


class BadgeError(PithError):
    """A number or an address of which no badge can be made."""


class PdfError(PithError):
    """Bytes that are no PDF this package can look into."""


class OrcidError(PithError):
    """Text that is no ORCID iD, or an answer that ORCID does not give."""


class CaptureError(PithError):
    """An address that is no capture of the Internet Archive, or an answer it does not give."""


class TimestampError(PithError):
    """Bytes that are no timestamp proof, block headers or checkpoints this package can read.

    Attributes:
        offset: index of the byte that was refused; None when the whole input is meant.
        unsupported: True for what may be good and needs a newer reader.
    """

    def __init__(
        self, message: str, *, offset: int | None = None, unsupported: bool = False
    ) -> None:
        self.offset = offset
        self.unsupported = unsupported
        super().__init__(message if offset is None else f"At byte {offset}: {message}")
