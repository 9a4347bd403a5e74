// Installs a wheel with micropip in stock Pyodide, as a notebook in JupyterLite does, and runs the
// code cells of a notebook: `node micropip.mjs PYODIDE WHEEL NOTEBOOK MICROPIP-WHEEL...`. The name
// of the package in the first cell stands for the wheel. Prints what was found, as JSON.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, wheel, notebook, ...bootstrap] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const printed = [];
const pyodide = await loadPyodide({ indexURL: `${folder}/`, stdout: (line) => printed.push(line) });
for (const path of bootstrap) {
  pyodide.unpackArchive(Uint8Array.from(await readFile(path)).buffer, "wheel"); // micropip cannot install itself
}
pyodide.FS.writeFile(`/tmp/${basename(wheel)}`, await readFile(wheel));
const { cells } = JSON.parse(await readFile(notebook, "utf8"));
for (const { source } of cells.filter((cell) => cell.cell_type === "code")) {
  await pyodide.runPythonAsync(source.join("").replace('"pithcore"', `"emfs:/tmp/${basename(wheel)}"`));
}
const found = await pyodide.runPythonAsync(`
import json
json.dumps({"origin": pithcore.__file__, "document": document.decode(), "report": report.to_dict()})
`);
process.stdout.write(JSON.stringify({ ...JSON.parse(found), printed }), () => process.exit(0));
