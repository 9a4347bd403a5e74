"""Say which servers a built page asks: `python web/resolvers.py build/site`, after `build.py`.

1. `resolvers.json`, beside `index.html` and outside of what is hashed, lists them. The page reads
   it at each visit's first lookup, so whoever hosts a page may edit it: `"here": true` makes the
   page ask its own site first, as in a mirror's folder.
2. The page's policy lets no request out to anybody else, so their origins go into `connect-src`.
3. The SHA-256 of `index.html` is in the service worker and in the manifest, and that of the
   service worker in the manifest: the new values take the place of the old.

Running it again with other servers replaces them; the same servers give the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO / "src"))

from pithcore import RESOLVERS, Resolver  # noqa: E402 - it may not be installed yet
from pithcore.timestamp.esplora import EXPLORERS  # noqa: E402

SCHEMA = "pithweb.resolvers/1"
FILE = "resolvers.json"

SENT_ON_TO = {"https://pith.science": ("https://www.pith.science",)}
"""Origins to which a server may send a request on: the policy has to let it through."""

WHEN_ASKED = (*(one.removesuffix("/api") for one in EXPLORERS), "https://pub.orcid.org")
"""Origins that are asked only when the reader presses a button that names them: about a block,
or about an ORCID iD. The page knows them as the last of its policy."""

_SOURCES = re.compile(r"connect-src [^;\"]*")
_LOOPBACK = ("localhost", "127.0.0.1")


class ResolversError(RuntimeError):
    """The servers could not be set; the message says why, in a sentence."""


def apply(site: Path, resolvers: Sequence[Resolver] = RESOLVERS, *, here: bool = False) -> None:
    """Make a built site ask these servers.

    Args:
        site: a folder that `build.py` made. here: whether the site itself is a mirror.

    Raises:
        ResolversError: for an address that is none, and for a folder that holds no built site.
    """
    listed = {
        "schema": SCHEMA,
        "here": here,
        "resolvers": [{"name": one.name, "base_url": one.base_url} for one in resolvers],
    }
    policy = " ".join(["connect-src", "'self'", *origins(resolvers), *WHEN_ASKED])
    index = _read(site / "index.html")
    if len(_SOURCES.findall(index)) != 1:
        raise ResolversError(f"{site / 'index.html'} does not have one connect-src.")
    worker, manifest = site / "sw.js", next(iter(site.glob("b/*/manifest.json")), site)
    changed = {site / "index.html": _SOURCES.sub(policy, index)}
    changed[worker] = _resealed(_read(worker), index, changed[site / "index.html"])
    sealed = _resealed(_read(manifest), index, changed[site / "index.html"])
    changed[manifest] = _resealed(sealed, _read(worker), changed[worker])
    changed[site / FILE] = json.dumps(listed, indent=2) + "\n"
    for path, text in changed.items():
        path.write_text(text, "utf-8", newline="\n")


def origins(resolvers: Iterable[Resolver]) -> list[str]:
    """The origins a page must be let out to, each once."""
    found: dict[str, None] = {}
    for resolver in resolvers:
        origin = origin_of(resolver.base_url)
        found.update(dict.fromkeys((origin, *SENT_ON_TO.get(origin, ()))))
    return [*found]


def origin_of(url: str) -> str:
    """Scheme, host and port. Raises `ResolversError` for what could change the policy's meaning."""
    parts = urlsplit(url)
    spoken = parts.scheme == "https" or (parts.scheme, parts.hostname) in [
        ("http", host) for host in _LOOPBACK
    ]
    if not spoken or not re.fullmatch(r"[a-z0-9.-]+(:[0-9]+)?", parts.netloc):
        raise ResolversError(
            f"{url} is not the address of a server; one looks like https://mirror.example.org."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ResolversError(f"{path} could not be read: build the site first.") from error


def _resealed(text: str, old: str, new: str) -> str:
    """`text` with the SHA-256 of `old`, in hex and as integrity values have it, made `new`'s."""
    was, now = (hashlib.sha256(content.encode()) for content in (old, new))
    text = text.replace(was.hexdigest(), now.hexdigest())
    return text.replace(*(base64.b64encode(one.digest()).decode() for one in (was, now)))


def main() -> int:
    """Run from a shell."""
    parser = argparse.ArgumentParser(description="Say which servers a built page asks.")
    parser.add_argument("site", type=Path, nargs="?", default=REPO / "build" / "site")
    parser.add_argument(
        "--add", metavar="NAME=URL", action="append", default=[], help="one more; repeatable"
    )
    parser.add_argument("--only", action="store_true", help="leave out those that pithcore lists")
    parser.add_argument("--here", action="store_true", help="the site itself is a mirror")
    asked = parser.parse_args()
    added = [Resolver(*pair.partition("=")[::2]) for pair in asked.add]
    resolvers = (*(() if asked.only else RESOLVERS), *added)
    try:
        apply(asked.site, resolvers, here=asked.here)
    except ResolversError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    names = [*(["its own site"] if asked.here else []), *(one.base_url for one in resolvers)]
    print(f"the page in {asked.site} asks {', '.join(names) or 'nobody'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
