/** `caum up` as a process of its own, in a temporary home, and what it may reach. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");

export interface Answer {
  readonly status: number;
  // Rows read answers freely; their shapes are what is checked.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any;
}

/** What somebody who follows the pages has in hand. */
export interface Door {
  readonly url: string;
  readonly apiKey: string;
  readonly adminKey: string;
  readonly home: string;
  post(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  send(method: string, path: string, init?: RequestInit): Promise<Answer>;
  /** An id that no other row uses. */
  newId(): string;
}

export interface Started extends Door {
  stop(): Promise<void>;
}

/** Variables of the shell that are ours would decide what is tested. */
function cleanEnvironment(home: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("CAUM_"));
  return { ...Object.fromEntries(kept), CAUM_HOME: home, CI: "1" } as Record<string, string>;
}

let ids = 0;

export async function startUp(
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  home = mkdtempSync(join(tmpdir(), "caum-seeds-")),
): Promise<Started> {
  const child = spawn(
    process.execPath,
    ["--conditions=@caum/source", "--no-warnings", MAIN]
      .concat(["up", "--port", "0", "--json", "--show-keys", "--no-open", "--no-desktop"])
      .concat(words),
    { env: { ...cleanEnvironment(home), ...env }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const { url, apiKey, adminKey } = JSON.parse(await firstLine(child));
  return doorOf({ url, apiKey, adminKey, home }, async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("its output is not piped");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("caum up did not start");
}

function doorOf(
  place: Pick<Door, "url" | "apiKey" | "adminKey" | "home">,
  end: () => Promise<void>,
): Started {
  const key = { authorization: `Bearer ${place.apiKey}` };
  const json = { "content-type": "application/json" };
  const send: Door["send"] = async (method, path, init = {}) => {
    const response = await fetch(new URL(path, place.url), { method, ...init });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  };
  return {
    ...place,
    send,
    post: (path, body, headers = key) =>
      send("POST", path, {
        headers: { ...json, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    get: (path, headers = key) => send("GET", path, { headers }),
    newId: () => `seed-${++ids}`,
    async stop() {
      await end();
      rmSync(place.home, { recursive: true, force: true });
    },
  };
}

/** Takes whatever is posted to it: a webhook's receiver, Slack, or the service that mails. */
export interface Receiver {
  readonly url: string;
  readonly place: string;
  /** The first body that fits; waits for it. */
  // biome-ignore lint/suspicious/noExplicitAny: as answers
  take(fits: (body: any, path: string) => boolean): Promise<any>;
  close(): Promise<void>;
}

const PATIENCE_MS = 50_000;

export async function startReceiver(): Promise<Receiver> {
  const received: { readonly path: string; readonly body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    received.push({ path: request.url ?? "", body: text === "" ? null : JSON.parse(text) });
    response.setHeader("content-type", "application/json");
    response.end('{"id":"1"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    place: `127.0.0.1:${port}`,
    async take(fits) {
      for (const endMs = Date.now() + PATIENCE_MS; Date.now() < endMs; ) {
        const found = received.find(({ body, path }) => fits(body, path));
        if (found !== undefined) return found.body;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error("nothing that fits has come");
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
