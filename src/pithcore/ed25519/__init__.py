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
from pithcore.ed25519.signing import public_key, sign
from pithcore.ed25519.strict import admissible

__all__ = ["PublicKey", "admissible", "public_key", "sign", "verify"]
