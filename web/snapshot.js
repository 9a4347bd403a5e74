// The memory of a Python that has already started: returning visits begin from it.
//
// This is the one file of the page that knows of snapshots. Pyodide's interface to them is
// unofficial and tied to the exact build, so a snapshot only ever saves time: it is fetched after
// the first verdict, kept in this very build's cache, held against its SHA-256 each time it is
// used, and where anything about it is off the start goes on without it.

import { SNAPSHOT } from "./files.js"; // {path, sha256}: where it is, and what it is unpacked

const BUILD = new URL("./", import.meta.url).pathname.split("/").at(-2);
const PAGE = 4096;
const MAGIC = "pithmem1";
const PACKED = new URL(SNAPSHOT.path, import.meta.url).href;
const KEPT = `${PACKED}?unpacked`;
// An archive with nothing in it: every module is in the snapshot already.
const EMPTY_ZIP = Uint8Array.of(0x50, 0x4b, 5, 6, ...new Array(18).fill(0));

/**
 * The options with which `loadPyodide` starts from the kept snapshot, or null when there is none
 * that is whole.
 */
export async function keptSnapshot() {
  try {
    const found = await self.early?.[KEPT]; // read while the modules were loading (engine.js)
    if (!found) return null;
    const kept = new Uint8Array(found);
    if ((await sha256(kept)) === SNAPSHOT.sha256) return { _loadSnapshot: expand(kept) };
    await forgetSnapshot();
  } catch {
    // No storage, or not ours to use: a plain start.
  }
  return null;
}

/** What stands in for the archive of modules when a snapshot is loaded. */
export const emptyLibrary = () => new Response(EMPTY_ZIP);

/** Drop a snapshot that did not work. */
export async function forgetSnapshot() {
  await (await ownCache())?.delete(KEPT);
}

/** Fetch the snapshot for the next visit, once, where the visitor's device keeps this page. */
export async function keepSnapshot() {
  try {
    const cache = await ownCacheInTime();
    if (!cache || navigator.connection?.saveData || (await cache.match(KEPT))) return;
    const response = await fetch(PACKED, { priority: "low" });
    if (!response.ok) return;
    const unpacked = new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
    const kept = await unpacked.arrayBuffer();
    if ((await sha256(kept)) === SNAPSHOT.sha256) await cache.put(KEPT, new Response(kept));
  } catch {
    // Offline, or no room: the next visit starts as this one did.
  }
}

/** The cache that the service worker (sw.js) made for this build; null before it has. */
async function ownCache() {
  const name = (await caches.keys()).find((one) => one.endsWith(` ${BUILD}`));
  return name === undefined ? null : caches.open(name);
}

/** As `ownCache`, after waiting for the service worker to be done with its own work. */
export async function ownCacheInTime() {
  for (let tries = 0; tries < 30; tries++) {
    const cache = await ownCache();
    if (cache) return cache;
    await new Promise((done) => setTimeout(done, 1000));
  }
  return ownCache();
}

/** SHA-256 in hex. */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Undo `pack` of snapshot.py: put the pages that are not empty where they belong. */
function expand(kept) {
  const view = new DataView(kept.buffer);
  if (new TextDecoder().decode(kept.subarray(0, 8)) !== MAGIC) throw new Error("no snapshot");
  const length = view.getUint32(8, true);
  const pages = Math.ceil(length / PAGE);
  const whole = new Uint8Array(pages * PAGE);
  let from = 12 + Math.ceil(pages / 8);
  for (let page = 0; page < pages; page++) {
    if (kept[12 + (page >> 3)] & (1 << (page & 7))) {
      whole.set(kept.subarray(from, from + PAGE), page * PAGE);
      from += PAGE;
    }
  }
  return whole.subarray(0, length);
}
