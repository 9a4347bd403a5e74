"""What stands where in a mirror, and the manifest and key file at its top (protocol 5.1, 7.4)."""

from __future__ import annotations

import base64
import json
import os
import re
from pathlib import PurePosixPath

from pithcore.merging import MERGE_VERSION
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pithcore import Key, Keyring
    from pithcore.reading import JSON

BUNDLE = "pith/{suffix}/bundle.json"
STATE = "pith/{suffix}/state.json"
TIMESTAMP_NAME = "{suffix}.ots"
HEADERS_NAME = "{suffix}.headers"
TIMESTAMP = f"pith/{{suffix}}/{TIMESTAMP_NAME}"
HEADERS = f"pith/{{suffix}}/{HEADERS_NAME}"
WELL_KNOWN = ".well-known/pith/{suffix}/bundle.json"
MANIFEST = "pith-mirrors.json"
SIGNING_KEY = "pith-signing-key.json"
NO_JEKYLL = ".nojekyll"
"""An empty file without which GitHub Pages leaves out everything that begins with a dot."""

_SUFFIX = re.compile(r"[A-Z2-7]{26}")


def suffixes_in(mirror: Path) -> Iterator[str]:
    """Suffixes of the numbers a mirror in a folder has, as they come: there may be millions."""
    folder = mirror / PurePosixPath(BUNDLE).parts[0]
    if folder.is_dir():
        with os.scandir(folder) as entries:  # Path.iterdir may keep all names at once
            for entry in entries:
                if _SUFFIX.fullmatch(entry.name):
                    yield entry.name


def has(mirror: Path, suffix: str) -> bool:
    """True when `suffixes_in` gives this suffix."""
    return (mirror / BUNDLE.format(suffix=suffix)).parent.exists()


def as_file(value: JSON) -> bytes:
    """JSON on one line, so that all bundles of a mirror together are JSON Lines."""
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def manifest(*, name: str, base_url: str, generated_at: str, keyring: Keyring) -> bytes:
    """The file `pith-mirrors.json`.

    Args:
        name: of the mirror. base_url: where it is served, without a slash at the end; when it is
            empty, addresses are relative to the manifest's own.
        generated_at: a UTC time. keyring: the keys its states were made with. The first is the
            registry's; `keys`, which is ours, has them all.
    """
    keys = [_public_key(key, _address(base_url, SIGNING_KEY)) for key in keyring.keys]
    value: JSON = {
        "manifest_type": "pith_mirror_manifest",
        "manifest_version": "1.0",
        "generated_at": generated_at,
        "merge_version": MERGE_VERSION,
        "mirrors": [
            {
                "name": name,
                "mirror_type": "https",
                "base_url": base_url or ".",
                "bundle_pattern": _address(base_url, BUNDLE),
                "state_pattern": _address(base_url, STATE),
                "well_known_pattern": _address(base_url, WELL_KNOWN),
                "public_key": keys[0],
                "keys": [*keys],
                "status": "mirror",
            }
        ],
        "notes": "Bundles verify by themselves and states follow from them: nothing here has to "
        "be believed, and a key least of all.",
    }
    return _readable(value)


def signing_key(*, base_url: str, keyring: Keyring) -> bytes:
    """The file `pith-signing-key.json`: the registry's key."""
    return _readable(_public_key(keyring.keys[0], _address(base_url, SIGNING_KEY)))


def _address(base_url: str, path: str) -> str:
    return f"{base_url}/{path}" if base_url else path


def _public_key(key: Key, url: str) -> JSON:
    return {
        "key_id": key.key_id,
        "algorithm": "ed25519",
        "format": "raw",
        "public_key_b64": base64.b64encode(key.public_key).decode("ascii"),
        "public_key_hex": key.public_key.hex(),
        "fingerprint_sha256_b32_first128bits": key.fingerprint_base32,
        "fingerprint_sha256_hex": key.fingerprint,
        "rotates_at": key.valid_until,
        "url": url,
        "notes": "Pin this key by its value from a source you trust; a mirror could name any.",
    }


def _readable(value: JSON) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
