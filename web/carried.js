// A record that the page's own address carries: `#document=CODED&expect=NUMBER`, CODED being
// base64url (RFC 4648 section 5) of the record's bytes under raw DEFLATE (RFC 1951).

const CODED_LIMIT = 60_000; // characters; as the bookmarklet writes, and every browser takes
const UNPACKED_LIMIT = 4 * 1024 * 1024; // bytes; DEFLATE may make a thousand of one
const EXPECT_LIMIT = 2048; // characters of a number, as pithcore reads (MAX_TEXT)

const AGAIN = "Press the bookmark on the record’s page again, or save the record there and drop it here.";

/** `{bytes, expect}` of such a fragment, or `{refused}` with a sentence. */
export async function readCarried(fragment) {
  const given = new URLSearchParams(fragment);
  const [coded, expect] = [given.get("document"), given.get("expect") || null];
  if (!coded) return { refused: `The address carries no record. ${AGAIN}` };
  if (coded.length > CODED_LIMIT) return { refused: `The address is longer than the ${CODED_LIMIT} characters that are read. Save the record and drop it here.` };
  if (expect && expect.length > EXPECT_LIMIT) return { refused: `The number in the address is longer than ${EXPECT_LIMIT} characters.` };
  try {
    const bytes = await unpack(fromBase64url(coded));
    if (!bytes) return { refused: "The record in the address unpacks to more than 4 MB. Save the record and drop it here." };
    return { bytes, expect };
  } catch {
    return { refused: `The record in the address is damaged: some of it was lost or changed on the way. ${AGAIN}` };
  }
}

function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** What was packed, or null when it is too much: no more is unpacked than is allowed. */
async function unpack(packed) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > UNPACKED_LIMIT) {
      await reader.cancel();
      return null;
    }
    parts.push(part.value);
  }
  return new Blob(parts).arrayBuffer();
}
