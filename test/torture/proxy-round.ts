/** A round in which a proxy is killed between an agent and its server. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "../../packages/collector/test/served.ts";
import { flush } from "./agent-rounds.ts";
import type { Place } from "./collector-rounds.ts";
import { between, type Outcome } from "./count.ts";
import { heldBy } from "./evidence.ts";

const root = join(import.meta.dirname, "../..");
const RELAY = join(root, "packages/mcp-proxy/dist/relay.cjs");
/** Answers every line with an empty result. */
const SERVER = `require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id } = JSON.parse(line);
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } }));
})`;

const MAX_CALLS = 20_000;
const hasSpool = (home: string) =>
  globSync(join(home, "upstream/*/processes/*/*.ndjson")).length > 0;

/** It promises nothing of calls under way; what it left behind is delivered once, and verifies. */
export async function killedProxy({ folder, random }: Place): Promise<Outcome> {
  const home = join(folder, "home");
  const served = await serve(join(folder, "data"));
  const env = { ...process.env, CAUM_URL: served.url, CAUM_API_KEY: served.apiKey };
  const words = [RELAY, "--home", home, "--", process.execPath, "-e", SERVER];
  const proxy = spawn(process.execPath, words, { env, stdio: ["pipe", "pipe", "inherit"] });
  proxy.stdin.on("error", () => undefined);
  proxy.stdout.resume();
  // It begins to write once its recorder is loaded.
  const callsAfter = between(random, 1, 200);
  let left = callsAfter;
  for (let id = 1; left > 0 && id < MAX_CALLS; id++) {
    if (left < callsAfter || hasSpool(home)) left -= 1;
    const call = { jsonrpc: "2.0", id, method: "tools/call", params: { name: `tool_${id % 9}` } };
    proxy.stdin.write(`${JSON.stringify(call)}\n`);
    await sleep(1);
  }
  proxy.kill("SIGKILL");
  await once(proxy, "exit");
  await flush(home, served);
  const held = await heldBy(served, folder, await sessionsOf(served));
  await served.kill("SIGTERM");
  if (held.eventIds.length === 0) return { broken: 1 };
  return {
    doubled: held.eventIds.length - new Set(held.eventIds).size,
    broken: held.findings.length,
  };
}

async function sessionsOf(served: Awaited<ReturnType<typeof serve>>): Promise<readonly string[]> {
  const answer = await served.get("/v1/sessions");
  // The collector checks its answers against the schema of the door.
  const { sessions } = (await answer.json()) as { sessions: readonly { session_id: string }[] };
  return sessions.map(({ session_id: id }) => id);
}
