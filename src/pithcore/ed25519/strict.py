"""The filter in front of every Ed25519 here, our own and others' (protocol 10.1, 10.2).

Implementations differ on signatures that no honest signer makes. Behind this filter those
compared (OpenSSL, libsodium, WebCrypto, Node) give one answer on all public vectors.
"""

from __future__ import annotations

from pithcore.ed25519.curve import L
from pithcore.ed25519.field import P

KEY_BYTES = 32
SIGNATURE_BYTES = 64

SMALL_ORDER = frozenset(
    (y | sign << 255).to_bytes(32, "little")
    for y in (
        0,
        1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
        P - 1,
        P,
        P + 1,
    )
    for sign in (0, 1)
)
"""The 14 encodings of the 8 points whose order divides 8, canonical or not.

y = 1 is the identity, y = -1 has order 2, y = 0 order 4, and the two long ones order 8:
y**2 = (sqrt(1 + D) ± 1) / D up to sign. P and P + 1 spell 0 and 1 once more.
"""


def admissible(public_key: bytes, signature: bytes) -> bool:
    """True when key and signature may be put to an implementation of Ed25519 at all.

    The key has 32 bytes and the signature, R and then s, has 64; s < L; the key's y < P, and it
    is not one of the small-order encodings (which hold both spellings of x = 0 with the sign
    bit set); nor is R. Whether the key is a point, and the signature holds, is still open.
    """
    return (
        len(public_key) == KEY_BYTES
        and len(signature) == SIGNATURE_BYTES
        and int.from_bytes(signature[32:], "little") < L
        and int.from_bytes(public_key, "little") & (2**255 - 1) < P
        and public_key not in SMALL_ORDER
        and signature[:32] not in SMALL_ORDER
    )
