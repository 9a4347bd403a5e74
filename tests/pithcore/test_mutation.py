"""Attack: change one character of a verified record. It must never stay *verified*.

Every position of the canonical bytes, the signature's base64, the digest and the number is
substituted, deleted, doubled with something else before it, and swapped with its neighbour.
What a change says is judged by Python's own `json`: only a change that leaves the same JSON
value (white space, an escape) or the same number (letter case) may still be verified.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from samples import SIGNED, dump, envelope, outcomes

from pithcore import PithError, ed25519, verify

pytestmark = pytest.mark.no_cover  # thousands of cases, of code that other tests cover

SUBSTITUTES = '0 "\\A\u00e9'
BASE64_SUBSTITUTES = "= A0/\n\u00e9"
HEX_SUBSTITUTES = "0 a1g\u0661"
NUMBER_SUBSTITUTES = "A :20\u017f\u212a"


def changes(text: str, alphabet: str) -> Iterator[str]:
    """Every text one edit away: each position with each substitute, and swaps."""
    seen = {text}
    for place in range(len(text) + 1):
        before, here, after = text[:place], text[place : place + 1], text[place + 1 :]
        edits = [before + other + here + after for other in alphabet[:2]]
        if here:
            edits += [before + other + after for other in alphabet]
            edits += [before + chr(ord(here) ^ 1) + after, before + here.swapcase() + after]
            edits += [before + after, before + after[:1] + here + after[1:]]
        for edit in edits:
            if edit not in seen:
                seen.add(edit)
                yield edit


def outcome(data: bytes) -> str:
    """The verdict, or `refused`; any other exception fails the test by itself."""
    try:
        report = verify(data)
    except PithError:
        return "refused"
    if report.verdict == "failed":
        failed = [check for check in report.checks if check.outcome == "failed"]
        assert all(check.finding.message for check in failed)
    return report.verdict.value


def same_json(one: str, other: str) -> bool:
    """Whether two JSON texts say the same, told apart by type as well as value."""
    try:
        return repr(json.loads(one)) == repr(json.loads(other))
    except ValueError:
        return False


RECEIPT = '"receipt":{"key_id":"pith-v1-2026-05","signature_b64":%s}'


@pytest.fixture(params=SIGNED, ids=[row["arxiv"] for row in SIGNED])
def row(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each of the records with a real signature."""
    value: dict[str, Any] = request.param
    assert outcome(dump(envelope(value))) == "verified"
    return value


def test_changed_canonical_bytes_are_never_verified(row: dict[str, Any]) -> None:
    """The record's text inside an envelope, one edit away: failed or refused."""
    canonical = json.dumps(row["canonical_record"], sort_keys=True, separators=(",", ":"))
    assert canonical.isascii()
    frame = '{"canonical_record":%s,"canonical_sha256":"' + row["canonical_sha256"]
    frame += '",' + RECEIPT % json.dumps(row["signature_b64"]) + "}"
    assert outcome((frame % canonical).encode()) == "verified"
    count = same = 0
    for changed in changes(canonical, SUBSTITUTES):
        found = outcome((frame % changed).encode())
        if same_json(canonical, changed):
            assert found == "verified", changed
            same += 1
        else:
            assert found in ("failed", "refused"), changed
        count += 1
    assert count > 8 * len(canonical)
    assert same > 10  # white space between tokens is tried, and says nothing new


def test_changed_record_that_states_nothing_else_is_never_verified(row: dict[str, Any]) -> None:
    """With the digest left out, only the signature stands against the change: it must."""
    canonical = json.dumps(row["canonical_record"], sort_keys=True, separators=(",", ":"))
    frame = '{"canonical_record":%s,' + RECEIPT % json.dumps(row["signature_b64"]) + "}"
    for place in range(0, len(canonical), 7):
        changed = canonical[:place] + chr(ord(canonical[place]) ^ 1) + canonical[place + 1 :]
        assert outcome((frame % changed).encode()) in ("failed", "refused"), changed


def test_changed_signature_is_never_verified(row: dict[str, Any]) -> None:
    """The base64 one edit away: also with unused bits set, white space, or other padding."""
    signature = row["signature_b64"]
    head = json.dumps(envelope(row)).replace(json.dumps(signature), "%s")
    assert outcome((head % json.dumps(signature)).encode()) == "verified"
    for changed in changes(signature, BASE64_SUBSTITUTES):
        assert outcome((head % json.dumps(changed)).encode()) == "failed", changed
    unused = signature[:-3] + chr(ord(signature[-3]) + 1) + "=="
    assert base64.b64decode(unused) == base64.b64decode(signature)
    assert outcome((head % json.dumps(unused)).encode()) == "failed"


def test_every_bit_of_the_signature_counts(row: dict[str, Any]) -> None:
    """Each of the 512 bits, flipped with good base64 around it, is refused by the mathematics."""
    raw = base64.b64decode(row["signature_b64"])
    for bit in range(0, 512, 4):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        text = base64.b64encode(flipped).decode()
        value = envelope(row)
        value["receipt"]["signature_b64"] = text
        report = verify(dump(value))
        assert report.verdict == "failed"
        assert outcomes(report)["receipt.signature"] == "failed"
        assert outcomes(report)["receipt.form"] == "passed"


def test_changed_digest_is_never_verified(row: dict[str, Any]) -> None:
    """The digest one edit away, upper case among them: failed."""
    for changed in changes(row["canonical_sha256"], HEX_SUBSTITUTES):
        data = dump(envelope(row, canonical_sha256=changed))
        assert outcome(data) == "failed", changed


@pytest.mark.parametrize("member", ["pith_number", "short_pith_number"])
def test_changed_number_is_never_verified(row: dict[str, Any], member: str) -> None:
    """The number one edit away: failed, but for the case of its letters."""
    number = row["pith"] if member == "pith_number" else f"pith:{row['pith'][10:18]}"
    for changed in changes(number, NUMBER_SUBSTITUTES):
        found = outcome(dump(envelope(row, **{member: changed})))
        if changed.isascii() and changed.upper() == number.upper():
            assert found == "verified", changed
        else:
            assert found == "failed", changed


def test_signature_of_another_record_is_never_verified() -> None:
    """Real signatures by the real key, over other records, fail."""
    for row in SIGNED:
        for other in SIGNED:
            if other is not row:
                value = envelope(row)
                value["receipt"]["signature_b64"] = other["signature_b64"]
                assert outcome(dump(value)) == "failed"


def test_signature_by_another_key_under_the_pinned_id_fails(row: dict[str, Any]) -> None:
    """A forger who signs the right digest with their own key, under the registry's key id."""
    forged = ed25519.sign(bytes(32), bytes.fromhex(row["canonical_sha256"]))
    value = envelope(row)
    value["receipt"]["signature_b64"] = base64.b64encode(forged).decode()
    assert outcome(dump(value)) == "failed"
