/** A collector in this process, on a free port of loopback, and a small client for it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, type CollectorOptions, startCollector } from "../src/index.ts";
import { storeFor } from "./store-choice.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests read answers freely; the schemas are checked elsewhere.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
  readonly text: string;
}

export interface Client {
  readonly collector: Collector;
  readonly folder: string;
  /** With the first API key. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  request(method: string, path: string, init?: RequestInit): Promise<Answer>;
  readonly key: Record<string, string>;
  readonly admin: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts a collector; `stop` also removes its folder. */
export async function startClient(options: Partial<CollectorOptions> = {}): Promise<Client> {
  const folder = options.data ?? mkdtempSync(join(tmpdir(), "caum-collector-"));
  const { database, env } = await storeFor(folder);
  const collector = await startCollector({
    port: 0,
    eventsPerSecond: 0,
    // No test asks a name server.
    alerts: { resolve: async () => [] },
    ...options,
    ...(database !== undefined && { database, env: { ...env, ...(options.env ?? process.env) } }),
    data: folder,
  });
  const key = { authorization: `Bearer ${collector.apiKey}` };
  const request = (method: string, path: string, init: RequestInit = {}) =>
    fetch(`${collector.url}${path}`, { method, ...init }).then(answerOf);
  return {
    collector,
    folder,
    key,
    admin: { authorization: `Bearer ${collector.adminKey}` },
    request,
    post: (path, body, headers = key) =>
      request("POST", path, {
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    get: (path, headers = key) => request("GET", path, { headers }),
    async stop() {
      await collector.close();
      if (options.data === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  const { status, headers } = response;
  return { status, headers, text, body: isJson ? JSON.parse(text) : undefined };
}
