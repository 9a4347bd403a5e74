// Runs one Python program under Pyodide in Node, for the build: `node in_pyodide.mjs REQUEST`,
// a JSON file {pyodide, stdLib, files: {path: base64}, program}. The files are written under
// /src; what the program's `result` holds, a string, goes to the standard output.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const { pyodide: folder, stdLib, files, program } = JSON.parse(await readFile(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const { info } = JSON.parse(await readFile(`${folder}/pyodide-lock.json`, "utf8"));
const pyodide = await loadPyodide({
  indexURL: `${folder}/`,
  lockFileContents: { info, packages: {} },
  env: { PYTHONHASHSEED: "0" }, // so that two builds are the same byte for byte
  ...(stdLib && { stdLibURL: stdLib }),
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
process.stdout.write(pyodide.globals.get("result"));
