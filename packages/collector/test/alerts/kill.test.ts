/** Alerts of a collector that is killed at any moment: each arrives, with the id it had. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, serve } from "../served.ts";
import { eventually, type Receiver, startReceiver } from "./receiver.ts";

const ROUNDS = 4;

let folder: string;
let receiver: Receiver;
/** While it is not well it takes requests and answers none of them. */
let isWell = false;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-kill-"));
  receiver = await startReceiver((response) => {
    if (isWell) response.writeHead(204).end();
  });
});
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = () =>
  serve(folder, { CAUM_ALLOW_DESTINATIONS: receiver.place, TEST_LEASE_MS: "300" });

async function loop({ post }: Served, sessionId: string): Promise<boolean> {
  let hasFired = false;
  for (let step = 1; step <= 4; step++) {
    const body = { session_id: sessionId, step, tool: "bash", state_hash: "same-state" };
    const answer = (await (await post("/v1/step", body)).json()) as { alert_fired: boolean };
    hasFired ||= answer.alert_fired;
  }
  return hasFired;
}

interface Alert {
  readonly id: string;
  readonly session_id: string;
  readonly status: string;
}

async function history({ get }: Served): Promise<readonly Alert[]> {
  return ((await (await get("/v1/alerts/history?limit=100")).json()) as { alerts: Alert[] }).alerts;
}

test("killed between event and delivery, every alert arrives at least once with the same id", async () => {
  let collector = await start();
  const rule = {
    condition: "class=hard_alert",
    action_type: "webhook",
    destination: receiver.url,
  };
  expect((await collector.post("/v1/alerts", rule)).status).toBe(201);
  for (let round = 0; round < ROUNDS; round++) {
    isWell = false;
    expect(await loop(collector, `s${round}`)).toBe(true);
    if (round % 2 === 1) {
      // Killed while the receiver holds the request; else before or while it is sent.
      const before = receiver.received.length;
      await eventually(
        () => receiver.received,
        ({ length }) => length > before,
      );
    }
    await collector.kill("SIGKILL");
    isWell = true;
    collector = await start();
    await eventually(
      () => history(collector),
      (all) => all.length > round && all.every(({ status }) => status === "delivered"),
    );
  }
  const fired = await history(collector);
  expect(fired.map(({ session_id }) => session_id).toSorted()).toEqual(["s0", "s1", "s2", "s3"]);
  const ids = new Map<string, Set<string>>();
  for (const { headers, body } of receiver.received) {
    const { session_id } = JSON.parse(body) as { session_id: string };
    ids.set(session_id, (ids.get(session_id) ?? new Set()).add(String(headers["webhook-id"])));
  }
  for (const { id, session_id } of fired) expect([...(ids.get(session_id) ?? [])]).toEqual([id]);
  await collector.kill("SIGTERM");
}, 60_000);
