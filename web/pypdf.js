// The second reader of PDFs, for files in which the page's own scan left something unread.
//
// pypdf is loaded only then: an archive with a Python of its own for it, held against its SHA-256
// and from then on kept with the rest of the page. It runs in a worker of its own, since a hostile
// file can keep it busy for hours: that worker is ended, and the page goes on.

import { PYPDF } from "./files.js"; // {path, sha256}: where it is, and what it is unpacked
import { ownCacheInTime, sha256 } from "./snapshot.js";

const ARCHIVE = new URL(PYPDF.path, import.meta.url).href;
const WORKER = new URL("pypdfworker.js", import.meta.url).href;
const TIME_LIMIT_MS = 30_000; // to start and to read; some 4 seconds are usual

/**
 * What pypdf makes of a PDF: `{by, info, links, text, unread}`, as pithcore's `OtherReading`.
 *
 * Whatever goes wrong is said in `unread`. `givenUp` is a signal that nobody waits any more.
 */
export async function readWithPypdf(bytes, givenUp) {
  try {
    return await readInWorker(await archive(givenUp), bytes, givenUp);
  } catch (error) {
    return { by: "pypdf", info: null, links: [], text: "", unread: [`all of it by pypdf: ${error.message}`] };
  }
}

/** A worker that obeys the page's policy: engine.js says why it is started from a blob. */
function startWorker() {
  const url = URL.createObjectURL(new Blob([`import ${JSON.stringify(WORKER)};`], { type: "text/javascript" }));
  return new Worker(url, { type: "module" });
}

async function readInWorker(library, bytes, givenUp) {
  const worker = startWorker();
  let timer = 0;
  try {
    return await new Promise((done, fail) => {
      timer = setTimeout(() => fail(new Error(`it was given up after ${TIME_LIMIT_MS / 1000} seconds`)), TIME_LIMIT_MS);
      givenUp.addEventListener("abort", () => fail(new Error("it was given up")));
      worker.addEventListener("message", ({ data }) => (data.found ? done(data.found) : fail(new Error(data.broken))));
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        fail(new Error("it could not be started"));
      });
      worker.postMessage({ library, bytes });
    });
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}

/** The archive, unpacked: from this build's cache if it is kept there, or fetched and then kept. */
async function archive(givenUp) {
  const response = await fetch(ARCHIVE, { signal: givenUp });
  if (!response.ok) throw new Error(`it could not be loaded (HTTP ${response.status})`);
  const packed = await response.arrayBuffer();
  const unpacked = new Response(packed).body.pipeThrough(new DecompressionStream("gzip"));
  const library = await new Response(unpacked).arrayBuffer();
  if ((await sha256(library)) !== PYPDF.sha256) throw new Error("what was loaded is not what was built");
  keep(packed).catch(() => {}); // no storage: it is fetched again next time
  return library;
}

async function keep(packed) {
  const cache = await ownCacheInTime();
  if (cache && !(await cache.match(ARCHIVE))) await cache.put(ARCHIVE, new Response(packed));
}
