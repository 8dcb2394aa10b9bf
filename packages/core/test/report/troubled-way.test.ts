/** Whatever happens between an observer and the collector itself: every event once, in order. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, startCollector } from "@caum/collector";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createObserver } from "../../src/index.ts";
import { createHttpTransport } from "../../src/report/upstream/http-transport.ts";
import { parseVerifierKey, verifyBundle } from "../../src/verify.ts";
import { Front } from "./front.ts";
import type { Misdeed } from "./receiver.ts";

/** How long the client waits for an answer, and when a late one comes. */
const GIVE_UP_MS = 400;
const LATE_MS = 700;

let folder: string;
let collector: Collector;
let front: Front;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-troubled-"));
  collector = await startCollector({ data: join(folder, "data"), port: 0, env: {} });
  front = await new Front(collector.url).listen();
  front.lateMs = LATE_MS;
});

afterEach(async () => {
  await front.close();
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
});

const misdeeds: readonly (readonly [string, Misdeed])[] = [
  ["429 with Retry-After", { status: 429, headers: { "retry-after": "1" } }],
  ["500", { status: 500, body: "oops" }],
  ["502 with HTML", { status: 502, body: "<html>bad gateway</html>" }],
  ["200 with HTML", { status: 200, body: "<html>welcome</html>" }],
  ["connections cut before anything was read", "cut"],
  ["connections cut after the records were stored", "store_then_cut"],
  ["answers cut in the middle", "cut_body"],
  ["requests that hang", "hang"],
  ["answers after the client gave up", "store_then_hang"],
];

describe.each(["runs", "live"] as const)("over %s", (protocol) => {
  test.each(misdeeds)("%s", async (_name, misdeed) => {
    const seen = createObserver({
      writer: "test",
      writerVersion: "1.0.0",
      layer: "framework",
      view: "full",
      home: join(folder, "home"),
      env: {},
      upstream: { url: front.url, apiKey: collector.apiKey, protocol },
      transport: createHttpTransport({ timeoutMs: GIVE_UP_MS }),
      onProblem: () => undefined,
    });
    let next = 0;
    const observe = (count: number) => {
      for (const end = next + count; next < end; next++) {
        seen.observe("s", { tool: `tool-${next}`, status: "ok" });
      }
    };
    // The first request, then some in the middle of the session.
    front.misbehave = (request) => ([1, 4, 5].includes(request) ? misdeed : undefined);
    for (let burst = 0; burst < 6; burst++) {
      observe(8);
      await seen.flush();
    }
    const result = await seen.close();
    expect(result).toMatchObject({ rejected: 0, spooled: 0, dropped: 0 });
    expect(result.accepted + result.duplicate).toBe(next + 2);
    expect(front.requests).toBeGreaterThan(5);
    const tools = Array.from({ length: next }, (_, at) => `tool-${at}`);
    // The live door gives each start a new session: one whose answer was lost stays empty.
    const sessions = (await exported()).filter((session) => session.tools.length > 0);
    expect(sessions).toEqual([{ verdict: expect.stringMatching(/^ok/), tools }]);
  });
});

/** All sessions as an auditor gets them: exported, and verified offline. */
async function exported() {
  const { sessions } = (await (await get("/v1/sessions")).json()) as {
    sessions: { session_id: string }[];
  };
  return Promise.all(sessions.map(({ session_id: id }) => verified(id)));
}

async function verified(id: string) {
  const answer = await get(`/v1/session/${encodeURIComponent(id)}/bundle`);
  const tar = Buffer.from(await answer.arrayBuffer());
  const path = join(folder, "bundle.tar");
  writeFileSync(path, tar);
  const { verdict } = verifyBundle(path, { keys: [parseVerifierKey(collector.verifierKey)] });
  const tools = tar
    .toString("utf8")
    .split("\n")
    .filter((line) => line.startsWith("{") && line.includes('"category":"tool_api"'))
    .map((line) => JSON.parse(line).payload.toolName);
  return { verdict, tools };
}

function get(path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${collector.apiKey}` };
  return fetch(new URL(path, collector.url), { headers });
}
