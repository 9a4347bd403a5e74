// Asks block explorers about a block, or ORCID about an iD, when the reader has pressed the button
// that names them. Runs in the worker, under the page's policy. What an answer means, Python says.

import { attempt } from "./lookup.js";

const EXPLORER_LIMIT = 1024; // bytes; a hash has 64 hex digits, a header 160
const ORCID_LIMIT = 1024 * 1024; // pithcore reads no more; a hundred addresses have some 60 kB

/**
 * Ask whom `ask` means: `{explorers: height}` or `{orcid}`. `python` has `call`, `inPython` and
 * `givenUp` of the worker. Resolves to `{answers, asked}`: what all have answered so far, for
 * verify.py's `check`, and of each that was asked now `{name, attempt, problem}`: a failed attempt
 * (lookup.js), or a sentence on an answer that cannot be used, or both null.
 */
export async function askOthers({ explorers, orcid }, answers, python) {
  if (orcid) {
    const { answer, asked } = await askOrcid(orcid, python);
    const others = (answers.orcid ?? []).filter((one) => one.orcid !== orcid);
    return { answers: { ...answers, orcid: answer ? [...others, answer] : (answers.orcid ?? []) }, asked: [asked] };
  }
  const addresses = await python.call("block_addresses", explorers);
  const heard = await Promise.all(addresses.map((explorer) => askExplorer(explorer, explorers, python)));
  const others = (answers.explorers ?? []).filter((one) => one.height !== explorers);
  return {
    answers: { ...answers, explorers: [...others, ...heard.map(({ answer }) => answer)] },
    asked: heard.map(({ asked }) => asked),
  };
}

async function askExplorer({ base, url }, height, { call, givenUp }) {
  const name = new URL(url).host;
  const done = (header, failed = null, problem = null) => ({
    answer: { explorer: name, height, header },
    asked: { name, attempt: failed, problem },
  });
  try {
    const hash = await text(url, givenUp);
    if (hash.failed) return done(null, hash.failed);
    const header = await text(await call("header_address", base, hash.text), givenUp);
    if (header.failed) return done(null, header.failed);
    return done(await call("block_header", height, hash.text, header.text));
  } catch (error) {
    if (!error.answer) throw error; // a fault of this page
    return done(null, null, error.answer.refused);
  }
}

async function text(url, givenUp) {
  const { bytes, ...failed } = await attempt(url, givenUp, null, EXPLORER_LIMIT);
  return bytes ? { text: new TextDecoder().decode(bytes) } : { failed };
}

async function askOrcid(orcid, { call, inPython, givenUp }) {
  const url = await call("orcid_address", orcid);
  const name = new URL(url).host;
  const { bytes, ...failed } = await attempt(url, givenUp, null, ORCID_LIMIT);
  if (!bytes) return { answer: null, asked: { name, attempt: failed, problem: null } };
  const today = new Date().toISOString().slice(0, 10);
  try {
    const answer = await inPython(bytes, (data) => call("orcid_answer", data, orcid, today));
    return { answer, asked: { name, attempt: null, problem: null } };
  } catch (error) {
    if (!error.answer) throw error;
    return { answer: null, asked: { name, attempt: null, problem: error.answer.refused } };
  }
}
