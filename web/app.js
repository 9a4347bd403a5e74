// The page: forms and address in, a worker's answers out. Decides nothing about a record.

import { el, say } from "./dom.js";
import { onState, send } from "./engine.js";
import { broken, heading, notFetched, notRead, troubleNotice } from "./failure.js";
import { onDrop, readFile } from "./intake.js";
import { keepOffline } from "./offline.js";
import { checkList, reportView } from "./report.js";

const HERE = new URL("./", import.meta.url).href;
const EXAMPLES = ["verified", "failed", "intact"];
const FIELDS = { query: "query", document: "document", key: "key", expect: "expect" };

const $ = (id) => document.getElementById(id);
let stop = () => {}; // gives up the answer that is being waited for
let pending = false;
let engine = { loading: null, ready: null, trouble: null };

// --- Views -------------------------------------------------------------------------------

function showStart() {
  stop();
  pending = false;
  $("result").hidden = true;
  $("ask").hidden = false;
  document.title = "Pith verifier";
}

function showResult(nodes, title) {
  $("ask").hidden = true;
  $("result").hidden = false;
  $("outcome").replaceChildren(...nodes.filter(Boolean));
  document.title = `${title} · Pith verifier`;
}

/** Show the end of a run: the heading takes focus, and the live region says it. */
function conclude(nodes, title) {
  pending = false;
  showResult(nodes, title);
  say(title);
  scrollTo(0, 0);
  $("verdict").focus({ preventScroll: true });
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

/** Send a request and show its answer as it comes. */
function run(request, { permalink = null } = {}) {
  stop();
  clearErrors();
  if (engine.trouble && engine.trouble.what !== "silent") {
    showStart();
    return $("trouble").querySelector("h2").focus();
  }
  pending = true;
  const checks = checkList();
  const waiting = el("p", { class: "sentence" }, "");
  const running = heading("running", "Checking…");
  showResult([running, waiting, checks.root], "Checking");
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
    asking: ({ url }) => tell(`Asking ${new URL(url).host} for the record.`),
    check: ({ check }) => {
      checks.add(check);
      waiting.textContent = `${++done} of ${engine.ready?.checks ?? "the"} checks done.`;
    },
    report: ({ report }) => conclude(reportView(report, checks, permalink), report.headline),
    not_fetched: (answer) =>
      conclude(notFetched(answer, () => bringIt(answer.name)), "The record could not be fetched"),
    refused: ({ refused, where }) => {
      if (where === "document") return conclude(notRead(refused, request.source), "This could not be read");
      // A number that cannot be read was typed either to be fetched or to be compared with.
      showError(where === "query" && request.query === undefined ? "expect" : where, refused);
    },
    broken: ({ detail }) => (engine.trouble ? showStart() : conclude(broken(detail), "The check did not finish")),
  };
  stop = send({ source: null, expect: null, ...request, options: options() }, (message) =>
    heard[message.kind](message),
  );
}

/** From a failed fetch: back to the form, which now expects that record. */
function bringIt(name) {
  go("");
  $("expect").value = name;
  $("options").open = true;
  $("document").focus();
}

const check = (bytes, source, permalink) =>
  run({ bytes, source, expect: option("expect") }, { permalink });

async function checkFile(file) {
  const { bytes, source, refused } = await readFile(file);
  leaveAddress();
  if (refused) conclude(notRead(refused, file.name), "This could not be read");
  else check(bytes, source);
}

function checkText(text) {
  leaveAddress();
  check(new TextEncoder().encode(text).buffer, null);
}

async function checkExample(name) {
  try {
    const response = await fetch(`${HERE}examples/${name}.json`);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    run({ bytes: await response.arrayBuffer(), source: `example: ${name}` }, { permalink: `#example=${name}` });
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
  const [file] = target.files;
  if (file) await checkFile(file);
  target.value = ""; // so that the same file can be chosen again
});
$("again").addEventListener("click", () => {
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
onDrop($("veil"), ({ file, text }) => (file ? checkFile(file) : checkText(text)));
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
  keepOffline((sentence) => ($("offline").textContent = sentence));
}

$("not-started").remove();
route();
