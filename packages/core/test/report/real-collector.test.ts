/** The same law for both protocols, against the collector itself: every event once, in order. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, startCollector } from "@caum/collector";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createObserver, type ObserverProblem } from "../../src/index.ts";
import { loadWriterKey } from "../../src/machine.ts";
import { createHttpTransport, type Transport } from "../../src/report/upstream/http-transport.ts";
import { parseVerifierKey, verifyBundle } from "../../src/verify.ts";

let folder: string;
let collector: Collector;
const problems: ObserverProblem[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-real-"));
  collector = await startCollector({ data: join(folder, "data"), port: 0, env: {} });
  problems.length = 0;
});

afterEach(async () => {
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
});

type Protocol = "runs" | "live";

function observer(protocol: Protocol, transport: Transport = createHttpTransport()) {
  return createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home: join(folder, "home"),
    env: {},
    upstream: { url: collector.url, apiKey: collector.apiKey, protocol },
    transport,
    onProblem: (problem) => problems.push(problem),
  });
}

/** Does to the n-th request what `trouble` says, and nothing to the others. */
function troubled(trouble: readonly ("lost" | "answer_lost" | undefined)[]): Transport {
  const transport = createHttpTransport();
  let request = 0;
  return async (sent) => {
    const kind = trouble[request++];
    if (kind === "lost") throw new Error("lost on the way");
    const answer = await transport(sent);
    if (kind === "answer_lost") throw new Error("the answer was lost");
    return answer;
  };
}

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `tool-${from + index}`);

function observeTools(seen: ReturnType<typeof observer>, from: number, to: number): void {
  for (const tool of names(from, to)) seen.observe("s", { tool, status: "ok" });
}

async function get(path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${collector.apiKey}` };
  return fetch(new URL(path, collector.url), { headers });
}

interface Exported {
  readonly id: string;
  readonly verdict: string;
  readonly tools: readonly string[];
  readonly signers: readonly string[];
}

/** All sessions as an auditor gets them: exported, verified offline, read line by line. */
async function exported(others: readonly string[] = []): Promise<readonly Exported[]> {
  const { sessions } = (await (await get("/v1/sessions")).json()) as {
    sessions: { session_id: string }[];
  };
  const all: Exported[] = [];
  for (const { session_id: id } of sessions) {
    const tar = Buffer.from(await (await get(`/v1/session/${id}/bundle`)).arrayBuffer());
    const path = join(folder, "bundle.tar");
    writeFileSync(path, tar);
    const { verdict, signedBy } = verifyBundle(path, {
      keys: [collector.verifierKey, ...others].map(parseVerifierKey),
    });
    const tools = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.includes('"category":"tool_api"') && line.startsWith("{"))
      .map((line) => JSON.parse(line).payload.toolName);
    const signers = signedBy.map(({ role }) => role).sort();
    all.push({ id, verdict, tools, signers });
  }
  return all;
}

describe.each<Protocol>(["runs", "live"])("over %s", (protocol) => {
  test("what is observed arrives, once, in order, in a chain that verifies", async () => {
    const seen = observer(protocol);
    observeTools(seen, 0, 120);
    await seen.flush();
    observeTools(seen, 120, 130);
    const result = await seen.close();
    expect(result).toMatchObject({ accepted: 132, duplicate: 0, rejected: 0, spooled: 0 });
    const [session, ...others] = await exported();
    expect(others).toEqual([]);
    expect(session?.tools).toEqual(names(0, 130));
    expect(session?.verdict).toMatch(/^ok/);
    expect(problems).toEqual([]);
  });

  test("requests and answers that are lost change nothing of it", async () => {
    const seen = observer(
      protocol,
      troubled([undefined, "answer_lost", "lost", undefined, "answer_lost", "answer_lost"]),
    );
    for (let from = 0; from < 100; from += 20) {
      observeTools(seen, from, from + 20);
      await seen.flush();
    }
    await seen.flush();
    const result = await seen.close();
    expect(result).toMatchObject({ rejected: 0, spooled: 0, dropped: 0 });
    expect((await exported()).flatMap(({ tools }) => tools)).toEqual(names(0, 100));
  });

  test("a collector that is down, then up, gets everything", async () => {
    const { url, data } = collector;
    await collector.close();
    const seen = observer(protocol);
    observeTools(seen, 0, 60);
    expect(await seen.flush()).toMatchObject({ accepted: 0, spooled: 61 });
    collector = await startCollector({ data, port: Number(new URL(url).port), env: {} });
    observeTools(seen, 60, 80);
    const result = await seen.close();
    expect(result).toMatchObject({ accepted: 82, spooled: 0 });
    expect((await exported()).flatMap(({ tools }) => tools)).toEqual(names(0, 80));
  });

  test("what one observer could not deliver the next one does, into the same session", async () => {
    const first = observer(protocol, troubled([...Array(3), ...Array(200).fill("answer_lost")]));
    observeTools(first, 0, 30);
    await first.close();
    const second = observer(protocol);
    await second.flush();
    await second.close();
    const sessions = await exported();
    expect(sessions.flatMap(({ tools }) => tools)).toEqual(names(0, 30));
  });

  test("a wrong key is told and keeps everything", async () => {
    const seen = createObserver({
      writer: "test",
      writerVersion: "1.0.0",
      layer: "framework",
      view: "full",
      home: join(folder, "home"),
      env: {},
      upstream: { url: collector.url, apiKey: "caum_live_wrong", protocol },
      onProblem: (problem) => problems.push(problem),
    });
    observeTools(seen, 0, 10);
    expect(await seen.close()).toMatchObject({ accepted: 0, spooled: 12 });
    expect(problems.map(({ code }) => code)).toEqual(["key_refused"]);
  });
});

test("at close the collector's signature is checked, kept, and co-signed by the writer", async () => {
  const seen = observer("runs");
  observeTools(seen, 0, 20);
  await seen.flush();
  const other = observer("runs");
  other.observe("s", { tool: "other", status: "ok" });
  await other.flush();
  await seen.close();
  await other.close();
  expect(problems).toEqual([]);
  const home = join(folder, "home");
  const kept = readdirSync(join(home, "upstream"), { recursive: true, encoding: "utf8" });
  expect(kept.some((name) => name.endsWith("checkpoint.note"))).toBe(true);
  expect(kept.filter((name) => name.endsWith(".tlog-proof"))).toHaveLength(2);
  const [session] = await exported([loadWriterKey({ home }).vkey]);
  expect(session?.signers).toEqual(["co-signed", "signed"]);
});
