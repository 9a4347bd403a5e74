// Takes from the reader: files chosen, dropped or pasted anywhere on the page, and the addresses
// of mirrors.

export const SIZE_LIMIT = 128 * 1024 * 1024; // pithcore reads no more (MAX_BYTES)
const ABSTRACT_PAGE_LIMIT = 4 * 1024 * 1024; // arXiv's have some 50 kB
const MAX_FILES = 16; // as many copies of one record as anybody will compare

/** Read files into `{copies: [{name, bytes}]}`, or `{refused, name}` with a sentence. */
export async function readFiles(files) {
  if (files.length > MAX_FILES) {
    return { refused: `These are ${files.length} files; at most ${MAX_FILES} copies are compared at once.` };
  }
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > SIZE_LIMIT) {
    const what = files.length > 1 ? "Together these files are" : `${files[0].name} is`;
    return { refused: `${what} larger than 128 MB, which no record is.` };
  }
  const copies = [];
  for (const file of files) {
    try {
      copies.push({ name: unused(file.name, copies), bytes: await file.arrayBuffer() });
    } catch {
      return { refused: `${file.name} could not be read: a folder perhaps, or a file that has just changed.` };
    }
  }
  return { copies };
}

/** Whether a file read by `readFiles` is a PDF, which may have a few bytes before its mark. */
export function isPdf({ bytes }) {
  return new TextDecoder("latin1").decode(bytes.slice(0, 1024)).includes("%PDF-");
}

/**
 * Whether a file read by `readFiles` is an abstract page saved from arXiv. A record page may
 * describe its paper in the same way, and is none.
 */
export function isAbstractPage({ bytes }) {
  const text = new TextDecoder().decode(bytes.slice(0, ABSTRACT_PAGE_LIMIT));
  return text.includes("citation_arxiv_id") && !/pith:\d{4}:/i.test(text);
}

/** `name`, numbered where files of several folders share it. */
function unused(name, copies) {
  const same = copies.filter((copy) => copy.name === name || copy.name.startsWith(`${name} (`)).length;
  return same ? `${name} (${same + 1})` : name;
}

/** Call `take` with `{files}` or `{text}` for whatever is dropped or pasted on the page. */
export function onDrop(veil, take) {
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files") ?? false;
  const intoField = (event) => event.target instanceof Element && event.target.matches("input, textarea");
  const show = (on) => (veil.hidden = !on);

  addEventListener("dragover", (event) => {
    if (!carriesFile(event) && intoField(event)) return; // text dropped into a field stays text
    event.preventDefault();
    show(carriesFile(event));
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) show(false);
  });
  addEventListener("drop", (event) => {
    show(false);
    if (!carriesFile(event) && intoField(event)) return;
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    const text = event.dataTransfer.getData("text/plain");
    if (files.length) take({ files });
    else if (text) take({ text });
  });
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return; // text goes where the cursor is
    event.preventDefault();
    take({ files });
  });
}

/** Read addresses of mirrors into `{typed: [address]}`, or `{refused}` with a sentence. */
export function readMirrors(text) {
  const typed = [];
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    const address = mirrorAt(word);
    if (!address) {
      return { refused: `“${word}” is not the address of a mirror; one looks like https://mirror.example.org.` };
    }
    typed.push(address);
  }
  return { typed };
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

function mirrorAt(word) {
  try {
    const url = new URL(word.includes("://") ? word : `https://${word}`);
    const spoken = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.includes(url.hostname));
    return spoken && !url.username ? (url.origin + url.pathname).replace(/\/+$/, "") : null;
  } catch {
    return null;
  }
}
