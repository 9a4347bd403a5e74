"""Returning visits start from the memory of an earlier Python, and nothing ever rests on it."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest
from documents import SIGNED, as_bytes, bundle
from kept import build_of, context, reseal, server, visit
from verifier import Verifier

from serve import Server
from snapshot import MAGIC, PAGE, pack

__all__ = ["context", "server"]  # fixtures

ENTRY = """() => caches.keys().then(async (names) => {
  for (const name of names) {
    const cache = await caches.open(name);
    const key = (await cache.keys()).find((one) => one.url.endsWith("?unpacked"));
    if (key) return { name, url: key.url };
  }
  return null;
})"""

SPOIL = """async ({ name, url, at }) => {
  const cache = await caches.open(name);
  const bytes = new Uint8Array(await (await cache.match(url)).arrayBuffer());
  if (at === null) await cache.put(url, new Response("no snapshot"));
  else { bytes[at] ^= 1; await cache.put(url, new Response(bytes)); }
}"""


def wait_for_entry(verifier: Verifier) -> dict[str, str]:
    """The snapshot's place in the cache, once it is there."""
    for _ in range(150):
        found = verifier.page.evaluate(ENTRY)
        if found:
            return found
        verifier.page.wait_for_timeout(100)
    raise AssertionError("no snapshot was kept")


def again(verifier: Verifier) -> list[str]:
    """Come back to the page with the signed example, and give the files asked for."""
    asked: list[str] = []
    verifier.page.goto("about:blank")
    verifier.page.context.on("request", lambda request: asked.append(request.url.split("/")[-1]))
    verifier.open("#example=verified")
    assert verifier.verdict() == "verified"
    return asked


def test_a_returning_visit_starts_from_the_snapshot(verifier: Verifier) -> None:
    """After a first verdict the next start needs no library, and checks all kinds of documents."""
    visit(verifier, "#example=verified")
    wait_for_entry(verifier)
    assert "python.bin" not in again(verifier)
    # Pages need modules that records do not; all of them are in the snapshot.
    verifier.page.get_by_role("button", name="Check another record").click()
    verifier.paste(b"<p>No record page</p>")
    assert "could not be read" in verifier.headline()
    verifier.page.get_by_role("button", name="Check another record").click()
    verifier.paste(as_bytes(bundle(SIGNED[0])))
    assert verifier.verdict() == "verified"


def test_a_first_visit_is_not_delayed_by_it(verifier: Verifier) -> None:
    """Before the first verdict the snapshot is not even asked for."""
    asked: list[str] = []
    verifier.page.context.on("request", lambda request: asked.append(request.url.split("/")[-1]))
    visit(verifier)
    verifier.page.wait_for_timeout(1000)
    assert "snapshot.bin" not in asked
    verifier.page.locator('[data-example="intact"]').click()
    assert verifier.verdict() == "intact"
    wait_for_entry(verifier)
    assert "snapshot.bin" in asked


@pytest.mark.parametrize("at", [None, 5_000_000], ids=["replaced", "one bit"])
def test_a_broken_snapshot_only_costs_time(verifier: Verifier, at: int | None) -> None:
    """One that is not what the build made is dropped; the start goes on without it."""
    visit(verifier, "#example=verified")
    entry = wait_for_entry(verifier)
    verifier.page.evaluate(SPOIL, {**entry, "at": at})
    assert "python.bin" in again(verifier)
    wait_for_entry(verifier)
    assert "python.bin" not in again(verifier)


def test_a_missing_snapshot_only_costs_time(verifier: Verifier, server: Server) -> None:
    """A host that does not serve it serves verdicts all the same."""
    verifier.watch.may_say = ("404",)
    (server.site / "b" / build_of(server.site) / "snapshot.bin").unlink()
    visit(verifier, "#example=verified")
    verifier.page.wait_for_timeout(1500)
    assert verifier.page.evaluate(ENTRY) is None
    assert "python.bin" in again(verifier)


def test_a_snapshot_that_does_not_start_only_costs_time(verifier: Verifier, server: Server) -> None:
    """Whole by its hash and useless all the same, such as one of another Pyodide."""
    build = build_of(server.site)
    useless = pack(bytes(16) + bytes(range(256)) * PAGE)
    (server.site / "b" / build / "snapshot.bin").write_bytes(gzip.compress(useless))
    files = server.site / "b" / build / "files.js"
    before, _, rest = files.read_text("utf-8").partition("SNAPSHOT = ")
    snapshot, _, after = rest.partition(";")
    stated = json.loads(snapshot)
    stated["sha256"] = hashlib.sha256(useless).hexdigest()
    files.write_text(f"{before}SNAPSHOT = {json.dumps(stated)};{after}", "utf-8")
    reseal(server.site, f"b/{build}/files.js")
    visit(verifier, "#example=verified")
    wait_for_entry(verifier)
    verifier.watch.may_say = ("",)  # Pyodide says what it thinks of it
    assert "python.bin" in again(verifier)


def test_pack_leaves_out_empty_pages_only() -> None:
    """Magic, length, a bit for each page, and the pages that hold anything, in order."""
    memory = bytes(PAGE) + b"a" * PAGE + bytes(7 * PAGE) + b"b"
    packed = pack(memory)
    assert packed[:8] == MAGIC
    assert int.from_bytes(packed[8:12], "little") == len(memory)
    assert packed[12:14] == bytes([0b10, 0b10])
    assert packed[14:] == b"a" * PAGE + b"b" + bytes(PAGE - 1)
