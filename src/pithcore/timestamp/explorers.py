"""What block explorers report, which is their word: it counts when none of them differs."""

from __future__ import annotations

from collections.abc import Iterable

from pithcore.errors import TimestampError
from pithcore.printable import brief
from pithcore.timestamp.chain import check_header
from pithcore.timestamp.headers import Header
from pithcore.timestamp.wording import counted, named
from pithcore.typed import NamedTuple


class ExplorerAnswer(NamedTuple):
    """What one explorer says about one block.

    Attributes:
        explorer: its name. height: the block asked for.
        header: the 80 bytes, put together from its answer; None when it gave none.
    """

    explorer: str
    height: int
    header: bytes | None


class Reports(NamedTuple):
    """What explorers say about one block, together.

    Attributes:
        header: the one that all who answered report; None when there is none such.
        agree, asked: names of those who report it, and of all who were asked, sorted.
        note: a sentence on why there is no such header; empty when nobody was asked.
    """

    header: Header | None
    agree: tuple[str, ...]
    asked: tuple[str, ...]
    note: str


def hear(answers: Iterable[ExplorerAnswer], height: int, required_bits: int | None) -> Reports:
    """Put together what explorers report of one block.

    Args:
        answers: those about other blocks are left out.
        height, required_bits: as for `check_header`, which every header must pass.
    """
    asked: set[str] = set()
    sides: dict[bytes, set[str]] = {}
    for answer in answers:
        if answer.height == height:
            asked.add(answer.explorer)
            if answer.header is not None:
                sides.setdefault(answer.header, set()).add(answer.explorer)
    everybody = tuple(sorted(asked))
    agree: tuple[str, ...] = ()
    header = None
    for raw, names in sides.items():
        agree = tuple(sorted(names))
        try:
            header = check_header(raw, height, required_bits)
        except TimestampError as error:
            return Reports(None, (), everybody, f"From {brief(agree[0])}: {error}")
    if len(sides) == 1:
        return Reports(header, agree, everybody, "")
    note = ""
    if sides:
        who = " and ".join(named(sorted(names), "explorer") for names in sides.values())
        note = f"Explorers disagree about that block: {who} report different headers."
    elif asked:
        note = f"None of {counted(len(asked), 'explorer')} asked gave a header."
    return Reports(None, (), everybody, note)
