// The panel of completeness: what the server claims of each of five items, what the document
// carries, and what could be checked here. Loaded when a report has anything of it. Decides
// nothing: outcomes and sentences are pithcore's (docs/completeness.md).

import { copyButton, el, icon, shellLine } from "./dom.js";
import { whyNot } from "./failure.js";
import { linksGraph, statementTable } from "./links.js";

const OUTCOMES = { passed: "Passed", failed: "Failed", unchecked: "Not checked", not_applicable: "Nothing to check" };

// Of each check: the server's word for it (protocol 7.1).
const STATUS = {
  "completeness.timestamp": "externally_anchored",
  "completeness.archive": "storage_verified",
  "completeness.author": "author_attested",
  "completeness.citations": "citation_signatures",
  "completeness.replications": "replication_records",
};

const LEVELS = {
  malformed: "cannot be read as a proof",
  other_bytes: "for other bytes",
  header_refused: "a header given is not the chain’s",
  contradicted: "contradicted by the block it names",
  unsupported: "rests on what is not checked here",
  promised: "promised by a calendar",
  commits: "commits to a block",
  header_matches: "matches a header, not linked",
  reported: "reported by explorers",
  linked: "linked to the chain",
};
const ASKABLE = ["commits", "header_matches"]; // explorers can raise these

/**
 * What stands under the panel's heading. `ask({explorers: height})` and `ask({orcid})` have others
 * asked; `choose()` lets the reader choose a file to bring.
 */
export function completenessRows(report, { ask, choose }) {
  const rows = report.checks.filter(({ group }) => group === "completeness");
  const differing = rows.filter(({ evidence }) => evidence.difference).map(({ title }) => title);
  return [
    el("p", {}, "The server’s word on five items, beside what is carried here and what could be checked of it. What none of this shows: who wrote the paper, and whether it is right."),
    differing.length ? el("p", { class: "differing" }, el("strong", {}, "The server’s word is not what is shown here"), ` on ${differing.length} of ${rows.length}: ${differing.join(", ")}.`) : null,
    el("div", { class: "items" }, rows.map((check) => item(check, report, ask))),
    el(
      "div",
      { class: "actions" },
      el("button", { type: "button", onclick: choose }, "Bring a proof, headers or checkpoints…"),
    ),
    el("p", { class: "hint" }, "Or drop them on this page: a timestamp proof (.ots) or a calendar’s response, block headers of 80 bytes one after the other, checkpoints as Electrum or pith writes them. They stay on your device."),
  ].filter(Boolean);
}

/** Who was asked, and what each answered that could not be used, as one text. */
export function answeredBy(asked) {
  const said = asked.map(({ name, attempt, problem }) => {
    if (problem) return `${name} gave an answer that cannot be used: ${problem}`;
    return attempt ? `${name} did not answer: ${whyNotOne(attempt)}` : `${name} answered.`;
  });
  return `Asked just now: ${asked.map(({ name }) => name).join(" and ")}. ${said.join(" ")}`;
}

function whyNotOne(attempt) {
  if (attempt.why === "not_found") return `it knows nothing of it (HTTP ${attempt.status}).`;
  if (attempt.why === "large") return "it sent more than such an answer has.";
  return whyNot(attempt)[1];
}

function item(check, report, ask) {
  const row = check.evidence?.found ? check.evidence : { claimed_by_server: null, found: "Nothing.", next_step: "", difference: "", items: [] };
  const { id, title, outcome } = check;
  const { difference } = row;
  const message = difference && check.message.endsWith(difference) ? check.message.slice(0, -difference.length).trim() : check.message;
  const level = row.level ? ` (${LEVELS[row.level]})` : "";
  const heading = `item-${id.split(".")[1]}`;
  return el(
    "section",
    { class: `item ${outcome}`, "aria-labelledby": heading, "data-id": id, "data-outcome": outcome, "data-level": row.level },
    el("h3", { id: heading }, icon(outcome), el("span", {}, title, " ", el("span", { class: "outcome" }, OUTCOMES[outcome]))),
    el(
      "dl",
      { class: "subject" },
      fact("Claimed by the server", claimed(row.claimed_by_server, STATUS[id])),
      fact("Found", row.found),
      fact("Checked here", [el("strong", {}, `${OUTCOMES[outcome]}${level}. `), message]),
      fact("The two compared", compared(row, outcome), difference ? "differs" : ""),
      row.next_step ? fact("To go further", row.next_step) : null,
    ),
    (EXTRAS[id] ?? (() => []))(row, report, ask),
  );
}

const fact = (name, value, kind = "") => el("div", { class: kind }, el("dt", {}, name), el("dd", {}, value));

function claimed(value, status) {
  const words = value === null ? "It says nothing of it" : value === true ? "Yes" : value === false ? "No" : typeof value === "number" ? String(value) : JSON.stringify(value);
  return [words, value === null ? "." : [" ", el("code", {}, `(${status})`)]];
}

function compared({ difference, claimed_by_server: word }, outcome) {
  if (difference) return [el("strong", {}, "They differ. "), difference];
  if (word === null) return "There is no word of the server’s to compare.";
  return word ? "What the server claims is shown here." : outcome === "not_applicable" ? "Nothing is claimed, and nothing is shown." : "They do not differ.";
}

// --- Timestamp ---------------------------------------------------------------------------

function timestampExtras({ level, items, proof, no_later_than: day }, report, ask) {
  if (!proof) return [];
  const height = proof.block_height;
  const facts = [
    ["Existed no later than", day],
    ["Block", height],
    ["Merkle root it commits to", proof.commits_to],
    ["Merkle root of the block", proof.block_merkle_root],
    ["Hash of the block", proof.block_hash],
    ["Checkpoint", proof.checkpoint_height],
    ["Headers", proof.headers],
    ["Hash computations to forge them", proof.forging_hashes],
    ["Explorers asked", proof.explorers_asked?.join(", ")],
    ["Explorers that report it", proof.explorers_agree?.join(", ")],
    ["Digest of this record", proof.digest],
    ["Digest that was stamped", proof.stamped],
  ].filter(([, value]) => value != null);
  const attestations = (proof.attestations ?? []).map((one) => [one.kind, LEVELS[one.level], one.sentence]);
  const more = proof.attestation_count - attestations.length;
  return [
    ASKABLE.includes(level) ? explorerButton(height, ask) : null,
    facts.length || attestations.length
      ? el(
          "details",
          {},
          el("summary", {}, "Show the proof"),
          facts.length ? el("dl", { class: "facts" }, facts.map(([name, value]) => fact(name, String(value)))) : null,
          attestations.length ? statementTable("Attestations of the proof", ["Attested by", "Level", "What it shows"], attestations) : null,
          more > 0 ? el("p", { class: "hint" }, `And ${more} more attestations.`) : null,
        )
      : null,
    items.length > 1 ? statementTable("Proofs", ["Proof", "Level", "What it shows"], items.map((one) => [one.proof, LEVELS[one.level], one.sentence])) : null,
  ];
}

function explorerButton(height, ask) {
  return [
    el("div", { class: "actions" }, el("button", { type: "button", onclick: () => ask({ explorers: height }) }, `Ask two explorers about block ${height}`)),
    el("p", { class: "hint" }, "This asks blockstream.info and mempool.space for the header of that block. They see its height and your network address, and nothing else. Their word counts when they do not differ."),
  ];
}

// --- Archive -----------------------------------------------------------------------------

const isAddress = (url) => typeof url === "string" && url.startsWith("https:");

function archiveExtras({ items }, report) {
  if (!items.length) return [];
  const name = report.subject.pith_number ?? "FILE";
  return [
    el("p", {}, "A browser cannot ask the archive: it does not let other sites’ pages read its answers (CORS). Open the capture yourself, or ask in a terminal:"),
    shellLine(`pith verify ${name} --archive`, "the terminal line for the archive"),
    told(
      "Captures",
      ["Capture", "Named by", "Standing"],
      items.map((one) => [isAddress(one.capture_url) && one.standing !== "refused" ? outside(one.capture_url) : code(one.capture_url), code(one.signer), STANDING[one.standing], one.sentence]),
    ),
  ];
}

/** A table whose last column, a sentence of each, is left out where the row above says it. */
function told(title, columns, rows) {
  if (rows.length === 1) return statementTable(title, columns, [rows[0].slice(0, -1)]);
  return statementTable(title, [...columns, "What it shows"], rows);
}

const outside = (url) => el("a", { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, el("code", {}, url));
const code = (text) => el("code", {}, text ?? "nothing");

const STANDING = {
  counted: "Counted: by a key of the keyring",
  self_signed: "Only listed: signed by the key it names",
  unknown: "Only listed: signer unknown",
  withdrawn: "Taken back by its signer",
  refused: "Refused",
};

// --- Author ------------------------------------------------------------------------------

function authorExtras({ items }, report, ask) {
  const standing = items.filter((one) => ["self_signed", "counted"].includes(one.standing));
  const iDs = [...new Set(standing.map(({ orcid }) => orcid.split("/").at(-1)))];
  const keys = [...new Set(standing.map(({ did_key: key }) => key))];
  return [
    iDs.map((iD) => [
      el("div", { class: "actions" }, el("button", { type: "button", onclick: () => ask({ orcid: iD }) }, `Ask ORCID whether ${iD} lists this key`)),
      el("p", { class: "hint" }, `This asks pub.orcid.org for the websites in the public record of ${iD}. It sees that iD and your network address, and nothing else.`),
    ]),
    items.length
      ? told("Claims", ["ORCID iD", "Key", "Standing"], items.map((one) => [code(one.orcid), code(one.did_key), AUTHOR_STANDING[one.standing] ?? STANDING[one.standing], one.sentence]))
      : null,
    keys.map(publishing),
  ];
}

const AUTHOR_STANDING = { self_signed: "Signed by the key it names", counted: "Signed by the key it names, which is in the keyring" };

/** How an author publishes a key where readers find it. */
function publishing(key) {
  const address = `https://pith.science/#${key}`;
  return el(
    "details",
    {},
    el("summary", {}, "How to publish this key"),
    el("p", {}, "If you hold the key and the iD: sign in at orcid.org, open “Websites & social links”, and add a link whose address is the key. Let everyone see it, since readers ask the public record."),
    shellLine(key, "the key"),
    el("p", { class: "hint" }, "Where only a web address is taken, one that ends in the key does as well:"),
    shellLine(address, "the address that ends in the key"),
  );
}

// --- Citations and replications ----------------------------------------------------------

function citationExtras({ items, found }, report) {
  if (!items.length) return [];
  const links = items.map((one) => [one.relation ?? "nothing", DIRECTIONS[one.direction], number(one), code(one.signer), STANDING[one.standing], evidenceOf(one.evidence)]);
  return [
    linksGraph(report.subject.pith_number, items),
    statementTable("Citations", ["Relation", "Direction", "The other record", "Signed by", "Standing", "Evidence"], links),
    cut(items, found),
  ];
}

const DIRECTIONS = { inbound: "Cites this record", outbound: "Is cited by this record" };

/** The other record's number: a link that looks it up in this page. */
function number({ pith_number: text, standing }) {
  if (!/^pith:\d{4}:[A-Z2-7]{26}$/.test(text ?? "") || standing === "refused") return code(text);
  return el("a", { href: `#${text}`, "aria-label": `Look up ${text} in this page` }, code(text));
}

function replicationExtras({ items, found }) {
  if (!items.length) return [];
  const rows = items.map((one) => [(one.kind ?? "nothing").replaceAll("_", " "), code(one.signer), STANDING[one.standing], evidenceOf(one.evidence)]);
  return [statementTable("Replications", ["Kind", "Signed by", "Standing", "Evidence"], rows), cut(items, found)];
}

function evidenceOf(evidence) {
  if (evidence === null || typeof evidence !== "object") return "None";
  const { url, sha256, note } = evidence;
  return [
    isAddress(url) ? outside(url) : code(String(url ?? "nothing")),
    typeof sha256 === "string" ? el("span", { class: "hint" }, `SHA-256 ${sha256.slice(0, 64)}`) : null,
    typeof note === "string" ? el("span", { class: "hint" }, `“${note}”`) : null,
  ];
}

/** A word on what is not listed: the evidence has 50 at most, and what was found is counted. */
function cut(items, found) {
  const total = Number(/^\d+/.exec(found)?.[0] ?? items.length);
  return total > items.length ? el("p", { class: "hint" }, `${items.length} of ${total} are listed; the document has them all.`) : null;
}

const EXTRAS = {
  "completeness.timestamp": timestampExtras,
  "completeness.archive": archiveExtras,
  "completeness.author": authorExtras,
  "completeness.citations": citationExtras,
  "completeness.replications": replicationExtras,
};
