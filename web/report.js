// Shows one report. Decides nothing: every outcome and every sentence is pithcore's.

import { copyButton, download, el, icon, shellLine } from "./dom.js";
import { heading } from "./failure.js";

const OUTCOMES = {
  passed: "Passed",
  failed: "Failed",
  unchecked: "Not checked",
  not_applicable: "Does not apply",
};

const GROUPS = {
  form: "Form",
  identity: "Identity",
  receipt: "Receipt",
  events: "Events",
  state: "State",
  paper: "Paper",
  completeness: "Completeness",
};

/** The list of checks, filled while they run. `add(check)` appends one. */
export function checkList() {
  const groups = new Map();
  const root = el("div", { class: "checks" });
  const add = (check) => {
    if (!groups.has(check.group)) {
      const id = `group-${check.group}`;
      const list = el("ul", { "aria-labelledby": id });
      root.append(el("section", {}, el("h3", { id }, GROUPS[check.group] ?? check.group), list));
      groups.set(check.group, list);
    }
    groups.get(check.group).append(checkItem(check));
  };
  return { root, add };
}

function checkItem(check) {
  const failed = check.outcome === "failed";
  const shown = [...evidence(check), check.shell && shellStep(check)].filter(Boolean);
  return el(
    "li",
    { class: `check ${check.outcome}`, "data-id": check.id, "data-outcome": check.outcome },
    icon(check.outcome),
    el(
      "div",
      {},
      el("h4", {}, check.title, " ", el("span", { class: "outcome" }, OUTCOMES[check.outcome])),
      el("p", {}, check.message),
      failed ? compare(check.expected, check.found) : null,
      shown.length ? el("details", {}, el("summary", {}, "Show this step"), shown) : null,
    ),
  );
}

function evidence({ outcome, expected, found, evidence: facts }) {
  const rows = Object.entries(facts ?? {});
  if (outcome !== "failed") {
    if (found != null) rows.unshift(["found", found]);
    if (expected != null) rows.unshift(["expected", expected]);
  }
  if (!rows.length) return [];
  return [el("dl", { class: "facts" }, rows.map(([name, value]) => factRow(name, value)))];
}

function factRow(name, value) {
  const values = Array.isArray(value) ? value : [value];
  return el(
    "div",
    {},
    el("dt", {}, name.replaceAll("_", " ")),
    values.map((one) => el("dd", {}, String(one))),
  );
}

function shellStep(check) {
  return el("div", { class: "step" }, el("p", {}, "The same step without us, in a terminal:"), shellLine(check.shell, `the terminal line for “${check.title}”`));
}

/** Expected and found, one above the other or side by side, the first difference marked. */
function compare(expected, found) {
  if (expected == null && found == null) return null;
  const [one, two] = [[...(expected ?? "")], [...(found ?? "")]];
  const at = expected == null || found == null ? -1 : one.findIndex((c, i) => c !== two[i]);
  const first = at === -1 && expected != null && found != null ? one.length : at;
  return el(
    "div",
    { class: "compare" },
    compared("Expected", expected, one, first),
    compared("Found", found, two, first),
    first >= 0 ? el("p", { class: "hint" }, `First difference: character ${first + 1}.`) : null,
  );
}

function compared(label, text, characters, at) {
  const marked =
    at >= 0 && at < characters.length
      ? [characters.slice(0, at).join(""), el("mark", {}, characters[at]), characters.slice(at + 1).join("")]
      : [text ?? "nothing"];
  return el("div", {}, el("span", { class: "label" }, label), el("code", {}, marked));
}

/** Everything above and below the checks, once the report is there. */
export function reportView(report, checks, permalink) {
  const json = `${JSON.stringify(report, null, 2)}\n`;
  const short = report.subject.short?.replace("pith:", "") ?? "record";
  return [
    heading(report.verdict, report.headline),
    el("p", { class: "sentence" }, report.sentence),
    el("div", { class: "summary" }, subject(report), limits(report)),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", onclick: () => download(json, `pith-report-${short}.json`, "application/json") }, "Download the report (JSON)"),
      el("button", { type: "button", onclick: () => window.print() }, "Print"),
      permalink ? copyLink(permalink) : null,
    ),
    el("h2", { class: "part" }, "Each check"),
    checks.root,
    canonical(report),
  ];
}

function copyLink(permalink) {
  const button = copyButton(permalink, "the address of this check");
  button.classList.remove("copy");
  return el("span", { class: "permalink" }, button, " ", el("span", { class: "hint" }, "the address of this check"));
}

function subject({ subject: s, key, input }) {
  const rows = [
    ["Title", s.title, ""],
    ["Pith Number", s.pith_number, "code"],
    ["arXiv", s.arxiv_id && `${s.arxiv_id}${s.version ? `v${s.version}` : ""}`, ""],
    ["Canonical SHA-256", s.canonical_sha256, "code"],
    ["Signed by", key?.holder, ""],
    ["Key", key && `${key.key_id}${key.pinned ? "" : " (added by you, for this visit)"}`, ""],
    ["Key fingerprint", key?.fingerprint, "code"],
    ["Read from", input.source, ""],
  ];
  return el(
    "dl",
    { class: "subject" },
    rows.filter(([, value]) => value).map(([name, value, kind]) => el("div", {}, el("dt", {}, name), el("dd", { class: kind }, value))),
  );
}

function limits({ limits: lines }) {
  return el(
    "aside",
    { class: "limits", "aria-labelledby": "limits-title" },
    el("h3", { id: "limits-title" }, "What this does not show"),
    el("ul", {}, lines.map((line) => el("li", {}, line))),
  );
}

function canonical({ canonical: text, subject: s }) {
  if (text == null) return null;
  const bytes = new TextEncoder().encode(text).length;
  return el(
    "section",
    { class: "canonical" },
    el("h3", {}, "Canonical bytes"),
    el("p", {}, `These ${bytes} bytes, and nothing else, were hashed. Their SHA-256 is the record’s digest, and the number is made from it.`),
    el(
      "details",
      {},
      el("summary", {}, "Show the bytes"),
      el("pre", { class: "bytes", tabindex: "0", "aria-label": "Canonical bytes" }, el("code", {}, text)),
      copyButton(text, "the canonical bytes"),
      el("p", { class: "hint" }, `SHA-256: ${s.canonical_sha256}`),
    ),
  );
}
