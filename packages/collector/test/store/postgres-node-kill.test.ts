/** Nodes as processes of their own: they are killed in the middle of groups, and others go on. */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Signer } from "@caum/core/collector";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCollector } from "../../src/index.ts";
import { hasServer } from "../postgres-server.ts";
import { type Served, serve } from "../served.ts";
import { stopTestServer, testServer } from "./open-postgres.ts";

const ROUNDS = Number(process.env.CAUM_KILL_ROUNDS ?? 4);
const CALLERS = 12;
const SESSIONS = 3;

describe.skipIf(!hasServer)("nodes on one database", () => {
  let folder: string;
  let database: string;
  const key = Signer.format("test", randomBytes(32));
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "caum-nodes-"));
    database = await (await testServer()).emptyDatabase();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await stopTestServer();
  });

  const startNode = () => {
    return serve(folder, { TEST_DATABASE: database, CAUM_SIGNING_KEY: key });
  };

  test("are killed in the middle of groups, and nothing acknowledged is lost", {
    timeout: 120_000,
  }, async () => {
    const steady = await startNode();
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const doomed = await startNode();
      // The nodes have one account and one signing key.
      expect(doomed.apiKey).toBe(steady.apiKey);
      expect(doomed.verifierKey).toBe(steady.verifierKey);
      const state = { isOver: false };
      const posting = post([steady, doomed], state, acknowledged);
      await new Promise((resolve) => setTimeout(resolve, randomInt(100, 300)));
      await doomed.kill("SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 100));
      state.isOver = true;
      await posting;
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS * CALLERS);
    for (let session = 0; session < SESSIONS; session++) {
      const id = `session-${session}`;
      const answer = await steady.get(`/v1/session/${id}/bundle`);
      const path = join(folder, `${id}.tar`);
      writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
      const verification = verifyBundle(path, { keys: [parseVerifierKey(steady.verifierKey)] });
      expect(verification).toMatchObject({ verdict: "ok-open", findings: [] });
    }
    for (const eventId of acknowledged) {
      const answer = await steady.post("/v1/events", eventOf(0, eventId));
      expect(await answer.json()).toMatchObject({ duplicate: true });
    }
    await steady.kill("SIGTERM");
  });

  test("refuse to start without the signing key, or with another one", async () => {
    const start = (env: Record<string, string>) => {
      return startCollector({ data: join(folder, "none"), port: 0, database, env });
    };
    await expect(start({})).rejects.toThrow("--database needs CAUM_SIGNING_KEY");
    const other = Signer.format("test", randomBytes(32));
    await expect(start({ CAUM_SIGNING_KEY: other })).rejects.toThrow(
      "CAUM_SIGNING_KEY is another one than that of the nodes before",
    );
    const digest = { CAUM_SIGNING_KEY: key, CAUM_DIGEST_KEY: "d".repeat(64) };
    await expect(start(digest)).rejects.toThrow(
      "CAUM_DIGEST_KEY is another one than that of the nodes before",
    );
  });
});

/** Each event goes to the nodes in turn until one of them takes it. */
async function post(
  nodes: readonly Served[],
  state: { readonly isOver: boolean },
  acknowledged: string[],
): Promise<void> {
  let at = 0;
  const caller = async () => {
    while (!state.isOver) {
      const number = at++;
      const eventId = randomUUID();
      const event = eventOf(number, eventId);
      for (let attempt = number; ; attempt++) {
        const node = nodes[attempt % nodes.length] ?? nodes[0];
        const answer = await node?.post("/v1/events", event).catch(() => undefined);
        if (answer?.status === 202) break;
      }
      acknowledged.push(eventId);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

function eventOf(at: number, eventId: string) {
  return {
    eventId,
    agentId: "agent",
    sessionId: `session-${at % SESSIONS}`,
    sourceTimestamp: new Date().toISOString(),
    category: "tool_api",
    schemaVersion: "1.0",
    payload: { toolName: "tool", status: "ok", argumentsHash: `${at}` },
  };
}
