/** What is sent: the same bytes each time, so that one node can be sent what several were sent. */
import { CompactRange, encodeLine } from "@caum/core/collector";
import type { StructuralRecord } from "@caum/core/verify";
import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";
import { hashLeaf, sha256 } from "./hashes.ts";

export const RUN_LINES = 1_000;
export const BATCH_LINES = 100;
const TOOLS = ["read_file", "search", "edit_file", "run_tests", "list_directory"];
const BEGIN_MS = Date.parse("2026-01-01T00:00:00Z");

export interface Run {
  readonly runId: string;
  readonly sessionId: string;
  readonly bodies: readonly string[];
  /** Over the lines of the bodies so far. */
  rootAfter(bodies: number): string;
}

export function sessionOf(run: number): string {
  return `run-${run}`;
}

/** A run as a client records it, sent in batches. */
export function runAt(number: number): Run {
  const runId = sha256(`run ${number}`).slice(0, 32);
  const sessionId = sessionOf(number);
  const tree = new CompactRange();
  const roots: string[] = [tree.root];
  const bodies: string[] = [];
  let previousHash = NO_PREVIOUS_HASH;
  for (let seq = 0; seq < RUN_LINES; ) {
    let body = "";
    for (const end = seq + BATCH_LINES; seq < end; seq++) {
      const line = encodeLine(recordAt({ runId, sessionId, previousHash, seq }));
      previousHash = hashLeaf(line);
      tree.append(previousHash);
      body += `${line}\n`;
    }
    bodies.push(body);
    roots.push(tree.root);
  }
  return { runId, sessionId, bodies, rootAfter: (count) => roots[count] ?? "" };
}

interface Place {
  readonly runId: string;
  readonly sessionId: string;
  readonly previousHash: string;
  readonly seq: number;
}

function recordAt({ seq, ...place }: Place): StructuralRecord {
  const envelope = {
    ...place,
    schemaVersion: "1.0",
    eventId: uuidOf(`${place.runId} ${seq}`),
    agentId: "scale-agent",
    sourceTimestamp: new Date(BEGIN_MS + seq * 100).toISOString(),
  } as const;
  if (seq === 0) {
    const payload = {
      type: "open",
      seq,
      writer: "scale",
      writerVersion: "1",
      layer: "framework",
      view: "full",
      digestKeyId: "scale",
      digestKeyCommitment: "d".repeat(64),
    } as const;
    return { ...envelope, category: "lifecycle", payload };
  }
  const payload = {
    seq,
    toolName: TOOLS[seq % TOOLS.length] ?? "tool",
    status: "ok",
    op: "read",
    argumentsHash: sha256(`arguments ${place.runId} ${seq}`),
    argumentsBytes: 120,
    resultHash: sha256(`result ${place.runId} ${seq}`),
    resultBytes: 2_400,
    durationMs: 80,
  } as const;
  return { ...envelope, category: "tool_api", payload };
}

export interface SingleEvent {
  readonly eventId: string;
  readonly sessionId: string;
  readonly body: string;
}

/** An event of a door, which the collector chains itself. */
export function eventAt(number: number, sessions: number): SingleEvent {
  const eventId = uuidOf(`event ${number}`);
  const sessionId = `door-${number % sessions}`;
  const body = JSON.stringify({
    eventId,
    agentId: "scale-agent",
    sessionId,
    sourceTimestamp: new Date(BEGIN_MS + number).toISOString(),
    category: "tool_api",
    schemaVersion: "1.0",
    payload: {
      toolName: TOOLS[number % TOOLS.length],
      status: "ok",
      argumentsHash: sha256(`arguments ${number}`),
    },
  });
  return { eventId, sessionId, body };
}

/** A UUID of version 4 made from text. */
function uuidOf(text: string): string {
  const hex = sha256(text);
  const variant = "89ab"[Number.parseInt(hex[16] ?? "0", 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
