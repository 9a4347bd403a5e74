"""Captures of the Internet Archive: what an address of one says, and what the archive answers.

`https://web.archive.org/web/20260519120000/https://arxiv.org/abs/1906.08168v1` names a time to
the second (UTC) and what was captured. That the capture is there, only the archive can say.
"""

from __future__ import annotations

import base64

from pithcore.errors import CaptureError
from pithcore.patterns import Pattern
from pithcore.printable import brief
from pithcore.times import utc_order
from pithcore.typed import NamedTuple

HOST = "https://web.archive.org"
"""The archive's host, with its scheme."""

MAX_ADDRESS = 2_000
"""Characters of a capture's address; those of a paper have some 80."""

_CAPTURE = Pattern(
    r"https?://web\.archive\.org/web/([0-9]{14})(?:(?:id|if|im|js|cs)_)?/"
    r"((?:https?://)?[!-~]+)"
)
_PAPER = Pattern(
    r"(?:https?://)?(?:www\.|export\.)?(?:"
    r"arxiv\.org(?::80)?/(?:abs|pdf|html)/(?P<arxiv>[^?#]+?)(?:\.pdf)?"
    r"|(?:dx\.)?doi\.org/(?P<doi>10\.[^?#]+)"
    r"|pith\.science/pith/(?P<pith>[A-Za-z2-7]+)(?:\.json|/bundle\.json)?"
    r")/?"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_HTTP_DATE = Pattern(
    r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) GMT"
)


class Capture(NamedTuple):
    """What the address of a capture says.

    Attributes:
        stamp: 14 digits. time: the same as a UTC time, `YYYY-MM-DDTHH:MM:SSZ`.
        archived: the address that was captured.
    """

    stamp: str
    time: str
    archived: str


class CaptureAnswer(NamedTuple):
    """What the archive answered about one capture.

    Attributes:
        capture_url: the capture asked for.
        stamp: the 14 digits of the row its index (CDX) holds; None when it holds none.
        sha1: 20 bytes, the row's digest of what was captured; None without a row.
        status: the HTTP status under which it was captured, as text; None without a row.
        memento_time: the capture's own `Memento-Datetime` (RFC 7089) as a UTC time, or None.
        read_on: day of the answer (UTC), `YYYY-MM-DD`.
    """

    capture_url: str
    stamp: str | None
    sha1: bytes | None
    status: str | None
    memento_time: str | None
    read_on: str


def parse_capture(url: str) -> Capture:
    """Read the address of a capture. Raises `CaptureError` for anything else."""
    match = _CAPTURE.fullmatch(url) if len(url) <= MAX_ADDRESS else None
    if match is None:
        raise CaptureError(
            f"“{brief(url)}” is no address of a capture, which is {HOST}/web/, 14 digits of a "
            "time, and the address that was captured."
        )
    time = time_of(match[1])
    if time is None:
        raise CaptureError(f"The 14 digits {match[1]} of the capture's address are no time.")
    return Capture(match[1], time, match[2])


def time_of(stamp: str) -> str | None:
    """14 digits, `YYYYMMDDhhmmss`, as a UTC time; None when they are none."""
    s = stamp
    time = f"{s[:4]}-{s[4:6]}-{s[6:8]}T{s[8:10]}:{s[10:12]}:{s[12:]}Z"
    return time if len(s) == 14 and utc_order(time) is not None else None


def names_paper(archived: str, aliases: dict[str, str], suffix: str) -> bool | None:
    """Whether an archived address is one of a record's.

    Args:
        aliases: alias kind → value, as `expected_aliases` gives them. suffix: 26 characters.

    Returns:
        True for its page at arXiv, of its version or of none; its DOI; or its record page.
        False for another paper or version there. None for an address of another kind.
    """
    match = _PAPER.fullmatch(archived)
    if match is None:
        return None
    arxiv, version = aliases.get("arxiv"), aliases.get("arxiv_version")
    if match["arxiv"] is not None:
        return match["arxiv"] in {arxiv, version}
    if match["doi"] is not None:
        return match["doi"].lower() == (aliases.get("doi") or "").lower()
    return suffix.startswith(match["pith"].upper())


def cdx_address(capture: Capture) -> str:
    """Where the archive's index says whether it holds exactly this capture (CDX server)."""
    stamp = capture.stamp
    return (
        f"{HOST}/cdx/search/cdx?url={_quoted(capture.archived)}"
        f"&from={stamp}&to={stamp}&limit=1&fl=timestamp,original,statuscode,digest"
    )


def _quoted(text: str) -> str:
    """Percent-encoded but for what never needs it (RFC 3986 section 2.3)."""
    return "".join(
        character
        if character.isascii() and (character.isalnum() or character in "-._~")
        else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in text
    )


def read_cdx(data: bytes) -> tuple[str, bytes, str] | None:
    """(14 digits, SHA-1 of 20 bytes, HTTP status) of the first row of an answer, or None.

    Raises `CaptureError` for a row that does not have the four fields of `cdx_address`.
    """
    row = data.decode("utf-8", "replace").strip().partition("\n")[0].split()
    if not row:
        return None
    try:
        stamp, _, status, digest = row
        sha1 = base64.b32decode(digest)
    except ValueError:
        raise CaptureError(f"The archive's index answers “{brief(' '.join(row))}”.") from None
    if time_of(stamp) is None or len(sha1) != 20:
        raise CaptureError(f"The archive's index answers “{brief(' '.join(row))}”.")
    return stamp, sha1, status


def memento_time(header: str) -> str | None:
    """A `Memento-Datetime` header (RFC 7089, an HTTP date) as a UTC time, or None."""
    match = _HTTP_DATE.fullmatch(header.strip())
    if match is None or match[2] not in _MONTHS:
        return None
    day, month, year, clock = match[1], _MONTHS.index(match[2]) + 1, match[3], match[4]
    time = f"{year}-{month:02}-{day}T{clock}Z"
    return time if utc_order(time) is not None else None
