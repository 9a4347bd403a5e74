// Takes a document from the reader: a file chosen, or something dropped anywhere on the page.

const SIZE_LIMIT = 128 * 1024 * 1024; // pithcore reads no more (MAX_BYTES)

/** Read a file into `{bytes, source}`, or `{refused}` with a sentence. */
export async function readFile(file) {
  if (file.size > SIZE_LIMIT) {
    return { refused: `${file.name} is larger than 128 MB, which no record is.` };
  }
  try {
    return { bytes: await file.arrayBuffer(), source: file.name };
  } catch {
    return { refused: `${file.name} could not be read: a folder perhaps, or a file that has just changed.` };
  }
}

/** Call `take` with `{file}` or `{text}` for whatever is dropped anywhere on the page. */
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
    const file = event.dataTransfer.files[0];
    const text = event.dataTransfer.getData("text/plain");
    if (file) take({ file });
    else if (text) take({ text });
  });
}
