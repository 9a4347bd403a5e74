"""Regular expressions that are compiled when they are first used.

Compiling one takes longer than most of its uses, and a document needs few of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


class Pattern:
    """As `re.compile(text, flags)`, whose methods it has as attributes: bound once, then as fast.

    Args:
        text: the regular expression. An error in it shows at its first use.
        flags: those of `re`.
    """

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The compiled expression."""
        return re.compile(self._text, self._flags)

    @cached_property
    def match(self) -> Callable[[str], re.Match[str] | None]:
        """The match at the start of a text."""
        return self.compiled.match

    @cached_property
    def fullmatch(self) -> Callable[[str], re.Match[str] | None]:
        """The match with the whole of a text."""
        return self.compiled.fullmatch

    @cached_property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        """The first match anywhere in a text."""
        return self.compiled.search

    @cached_property
    def findall(self) -> Callable[[str], list[Any]]:
        """What all matches in a text hold."""
        return self.compiled.findall

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        """All matches in a text, from an index on where one is given."""
        return self.compiled.finditer
