// The example's files on http://localhost:4020 (EXAMPLE_PORT moves it). Modules do not load from file://.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const port = Number(process.env.EXAMPLE_PORT ?? 4020);
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript" };

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const file = normalize(root + decodeURIComponent(pathname === "/" ? "/index.html" : pathname));
  const type = types[extname(file)];
  const body = file.startsWith(root) && !file.includes(`${sep}node_modules${sep}`) && type ? await readFile(file).catch(() => null) : null;
  response.writeHead(body ? 200 : 404, { "Content-Type": body ? type : "text/plain", "Cache-Control": "no-store" });
  response.end(body ?? "There is no such file.\n");
});
server.listen(port, "127.0.0.1", () => console.log(`http://localhost:${port}/?scenario=overdue`));
