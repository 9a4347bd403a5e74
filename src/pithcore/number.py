"""Pith Numbers: derived from a digest, read from what people paste, written one way.

A number is the first 26 characters (130 bits) of the RFC 4648 base32 of a canonical digest,
with the year of the record's `submitted_at`: `pith:2019:DBZZ4GA3QYTEJZ5TKUNHWEKF3I`
(protocol 1.3, 1.4). Prefixes of 8, 12 and 16 characters are aliases, not numbers.
"""

from __future__ import annotations

from functools import lru_cache

from pithcore.errors import NumberError
from pithcore.patterns import Pattern
from pithcore.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Self

FULL_LENGTH = 26
"""Characters of a full suffix: 130 of the digest's 256 bits."""

PREFIX_LENGTHS = (8, 12, 16)
"""Lengths of the aliases `pith_short_8`, `_12` and `_16` (protocol 1.3)."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""Base32, RFC 4648 section 6: a character for each 5 bits, the highest first."""

_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
_SHIFTS = range(5 * FULL_LENGTH - 10, -1, -10)

MAX_TEXT = 2048
"""Characters of pasted text looked at; the longest sensible form is a URL."""

_LOOKS_LIKE = {
    "0": "the letter O",
    "1": "the letter I or L",
    "8": "the letter B",
    "9": "the letter G or P",
}
_LENGTHS = "26 characters (or its first 8, 12 or 16)"
_WRAPPING = " \t\r\n\f\v\u00a0\u200b\u200c\u200d\u2060\ufeff<>()[]{}\"'`“”‘’«»,;."
_URL_PATH = Pattern(
    r"/(?:\.well-known/pith|api/pith-number|pith)/([^/?#]+?)(?:\.json)?(?:/[^?#]*)?(?:[?#].*)?\Z"
)
_LATEX = Pattern(r"\\pithnumber\s*\{([^{}]*)\}")
_YEAR = Pattern(r"[1-9][0-9]{3}")


class _Fields(NamedTuple):
    suffix: str
    year: int | None = None


class PithNumber(_Fields):
    """A Pith Number, or one of its short forms.

    Attributes:
        suffix: 26 base32 characters, upper case; or the first 8, 12 or 16 of them.
        year: four digits, or None when the text did not say.
    """

    __slots__ = ()

    def __new__(cls, suffix: str, year: int | None = None) -> Self:
        """Raises `NumberError` for a wrong character, length or year."""
        _check_suffix(suffix)
        if year is not None and not 1000 <= year <= 9999:
            raise NumberError(f"The year of a Pith Number has four digits, not {year}.")
        return super().__new__(cls, suffix, year)

    @classmethod
    def from_digest(cls, digest: bytes, year: int | None = None) -> Self:
        """The number of a canonical digest of 32 bytes.

        Raises `NumberError` for another length. Source: protocol 1.3, 1.4.
        """
        if len(digest) != 32:
            raise NumberError(f"A canonical digest has 32 bytes, not {len(digest)}.")
        return cls(_suffix_of(digest), year)

    @classmethod
    def parse(cls, text: str) -> Self:
        r"""Read a number in any form that people paste.

        `pith:2019:DBZZ…`, `pith:DBZZ4GA3`, the bare suffix in either case, a record's URL on
        any host (with `/bundle.json`, `.json`, a query), a page address that ends in
        `#pith:…`, and `\pithnumber{…}`; white space, quotes and brackets around it are dropped.

        Raises:
            NumberError: a sentence that names the character or the length that is wrong.
        """
        if len(text) > MAX_TEXT:
            raise NumberError(f"This is {len(text):,} characters long; a Pith Number is short.")
        core = _unwrap(text)
        if not core:
            raise NumberError("Nothing was given; a Pith Number looks like pith:2019:DBZZ4GA3….")
        if "/" in core:
            raise NumberError(
                f"{_quote(core)} holds no Pith Number; a record's address ends in /pith/ and "
                "the number's 26 characters."
            )
        parts = core.split(":")
        if len(parts) > 1 and parts[0].lower() == "pith" and parts[0].isascii():
            parts = parts[1:]
        if len(parts) > 2:
            raise NumberError(
                f"{_quote(core)} has too many colons; a Pith Number is written pith:YEAR:SUFFIX."
            )
        year = None
        if len(parts) == 2:
            if not _YEAR.fullmatch(parts[0]):
                raise NumberError(
                    f"{_quote(parts[0])} is not a year of four digits, which is what stands "
                    "before the last colon of a Pith Number."
                )
            year = int(parts[0])
        suffix = parts[-1]
        return cls(suffix.upper() if suffix.isascii() else suffix, year)

    @property
    def is_full(self) -> bool:
        """True for all 26 characters; short forms name a record only within one registry."""
        return len(self.suffix) == FULL_LENGTH

    @property
    def short(self) -> str:
        """`pith:` and the first 8 characters (protocol 1.3)."""
        return f"pith:{self.suffix[:8]}"

    def prefix(self, length: int) -> str:
        """The alias of 8, 12 or 16 characters. Raises `NumberError` for another length."""
        if length not in PREFIX_LENGTHS or length > len(self.suffix):
            raise NumberError(f"There is no alias of {length} characters for {self}.")
        return self.suffix[:length]

    def matches(self, other: PithNumber) -> bool:
        """True when nothing in the two contradicts: one suffix begins the other, years agree."""
        years_agree = self.year is None or other.year is None or self.year == other.year
        one, two = sorted((self.suffix, other.suffix), key=len)
        return years_agree and two.startswith(one)

    def __str__(self) -> str:
        """`pith:YEAR:SUFFIX`, without the year when it is not known."""
        return f"pith:{self.suffix}" if self.year is None else f"pith:{self.year}:{self.suffix}"


@lru_cache(maxsize=64)
def _suffix_of(digest: bytes) -> str:
    """Kept, since several checks derive the number of one digest."""
    bits = int.from_bytes(digest, "big") >> 256 - 5 * FULL_LENGTH
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def _unwrap(text: str) -> str:
    """Drop what people carry along: white space, brackets, a URL or a LaTeX command around it."""
    latex = _LATEX.search(text)
    core = (latex.group(1) if latex else text).strip(_WRAPPING)
    core = core.replace("%3A", ":").replace("%3a", ":")
    fragment = core.rpartition("#")[2]
    if "#" in core and fragment[:5].lower() == "pith:":
        return fragment.strip(_WRAPPING)
    url = _URL_PATH.search(core)
    return url.group(1).strip(_WRAPPING) if url else core


def _quote(text: str) -> str:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return f"“{shown}”"


def _check_suffix(suffix: str) -> None:
    rest = suffix.lstrip(ALPHABET)
    if rest:
        character, index = rest[0], len(suffix) - len(rest) + 1
        if character in _LOOKS_LIKE:
            raise NumberError(
                f"The digit {character} at position {index} of {_quote(suffix)} is never used in "
                f"a Pith Number; {_LOOKS_LIKE[character]} may be meant."
            )
        raise NumberError(
            f"{character!r} at position {index} of {_quote(suffix)} is not a base32 character; "
            "a Pith Number uses A to Z and 2 to 7."
        )
    if len(suffix) != FULL_LENGTH and len(suffix) not in PREFIX_LENGTHS:
        raise NumberError(
            f"{_quote(suffix)} has {len(suffix)} characters; a Pith Number has {_LENGTHS}."
        )
