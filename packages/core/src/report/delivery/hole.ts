/** Records that stand for others which nobody has any more. */
import { createHash } from "node:crypto";
import { holeRecord } from "../../evidence/acceptance.ts";
import { encodeLine } from "../../evidence/line/line.ts";
import { readLine } from "../../evidence/line/read-line.ts";
import type { KeptRun } from "../spool/kept-runs.ts";
import type { Entry } from "../upstream/upstream.ts";

/** What a collector has of a run: the seq that it expects, and the leaf before it. */
export interface Gap {
  readonly expected: number;
  readonly head: string;
}

/** No run comes so far: a record there is asked about, and never taken. */
const FAR_AHEAD = 1_000_000_000_000;
const NO_HEAD = "0".repeat(64);

/**
 * The hole between what the collector has and `next`. It is made from the records around it alone,
 * so that another process, or a second attempt, makes the same bytes.
 */
export function holeBefore(next: Entry, gap: Gap): Entry | undefined {
  const read = readLine(next.line);
  if (!("record" in read) || gap.expected >= next.seq) return undefined;
  const { agentId, sessionId, runId, eventId, sourceTimestamp: at } = read.record;
  const lost = { from: gap.expected, to: next.seq - 1 };
  return holeOf({ agentId, sessionId, runId, at, ...lost }, gap.head, eventId);
}

/** The hole from what the collector has to the last record that was kept. */
export function holeUpTo(kept: KeptRun, gap: Gap): Entry {
  return holeOf({ ...kept, from: gap.expected }, gap.head, "end");
}

/** A record that every collector answers with what it expects of the run instead. */
export function questionAbout(kept: KeptRun): Entry {
  const far = kept.to + FAR_AHEAD;
  return holeOf({ ...kept, from: far, to: far }, NO_HEAD, "question");
}

/** @param mark tells holes of the same place apart */
function holeOf({ at, ...lost }: KeptRun, head: string, mark: string): Entry {
  const { sessionId, runId, from, to } = lost;
  const eventId = uuidOf(`${runId}|${from}|${to}|${mark}`);
  const hole = holeRecord(lost, lost, head, { eventId, sourceTimestamp: at });
  return { sessionId, runId, seq: from, line: encodeLine(hole), origin: "declared" };
}

/** A UUID of our own making (version 8) out of a text. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
