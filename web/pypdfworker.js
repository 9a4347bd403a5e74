// Runs pypdf over one file: takes `{library, bytes}`, an archive of Python modules and a PDF, and
// answers `{found}`, what pypdfreader.py says, or `{broken}`, why there is nothing.

import { loadPython } from "./boot.js";

const LIBRARY = new URL("pypdf.zip", import.meta.url).href; // a name only: its bytes are at hand

self.addEventListener("message", async ({ data: { library, bytes } }) => {
  const plain = self.fetch;
  self.fetch = (url, ...rest) => (String(url) === LIBRARY ? Promise.resolve(new Response(library)) : plain.call(self, url, ...rest));
  try {
    const pyodide = await loadPython({ stdLibURL: LIBRARY });
    const reader = pyodide.pyimport("pypdfreader");
    postMessage({ found: JSON.parse(reader.read_as_json(pyodide.toPy(new Uint8Array(bytes)))) });
  } catch (error) {
    postMessage({ broken: `it broke off (${String(error.message ?? error).trim().split("\n").at(-1)})` });
  }
});
