/** A server that is itself observed by our SDK, behind our proxy. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Collector, startCollector } from "@caum/collector";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outcomeOf, RELAY, temporaryHome } from "./stdio-party.ts";

const SERVER = join(import.meta.dirname, "servers/observed-server.ts");
/** Enough that also whoever sees one server alone calls it a loop. */
const CALLS = 10;

let collector: Collector;
let data: string;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "caum-observed-"));
  collector = await startCollector({ data, port: 0, eventsPerSecond: 0, env: {} });
});
afterAll(async () => {
  await collector.close();
  rmSync(data, { recursive: true, force: true });
});

/** The client's entry, with what a user set for the server; the proxy is told its own session. */
async function callBehindProxy(ownSession: string, proxySession: string): Promise<string> {
  const home = temporaryHome();
  const words = [RELAY, "--home", home, "--", process.execPath, "--conditions=@caum/source"];
  const child = spawn(process.execPath, [...words, "--no-warnings", SERVER, ownSession], {
    stdio: "pipe",
    env: {
      ...process.env,
      CAUM_HOME: home,
      CAUM_URL: collector.url,
      CAUM_API_KEY: collector.apiKey,
      CAUM_SESSION_ID: proxySession,
    },
  });
  const outcome = outcomeOf(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let answer = "";
  for (let id = 1; id <= CALLS; id++) {
    const params = { name: "search", arguments: { question: "the same" } };
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params })}\n`);
    answer = String((await lines.next()).value);
  }
  child.stdin.end();
  expect(await outcome).toMatchObject({ code: 0 });
  return answer;
}

async function sessionOf(id: string) {
  const headers = { authorization: `Bearer ${collector.apiKey}` };
  const answer = await fetch(`${collector.url}/v1/session/${id}`, { headers });
  // Read freely: the collector checks its answers against its own document.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return ((await answer.json()) as any) ?? {};
}

const toolCalls = (steps: readonly { readonly record: { readonly category: string } }[]) =>
  steps.filter(({ record }) => record.category === "tool_api").length;

test("it stays observed in its own session, and the proxy's has each call once as well", async () => {
  expect(await callBehindProxy("by-the-server", "by-the-proxy")).toContain('"regime":"LOOP"');
  for (const [id, layer] of [
    ["by-the-server", "framework"],
    ["by-the-proxy", "mcp"],
  ] as const) {
    await expect.poll(async () => toolCalls((await sessionOf(id)).steps ?? [])).toBe(CALLS);
    const { session } = await sessionOf(id);
    expect(session).toMatchObject({ steps: CALLS, regime: "LOOP", loop_count: 1, layers: [layer] });
  }
});

test("in one session with the proxy both tell of each call, and it counts once", async () => {
  await callBehindProxy("by-both", "by-both");
  await expect
    .poll(async () => toolCalls((await sessionOf("by-both")).steps ?? []))
    .toBe(2 * CALLS);
  const { session } = await sessionOf("by-both");
  expect(session.layers.toSorted()).toEqual(["framework", "mcp"]);
  expect(session).toMatchObject({ steps: CALLS, regime: "LOOP", loop_count: 1 });
});
