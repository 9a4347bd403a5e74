"""The work: documents in, a row for each out. Pure, picklable, and the same on every engine."""

from __future__ import annotations

import json
from functools import cache

from pithcli.opinion import fastest
from pithcore import PITH_KEYRING, Examination, PithError, Verdict
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pithcore import Keyring
    from pithcore.events import SignedMessage, VerifySignature
    from pithcore.reading import JSON

REFUSED = "refused"
"""The verdict of a row that could not be read as a Pith document at all."""

VERDICTS = (*(verdict.value for verdict in Verdict), REFUSED)

MAX_DOCUMENT = 4 * 1024 * 1024
"""Bytes of one document: some 8,000 events. Reading takes ten times that in each worker, and
`pith verify` takes larger ones."""

TOO_LARGE = (
    f"It has more than {MAX_DOCUMENT // 1024**2} MiB, which is the most that an audit takes in one "
    "piece; pith verify takes more."
)

_AT_A_TIME = 256 * 1024
"""Bytes of documents that are open together. Signatures are verified for all of them in one go:
going to and fro between Python and OpenSSL for each costs both of them their caches."""

Row = dict[str, "JSON"]
"""The members are those that `_row` gives it; docs/cli.md says what each means."""


class Item(NamedTuple):
    """One document: where it is from, its line there (None for a whole file), and its bytes.

    `problem` says why there are none.
    """

    source: str
    line: int | None
    data: bytes
    problem: str | None = None


def audit_lines(
    lines: Iterable[bytes | str],
    *,
    source: str = "",
    first_line: int = 1,
    keyring: Keyring = PITH_KEYRING,
    verify_signature: VerifySignature | None = None,
) -> list[Row]:
    """Verify documents, one a line, and return a row for each line that is not blank.

    Args:
        lines: JSON Lines, with or without their ends.
        source, first_line: for the rows: where the lines are from, and the number of the first.
        keyring: keys whose signatures count.
        verify_signature: an Ed25519 of protocol 10; OpenSSL's where it is installed, else ours.

    No document makes this raise: what cannot be read gets a row that says why.
    """
    return audit(items_of(lines, source, first_line), keyring, verify_signature)


def items_of(lines: Iterable[bytes | str], source: str, first_line: int) -> Iterator[Item]:
    """An item for each line that is not blank."""
    for number, line in enumerate(lines, first_line):
        data = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
        if data.strip():
            yield Item(source, number, data)


def audit(
    items: Iterable[Item],
    keyring: Keyring = PITH_KEYRING,
    verify_signature: VerifySignature | None = None,
) -> list[Row]:
    """A row for each item, in order."""
    verify = _Ahead(verify_signature or _fastest())
    rows: list[Row] = []
    opened: list[tuple[Item, Examination | str]] = []
    size = 0
    for item in items:
        opened.append((item, _open(item, keyring, verify)))
        size += len(item.data)
        if size >= _AT_A_TIME:
            rows += _conclude(opened, verify)
            opened, size = [], 0
    return rows + _conclude(opened, verify)


_fastest = cache(fastest)


class _Ahead:
    """An Ed25519 that has been asked before: the same answers, kept by the three arguments."""

    def __init__(self, verify: VerifySignature) -> None:
        self._verify = verify
        self._known: dict[SignedMessage, bool] = {}

    def ask(self, messages: Iterable[SignedMessage]) -> None:
        """Have these verified now, and forget those before them."""
        self._known = {message: self._verify(*message) for message in messages}

    def __call__(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        known = self._known.get((public_key, message, signature))
        return self._verify(public_key, message, signature) if known is None else known


def _open(item: Item, keyring: Keyring, verify: VerifySignature) -> Examination | str:
    """The document as it was read, or why it was not."""
    if item.problem is not None:
        return item.problem
    if len(item.data) > MAX_DOCUMENT:
        return TOO_LARGE
    try:
        return Examination.of(item.data, keyring=keyring, verify_signature=verify)
    except PithError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - one bad row must not end a run of a million
        return _bug(error)


def _conclude(opened: list[tuple[Item, Examination | str]], verify: _Ahead) -> list[Row]:
    verify.ask([message for _, examination in opened for message in _messages(examination)])
    return [_row(item, examination) for item, examination in opened]


def _messages(examination: Examination | str) -> Iterable[SignedMessage]:
    if isinstance(examination, str):
        return ()
    try:
        return examination.signed_messages()
    except Exception:  # noqa: BLE001 - it comes again, and is told, when the row is made
        return ()


def _row(item: Item, examination: Examination | str) -> Row:
    if isinstance(examination, str):
        return _refused(item, examination)
    try:
        found = examination.conclusion()
    except PithError as error:
        return _refused(item, str(error))
    except Exception as error:  # noqa: BLE001 - as above
        return _refused(item, _bug(error))
    return {
        "source": item.source,
        "line": item.line,
        "verdict": str(found.verdict),
        "sentence": None if found.verdict is Verdict.VERIFIED else found.sentence,
        "failed": list(found.failed),
        "kind": found.kind,
        "pith_number": found.pith_number,
        "arxiv_id": found.arxiv_id,
        "key_id": found.key_id,
    }


def _refused(item: Item, why: str) -> Row:
    return {
        "source": item.source,
        "line": item.line,
        "verdict": REFUSED,
        "sentence": why,
        "failed": [],
        "kind": None,
        "pith_number": None,
        "arxiv_id": None,
        "key_id": None,
    }


def _bug(error: Exception) -> str:
    return f"Something went wrong inside pith: {type(error).__name__}: {error}"


_encode = json.JSONEncoder(separators=(",", ":")).encode


def row_line(row: Row) -> bytes:
    """A row as a line of JSON, in ASCII."""
    return _encode(row).encode("ascii") + b"\n"
