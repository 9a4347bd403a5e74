// Starts Python in the worker: Pyodide's core, then one archive with the part of the standard
// library that is used, pithcore and verify.py; or, on a returning visit, the memory of a Python
// that has all of it loaded (snapshot.js). Everything comes from beside this file.

import { FILES, LOCK } from "./files.js";
import { emptyLibrary, forgetSnapshot, keptSnapshot } from "./snapshot.js";

const HERE = new URL("./", import.meta.url).href;
const LIBRARY = "python.bin"; // a zip archive, gzipped by the build and not by the host
const PATIENCE_MS = 10_000; // for a snapshot, which takes a fraction of a second where it works
// The smallest module there is: it compiles wherever WebAssembly may run at all.
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

class BootError extends Error {
  constructor(what, detail) {
    super(detail);
    this.what = what;
  }
}

/**
 * Start Pyodide and import verify.py; `tell` gets `{kind: "loading" | "ready" | "trouble", …}`.
 * Returns `{verify, toPy}`, or rejects after telling what is wrong.
 */
export async function boot(tell) {
  try {
    const started = await start(tell);
    const about = JSON.parse(started.verify.about()).answer;
    tell({ kind: "ready", ...about, pyodide: started.pyodide.version });
    return { verify: started.verify, toPy: started.pyodide.toPy };
  } catch (error) {
    tell({ kind: "trouble", what: error.what ?? "python", detail: String(error.message ?? error) });
    throw error;
  }
}

async function start(tell) {
  if (typeof WebAssembly === "undefined") throw new BootError("wasm", "WebAssembly is not there");
  await WebAssembly.compile(EMPTY_MODULE).catch((error) => {
    throw new BootError("wasm", String(error.message));
  });
  const snapshot = await keptSnapshot();
  if (snapshot) {
    try {
      return await startFrom(snapshot, tell);
    } catch {
      await forgetSnapshot(); // it only ever saves time
    }
  }
  return startFrom(null, tell);
}

async function startFrom(snapshot, tell) {
  const progress = tellProgress(tell, snapshot !== null);
  const fetches = watchFetches(snapshot !== null);
  try {
    // loadPyodide may hang for ever when one of its files is missing, or a snapshot is odd.
    const late = snapshot === null ? [] : [patience()];
    const pyodide = await Promise.race([loadPython({ stdLibURL: `${HERE}${LIBRARY}`, ...snapshot }), fetches.failed, ...late]);
    return { pyodide, verify: pyodide.pyimport("verify") };
  } finally {
    progress.stop();
    fetches.stop();
  }
}

async function patience() {
  await new Promise((done) => setTimeout(done, PATIENCE_MS));
  throw new BootError("silent", "the snapshot did not start");
}

/** Start Pyodide with nothing but what is served here; `options` says at least `stdLibURL`. */
export async function loadPython(options) {
  script("pyodide/pyodide.asm.mjs").catch(() => {}); // fetched at once; loadPyodide awaits it
  const { loadPyodide } = await script("pyodide/pyodide.mjs");
  await script("pyodide/pyodide.asm.mjs");
  return loadPyodide({
    indexURL: `${HERE}pyodide/`,
    packageBaseUrl: `${HERE}pyodide/`, // never a content delivery network
    lockFileContents: LOCK, // an empty one: no package is ever loaded
    stdout: () => {},
    stderr: (line) => console.warn(line),
    ...options,
  });
}

async function script(path) {
  try {
    return await import(`./${path}`);
  } catch (error) {
    throw new BootError("file", `${path}: ${error.message}`);
  }
}

/** `failed` rejects when a file that Pyodide fetches is missing or out of reach. */
function watchFetches(fromSnapshot) {
  const plain = self.fetch;
  const failed = new Promise((_, reject) => {
    self.fetch = async (...args) => {
      const path = String(args[0]).replace(HERE, "");
      if (fromSnapshot && path === LIBRARY) return emptyLibrary();
      try {
        const response = await (takeEarly(args[0]) ?? plain.apply(self, args));
        if (!response.ok) reject(new BootError("file", `${path}: HTTP ${response.status}`));
        if (path !== LIBRARY) return response;
        return new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
      } catch (error) {
        reject(new BootError("file", `${path}: ${error.message}`));
        throw error;
      }
    };
  });
  return { failed, stop: () => (self.fetch = plain) };
}

/** The promise of a response that was asked for before anything else ran (engine.js), once. */
function takeEarly(url) {
  const found = self.early?.[url];
  if (found) delete self.early[url];
  return found;
}

/** Tell how much of what must be loaded has arrived, by the packed size of whole files. */
function tellProgress(tell, fromSnapshot) {
  const loaded = Object.keys(FILES).filter((path) => !(fromSnapshot && path === LIBRARY));
  const total = loaded.reduce((sum, path) => sum + FILES[path], 0);
  const arrived = new Set();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const path = entry.name.replace(HERE, "");
      if (loaded.includes(path)) arrived.add(path);
    }
    const size = [...arrived].reduce((sum, path) => sum + FILES[path], 0);
    tell({ kind: "loading", files: arrived.size, of: loaded.length, percent: Math.round((100 * size) / total) });
  });
  observer.observe({ type: "resource", buffered: true });
  return { stop: () => observer.disconnect() };
}
