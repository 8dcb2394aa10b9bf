/**
 * What events take of the disk and of the log, and what retention costs: this checkout beside another,
 * on a folder and on PostgreSQL.
 *
 *     npm run bench:scale -- storage --against FOLDER [--sessions N] [--events N]
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { hasServer, startServer } from "../../../packages/collector/test/postgres-server.ts";
import { markdown } from "../../mcp-proxy/statistics.ts";
import type { Stored } from "./program.ts";

const PROGRAM = join(import.meta.dirname, "program.ts");
const HERE = join(import.meta.dirname, "../../..");
const LINES = 100;

interface Row {
  readonly name: string;
  readonly of: (stored: Stored) => number;
  readonly target: string;
}

const perBatched = (sessions: number) => (bytes: number) => bytes / (sessions * LINES);

/** @param words the command line behind `storage` */
export async function measureStorage(words: readonly string[]): Promise<void> {
  const options = {
    against: { type: "string" },
    sessions: { type: "string" },
    events: { type: "string" },
  } as const;
  const { values } = parseArgs({ args: [...words], options });
  if (values.against === undefined) throw new TypeError("storage takes --against FOLDER");
  const sessions = Number(values.sessions ?? 500);
  const events = Number(values.events ?? 50_000);
  const folder = mkdtempSync(join(tmpdir(), "caum-storage-"));
  try {
    const measure = (place: string, checkout: string) => run(checkout, place, sessions, events);
    const now = await measure(join(folder, "now"), HERE);
    const before = await measure(join(folder, "before"), values.against);
    print("SQLite", sessions, now, before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (!hasServer) return;
  const server = await startServer();
  try {
    const now = await run(HERE, await server.emptyDatabase(), sessions, events);
    const before = await run(values.against, await server.emptyDatabase(), sessions, events);
    print("PostgreSQL", sessions, now, before);
  } finally {
    await server.stop();
  }
}

async function run(checkout: string, place: string, sessions: number, events: number) {
  const args = ["--conditions=@caum/source", PROGRAM, checkout, place, `${sessions}`, `${events}`];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: HERE });
  return JSON.parse(stdout) as Stored; // The program prints nothing else.
}

function print(store: string, sessions: number, now: Stored, before: Stored): void {
  const ofBatches = perBatched(sessions);
  const ofAll = (stored: Stored, bytes: number) => bytes / stored.events;
  const rows: readonly Row[] = [
    {
      name: "bytes on disk an event, in batches",
      of: (stored) => ofBatches(stored.bytesInBatches),
      target: "0.30",
    },
    {
      name: "log bytes an event, in batches",
      of: (stored) => ofBatches(stored.walInBatches),
      target: "0.5",
    },
    {
      name: "bytes on disk an event, batches and single events, merged",
      of: (stored) => ofAll(stored, stored.bytesMerged),
      target: "0.30",
    },
    { name: "retention of all of them, ms", of: ({ retentionMs }) => retentionMs, target: "0.1" },
    {
      name: "log bytes an event, retention",
      of: (stored) => ofAll(stored, stored.retentionWal),
      target: "0.1",
    },
    { name: "a second round, ms", of: ({ secondRoundMs }) => secondRoundMs, target: "" },
    { name: "a second round, log bytes", of: ({ secondRoundWal }) => secondRoundWal, target: "" },
    {
      name: "bytes an event that are left",
      of: (stored) => ofAll(stored, stored.bytesLeft),
      target: "40 bytes",
    },
  ];
  console.log(
    `\n${store}: ${now.events} events, ${sessions} sessions in batches of ${LINES} and as many event by event\n`,
  );
  const head = ["", "now", "before", "ratio", "target"];
  const cells = rows.map(({ name, of, target }) => {
    const [here, there] = [of(now), of(before)];
    return [name, here.toFixed(1), there.toFixed(1), (here / there).toFixed(3), target];
  });
  console.log(markdown(head, cells));
}
