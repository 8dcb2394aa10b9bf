import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usageAnswer } from "@caum/core/protocol";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CollectorOptions } from "../../src/index.ts";
import { type Client, startClient } from "../client.ts";
import { recordRun } from "../native-lines.ts";
import {
  type Account,
  accountWith,
  DAY_MS,
  HOUR_MS,
  machineClocks,
  NOON,
  register,
} from "./account.ts";

const TRIAL_DAYS = 14;

let folder: string;
let machine: ReturnType<typeof machineClocks>;
let client: Client;
let account: Account;

function start(more: Partial<CollectorOptions> = {}): Promise<Client> {
  const { clock, uptime } = machine;
  return startClient({ data: folder, trialDays: TRIAL_DAYS, clock, uptime, env: {}, ...more });
}

async function restart(offMs = 0, setTo?: number): Promise<void> {
  await client.stop();
  machine.reboot(offMs);
  if (setTo !== undefined) machine.set(setTo);
  client = await start();
  account = accountWith(client, account.id, account.apiKey);
}

/** The step number is the hour, so that each is a new one. */
let steps = 0;
async function statusOfStep(): Promise<number> {
  steps += 1;
  return (await account.step("s", steps)).status;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-trial-"));
  machine = machineClocks();
  client = await start();
  account = await register(client);
});

afterEach(async () => {
  await client.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a trial lasts as many days as it says", async () => {
  expect(await account.usage()).toMatchObject({
    plan: "trial",
    trial: { active: true, expires_at: "2026-03-15T12:00:00.000Z", days_left: 14 },
  });
  machine.wait(TRIAL_DAYS * DAY_MS - HOUR_MS);
  expect(await statusOfStep()).toBe(200);
  expect((await account.usage()).trial).toMatchObject({ active: true, days_left: 1 });
  machine.wait(HOUR_MS);
  expect(await statusOfStep()).toBe(402);
  expect((await account.usage()).trial).toMatchObject({ active: false, days_left: 0 });
});

test("every door that takes events answers the documented 402, and nothing else does", async () => {
  const { key } = account;
  const { runId, lines } = await recordRun("native", 3);
  machine.wait(TRIAL_DAYS * DAY_MS - HOUR_MS);
  const live = (await client.post("/v2/live/start", { agent_id: "a" }, key)).body;
  await statusOfStep();
  machine.wait(HOUR_MS);
  const { session_token, session } = live;
  const { session_id } = session;
  const event = {
    eventId: "550e8400-e29b-41d4-a716-446655440000",
    agentId: "a",
    sessionId: "s",
    sourceTimestamp: "2026-01-01T00:00:00Z",
    category: "tool_api",
    schemaVersion: "1.0",
    payload: { toolName: "t" },
  };
  const ndjson = { ...key, "content-type": "application/x-ndjson" };
  const refused = [
    await account.step("s", 99),
    await client.post("/v1/session/s/end", {}, key),
    await client.post("/v2/live/start", {}, key),
    await client.post("/v2/live/event", { session_id, session_token, event: { tool: "t" } }, key),
    await client.post(
      "/v2/live/batch",
      { session_id, session_token, events: [{ tool: "t" }] },
      key,
    ),
    await client.post("/v1/events", event, key),
    await client.post("/v1/events/batch", `${JSON.stringify(event)}\n`, ndjson),
    await client.post(`/v1/runs/${runId}/records`, lines.join("\n"), ndjson),
  ];
  for (const answer of refused) {
    expect(answer.status).toBe(402);
    expect(answer.body).toEqual({
      error: "trial_expired",
      message: `Trial expired. Upgrade at ${client.collector.url}/upgrade`,
      upgrade_url: `${client.collector.url}/upgrade`,
    });
  }
  expect((await client.get("/upgrade", {})).status).toBe(200);
  for (const path of ["/v1/sessions", "/v1/session/s", "/v1/session/s/receipt", "/v1/usage"]) {
    expect((await client.get(path, key)).status, path).toBe(200);
  }
});

test("what was recorded in a trial is exported and verified after it", async () => {
  await statusOfStep();
  machine.wait(TRIAL_DAYS * DAY_MS);
  expect(await statusOfStep()).toBe(402);
  const bundle = await fetch(`${client.collector.url}/v1/session/s/bundle`, {
    headers: account.key,
  });
  const path = join(folder, "bundle.tar");
  writeFileSync(path, Buffer.from(await bundle.arrayBuffer()));
  const keys = [parseVerifierKey(client.collector.verifierKey)];
  expect(verifyBundle(path, { keys }).verdict).toBe("ok-open");
});

test("usage has the documented form", async () => {
  await statusOfStep();
  const usage = await account.usage();
  expect(usageAnswer.strict().parse(usage)).toEqual(usage);
  expect(usage).toMatchObject({ sessions: 1, steps: 1, events: 2, alerts: 0, dropped_events: 0 });
  expect((await client.get("/v1/usage", {})).status).toBe(401);
});

test("accounts that are not on trial never meet a 402", async () => {
  machine.wait(1_000 * DAY_MS);
  const step = { session_id: "own", step: 1, tool: "bash" };
  expect((await client.post("/v1/step", step)).status).toBe(200);
  expect((await client.get("/v1/usage")).body).toMatchObject({
    plan: "self_hosted",
    trial: { active: false, expires_at: null, days_left: null },
  });
});

test("a clock that is set back extends no trial, at once, later or over a restart", async () => {
  for (let day = 0; day < TRIAL_DAYS; day++) {
    expect(await statusOfStep()).toBe(200);
    machine.wait(DAY_MS);
    machine.set(NOON - day * 365 * DAY_MS);
    if (day % 7 === 0) await restart(0, NOON - 3_650 * DAY_MS);
  }
  expect(await statusOfStep()).toBe(402);
  await restart(0, NOON - 3_650 * DAY_MS);
  expect(await statusOfStep()).toBe(402);
  await restart(0, NOON);
  expect(await statusOfStep()).toBe(402);
});

test("a clock that is set ten years ahead and back takes a day, not the trial", async () => {
  machine.set(NOON + 3_650 * DAY_MS);
  expect(await statusOfStep()).toBe(200);
  machine.set(NOON);
  expect(await statusOfStep()).toBe(200);
  await restart();
  expect((await account.usage()).trial).toMatchObject({ active: true, days_left: 13 });
  for (let day = 0; day < 13; day++) {
    expect(await statusOfStep()).toBe(200);
    machine.wait(DAY_MS);
  }
  expect(await statusOfStep()).toBe(402);
});

test("days on which the collector does not run take a day together", async () => {
  await restart(30 * DAY_MS);
  expect((await account.usage()).trial).toMatchObject({ active: true, days_left: 13 });
  expect(await statusOfStep()).toBe(200);
});

test("a trial does not begin anew when the same address registers again", async () => {
  machine.wait(TRIAL_DAYS * DAY_MS);
  const again = await client.post("/v1/register", { email: "A@B.example " }, account.key);
  expect(again.body).toMatchObject({ account_id: account.id, plan: "trial" });
  const other = accountWith(client, account.id, again.body.api_key);
  expect((await other.step("s", 1)).status).toBe(402);
});

test("a collector that is started without trials still ends those that began", async () => {
  await client.stop();
  machine.wait(TRIAL_DAYS * DAY_MS);
  machine.reboot();
  client = await start({ trialDays: undefined });
  account = accountWith(client, account.id, account.apiKey);
  expect((await account.usage()).trial.days_left).toBe(13);
  machine.wait(13 * DAY_MS);
  expect(await statusOfStep()).toBe(402);
});

test("an operator who takes no payments lets accounts go on, and the pages say how", async () => {
  await client.stop();
  machine.wait(TRIAL_DAYS * DAY_MS);
  machine.reboot();
  client = await start({ withoutTrials: true });
  account = accountWith(client, account.id, account.apiKey);
  machine.wait(TRIAL_DAYS * DAY_MS);
  expect(await statusOfStep()).toBe(200);
  expect((await account.usage()).trial.active).toBe(false);
  expect((await client.get("/upgrade", {})).text).toContain("caum up --without-trials");
});

test("the operator names the page where people upgrade", async () => {
  await client.stop();
  machine.wait(TRIAL_DAYS * DAY_MS);
  machine.reboot();
  client = await start({ env: { CAUM_UPGRADE_URL: "https://caum.systems/pilot/" } });
  account = accountWith(client, account.id, account.apiKey);
  machine.wait(TRIAL_DAYS * DAY_MS);
  expect((await account.step("s", 1)).body).toEqual({
    error: "trial_expired",
    message: "Trial expired. Upgrade at https://caum.systems/pilot/",
    upgrade_url: "https://caum.systems/pilot/",
  });
});
