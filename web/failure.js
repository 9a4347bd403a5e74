// What the page says when something could not be had: a record, a document, or Python itself.

import { el, icon, shellLine } from "./dom.js";

const host = (url) => new URL(url).host;

const WHY = {
  not_found: (a) => `${host(a.url)} has no such record (HTTP ${a.status}).`,
  rate_limited: (a) =>
    `${host(a.url)} asks for patience: too many requests (HTTP 429). ${waiting(a.wait)}`,
  http: (a) => `${host(a.url)} answered with an error (HTTP ${a.status}).`,
  slow: (a) => `${host(a.url)} did not finish its answer within 15 seconds.`,
  late: (a) => `${host(a.url)} had not answered four seconds after another server gave a verified copy.`,
  large: (a) => `${host(a.url)} sent more than 32 MB, which this page does not fetch.`,
  offline: () => "Your browser is offline.",
  policy: (a) =>
    `This page’s own policy stopped the request: ${host(a.url)} sent it on to another site, and this page talks only to the servers that it names.`,
  unlisted: (a) =>
    `${host(a.url)} was not asked: this page’s own policy lets it talk only to the servers that its makers listed.`,
  unreadable: (a) =>
    `${host(a.url)} answers, but does not allow other sites’ pages to read its answers (CORS). Your browser therefore kept the answer back, and whether the record is there cannot be told from here.`,
  unreachable: (a) =>
    `${host(a.url)} could not be reached. A browser does not say why: the server may be down, or the network, a blocker or a proxy may be in the way.`,
};

const IN_SHORT = {
  not_found: "Has no such record",
  rate_limited: "Asks for patience",
  http: "Answered with an error",
  slow: "Too slow",
  late: "Too slow",
  large: "Sent too much",
  offline: "Offline",
  policy: "Sent the request on",
  unlisted: "Not asked",
  unreadable: "Does not let this page read it",
  unreachable: "Could not be reached",
};

/** Why an attempt gave nothing: `[a few words, a sentence]`. */
export const whyNot = (attempt) => [IN_SHORT[attempt.why], WHY[attempt.why](attempt)];

function waiting(seconds) {
  if (!seconds) return "Try again in some minutes.";
  return /^\d+$/.test(seconds) ? `Try again in ${seconds} seconds.` : `Try again after ${seconds}.`;
}

/** The heading that takes focus, with its icon. */
export function heading(kind, text) {
  return el("h2", { id: "verdict", tabindex: "-1", class: `verdict ${kind}` }, icon(kind), el("span", {}, text));
}

/** The headline for a PDF that gives no Pith Number as its own, or more than one. */
export function pdfTitle({ numbers, unread }) {
  if (numbers.length) return "The PDF contradicts itself";
  return unread.length ? "No number was found" : "No number of its own";
}

/** What such a PDF gives, and what could not be read. */
export function pdfNames({ name, numbers, own, cited, readers, unread }) {
  const listed = (title, mentions) =>
    mentions.length ? el("section", { class: "instead" }, el("h3", {}, title), el("ul", { class: "reasons" }, mentions.map((one) => el("li", {}, el("code", {}, one))))) : null;
  const several = numbers.length > 1;
  return [
    heading(several ? "failed" : "unchecked", pdfTitle({ numbers, unread })),
    el(
      "p",
      { class: "sentence" },
      several
        ? `${name} gives ${numbers.length} Pith Numbers as its own, and a paper has one.`
        : unread.length
          ? `No Pith Number was found in the metadata, in a link or in the text of the first page of ${name}. Not all of it could be read, so it may have one all the same.`
          : `${name} names no Pith Number in its metadata, in a link or in the text of its first page, so there is no record to check.`,
    ),
    listed("Numbers it gives as its own", own),
    listed("Numbers it links, of papers it cites", cited),
    listed("What could not be read", unread),
    el("p", { class: "hint" }, `Looked for by ${readers.join(" and ")}.`),
    el("p", { class: "hint" }, "The file stayed on your device. Anybody can write a number into a PDF: nothing binds its bytes."),
  ];
}

/** No resolver gave the record: which of the known reasons it was, and what works instead. */
export function notFetched({ name, urls, attempts }, bringIt) {
  const notes = attempts.map((a) => whyNot(a)[1]);
  const reasons = [...new Set(notes)];
  return [
    heading("unchecked", "The record could not be fetched"),
    el("p", { class: "sentence" }, `Nothing was checked, so this says nothing about ${name}.`),
    el("ul", { class: "reasons" }, reasons.map((reason) => el("li", {}, reason))),
    el(
      "section",
      { class: "instead" },
      el("h3", {}, "What works instead"),
      el(
        "ol",
        {},
        el(
          "li",
          {},
          "Open the record yourself: ",
          el("a", { href: urls[0], target: "_blank", rel: "noopener noreferrer" }, "its bundle, in a new tab"),
          ". Save it or copy all of it, and ",
          el("button", { type: "button", class: "link", onclick: bringIt }, "paste or drop it here"),
          ". It must then be the record you asked for.",
        ),
        el("li", {}, "Or check it in a terminal, which may ask any server:", shellLine(`pith verify ${name}`)),
      ),
    ),
    el(
      "details",
      {},
      el("summary", {}, "What was asked"),
      el("ul", { class: "attempts" }, attempts.map((a, at) => el("li", {}, el("code", {}, a.url), el("br"), notes[at]))),
    ),
  ];
}

/** pithcore refused to read the document. */
export function notRead(sentence, source) {
  return [
    heading("unchecked", "This could not be read"),
    el("p", { class: "sentence" }, sentence),
    el("p", {}, `Nothing was checked, so this says nothing about ${source ?? "the text"}. A record page can be saved or copied whole; a bundle is the file bundle.json of a record.`),
  ];
}

/** The page that opened this one brought nothing, or no longer can. */
export function notBrought(origin) {
  return [
    heading("unchecked", "No record was brought"),
    el("p", { class: "sentence" }, `Nothing came from ${origin}, so nothing was checked.`),
    el("p", {}, "That site may keep its windows apart from others, or its page was closed. What works instead:"),
    el(
      "ul",
      { class: "reasons" },
      el("li", {}, "Go back to the page that you came from. If the bookmark opened this one, a notice there now has a link that brings the record along in the address."),
      el("li", {}, "Or save or copy the record there, and drop or paste it here."),
    ),
  ];
}

/** Something broke that should not: say so, never guess a verdict. */
export function broken(detail) {
  return [
    heading("unchecked", "The check did not finish"),
    el("p", { class: "sentence" }, "This is a fault of this page, not of the record. Nothing is known about the record."),
    el("pre", { class: "detail", tabindex: "0" }, detail),
  ];
}

const TROUBLE = {
  wasm: [
    "WebAssembly is blocked here",
    "The checks are written in Python, and Python runs in the browser as WebAssembly. This browser, one of its settings (such as a lockdown or hardened mode) or an extension does not allow it.",
  ],
  file: [
    "A part of this page could not be loaded",
    "It may be a fault of the network, or this page has been updated meanwhile. Reloading helps in both cases.",
  ],
  worker: ["This browser cannot start the checks", "It does not allow this page to start a worker, in which the checks would run."],
  silent: [
    "Python is taking very long to start",
    "Nothing has arrived for half a minute. On a slow line it may still come, and this notice will then go away; otherwise reload the page.",
  ],
  python: ["Python could not start", "Reload the page; if that does not help, this is a fault of this page."],
};

/** Why nothing can be checked on this page at present, and the way that works. */
export function troubleNotice({ what, detail }) {
  const [title, sentence] = TROUBLE[what] ?? TROUBLE.python;
  return [
    el("h2", { tabindex: "-1" }, title),
    el("p", {}, sentence),
    el("p", { class: "hint" }, "The browser’s words: ", el("code", {}, detail)),
    el("p", {}, "The same checks run in a terminal:"),
    shellLine("pip install pithcore && pith verify FILE"),
  ];
}
