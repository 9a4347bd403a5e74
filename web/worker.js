// Boots Pyodide and answers the page: looks records up, hands bytes to verify.py, and passes
// on each check as it ends. Started from a blob: module, so that the page's policy holds here.

import { boot } from "./boot.js";
import { fetchRecord } from "./lookup.js";

const booted = boot((message) => postMessage(message));
booted.catch(() => {}); // the page was told; requests that wait for it get the same error

/** Call a function of verify.py and read its answer. */
async function call(name, ...args) {
  const { verify } = await booted;
  return JSON.parse(verify[name](...args));
}

async function answer({ id, query, bytes, source, expect, options }, givenUp) {
  const post = (message) => postMessage({ id, ...message });
  if (query !== undefined) {
    const found = await call("look_up", query);
    if (found.refused) return post({ kind: "refused", ...found });
    const { name, urls } = found.answer;
    post({ kind: "named", name });
    const asking = (url) => post({ kind: "asking", url });
    const fetched = await fetchRecord(urls, asking, givenUp);
    if (!fetched.bytes) return post({ kind: "not_fetched", name, urls, attempts: fetched.attempts });
    ({ bytes, url: source } = fetched);
    expect = found.answer.expect ?? expect;
  }
  await check(post, new Uint8Array(bytes), { ...options, source, expect });
}

async function check(post, bytes, request) {
  const { toPy } = await booted;
  const data = toPy(bytes);
  try {
    const asked = await call("signatures", data, JSON.stringify(request));
    if (asked.refused) return post({ kind: "refused", ...asked });
    request.opinions = await Promise.all(asked.answer.map(opinion));
    const onCheck = (text) => post({ kind: "check", check: JSON.parse(text) });
    const report = await call("check", data, JSON.stringify(request), onCheck);
    if (report.refused) return post({ kind: "refused", ...report });
    post({ kind: "report", report: report.answer });
  } finally {
    data.destroy();
  }
}

/** What the browser's own Ed25519 says of a signature; `valid` is null when it has none. */
async function opinion(triple) {
  const [key, message, signature] = ["public_key", "message", "signature"].map((name) =>
    Uint8Array.from(triple[name].match(/../g) ?? [], (pair) => parseInt(pair, 16)),
  );
  let valid = null;
  try {
    const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    valid = await crypto.subtle.verify("Ed25519", imported, signature, message);
  } catch {
    // No Ed25519 here, or a key it will not import: no opinion, which is not a "no".
  }
  return { ...triple, valid };
}

// One request at a time, and a new one ends what an older one is still fetching.
let last = Promise.resolve();
let control = new AbortController();
self.addEventListener("message", ({ data }) => {
  control.abort();
  control = new AbortController();
  const { signal } = control;
  last = last
    .then(() => signal.aborted || answer(data, signal))
    .catch((error) => signal.aborted || postMessage({ id: data.id, kind: "broken", detail: String(error) }));
});
