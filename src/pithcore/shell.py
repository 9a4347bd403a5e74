"""Shell lines that repeat a step without this program, for a reader who trusts neither.

POSIX shell with python3 or OpenSSL 3; each line is run for real in the tests.
"""

from __future__ import annotations

import base64
from shlex import quote

from pithcore.keyring import spki_der
from pithcore.patterns import Pattern

MAX_QUOTED = 100_000
"""Characters put into one shell word: Linux takes 128 KiB at most."""

_NOT_IN_A_WORD = Pattern("[\\0\\ud800-\\udfff]")

_CANONICAL_DIGEST = (
    'python3 -c "import hashlib,json,sys; '
    "print(hashlib.sha256(json.dumps(json.load(sys.stdin), sort_keys=True, "
    "separators=(',',':'), ensure_ascii=False).encode()).hexdigest())\""
)


def digest_line(canonical: str) -> str | None:
    """Hash the canonical text; prints 64 hex digits. None when the text is too long for a line."""
    if len(canonical) > MAX_QUOTED:
        return None
    return f"printf '%s' {quote(canonical)} | {_CANONICAL_DIGEST}"


def fetched_digest_line(base_url: str, suffix: str) -> str:
    """Fetch the record from its server and hash it there and then; prints 64 hex digits.

    The same steps as the line on the registry's own record pages (protocol 8.3).
    """
    address = quote(f"{base_url}/pith/{suffix}")
    return (
        f"curl -sfH 'Accept: application/ld+json' {address} "
        f"| jq -c '.canonical_record' | {_CANONICAL_DIGEST}"
    )


def suffix_line(digest: bytes) -> str:
    """Base32 of a digest; prints the 26 characters of the number."""
    return (
        'python3 -c "import base64; '
        f"print(base64.b32encode(bytes.fromhex('{digest.hex()}')).decode()[:26])\""
    )


def text_line(text: str) -> str | None:
    """Normalise a title or an abstract and hash it; prints 64 hex digits.

    None for what no shell word holds: a text too long, a NUL, a lone surrogate.
    """
    if len(text) > MAX_QUOTED or _NOT_IN_A_WORD.search(text):
        return None
    return (
        f"printf '%s' {quote(text)} | python3 -c \"import hashlib,re,sys; "
        "t=re.sub(r'\\s+', ' ', sys.stdin.buffer.read().decode()).strip().lower(); "
        'print(hashlib.sha256(t.encode()).hexdigest())"'
    )


def signature_line(public_key: bytes, message: bytes, signature: bytes) -> str:
    """Verify an Ed25519 signature with OpenSSL 3; prints `Signature Verified Successfully`.

    OpenSSL wants the message in a file, so the line makes a temporary folder. It knows
    nothing of the small-order and canonical-encoding rules of protocol 10.
    """
    files = (("key", spki_der(public_key)), ("digest", message), ("signature", signature))
    writes = " && ".join(
        f"printf '%s' '{base64.b64encode(content).decode()}' | openssl base64 -d -A > \"$d/{name}\""
        for name, content in files
    )
    return (
        f"d=$(mktemp -d) && {writes} && openssl pkeyutl -verify -pubin -keyform DER "
        '-inkey "$d/key" -rawin -in "$d/digest" -sigfile "$d/signature"'
    )
