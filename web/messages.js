// Documents that another page brings: by message from the page that opened or frames this one.
// What is said, by whom and within which bounds is in docs/messages.md.

import { SIZE_LIMIT } from "./intake.js";

export const VERSION = 1;
const TEXT_LIMIT = 100_000; // characters; some fifty times the longest abstract
const EXPECT_LIMIT = 2048; // characters of a number, as pithcore reads (MAX_TEXT)
const ID_LIMIT = 200; // characters of what is only handed back
const TEXTS = { expect: EXPECT_LIMIT, title: TEXT_LIMIT, abstract: TEXT_LIMIT };
const OPAQUE = "null"; // the origin of a sandboxed frame or a file: nobody's name

/** `{origin, nonce}` of an address `#from=ORIGIN&nonce=NONCE`; null for any other. */
export function readInvitation(fragment) {
  const given = new URLSearchParams(fragment);
  const [origin, nonce] = [given.get("from"), given.get("nonce")];
  if (!nonce || nonce.length > ID_LIMIT || !URL.canParse(origin)) return null;
  const url = new URL(origin);
  return url.origin === origin ? { origin, nonce } : null;
}

/** The window that opened this page, and the one that frames it, where there are any. */
export const others = () => [window.opener, window.parent === window ? null : window.parent].filter(Boolean);

/**
 * Tell those windows that this page listens, and call `take({bytes, expect, title, abstract,
 * origin}, reply)` for each document one of them sends; `reply` takes `{report}` or `{error}`.
 * Under an `invitation` only the origin it names is heard, and only with its nonce.
 */
export function listen(invitation, take) {
  const nonce = invitation ? { nonce: invitation.nonce } : {};
  const ready = { pith: VERSION, type: "ready", ...nonce };
  addEventListener("message", ({ source, origin, data }) => {
    if (!others().includes(source) || origin === OPAQUE) return;
    if (invitation && origin !== invitation.origin) return;
    if (data === null || typeof data !== "object" || data.pith === undefined) return; // not of this kind
    if (data.type === "hello" && data.pith === VERSION) return source.postMessage(ready, origin);
    const id = { id: isId(data.id) ? data.id : null, ...nonce };
    const reply = (answer) => {
      const type = answer.report ? "report" : "error";
      source.postMessage({ pith: VERSION, type, ...id, ...answer }, origin);
    };
    const { error, ...document } = readRequest(data, invitation);
    if (error) reply({ error });
    else take({ ...document, origin }, reply);
  });
  // A dialog around a frame does not hear the key that closes it while the frame has the focus.
  if (window.parent !== window) {
    const escape = { pith: VERSION, type: "escape", ...nonce };
    addEventListener("keydown", ({ key }) => key === "Escape" && window.parent.postMessage(escape, invitation?.origin ?? "*"));
  }
  // Says nothing that a stranger may not hear; a nonce goes only to whom it names.
  for (const other of others()) other.postMessage(ready, invitation?.origin ?? "*");
}

const isId = (id) => (typeof id === "string" && id.length <= ID_LIMIT) || Number.isFinite(id);

/** `{bytes, expect, title, abstract}` of a message, or `{error}` with a sentence. */
function readRequest(data, invitation) {
  if (data.pith !== VERSION) return { error: `This page speaks version ${VERSION} of these messages only.` };
  if (data.type !== "verify") return { error: "A message to this page is of the type “hello” or “verify”." };
  if (invitation && data.nonce !== invitation.nonce) return { error: "The nonce is not the one in this page’s address." };
  if (!isId(data.id)) return { error: `The id has to be a number, or a string of at most ${ID_LIMIT} characters.` };
  const texts = {};
  for (const [name, limit] of Object.entries(TEXTS)) {
    const text = data[name] ?? null;
    if (text !== null && (typeof text !== "string" || text.length > limit)) {
      return { error: `The ${name} has to be a string of at most ${limit} characters.` };
    }
    texts[name] = text;
  }
  return { ...texts, ...readDocument(data.document) };
}

function readDocument(document) {
  const tooLarge = { error: `The document is larger than ${SIZE_LIMIT / 1024 ** 2} MB, which no record is.` };
  if (document instanceof ArrayBuffer) return document.byteLength > SIZE_LIMIT ? tooLarge : { bytes: document };
  if (typeof document !== "string") return { error: "The document has to be a string or an ArrayBuffer." };
  if (document.length > SIZE_LIMIT) return tooLarge;
  if (!document.isWellFormed()) return { error: "The document is not well-formed Unicode: send its bytes instead." };
  const { buffer } = new TextEncoder().encode(document);
  return buffer.byteLength > SIZE_LIMIT ? tooLarge : { bytes: buffer };
}
