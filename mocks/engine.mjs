// Prism's own libraries as one warm process: a line of JSON comes in, a line goes out.
//
// Prism's command reads its document once, takes a second to start, and ends on the first broken save. Here documents
// come and go while the process stays, and each operation is prepared when it is first asked for: a document of four
// megabytes is served at once, where preparing all its operations would take a minute.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const { createInstance, ProblemJsonError } = require("@stoplight/prism-http");
const { transformOas3Operation } = require("@stoplight/http-spec/oas3/operation");
const { OPERATION_CONFIG } = require("@stoplight/http-spec/oas");
const { bundleTarget } = require("@stoplight/json");
const { right } = require("fp-ts/Either");

const MOST_PREPARED = 400;

// Whatever a library prints must not get between the answers.
console.log = console.info = console.warn = console.debug = () => {};

const silent = { info() {}, warn() {}, error() {}, success() {}, debug() {}, trace() {}, child: () => silent };
const prism = createInstance(
  { isProxy: false, validateRequest: true, validateResponse: false, checkSecurity: false, errors: false, mock: {} },
  { logger: silent, route: ({ resources }) => right(resources[0]) },
);

/** @type {Map<string, string>} the text of each document, by name */
const documents = new Map();
/** @type {Map<string, object>} operations made ready, the least recently used first */
const prepared = new Map();

function prepare({ document, path, method }) {
  const key = `${document} ${method} ${path}`;
  const known = prepared.get(key);
  if (known) prepared.delete(key);
  const operation = known ?? read(document, path, method);
  prepared.set(key, operation);
  if (prepared.size > MOST_PREPARED) prepared.delete(prepared.keys().next().value);
  return operation;
}

function read(name, path, method) {
  // Bundling changes the document, so each operation gets a fresh one.
  const document = JSON.parse(documents.get(name));
  const operation = transformOas3Operation({ document, name: path, method, config: OPERATION_CONFIG });
  return bundleTarget({ document: { ...document, __target__: operation }, path: "#/__target__", cloneDocument: false });
}

async function answer(asked) {
  const { code, example, dynamic = false, validate } = asked.want;
  const config = {
    isProxy: false,
    validateRequest: validate,
    validateResponse: false,
    checkSecurity: false,
    errors: false,
    mock: { code, exampleKey: example, dynamic },
  };
  const done = await prism.request({ method: asked.method, ...asked.request }, [prepare(asked)], config)();
  if (done._tag === "Left") return { problem: problemOf(done.left) };
  const { output, validations } = done.right;
  const wrong = validations.input.filter((one) => one.severity === 0);
  return { status: output.statusCode, headers: output.headers ?? {}, body: output.body ?? null, wrong };
}

function problemOf(error) {
  const { title, status, detail, validation } = ProblemJsonError.toProblemJson(error);
  return { title, status: status ?? 500, detail: detail || error.message, wrong: validation };
}

function forget(name) {
  documents.delete(name);
  for (const key of prepared.keys()) if (key.startsWith(`${name} `)) prepared.delete(key);
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function hear(line) {
  const asked = JSON.parse(line);
  if (asked.do === "document") {
    forget(asked.name);
    documents.set(asked.name, asked.text);
  } else if (asked.do === "forget") {
    forget(asked.name);
  } else {
    try {
      say({ id: asked.id, ...(await answer(asked)) });
    } catch (error) {
      say({ id: asked.id, problem: { title: "Prism could not answer", status: 500, detail: String(error?.message ?? error) } });
    }
  }
}

// The other side closed: nobody is left to answer.
createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", hear).on("close", () => process.exit(0));
say({ ready: true });
