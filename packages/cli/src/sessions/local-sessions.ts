import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { readLine } from "@caum/core/verify";
import type { LiveStep, StepFeed } from "./live-step.ts";
import { LocalSession } from "./local-session.ts";

const RECORDS_FILE = "records.ndjson";
const NEW_LINE = 0x0a;
/** What is read of a file at once. */
const PART_BYTES = 1024 * 1024;

const NOTHING = Buffer.alloc(0);

interface Followed {
  offset: number;
  /** Bytes of a line that is not whole yet. */
  rest: Buffer;
}

/** Follows the runs below a CAUM_HOME, as their writers append to them. */
export class LocalSessions implements StepFeed {
  readonly #runs: string;
  readonly #only: string | undefined;
  readonly #files = new Map<string, Followed>();
  readonly #sessions = new Map<string, LocalSession>();
  readonly #starts = new Map<string, string>();

  /** @param only the one session whose steps are given */
  constructor(home: string, only?: string) {
    this.#runs = join(home, "runs");
    this.#only = only;
  }

  /** The newest first. */
  get sessions(): readonly LocalSession[] {
    return [...this.#sessions.values()].sort((a, b) => (a.lastSeen < b.lastSeen ? 1 : -1));
  }

  async read(): Promise<readonly LiveStep[]> {
    if (!existsSync(this.#runs)) return [];
    // Names of runs are random; a session that was opened again is judged in the order it happened.
    return readdirSync(this.#runs)
      .map((run) => ({ run, startedAt: this.#startOf(run) }))
      .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
      .flatMap(({ run }) => this.#readRun(run));
  }

  /** When the first record of a run was made; "" while there is none. */
  #startOf(run: string): string {
    const known = this.#starts.get(run);
    if (known !== undefined) return known;
    const [part] = newBytes(join(this.#runs, run, RECORDS_FILE), { offset: 0, rest: NOTHING });
    const end = part?.indexOf(NEW_LINE) ?? -1;
    const read = readLine(part?.toString("utf8", 0, Math.max(0, end)) ?? "");
    if (!("record" in read)) return "";
    this.#starts.set(run, read.record.sourceTimestamp);
    return read.record.sourceTimestamp;
  }

  #readRun(run: string): readonly LiveStep[] {
    const steps: LiveStep[] = [];
    for (const line of this.#newLines(run)) {
      const read = readLine(line);
      // What is no record is for caum verify to name; here it is passed over.
      if (!("record" in read)) continue;
      const { sessionId, agentId } = read.record;
      if (this.#only !== undefined && sessionId !== this.#only) continue;
      const session = this.#sessions.get(sessionId) ?? new LocalSession(sessionId, agentId);
      this.#sessions.set(sessionId, session);
      const step = session.observe(read.record, line, `runs/${run}`);
      if (step !== undefined) steps.push(step);
    }
    return steps;
  }

  *#newLines(run: string): Generator<string> {
    const path = join(this.#runs, run, RECORDS_FILE);
    const followed = this.#files.get(run) ?? { offset: 0, rest: Buffer.alloc(0) };
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
