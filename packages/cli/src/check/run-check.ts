import type { Writable } from "node:stream";
import { Progress } from "../terminal/progress.ts";
import { CheckedSession } from "./checked-session.ts";
import { predictionLine } from "./predict.ts";
import { reportText, type Totals, totalsText } from "./print-report.ts";
import { RecordReader } from "./record-event.ts";
import { parseObject, TraceError, traceEventOf } from "./trace-event.ts";
import { readTraceLines, TraceFileError, type TraceLine } from "./trace-lines.ts";

export type CheckFormat = "text" | "json" | "predictions";

/** Sessions held at a time; beyond it the one that was idle longest is reported and forgotten. */
const OPEN_SESSIONS = 20_000;
/** Problems of one file that are printed one by one. */
const PRINTED_PROBLEMS = 20;

/** Judges the sessions of trace files, one event at a time. */
export class TraceCheck {
  readonly #format: CheckFormat;
  readonly #out: Writable;
  readonly #err: Writable;
  readonly #sessions = new Map<string, CheckedSession>();
  readonly #records = new RecordReader();
  readonly #noticed = new Set<string>();
  #isCrowded = false;
  readonly #progress = new Progress();
  readonly #totals: Totals = { sessions: 0, steps: 0, loops: 0, looping: 0, problems: 0 };

  constructor(format: CheckFormat, out: Writable, err: Writable) {
    this.#format = format;
    this.#out = out;
    this.#err = err;
  }

  /** @param path `-` for standard input */
  async file(path: string): Promise<void> {
    const before = this.#totals.problems;
    try {
      for await (const line of readTraceLines(path)) {
        this.#progress.show(`${path}: line ${line.number}`);
        if (line.text !== "" || line.tooLong) await this.#line(path, line, before);
      }
      this.#progress.clear();
    } catch (error) {
      this.#progress.clear();
      if (!(error instanceof TraceFileError)) throw error;
      this.#totals.problems += 1;
      this.#err.write(`caum check: ${path}: ${error.message}\n`);
    }
    const hidden = this.#totals.problems - before - PRINTED_PROBLEMS;
    if (hidden > 0) this.#err.write(`caum check: ${path}: and ${hidden} more problems\n`);
  }

  /**
   * Reports what is still open.
   *
   * @returns how many lines or files could not be judged
   */
  async finish(): Promise<number> {
    for (const [id, session] of this.#sessions) await this.#close(id, session);
    this.#sessions.clear();
    if (this.#format === "text") await this.#write(totalsText(this.#totals));
    return this.#totals.problems;
  }

  async #line(path: string, line: TraceLine, before: number): Promise<void> {
    const where = `${path}:${line.number}`;
    try {
      if (line.tooLong) throw new TraceError("longer than 1 MiB: a trace has short lines");
      await this.#event(where, line.text);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.#totals.problems += 1;
      if (this.#totals.problems - before <= PRINTED_PROBLEMS) {
        this.#err.write(`caum check: ${where}: ${error.message}\n`);
      }
    }
  }

  async #event(where: string, text: string): Promise<void> {
    const fields = parseObject(text);
    const isRecord = fields.schemaVersion !== undefined;
    const event = isRecord ? this.#records.read(text) : traceEventOf(fields);
    if (event === undefined) return;
    for (const field of event.unknownFields) this.#notice(where, field);
    const session = this.#sessionOf(event.sessionId);
    const step = event.step ?? session.nextNumber;
    if (!session.follows(step)) {
      throw new TraceError(`step ${step} is out of order: a session's steps must rise`);
    }
    const assessment = session.observe(event, step);
    if (this.#format === "predictions") {
      await this.#write(predictionLine(event.sessionId, step, assessment));
    }
    if (this.#sessions.size > OPEN_SESSIONS) await this.#closeIdlest();
  }

  #sessionOf(id: string): CheckedSession {
    const session = this.#sessions.get(id) ?? new CheckedSession();
    // The map keeps its order: what was used last stands last.
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
    return session;
  }

  async #closeIdlest(): Promise<void> {
    if (!this.#isCrowded) {
      this.#err.write(
        `caum check: more than ${OPEN_SESSIONS} sessions at a time: ` +
          "one that goes on after a long pause is judged anew; sort the trace by session\n",
      );
    }
    this.#isCrowded = true;
    for (const [id, session] of this.#sessions) {
      this.#sessions.delete(id);
      return this.#close(id, session);
    }
  }

  async #close(id: string, session: CheckedSession): Promise<void> {
    const report = session.report(id);
    this.#totals.sessions += 1;
    this.#totals.steps += report.steps;
    this.#totals.loops += report.loopCount;
    if (report.loopCount > 0) this.#totals.looping += 1;
    if (this.#format === "json") await this.#write(`${JSON.stringify(report)}\n`);
    if (this.#format === "text") await this.#write(reportText(report));
  }

  #notice(where: string, field: string): void {
    if (this.#noticed.has(field) || this.#noticed.size >= PRINTED_PROBLEMS) return;
    this.#noticed.add(field);
    this.#err.write(`caum check: ${where}: field ${JSON.stringify(field)} is not known: ignored\n`);
  }

  async #write(text: string): Promise<void> {
    this.#progress.clear();
    if (this.#out.write(text)) return;
    await new Promise<void>((resolve) => this.#out.once("drain", resolve));
  }
}
