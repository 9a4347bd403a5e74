// Runs one Python program under Pyodide in Node, for the build: `node in_pyodide.mjs REQUEST`,
// a JSON file {pyodide, stdLib, files: {path: base64}, program, snapshot}. The files are written
// under /src; what the program's `result` holds, a string, goes to the standard output. When
// `snapshot` names a file, the memory of that Python goes into it.

import crypto from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const { pyodide: folder, stdLib, files, program, snapshot } = JSON.parse(await readFile(process.argv[2], "utf8"));
// Two builds are to be the same byte for byte, and so is the memory of this Python.
if (snapshot) {
  Date.now = performance.now = () => 0;
  crypto.randomFillSync = (view) => view.fill(0); // where Pyodide has its random bytes from in Node
}
// The state of `random`, which `tempfile` imports, is made the same by its seed. What the program
// named is dropped, so that a page starts from a tidy Python.
const TIDY = `
import gc, random
random.seed(0)
for name in [name for name in globals() if not name.startswith("__")]:
    del globals()[name]
import gc
gc.collect()
del gc
`;
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const { info } = JSON.parse(await readFile(`${folder}/pyodide-lock.json`, "utf8"));
const pyodide = await loadPyodide({
  indexURL: `${folder}/`,
  lockFileContents: { info, packages: {} },
  env: { PYTHONHASHSEED: "0" }, // so that two builds are the same byte for byte
  ...(stdLib && { stdLibURL: stdLib }),
  ...(snapshot && { _makeSnapshot: true }),
});
for (const [path, content] of Object.entries(files)) {
  const target = `/src/${path}`;
  pyodide.FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
  pyodide.FS.writeFile(target, Buffer.from(content, "base64"));
}
try {
  pyodide.runPython(program);
} catch (error) {
  console.error(error.message); // the stack alone would print a minified file
  process.exit(1);
}
const result = pyodide.globals.get("result");
if (snapshot) {
  pyodide.runPython(TIDY);
  await writeFile(snapshot, pyodide.makeMemorySnapshot());
}
process.stdout.write(result, () => process.exit(0));
