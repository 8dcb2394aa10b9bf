import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { advisoryOf } from "../../src/alerts/advisory.ts";
import type { EventOutcome, KeptSessionFacts } from "../../src/ingest/intake.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";

const START = Date.parse("2026-01-01T00:00:00Z");
const SECOND_MS = 1_000;
const COOLDOWN_MS = 60 * SECOND_MS;
const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };

let folder: string;
let store: Store;
let sent: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-firing-"));
  store = await openSqliteStore(folder);
  sent = 0;
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function watch(...conditions: readonly string[]): Promise<void> {
  await watchFor(0, conditions);
}

async function watchFor(dwellSteps: number, conditions: readonly string[]): Promise<void> {
  const rules = conditions.map((condition, at) => ({
    id: `rule_${at}`,
    condition,
    actionType: "webhook" as const,
    destination: "https://hooks.example.com/",
    cooldownMs: COOLDOWN_MS,
    dwellSteps,
    secretVersion: 1,
    secretRotatedMs: undefined,
    createdMs: START,
  }));
  await store.administer({ kind: "add_rules", tenant: 1, rules, max: 50 });
}

interface Call {
  readonly tool: string;
  readonly op: "read" | "search" | "write";
  readonly result: string;
  readonly status?: "ok" | "not_found";
}

interface Origin {
  readonly facts?: KeptSessionFacts;
  readonly server?: (at: number) => string;
}

/** So many calls, a second each; no two with the same arguments. */
async function observe(
  count: number,
  callOf: (at: number) => Call,
  { facts = { agentId: "agent" }, server }: Origin = {},
): Promise<EventOutcome[]> {
  const outcomes: EventOutcome[] = [];
  for (let at = 0; at < count; at++) {
    const number = sent++;
    const { tool, op, result, status = "ok" } = callOf(number);
    const receivedMs = START + number * SECOND_MS;
    const outcome = await store.submit({
      kind: "event",
      tenant: 1,
      receivedMs,
      sessionId: "s",
      facts,
      keys: KEYS,
      draft: {
        category: "tool_api",
        sourceTimestamp: new Date(receivedMs).toISOString(),
        payload: {
          toolName: tool,
          op,
          status,
          argumentsNormHash: digest(`arguments ${number}`),
          argumentsBytes: 40,
          resultNormHash: digest(result),
          resultBytes: status === "ok" ? 500 : 0,
          ...(server && { serverTag: server(number) }),
        },
      },
      asksRoot: false,
    });
    if (outcome.kind !== "event") throw new Error("not accepted");
    outcomes.push(outcome);
  }
  return outcomes;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const TOOLS = [
  { tool: "read", op: "read" },
  { tool: "grep", op: "search" },
  { tool: "edit", op: "write" },
] as const;

const working = (at: number): Call => ({ ...(TOOLS[at % 3] ?? TOOLS[0]), result: `result ${at}` });
/** Looks for one thing after the other and finds none of them: worse and worse, but no loop. */
const searching = (): Call => ({
  tool: "search",
  op: "search",
  result: "none",
  status: "not_found",
});

/** The steps with which something fired. */
function firings(outcomes: readonly EventOutcome[]): number[] {
  return outcomes
    .filter(({ rulesFired }) => rulesFired.length > 0)
    .map(({ standing }) => standing.step);
}

function firstStepIn(tier: string, outcomes: readonly EventOutcome[]): number {
  return outcomes.find(({ standing }) => standing.tier === tier)?.standing.step ?? Number.NaN;
}

test("a healthy session fires nothing, from its first step on", async () => {
  await watch("tier>=T3", "tier>=T4", "tier=T5", "uds<0.5", "class=hard_alert", "regime=GRIND");
  expect(firings(await observe(60, working))).toEqual([]);
});

test("entering T4 from T3 fires tier>=T4 once, with the step that enters", async () => {
  await watch("tier>=T4");
  const outcomes = [...(await observe(12, working)), ...(await observe(60, searching))];
  const entered = firstStepIn("T4", outcomes);
  expect(firstStepIn("T3", outcomes)).toBeLessThan(entered);
  expect(outcomes.every(({ standing }) => standing.publicClass !== "hard_alert")).toBe(true);
  expect(firings(outcomes)).toEqual([entered]);
});

test("a rule with a dwell fires when its condition has held for so many steps", async () => {
  await watchFor(3, ["tier>=T4"]);
  const outcomes = [...(await observe(12, working)), ...(await observe(60, searching))];
  expect(firings(outcomes)).toEqual([firstStepIn("T4", outcomes) + 2]);
});

test("falling back and entering again fires again after the cooldown", async () => {
  await watch("tier>=T4");
  const [first] = firings([...(await observe(12, working)), ...(await observe(40, searching))]);
  const back = await observe(40, working);
  expect(back.at(-1)?.standing.tier).toBe("T1");
  const [second, ...others] = firings(await observe(60, searching));
  expect(others).toEqual([]);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(COOLDOWN_MS / SECOND_MS);
});

test("entering again within the cooldown fires when it is over", async () => {
  await watch("uds<0.95");
  const [first] = firings([...(await observe(12, working)), ...(await observe(8, searching))]);
  await observe(12, working);
  const [second, ...others] = firings(await observe(80, searching));
  expect(others).toEqual([]);
  expect(second).toBe((first ?? 0) + COOLDOWN_MS / SECOND_MS);
});

test("a rule for an agent, a workflow and a server sees sessions that have all three", async () => {
  await watch(
    "steps>2 and agent=Helper and server=github and workflow=tickets",
    "steps>2 and agent=agent",
    "steps>2 and agent=other",
    "steps>2 and server=mail",
  );
  const facts = { agentId: "agent", agentName: "Helper", workflow: "tickets" };
  // The server is called with the third step for the first time.
  const outcomes = await observe(5, working, {
    facts,
    server: (at) => (at >= 2 ? "github" : "files"),
  });
  expect(outcomes.map(({ rulesFired }) => rulesFired)).toEqual([
    [],
    [],
    ["steps>2 and agent=Helper and server=github and workflow=tickets", "steps>2 and agent=agent"],
    [],
    [],
  ]);
});

test("an alert says which of several alternatives was met", async () => {
  await watch("class=hard_alert or steps>3", "cost>9 or steps>2 and tier>=T1");
  await observe(6, working);
  const alerts = await store.reader.alerts(1, { limit: 10 });
  const told = alerts.map(({ rule, facts }) => [rule, facts.condition, facts.story?.condition]);
  expect(told.toSorted()).toEqual([
    ["rule_0", "class=hard_alert or steps>3", "steps>3"],
    ["rule_1", "cost>9 or steps>2 and tier>=T1", "steps>2 and tier>=T1"],
  ]);
  const messages = alerts.map((alert) => advisoryOf(alert, "").message.split(". ")[0]);
  expect(messages.toSorted()).toEqual([
    "agent has made 3 steps, more than 2",
    "agent has made 4 steps, more than 3",
  ]);
});
