// Shows one report, and beside it how several copies of a record stand to each other. Decides
// nothing: every outcome and every sentence is pithcore's or verify.py's.

import { badgeButton } from "./badge.js";
import { copyButton, download, el, icon, shellLine } from "./dom.js";
import { heading, whyNot } from "./failure.js";

const OUTCOMES = {
  passed: "Passed",
  failed: "Failed",
  unchecked: "Not checked",
  not_applicable: "Does not apply",
};

const GOOD = ["verified", "intact"];

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

function evidence({ group, outcome, expected, found, evidence: facts }) {
  if (group === "completeness") return []; // its panel shows them
  const rows = Object.entries(facts ?? {});
  if (outcome !== "failed") {
    if (found != null) rows.unshift(["found", found]);
    if (expected != null) rows.unshift(["expected", expected]);
  }
  if (!rows.length) return [];
  return [el("dl", { class: "facts" }, rows.map(([name, value]) => factRow(name, value)))];
}

function factRow(name, value) {
  const values = Array.isArray(value) && value.length ? value : [Array.isArray(value) ? "none" : value];
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

/**
 * Everything above and below the checks, once the report is there. `several` is what
 * `copiesView` needs where there was more than one copy.
 */
export function reportView(report, checks, permalink, several = null) {
  const short = report.subject.short?.replace("pith:", "") ?? "record";
  const name = several ? `pith-comparison-${short}.json` : `pith-report-${short}.json`;
  const whole = several ? { report, comparison: several.compared.comparison, asked: several.entries.map(asked) } : report;
  const json = `${JSON.stringify(whole, null, 2)}\n`;
  const failure = report.checks.find((check) => check.outcome === "failed");
  const badge = GOOD.includes(report.verdict) && report.subject.pith_number ? badgeButton(report.subject.pith_number) : null;
  return [
    heading(report.verdict, report.headline),
    el("p", { class: "sentence" }, report.sentence),
    several ? el("p", {}, several.compared.summary, silent(several)) : null,
    ...(several?.compared.notices ?? []).map(notice),
    failure ? compare(failure.expected, failure.found) : null,
    el("div", { class: "summary" }, subject(report), limits(report)),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", onclick: () => download(json, name, "application/json") }, "Download the report (JSON)"),
      el("button", { type: "button", onclick: () => window.print() }, "Print"),
      permalink ? copyLink(permalink) : null,
      badge?.button,
    ),
    badge?.section,
    completenessPlace(report),
    ...(several ? copiesView(several, report) : []),
    el("h2", { class: "part" }, several ? `Each check of the copy of ${shown(several.compared.best)}` : "Each check"),
    checks.root,
    canonical(report),
  ];
}

/** Where the panel of completeness.js comes, once that is loaded; a line where it has no rows. */
function completenessPlace({ checks }) {
  const some = checks.some(({ group, evidence: row = {} }) => group === "completeness" && row.found && (row.claimed_by_server || row.found !== "Nothing."));
  const nothing =
    "No timestamp, archive capture, author claim, citation or replication is claimed or carried here. " +
    "A timestamp proof (.ots) made for this record can be dropped on this page.";
  return el("section", { id: "completeness", "data-rows": some ? "some" : null }, el("h2", { class: "part", tabindex: "-1" }, "Completeness"), some ? null : el("p", { class: "hint" }, nothing), el("p", { class: "note", hidden: true }));
}

function copyLink(permalink) {
  const button = copyButton(new URL(permalink, location.href).href, "the address of this check", "Copy the address");
  button.classList.remove("copy");
  return button;
}

function subject({ subject: s, key, input, verdict }) {
  const rows = [
    ["Title", s.title, ""],
    [verdict === "failed" ? "Number of these bytes" : "Pith Number", s.pith_number, "code"],
    ["arXiv", s.arxiv_id && `${s.arxiv_id}${s.version ? `v${s.version}` : ""}`, ""],
    ["Canonical SHA-256", s.canonical_sha256, "code hash"],
    ["Signed by", key?.holder, ""],
    ["Key", key && `${key.key_id}${key.pinned ? "" : " (added by you, for this visit)"}`, ""],
    ["Key fingerprint", key?.fingerprint, "code"],
    ["Read from", input.source, /^https?:/.test(input.source ?? "") ? "code" : ""],
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

// --- Several copies ------------------------------------------------------------------------

const NOTHING = "–";
const NOUNS = {
  mirror: { title: "The mirrors", columns: ["Mirror", "Its copy", "Events", "Its state"] },
  copy: { title: "The copies", columns: ["Copy", "By itself", "Events", "Its state"] },
};

const STATES = {
  passed: "Follows from its events",
  failed: "Does not follow",
  unchecked: "Could not be settled",
  none: "None to check",
};

/** An address as people say it; a file's name as it is. */
const shown = (name) => name.replace(/^https?:\/\//, "");

/**
 * A table of who was asked. `entries` are `{name, title, row, attempts}`: what has come so far of
 * what the worker tells (`heard`), and in the end the rows of `compare`.
 */
export function copiesTable(noun, entries, best = null) {
  const { title, columns } = NOUNS[noun];
  return el(
    "table",
    { class: "copies", role: "table", "aria-label": title },
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, columns.map((name) => el("th", { scope: "col", role: "columnheader" }, name)))),
    el("tbody", { role: "rowgroup" }, entries.map((entry) => copyRow(entry, columns, best && standing(entry, entries), entry.name === best))),
  );
}

/** Whether a copy of the record agrees with others, in words. */
function standing({ row }, entries) {
  if (!row || row.other || row.verdict === "refused") return null;
  if (!row.agrees) return "Does not agree";
  return entries.filter((entry) => entry.row?.agrees).length > 1 ? "Agrees" : null;
}

function copyRow({ name, title, row, attempts }, columns, standing, isBest) {
  const cell = (at, content) =>
    el("td", { role: "cell", "data-label": columns[at], class: content === NOTHING ? "nothing" : null }, el("div", {}, content));
  const last = attempts?.at(-1);
  const outcome = row ? row.verdict : last ? last.why : "pending";
  return el(
    "tr",
    { role: "row", class: isBest ? "best" : null, "data-name": name, "data-outcome": outcome },
    el(
      "th",
      { scope: "row", role: "rowheader" },
      el("span", { class: "who" }, shown(name)),
      title ? hint(title) : null,
      standing ? hint(standing) : null,
      isBest ? hint("The report is on this copy") : null,
    ),
    cell(1, row ? given(row) : last ? notGiven(last) : word("running", "Asking…")),
    cell(2, row ? events(row) : NOTHING),
    cell(3, row ? servedState(row) : NOTHING),
  );
}

const word = (kind, text) => el("span", { class: `word ${kind}` }, icon(kind), el("span", {}, text));
const hint = (text) => el("span", { class: "hint" }, text);

function given(row) {
  const kind = row.verdict === "refused" ? "unchecked" : row.verdict;
  return [word(kind, row.headline), row.good ? null : hint(row.sentence), row.other ? hint(`Of another record: ${row.number}`) : null];
}

function notGiven(attempt) {
  const [words, sentence] = whyNot(attempt);
  return [word("not_applicable", words), hint(sentence)];
}

function events({ events: count, lacks, alone, other, good }) {
  if (count == null) return other ? "Not compared" : NOTHING;
  return [
    el("span", {}, count === 1 ? "1 event" : `${count} events`),
    good && lacks.length ? ids("unchecked", `Lacks ${lacks.length} that others prove`, lacks) : null,
    alone.length ? ids("not_applicable", `Has ${alone.length} that no other has`, alone) : null,
  ];
}

function ids(kind, text, list) {
  return el("details", { class: kind }, el("summary", {}, text), el("ul", {}, list.map((id) => el("li", {}, el("code", {}, id)))));
}

function servedState({ state: { outcome, message }, good, noState }) {
  if (outcome !== "none") return [word(outcome, STATES[outcome]), outcome === "passed" ? null : hint(message)];
  if (!good || noState === undefined) return NOTHING; // not asked for, or not yet
  if (noState === null || noState.why === "not_found") return STATES.none;
  const [words, sentence] = whyNot(noState);
  return [el("span", {}, words), hint(sentence)];
}

/** Who did not answer, after the sentence on who agrees. */
function silent({ entries }) {
  const names = entries.filter(({ row }) => !row).map(({ name }) => shown(name));
  if (!names.length) return null;
  return ` ${names.join(", ")} gave nothing to check, which says nothing about the record.`;
}

function notice({ tone, title, items, more }) {
  const said = items.length > 1 ? el("ul", {}, items.map((item) => el("li", {}, item))) : el("p", {}, items[0]);
  return el("section", { class: `notice ${tone}` }, el("h3", {}, icon(tone), el("span", {}, title)), said, el("p", { class: "hint" }, more));
}

/** What the download says of each server or file. */
function asked({ name, row, attempts }) {
  const last = attempts?.at(-1);
  return { name, outcome: row ? row.verdict : last.why, agrees: row?.agrees ?? false, state: row?.state.outcome ?? "none" };
}

/** The table of all copies, what they merge to, and how to do it without this page. */
function copiesView({ noun, entries, compared }, report) {
  const unasked = entries.filter(({ row, attempts }) => !row && ["unlisted", "unreadable"].includes(attempts.at(-1).why));
  return [
    el("h2", { class: "part" }, NOUNS[noun].title),
    copiesTable(noun, entries, compared.best),
    unasked.length ? byHand(unasked) : null,
    noun === "mirror" && report.subject.pith_number ? inTerminal(entries, report) : null,
    compared.comparison ? merged(compared.comparison) : null,
  ];
}

function byHand(entries) {
  const links = entries.map(({ name, attempts }) =>
    el("li", {}, el("a", { href: attempts[0].url, target: "_blank", rel: "noopener noreferrer" }, `The bundle at ${shown(name)}, in a new tab`)),
  );
  return el(
    "section",
    { class: "instead" },
    el("h3", {}, "What this page could not ask"),
    el("p", {}, "Save its bundle, and that of a mirror above to hold it against; drop the files here together, and they are compared in the same way."),
    el("ul", {}, links),
  );
}

function inTerminal(entries, { subject: { pith_number: number } }) {
  const line = `pith mirror check ${entries.map(({ name }) => quoted(name)).join(" ")} --number ${number}`;
  return el("div", { class: "step" }, el("p", {}, "The same comparison in a terminal, which may ask any server:"), shellLine(line));
}

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

function merged({ state }) {
  const json = JSON.stringify(state, null, 2);
  const counts = [
    ["Distinct events", state.event_count],
    ["Valid", state.valid_event_count],
    ["Not to be checked here", state.unchecked_event_count],
    ["Invalid", state.invalid_event_count],
    ["Contradictions of a signer", state.equivocation_count],
    ["Current graph snapshots", state.current.graph_snapshots.length],
  ];
  return el(
    "section",
    { class: "canonical" },
    el("h3", {}, "The merged state"),
    el("p", {}, "What the events of all copies amount to, worked out here. An event counts by its signature, whoever hosts it; an invalid one changes nothing."),
    el("dl", { class: "counts" }, counts.map(([name, count]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(count))))),
    el("details", {}, el("summary", {}, "Show the state (JSON)"), el("pre", { class: "bytes", tabindex: "0", "aria-label": "Merged state" }, el("code", {}, json)), copyButton(json, "the merged state")),
  );
}
