// The page's end of the worker: starts it, keeps watch over it, carries requests and answers.

const BASE = new URL("./", import.meta.url).href;
// What the start waits for longest, and the modules it takes: all are asked for at once, and not
// each when the one before it has arrived and been read.
const CORE = "pyodide/pyodide.asm.wasm";
const KEPT = "snapshot.bin?unpacked"; // snapshot.js kept it on an earlier visit, or not
const MODULES = ["worker.js", "boot.js", "files.js", "snapshot.js", "lookup.js", "pypdf.js"];
MODULES.push("pyodide/pyodide.mjs", "pyodide/pyodide.asm.mjs");
// Silence, with nothing newly loaded, after which the page says that something may be wrong.
const PATIENCE_MS = 30_000;

const state = { loading: null, ready: null, trouble: null };
const listeners = new Set();
const open = new Map();
let worker = null;
let here; // ends the wait for the worker to listen
const listening = new Promise((done) => (here = done));
let watchdog = 0;
let next = 1;

/** Call `listener(state)` now and whenever the start moves on, goes wrong or ends. */
export function onState(listener) {
  listeners.add(listener);
  listener(state);
}

/**
 * Send a request, or the promise of one, to the worker; `heard` gets each message of the
 * answer. Returns a function that stops listening.
 */
export function send(request, heard) {
  const id = next++;
  open.set(id, heard);
  Promise.all([request, listening]).then(([ready]) => open.has(id) && worker?.postMessage({ id, ...ready }));
  return () => open.delete(id);
}

function update(change) {
  Object.assign(state, change);
  for (const listener of listeners) listener(state);
}

function trouble(what, detail) {
  clearTimeout(watchdog);
  update({ trouble: { what, detail } });
}

function wait() {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => trouble("silent", `nothing for ${PATIENCE_MS / 1000} seconds`), PATIENCE_MS);
}

function hear({ data }) {
  if (data.kind === "listening") {
    here();
  } else if (data.kind === "loading") {
    wait();
    update({ loading: data });
  } else if (data.kind === "ready") {
    clearTimeout(watchdog);
    update({ ready: data, trouble: null }); // late is better than never
  } else if (data.kind === "trouble") {
    trouble(data.what, data.detail);
  } else {
    open.get(data.id)?.(data);
  }
}

// A worker loaded from a URL obeys its own response's policy, and a static host sends none. One
// started from a blob: obeys the page's, so it is started from one that imports the real one.
function startWorker() {
  const source = `(${beginWorker})(...${JSON.stringify([BASE, CORE, KEPT, MODULES])});`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  worker = new Worker(url, { type: "module" });
  worker.addEventListener("message", hear);
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    trouble("file", event.message || "worker.js, or a file it needs, could not be loaded");
  });
  wait();
}

/** The first thing that runs in the worker. Takes nothing from around it: its text is sent there. */
function beginWorker(base, core, kept, modules) {
  const read = async () => (await (await caches.match(base + kept))?.arrayBuffer()) ?? null;
  // boot.js and snapshot.js take these from here.
  self.early = { [base + core]: fetch(base + core), [base + kept]: read().catch(() => null) };
  self.early[base + core].catch(() => {}); // boot.js says what was wrong with it
  const [main, ...rest] = modules.map((path) => import(base + path));
  for (const module of rest) module.catch(() => {});
  main.catch((error) => postMessage({ kind: "trouble", what: "file", detail: `worker.js: ${error.message}` }));
}

try {
  startWorker();
} catch (error) {
  trouble("worker", String(error));
}
