/**
 * What events take of the disk and of the log, and what retention costs: this checkout beside another,
 * on a folder and on PostgreSQL.
 *
 *     npm run bench:scale -- storage --against FOLDER [--sessions N] [--lines N] [--events N]
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

interface Row {
  readonly name: string;
  readonly of: (stored: Stored) => number;
  readonly target: string;
}

interface Load {
  /** Sessions of each kind. */
  readonly sessions: number;
  /** Of each session that comes in batches. */
  readonly lines: number;
  /** That come one by one. */
  readonly events: number;
}

/** @param words the command line behind `storage` */
export async function measureStorage(words: readonly string[]): Promise<void> {
  const number = (fallback: string) => ({ type: "string", default: fallback }) as const;
  const numbers = { sessions: number("500"), lines: number("100"), events: number("50000") };
  const options = { against: { type: "string" }, ...numbers } as const;
  const { values } = parseArgs({ args: [...words], options });
  const { against } = values;
  if (against === undefined) throw new TypeError("storage takes --against FOLDER");
  const load: Load = {
    sessions: Number(values.sessions),
    lines: Number(values.lines),
    events: Number(values.events),
  };
  const folder = mkdtempSync(join(tmpdir(), "caum-storage-"));
  try {
    const now = await run(HERE, join(folder, "now"), load);
    const before = await run(against, join(folder, "before"), load);
    print("SQLite", load, now, before);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (!hasServer) return;
  const server = await startServer();
  try {
    const now = await run(HERE, await server.emptyDatabase(), load);
    const before = await run(against, await server.emptyDatabase(), load);
    print("PostgreSQL", load, now, before);
  } finally {
    await server.stop();
  }
}

async function run(checkout: string, place: string, load: Load): Promise<Stored> {
  const numbers = [load.sessions, load.lines, load.events].map(String);
  const args = ["--conditions=@caum/source", PROGRAM, checkout, place, ...numbers];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: HERE });
  return JSON.parse(stdout) as Stored; // The program prints nothing else.
}

function print(store: string, load: Load, now: Stored, before: Stored): void {
  const { sessions, lines, events } = load;
  const ofBatches = (bytes: number) => bytes / (sessions * lines);
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
  const told = `${sessions} sessions of ${lines} lines, ${events} single events in as many`;
  console.log(`\n${store}: ${told}\n`);
  const head = ["", "now", "before", "ratio", "target"];
  const cells = rows.map(({ name, of, target }) => {
    const [here, there] = [of(now), of(before)];
    return [name, here.toFixed(1), there.toFixed(1), (here / there).toFixed(3), target];
  });
  console.log(markdown(head, cells));
}
