/** Where answers come from: kept in the address of the page, so that a link opens the same screen. */
import { Client } from "./api/client.js";

const TOKEN = "tandem-example-token";
const BASES = { mock: "http://localhost:4010", live: "http://localhost:8080" } as const;

export interface Connection {
  on: "mock" | "live";
  base: string;
  account: string | null;
  scenario: string | null;
  token: string | null;
}

export function connectionOf(address: URL): Connection {
  const query = address.searchParams;
  const on = query.get("on") === "live" ? "live" : "mock";
  return {
    on,
    base: query.get("base") || BASES[on],
    account: query.get("account") || null,
    scenario: on === "mock" ? query.get("scenario") || null : null,
    token: on === "live" ? sessionStorage.getItem(TOKEN) : null,
  };
}

/** `#token=…` lets a script open the page signed in. What stands after # is not sent; it is then taken out of sight. */
export function takeTokenFromAddress(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token === null) return;
  sessionStorage.setItem(TOKEN, token);
  history.replaceState(null, "", location.pathname + location.search);
}

export function addressOf(form: FormData, here: URL): URL {
  const address = new URL(here.pathname, here);
  const said = (name: string) => String(form.get(name) ?? "").trim();
  const on = said("on") === "live" ? "live" : "mock";
  // The other side's own address would be the wrong server after a flip of the switch.
  const base = Object.values<string>(BASES).includes(said("base")) ? "" : said("base");
  const kept = { on, base, account: said("account"), scenario: on === "mock" ? said("scenario") : "" };
  for (const [name, value] of Object.entries(kept)) if (value) address.searchParams.set(name, value);
  if (said("token")) sessionStorage.setItem(TOKEN, said("token"));
  return address;
}

export function clientFor(connection: Connection): Client {
  const { base, scenario, token } = connection;
  return new Client({ baseUrl: base, scenario: scenario ?? undefined, token: token ?? undefined });
}
