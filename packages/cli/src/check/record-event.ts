import { type StructuralRecord, stepOf, type View } from "@caum/core";
import { readLine } from "@caum/core/verify";
import { TraceError, type TraceEvent } from "./trace-event.ts";

/** Reads lines of our own runs and bundles as events of a trace. */
export class RecordReader {
  readonly #views = new Map<string, View>();

  /**
   * @returns undefined when the record is no event of an agent
   * @throws {TraceError} when the line is no record
   */
  read(line: string): TraceEvent | undefined {
    const read = readLine(line);
    if (!("record" in read)) {
      throw new TraceError("looks like a record and is none: run caum verify on it");
    }
    const { record } = read;
    const view = this.#viewOf(record);
    const observed = stepOf(record, view === undefined ? {} : { view });
    if (observed === undefined) return undefined;
    return { sessionId: record.sessionId, observed, unknownFields: [] };
  }

  #viewOf(record: StructuralRecord): View | undefined {
    if (record.category === "lifecycle" && record.payload.type === "open") {
      this.#views.set(record.runId, record.payload.view);
    }
    return this.#views.get(record.runId);
  }
}
