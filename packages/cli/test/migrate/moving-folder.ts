/** A data folder with a bit of everything, and collectors on it or on a database. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, startCollector } from "@caum/collector";
import { parseVerifierKey, type Verification, verifyBundle } from "@caum/core/verify";
import { expireAll } from "../../../collector/src/operation/retention.ts";
import { openSqliteStore } from "../../../collector/src/store/sqlite/sqlite-store.ts";
import { recordRun } from "../../../collector/test/native-lines.ts";

const DAY_MS = 86_400_000;
export const LONG_AGO = Date.parse("2026-01-01T00:00:00Z");
export const LATER = LONG_AGO + 31 * DAY_MS;

type Key = Readonly<Record<string, string>>;

interface Place {
  readonly data: string;
  readonly database?: string;
  readonly env?: Record<string, string>;
  readonly now?: number;
}

/** A collector and what is asked of it. */
export class Running {
  readonly collector: Collector;

  private constructor(collector: Collector) {
    this.collector = collector;
  }

  static async start({ now = LATER, env = {}, ...place }: Place): Promise<Running> {
    const options = { port: 0, eventsPerSecond: 0, alerts: { resolve: async () => [] } };
    return new Running(await startCollector({ ...options, ...place, env, clock: () => now }));
  }

  get key(): Key {
    return { authorization: `Bearer ${this.collector.apiKey}` };
  }

  get admin(): Key {
    return { authorization: `Bearer ${this.collector.adminKey}` };
  }

  async ask(method: string, path: string, key: Key = this.key, body?: unknown) {
    const isLines = typeof body === "string";
    const type = isLines ? "application/x-ndjson" : "application/json";
    const answer = await fetch(`${this.collector.url}${path}`, {
      method,
      headers: body === undefined ? key : { ...key, "content-type": type },
      ...(body !== undefined && { body: isLines ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : text };
  }

  /** @returns what the offline verifier says of the exported session, wherever its log stands by then */
  async exported(session: string, key: Key = this.key): Promise<Verification> {
    const answer = await fetch(`${this.collector.url}/v1/session/${session}/bundle`, {
      headers: key,
    });
    const folder = mkdtempSync(join(tmpdir(), "caum-moved-"));
    const path = join(folder, "bundle.tar");
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    try {
      const keys = [parseVerifierKey(this.collector.verifierKey)];
      return { ...verifyBundle(path, { keys }), log: null };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async stop(): Promise<void> {
    await this.collector.close();
  }
}

export interface FilledFolder {
  readonly folder: string;
  /** Of a tenant that registered. */
  readonly otherKey: Key;
}

/** Tenants, native and door runs, forks, a deleted session, tombstones, checkpoints, rules and alerts. */
export async function fillFolder(folder: string): Promise<FilledFolder> {
  const old = await Running.start({ data: folder, now: LONG_AGO });
  for (let step = 1; step <= 5; step++) {
    await old.ask("POST", "/v1/step", old.key, { session_id: "expired", step, tool: "bash" });
  }
  await old.ask("PUT", "/v1/retention", old.admin, { days: 30 });
  await old.stop();
  const store = await openSqliteStore(folder);
  await expireAll(store, LATER);
  await store.close();

  const running = await Running.start({ data: folder });
  const registered = await running.ask("POST", "/v1/register", {}, { email: "a@example.com" });
  const otherKey = { authorization: `Bearer ${registered.body.api_key}` };
  await fillNative(running);
  for (const key of [running.key, otherKey]) {
    for (let step = 1; step <= 6; step++) {
      const body = { session_id: "doors", step, tool: "bash", workflow: "nightly" };
      await running.ask("POST", "/v1/step", key, body);
    }
    await running.ask("GET", "/v1/session/doors/receipt", key);
  }
  await running.ask("POST", "/v1/step", running.key, { session_id: "gone", step: 1, tool: "bash" });
  await running.ask("DELETE", "/v1/session/gone", running.admin);
  await running.ask("POST", "/v2/live/start", running.key, { agent_id: "live" });
  const rule = { condition: "tier>=T4", action_type: "webhook", destination: "https://a.example/" };
  const made = await running.ask("POST", "/v1/alerts", otherKey, rule);
  await running.ask("POST", `/v1/alerts/${made.body.rules[0].id}/test`, otherKey, {});
  await running.stop();
  return { folder, otherKey };
}

async function fillNative(running: Running): Promise<void> {
  const long = await recordRun("native", 600);
  await running.ask("POST", `/v1/runs/${long.runId}/records`, running.key, long.lines.join("\n"));
  const [first, second] = [await recordRun("forked", 2), await recordRun("forked", 2)];
  const forked = second.lines.map((line) => line.replaceAll(second.runId, first.runId));
  for (const lines of [first.lines, forked]) {
    await running.ask("POST", `/v1/runs/${first.runId}/records`, running.key, lines.join("\n"));
  }
}
