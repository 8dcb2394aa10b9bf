/** Rounds in which a collector, its disk, its clock or its database comes to harm. */
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestServer } from "../../packages/collector/test/postgres-server.ts";
import { type Served, serve } from "../../packages/collector/test/served.ts";
import { between, type Outcome } from "./count.ts";
import { heldBy, missing } from "./evidence.ts";

export interface Place {
  /** A folder for this round alone. */
  readonly folder: string;
  readonly random: () => number;
  /** The library that makes disks slow and full; absent where there is no compiler. */
  readonly shim: string | undefined;
  readonly postgres: TestServer | undefined;
}

const CALLERS = 8;
const SESSIONS = ["a", "b", "c"] as const;

/** Posts until it is told to end, or nobody answers; answers the ids that were acknowledged. */
function post(served: Served, state: { isOver: boolean }): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  const caller = async (at: number) => {
    while (!state.isOver) {
      const event = {
        eventId: randomUUID(),
        agentId: "agent",
        sessionId: SESSIONS[at % SESSIONS.length],
        sourceTimestamp: new Date().toISOString(),
        category: "tool_api",
        schemaVersion: "1.0",
        payload: { toolName: "tool", status: "ok", argumentsHash: randomUUID() },
      };
      const status = await statusOf(served.post("/v1/events", event));
      if (status === undefined) return;
      if (status === 202) acknowledged.push(event.eventId);
      else await sleep(5);
    }
  };
  return Promise.all(Array.from({ length: CALLERS }, (_, at) => caller(at))).then(
    () => acknowledged,
  );
}

/** The status counts as soon as it is there, whatever becomes of the rest of the answer. */
async function statusOf(answer: Promise<Response>): Promise<number | undefined> {
  try {
    const response = await answer;
    await response.text().catch(() => "");
    return response.status;
  } catch {
    return undefined;
  }
}

/** Killed while it writes, on a disk that is slow or full meanwhile, by a clock that jumps. */
export async function killedCollector({ folder, random, shim }: Place): Promise<Outcome> {
  const marker = join(folder, "full");
  const trouble = {
    ...(shim !== undefined && { LD_PRELOAD: shim, TEST_FULL_MARKER: marker }),
    ...(random() < 0.3 && { TEST_FSYNC_MS: String(between(random, 1, 40)) }),
    ...(random() < 0.3 && { TEST_CLOCK_JUMPS: "1" }),
  };
  const data = join(folder, "data");
  const doomed = await serve(data, trouble);
  const state = { isOver: false };
  const posting = post(doomed, state);
  await sleep(between(random, 20, 250));
  if (random() < 0.4) {
    writeFileSync(marker, "");
    await sleep(between(random, 10, 60));
    rmSync(marker);
  }
  await sleep(between(random, 0, 100));
  await doomed.kill("SIGKILL");
  const acknowledged = await posting;
  return check(await serve(data), folder, acknowledged);
}

/** The database's server is killed and started again under two nodes. */
export async function killedPostgres({ folder, random, postgres }: Place): Promise<Outcome> {
  if (postgres?.restart === undefined) return {};
  const database = await postgres.emptyDatabase();
  const env = { TEST_DATABASE: database, CAUM_SIGNING_KEY: SIGNING_KEY };
  const nodes = await Promise.all([1, 2].map(() => serve(folder, env)));
  const state = { isOver: false };
  const posting = nodes.map((node) => post(node, state));
  await sleep(between(random, 50, 300));
  await postgres.kill?.();
  await sleep(between(random, 10, 100));
  await postgres.restart();
  await sleep(between(random, 50, 300));
  state.isOver = true;
  const acknowledged = (await Promise.all(posting)).flat();
  const [first, second] = nodes;
  await second?.kill("SIGKILL");
  return first ? check(first, folder, acknowledged) : {};
}

const SIGNING_KEY = "PRIVATE+KEY+torture+9a33f37e+AQcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH";

async function check(
  served: Served,
  folder: string,
  acknowledged: readonly string[],
): Promise<Outcome> {
  const sessions = acknowledged.length === 0 ? [] : SESSIONS;
  const held = await heldBy(served, folder, sessions);
  await served.kill("SIGTERM");
  const broken = held.findings.filter((finding) => finding !== "http 404").length;
  return { acknowledged: acknowledged.length, broken, ...missing(held, acknowledged) };
}

/** Bytes of the database are changed, or its end is cut off, while nobody runs. */
export async function damagedDatabase({ folder, random }: Place): Promise<Outcome> {
  const data = join(folder, "data");
  const first = await serve(data);
  const state = { isOver: false };
  const posting = post(first, state);
  await sleep(150);
  state.isOver = true;
  const acknowledged = await posting;
  await first.kill("SIGTERM");
  damage(join(data, "caum.db"), random);
  const again = await serve(data, { TEST_QUIET: "1" }).catch(() => undefined);
  if (again === undefined) return { acknowledged: acknowledged.length, told: 1 };
  const held = await heldBy(again, folder, SESSIONS);
  await again.kill("SIGKILL");
  const { lost } = missing(held, acknowledged);
  const isTold = held.findings.length > 0;
  return { acknowledged: acknowledged.length, told: Number(isTold), untold: isTold ? 0 : lost };
}

/** Changes a few bytes, or cuts the end off. */
export function damage(path: string, random: () => number): void {
  const bytes = readFileSync(path);
  if (random() < 0.2) {
    truncateSync(path, between(random, 0, bytes.length));
    return;
  }
  for (let changes = between(random, 1, 20); changes > 0; changes--) {
    const at = between(random, 0, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ between(random, 1, 256);
  }
  writeFileSync(path, bytes);
}
