import { CompactRange, type CompactRangeState, type Fork } from "@caum/core/collector";
import type { KeptSessionFacts } from "../../../ingest/intake.ts";
import type {
  KnownEvent,
  KnownStep,
  Ledger,
  NativeRun,
  StoredRecord,
} from "../../../ingest/ledger.ts";
import { type Beginning, newRow } from "../../../ingest/session-row.ts";
import { SessionState } from "../../../ingest/session-state.ts";
import type { AlertRule, NewAlert } from "../../../rows/alert-rows.ts";
import { BLOCK_LEAVES } from "../../subtrees.ts";
import { addTo, type Found, placeOf, type Questions, Unasked } from "./found.ts";

/** Something that belongs to a session's row. */
export interface Placed<T> {
  readonly session: number;
  readonly value: T;
}

/** What a group leaves to be written. */
export interface Writes {
  readonly created: Set<SessionState>;
  readonly touched: Set<SessionState>;
  readonly records: Placed<StoredRecord>[];
  /** Roots of blocks of leaves that became whole, with their numbers. */
  readonly blocks: Placed<{ readonly block: number; readonly root: string }>[];
  readonly events: Map<string, KnownEvent>;
  readonly steps: Placed<KnownStep & { readonly segment: number; readonly step: number }>[];
  readonly runs: Map<string, Placed<NativeRun>>;
  readonly forks: Placed<Fork & { readonly receivedMs: number }>[];
  /** Digests, by session. */
  readonly traces: Map<string, Placed<string>>;
  readonly tokens: Parameters<Ledger["addToken"]>[0][];
  readonly alerts: Map<string, NewAlert>;
  readonly disarmed: Set<string>;
}

/** What the ledger takes from the node it runs on. */
export interface NodeParts {
  readonly newKey: () => number;
  readonly newEventId: () => string;
}

/** One group of one tenant: answers from what was read before, and collects what is to be written. */
export class PostgresLedger implements Ledger {
  readonly writes: Writes = {
    created: new Set(),
    touched: new Set(),
    records: [],
    blocks: [],
    events: new Map(),
    steps: [],
    runs: new Map(),
    forks: [],
    traces: new Map(),
    tokens: [],
    alerts: new Map(),
    disarmed: new Set(),
  };
  readonly #found: Found;
  readonly #asked: Questions;
  readonly #parts: NodeParts;
  readonly #ids = new Map<number, string>();
  readonly #starts = new Map<number, CompactRangeState>();
  readonly #written = new Map<string, StoredRecord>();
  readonly #openSegments = new Map<number, number>();

  constructor(asked: Questions, found: Found, parts: NodeParts) {
    this.#asked = asked;
    this.#found = found;
    this.#parts = parts;
  }

  session(_tenant: number, id: string): SessionState | "gone" | undefined {
    const session = this.#found.sessions.get(id);
    if (session === undefined && !this.#asked.sessions.has(id)) {
      throw new Unasked(({ sessions }) => sessions.add(id));
    }
    if (session === undefined || session === "gone") return session;
    if (!this.writes.touched.has(session)) this.#begin(session);
    return session;
  }

  createSession(
    tenant: number,
    id: string,
    facts: KeptSessionFacts,
    beginning: Beginning,
  ): SessionState {
    const key = this.#parts.newKey();
    const session = new SessionState(newRow({ key, tenant, id }, facts, beginning));
    this.#found.sessions.set(id, session);
    this.writes.created.add(session);
    this.#begin(session);
    return session;
  }

  addRecord(session: SessionState, record: Omit<StoredRecord, "index">): void {
    const value = { ...record, index: session.size - 1 };
    this.#written.set(placeOf(session.row.key, value.index), value);
    this.writes.records.push({ session: session.row.key, value });
    const { wholeBlock: root } = session;
    if (root === undefined) return;
    const block = session.size / BLOCK_LEAVES - 1;
    this.writes.blocks.push({ session: session.row.key, value: { block, root } });
  }

  recordAt(session: number, index: number): StoredRecord | undefined {
    const place = placeOf(session, index);
    const record = this.#written.get(place) ?? this.#found.records.get(place);
    if (record === undefined && !this.#asked.records.has(place)) {
      throw new Unasked(({ records }) => records.add(place));
    }
    return record;
  }

  sessionId(session: number): string | undefined {
    return this.#ids.get(session) ?? this.#found.sessionIds.get(session);
  }

  rootAt(session: SessionState | number, size: number): string {
    const key = typeof session === "number" ? session : session.row.key;
    const start = this.#starts.get(key);
    if (start && size >= start.size) return this.#rootOfWritten(key, start, size);
    const place = placeOf(key, size);
    const root = this.#found.roots.get(place);
    if (root === undefined) throw new Unasked(({ roots }) => roots.add(place));
    return root;
  }

  findEvent(_tenant: number, eventId: string): KnownEvent | undefined {
    const known = this.writes.events.get(eventId) ?? this.#found.events.get(eventId);
    if (known === undefined && !this.#asked.events.has(eventId)) {
      throw new Unasked(({ events }) => events.add(eventId));
    }
    return known;
  }

  nameEvent(_tenant: number, eventId: string, event: KnownEvent): void {
    this.writes.events.set(eventId, event);
  }

  nameTrace({ row }: SessionState, digest: string): void {
    this.writes.traces.set(placeOf(row.key, digest), { session: row.key, value: digest });
  }

  findSteps(session: SessionState, step: number): readonly KnownStep[] {
    const { id, key, segment } = session.row;
    const written = this.writes.steps
      .filter(({ session: of, value }) => {
        return of === key && value.segment === segment && value.step === step;
      })
      .map(({ value }) => value);
    if (this.#openSegments.get(key) !== segment) return written;
    if (!this.writes.created.has(session) && !this.#asked.steps.get(id)?.has(step)) {
      throw new Unasked(({ steps }) => addTo(steps, id, step));
    }
    return [...(this.#found.steps.get(placeOf(key, step)) ?? []), ...written];
  }

  nameStep({ row }: SessionState, step: number, known: KnownStep): void {
    this.writes.steps.push({ session: row.key, value: { ...known, segment: row.segment, step } });
  }

  run(session: SessionState, runId: string): NativeRun | undefined {
    const { id, key } = session.row;
    const place = placeOf(key, runId);
    const run = this.writes.runs.get(place)?.value ?? this.#found.runs.get(place);
    if (run || this.writes.created.has(session) || this.#asked.runs.get(id)?.has(runId)) return run;
    throw new Unasked(({ runs }) => addTo(runs, id, runId));
  }

  saveRun(session: SessionState, run: NativeRun): void {
    const { key } = session.row;
    this.writes.runs.set(placeOf(key, run.runId), { session: key, value: run });
  }

  addFork(session: SessionState, fork: Fork, receivedMs: number): void {
    this.writes.forks.push({ session: session.row.key, value: { ...fork, receivedMs } });
  }

  addToken(token: Parameters<Ledger["addToken"]>[0]): void {
    this.writes.tokens.push(token);
  }

  alertRules(_tenant: number): readonly AlertRule[] {
    return this.#found.rules;
  }

  addAlert(alert: NewAlert): void {
    if (!this.writes.alerts.has(alert.id)) this.writes.alerts.set(alert.id, alert);
  }

  disarmAlert(_tenant: number, id: string): void {
    if (this.writes.alerts.get(id)?.status === "armed") this.writes.alerts.delete(id);
    this.writes.disarmed.add(id);
  }

  hasAlert(_tenant: number, id: string): boolean {
    if (this.writes.alerts.has(id) || this.#found.alerts.has(id)) return true;
    if (!this.#asked.alerts.has(id)) throw new Unasked(({ alerts }) => alerts.add(id));
    return false;
  }

  eventId(): string {
    return this.#parts.newEventId();
  }

  #begin(session: SessionState): void {
    const { key, id, tree, segment } = session.row;
    this.writes.touched.add(session);
    this.#ids.set(key, id);
    this.#starts.set(key, tree.state);
    this.#openSegments.set(key, segment);
  }

  /** The root over records of this group, of which the database knows nothing yet. */
  #rootOfWritten(session: number, start: CompactRangeState, size: number): string {
    const tree = CompactRange.restore(start);
    for (let index = start.size; index < size; index++) {
      tree.append(this.#written.get(placeOf(session, index))?.leaf ?? "");
    }
    return tree.root;
  }
}
