import { readLine } from "../../evidence/line/read-line.ts";
import { hashLeaf } from "../../evidence/tree/leaf.ts";
import type { Entry } from "../upstream/upstream.ts";

/** Lines of a spool that can be sent, and those that cannot. */
export interface CheckedEntries {
  readonly entries: readonly Entry[];
  /** Lines that are no record, or not the one that the record after them links to. */
  readonly refused: readonly string[];
}

/** What is known of the last record of a run: its place and its leaf. */
export type KnownHead = (entry: Entry) => Promise<{ readonly seq: number; readonly head: string }>;

/** The last record of a run so far; whether it was changed, the one after it tells. */
interface Waiting {
  readonly entry: Entry;
  readonly leaf: string;
}

/**
 * Reads lines back from the disk, as far as they are the ones that were written.
 *
 * A record that was changed has another leaf than the next one links to. For the last record of a
 * run there is no next one; there the head that was noted beside the spool is asked.
 */
export async function checkEntries(
  lines: readonly string[],
  origin: "own" | "adopted",
  knownHead: KnownHead,
): Promise<CheckedEntries> {
  const checker = new Checker();
  for (const line of lines) checker.take(line, origin);
  for (const waiting of checker.waiting.values()) {
    const { seq, head } = await knownHead(waiting.entry);
    checker.judge(waiting, seq === waiting.entry.seq ? head : waiting.leaf);
  }
  return checker;
}

class Checker implements CheckedEntries {
  readonly entries: Entry[] = [];
  readonly refused: string[] = [];
  readonly waiting = new Map<string, Waiting>();

  take(line: string, origin: "own" | "adopted"): void {
    const read = readLine(line);
    if (!("record" in read)) {
      this.refused.push(line);
      return;
    }
    const { runId, sessionId, previousHash, payload } = read.record;
    const last = this.waiting.get(runId);
    if (last?.entry.line === line) return;
    const isNext = payload.seq === (last?.entry.seq ?? 0) + 1;
    if (last) this.judge(last, isNext ? previousHash : last.leaf);
    const entry = { runId, sessionId, seq: payload.seq, line, origin };
    this.waiting.set(runId, { entry, leaf: hashLeaf(line) });
  }

  /** @param leaf what the record's leaf must be */
  judge({ entry, leaf: own }: Waiting, leaf: string): void {
    if (own === leaf) this.entries.push(entry);
    else this.refused.push(entry.line);
  }
}
