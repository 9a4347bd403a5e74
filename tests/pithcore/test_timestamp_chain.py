"""Block headers, checkpoints, and the link between them: work alone is never enough."""

from __future__ import annotations

import csv
import json
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stamps import EASY, chain, checkpoint, hash_of, mine

from pithcore.errors import TimestampError
from pithcore.timestamp import (
    Checkpoint,
    Checkpoints,
    check_header,
    format_checkpoints,
    link,
    mainnet_checkpoints,
    parse_checkpoints,
    parse_electrum,
    parse_header,
    read_checkpoints,
    split_headers,
)
from pithcore.timestamp.checkpoints import FIRST_BITS, MAX_FILE
from pithcore.timestamp.headers import (
    MAX_HEADERS,
    PERIOD,
    bits_of,
    display,
    expected_hashes,
    meets,
    target_of,
)
from pithcore.timestamp.mainnet import TABLE
from pithcore.timestamp.proof import MAX_HEIGHT

HEADERS = chain(2016, [bytes([index]) * 32 for index in range(12)])
"""Twelve headers, 2016 to 2027, of the easiest difficulty."""

ENDS_AT_2027 = checkpoint(2027, HEADERS[2027])


def refused(height: int, headers: dict[int, bytes], table: Checkpoints = ENDS_AT_2027) -> str:
    """Why the headers do not hold."""
    with pytest.raises(TimestampError) as caught:
        link(height, headers, table)
    return str(caught.value)


# Headers


def test_mainnet_headers_decode_to_what_is_known_of_them(vectors: Path) -> None:
    """Hash, merkle root, time and bits of nine real headers, each with its period's difficulty."""
    rows = json.loads((vectors / "ots/headers/mainnet_headers.json").read_text())
    assert len(rows) == 9
    for height, row in rows.items():
        raw = bytes.fromhex(row["header"])
        header = check_header(raw, int(height), mainnet_checkpoints().required_bits(int(height)))
        assert display(header.hash) == row["block_hash"]
        assert display(header.merkle_root) == row["merkle_root"]
        assert (header.time, f"{header.bits:08x}") == (row["time"], row["bits"])
        difficulty = target_of(FIRST_BITS) / target_of(header.bits)
        assert difficulty == pytest.approx(row["difficulty"])


@pytest.mark.parametrize("length", [0, 79, 81])
def test_a_header_has_80_bytes(length: int) -> None:
    """Any other length is refused, with the block's height where that is known."""
    with pytest.raises(TimestampError, match=f"has 80 bytes, not {length}"):
        parse_header(bytes(length))
    with pytest.raises(TimestampError, match=f"block 7 has {length} bytes, not 80"):
        check_header(bytes(length), 7, EASY)


def test_a_file_of_headers_is_split_by_height() -> None:
    """Headers one after the other, from a first height; a rest or too many are refused."""
    data = b"".join(HEADERS.values())
    assert split_headers(data, 2016) == HEADERS
    assert split_headers(b"", 5) == {}
    with pytest.raises(TimestampError, match="multiple of 80 bytes, not 959"):
        split_headers(data[:-1], 2016)
    assert len(split_headers(bytes(80 * MAX_HEADERS), 0)) == PERIOD
    with pytest.raises(TimestampError, match="2,017 block headers are more than a period"):
        split_headers(bytes(80 * (MAX_HEADERS + 1)), 0)


@pytest.mark.parametrize(
    ("bits", "target"),
    [
        (0x1D00FFFF, 0xFFFF << 208),
        (0x181686F5, 0x1686F5 << 168),
        (0x207FFFFF, 0x7FFFFF << 232),
        (0x04123456, 0x12345600),
        (0x03123456, 0x123456),
        (0x02123456, 0x1234),
        (0x01120000, 0x12),
    ],
    ids=hex,
)
def test_compact_targets(bits: int, target: int) -> None:
    """Bits stand for the target that Bitcoin Core's tests give them."""
    assert target_of(bits) == target
    assert target_of(bits_of(target)) == target


@pytest.mark.parametrize("bits", [0, 0x01003456, 0x04923456, 0x1D80FFFF, 0x21010000, 0xFF7FFFFF])
def test_bits_without_a_target(bits: int) -> None:
    """Zero, negative and overflowing targets are refused."""
    with pytest.raises(TimestampError, match="stand for no target"):
        target_of(bits)


@given(st.integers(1, (1 << 255) - 1))
def test_compact_form_keeps_the_highest_bits(target: int) -> None:
    """The compact form is never easier than the target, nor harder by more than 2^-15."""
    kept = target_of(bits_of(target))
    assert target - (target >> 15) <= kept <= target
    assert bits_of(kept) == bits_of(target)


def test_work_is_what_the_target_costs() -> None:
    """Half of all hashes meet the easiest target; the first block took 2^32 of them."""
    assert expected_hashes(target_of(EASY)) == 2
    assert expected_hashes(target_of(FIRST_BITS)) == 0x100010001
    assert meets(bytes(32), 0)
    assert not meets(b"\x02" + bytes(31), 1)


# Forgeries: each with its own sentence


def test_forged_headers_of_the_vectors_are_refused(vectors: Path) -> None:
    """No work, and work for targets of the forger's own, do not pass for block 358391."""
    forged = json.loads((vectors / "ots/headers/forged_headers.json").read_text())
    required = mainnet_checkpoints().required_bits(358391)
    sentences = {}
    for name, row in forged.items():
        raw = bytes.fromhex(row["header"])
        assert parse_header(raw).bits == int(row["bits"], 16)
        with pytest.raises(TimestampError) as caught:
            check_header(raw, 358391, required)
        sentences[name] = str(caught.value)
    assert "was not mined" in sentences["358391-root-swapped"]
    assert "takes about 2 hash computations" in sentences["358391-easy-bits"]
    assert "takes about 65,537 hash computations" in sentences["358391-easier-bits"]
    assert all(
        "about 2.1 × 10^20" in sentences[f"358391-{name}-bits"] for name in ("easy", "easier")
    )
    assert len(set(sentences.values())) == 3


def test_a_header_must_state_the_bits_that_its_period_required() -> None:
    """Easier or harder, with the work or without it: other bits are not the chain's."""
    for bits in (0x207FFFFE, 0x2000FFFF):
        raw = mine(bytes(32), bytes(32), bits)
        assert check_header(raw, 1, bits).bits == bits
        with pytest.raises(TimestampError, match="where the chain required about 2 "):
            check_header(raw, 1, EASY)


def test_a_header_whose_bits_are_no_target_is_refused() -> None:
    """A negative target would be met by nothing or by everything."""
    raw = struct.pack("<i32s32sIII", 1, bytes(32), bytes(32), 0, 0x20FFFFFF, 0)
    with pytest.raises(TimestampError, match="states the bits 20ffffff, which stand for no target"):
        check_header(raw, 1, EASY)


def test_where_the_difficulty_is_unknown_bitcoins_easiest_still_holds() -> None:
    """Without a checkpoint a header may state its own bits, but none easier than block 0's."""
    with pytest.raises(TimestampError, match=r"required at least 4\.3 × 10\^9"):
        check_header(mine(bytes(32), bytes(32)), 5_000_000, None)


def test_the_first_block_has_the_work_it_states() -> None:
    """Block 0, the one header everybody knows, passes with known and with unknown bits."""
    raw = bytes.fromhex(
        "01000000000000000000000000000000000000000000000000000000000000000000000"
        "03ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
    )
    for bits in (FIRST_BITS, None):
        header = check_header(raw, 0, bits)
        assert display(header.hash).startswith("000000000019d6689c085ae165831e93")


# Linking


def test_headers_link_to_the_next_checkpoint() -> None:
    """From any of the blocks up to the checkpoint, and the work of all headers is counted."""
    for height in HEADERS:
        run = link(height, HEADERS, ENDS_AT_2027)
        assert run is not None
        assert (run.checkpoint, run.length) == (2027, 2028 - height)
        assert run.work == 2 * run.length
        assert run.header.hash == hash_of(HEADERS[height])


def test_a_run_that_ends_early_is_not_linked() -> None:
    """With one header missing, nothing is linked, though all that is there holds."""
    for missing in range(2020, 2028):
        headers = {height: raw for height, raw in HEADERS.items() if height != missing}
        run = link(2019, headers, ENDS_AT_2027)
        assert run is not None
        assert (run.checkpoint, run.length) == (None, missing - 2019)
    assert link(2019, {}, ENDS_AT_2027) is None


def test_nothing_is_said_where_the_checkpoints_do_not_reach() -> None:
    """A header whose required difficulty is unknown is neither good nor bad."""
    headers = chain(4031, [bytes(32)] * 2)
    table = Checkpoints.of([Checkpoint(4030, None, EASY)])
    assert link(4032, headers, table) is None
    run = link(4031, headers, table)
    assert run is not None
    assert (run.length, run.checkpoint) == (1, None)


def test_a_run_may_cross_into_the_next_period() -> None:
    """Each header is held against the bits of its own period."""
    headers = chain(4030, [bytes(32)] * 4)
    known = Checkpoint(4033, hash_of(headers[4033]), EASY)
    table = Checkpoints.of([Checkpoint(4029, None, EASY), known])
    run = link(4030, headers, table)
    assert run is not None
    assert run.checkpoint == 4033
    harder = Checkpoints.of([Checkpoint(4029, None, EASY), Checkpoint(4033, None, 0x207FFFFE)])
    assert "header given for block 4032 is not the chain's" in refused(4030, headers, harder)


def test_a_header_that_does_not_follow_its_predecessor_is_refused() -> None:
    """One header put in the place of another breaks the chain, and the place is named."""
    other = mine(b"\x11" * 32, bytes(32))
    sentence = refused(2019, {**HEADERS, 2022: other})
    assert "block 2022 does not name the block before it" in sentence
    assert display(b"\x11" * 32) in sentence
    assert display(hash_of(HEADERS[2021])) in sentence


def test_a_header_without_work_is_refused() -> None:
    """Inside the run as at its start."""
    nonces = range(100)
    lazy = next(
        raw
        for raw in (HEADERS[2023][:76] + struct.pack("<I", nonce) for nonce in nonces)
        if not meets(hash_of(raw), target_of(EASY))
    )
    for start in (2019, 2023):
        assert "block 2023 was not mined" in refused(start, {**HEADERS, 2023: lazy})


def test_a_chain_of_ones_own_does_not_end_at_the_checkpoint() -> None:
    """All the work and all the links are there, and the last hash is another."""
    own = chain(2016, [b"forged".ljust(32)] * 12)
    sentence = refused(2019, own)
    assert f"its hash is {display(hash_of(own[2027]))}" in sentence
    assert f"the checkpoint there is {display(hash_of(HEADERS[2027]))}" in sentence


def test_a_block_behind_a_checkpoint_must_follow_it() -> None:
    """The checkpoint before a block binds it too, though it does not link it."""
    before = checkpoint(2018, HEADERS[2018])
    run = link(2019, HEADERS, before)
    assert run is not None
    assert run.checkpoint is None
    other = mine(b"\x11" * 32, bytes(32))
    assert "does not name the block before it" in refused(2019, {2019: other}, before)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("chain.headers", None),
        ("chain.broken-link.headers", "block 2022 does not name the block before it"),
        ("chain.no-work.headers", "block 2023 was not mined"),
    ],
)
def test_shared_chains(vectors: Path, file: str, words: str | None) -> None:
    """The shared chain of twelve links to its checkpoint, its broken variants say where."""
    folder = vectors / "ots" / "synthetic"
    facts: dict[str, Any] = json.loads((folder / "chain.json").read_text())
    known = bytes.fromhex(facts["checkpoint_hash"])[::-1]
    line = Checkpoint(facts["checkpoint_height"], known, int(facts["bits"], 16))
    headers = split_headers((folder / file).read_bytes(), facts["first_height"])
    if words is not None:
        assert words in refused(facts["proof_height"], headers, Checkpoints.of([line]))
        return
    run = link(facts["proof_height"], headers, Checkpoints.of([line]))
    assert run is not None
    assert run.checkpoint == 2027
    assert display(run.header.merkle_root) == facts["merkle_root"]
    other_bits = mine(parse_header(headers[2019]).previous, run.header.merkle_root, 0x207FFFFE)
    changed = refused(2019, {**headers, 2019: other_bits}, Checkpoints.of([line]))
    assert "block 2019 is not the chain's" in changed


def test_the_shared_short_file_of_headers_is_refused(vectors: Path) -> None:
    """A byte is missing."""
    data = (vectors / "ots/synthetic/chain.short.headers").read_bytes()
    with pytest.raises(TimestampError, match="multiple of 80 bytes, not 959"):
        split_headers(data, 2016)


# Checkpoints


def test_shipped_table_agrees_with_the_independent_one(vectors: Path) -> None:
    """Hash and bits of every period that the shared table has are those of ours."""
    table = mainnet_checkpoints()
    with (vectors / "ots/checkpoints/mainnet_periods.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 470
    for row in rows:
        height = int(row["last_height"])
        assert table.required_bits(height) == int(row["nbits"], 16)
        if row["last_block_hash"]:
            assert display(table.hashes[height]) == row["last_block_hash"]


def test_shipped_table_is_a_line_a_period_under_bitcoins_rules() -> None:
    """No period is missing, none is easier than the first, none changes by more than four."""
    table = mainnet_checkpoints()
    assert table is mainnet_checkpoints()
    assert table.heights == tuple(range(PERIOD - 1, table.heights[-1] + 1, PERIOD))
    assert len(table.heights) >= 478
    targets = [target_of(line.bits) for line in table.lines]
    assert targets[0] == max(targets) == target_of(FIRST_BITS)
    for before, after in pairwise(targets):
        assert before / 4.001 < after < before * 4.001
    assert table.lines[-1].hash is None
    assert len(TABLE) < 150_000


def test_shipped_table_is_written_as_it_is_read() -> None:
    """Reading and writing our format changes nothing; remarks are only for readers."""
    table = parse_checkpoints(TABLE)
    assert format_checkpoints(table) == TABLE
    remarked = format_checkpoints(table, ["from Électrum", ""])
    assert b"\n# from \\xc9lectrum\n# \n" in remarked
    assert read_checkpoints(remarked) == table


def test_next_checkpoint_and_required_bits() -> None:
    """The next block that is known, and the bits of any block's period."""
    table = mainnet_checkpoints()
    assert (table.next(0), table.next(2015), table.next(2016)) == (2015, 2015, 4031)
    assert table.next(table.heights[-1] + 1) is None
    assert table.required_bits(358391) == 0x181686F5
    assert table.required_bits(MAX_HEIGHT) is None


def electrum(rows: list[tuple[str, int]]) -> bytes:
    """A `checkpoints.json`."""
    return json.dumps(rows, indent=4).encode()


def test_electrums_file_says_the_same() -> None:
    """Row i has the last hash of period i and the target of period i + 1."""
    lines = mainnet_checkpoints().lines
    rows = [
        (display(line.hash), target_of(following.bits))
        for line, following in pairwise(lines)
        if line.hash is not None
    ]
    assert parse_electrum(electrum(rows)) == mainnet_checkpoints()
    assert read_checkpoints(b" \n" + electrum(rows)) == mainnet_checkpoints()


FIRST_HASH = display(mainnet_checkpoints().hashes[2015])
FIRST_ROW = (FIRST_HASH, target_of(FIRST_BITS))


NOT_ELECTRUMS = {
    "no rows": b"[]",
    "an empty row": b"[[]]",
    "only a bracket": b"[",
    "no last bracket": electrum([FIRST_ROW])[:-1],
    "text after it": electrum([FIRST_ROW]) + b"x",
    "no first bracket": electrum([FIRST_ROW]).replace(b"[\n", b",\n", 1),
    "no comma": electrum([FIRST_ROW, FIRST_ROW]).replace(b"],", b"] "),
    "a short hash": electrum([(FIRST_HASH[1:], 5)]),
    "upper case": electrum([(FIRST_HASH.upper(), 5)]),
    "a negative target": electrum([(FIRST_HASH, -5)]),
    "a long target": electrum([(FIRST_HASH, 10**78)]),
    "a hash without work": electrum([FIRST_ROW, ("ff" * 32, 5)]),
    "a target with too many digits": electrum([(FIRST_HASH, 0x1234567)]),
    "target zero": electrum([(FIRST_HASH, 0)]),
    "a target beyond 256 bits": electrum([(FIRST_HASH, 1 << 256)]),
    "deep nesting": b"[" * 100_000,
    "too much": bytes(MAX_FILE + 1),
}


@pytest.mark.parametrize("name", NOT_ELECTRUMS)
def test_what_is_not_electrums_file_is_refused(name: str) -> None:
    """Another shape, a target that no header can state, a hash without work."""
    with pytest.raises(TimestampError):
        parse_electrum(NOT_ELECTRUMS[name])


GOOD = f"pith checkpoints 1\n2015 {FIRST_HASH} 1d00ffff\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "starts with the line “pith checkpoints 1”"),
        ("pith checkpoints 2\n", "starts with the line"),
        (f"{GOOD}2016", "Line 3 is no checkpoint"),
        (f"{GOOD}4031  - 1d00ffff", "Line 3 is no checkpoint"),
        (f"{GOOD}4031 - 1D00FFFF", "Line 3 is no checkpoint"),
        (f"{GOOD}4031 {'g' * 64} 1d00ffff", "Line 3 is no checkpoint"),
        (f"{GOOD}# café\n\ncafé", "Line 5 is no checkpoint"),
        (f"{GOOD}2015 - 1d00ffff", "Checkpoint 2015 is out of order"),
        (f"{GOOD}1000 - 1d00ffff", "Checkpoint 1000 is out of order"),
        (f"{GOOD}{MAX_HEIGHT + 1} - 1d00ffff", "out of order"),
        ("pith checkpoints 1\n1 - 1d00ffff\n2 - 1d00fffe", "Checkpoint 2 has other bits"),
        ("pith checkpoints 1\n1 - 00000000", "The bits 00000000 stand for no target"),
        (GOOD.replace("1d00ffff", "1a00ffff"), "Checkpoint 2015 lacks the work"),
    ],
    ids=range(13),
)
def test_what_is_not_our_format_is_refused(text: str, words: str) -> None:
    """Each fault is named with its line or its checkpoint."""
    with pytest.raises(TimestampError, match=words):
        parse_checkpoints(text.encode())


def test_a_table_may_name_any_block() -> None:
    """A reader with a node of their own can add a line for the very block of a proof."""
    table = parse_checkpoints(f"{GOOD}2019 {display(hash_of(HEADERS[2019]))} 207fffff\n".encode())
    run = link(2019, HEADERS, table)
    assert run is not None
    assert (run.length, run.checkpoint) == (1, 2019)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_timestamp_error(data: bytes) -> None:
    """Nothing else comes out, behind the first line either."""
    for whole in (data, GOOD.encode() + data, b"[" + data):
        try:
            assert read_checkpoints(whole).lines is not None
        except TimestampError as error:
            assert str(error)
