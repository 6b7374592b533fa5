export interface ClientOptions {
  /** Where the API is, for example `http://localhost:4010`. */
  baseUrl: string;
  /** A token, or what gives one: it is asked before every call, so that it can be renewed. */
  token?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Which story the mock tells; leave it out for a live API. */
  scenario?: string | undefined;
  /** Sent with every call. */
  headers?: Record<string, string> | undefined;
  /** Stands for the browser's own `fetch`, for example in tests. */
  fetch?: typeof globalThis.fetch | undefined;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  headers?: Record<string, string> | undefined;
}

export interface Answer<T> {
  data: T;
  status: number;
  /** Send it back as `ifMatch` to change what you got. */
  etag: string | null;
  headers: Headers;
}

export interface Mistake {
  in: string;
  pointer: string;
  message: string;
}

/** The API answered with an error. `type` stays the same when the wording changes. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null,
    readonly errors: Mistake[],
    readonly retryAfterSeconds: number | null,
  ) {
    super(`${title}: ${detail}`);
  }
}

/** Nothing answered: no network, a wrong address, or the browser kept the answer from the page (CORS). */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

interface Call {
  method: string;
  path: string;
  reads: "json" | "text" | "blob" | "nothing";
  keyed?: boolean;
}

interface Sent extends CallOptions {
  path?: object;
  query?: object | undefined;
  body?: unknown;
  ifMatch?: string;
  idempotencyKey?: string | undefined;
}

export class Transport {
  constructor(private readonly options: ClientOptions) {}

  protected async call<T>(call: Call, request: Sent): Promise<Answer<T>> {
    const response = await this.send(call, request);
    if (!response.ok) throw await problemOf(response);
    const data = (await read(response, call.reads)) as T;
    return { data, status: response.status, etag: response.headers.get("ETag"), headers: response.headers };
  }

  private async send(call: Call, request: Sent): Promise<Response> {
    const send = this.options.fetch ?? globalThis.fetch.bind(globalThis);
    const init: RequestInit = { method: call.method, headers: await this.headers(call, request) };
    if (request.body !== undefined) init.body = JSON.stringify(request.body);
    if (request.signal) init.signal = request.signal;
    const address = addressOf(this.options.baseUrl, call.path, request);
    try {
      return await send(address, init);
    } catch (reason) {
      if (request.signal?.aborted) throw reason;
      throw new Unreachable(`${this.options.baseUrl} does not answer.`, { cause: reason });
    }
  }

  private async headers(call: Call, request: Sent): Promise<Headers> {
    const headers = new Headers({ Accept: "application/json, application/problem+json, */*;q=0.5" });
    const { token, scenario } = this.options;
    const bearer = typeof token === "function" ? await token() : token;
    if (bearer) headers.set("Authorization", `Bearer ${bearer}`);
    if (scenario) headers.set("X-Tandem-Scenario", scenario);
    if (request.body !== undefined) headers.set("Content-Type", "application/json");
    if (request.ifMatch !== undefined) headers.set("If-Match", request.ifMatch);
    if (call.keyed) headers.set("Idempotency-Key", request.idempotencyKey ?? newIdempotencyKey());
    for (const [name, value] of Object.entries({ ...this.options.headers, ...request.headers })) headers.set(name, value);
    return headers;
  }
}

/** Keep it and send it again with a retry: then nothing is created twice. */
export function newIdempotencyKey(): string {
  // Not `crypto.randomUUID`: a page that a phone opens over plain HTTP does not have it.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function addressOf(baseUrl: string, path: string, request: Sent): string {
  const values = new Map(Object.entries(request.path ?? {}));
  const filled = path.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) query.append(name, String(one));
    }
  }
  return `${baseUrl.replace(/\/+$/, "")}${filled}${query.size ? `?${query}` : ""}`;
}

async function read(response: Response, reads: Call["reads"]): Promise<unknown> {
  if (reads === "nothing" || response.status === 204) return undefined;
  if (reads === "text") return response.text();
  return reads === "blob" ? response.blob() : response.json();
}

async function problemOf(response: Response): Promise<Problem> {
  const said: unknown = await response.json().catch(() => null);
  const problem: Record<string, unknown> = typeof said === "object" && said !== null ? { ...said } : {};
  const text = (name: string, otherwise: string) => (typeof problem[name] === "string" ? problem[name] : otherwise);
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  return new Problem(
    response.status,
    text("type", "about:blank"),
    text("title", response.statusText || `Status ${response.status}`),
    text("detail", "The answer says no more than its status."),
    text("request_id", response.headers.get("X-Request-Id") ?? "") || null,
    Array.isArray(problem["errors"]) ? (problem["errors"] as Mistake[]) : [],
    Number.isNaN(wait) ? null : wait,
  );
}
