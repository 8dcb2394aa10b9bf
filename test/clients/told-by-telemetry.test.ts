/** A run that hooks and the client's own exporter tell of: one session, each call once. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCollector } from "@caum/collector";
import { Signer } from "@caum/core/collector";
import { replay as judge, NOTHING_YET, summarize } from "@caum/core/health";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  hasServer,
  startServer,
  type TestServer,
  tellMissing,
} from "../../packages/collector/test/postgres-server.ts";
import { eventsOf, type Replayed, replay, toolRecords } from "./replay.ts";
import { bodyOf, bodyOfCalls, type ToldCall } from "./telemetry-bodies.ts";

/** Between two events of the hooks. */
const GAP_MS = 500;
/** When they begin; see `replay.ts`. */
const START = Date.parse("2026-11-28T14:30:00Z");

interface Case {
  readonly name: string;
  readonly hooked: () => Promise<Replayed>;
  /** What the exporter sends to `/v1/logs` and `/v1/traces`, in its order. */
  readonly logs: () => readonly string[];
  readonly traces?: () => readonly string[];
}

/**
 * What the client's log records say of the calls that its hooks told of. They come a little before or
 * after the hook of the same call.
 */
function toldCalls(client: "claude-code" | "qwen-code"): readonly ToldCall[] {
  const calls = new Map<string, ToldCall>();
  for (const [at, event] of eventsOf(client).entries()) {
    const { hook_event_name: name, tool_name: tool } = event;
    const id = String(event.tool_call_id ?? event.tool_use_id);
    if (name !== "PostToolUse" && name !== "PostToolUseFailure") continue;
    const atMs = START + at * GAP_MS + (at % 2 === 0 ? -140 : 140);
    const failed = name === "PostToolUseFailure";
    calls.set(id, { id, tool: String(tool), failed, atMs });
  }
  return [...calls.values()];
}

const sessionOf = (client: string) => String(eventsOf(client)[0]?.session_id);

/** In bodies of three calls, as a short schedule delay sends them. */
function bodiesOf(client: "claude-code" | "qwen-code"): readonly string[] {
  const calls = toldCalls(client);
  const parts: string[] = [];
  for (let at = 0; at < calls.length; at += 3) {
    parts.push(bodyOfCalls(client, sessionOf(client), calls.slice(at, at + 3)));
  }
  return parts;
}

const CASES: readonly Case[] = [
  {
    name: "Claude Code",
    hooked: () => replay("claude-code", eventsOf("claude-code"), { gapMs: GAP_MS }),
    logs: () => bodiesOf("claude-code"),
  },
  {
    name: "Codex",
    hooked: () => replay("codex", eventsOf("codex"), { gapMs: GAP_MS }),
    logs: () => [bodyOf("codex.logs.json")],
  },
  {
    name: "Qwen Code",
    hooked: () => replay("qwen-code", eventsOf("qwen-code"), { gapMs: GAP_MS }),
    logs: () => bodiesOf("qwen-code"),
  },
  {
    name: "GitHub Copilot CLI, whose hooks name no calls",
    hooked: () =>
      replay("copilot-cli", eventsOf("copilot"), {
        eventOf: ({ hook_event: name }) => String(name),
      }),
    logs: () => [],
    traces: () => [bodyOf("copilot.traces.json")],
  },
  {
    name: "Gemini CLI, which names no calls at all",
    hooked: async () => {
      const all = eventsOf("gemini-cli");
      const first = all.filter(({ session_id: id }) => id === all[0]?.session_id);
      return replay("gemini-cli", first);
    },
    logs: () => [bodyOf("gemini-cli.logs.json")],
  },
];

interface Sent {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** The runs of a home, in pieces of ten records. */
function runsOf(home: string): readonly Sent[] {
  return readdirSync(join(home, "runs")).flatMap((run) => {
    const lines = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8")
      .trim()
      .split("\n");
    const parts: Sent[] = [];
    for (let at = 0; at < lines.length; at += 10) {
      const body = `${lines.slice(at, at + 10).join("\n")}\n`;
      parts.push({ path: `/v1/runs/${run}/records`, type: "application/x-ndjson", body });
    }
    return parts;
  });
}

function telemetryOf({ logs, traces }: Case): readonly Sent[] {
  const type = "application/json";
  return [
    ...logs().map((body) => ({ path: "/v1/logs", type, body })),
    ...(traces?.() ?? []).map((body) => ({ path: "/v1/traces", type, body })),
  ];
}

function byTurns(one: readonly Sent[], other: readonly Sent[]): readonly Sent[] {
  const longest = Math.max(one.length, other.length);
  return Array.from({ length: longest }, (_, at) => [one[at], other[at]])
    .flat()
    .filter((sent) => sent !== undefined);
}

const ORDERS = {
  "hooks first": (hooks: readonly Sent[], telemetry: readonly Sent[]) => [...hooks, ...telemetry],
  "telemetry first": (hooks: readonly Sent[], telemetry: readonly Sent[]) => [
    ...telemetry,
    ...hooks,
  ],
  "by turns": byTurns,
} as const;

interface Listed {
  readonly session_id: string;
  readonly steps: number;
  readonly layers: readonly string[];
}

interface Report {
  readonly total_steps: number;
  readonly loops: readonly { readonly rule: string; readonly cycles: number }[];
}

interface Told extends Listed {
  /** Steps by the report at the end. */
  readonly reported: number;
  readonly loops: readonly string[];
}

interface Place {
  /** PostgreSQL, where it is not a folder. */
  readonly database?: string;
  readonly home?: string;
  /** The digest key of the machine, where the home does not have it. */
  readonly key?: string;
}

async function collect(place: Place, sent: readonly Sent[]): Promise<readonly Told[]> {
  const data = mkdtempSync(join(tmpdir(), "caum-told-"));
  const { database, home = join(data, "home"), key } = place;
  const collector = await startCollector({
    data: join(data, "collector"),
    home,
    port: 0,
    eventsPerSecond: 0,
    env: {
      CAUM_SIGNING_KEY: Signer.format("test", Buffer.alloc(32, 7)),
      ...(key !== undefined && { CAUM_DIGEST_KEY: key }),
    },
    ...(database !== undefined && { database }),
  });
  try {
    await collector.adopted;
    const authorization = `Bearer ${collector.apiKey}`;
    for (const { path, type, body } of sent) {
      const headers = { authorization, "content-type": type };
      const answer = await fetch(`${collector.url}${path}`, { method: "POST", headers, body });
      expect(answer.status, await answer.text()).toBe(200);
    }
    const headers = { authorization };
    const asked = await fetch(`${collector.url}/v1/sessions?limit=100`, { headers });
    // The collector checks its answers against the schemas of its doors.
    const { sessions } = (await asked.json()) as { readonly sessions: readonly Listed[] };
    const reports = sessions.map(async (session): Promise<Told> => {
      const path = `/v1/session/${session.session_id}/end`;
      const report = await fetch(`${collector.url}${path}`, { method: "POST", headers });
      const { total_steps: reported, loops } = (await report.json()) as Report;
      return { ...session, reported, loops: loops.map(({ rule, cycles }) => `${rule} ${cycles}`) };
    });
    return await Promise.all(reports);
  } finally {
    await collector.close();
    rmSync(data, { recursive: true, force: true });
  }
}

function keyOf(home: string): string {
  return readFileSync(join(home, "keys", "digest.key"), "utf8").trim();
}

/** The list and the report at the end say of the one session what the hooks alone say of it. */
function compare(told: readonly Told[], { records }: Replayed): void {
  const calls = toolRecords(records);
  const summary = [...judge(records)].reduce(
    (sum, assessment) => summarize(sum, assessment),
    NOTHING_YET,
  );
  const loops = summary.loops.map(({ rule, cycles }) => `${rule} ${cycles}`);
  const steps = calls.length;
  const session = calls[0]?.sessionId;
  expect(told).toMatchObject([{ session_id: session, steps, reported: steps, loops }]);
  expect(told[0]?.layers.toSorted()).toEqual(["hook", "telemetry"]);
}

describe.each(CASES)("$name", (one) => {
  test.each(Object.entries(ORDERS))("%s: one session, each call once", async (_name, order) => {
    const hooked = await one.hooked();
    const sent = order(runsOf(hooked.home), telemetryOf(one));
    compare(await collect({ key: keyOf(hooked.home) }, sent), hooked);
    rmSync(hooked.home, { recursive: true });
  });
});

test("the collector of a home has its key: what was recorded there is joined", async () => {
  const [one] = CASES;
  if (one === undefined) throw new Error("there is a first case");
  const hooked = await one.hooked();
  compare(await collect({ home: hooked.home }, telemetryOf(one)), hooked);
  rmSync(hooked.home, { recursive: true });
});

test("a collector that has another key tells of two sessions", async () => {
  const [one] = CASES;
  if (one === undefined) throw new Error("there is a first case");
  const hooked = await one.hooked();
  const listed = await collect({}, [...runsOf(hooked.home), ...telemetryOf(one)]);
  expect(listed.flatMap(({ layers }) => layers).toSorted()).toEqual(["hook", "telemetry"]);
  rmSync(hooked.home, { recursive: true });
});

describe.skipIf(!hasServer)("on PostgreSQL", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  }, 120_000);
  afterAll(() => server?.stop());

  test.each(CASES.slice(0, 4))("$name is one session in any order", async (one) => {
    for (const order of Object.values(ORDERS)) {
      const hooked = await one.hooked();
      const database = await server.emptyDatabase();
      const sent = order(runsOf(hooked.home), telemetryOf(one));
      compare(await collect({ database, key: keyOf(hooked.home) }, sent), hooked);
      rmSync(hooked.home, { recursive: true });
    }
  });
});

tellMissing();
