/** Real calls through the real relay, beside the records that it writes of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Answer, McpClient } from "./mcp-client.ts";

export interface Call {
  readonly name: string;
  readonly arguments: unknown;
}

export interface Shown {
  readonly call: Call;
  readonly answer: Answer;
  /** The canonical line, as it is written and sent. */
  readonly record: string | undefined;
}

export interface WireRequest {
  /** The server to ask; a made-up one when empty. */
  readonly words: readonly string[];
  readonly calls: readonly Call[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

export interface Wire {
  readonly shown: readonly Shown[];
  /** Every other record of the run. */
  readonly others: readonly string[];
}

const SAMPLE_CALLS: readonly Call[] = [
  { name: "read_file", arguments: { path: "/home/ada/plans/merger.md" } },
  { name: "send_mail", arguments: { to: "ceo@example.com", text: "4.2 million, as agreed" } },
];

/** @throws {Error} when the server fails or does not answer in time */
export async function showWire({ words, calls, env, timeoutMs }: WireRequest): Promise<Wire> {
  const home = mkdtempSync(join(tmpdir(), "caum-wire-"));
  try {
    const server = words.length === 0 ? sampleServer() : words;
    const relay = [process.execPath, relayPath(), "--home", home, "--session", "show-wire", "--"];
    const client = new McpClient(
      { words: [...relay, ...server], env: withoutOurs(env) },
      timeoutMs,
    );
    const answers: Answer[] = [];
    const asked = words.length === 0 && calls.length === 0 ? SAMPLE_CALLS : calls;
    try {
      await client.open("show-wire");
      await client.ask("tools/list");
      for (const call of asked) answers.push(await client.ask("tools/call", call));
    } finally {
      await client.close();
    }
    const records = recordsIn(join(home, "runs"));
    const ofCalls = records.filter((record) => record.includes('"category":"tool_api"'));
    const shown = asked.map((call, index) => ({
      call,
      answer: answers[index] ?? {},
      record: ofCalls[index],
    }));
    return { shown, others: records.filter((record) => !ofCalls.includes(record)) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function recordsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .flatMap((run) => readFileSync(join(folder, run, "records.ndjson"), "utf8").split("\n"))
    .filter((line) => line !== "");
}

/** Nothing that is shown is sent: neither a collector nor a key is known to the relay. */
function withoutOurs(env: WireRequest["env"]): WireRequest["env"] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("CAUM_")));
}

function relayPath(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("@caum/mcp-proxy/package.json")), "dist", "relay.cjs");
}

function sampleServer(): readonly string[] {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return [process.execPath, fileURLToPath(new URL(`./sample-server.${ending}`, import.meta.url))];
}
