import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expireAll } from "../../src/operation/retention.ts";
import { type Client, startClient } from "../client.ts";
import { until } from "../memory/until.ts";
import { isFolderStore, openStoreIn } from "../store-choice.ts";

const DAY_MS = 86_400_000;

let client: Client;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-deleted-"));
  client = await startClient({ data: folder });
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every file of the data folder, freed pages and logs with it. */
function bytesHold(needle: string): readonly string[] {
  return readdirSync(folder).filter((name) => {
    return /^caum\.db/.test(name) && readFileSync(join(folder, name)).includes(needle);
  });
}

async function record(session: string, steps: number): Promise<void> {
  for (let step = 1; step <= steps; step++) {
    const names = { tool: `${session}_tool_${step}`, agent_name: `${session}_agent` };
    const body = { session_id: session, step, ...names, workflow: `${session}_flow` };
    expect((await client.post("/v1/step", body)).status).toBe(200);
  }
}

/** What stood in the records of a session, and in the row of the session itself. */
const NAMES = ["_tool_", "_agent", "_flow"];

test.skipIf(!isFolderStore)("a deleted session is in no byte of the database's files", async () => {
  await record("canary-gone", 120);
  await record("canary-kept", 3);
  expect(bytesHold("canary-gone")).not.toEqual([]);
  expect(
    (await client.request("DELETE", "/v1/session/canary-gone", { headers: client.admin })).status,
  ).toBe(200);
  for (const name of ["canary-gone", ...NAMES.map((each) => `canary-gone${each}`)]) {
    expect(bytesHold(name), name).toEqual([]);
  }
  expect(bytesHold("canary-kept_tool_")).not.toEqual([]);
});

test.skipIf(!isFolderStore)("nor is one that was over and remembered", async () => {
  await record("canary-over", 30);
  expect((await client.post("/v1/session/canary-over/end", {})).status).toBe(200);
  const known = async () => {
    const { body } = await client.get("/v1/workflows?kind=agent");
    return body.workflows.some(({ name }: { name: string }) => name === "canary-over_agent");
  };
  await until(known);
  await client.request("DELETE", "/v1/session/canary-over", { headers: client.admin });
  expect(await known()).toBe(false);
  for (const name of ["canary-over", ...NAMES.map((each) => `canary-over${each}`)]) {
    expect(bytesHold(name), name).toEqual([]);
  }
});

test.skipIf(!isFolderStore)("what retention took away is in none either", async () => {
  await record("canary-old", 120);
  const days = { method: "PUT", headers: { ...client.admin, "content-type": "application/json" } };
  await client.request("PUT", "/v1/retention", { ...days, body: JSON.stringify({ days: 1 }) });
  await client.collector.close();
  const store = await openStoreIn(folder);
  await expireAll(store, Date.now() + 3 * DAY_MS);
  expect(bytesHold("canary-old_tool_")).toEqual([]);
  await store.close();
  expect(bytesHold("canary-old_tool_")).toEqual([]);
});
