// Installs a wheel with micropip in stock Pyodide and verifies a record there:
// `node micropip.mjs PYODIDE WHEEL RECORD MICROPIP-WHEEL...`. Prints what was found, as JSON.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, wheel, record, ...bootstrap] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
for (const path of bootstrap) {
  pyodide.unpackArchive(Uint8Array.from(await readFile(path)).buffer, "wheel"); // micropip cannot install itself
}
pyodide.FS.writeFile(`/tmp/${basename(wheel)}`, await readFile(wheel));
pyodide.FS.writeFile("/tmp/record.json", await readFile(record));
const found = await pyodide.runPythonAsync(`
import json, micropip
await micropip.install("emfs:/tmp/${basename(wheel)}")
import pithcore
with open("/tmp/record.json", "rb") as file:
    report = pithcore.verify(file.read())
json.dumps({"origin": pithcore.__file__, "report": report.to_dict()})
`);
process.stdout.write(found);
