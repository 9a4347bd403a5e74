"""Receipt: is it well formed, whose key is it, and does the signature verify (protocol 4)."""

from __future__ import annotations

import base64
from collections.abc import Callable

from pithcore.checks.context import (
    ALGORITHM,
    KIND,
    Context,
    Receipt,
    failed,
    not_applicable,
    passed,
    unchecked,
)
from pithcore.document import Statement
from pithcore.events import SignedMessage
from pithcore.keyring import Key
from pithcore.printable import brief, show
from pithcore.record import text_member
from pithcore.report import Finding, Outcome, Reason
from pithcore.shell import signature_line
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_NONE = "The document carries no receipt, so nobody's signature vouches for it."
_FINGERPRINTS: dict[str, Callable[[Key], str]] = {
    "public_key_fingerprint": lambda key: key.fingerprint,
    "fingerprint": lambda key: key.fingerprint,
    "fingerprint_sha256_hex": lambda key: key.fingerprint,
    "fingerprint_sha256_b32_first128bits": lambda key: key.fingerprint_base32,
    "public_key_hex": lambda key: key.public_key.hex(),
    "public_key_b64": lambda key: base64.b64encode(key.public_key).decode("ascii"),
}
"""Members by which a receipt may describe its key, and what the pinned key gives for each."""


def signed_messages(context: Context) -> tuple[SignedMessage, ...]:
    """The signatures that `signature` below will verify, so that others can be asked too."""
    message = context.signed_digest
    if message is None:
        return ()
    return tuple(
        (receipt.key.public_key, message, receipt.signature)
        for receipt in context.receipts
        if receipt.is_known and receipt.key is not None and receipt.signature is not None
    )


def form(context: Context) -> Finding:
    """The receipt is one of Ed25519 with a signature of 64 bytes (protocol 4.3)."""
    return _over_receipts(context, _form)


def key(context: Context) -> Finding:
    """The receipt's key is in the keyring under the id it names, and stands (protocol 4.1, 4.2)."""
    return _over_receipts(context, lambda receipt: _key(receipt, context.document.fingerprints))


def signature(context: Context) -> Finding:
    """The signature over the 32 bytes of the canonical digest verifies (protocol 4.1, 10)."""
    return _over_receipts(context, lambda receipt: _signature_holds(receipt, context))


def second_opinion(context: Context) -> Finding:
    """Another implementation agrees. It can only make the verdict stricter (protocol 10.3)."""
    if not context.document.receipts:
        return not_applicable(_NONE)
    asked = context.second_opinion
    if asked is None:
        return not_applicable("No second implementation of Ed25519 was at hand.")
    opinions = [
        (asked(*signed), context.verify_signature(*signed)) for signed in signed_messages(context)
    ]
    given = [(theirs, ours) for theirs, ours in opinions if theirs is not None]
    if not given:
        return not_applicable("The second implementation had nothing to say.")
    for theirs, ours in given:
        if theirs is not ours:
            return failed(
                "Two implementations of Ed25519 disagree about this signature, so it cannot be "
                "relied on.",
                expected="accepted" if ours else "refused",
                found="accepted" if theirs else "refused",
            )
    return passed("A second, independent implementation of Ed25519 comes to the same result.")


def signed_at(context: Context) -> Finding:
    """The time in a receipt is outside the signature (protocol 4.4)."""
    times = [
        time
        for receipt in context.receipts
        if (time := text_member(receipt.value, "signed_at")) is not None
    ]
    if not times:
        return not_applicable("No time of signing is stated.")
    return unchecked(
        Reason.NOT_SIGNED,
        f"The receipt says it was signed at {brief(times[0])}. The signature covers the digest "
        "alone, so this time is the server's word.",
    )


_WEIGHT = {Outcome.FAILED: 0, Outcome.PASSED: 1, Outcome.UNCHECKED: 2}


def _over_receipts(context: Context, examine: Callable[[Receipt], Finding]) -> Finding:
    """One finding for all receipts: a failure outweighs all, and a pass an unchecked one."""
    findings = [examine(receipt) for receipt in context.receipts]
    if not findings:
        if context.document.signature_named:
            return unchecked(
                Reason.NOT_STATED,
                "The page names a signature and does not print it. The record's bundle carries "
                "the receipt.",
            )
        return not_applicable(_NONE)
    return min(findings, key=lambda finding: _WEIGHT[finding.outcome])


_WELL_FORMED = passed("The receipt carries an Ed25519 signature of 64 bytes.")


def _form(receipt: Receipt) -> Finding:
    if not isinstance(receipt.value, dict):
        return failed(
            f"The receipt at {receipt.where} is not an object.", found=show(receipt.value)
        )
    if not receipt.is_known:
        stated = [brief(receipt.value.get(name, "unstated")) for name in ("kind", "algorithm")]
        return unchecked(
            Reason.UNSUPPORTED,
            f"The receipt is of kind {stated[0]} with algorithm {stated[1]}; this verifier knows "
            f"{KIND} with {ALGORITHM}.",
        )
    if "signature_b64" not in receipt.value:
        return unchecked(
            Reason.NOT_STATED,
            f"The receipt at {receipt.where} carries no signature_b64: nothing to verify.",
            evidence={"members": list(receipt.value)},
        )
    if receipt.signature is None:
        return failed(
            "The receipt's signature is not the base64 of 64 bytes in its one canonical spelling.",
            expected="88 base64 characters that encode 64 bytes",
            found=show(receipt.value["signature_b64"]),
        )
    return _WELL_FORMED


def _key(receipt: Receipt, fingerprints: tuple[Statement, ...]) -> Finding:
    if receipt.key_id is None:
        return unchecked(Reason.UNKNOWN_SIGNER, "The receipt does not say which key signed it.")
    key = receipt.key
    if key is None:
        return unchecked(
            Reason.UNKNOWN_SIGNER,
            f"The receipt names the key “{brief(receipt.key_id)}”, which is not in the keyring.",
            found=show(receipt.key_id),
        )
    members = receipt.value if isinstance(receipt.value, dict) else {}
    for name in [name for name in _FINGERPRINTS if name in members]:
        described, of_key = members[name], _FINGERPRINTS[name](key)
        if described is not None and described != of_key:
            return _other_key(key, of_key, show(described))
    for statement in fingerprints:
        if not key.fingerprint.startswith(str(statement.value)):
            return _other_key(key, key.fingerprint, show(statement.value))
    refusal = key.refusal(text_member(receipt.value, "signed_at"))
    if refusal is not None:
        return failed(refusal, evidence={"key_id": key.key_id})
    origin = "pinned in this verifier" if key.pinned else "added by you"
    return passed(
        f"The key {key.key_id} of {key.holder} is {origin}.",
        expected=key.fingerprint,
        found=key.fingerprint,
        evidence={"key_id": key.key_id, "public_key": key.public_key.hex()},
    )


def _other_key(key: Key, expected: str, found: str) -> Finding:
    return failed(
        f"The receipt gives the name {key.key_id} to another key than the one in the keyring.",
        expected=expected,
        found=found,
    )


def _signature_holds(receipt: Receipt, context: Context) -> Finding:
    message = context.signed_digest
    if not receipt.is_known or receipt.signature is None or message is None:
        return unchecked(
            Reason.EARLIER_FAILURE, "Not run: there is no signature and digest to verify."
        )
    if receipt.key is None:
        return unchecked(Reason.UNKNOWN_SIGNER, "Not run: the signer's public key is not known.")
    key = receipt.key
    signed = (key.public_key, message, receipt.signature)
    details: dict[str, Any] = {
        "evidence": {
            "key_id": key.key_id,
            "message": message.hex(),
            "signature": receipt.signature.hex(),
        },
        "shell_by": (signature_line, *signed),
    }
    if not context.verify_signature(*signed):
        return failed(
            f"The signature is not one by {key.holder} (key {key.key_id}) over this digest: the "
            "record or the signature was changed, or the signature belongs to another record.",
            **details,
        )
    over = "the record's digest" if context.digest is not None else "the digest stated"
    return passed(f"{key.holder} signed {over} with the key {key.key_id}.", **details)
