/** The record files of a CAUM_HOME, followed as their writers append to them. */
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { StructuralRecord } from "@caum/core/verify";
import { readLine } from "@caum/core/verify";

const RECORDS_FILE = "records.ndjson";
const NEW_LINE = 0x0a;
/** What is read of a file at once. */
const PART_BYTES = 1024 * 1024;

const NOTHING = Buffer.alloc(0);

export interface RunRecord {
  readonly record: StructuralRecord;
  readonly line: string;
  /** Below CAUM_HOME. */
  readonly folder: string;
}

interface Followed {
  offset: number;
  /** Bytes of a line that is not whole yet. */
  rest: Buffer;
}

interface Beginning {
  readonly sessionId: string;
  readonly startedAt: string;
}

export class RunFiles {
  readonly #runs: string;
  readonly #files = new Map<string, Followed>();
  readonly #beginnings = new Map<string, Beginning>();

  constructor(home: string) {
    this.#runs = join(home, "runs");
  }

  /**
   * What is new, session by session, the oldest first. Runs of one session, which several processes
   * may write at once, are read side by side in the order of their time.
   *
   * @param only the one session that is of interest
   */
  *newRecords(only?: string): Generator<RunRecord> {
    if (!existsSync(this.#runs)) return;
    const sessions = new Map<string, { readonly run: string; readonly startedAt: string }[]>();
    for (const run of readdirSync(this.#runs)) {
      const beginning = this.#beginningOf(run);
      if (beginning === undefined) continue;
      const { sessionId, startedAt } = beginning;
      if (only !== undefined && sessionId !== only) continue;
      sessions.set(sessionId, [...(sessions.get(sessionId) ?? []), { run, startedAt }]);
    }
    const groups = [...sessions.values()].map((runs) => runs.sort(byStart));
    groups.sort(([a], [b]) => byStart(a, b));
    for (const runs of groups) yield* merged(runs.map(({ run }) => this.#newOf(run)));
  }

  /** What the first record of a run says; undefined while there is none. */
  #beginningOf(run: string): Beginning | undefined {
    const known = this.#beginnings.get(run);
    if (known !== undefined) return known;
    const [part] = newBytes(join(this.#runs, run, RECORDS_FILE), { offset: 0, rest: NOTHING });
    const end = part?.indexOf(NEW_LINE) ?? -1;
    const read = readLine(part?.toString("utf8", 0, Math.max(0, end)) ?? "");
    if (!("record" in read)) return undefined;
    const { sessionId, sourceTimestamp: startedAt } = read.record;
    this.#beginnings.set(run, { sessionId, startedAt });
    return { sessionId, startedAt };
  }

  *#newOf(run: string): Generator<RunRecord> {
    for (const line of this.#newLines(run)) {
      const read = readLine(line);
      // What is no record is for caum verify to name; here it is passed over.
      if ("record" in read) yield { record: read.record, line, folder: `runs/${run}` };
    }
  }

  *#newLines(run: string): Generator<string> {
    const path = join(this.#runs, run, RECORDS_FILE);
    const followed = this.#files.get(run) ?? { offset: 0, rest: NOTHING };
    this.#files.set(run, followed);
    for (const part of newBytes(path, followed)) {
      let text = Buffer.concat([followed.rest, part]);
      for (let end = text.indexOf(NEW_LINE); end >= 0; end = text.indexOf(NEW_LINE)) {
        yield text.subarray(0, end).toString("utf8");
        text = text.subarray(end + 1);
      }
      followed.rest = Buffer.from(text);
    }
  }
}

function byStart(
  a: { readonly startedAt: string } | undefined,
  b: { readonly startedAt: string } | undefined,
): number {
  return (a?.startedAt ?? "") < (b?.startedAt ?? "") ? -1 : 1;
}

/** Each run in its own order; what happened first comes first. */
function* merged(runs: readonly Generator<RunRecord>[]): Generator<RunRecord> {
  const heads = runs.map((run) => ({ run, next: run.next() }));
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next.done) continue;
      if (first === undefined || timeOf(head.next.value) < timeOf(first.next.value)) first = head;
    }
    if (first === undefined || first.next.done) return;
    yield first.next.value;
    first.next = first.run.next();
  }
}

function timeOf(found: RunRecord | undefined): string {
  return found?.record.sourceTimestamp ?? "";
}

function* newBytes(path: string, followed: Followed): Generator<Buffer> {
  if (!existsSync(path) || statSync(path).size <= followed.offset) return;
  const file = openSync(path, "r");
  try {
    const part = Buffer.alloc(PART_BYTES);
    for (;;) {
      const length = readSync(file, part, 0, PART_BYTES, followed.offset);
      if (length === 0) return;
      followed.offset += length;
      yield part.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
