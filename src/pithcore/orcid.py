"""ORCID iDs: the form, the check digit, and the did:key names that a public record lists.

An iD is 16 characters in four groups, the last of them a check digit by ISO 7064 MOD 11-2, and
is written as the address `https://orcid.org/0000-0002-1825-0097`.
"""

from __future__ import annotations

from pithcore.didkey import parse_did_key
from pithcore.errors import KeyringError, OrcidError, ReadError
from pithcore.patterns import Pattern
from pithcore.printable import brief
from pithcore.reading import JSON, read_json
from pithcore.record import member, text_member
from pithcore.typed import NamedTuple

MAX_ANSWER = 1024 * 1024
"""Bytes of an answer of ORCID's; a list of a hundred addresses has some 60,000."""

MAX_URLS = 1_000
"""Researcher URLs looked at."""

_ORCID = Pattern(
    r"(?:https?://(?:www\.)?orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9Xx])/?"
)


class OrcidAnswer(NamedTuple):
    """What ORCID's public record of an iD listed when it was asked.

    Attributes:
        orcid: 19 characters, as `parse_orcid` returns them.
        did_keys: did:key names among its researcher URLs, in order.
        read_on: day of the answer (UTC), `YYYY-MM-DD`.
    """

    orcid: str
    did_keys: tuple[str, ...]
    read_on: str


def parse_orcid(text: str) -> str:
    """An iD as 19 characters, from those or from its address.

    Raises `OrcidError` for another form, and for a check digit that is not the others'.
    """
    match = _ORCID.fullmatch(text.strip()) if len(text) <= 100 else None
    if match is None:
        raise OrcidError(
            f"“{brief(text)}” is no ORCID iD, which has four groups of four, such as "
            "0000-0002-1825-0097."
        )
    orcid = match[1].upper()
    wanted = check_digit(orcid[:-1].replace("-", ""))
    if orcid[-1] != wanted:
        raise OrcidError(
            f"{orcid} is nobody's ORCID iD: its last character would have to be {wanted}."
        )
    return orcid


def check_digit(digits: str) -> str:
    """The 16th character, `0` to `9` or `X`, of 15 digits (ISO 7064 MOD 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def orcid_url(orcid: str) -> str:
    """The iD as ORCID wants it shown."""
    return f"https://orcid.org/{orcid}"


def researcher_urls_address(orcid: str) -> str:
    """Where ORCID's public interface (v3.0) lists a record's researcher URLs, as JSON."""
    return f"https://pub.orcid.org/v3.0/{orcid}/researcher-urls"


def read_researcher_urls(data: bytes, orcid: str, read_on: str) -> OrcidAnswer:
    """Read the answer to `researcher_urls_address`, asked with `Accept: application/json`.

    A researcher URL names a key when it is a did:key or ends in one after `/`, `#` or `=`:
    where a form takes only web addresses, `https://pith.science/#did:key:…` will do.

    Raises `OrcidError` for anything else than such an answer.
    """
    try:
        answer = read_json(data, max_bytes=MAX_ANSWER)
    except ReadError as error:
        raise OrcidError(f"ORCID's answer cannot be read. {error}") from None
    listed = member(answer, "researcher-url")
    if not isinstance(listed, list):
        raise OrcidError("ORCID's answer holds no list “researcher-url”.")
    named = (_did_key_in(text_member(entry, "url", "value")) for entry in listed[:MAX_URLS])
    return OrcidAnswer(orcid, tuple(filter(None, named)), read_on)


_ENDS_IN_KEY = Pattern(r"(?:.*[/#=])?(did:key:[1-9A-HJ-NP-Za-km-z]+)")


def _did_key_in(url: JSON) -> str | None:
    match = _ENDS_IN_KEY.fullmatch(url) if isinstance(url, str) else None
    if match is None:
        return None
    try:
        parse_did_key(match[1])
    except KeyringError:
        return None
    return match[1]
