"""Ed25519 of RFC 8032 with the strict rules of protocol 10: verify and sign.

| module | what |
| --- | --- |
| `field` | arithmetic modulo 2**255 - 19 |
| `curve` | points, their encodings, addition |
| `strict` | the filter in front of every implementation |
| `lattice` | half-size scalars |
| `straus` | a few multiples of points met once |
| `comb` | tables for a key met often |
| `keys` | verification |
| `signing` | signing |

Verification handles public data only, and its time depends on it. Signing is not constant-time.
"""

from __future__ import annotations

from pithcore.ed25519.keys import PublicKey, verify
from pithcore.ed25519.strict import admissible
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pithcore.ed25519.signing import public_key, sign

__all__ = ["PublicKey", "admissible", "public_key", "sign", "verify"]

if not TYPE_CHECKING:  # to a type checker every name would be one of these

    def __getattr__(name: str) -> object:
        """Signing, which verification does without, is imported when it is first named."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from pithcore.ed25519 import signing

        return getattr(signing, name)
