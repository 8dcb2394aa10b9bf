/** How fast the page of an account with a million sessions answers, from a data folder. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import Fastify from "fastify";
import { openLedgerDoor } from "../../packages/collector/src/dashboard/ledger-door.ts";
import { openOverviewDoor } from "../../packages/collector/src/dashboard/overview/overview-door.ts";
import { OVERVIEW_KINDS } from "../../packages/collector/src/rows/overview-rows.ts";
import type { Services } from "../../packages/collector/src/services.ts";
import { openSqliteStore } from "../../packages/collector/src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../packages/collector/src/store/store.ts";

export const SESSIONS = 1_000_000;
const DAYS = 90;
const DAY_MS = 86_400_000;
const TENANT = 1;
const ROUNDS = 15;
const AT_ONCE = 100_000;
/** One session of so many had a loop, and of these every second was acknowledged. */
const LOOPED = 5;
const NAMES = {
  all: 1,
  agent: 50,
  client: 6,
  server: 30,
  tool: 120,
  workflow: 20,
  regime: 10,
  blind: 4,
};
const GROUPS = 2_000;
const LOOKED_AT = 5_001;

/** How long each request took, in milliseconds. */
interface Times {
  readonly overview: readonly number[];
  /** Of the list of sessions in the order of a figure. */
  readonly sorted: readonly number[];
}

export async function millionMs(): Promise<Times> {
  const folder = mkdtempSync(join(tmpdir(), "caum-overview-"));
  try {
    await fill(folder);
    const store = await openSqliteStore(folder);
    const times = await measure(store);
    await store.close();
    return times;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(store: Store): Promise<Times> {
  const app = Fastify();
  // Of the services the doors ask who calls, what is stored, and how late it is.
  const services = {
    store,
    clock: Date.now,
    authenticator: { withScope: async () => ({ tenant: TENANT }) },
    onFailure: () => {},
  } as unknown as Services;
  openOverviewDoor(app, services);
  openLedgerDoor(app, services);
  const url = await app.listen({ port: 0 });
  const overview = await timesOf(`${url}/dashboard-api/overview`, (answer) => {
    const { total, by } = answer as {
      readonly total: { readonly sessions: number };
      readonly by: { readonly agent: { readonly more: boolean } };
    };
    return total.sessions > 0 && by.agent.more;
  });
  const sorted = await timesOf(`${url}/dashboard-api/sessions?sort=failures`, (answer) => {
    const { sorted: told } = answer as { readonly sorted: { readonly whole: boolean } };
    return !told.whole;
  });
  await app.close();
  return { overview, sorted };
}

/** @param isWhole whether an answer holds what it should */
async function timesOf(
  url: string,
  isWhole: (answer: unknown) => boolean,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    const answer = await fetch(url, { headers: { authorization: "Bearer key" } });
    const body = await answer.json();
    times.push(performance.now() - startMs);
    if (!isWhole(body)) throw new Error(`${url} answered something else`);
  }
  return times;
}

/** Sessions as an ingest leaves them, and the sums that their roll-up comes to. */
async function fill(folder: string): Promise<void> {
  const store = await openSqliteStore(folder);
  const account = { ulid: "BENCH", tenantKind: "account", plan: "free", createdMs: 0 } as const;
  await store.administer({ kind: "create_tenant", ...account });
  const outcome = await store.submit({
    kind: "event",
    tenant: TENANT,
    receivedMs: Date.now(),
    sessionId: "first",
    facts: { agentId: "agent-0", workflow: "workflow-0" },
    keys: { digestKeyId: "bench", digestKeyCommitment: "c".repeat(64) },
    draft: {
      category: "tool_api",
      sourceTimestamp: new Date().toISOString(),
      payload: { toolName: "tool", status: "ok" },
    },
    asksRoot: false,
  });
  if (outcome.kind !== "event") throw new Error("no session was made");
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  database.exec("pragma synchronous = off");
  fillSessions(database);
  fillSums(database);
  database.close();
}

function fillSessions(database: DatabaseSync): void {
  const columns = database
    .prepare("select name from pragma_table_info('sessions') where name <> 'key'")
    .all()
    .map(({ name }) => String(name));
  const spread = `(${Date.now()} - (n.value * ${DAYS * DAY_MS}) / ${SESSIONS})`;
  const own: Readonly<Record<string, string>> = {
    tag: "'tag-' || n.value",
    id: "'session-' || n.value",
    first_ms: spread,
    last_ms: spread,
    active_ms: spread,
    loops: `n.value % ${LOOPED} = 0`,
    acknowledged_loops: `n.value % ${2 * LOOPED} = 0`,
    ended: "1",
    agent: `'agent-' || (n.value % ${NAMES.agent})`,
    workflow: `'workflow-' || (n.value % ${NAMES.workflow})`,
    // Of all of them it would be a folder of gigabytes: a list in order looks at these.
    structure: `case when n.value <= ${LOOKED_AT} then s.structure end`,
  };
  const values = columns.map((name) => own[name] ?? `s.${name}`);
  for (let from = 1; from < SESSIONS; from += AT_ONCE) {
    database.exec(`with recursive n (value) as (
        select ${from} union all select value + 1 from n where value < ${from + AT_ONCE - 1}
      )
      insert into sessions (${columns.join(", ")})
      select ${values.join(", ")} from n cross join sessions s where s.id = 'first'`);
  }
}

function fillSums(database: DatabaseSync): void {
  const columns = database
    .prepare("select name from pragma_table_info('overview_days')")
    .all()
    .map(({ name }) => String(name))
    .slice("tenant, kind, day, name".split(", ").length);
  const today = Math.floor(Date.now() / DAY_MS);
  const marks = columns.map(() => "?").join(", ");
  const sums = database.prepare(`insert into overview_days values (?, ?, ?, ?, ${marks})`);
  database.exec("begin");
  for (const kind of OVERVIEW_KINDS) {
    for (let at = 0; at < NAMES[kind]; at++) {
      const name = kind === "all" ? "" : `${kind}-${at}`;
      const each = Math.round(SESSIONS / DAYS / NAMES[kind]);
      for (let day = 0; day < DAYS; day++) {
        sums.run(
          TENANT,
          kind,
          today - day,
          name,
          ...columns.map((_, nth) => each * (nth + at + 1)),
        );
      }
    }
  }
  const group = database.prepare(`insert into loop_groups (tenant, id, agent, rule, period, tools,
    sessions, loops, steps, cost_nano_usd, cost_known, first_ms, last_ms, latest)
    values (?, ?, ?, 'periodic', 1, '["tool"]', 9, ?, 99, 1000, 9, 0, ?, 1)`);
  const groupDay = database.prepare("insert into loop_group_days values (?, ?, ?, 3)");
  for (let at = 0; at < GROUPS; at++) {
    const id = at.toString(16).padStart(24, "0");
    group.run(TENANT, id, `agent-${at % NAMES.agent}`, at, Date.now() - at * DAY_MS * 0.01);
    for (let day = 0; day < 14; day++) groupDay.run(TENANT, id, today - day);
  }
  database.exec("commit");
}
