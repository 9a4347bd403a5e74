// Boots Pyodide and answers the page: looks records up, hands bytes to verify.py, and passes
// on each check as it ends. Started from a blob: module, so that the page's policy holds here.
//
// The page sends requests, each with an `id` of its own, and with `options`, the reader's wishes
// ({title, abstract, key_id, key}):
//   {query, page, listed, typed, origins}   look a record up: verify.py's `look_up` says what the
//                                           first four are; `origins` are those the policy allows
//   {bytes, source, expect}                 check one document
//   {copies: [{name, bytes}], expect}       check several, and compare them
//   {pdf: {name, bytes}, …}                 with documents as above: hold them against a PDF; with
//                                           what a query has but the query: look up its number
//   {abstractPage: {name, bytes}, …}        with any of these: title and abstract from arXiv's page
//   {bring: [{kind, name, bytes}], …}       with these too: timestamp proofs, headers, checkpoints
//   {again: true, bring, ask}               the document of the last report once more, with those,
//                                           and with what others answer: `ask` is
//                                           {explorers: height} or {orcid}
//   {badge: {number, verifier}}             make a badge that links to that page
// A new request gives up the one before. Each is answered, under its `id`, by
//   named {name}                how the query was understood
//   second_reader               pypdf reads the PDF, after our own scan
//   asking {url}                one server is asked
//   servers {servers}           several are asked at once: {name, title, urls} each
//   heard {name, row, attempts} one of these is done: a row of `compare`, or what went wrong
//   check {check}               a check has ended
// and in the end by one of
//   report {report, compared, asked}   `compared` is what `compare` gives, each row with `noState`,
//                               the failed attempt for its state; null for one document. `asked`:
//                               {name, attempt, problem} of each that `ask` meant (asking.js)
//   not_fetched {name, urls, attempts}
//   paper_texts {title, abstract}           what an abstract page without a document states
//   pdf_names {name, numbers, own, cited, readers, unread}
//                               a PDF that gives none as its own, or several
//   badge {drawing, file, made}             what verify.py's `badge` gives
//   refused {refused, where}    pithcore would not read something
//   broken {detail}             something here is at fault
// Before that, and with no `id`: listening, once requests are heard; loading, ready and trouble
// (boot.js).

import { boot } from "./boot.js";
import { keepSnapshot } from "./snapshot.js";
import { fetchCopies, fetchRecord } from "./lookup.js";
import { readWithPypdf } from "./pypdf.js";

const booted = boot((message) => postMessage(message));
let kept = null;
let held = null; // what the last report was on: {bytes, request, compared, files, answers}
booted.catch(() => {}); // the page was told; requests that wait for it get the same error

class Refused extends Error {
  constructor(answer) {
    super(answer.refused);
    this.answer = answer;
  }
}

/** Call a function of verify.py and read its answer; throws `Refused`. */
async function call(name, ...args) {
  const { verify } = await booted;
  const found = JSON.parse(verify[name](...args));
  if (found.refused !== undefined) throw new Refused(found);
  return found.answer;
}

/** Call `use` with a Python copy of `value`, which is freed afterwards. */
async function inPython(value, use) {
  const { toPy } = await booted;
  const copy = toPy(value);
  try {
    return await use(copy);
  } finally {
    copy.destroy();
  }
}

async function answer({ badge, abstractPage, ...request }, post, givenUp) {
  if (badge) return post({ kind: "badge", ...(await call("badge", JSON.stringify(badge))) });
  if (request.again) return again(request, post, givenUp);
  if (!abstractPage) return answerWith(request, post, givenUp);
  const texts = await inPython(new Uint8Array(abstractPage.bytes), (data) => call("read_abstract_page", data));
  const { pdf, bytes, copies } = request;
  if (!pdf && !bytes && !copies) return post({ kind: "paper_texts", ...texts });
  return answerWith({ ...request, options: { ...request.options, ...texts } }, post, givenUp);
}

async function answerWith({ pdf, ...request }, post, givenUp) {
  if (!pdf) return answerFor(request, post, givenUp);
  const found = await readPdf(pdf.bytes, post, givenUp);
  const options = { ...request.options, pdf: found.pdf };
  if (request.bytes || request.copies) return answerFor({ ...request, options }, post, givenUp);
  if (found.numbers.length !== 1) return post({ kind: "pdf_names", name: pdf.name, ...found });
  return answerFor({ ...request, options, query: found.numbers[0] }, post, givenUp);
}

/** What a PDF says of itself; pypdf is asked where our own scan is not enough. */
async function readPdf(bytes, post, givenUp) {
  const found = await inPython(new Uint8Array(bytes), (data) => call("read_pdf", data));
  if (!found.wants_another_reader) return found;
  post({ kind: "second_reader" });
  const other = await readWithPypdf(bytes, givenUp);
  givenUp.throwIfAborted();
  return call("read_pdf_with", JSON.stringify({ pdf: found.pdf, other }));
}

async function answerFor({ query, bytes, copies, source, expect, options, bring = [], ...asked }, post, givenUp) {
  const files = [...bring];
  if (query !== undefined) return lookUp({ query, ...asked }, options, post, givenUp, files);
  if (copies) return compare(copies, { noun: "copy", expect, ...options }, post, files);
  return check(new Uint8Array(bytes), { ...options, source, expect }, post, { files });
}

/** The last document once more, with what the reader brought since and what others answer now. */
async function again({ bring = [], ask = null }, post, givenUp) {
  const { bytes, request, compared, ...before } = held;
  const has = (kind) => bring.some((file) => file.kind === kind);
  // What is brought anew takes the place of its kind, and headers go with their proof.
  const gone = (kind) => has(kind) || (kind === "headers" && has("proof"));
  const files = [...before.files.filter(({ kind }) => !gone(kind)), ...bring];
  let [answers, asked] = [before.answers, null];
  if (ask) {
    const { askOthers } = await import("./asking.js");
    ({ answers, asked } = await askOthers(ask, answers, { call, inPython, givenUp }));
  }
  return check(bytes, request, post, { compared, files, answers, asked });
}

async function lookUp({ origins, ...asked }, options, post, givenUp, files) {
  const found = await call("look_up", JSON.stringify(asked));
  const { name, servers } = found;
  post({ kind: "named", name });
  if (servers.length > 1) return lookUpEverywhere(found, { asked, origins }, options, post, givenUp, files);
  const [{ urls }] = servers;
  const fetched = await fetchRecord(urls, (url) => post({ kind: "asking", url }), givenUp);
  if (!fetched.bytes) return post({ kind: "not_fetched", name, urls, attempts: fetched.attempts });
  return check(fetched.bytes, { ...options, source: fetched.url, expect: name }, post, { files });
}

async function lookUpEverywhere({ name, whole, servers }, { asked, origins }, options, post, givenUp, files) {
  post({ kind: "servers", servers });
  const wish = { noun: "mirror", expect: name, ...options };
  let number = null;
  const heard = async (server, { bytes, attempts }) => {
    const judged = (data) => call("judge", data, JSON.stringify(wish));
    const row = bytes ? await inPython(bytes, judged) : null;
    post({ kind: "heard", name: server.name, row, attempts });
    if (row?.good) number ??= row.number;
    return row?.verdict === "verified"; // whoever is quick to leave a signature out gains nothing
  };
  let answers = await fetchCopies(servers, origins, heard, givenUp);
  if (number && !whole) {
    // A static mirror has records under their full numbers only.
    const again = (await call("look_up", JSON.stringify({ ...asked, query: number }))).servers;
    const missing = again.filter((_, at) => !answers[at].bytes && answers[at].attempts.at(-1).why === "not_found");
    const more = await fetchCopies(missing, origins, heard, givenUp);
    answers = answers.map((one, at) => more[missing.indexOf(again[at])] ?? one);
  }
  const copies = servers.map((server, at) => ({ name: server.name, ...answers[at] }));
  const read = copies.filter(({ bytes }) => bytes);
  if (read.length) return compare(read, wish, post, files);
  const urls = servers.flatMap((server) => server.urls);
  const attempts = copies.flatMap((copy) => copy.attempts);
  return post({ kind: "not_fetched", name, urls, attempts });
}

/** Compare copies, `{name, bytes, url, state}` each, and check the best one in full. */
async function compare(copies, wish, post, files) {
  const given = copies.map(({ name, bytes, state }) => ({
    name,
    bytes: new Uint8Array(bytes),
    state: state ?? new Uint8Array(),
  }));
  const compared = await inPython(given, (data) => call("compare", data, JSON.stringify(wish)));
  compared.rows.forEach((row, at) => (row.noState = copies[at].noState ?? null));
  const at = copies.findIndex(({ name }) => name === compared.best);
  const source = copies[at].url ?? compared.best;
  return check(given[at].bytes, { ...wish, source }, post, { compared, files });
}

async function check(bytes, request, post, { compared = null, files = [], answers = {}, asked = null } = {}) {
  const now = new Date().toISOString().replace(/\.\d+/, "");
  return inPython(bytes, async (data) => {
    const triples = await call("signatures", data, JSON.stringify(request));
    const opinions = await Promise.all(triples.map(opinion));
    const wish = JSON.stringify({ ...request, opinions, answers, now });
    const onCheck = (text) => post({ kind: "check", check: JSON.parse(text) });
    const given = files.map((file) => ({ ...file, bytes: new Uint8Array(file.bytes) }));
    const report = await inPython(given, (brought) => call("check", data, wish, onCheck, brought));
    held = { bytes, request, compared, files, answers };
    post({ kind: "report", report, compared, asked });
    kept ??= keepSnapshot(); // for the next visit, once this reader has been served
  });
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
self.addEventListener("message", ({ data: { id, ...request } }) => {
  control.abort();
  control = new AbortController();
  const { signal } = control;
  const post = (message) => signal.aborted || postMessage({ id, ...message });
  const fail = (error) =>
    post(error instanceof Refused ? { kind: "refused", ...error.answer } : { kind: "broken", detail: String(error) });
  last = last.then(() => signal.aborted || answer(request, post, signal)).catch(fail);
});
postMessage({ kind: "listening" });
