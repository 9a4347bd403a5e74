"""The built page inside a mirror: the same files, so that a mirror needs no other server."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from pathlib import PurePosixPath

from pithcli.mirror.writing import put
from pithcli.problem import Problem
from pithcore import PithError, read_json
from pithcore.record import is_hex64, member, text_member
from pithcore.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pithcore.reading import JSON

VERSION = "version.json"
START = "index.html"
RESOLVERS_FILE = "resolvers.json"
"""Whom the page asks. It may be edited, so no manifest lists it."""
_LAST = (VERSION, "sw.js", START)
"""Put in place after everything they refer to. The start page comes last: with no version beside
it, it would be taken for somebody else's."""
_TOP = ("pith-badge.js", "llms.txt", "messages.md", "report-1.schema.json", *_LAST)

_BUILD = re.compile(r"[0-9a-f]{16}")


def put_page(site: Path, mirror: Path) -> Counter[str]:
    """Put every file of a built site into a mirror, and drop the files of builds before it.

    Each file must be the one that the site's own manifest lists.

    Raises:
        Problem: when `site` is no built site, and when another page stands in the mirror.
    """
    if (mirror / START).exists() and not (mirror / VERSION).exists():
        raise Problem(
            f"{mirror} has an {START} of another origin, and the page would take its place.",
            hint="Give the mirror a folder of its own, or leave out --page.",
        )
    build, listed = _manifest(site)
    done: Counter[str] = Counter()
    last = [name for name in _LAST if name in listed]
    for path in [*sorted(listed.keys() - {*last}), f"b/{build}/manifest.json", *last]:
        content = _read(site, path)
        if path in listed and hashlib.sha256(content).hexdigest() != listed[path]:
            raise Problem(
                f"{site / path} is not the file that the site's manifest lists.", hint=_MAKE
            )
        done += put([(mirror / path, content)])
        if path == f"b/{build}/manifest.json":
            done += put([(mirror / RESOLVERS_FILE, _resolvers(site))])
    for old in (mirror / "b").iterdir():
        if _BUILD.fullmatch(old.name) and old.name != build:
            shutil.rmtree(old)
    return done


def _resolvers(site: Path) -> bytes:
    """The site's list, with the mirror itself before all others: it has bundles beside it."""
    listed: dict[str, JSON] = {"schema": "pithweb.resolvers/1"}
    path = site / RESOLVERS_FILE
    if path.exists():
        try:
            found = read_json(_read(site, RESOLVERS_FILE))
        except PithError as error:
            raise Problem(f"{path} cannot be read: {error}", hint=_MAKE) from None
        listed |= found if isinstance(found, dict) else {}
    listed["here"] = True
    listed.setdefault("resolvers", [])
    return (json.dumps(listed, indent=2) + "\n").encode("utf-8")


_MAKE = "Build the site again: make site"


def _manifest(site: Path) -> tuple[str, dict[str, str]]:
    """Name of the build, and its files with their SHA-256 in hex."""
    try:
        build = text_member(read_json(_read(site, VERSION)), "build") or ""
        if not _BUILD.fullmatch(build):
            raise Problem(f"{site / VERSION} names no build.", hint=_MAKE)
        listed = member(read_json(_read(site, f"b/{build}/manifest.json")), "sha256")
    except PithError as error:
        raise Problem(f"{site} is no built site: {error}", hint=_MAKE) from None
    files = {
        path: digest
        for path, digest in (listed.items() if isinstance(listed, dict) else ())
        if isinstance(digest, str) and is_hex64(digest) and _is_inside(path, build)
    }
    if not (isinstance(listed, dict) and START in files and len(files) == len(listed)):
        raise Problem(f"The manifest of {site} does not list a site's files.", hint=_MAKE)
    return build, files


def _is_inside(path: str, build: str) -> bool:
    """True for the files at the top, and for what is below the folder of the build."""
    parts = PurePosixPath(path).parts
    below = parts[:2] == ("b", build) and len(parts) > 2 and ".." not in parts
    return path in _TOP or (below and "\\" not in path)


def _read(site: Path, path: str) -> bytes:
    try:
        return (site / path).read_bytes()
    except OSError as error:
        raise Problem(f"{site / path} could not be read: {error.strerror}.", hint=_MAKE) from None
