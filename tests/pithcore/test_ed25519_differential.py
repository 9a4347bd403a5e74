"""20,000 generated signatures: this Ed25519 on every way, OpenSSL behind the filter, the reference.

Held against OpenSSL behind `admissible`:

| what | on which cases |
| --- | --- |
| what follows from how a case was made (arithmetic in exponents) | all |
| `PublicKey.verify` without tables | all |
| `PublicKey.verify` with small tables | every third |
| `PublicKey.verify` with large tables | those of three keys |
| `verify_batch`, one batch for each key | all |
| `verify_batch` without tables, five at a time | every seventh |
| the reference (RFC 8032 written out) | all unusual ones, and every tenth of the others |

The generator knows the discrete logarithms: a key is A = a B + j T and a signature has
R = r B + k T with T of order 8, so s = r + h a holds exactly when h j + k = 0 (mod 8). Cases are
the same in every run. Unusual are those on which implementations of Ed25519 are known to differ.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import cache
from math import gcd
from typing import NamedTuple

import ed25519_reference as reference
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from ed25519_reference import BASE, TORSION, L, P, hash_mod_l

from pithcore.ed25519 import PublicKey, admissible, keys
from pithcore.ed25519.comb import LARGE, SMALL
from pithcore.ed25519.keys import LARGE_AFTER, SMALL_AFTER

pytestmark = pytest.mark.no_cover  # thousands of cases, of code that other tests cover

EACH = 2000
"""Cases of each of the ten kinds."""

PINNED = 3
"""Signers whose signatures are tried with large tables as well; the first signs a quarter."""

SPECIAL = (1, 2, 8, L - 1, L - 2, 2**252, (L + 1) // 2)
"""Scalars of keys and nonces that make sums of equal and of opposite points."""


class Case(NamedTuple):
    """A question, how it came about, and the answer that follows from that."""

    kind: str
    key: bytes
    message: bytes
    signature: bytes
    holds: bool
    unusual: bool = False


class Signer(NamedTuple):
    """A key a B + j T of known a and j."""

    scalar: int
    j: int
    key: bytes


class Nonce(NamedTuple):
    """r, and the encodings of r B + k T for k from 0 to 7."""

    scalar: int
    encodings: list[bytes]


def _encodings(scalar: int) -> list[bytes]:
    point = reference.multiply(scalar, BASE)
    return [reference.encode(reference.add(point, part)) for part in TORSION]


class Generator:
    """Makes cases, each from a random choice of signer, nonce, message and change."""

    def __init__(self) -> None:
        self.rng = random.Random(8032)
        draw = [self.rng.randrange(1, L) for _ in range(72)]
        parts = [0, 1, 4, 2, 0, 0, 0, 0, 3, 5, 6, 7, 0, 0, 0, 1, 2, 4, 0, 0]
        self.signers = [
            Signer(a, j, _encodings(a)[j]) for a, j in zip(draw[:20], parts, strict=True)
        ]
        self.pure = [signer for signer in self.signers if signer.j == 0]
        self.nonces = [Nonce(r, _encodings(r)) for r in draw[20:]]
        self.special = [Signer(a, 0, _encodings(a)[0]) for a in SPECIAL]
        self.special_nonces = [Nonce(one.scalar, _encodings(one.scalar)) for one in self.special]
        self.small = reference.small_order_spellings()
        self.twisted = [
            (j, spelled)
            for j, spelled in self.small
            if spelled != reference.encode(TORSION[j])  # y >= P, or x = 0 with the sign bit
        ]
        self.large_y = [
            (y | sign << 255).to_bytes(32, "little") for y in range(P, 2**255) for sign in (0, 1)
        ]

    def signer(self, among: list[Signer]) -> Signer:
        """The first one in a quarter of cases, which makes its batch a long one."""
        return among[0] if self.rng.random() < 0.25 else self.rng.choice(among)

    def message(self) -> bytes:
        """Up to 150 bytes, so that the hash is of one to two blocks and more."""
        return self.rng.randbytes(self.rng.randrange(151))

    def meeting(self, r: bytes, key: bytes, j: int, k: int) -> bytes:
        """A message for which h j + k = 0 (mod 8); any where there is none."""
        message = self.message()
        if k % gcd(j, 8) == 0:
            while (hash_mod_l(r, key, message) * j + k) % 8:
                message = self.message()
        return message

    def signed(self, signer: Signer, message: bytes, nonce: Nonce) -> bytes:
        """What an honest signer returns, except that nonces come from a small stock."""
        r = nonce.encodings[0]
        s = (nonce.scalar + hash_mod_l(r, signer.key, message) * signer.scalar) % L
        return r + s.to_bytes(32, "little")

    def honest(self, shortest: int = 0) -> tuple[bytes, bytes, bytes]:
        """Key, message and signature that hold."""
        signer, message = self.signer(self.pure), self.message() + bytes(shortest)
        return signer.key, message, self.signed(signer, message, self.rng.choice(self.nonces))

    def mixed(self) -> Case:
        """Parts of two honest signatures: of one, or with one part of the other."""
        one, other = [(k, m, s[:32], s[32:]) for k, m, s in (self.honest(), self.honest())]
        from_other = self.rng.randrange(8)
        parts = [other[at] if at == from_other else one[at] for at in range(4)]
        key, message, r, s = parts
        return Case("mixed", key, message, r + s, parts == list(one))

    def torsion(self) -> Case:
        """Parts of small order in A, in R or in both; in two thirds the equation is met."""
        signer, nonce = self.signer(self.signers), self.rng.choice(self.nonces)
        j, k = signer.j, self.rng.randrange(8)
        r, key = nonce.encodings[k], signer.key
        message = self.meeting(r, key, j, k) if self.rng.random() < 0.67 else self.message()
        h = hash_mod_l(r, key, message)
        s = (nonce.scalar + h * signer.scalar) % L
        holds = (h * j + k) % 8 == 0
        kind = f"torsion {j} {k}"
        return Case(kind, key, message, r + s.to_bytes(32, "little"), holds, holds and j + k > 0)

    def larger_s(self) -> Case:
        """s + m L, as far as 32 bytes go."""
        key, message, signature = self.honest()
        m = max(0, self.rng.randrange(-4, 16))
        s = (int.from_bytes(signature[32:], "little") + m * L).to_bytes(32, "little")
        return Case("larger s", key, message, signature[:32] + s, m == 0, m > 0)

    def flipped(self) -> Case:
        """No bit, one or two changed in the key, R, s or the message."""
        key, message, signature = self.honest(shortest=1)
        parts = {"key": key, "R": signature[:32], "s": signature[32:], "message": message}
        field = self.rng.choice(list(parts))
        number, length = int.from_bytes(parts[field], "little"), len(parts[field])
        for bit in self.rng.sample(range(8 * length), flips := self.rng.randrange(3)):
            number ^= 1 << bit
        parts[field] = number.to_bytes(length, "little")
        changed = parts["R"] + parts["s"]
        return Case(f"flipped {field}", parts["key"], parts["message"], changed, flips == 0)

    def second_spelling(self) -> Case:
        """A or R with y >= P, or minus zero for zero; the equation is met where it can be."""
        key, message, signature = self.honest()
        match self.rng.randrange(5):
            case 0:
                return Case("second spelling", key, message, signature, holds=True)
            case 1:
                spelled = self.rng.choice(self.large_y)
                return Case("second spelling", spelled, message, signature, False, True)
            case 2:
                spelled = self.rng.choice(self.large_y)
                changed = spelled + signature[32:]
                return Case("second spelling", key, message, changed, False, True)
            case _:
                return self.with_small_order("second spelling", self.twisted)

    def small_order(self) -> Case:
        """A, R or both of small order, the equation met; or only with a part of small order."""
        if self.rng.randrange(3) == 0:
            return self.torsion()._replace(kind="small order")
        return self.with_small_order("small order", self.small)

    def with_small_order(self, kind: str, among: list[tuple[int, bytes]]) -> Case:
        """A, R or both one of these, and a message for which the equation holds."""
        signer, nonce = self.signer(self.signers), self.rng.choice(self.nonces)
        a, j, key = signer
        r, k, encoded = nonce.scalar, 0, nonce.encodings[0]
        which = self.rng.randrange(3)
        if which != 0:
            a, (j, key) = 0, self.rng.choice(among)
        if which != 1:
            r, (k, encoded) = 0, self.rng.choice(among)
        message = self.meeting(encoded, key, j, k)
        s = (r + hash_mod_l(encoded, key, message) * a) % L
        return Case(kind, key, message, encoded + s.to_bytes(32, "little"), False, True)

    def length(self) -> Case:
        """Key or signature cut short, or with bytes after it; or as it should be."""
        key, message, signature = self.honest()
        off = self.rng.choice([-32, -2, -1, 0, 0, 0, 1, 2, 32])
        more = self.rng.choice([bytes(32), signature[32:], key])
        if self.rng.random() < 0.5:
            return Case("length", (key + more)[: 32 + off], message, signature, off == 0)
        return Case("length", key, message, (signature + more)[: 64 + off], off == 0)

    def made_up(self) -> Case:
        """Key, R and s, each random bytes in half of cases."""
        key, message, signature = self.honest()
        own = [key, signature[:32], signature[32:]]
        s = self.rng.randrange(L).to_bytes(32, "little")
        random_parts = [self.rng.randbytes(32), self.rng.randbytes(32), s]
        parts = [self.rng.choice(pair) for pair in zip(own, random_parts, strict=True)]
        return Case("made up", parts[0], message, parts[1] + parts[2], parts == own)

    def special_scalar(self) -> Case:
        """a and r such that points coincide or cancel on the way; s as it should be or beside."""
        signer = self.rng.choice(self.special + self.pure[:2])
        nonce = self.rng.choice(self.special_nonces + self.nonces[:2])
        message = self.message()
        signature = self.signed(signer, message, nonce)
        more = self.rng.choice([0, 0, 1, -1])
        s = (int.from_bytes(signature[32:], "little") + more) % L
        changed = signature[:32] + s.to_bytes(32, "little")
        return Case("special scalar", signer.key, message, changed, more == 0)

    def opposite(self) -> Case:
        """-A for A, -R for R, -s for s, in any combination."""
        key, message, signature = self.honest()
        parts = [key, signature[:32], signature[32:]]
        choice = self.rng.randrange(8)
        for at in range(3):
            if choice >> at & 1:
                number = int.from_bytes(parts[at], "little")
                number = -number % L if at == 2 else number ^ 1 << 255
                parts[at] = number.to_bytes(32, "little")
        return Case("opposite", parts[0], message, parts[1] + parts[2], choice == 0)


@cache
def generated() -> tuple[Case, ...]:
    """All cases, kinds in turn."""
    one = Generator()
    kinds: list[Callable[[], Case]] = [
        one.mixed,
        one.torsion,
        one.larger_s,
        one.flipped,
        one.second_spelling,
        one.small_order,
        one.length,
        one.made_up,
        one.special_scalar,
        one.opposite,
    ]
    return tuple(make() for _ in range(EACH) for make in kinds)


def _openssl(case: Case) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(case.key).verify(case.signature, case.message)
    except (InvalidSignature, ValueError):
        return False
    return True


@cache
def filtered_openssl() -> tuple[bool, ...]:
    """What OpenSSL says of each case, asked only where the filter lets it through."""
    return tuple(admissible(case.key, case.signature) and _openssl(case) for case in generated())


def _expect(found: Iterable[tuple[int, bool]]) -> int:
    """Each (number of the case, verdict) is OpenSSL's behind the filter; how many there were."""
    cases, expected, count = generated(), filtered_openssl(), 0
    for at, verdict in found:
        count += 1
        assert verdict == expected[at], (at, cases[at])
    return count


def _prepared(key: bytes, signatures: int) -> PublicKey:
    held = PublicKey(key)
    held.prepare(signatures)
    return held


def _by_key(cases: Iterable[tuple[int, Case]]) -> dict[bytes, list[tuple[int, Case]]]:
    found: dict[bytes, list[tuple[int, Case]]] = {}
    for at, case in cases:
        found.setdefault(case.key, []).append((at, case))
    return found


def _every(nth: int) -> list[tuple[int, Case]]:
    """Kinds follow each other by tens, so a step of 3 or 7 meets them all."""
    return list(enumerate(generated()))[::nth]


def _pinned() -> list[bytes]:
    return [signer.key for signer in Generator().signers[:PINNED]]


def test_the_generator_reaches_both_answers_of_every_kind() -> None:
    """At least 20,000 cases; each kind has accepted and refused ones in fair numbers."""
    cases = generated()
    assert len(cases) >= 20_000
    assert len(set(cases)) > len(cases) * 0.99
    kinds: dict[str, list[bool]] = {}
    for case in cases:
        kinds.setdefault(case.kind.split(" ")[0], []).append(case.holds)
        if case.kind.startswith("flipped"):
            kinds.setdefault(case.kind, []).append(case.holds)
    for kind, answers in kinds.items():
        assert min(answers.count(True), answers.count(False)) >= 100, kind
    assert len(kinds) == 10 + 4


def test_the_generator_reaches_what_implementations_differ_on() -> None:
    """All parts of small order in A and R, all 14 encodings in both places, every y >= P."""
    cases = generated()
    parts = {case.kind for case in cases if case.kind.startswith("torsion")}
    assert parts == {f"torsion {j} {k}" for j in range(8) for k in range(8)}
    accepted = {case.kind for case in cases if case.kind in parts and case.holds}
    assert accepted == {
        f"torsion {j} {k}" for j in range(8) for k in range(8) if k % gcd(j, 8) == 0
    }
    one = Generator()
    keys, rs = {case.key for case in cases}, {case.signature[:32] for case in cases}
    for spelled in [*(spelled for _, spelled in one.small), *one.large_y]:
        assert spelled in keys
        assert spelled in rs


def test_openssl_behind_the_filter_says_what_follows_from_how_a_case_was_made() -> None:
    """On all cases: nothing is right by chance, and no case is what it was not meant to be."""
    count = _expect((at, case.holds) for at, case in enumerate(generated()))
    assert count == 10 * EACH


def test_the_filter_is_what_refuses_points_of_small_order() -> None:
    """Attack: the equation holds for canonical A and R, and only the order of one speaks against
    it. Every way refuses all of these in the tests below; here is a sample that the attack is real.
    """

    def holds(case: Case, a: reference.Point, r: reference.Point) -> bool:
        h = hash_mod_l(case.signature[:32], case.key, case.message)
        s = int.from_bytes(case.signature[32:], "little")
        right = reference.add(r, reference.multiply(h, a))
        return reference.same(reference.multiply(s, BASE), right)

    attacks = [case for case in generated() if case.kind == "small order" and not case.holds]
    met = 0
    for case in [case for case in attacks if case.unusual][:200]:
        a, r = reference.decode(case.key), reference.decode(case.signature[:32])
        met += a is not None and r is not None and holds(case, a, r)
    assert met >= 50


def test_any_key_without_tables() -> None:
    """On all cases: a key met once."""
    found = (
        (at, PublicKey(case.key).verify(case.message, case.signature))
        for at, case in enumerate(generated())
    )
    assert _expect(found) == 10 * EACH


def test_a_key_with_small_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every third case: tables made first, whatever the key."""
    monkeypatch.setattr(keys, "LARGE_AFTER", 10 * EACH)
    count = 0
    for key, cases in _by_key(_every(3)).items():
        held = _prepared(key, SMALL_AFTER + 1)
        count += _expect((at, held.verify(case.message, case.signature)) for at, case in cases)
        assert held._comb is None or held._comb.shape == SMALL
    assert count >= 10 * EACH // 3


def test_a_pinned_key_with_large_tables() -> None:
    """On all cases of three keys, two of them with a part of small order."""
    pinned = _pinned()
    for key, cases in _by_key(enumerate(generated())).items():
        if key in pinned:
            held = _prepared(key, LARGE_AFTER + 1)
            assert held._comb is not None
            assert held._comb.shape == LARGE
            count = _expect((at, held.verify(case.message, case.signature)) for at, case in cases)
            assert count >= 100


def test_a_batch_for_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """On all cases, good and bad together; batches of every size, the longest with large tables."""
    monkeypatch.setattr(keys, "LARGE_AFTER", EACH // 2)
    count = 0
    longest = 0
    for key, cases in _by_key(enumerate(generated())).items():
        verdicts = PublicKey(key).verify_batch((case.message, case.signature) for _, case in cases)
        assert len(verdicts) == len(cases)
        count += _expect((at, ok) for (at, _), ok in zip(cases, verdicts, strict=True))
        longest = max(longest, len(cases))
    assert count == 10 * EACH
    assert longest > EACH


def test_small_batches_without_tables() -> None:
    """Every seventh case, up to five of a key together."""
    for key, cases in _by_key(_every(7)).items():
        for start in range(0, len(cases), 5):
            some = cases[start : start + 5]
            held = PublicKey(key)
            verdicts = held.verify_batch([(case.message, case.signature) for _, case in some])
            assert held._comb is None
            _expect((at, ok) for (at, _), ok in zip(some, verdicts, strict=True))


@pytest.mark.parametrize("unusual", [False, True], ids=["every tenth", "unusual"])
def test_the_reference(unusual: bool) -> None:
    """RFC 8032 written out: every tenth case, and all on which implementations may differ."""
    count = _expect(
        (at, reference.verify(case.key, case.message, case.signature))
        for at, case in enumerate(generated())
        # Kinds follow each other by tens: at // 10 counts the rounds.
        if (case.unusual if unusual else not case.unusual and at // 10 % 10 == 0)
    )
    assert count >= (4000 if unusual else 1000)
