import type { Writable } from "node:stream";
import { type Step, stepsInOrder } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import { Progress } from "../terminal/progress.ts";
import { printed } from "../terminal/say.ts";
import { CheckedSession } from "./checked-session.ts";
import { type FileKind, kindOfFile } from "./history-file.ts";
import { predictionLine } from "./predict.ts";
import { checkReportLines, type Totals, totalsLine } from "./print-report.ts";
import { recordOf } from "./record-line.ts";
import { bySession } from "./same-session.ts";
import { parseObject, TraceError, traceEventOf } from "./trace-event.ts";
import { readTraceLines, TraceFileError, type TraceLine } from "./trace-lines.ts";

export type CheckFormat = "text" | "json" | "predictions";

type HistoryKind = Extract<FileKind, { readonly kind: "history" }>;

/** Sessions held at a time; beyond it the one that was idle longest is reported and forgotten. */
const OPEN_SESSIONS = 20_000;
/** Problems of one file that are printed one by one. */
const PRINTED_PROBLEMS = 20;

/**
 * Judges the sessions of trace files, one event at a time, and those of run files as `report` does: in
 * the order of time over all files of a session, each call once.
 */
export class TraceCheck {
  readonly #format: CheckFormat;
  readonly #out: Writable;
  readonly #err: Writable;
  readonly #sessions = new Map<string, CheckedSession>();
  /** Records of the files that are read now, by session: a later file may hold earlier ones. */
  readonly #records = new Map<string, StructuralRecord[]>();
  readonly #noticed = new Set<string>();
  #isCrowded = false;
  readonly #progress = new Progress();
  readonly #totals: Totals = { sessions: 0, steps: 0, loops: 0, looping: 0, problems: 0 };

  constructor(format: CheckFormat, out: Writable, err: Writable) {
    this.#format = format;
    this.#out = out;
    this.#err = err;
  }

  /** @param paths `-` for standard input */
  async files(paths: readonly string[]): Promise<void> {
    for (const together of await bySession(paths)) {
      for (const path of together) await this.#file(path);
      for (const [id, records] of this.#records) {
        for (const step of stepsInOrder(records)) await this.#step(id, step);
      }
      this.#records.clear();
    }
  }

  async #file(path: string): Promise<void> {
    const before = this.#totals.problems;
    const kind: FileKind = path === "-" ? { kind: "trace" } : kindOfFile(path);
    if (kind.kind === "history") await this.#history(path, kind);
    else if (kind.kind === "trace") await this.#trace(path, before);
    else this.#problem(path, `neither a trace nor a history that is known here, but ${kind.what}`);
    const hidden = this.#totals.problems - before - PRINTED_PROBLEMS;
    if (hidden > 0) this.#complain(`${path}: and ${hidden} more problems`);
  }

  /**
   * Reports what is still open.
   *
   * @returns how many lines or files could not be judged
   */
  async finish(): Promise<number> {
    for (const [id, session] of this.#sessions) await this.#close(id, session);
    this.#sessions.clear();
    if (this.#format === "text") await this.#write(totalsLine(this.#totals));
    return this.#totals.problems;
  }

  async #trace(path: string, before: number): Promise<void> {
    try {
      for await (const line of readTraceLines(path)) {
        this.#progress.show(`${path}: line ${line.number}`);
        if (line.text !== "" || line.tooLong) await this.#line(path, line, before);
      }
    } catch (error) {
      if (!(error instanceof TraceFileError)) throw error;
      this.#problem(path, error.message);
    } finally {
      this.#progress.clear();
    }
  }

  async #history(path: string, { events, notes }: HistoryKind): Promise<void> {
    for await (const { sessionId, observed } of events) {
      this.#progress.show(path);
      await this.#step(sessionId, observed);
    }
    this.#progress.clear();
    for (const { problem } of notes.problems) this.#problem(path, problem);
    if (notes.notUnderstood === 0) return;
    this.#problem(path, `lines that were not understood and left out: ${notes.notUnderstood}`);
  }

  #problem(path: string, problem: string): void {
    this.#progress.clear();
    this.#totals.problems += 1;
    this.#complain(`${path}: ${problem}`);
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
        this.#complain(`${where}: ${error.message}`);
      }
    }
  }

  async #event(where: string, text: string): Promise<void> {
    const fields = parseObject(text);
    if (fields.schemaVersion !== undefined) {
      this.#keep(recordOf(text));
      return;
    }
    const event = traceEventOf(fields);
    for (const field of event.unknownFields) this.#notice(where, field);
    await this.#step(event.sessionId, event.observed, event.step);
  }

  #keep(record: StructuralRecord): void {
    const known = this.#records.get(record.sessionId);
    if (known) known.push(record);
    else this.#records.set(record.sessionId, [record]);
  }

  /** @param number of the step, where the trace says it */
  async #step(id: string, step: Step, number?: number): Promise<void> {
    const session = this.#sessionOf(id);
    const place = number ?? session.nextNumber;
    if (!session.follows(place)) {
      throw new TraceError(`step ${place} is out of order: a session's steps must rise`);
    }
    const assessment = session.observe(step, place);
    if (this.#format === "predictions") await this.#write(predictionLine(id, place, assessment));
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
      this.#complain(
        `more than ${OPEN_SESSIONS} sessions at a time: ` +
          "one that goes on after a long pause is judged anew; sort the trace by session",
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
    if (this.#format === "json") await this.#write(JSON.stringify(report));
    if (this.#format === "text") await this.#write(checkReportLines(report));
  }

  #notice(where: string, field: string): void {
    if (this.#noticed.has(field) || this.#noticed.size >= PRINTED_PROBLEMS) return;
    this.#noticed.add(field);
    this.#complain(`${where}: field ${JSON.stringify(field)} is not known: ignored`);
  }

  #complain(problem: string): void {
    this.#err.write(printed(`caum check: ${problem}`));
  }

  async #write(lines: string | readonly string[]): Promise<void> {
    this.#progress.clear();
    if (this.#out.write(printed(lines))) return;
    await new Promise<void>((resolve) => this.#out.once("drain", resolve));
  }
}
