/** The run that the collector writes itself: one per session, for all its simple and foreign doors. */
import { randomBytes } from "node:crypto";
import { type Layer, VERSION } from "@caum/core";
import { encodeLine, type OpenFacts, timestampAt } from "@caum/core/collector";
import { hashLeaf, type StructuralRecord } from "@caum/core/verify";
import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";
import { watchSession } from "./firing/watch-session.ts";
import type { DoorDraft, KeptSessionFacts, KeyFacts } from "./intake.ts";
import type { Ledger } from "./ledger.ts";
import {
  type ChainClaim,
  countLink,
  followChain,
  NO_SENDERS,
  type SenderLink,
} from "./sender-chain.ts";
import type { RunHead } from "./session-row.ts";
import type { SessionState } from "./session-state.ts";
import type { Standing } from "./standing.ts";

const WRITER = "caum-collector";
const LAYERS: readonly Layer[] = ["door", "telemetry"];
/** Writers elsewhere make no run that begins with it. */
const RUN_PREFIX = "c";

/** Whether a record says of itself that a collector wrote it: its run's id, or how the run opens. */
export function posesAsCollector({ runId, payload }: StructuralRecord): boolean {
  if (runId.startsWith(RUN_PREFIX)) return true;
  const isOpen = "type" in payload && payload.type === "open";
  return isOpen && (LAYERS.includes(payload.layer) || payload.writer === WRITER);
}

/** How a record came. */
interface Arrival {
  readonly keys: KeyFacts;
  readonly receivedMs: number;
  readonly chain?: ChainClaim;
  /** What a run says that begins with it. */
  readonly layer?: "telemetry";
}

/** A record in its place. */
export interface PlacedRecord {
  readonly index: number;
  readonly leaf: string;
  readonly previousHash: string;
  readonly standing: Standing;
  /** Conditions of rules that fired with it. */
  readonly rulesFired: readonly string[];
}

/** Appends a record to the collector's own run of a session, which opens with the first one. */
export function writeDoorRecord(
  ledger: Ledger,
  session: SessionState,
  draft: DoorDraft & { readonly eventId?: string },
  { keys, receivedMs, chain, layer }: Arrival,
): PlacedRecord {
  if (session.row.door === undefined) openDoorRun(ledger, session, keys, receivedMs, layer);
  return place(ledger, session, draft, { receivedMs, ...(chain && { chain }) });
}

/** Opens the collector's run of a session. */
export function openDoorRun(
  ledger: Ledger,
  session: SessionState,
  keys: KeyFacts,
  receivedMs: number,
  layer: Layer = "door",
): PlacedRecord {
  session.row.door = { runId: newRunId(), next: 0, head: NO_PREVIOUS_HASH };
  const payload: OpenFacts & { readonly type: "open" } = {
    type: "open",
    writer: WRITER,
    writerVersion: VERSION,
    layer,
    view: "full",
    ...keys,
    ...openFacts(session.row.facts),
  };
  const sourceTimestamp = timestampAt(receivedMs);
  return place(
    ledger,
    session,
    { category: "lifecycle", payload, sourceTimestamp },
    { receivedMs },
  );
}

function place(
  ledger: Ledger,
  session: SessionState,
  draft: DoorDraft & { readonly eventId?: string },
  { receivedMs, chain }: Pick<Arrival, "receivedMs" | "chain">,
): PlacedRecord {
  const run = session.row.door ?? { runId: newRunId(), next: 0, head: NO_PREVIOUS_HASH };
  const previousHash = run.head ?? NO_PREVIOUS_HASH;
  const record = recordOf(session, run, previousHash, {
    eventId: ledger.eventId(),
    ...draft,
  });
  const line = encodeLine(record);
  const leaf = hashLeaf(line);
  const index = session.size;
  const judged = session.take(record, leaf, receivedMs);
  session.row.door = { ...run, next: run.next + 1, head: leaf };
  const link = chain && linkSender(session, chain);
  const standing = link === undefined ? judged : { ...judged, link };
  ledger.addRecord(session, { leaf, line, receivedMs, standing });
  const rulesFired = watchSession(ledger, session, { record, leaf, receivedMs });
  return { index, leaf, previousHash, standing, rulesFired };
}

/** Compares the event with the one that its sender sent before, and counts what comes out. */
function linkSender({ row }: SessionState, claim: ChainClaim): SenderLink | undefined {
  const { door, totals } = row;
  if (door === undefined) return undefined;
  const { chains, link } = followChain(door.senders ?? NO_SENDERS, claim);
  const { senders: _, ...run } = door;
  row.door = { ...run, ...(chains.length > 0 && { senders: chains }) };
  if (link !== undefined) row.totals = { ...totals, links: countLink(totals.links, link) };
  return link;
}

function recordOf(
  session: SessionState,
  run: RunHead,
  previousHash: string,
  draft: DoorDraft & { readonly eventId: string },
): StructuralRecord {
  // A draft holds a category and the payload of that category; the spread loses the pairing.
  return {
    schemaVersion: "1.0",
    agentId: session.row.facts.agentId,
    ...draft,
    sessionId: session.row.id,
    runId: run.runId,
    previousHash,
    payload: { ...draft.payload, seq: run.next },
  } as StructuralRecord;
}

function openFacts({
  agentId: _,
  isMarkedAtEnd: __,
  tenantLabel: ___,
  ...facts
}: KeptSessionFacts): Omit<KeptSessionFacts, "agentId" | "isMarkedAtEnd" | "tenantLabel"> {
  return facts;
}

function newRunId(): string {
  return `${RUN_PREFIX}${randomBytes(16).toString("hex").slice(1)}`;
}
