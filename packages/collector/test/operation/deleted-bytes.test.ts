import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Compaction } from "../../src/operation/compaction.ts";
import { expireAll } from "../../src/operation/retention.ts";
import { type Client, startClient } from "../client.ts";
import { until } from "../memory/until.ts";
import { recordRun } from "../native-lines.ts";
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

/** Pieces of all that is stored compressed, short enough that no page of the database cuts most of them. */
function compressedPieces(folder: string): readonly Buffer[] {
  const database = new DatabaseSync(join(folder, "caum.db"), { readOnly: true });
  const chunks = database.prepare("select count, body from record_chunks").all();
  const judgements = database.prepare("select state from judgements").all();
  database.close();
  const bodies = [
    // The leaves before it stay in tombstones.
    ...chunks.map(({ count, body }) =>
      Buffer.from(body as Uint8Array).subarray(Number(count) * 32),
    ),
    ...judgements.map(({ state }) => Buffer.from(state as Uint8Array)),
  ];
  return bodies.flatMap((body) =>
    Array.from({ length: Math.floor(body.length / 24) }, (_, at) =>
      body.subarray(at * 24, at * 24 + 24),
    ),
  );
}

function piecesLeft(folder: string, pieces: readonly Buffer[]): number {
  const files = readdirSync(folder).filter((name) => /^caum\.db/.test(name));
  const contents = files.map((name) => readFileSync(join(folder, name)));
  return pieces.filter((piece) => contents.some((content) => content.includes(piece))).length;
}

test.skipIf(!isFolderStore).each(["deleted", "expired"])(
  "nor is what stood compressed, when its session is %s",
  async (how) => {
    const folder = mkdtempSync(join(tmpdir(), "caum-compressed-"));
    const store = await openStoreIn(folder);
    const run = await recordRun("canary", 300);
    const receivedMs = Date.now();
    const place = { tenant: 1, receivedMs, sessionId: "canary", runId: run.runId };
    for (let at = 0; at < run.lines.length; at += 20) {
      const lines = run.lines.slice(at, at + 20);
      await store.submit({ kind: "records", ...place, lines });
    }
    const compaction = new Compaction({ store, clock: Date.now, onFailure: () => {} });
    expect(await compaction.round(0)).toBe(run.lines.length);
    const pieces = compressedPieces(folder);
    expect(pieces.length).toBeGreaterThan(100);
    expect(piecesLeft(folder, pieces)).toBeGreaterThan(pieces.length * 0.9);
    const command =
      how === "deleted"
        ? ({ kind: "delete_session", tenant: 1, sessionId: "canary" } as const)
        : ({ kind: "expire", tenant: 1, idleSinceMs: receivedMs + 1 } as const);
    expect(await store.administer(command)).toEqual({ kind: "done", value: 1 });
    expect(piecesLeft(folder, pieces)).toBe(0);
    await store.close();
    expect(piecesLeft(folder, pieces)).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  },
);
