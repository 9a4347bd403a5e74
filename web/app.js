// The page: forms and address in, a worker's answers out. Decides nothing about a record.

import { el, say } from "./dom.js";
import { onState, send } from "./engine.js";
import { broken, heading, notBrought, notFetched, notRead, pdfNames, pdfTitle, troubleNotice } from "./failure.js";
import { isAbstractPage, isPdf, onDrop, readFiles, readMirrors } from "./intake.js";
import { listen, others, readInvitation } from "./messages.js";
import { keepOffline } from "./offline.js";
import { checkList, copiesTable, reportView } from "./report.js";

const HERE = new URL("./", import.meta.url).href; // this build's files
const PAGE = new URL("./", location.href).href;
const EXAMPLES = ["verified", "failed", "intact"];
const IDLE_WITHIN_MS = 1000; // however busy the page is
const INVITATION = readInvitation(location.hash.slice(1)); // as this page was opened, whatever comes later
const HANDOVER_MS = 20_000; // a document is sent when this page says that it listens
const FIELDS = { query: "query", document: "document", key: "key", expect: "expect", mirrors: "mirrors" };

const $ = (id) => document.getElementById(id);
let stop = () => {}; // gives up the answer that is being waited for
let pending = false;
let readers = false; // whether the reader uses the page for something of their own
let kept = false;
let shown = null; // what the report in sight needs to be shown again: {permalink, several, brought}
let offered = false;
let engine = { loading: null, ready: null, trouble: null };

// --- Views -------------------------------------------------------------------------------

function showStart() {
  stop();
  pending = false;
  shown = null;
  $("result").hidden = true;
  $("ask").hidden = false;
  document.title = "Pith verifier";
  keep();
  offerBookmarklet();
}

function showResult(nodes, title, brought = null) {
  shown = null; // a report sets it
  $("ask").hidden = true;
  $("result").hidden = false;
  $("brought").textContent = brought;
  $("brought").hidden = !brought;
  $("outcome").replaceChildren(...nodes.filter(Boolean));
  document.title = `${title} · Pith verifier`;
}

/** Show the end of a run: the heading takes focus, and the live region says it. */
function conclude(nodes, title, said = title, brought = null) {
  pending = false;
  showResult(nodes, title, brought);
  say(brought ? `${said}. ${brought}` : said);
  scrollTo(0, 0);
  $("verdict").focus({ preventScroll: true });
  keep();
}

/** Keep the page for later visits, once nobody waits for an answer: it takes its share of work. */
function keep() {
  if (kept || pending || !engine.ready) return;
  kept = true;
  whenIdle(() => keepOffline((sentence) => ($("offline").textContent = sentence)));
}

function whenIdle(begin) {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(begin, { timeout: IDLE_WITHIN_MS });
  else setTimeout(begin, 0);
}

/** Offer the bookmark on the start page, in a quiet moment: nobody waits for it. */
function offerBookmarklet() {
  if (offered) return;
  offered = true;
  whenIdle(() => import(`${HERE}install.js`).then(({ offer }) => offer(PAGE), () => (offered = false)));
}

function showError(field, sentence) {
  showStart();
  const input = $(FIELDS[field]);
  $(`${field}-error`).textContent = sentence;
  input.setAttribute("aria-invalid", "true");
  if ($("options").contains(input)) $("options").open = true;
  input.focus();
  say(sentence);
}

function clearErrors() {
  for (const field of Object.keys(FIELDS)) {
    $(`${field}-error`).textContent = "";
    $(FIELDS[field]).removeAttribute("aria-invalid");
  }
}

// --- A run -------------------------------------------------------------------------------

const option = (id) => $(id).value.trim() || null;

/** The reader's own wishes, each a string or null. */
const options = () => ({
  title: option("title"),
  abstract: option("abstract"),
  key_id: option("key-id"),
  key: option("key"),
});

/**
 * Send a request and show its answer as it comes. `bringer` is there when the reader did not
 * bring the document: `words` say who did, and `reply` takes the `{report}` or the `{error}`.
 */
function run(request, permalink = null, bringer = null) {
  stop();
  clearErrors();
  readers ||= !bringer;
  const { words: brought = null, reply = () => {} } = bringer ?? {};
  const isQuery = request.query !== undefined || Boolean(request.pdf && !request.bytes && !request.copies);
  const { typed, refused: badMirror } = readMirrors($("mirrors").value);
  if (isQuery && badMirror) return showError("mirrors", badMirror);
  if (engine.trouble && engine.trouble.what !== "silent") {
    showStart();
    reply({ error: NOT_STARTED });
    return $("trouble").querySelector("h2").focus();
  }
  pending = true;
  const checks = checkList();
  const waiting = el("p", { class: "sentence" }, "");
  const running = heading("running", "Checking…");
  const table = el("div", {});
  let several = null; // {noun, entries}: who was asked, and what each has given so far
  showResult([running, waiting, table, checks.root], "Checking", brought);
  scrollTo(0, 0);
  running.focus({ preventScroll: true });
  const tell = (sentence) => {
    waiting.textContent = sentence;
    say(sentence);
  };
  tell(engine.ready ? "The checks are running." : "The checks begin as soon as Python has started.");

  let done = 0;
  const heard = {
    named: ({ name }) => {
      permalink = `#${name.startsWith("pith:") ? "" : "arxiv:"}${name}`;
      if (location.hash !== permalink) history.replaceState(null, "", permalink);
    },
    second_reader: () => tell("No number found so far, and not all of the PDF could be read: pypdf, a fuller reader, is loaded and has a look."),
    asking: ({ url }) => tell(`Asking ${new URL(url).host} for the record.`),
    servers: ({ servers }) => {
      several = { noun: "mirror", entries: servers.map(({ name, title }) => ({ name, title })) };
      table.replaceChildren(copiesTable(several.noun, several.entries));
      tell(`Asking ${servers.length} mirrors for the record, all at once.`);
    },
    heard: ({ name, row, attempts }) => {
      Object.assign(several.entries.find((entry) => entry.name === name), { row, attempts });
      table.replaceChildren(copiesTable(several.noun, several.entries));
      const count = several.entries.filter((entry) => entry.attempts).length;
      tell(`${count} of ${several.entries.length} mirrors are done.`);
    },
    check: ({ check }) => {
      checks.add(check);
      waiting.textContent = `${++done} of ${engine.ready?.checks ?? "the"} checks done.`;
    },
    report: ({ report, compared }) => {
      if (compared) several = { ...together(several, compared), compared };
      const said = [report.headline, ...(compared?.notices ?? []).map((notice) => notice.title)].join(". ");
      conclude(reportView(report, checks, permalink, several), report.headline, said, brought);
      shown = { permalink, several, brought };
      showCompleteness(report);
      reply({ report });
    },
    paper_texts: askForRecord,
    pdf_names: (found) => conclude(pdfNames(found), pdfTitle(found)),
    not_fetched: (answer) =>
      conclude(notFetched(answer, () => bringIt(answer.name)), "The record could not be fetched"),
    refused: ({ refused, where }) => {
      reply({ error: refused });
      if (brought) return conclude(notRead(refused, null), "This could not be read", undefined, brought);
      if (where === "document") return conclude(notRead(refused, request.copies ? "these files" : request.source), "This could not be read");
      // A number that cannot be read was typed either to be fetched or to be compared with.
      showError(where === "query" && !isQuery ? "expect" : where, refused);
    },
    broken: ({ detail }) => {
      pending = false;
      reply({ error: "The check did not finish: a fault of this page, not of the record." });
      return engine.trouble ? showStart() : conclude(broken(detail), "The check did not finish", undefined, brought);
    },
  };
  const wish = { source: null, expect: null, options: options(), ...request };
  const unsend = send(isQuery ? withServers(wish, typed) : wish, (message) => heard[message.kind](message));
  stop = () => {
    if (pending) reply({ error: engine.trouble ? NOT_STARTED : "The check was given up: the reader went on to something else." });
    pending = false;
    unsend();
  };
}

/** Fill the panel of completeness, where the report has anything in it; what went wrong, or "". */
async function showCompleteness(report) {
  const place = $("completeness");
  if (!place.dataset.rows) return "";
  try {
    const { completenessRows } = await import("./completeness.js");
    place.append(...completenessRows(report, { ask: (ask) => again({ ask }), choose: () => $("file").click() }));
    return "";
  } catch (error) {
    const sentence = `This part of the page could not be loaded: ${error.message}.`;
    noteCompleteness(sentence);
    return ` ${sentence}`;
  }
}

function noteCompleteness(sentence) {
  const note = $("completeness").querySelector(".note");
  note.textContent = sentence;
  note.hidden = false;
  say(sentence);
}

/** Check the document in sight again: with files brought since (`bring`), or after asking others. */
function again({ bring = [], ask = null }) {
  if (pending || !shown) return;
  stop();
  readers = true;
  pending = true;
  const { permalink, several, brought } = shown;
  noteCompleteness(ask ? "Asking; this may take some seconds." : "Checking again with what you brought.");
  for (const button of $("completeness").querySelectorAll("button")) button.disabled = true;
  const end = (sentence) => {
    pending = false;
    for (const button of $("completeness").querySelectorAll("button")) button.disabled = false;
    noteCompleteness(sentence);
  };
  const heard = {
    check: () => {},
    report: async ({ report, asked }) => {
      const { answeredBy } = asked ? await import("./completeness.js") : {};
      const checks = checkList();
      report.checks.forEach(checks.add);
      showResult(reportView(report, checks, permalink, several), report.headline, brought);
      shown = { permalink, several, brought };
      const wrong = await showCompleteness(report);
      end(`${asked ? answeredBy(asked) : `Checked again with ${bring.map(({ name }) => name).join(", ")}.`} Verdict: ${report.headline}.${wrong}`);
      $("completeness").querySelector("h2").focus();
    },
    refused: ({ refused }) => end(refused),
    broken: ({ detail }) => end(`The check did not finish, by a fault of this page: ${detail}`),
  };
  const unsend = send({ again: true, bring, ask }, (message) => heard[message.kind](message));
  stop = () => {
    pending = false;
    unsend();
  };
}

const NOT_STARTED = "Python could not start in this browser, so nothing was checked.";

/** Check what another page sent, by its message alone: nothing the reader typed goes into it. */
function checkMessage({ bytes, origin, expect, title, abstract }, reply) {
  if (readers) return reply({ error: "The reader uses this page for something else: open it anew." });
  if (pending) return reply({ error: "Another document is being checked: wait for its report." });
  if (isPdf({ bytes }) || isAbstractPage({ bytes })) {
    return reply({ error: "A message brings a record or a record page, not a paper’s PDF or abstract page." });
  }
  const words = `Brought by ${origin}, in a message to this page.`;
  const wish = { title, abstract, key_id: null, key: null };
  run({ bytes, expect, source: `a message from ${origin}`, options: wish }, null, { words, reply });
}

/** Check the record that the address itself brings, and take it out of the address again. */
async function checkCarried(fragment) {
  history.replaceState(null, "", location.pathname + location.search);
  stop();
  let left = false;
  stop = () => (left = true);
  showResult([heading("running", "Reading the record"), el("p", { class: "sentence" }, "It is in the address that opened this page.")], "Reading");
  let found;
  try {
    const { readCarried } = await import(`${HERE}carried.js`);
    found = await readCarried(fragment);
  } catch (error) {
    return left || conclude(broken(`carried.js: ${error.message}`), "The check did not finish");
  }
  if (left) return; // the reader went on meanwhile
  const words = "Brought in the address that opened this page: whoever wrote the address chose the record.";
  if (found.refused) return conclude(notRead(found.refused, "the record"), "This could not be read", undefined, words);
  const wish = { title: null, abstract: null, key_id: null, key: null };
  run({ ...found, source: "the address of the page", options: wish }, null, { words });
}

/** Show that the page which opened this one will bring a document, and in time that it did not. */
function awaitMessage({ origin }) {
  const nothing = () => conclude(notBrought(origin), "No record was brought");
  if (!others().length) return nothing(); // the site keeps windows apart
  showResult([heading("running", "Waiting for the record"), el("p", { class: "sentence" }, `${origin} is to bring it.`)], "Waiting");
  say(`Waiting for the record from ${origin}.`);
  const timer = setTimeout(nothing, HANDOVER_MS);
  stop = () => clearTimeout(timer);
}

// The origins that the page's policy allows; a static host sends no other policy.
const POLICY = document.querySelector("meta[http-equiv=Content-Security-Policy]").content;
const SOURCES = POLICY.match(/connect-src ([^;]*)/)[1].split(" ");
// Explorers and ORCID are let through too, for the buttons of completeness.js: no lookup asks them.
const WHEN_ASKED = document.querySelector("meta[name=when-asked]").content.split(" ");
const ORIGINS = SOURCES.filter((source) => !WHEN_ASKED.includes(source)).map((source) => (source === "'self'" ? location.origin : source));
const LIST_TIME_LIMIT_MS = 3000; // it is small, and the core has a list of its own

let listed = null;

/** The promise of the text of resolvers.json, or null; asked for once, when a lookup is in sight. */
function resolverList() {
  // Asked anew at each visit: whoever hosts the page may have edited it.
  const wish = { cache: "no-cache", signal: AbortSignal.timeout(LIST_TIME_LIMIT_MS) };
  listed ??= fetch(`${PAGE}resolvers.json`, wish)
    .then((response) => (response.ok ? response.text() : null))
    .catch(() => (listed = null)); // offline perhaps: the next lookup tries again
  return listed;
}

const withServers = async (wish, typed) => ({
  ...wish,
  page: PAGE,
  listed: await resolverList(),
  typed,
  origins: ORIGINS,
});

/** Every server asked, or every file, with its row of the comparison where it has one. */
function together(asked, { rows }) {
  const entries = asked?.entries ?? rows.map(({ name }) => ({ name }));
  const row = new Map(rows.map((one) => [one.name, one]));
  return { noun: asked?.noun ?? "copy", entries: entries.map((one) => ({ ...one, row: row.get(one.name) })) };
}

/** From a failed fetch: back to the form, which now expects that record. */
function bringIt(name) {
  go("");
  $("expect").value = name;
  $("options").open = true;
  $("document").focus();
}

async function checkFiles(files) {
  const { copies, refused } = await readFiles(files);
  const no = (sentence) => {
    leaveAddress();
    conclude(notRead(sentence, "these files"), "This could not be read");
  };
  if (refused) return no(refused);
  const pages = copies.filter(isAbstractPage);
  const pdfs = copies.filter(isPdf);
  if (pdfs.length > 1) return no("One PDF at a time: each is a paper of its own.");
  const [pdf] = pdfs;
  const { sortFiles } = await import("./material.js");
  const rest = copies.filter((copy) => copy !== pdf && !pages.includes(copy));
  const { documents, material, refused: odd } = sortFiles(rest, { isShown: Boolean(shown), isPaper: Boolean(pdf) });
  const isBeside = material.length === copies.length && shown;
  if (odd) return shown ? noteCompleteness(odd) : no(odd);
  if (isBeside) return again({ bring: material });
  leaveAddress();
  const expect = option("expect");
  const paper = { pdf, abstractPage: pages[0], bring: material };
  if (!documents.length) return run({ ...paper, source: (pdf ?? pages[0]).name, expect });
  const [{ name: source, bytes }] = documents;
  return run({ ...paper, ...(documents.length > 1 ? { copies: documents, expect } : { bytes, source, expect }) });
}

/** After an abstract page alone: its title and abstract wait in their fields for a record. */
function askForRecord({ title, abstract }) {
  $("title").value = title;
  $("abstract").value = abstract ?? "";
  $("options").open = true;
  showStart();
  $("query").focus();
  say("Title and abstract were taken from the page. Now bring the record.");
}

function checkText(text) {
  leaveAddress();
  run({ bytes: new TextEncoder().encode(text).buffer, expect: option("expect") });
}

async function checkExample(name) {
  try {
    const response = await fetch(`${HERE}examples/${name}.json`);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    run({ bytes: await response.arrayBuffer(), source: `example: ${name}` }, `#example=${name}`);
  } catch (error) {
    conclude(broken(`examples/${name}.json: ${error.message}`), "The example could not be loaded");
  }
}

// --- The address -------------------------------------------------------------------------

/** A document of the reader's own has no address: drop the last one's, keeping Back useful. */
function leaveAddress() {
  history.pushState(null, "", location.pathname + location.search);
}

function go(fragment) {
  history.pushState(null, "", fragment ? `#${fragment}` : location.pathname + location.search);
  route();
}

/** Show what the address names. */
function route() {
  let fragment = location.hash.slice(1);
  try {
    fragment = decodeURIComponent(fragment);
  } catch {
    // Not percent-encoded: read as it stands, and refused with a sentence.
  }
  clearErrors();
  if (!fragment) return showStart();
  if (INVITATION && fragment.startsWith("from=")) return awaitMessage(INVITATION);
  if (fragment.startsWith("document=")) return checkCarried(fragment);
  const example = fragment.startsWith("example=") ? fragment.slice("example=".length) : null;
  if (EXAMPLES.includes(example)) return checkExample(example);
  $("query").value = fragment;
  run({ query: fragment });
}

// --- What the reader does -----------------------------------------------------------------

$("lookup").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("query").value.trim();
  if (!text) return showError("query", "Type a Pith Number, a record’s address or an arXiv identifier.");
  history.pushState(null, "", location.pathname + location.search);
  run({ query: text });
});
$("paste").addEventListener("submit", (event) => {
  event.preventDefault();
  if ($("document").value.trim()) checkText($("document").value);
  else showError("document", "Paste a record here first, or choose a file.");
});
$("choose").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", async ({ target }) => {
  if (target.files.length) await checkFiles([...target.files]);
  target.value = ""; // so that the same file can be chosen again
});
$("again").addEventListener("click", () => {
  readers = true;
  go("");
  $("query").focus();
});
for (const button of document.querySelectorAll("[data-example]")) {
  button.addEventListener("click", () => go(`example=${button.dataset.example}`));
}
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the fragment is for records
  $("main").focus();
});
onDrop($("veil"), ({ files, text }) => (files ? checkFiles(files) : checkText(text)));
$("query").addEventListener("input", resolverList, { once: true });
addEventListener("popstate", route);

// A printed sheet shows every step.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("#result details:not([open])")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});

// --- The start of Python -------------------------------------------------------------------

onState((state) => {
  const was = engine.trouble;
  engine = { ...state };
  const { loading, ready, trouble } = engine;
  $("progress").hidden = !loading || Boolean(ready || trouble);
  if (loading) $("progress").value = loading.percent;
  if (trouble && trouble !== was) showTrouble(trouble);
  if (!trouble) $("trouble").hidden = true;
  if (ready) showReady(ready);
  else if (loading && !trouble) {
    say(loading.percent < 100 ? `Loading Python: ${loading.percent} %` : "Starting Python");
  }
});

function showTrouble(trouble) {
  $("trouble").replaceChildren(...troubleNotice(trouble));
  $("trouble").hidden = false;
  if (trouble.what !== "silent" && pending) showStart();
  say($("trouble").querySelector("h2").textContent);
}

function showReady(ready) {
  if (!pending && !$("ask").hidden) say("Ready");
  $("versions").textContent =
    `pithcore ${ready.pithcore} under CPython ${ready.python} and Pyodide ${ready.pyodide}, ` +
    `in your browser; build ${document.body.dataset.build}. No account, no cookies, no third parties.`;
  keep();
}

// Whom a lookup asks, by the policy; a name with www. is where a server may send it on.
const servers = ORIGINS.slice(1).map((origin) => new URL(origin).host).filter((host) => !host.startsWith("www."));
for (const place of document.querySelectorAll(".servers")) place.textContent = servers.join(", ") || "this site";

$("not-started").remove();
$("framed").hidden = window.parent === window;
function begin() {
  if (!readers) route();
  listen(INVITATION, checkMessage);
}
// What the address names is shown in a task of its own, since all scripts were read in this one and
// together they would keep the page from answering; unless the reader has brought something by then.
if (location.hash) setTimeout(begin);
else begin();
