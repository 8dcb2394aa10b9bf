/** One session as it grows. */
import type { StoredRecord } from "../../ingest/ledger.ts";
import type { SessionView } from "../../store/store.ts";
import type { LedgerSource } from "../ledger-rows.ts";
import { type SessionAnswer, sessionAnswer } from "../session-answer.ts";
import { stepRowOf } from "../step-row.ts";
import type { EventStream } from "./event-stream.ts";

const PAGE = 500;

/** A session at one moment; pages that ask for the same of it share one read. */
export interface SessionNow {
  /** Undefined when it is gone. */
  readonly view: SessionView | undefined;
  records(from: number): Promise<readonly StoredRecord[]>;
  answer(): Promise<SessionAnswer>;
}

export function streamSession(
  tenant: number,
  id: string,
  source: LedgerSource,
): () => Promise<SessionNow> {
  const { reader } = source;
  return async () => {
    const found = await reader.session(tenant, id);
    const view = found === undefined || "gone" in found ? undefined : found;
    const pages = new Map<number, Promise<readonly StoredRecord[]>>();
    let answer: Promise<SessionAnswer> | undefined;
    return {
      view,
      records(from) {
        const page = pages.get(from) ?? reader.records(tenant, id, from, PAGE);
        pages.set(from, page);
        return page;
      },
      answer() {
        if (view === undefined) throw new TypeError("a session that is gone has no answer");
        answer ??= sessionAnswer(tenant, view, source);
        return answer;
      },
    };
  };
}

/** Sends one page what it has not seen. @param from index of the first record it lacks */
export function sessionViewer(
  from: number,
  stream: EventStream,
): (now: SessionNow) => Promise<void> {
  let next = from;
  let shown = -1;
  return async (now) => {
    const { view } = now;
    if (view === undefined) return stream.reload();
    const { size } = view.tree;
    while (next < size && stream.isOpen) {
      const records = await now.records(next);
      // Deleted since the look: waiting for the rest of it would never end.
      if (records.length === 0) return stream.reload();
      // What came after the look is told with the next one, beside its session.
      for (const record of records.slice(0, size - next)) {
        stream.send("step", stepRowOf(record, view.facts), record.index);
      }
      next += Math.min(records.length, size - next);
    }
    if (shown === size || !stream.isOpen) return;
    shown = size;
    stream.send("session", await now.answer(), Math.max(0, size - 1));
  };
}
