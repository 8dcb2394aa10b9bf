/** What the benches post. */
import { randomBytes, randomFillSync, randomUUID } from "node:crypto";
import { EventIds, encodeLine } from "@caum/core/collector";
import { hashLeaf, type StructuralRecord } from "@caum/core/verify";
import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";

const TOOLS = ["read_file", "search", "edit_file", "run_tests", "list_directory"];

/** A body of the events door, about 500 bytes, in one of `sessions` sessions. */
export function eventBody(at: number, sessions: number): string {
  return JSON.stringify({
    eventId: randomUUID(),
    agentId: "bench-agent",
    sessionId: `bench-${at % sessions}`,
    sourceTimestamp: new Date().toISOString(),
    category: "tool_api",
    schemaVersion: "1.0",
    payload: {
      toolName: TOOLS[at % TOOLS.length],
      status: "ok",
      argumentsHash: randomBytes(32).toString("hex"),
      resultHash: randomBytes(32).toString("hex"),
      argumentsBytes: 120,
      resultBytes: 2_400,
      durationMs: 80,
    },
    toolType: "filesystem",
    operation: "read",
  });
}

/** Batches of canonical lines of one new run. @param newEventId in place of ids that are random */
export function runBatches(
  batches: number,
  linesPerBatch: number,
  newEventId: () => string = randomUUID,
): { readonly runId: string; readonly bodies: readonly string[] } {
  // A run that begins with `c` is a collector's own, and refused from a sender.
  const runId = `0${randomBytes(16).toString("hex").slice(1)}`;
  const sessionId = `bench-run-${runId.slice(0, 8)}`;
  const digest = "d".repeat(64);
  let previousHash = NO_PREVIOUS_HASH;
  let seq = 0;
  const bodies = Array.from({ length: batches }, () => {
    let body = "";
    for (let at = 0; at < linesPerBatch; at++, seq++) {
      const place = { runId, sessionId, previousHash, seq, digest };
      const line = encodeLine(recordAt(place, newEventId()));
      previousHash = hashLeaf(line);
      body += `${line}\n`;
    }
    return body;
  });
  return { runId, bodies };
}

interface RecordPlace {
  readonly runId: string;
  readonly sessionId: string;
  readonly previousHash: string;
  readonly seq: number;
  readonly digest: string;
}

function recordAt({ digest, seq, ...place }: RecordPlace, eventId: string): StructuralRecord {
  const envelope = {
    ...place,
    schemaVersion: "1.0",
    eventId,
    agentId: "bench-agent",
    sourceTimestamp: new Date().toISOString(),
  } as const;
  if (seq === 0) {
    const payload = {
      type: "open",
      seq,
      writer: "bench",
      writerVersion: "1",
      layer: "framework",
      view: "full",
      digestKeyId: "bench",
      digestKeyCommitment: digest,
    } as const;
    return { ...envelope, category: "lifecycle", payload };
  }
  const payload = {
    seq,
    toolName: TOOLS[seq % TOOLS.length] ?? "tool",
    status: "ok",
    op: "read",
    argumentsHash: randomBytes(32).toString("hex"),
    argumentsBytes: 120,
    resultHash: randomBytes(32).toString("hex"),
    resultBytes: 2_400,
    durationMs: 80,
  } as const;
  return { ...envelope, category: "tool_api", payload };
}

/** As our own writers make ids: in the order of time. */
export function orderedIds(): () => string {
  const ids = new EventIds({ clock: Date.now, fillRandom: randomFillSync });
  return () => ids.next();
}
