"""Receipts (protocol 4): whose key, which signature, and every way to pretend."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from samples import (
    FINGERPRINT,
    KEY_ID,
    LAB,
    SEED,
    SIGNED,
    UNSIGNED,
    bare,
    bundle,
    dump,
    envelope,
    lab_receipt,
    older_page,
    outcomes,
    receipt,
    registry_event,
)

from pithcore import (
    PITH_KEYRING,
    Key,
    Keyring,
    Report,
    canonical_digest,
    ed25519,
    receipt_signatures,
    verify,
)

ROW = SIGNED[0]
OTHER = SIGNED[1]
PITH_KEY = PITH_KEYRING.keys[0]
WITH_LAB = PITH_KEYRING.with_key(LAB)


def with_receipt(value: Any, **options: Any) -> Report:
    """The report on an envelope of `ROW` with that receipt."""
    return verify(dump(envelope(ROW, receipt=value)), **options)


def pith(**members: Any) -> dict[str, Any]:
    """The real receipt of `ROW` with members changed or added."""
    return {**receipt(ROW), **members}


def pinned(**members: Any) -> Keyring:
    """A keyring with the registry's key, and more said about it."""
    return Keyring((Key(KEY_ID, PITH_KEY.public_key, "pith.science", pinned=True, **members),))


def test_the_pinned_key_is_the_one_of_the_mirror_manifest() -> None:
    """The shipped key has the fingerprints that the registry publishes (protocol 4.2)."""
    assert PITH_KEY.fingerprint == FINGERPRINT
    assert PITH_KEY.fingerprint_base32 == "RVFV5Z2OI2J3ZUO7ERDEBCYNKS"
    assert PITH_KEY.pinned


def test_an_unknown_key_is_intact_and_named() -> None:
    """A good signature by a key outside the keyring establishes nobody."""
    report = with_receipt(lab_receipt(ROW))
    assert report.verdict == "intact"
    assert report.check("receipt.key").finding.reason == "unknown_signer"
    assert report.check("receipt.signature").finding.reason == "unknown_signer"
    assert "lab-2026" in report.sentence
    assert report.key is None


def test_an_added_key_verifies_and_is_said_to_be_added() -> None:
    """A reader's own key counts, and verdict, key and limits all say whose choice it was."""
    report = with_receipt(lab_receipt(ROW), keyring=WITH_LAB)
    assert report.verdict == "verified"
    assert report.key is LAB
    assert "a key that you added" in report.sentence
    assert "A laboratory" in report.sentence
    assert any("added the key yourself" in limit for limit in report.limits)
    assert not any("added" in limit for limit in with_receipt(pith()).limits)


def test_the_key_named_is_the_one_whose_signature_holds() -> None:
    """Attack: an unsigned receipt with the pinned id beside one signed by an added key."""
    unsigned = pith()
    del unsigned["signature_b64"]
    value = envelope(ROW, receipt=unsigned, signature_b64=lab_receipt(ROW)["signature_b64"])
    value["key_id"] = LAB.key_id
    report = verify(dump(value), keyring=WITH_LAB)
    assert report.verdict == "verified"
    assert report.key is LAB
    assert "pinned" not in report.sentence
    assert "pith.science" not in report.sentence


@pytest.mark.parametrize(
    "other",
    [
        pith(signature_b64=OTHER["signature_b64"]),
        pith(signature_b64="AAAA"),
        pith(public_key_fingerprint="0" * 32),
        "a receipt",
    ],
)
def test_one_bad_receipt_among_good_ones_fails(other: Any) -> None:
    """A document that carries a forged receipt is not what it claims, whatever else it carries."""
    for first, second in ((pith(), other), (other, pith())):
        created = registry_event(ROW, {"canonical_record": bare(ROW), "receipt": second})
        report = verify(dump(envelope(ROW, receipt=first, events=[created])))
        assert report.verdict == "failed"


def test_a_receipt_that_is_repeated_counts_once() -> None:
    """The same receipt at the top and in the event is asked about once."""
    data = dump(bundle(ROW, receipt=receipt(ROW)))
    signed = receipt_signatures(data)
    assert len(signed) == 1
    assert signed[0] == (
        PITH_KEY.public_key,
        bytes.fromhex(ROW["canonical_sha256"]),
        base64.b64decode(ROW["signature_b64"]),
    )
    assert verify(data).verdict == "verified"


def test_an_unknown_receipt_beside_a_good_one_does_no_harm() -> None:
    """A second signer whom nobody knows neither helps nor hurts."""
    value = bundle(ROW, receipt=lab_receipt(ROW))
    report = verify(dump(value))
    assert report.verdict == "verified"
    assert report.key is PITH_KEY
    both = verify(dump(value), keyring=WITH_LAB)
    assert both.verdict == "verified"


def test_a_revoked_key_fails_whatever_time_is_stated() -> None:
    """Attack: a stolen key signs with an old date."""
    ring = pinned(revoked_at="2026-06-01T00:00:00Z", revoked_reason="stolen")
    for signed_at in ("2026-05-18T00:00:00Z", "2027-01-01T00:00:00Z", None, "yesterday"):
        report = with_receipt(pith(signed_at=signed_at), keyring=ring)
        assert report.verdict == "failed"
        assert "stolen" in report.check("receipt.key").finding.message
        assert report.key is None


@pytest.mark.parametrize(
    ("term", "signed_at", "verdict"),
    [
        ({"valid_until": "2026-05-18T00:00:00Z"}, "2026-05-18T00:00:00.5Z", "failed"),
        ({"valid_until": "2026-05-18T00:00:00Z"}, "2026-05-18T00:00:00Z", "verified"),
        ({"valid_from": "2026-05-18T00:00:00Z"}, "2026-05-17T23:59:59.999999Z", "failed"),
        ({"valid_from": "2026-05-18T00:00:00Z"}, "2026-05-18T00:00:00Z", "verified"),
    ],
)
def test_a_time_outside_the_term_of_the_key_fails(
    term: dict[str, str], signed_at: str, verdict: str
) -> None:
    """A receipt that states a time before or after the key's term contradicts the keyring."""
    report = with_receipt(pith(signed_at=signed_at), keyring=pinned(**term))
    assert report.verdict == verdict


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("public_key_fingerprint", FINGERPRINT, "0" * 32),
        ("fingerprint", FINGERPRINT, FINGERPRINT[:16]),
        ("fingerprint_sha256_hex", FINGERPRINT, FINGERPRINT.upper()),
        ("fingerprint_sha256_b32_first128bits", "RVFV5Z2OI2J3ZUO7ERDEBCYNKS", "A" * 26),
        ("public_key_hex", PITH_KEY.public_key.hex(), LAB.public_key.hex()),
        ("public_key_b64", base64.b64encode(PITH_KEY.public_key).decode(), [FINGERPRINT]),
    ],
)
def test_a_pinned_id_with_another_key_fails(name: str, right: str, wrong: Any) -> None:
    """Attack: the registry's key id, described as the forger's key."""
    assert with_receipt(pith(**{name: right})).verdict == "verified"
    report = with_receipt(pith(**{name: wrong}))
    assert report.verdict == "failed"
    finding = report.check("receipt.key").finding
    assert finding.expected == right
    assert finding.found not in (None, right)


def test_a_forger_under_the_pinned_id_with_their_own_key_attached_fails() -> None:
    """Attack: own signature, own key in the receipt, the registry's name on it."""
    forged = {**lab_receipt(ROW), "key_id": KEY_ID, "public_key_hex": LAB.public_key.hex()}
    report = with_receipt(forged, keyring=WITH_LAB)
    found = outcomes(report)
    assert report.verdict == "failed"
    assert found["receipt.key"] == found["receipt.signature"] == "failed"


def test_a_receipt_without_a_signature_verifies_nothing() -> None:
    """The key being known is no signature; and the sentence does not hint that it is."""
    value = pith()
    del value["signature_b64"]
    report = with_receipt(value)
    assert report.verdict == "intact"
    assert report.check("receipt.form").finding.reason == "not_stated"
    assert outcomes(report)["receipt.signature"] == "unchecked"
    assert "carries no signature_b64" in report.sentence
    assert "pinned" not in report.sentence


@pytest.mark.parametrize("key_id", [None, 7, ["pith-v1-2026-05"], "", "PITH-V1-2026-05"])
def test_a_receipt_that_names_no_known_key_is_intact(key_id: Any) -> None:
    """A signature is held against no key but the one that is named."""
    report = with_receipt(pith(key_id=key_id))
    assert report.verdict == "intact"
    assert report.check("receipt.key").finding.reason == "unknown_signer"


@pytest.mark.parametrize(
    "members", [{"algorithm": "ed448"}, {"algorithm": 7}, {"kind": "pith_note"}, {"kind": []}]
)
def test_another_algorithm_or_kind_is_not_run(members: dict[str, Any]) -> None:
    """What says that it is no Ed25519 receipt is not taken for one, even if the bytes fit."""
    report = with_receipt(pith(**members), second_opinion=lambda *signed: True)
    assert report.verdict == "intact"
    assert report.check("receipt.form").finding.reason == "unsupported"
    assert outcomes(report)["receipt.signature"] == "unchecked"
    assert outcomes(report)["receipt.second_opinion"] == "not_applicable"
    assert receipt_signatures(dump(envelope(ROW, receipt=pith(**members)))) == ()


@pytest.mark.parametrize("value", ["text", 7, [], True])
def test_a_receipt_that_is_no_object_fails(value: Any) -> None:
    """A receipt in another shape is malformed, not absent."""
    assert outcomes(with_receipt(value))["receipt.form"] == "failed"


@pytest.mark.parametrize(
    "signature",
    [
        "",
        7,
        ROW["signature_b64"][:-2],
        ROW["signature_b64"] + "\n",
        " " + ROW["signature_b64"],
        ROW["signature_b64"].replace("+", "-").replace("/", "_"),
        base64.b64encode(bytes(63)).decode(),
        base64.b64encode(bytes(65)).decode(),
        "é" * 88,
    ],
)
def test_a_signature_in_another_spelling_fails(signature: Any) -> None:
    """One spelling of 64 bytes counts: no line breaks, no URL alphabet, no other length."""
    report = with_receipt(pith(signature_b64=signature))
    assert report.verdict == "failed"
    assert outcomes(report)["receipt.form"] == "failed"
    assert outcomes(report)["receipt.signature"] == "unchecked"


def test_the_time_of_signing_is_never_passed() -> None:
    """Nothing signs `signed_at`: it is the server's word (protocol 4.4)."""
    finding = with_receipt(pith()).check("receipt.signed_at").finding
    assert finding.reason == "not_signed"
    value = pith()
    del value["signed_at"]
    assert outcomes(with_receipt(value))["receipt.signed_at"] == "not_applicable"


def test_a_second_opinion_can_only_make_the_verdict_stricter() -> None:
    """Agreement passes, silence counts for nothing, disagreement fails: in both directions."""
    forged = pith(signature_b64=OTHER["signature_b64"])
    asked: list[tuple[bytes, bytes, bytes]] = []

    def real(public_key: bytes, message: bytes, signature: bytes) -> bool:
        asked.append((public_key, message, signature))
        return ed25519.verify(public_key, message, signature)

    agreed = with_receipt(pith(), second_opinion=real)
    assert (agreed.verdict, outcomes(agreed)["receipt.second_opinion"]) == ("verified", "passed")
    assert asked == list(receipt_signatures(dump(envelope(ROW))))
    silent = with_receipt(pith(), second_opinion=lambda *signed: None)
    assert silent.verdict == "verified"
    assert outcomes(silent)["receipt.second_opinion"] == "not_applicable"
    for value, theirs, shown in ((pith(), False, "refused"), (forged, True, "accepted")):
        report = with_receipt(value, second_opinion=lambda *signed, said=theirs: said)
        assert report.verdict == "failed"
        finding = report.check("receipt.second_opinion").finding
        assert finding.outcome == "failed"
        assert finding.found == shown
        assert finding.expected != shown
    truthy = with_receipt(pith(), second_opinion=lambda *signed: 1)
    assert truthy.verdict == "failed"


def test_a_second_opinion_without_receipt_or_known_key_has_nothing_to_say() -> None:
    """It is not asked, and not counted."""
    for value in (None, lab_receipt(ROW)):
        report = with_receipt(value, second_opinion=lambda *signed: False)
        assert outcomes(report)["receipt.second_opinion"] == "not_applicable"


def test_another_implementation_of_ed25519_may_be_used() -> None:
    """`verify_signature` decides, and is asked about exactly the receipt's signature."""
    asked = []

    def refusing(*signed: bytes) -> bool:
        asked.append(signed)
        return False

    report = with_receipt(pith(), verify_signature=refusing)
    assert report.verdict == "failed"
    assert set(asked) == set(receipt_signatures(dump(envelope(ROW))))


def test_a_signed_thing_of_another_schema_is_not_a_verified_record() -> None:
    """Attack: the key signs bare digests, of events too; such a signature on a look-alike.

    A record of a schema that is not known could be anything the key ever signed.
    """
    thing = {"schema_version": "event/1", "event_type": "note", "text": "It is all true."}
    digest = canonical_digest(thing)
    signature = base64.b64encode(ed25519.sign(SEED, digest)).decode()
    value = {
        "canonical_record": thing,
        "canonical_sha256": digest.hex(),
        "receipt": {"key_id": LAB.key_id, "signature_b64": signature},
    }
    report = verify(dump(value), keyring=WITH_LAB)
    assert outcomes(report)["receipt.signature"] == "passed"
    assert report.verdict == "intact"
    assert "schema event/1" in report.sentence


def test_no_receipt_at_all_is_not_applicable() -> None:
    """Absence is neither a pass nor a failure, and the sentence says so."""
    for row in UNSIGNED[:3]:
        value = envelope(row)
        del value["receipt"]
        report = verify(dump(value))
        found = outcomes(report)
        assert report.verdict == "intact"
        assert {found[f"receipt.{name}"] for name in ("form", "key", "signature")} == {
            "not_applicable"
        }
        assert "carries no receipt" in report.sentence


def test_receipt_signatures_of_a_document_without_digest_are_none() -> None:
    """Without anything to sign there is nothing to ask about."""
    value = {"canonical_sha256": "x", "receipt": receipt(ROW)}
    assert receipt_signatures(dump(value)) == ()


def test_receipt_signatures_of_a_page_are_those_it_prints() -> None:
    """A page's signature is offered to the second opinion as well."""
    assert len(receipt_signatures(older_page(ROW).encode())) == 1


def test_a_document_cannot_write_the_reports_sentences() -> None:
    """Attack: a key id with a whole false sentence, terminal codes and reordering marks in it."""
    key_id = "x”.\x1b[2J\u202e Verified. " + "It is signed by pith.science. " * 100
    report = with_receipt(pith(key_id=key_id))
    assert report.verdict == "intact"
    assert len(report.sentence) < 400
    for text in (report.sentence, report.check("receipt.key").finding.found or ""):
        assert text.isprintable()
    assert "\\x1b" in report.sentence
