// Tells what a reader brings beside a record by its content: a timestamp proof, block headers,
// checkpoints. Loaded when a file is dropped or chosen.

const MARK = "\0OpenTimestamps\0"; // the 15 bytes at the start of every `.ots` file
const HEADER_BYTES = 80;
const MAX_HEADERS = 2016; // as pithcore reads: a period of the difficulty
const RESPONSE_LIMIT = 10_000; // bytes of a calendar's bare response; clients read no more
const PROOF_LIMIT = 65_536; // bytes of a proof that pithcore reads
// Tags of attestations by a Bitcoin block and by a calendar: any response ends in one.
const TAGS = ["\x05\x88\x96\x0d\x73\xd7\x19\x01", "\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e"];
const OURS = /^pith checkpoints/;
const ELECTRUM = /^\s*\[\s*\[\s*"[0-9a-f]{64}"/;
const MARKS_OF_UTF16 = ["\xff\xfe", "\xfe\xff"];

/**
 * “proof”, “headers” or “checkpoints” for a file read by `readFiles`; null for anything else,
 * perhaps a record. A calendar's bare response has no mark at its start: where `isBeside`, there
 * being a record to hold it against, a small file with the tag of an attestation is taken for one.
 */
export function kindOf({ name, bytes }, isBeside) {
  const start = beginning(bytes);
  if (start.startsWith(MARK) || /\.ots$/i.test(name)) return "proof";
  if (OURS.test(start) || ELECTRUM.test(start)) return "checkpoints";
  if (/\.headers$/i.test(name)) return "headers";
  if (!isBinary(start)) return null;
  const { byteLength: size } = bytes;
  if (size % HEADER_BYTES === 0 && size <= MAX_HEADERS * HEADER_BYTES) return "headers";
  const isResponse = size <= RESPONSE_LIMIT && TAGS.some((tag) => beginning(bytes, size).includes(tag));
  return isBeside && isResponse ? "proof" : null;
}

const START = 4096; // bytes that tell what a file is

/** The first bytes as characters of the same number; not “latin1”, which decoders take for another. */
const beginning = (bytes, count = START) => String.fromCharCode(...new Uint8Array(bytes.slice(0, count)));

// Text has no such characters; text in UTF-16 has, after its mark.
const isBinary = (start) => !MARKS_OF_UTF16.includes(start.slice(0, 2)) && /[\0-\x08\x0e-\x1f]/.test(start);

/**
 * Sort files into `{documents, material, refused}`: what may be records, what comes beside one
 * (`{kind, name, bytes}` each), and a sentence where something cannot be used. `isShown`: there
 * is a record on the page; `isPaper`: a PDF that names one was brought too.
 */
export function sortFiles(files, { isShown, isPaper }) {
  const known = files.map((file) => ({ ...file, kind: kindOf(file, false) }));
  const hasRecord = known.some(({ kind, bytes }) => !kind && !isBinary(beginning(bytes)));
  const isBeside = isShown || hasRecord || isPaper;
  const sorted = isBeside ? files.map((file) => ({ ...file, kind: kindOf(file, true) })) : known;
  const material = sorted.filter(({ kind }) => kind);
  const documents = sorted.filter(({ kind }) => !kind).map(({ name, bytes }) => ({ name, bytes }));
  return { documents, material, refused: refusal(documents, material, isBeside) };
}

function refusal(documents, material, isBeside) {
  const odd = documents.find(({ bytes }) => isBinary(beginning(bytes)));
  if (odd) return `${odd.name} is none of what this page reads: ${READ}.`;
  const proofs = material.filter(({ kind }) => kind === "proof");
  if (proofs.length > 1) return `${proofs.map(({ name }) => name).join(" and ")} are ${proofs.length} timestamp proofs: bring one at a time.`;
  const large = proofs.find(({ bytes }) => bytes.byteLength > PROOF_LIMIT);
  if (large) return `${large.name} has more than ${PROOF_LIMIT.toLocaleString("en")} bytes, which no timestamp proof has.`;
  if (material.length && !isBeside) return `${material[0].name} is ${WORDS[material[0].kind]}: it says nothing without a record. Bring both together, or the record first.`;
  return null;
}

const WORDS = { proof: "a timestamp proof", headers: "a file of block headers", checkpoints: "a table of checkpoints" };
const READ = "a record, a paper’s PDF or abstract page, a timestamp proof (.ots), block headers of 80 bytes each, or checkpoints";

/** What was brought, in words. */
export const inWords = (material) => material.map(({ name, kind }) => `${name}, ${WORDS[kind]}`).join("; ");
