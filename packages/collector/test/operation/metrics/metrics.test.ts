/** What Prometheus reads, and what the Grafana dashboard in deploy/ asks of it. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Metrics } from "../../../src/operation/metrics/metrics.ts";
import { SessionCounts } from "../../../src/operation/metrics/session-counts.ts";
import { OVERVIEW_SUMS, type OverviewSum } from "../../../src/rows/overview-rows.ts";
import { type Client, startClient } from "../../client.ts";
import { record } from "../../effectiveness/sessions.ts";
import { until } from "../../memory/until.ts";
import { type Family, readExposition } from "./read-exposition.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

const read = async () => readExposition((await client.get("/metrics", {})).text);
const valueIn = (families: ReadonlyMap<string, Family>, key: string) =>
  families.get(key.replace(/(?:_(?:bucket|sum|count))?\{.*/, ""))?.samples.get(key);

test("sessions, loops, steps, tokens and cost are counted once each, and fall never", async () => {
  const before = await read();
  expect(valueIn(before, "caum_sessions_total{}")).toBe(0);
  await record(client, { id: "a", workflow: "w", works: 5, repeats: 6, costUsd: 0.5, end: {} });
  await record(client, { id: "b", workflow: "w", works: 4, end: {} });
  const sessions = async () => valueIn(await read(), "caum_sessions_total{}") === 2;
  await until(sessions);
  const all = await read();
  expect(valueIn(all, "caum_looped_sessions_total{}")).toBe(1);
  expect(valueIn(all, "caum_loops_total{}")).toBe(1);
  expect(valueIn(all, "caum_steps_total{}")).toBe(15);
  expect(valueIn(all, "caum_loop_steps_total{}")).toBeGreaterThan(3);
  expect(valueIn(all, "caum_cost_usd_total{}")).toBeGreaterThan(0.4);
  // A session that starts over, and one that goes on.
  await record(client, { id: "a", workflow: "w", works: 2, end: {} });
  await record(client, { id: "c", workflow: "w", works: 3 });
  await until(async () => valueIn(await read(), "caum_sessions_total{}") === 3);
  expect(valueIn(await read(), "caum_steps_total{}")).toBe(18);
});

test("records are counted as stored, repeated or refused, with their lag", async () => {
  const stored = 'caum_records_total{outcome="stored"}';
  const repeated = 'caum_records_total{outcome="repeated"}';
  const before = await read();
  const old = new Date(Date.now() - 120_000).toISOString();
  const event = {
    eventId: "550e8400-e29b-41d4-a716-446655440000",
    agentId: "a",
    sessionId: "lag",
    sourceTimestamp: old,
    category: "tool_api",
    schemaVersion: "1.0",
    payload: { toolName: "t" },
  };
  for (let time = 0; time < 2; time++) await client.post("/v1/events", event);
  await client.post("/v1/session/none/end", {});
  const after = await read();
  const grown = (key: string) => (valueIn(after, key) ?? 0) - (valueIn(before, key) ?? 0);
  expect(grown(stored)).toBe(1);
  expect(grown(repeated)).toBe(1);
  expect(grown("caum_intakes_refused_total{}")).toBe(1);
  expect(grown("caum_ingest_lag_seconds_count{}")).toBe(1);
  expect(grown('caum_ingest_lag_seconds_bucket{le="60"}')).toBe(0);
  expect(grown('caum_ingest_lag_seconds_bucket{le="300"}')).toBe(1);
  expect(grown("caum_commit_seconds_count{}")).toBe(2);
});

test("an alert is counted when it begins to be delivered", async () => {
  const rule = { condition: "steps>0", action_type: "webhook", destination: "https://a.example/x" };
  await client.post("/v1/alerts", [rule]);
  await client.post("/v1/step", { session_id: "alerting", step: 1, tool: "bash" });
  await until(async () => valueIn(await read(), "caum_alerts_total{}") === 1);
});

test("no name of a tenant, session, agent, workflow or tool is in it", async () => {
  const secret = "secret-name";
  const names = { session_id: secret, agent_name: secret, workflow: secret, team: secret };
  await client.post("/v1/step", { ...names, step: 1, tool: secret });
  await client.get(`/v1/session/${secret}`);
  await client.get(`/${secret}`);
  expect((await client.get("/metrics", {})).text).not.toContain(secret);
});

test("a look costs no read of the store", () => {
  const status = () => ({ isWritable: true, waiting: 0, walBytes: 0 });
  const attempts = { delivered: 0, retry: 0, dead: 0 };
  const metrics = new Metrics({ nowMs: 0 });
  const text = metrics.format({ store: { status }, attempts, alertsBegun: 0, nowMs: 5_000 });
  expect(
    readExposition(text).get("caum_uptime_seconds")?.samples.get("caum_uptime_seconds{}"),
  ).toBe(5);
});

test("a session that comes to less than before takes nothing back", () => {
  const counts = new SessionCounts();
  const of = (steps: number) => {
    const figures = Object.fromEntries(OVERVIEW_SUMS.map((sum) => [sum, 0]));
    // Each sum is in the list.
    const known = { ...figures, steps } as Record<OverviewSum, number>;
    return { day: 0, activeMs: 0, figures: known, names: [], parts: [], loops: [] };
  };
  const session = { key: 1, id: "s", size: 1, lastMs: 0 };
  counts.rolledUp([{ ...session, before: undefined, contribution: of(5) }]);
  counts.rolledUp([{ ...session, before: of(5), contribution: of(3) }]);
  counts.rolledUp([{ ...session, before: of(3), contribution: of(4) }]);
  expect(counts.format()).toContain("caum_steps_total 6");
});

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

const DASHBOARD = JSON.parse(
  readFileSync(new URL("../../../../../deploy/grafana/caum.json", import.meta.url), "utf8"),
) as { panels: readonly Panel[]; templating: { list: readonly { name: string }[] } };
const shown = DASHBOARD.panels.filter(({ type }) => type !== "row");

test("every number of the Grafana dashboard is one that a collector tells", async () => {
  const families = await read();
  const used = new Set<string>();
  for (const { title, targets = [] } of shown) {
    expect(targets.length, title).toBeGreaterThan(0);
    for (const { expr } of targets) {
      for (const [, name = "", , inner = "", range] of expr.matchAll(SELECTOR)) {
        const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ""));
        expect(family, `${title}: ${name}`).toBeDefined();
        used.add(name.replace(/_(bucket|sum|count)$/, ""));
        // Labels that Prometheus adds to each target.
        const known = new Set([...(family?.labels ?? []), "job", "instance"]);
        for (const [, label = ""] of inner.matchAll(/(\w+)\s*[=!]/g)) {
          expect(known, `${title}: ${label}`).toContain(label);
        }
        // A counter means something as a rate alone.
        expect(range !== undefined, `${title}: ${expr}`).toBe(family?.type !== "gauge");
      }
    }
  }
  const told = ["sessions", "loops", "alerts", "tokens", "cost_usd"].map((n) => `caum_${n}_total`);
  for (const name of [...told, "caum_ingest_lag_seconds"]) expect(used).toContain(name);
});

/** A name, its labels, and the range behind it. */
const SELECTOR = /\b(caum_\w+)(\{([^}]*)\})?(\[[^\]]+\])?/g;

test("panels of the dashboard have their own places, words and a source that one chooses", () => {
  const { panels, templating } = DASHBOARD;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(templating.list.map(({ name }) => name)).toEqual(["source", "job"]);
  const taken = new Set<string>();
  for (const { title, gridPos, type, datasource, description } of panels) {
    const { x, y, w, h } = gridPos;
    expect(x + w, title).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let row = y; row < y + h; row++) {
        expect(taken.has(`${column} ${row}`), title).toBe(false);
        taken.add(`${column} ${row}`);
      }
    }
    if (type === "row") continue;
    expect(datasource?.uid).toBe("$" + "{source}");
    expect(description, title).toMatch(/\.$/);
  }
});
