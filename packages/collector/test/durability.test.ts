import { randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, serve } from "./served.ts";
import { compileSlowDisk } from "./slow-disk.ts";
import { isFolderStore } from "./store-choice.ts";

/** Rounds of SIGKILL; more of them at night. */
const ROUNDS = Number(process.env.CAUM_KILL_ROUNDS ?? 20);
const CALLERS = 16;
const SESSIONS = 5;

let folder: string;
let shim: string | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-durable-"));
  shim = compileSlowDisk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function eventOf(at: number) {
  return {
    eventId: randomUUID(),
    agentId: "agent",
    sessionId: `session-${at % SESSIONS}`,
    sourceTimestamp: new Date().toISOString(),
    category: "tool_api",
    schemaVersion: "1.0",
    payload: { toolName: "tool", status: "ok", argumentsHash: `${at}` },
  };
}

type Event = ReturnType<typeof eventOf>;

/** Posts until the process is gone; answers what was acknowledged. */
async function postUntilKilled(served: Served): Promise<Event[]> {
  const acknowledged: Event[] = [];
  let at = 0;
  const caller = async () => {
    for (;;) {
      const event = eventOf(at++);
      const answer = await served.post("/v1/events", event).catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status === 202) acknowledged.push(event);
      await answer.text().catch(() => "");
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return acknowledged;
}

async function expectAllThere(served: Served, events: readonly Event[]): Promise<void> {
  const lost: string[] = [];
  const waiting = [...events];
  const caller = async () => {
    for (let event = waiting.pop(); event !== undefined; event = waiting.pop()) {
      const answer = await served.post("/v1/events", event);
      const { duplicate, conflict } = (await answer.json()) as Record<string, boolean>;
      if (duplicate !== true || conflict !== false) lost.push(event.eventId);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  expect(lost).toEqual([]);
}

async function expectChainsHold(served: Served, sessions: readonly string[]): Promise<void> {
  for (const session of sessions) {
    const answer = await served.get(`/v1/session/${session}/bundle`);
    const path = join(folder, `${session}.tar`);
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    const verification = verifyBundle(path, { keys: [parseVerifierKey(served.verifierKey)] });
    expect(verification).toMatchObject({ verdict: "ok-open", findings: [] });
  }
}

test(`nothing that was acknowledged is lost in ${ROUNDS} rounds of SIGKILL`, {
  timeout: 300_000,
}, async () => {
  const data = join(folder, "killed");
  let previous: Event[] = [];
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const served = await serve(data);
    await expectAllThere(served, previous);
    const posting = postUntilKilled(served);
    await new Promise((resolve) => setTimeout(resolve, randomInt(20, 250)));
    await served.kill("SIGKILL");
    previous = await posting;
    acknowledged += previous.length;
  }
  expect(acknowledged).toBeGreaterThan(ROUNDS);
  const served = await serve(data);
  await expectAllThere(served, previous);
  await expectChainsHold(
    served,
    Array.from({ length: SESSIONS }, (_, at) => `session-${at}`),
  );
  await served.kill("SIGTERM");
});

test.skipIf(!isFolderStore)("no answer is faster than the disk's flush", async (context) => {
  if (shim === undefined) return context.skip();
  const served = await serve(join(folder, "slow"), { LD_PRELOAD: shim, TEST_FSYNC_MS: "30" });
  const times = await Promise.all(
    Array.from({ length: 20 }, async (_, at) => {
      const started = performance.now();
      const answer = await served.post("/v1/events", eventOf(at));
      expect(answer.status).toBe(202);
      return performance.now() - started;
    }),
  );
  expect(Math.min(...times)).toBeGreaterThanOrEqual(30);
  await served.kill("SIGTERM");
});

test.skipIf(!isFolderStore)(
  "a full disk is answered, reads go on, and it recovers without a restart",
  async (context) => {
    if (shim === undefined) return context.skip();
    const marker = join(folder, "full");
    const served = await serve(join(folder, "filled"), {
      LD_PRELOAD: shim,
      TEST_FULL_MARKER: marker,
    });
    const first = eventOf(0);
    expect((await served.post("/v1/events", first)).status).toBe(202);
    writeFileSync(marker, "");
    for (let at = 1; at < 4; at++) {
      const answer = await served.post("/v1/events", eventOf(0));
      expect([503, 507]).toContain(answer.status);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      const read = await served.get("/v1/session/session-0");
      expect(read.status).toBe(200);
    }
    rmSync(marker);
    expect((await served.post("/v1/events", eventOf(0))).status).toBe(202);
    await expectAllThere(served, [first]);
    await expectChainsHold(served, ["session-0"]);
    await served.kill("SIGTERM");
  },
);

test.skipIf(!isFolderStore)(
  "a folder in use is refused with its owner, and free again after SIGKILL",
  async () => {
    const data = join(folder, "owned");
    const served = await serve(data);
    const { openSqliteStore } = await import("../src/store/sqlite/sqlite-store.ts");
    await expect(openSqliteStore(data)).rejects.toThrow(`process ${served.child.pid}`);
    await served.kill("SIGKILL");
    const store = await openSqliteStore(data);
    await store.close();
  },
);

test("SIGTERM answers what was sent and gives the folder back", async () => {
  const data = join(folder, "drained");
  const served = await serve(data);
  const answers = Array.from({ length: 50 }, (_, at) => served.post("/v1/events", eventOf(at)));
  const first = await Promise.race(answers);
  expect(first.status).toBe(202);
  await served.kill("SIGTERM");
  expect(served.child.exitCode).toBe(0);
  const statuses = await Promise.all(
    answers.map((answer) =>
      answer.then(
        ({ status }) => status,
        () => 0,
      ),
    ),
  );
  const stored = statuses.filter((status) => status === 202).length;
  const again = await serve(data);
  const list = (await (await again.get("/v1/sessions")).json()) as {
    sessions: { events: number }[];
  };
  const events = list.sessions.reduce((sum, session) => sum + session.events, 0);
  expect(events).toBeGreaterThanOrEqual(stored);
  await again.kill("SIGTERM");
});
