// Starts Python in the worker: Pyodide's core, then one archive with the part of the standard
// library that is used, pithcore and verify.py. All of it comes from beside this file.

import { FILES, LOCK } from "./files.js";

const HERE = new URL("./", import.meta.url).href;
const LIBRARY = "python.bin"; // a zip archive, gzipped by the build and not by the host
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
  const progress = tellProgress(tell);
  const fetches = watchFetches();
  try {
    // loadPyodide may hang for ever when one of its files is missing.
    const pyodide = await Promise.race([load(), fetches.failed]);
    return { pyodide, verify: pyodide.pyimport("verify") };
  } finally {
    progress.stop();
    fetches.stop();
  }
}

async function load() {
  script("pyodide/pyodide.asm.mjs").catch(() => {}); // fetched at once; loadPyodide awaits it
  const { loadPyodide } = await script("pyodide/pyodide.mjs");
  await script("pyodide/pyodide.asm.mjs");
  return loadPyodide({
    indexURL: `${HERE}pyodide/`,
    packageBaseUrl: `${HERE}pyodide/`, // never a content delivery network
    lockFileContents: LOCK, // an empty one: no package is ever loaded
    stdLibURL: `${HERE}${LIBRARY}`,
    stdout: () => {},
    stderr: (line) => console.warn(line),
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
function watchFetches() {
  const plain = self.fetch;
  const failed = new Promise((_, reject) => {
    self.fetch = async (...args) => {
      const path = String(args[0]).replace(HERE, "");
      try {
        const response = await plain.apply(self, args);
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

/** Tell how much of what must be loaded has arrived, by the packed size of whole files. */
function tellProgress(tell) {
  const total = Object.values(FILES).reduce((sum, size) => sum + size, 0);
  const arrived = new Set();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const path = entry.name.replace(HERE, "");
      if (path in FILES) arrived.add(path);
    }
    const size = [...arrived].reduce((sum, path) => sum + FILES[path], 0);
    const of = Object.keys(FILES).length;
    tell({ kind: "loading", files: arrived.size, of, percent: Math.round((100 * size) / total) });
  });
  observer.observe({ type: "resource", buffered: true });
  return { stop: () => observer.disconnect() };
}
