import { randomFillSync } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { EventIds, type Fork } from "@caum/core/collector";
import { sessionTag } from "@caum/core/verify";
import type { KeptSessionFacts } from "../../../ingest/intake.ts";
import {
  type KnownEvent,
  type KnownStep,
  type Ledger,
  MAX_FORKS,
  type NativeRun,
  type StoredRecord,
} from "../../../ingest/ledger.ts";
import { type Beginning, newRow } from "../../../ingest/session-row.ts";
import { SessionState } from "../../../ingest/session-state.ts";
import { encodeStanding, type Standing } from "../../../ingest/standing.ts";
import type { AlertRule, NewAlert } from "../../../rows/alert-rows.ts";
import { compress } from "../../chunks/compressed.ts";
import { bytes, hex, integer, optional, type Row, text } from "../../columns/columns.ts";
import { knownStepOf, leafOf, nativeRunOf, storedRecordOf } from "../../columns/ledger-columns.ts";
import { changingValues, sessionRowOf } from "../../columns/session-rows.ts";
import { isJudgementDue, judgeLine, REPLAYED_AT_ONCE, stateFrom } from "../../judgement.ts";
import { BLOCK_LEAVES, subtreeRootsFrom } from "../../subtrees.ts";
import { AlertBook } from "./alert-book.ts";
import { KnownEvents } from "./known-events.ts";
import { SessionRecords } from "./session-records.ts";
import { type Statements, statementsFor } from "./statements.ts";

/** Sessions that stay in memory between groups. */
const HOT_SESSIONS = 2_000;

/** One group's reads and writes on SQLite; runs inside the group's transaction. */
export class SqliteLedger implements Ledger {
  readonly #statements: Statements;
  readonly #hot = new Map<string, SessionState>();
  readonly #touched = new Set<SessionState>();
  /** Sessions that the group began. */
  readonly #begun = new Set<SessionState>();
  /** Facts whose workflow and cohort are in their columns. */
  #placed = new WeakSet<KeptSessionFacts>();
  readonly #eventIds = new EventIds({ clock: Date.now, fillRandom: randomFillSync });

  readonly #events: KnownEvents;
  readonly #records: SessionRecords;
  readonly alerts: AlertBook;

  constructor(database: DatabaseSync) {
    this.#events = new KnownEvents(database);
    this.#records = new SessionRecords(database);
    this.alerts = new AlertBook(database);
    this.#statements = statementsFor(database);
  }

  /** Writes each session that the group touched once, and what it named. */
  finish(): void {
    this.#events.write();
    this.#records.write();
    for (const session of this.#touched) {
      if (session.row.buried > 0 || this.#begun.has(session)) this.#noteUnburied(session);
      this.#statements.updateSession.run(...changingValues(session), session.row.key);
      this.#placeInWorkflow(session);
      if (isJudgementDue(session)) this.saveJudgement(session);
    }
    this.#touched.clear();
    this.#begun.clear();
    for (const place of this.#hot.keys()) {
      if (this.#hot.size <= HOT_SESSIONS) break;
      this.#hot.delete(place);
    }
  }

  /** A clock that was set back brings sessions to where retention has looked already. */
  #noteUnburied({ row }: SessionState): void {
    this.#statements.buryAgainFrom.run(row.tenant, row.lastMs);
  }

  /** Facts change seldom, and an index over them must not be written with every group. */
  #placeInWorkflow({ row }: SessionState): void {
    if (this.#placed.has(row.facts)) return;
    this.#placed.add(row.facts);
    const { workflow = null, cohort = null } = row.facts;
    if (workflow !== null) this.#statements.placeInWorkflow.run(workflow, cohort, row.key);
  }

  /** Nothing is left beside the tables, so that what is deleted from them is gone. */
  settle(): void {
    this.#events.settle();
  }

  /** After a group that failed: what is on the disk stands, memory is read anew. */
  forget(): void {
    this.#hot.clear();
    this.#touched.clear();
    this.#begun.clear();
    this.#events.forget();
    this.#records.forget();
    this.#placed = new WeakSet();
    this.alerts.forgetRules();
  }

  saveJudgement(session: SessionState): void {
    const { row, size } = session;
    // What PostgreSQL does by itself.
    const state = compress(JSON.stringify(session.judgement));
    this.#statements.saveJudgement.run(row.key, row.segment, size, state);
    session.judgedAt = session.size;
  }

  session(tenant: number, id: string): SessionState | "gone" | undefined {
    const place = `${tenant}/${id}`;
    const known = this.#hot.get(place) ?? this.#load(tenant, sessionTag(id));
    if (known === undefined || known === "gone") return known;
    // Back to the end of the map, whose first entry is the one idle longest.
    this.#hot.delete(place);
    this.#hot.set(place, known);
    this.#touched.add(known);
    return known;
  }

  createSession(
    tenant: number,
    id: string,
    facts: KeptSessionFacts,
    beginning: Beginning,
  ): SessionState {
    const tag = sessionTag(id);
    const row = newRow({ key: 0, tenant, id }, facts, beginning);
    const values = changingValues(new SessionState(row));
    const created = this.#statements.insertSession.run(tenant, tag, id, row.firstMs, ...values);
    const session = new SessionState({ ...row, key: Number(created.lastInsertRowid) });
    this.#hot.set(`${tenant}/${id}`, session);
    this.#touched.add(session);
    this.#begun.add(session);
    return session;
  }

  addRecord(session: SessionState, record: Omit<StoredRecord, "index">): void {
    const { leaf, line, receivedMs, standing } = record;
    this.#records.add(session.row.key, {
      index: session.size - 1,
      leaf,
      line,
      receivedMs,
      standing: standing && textOf(standing, session),
    });
    const { wholeBlock } = session;
    if (wholeBlock === undefined) return;
    const block = session.size / BLOCK_LEAVES - 1;
    this.#statements.addSubtree.run(session.row.key, block, bytes(wholeBlock));
  }

  recordAt(session: number, index: number): StoredRecord | undefined {
    const record = this.#records.at(session, index);
    return record && storedRecordOf(record);
  }

  sessionId(session: number): string | undefined {
    const row = this.#statements.sessionId.get(session);
    return row && optional(row, "id", text);
  }

  rootAt(session: SessionState | number, size: number): string {
    const key = typeof session === "number" ? session : session.row.key;
    const blocks = this.#statements.subtrees.all(key).map((row) => hex(row, "root"));
    const from = Math.min(blocks.length, Math.floor(size / BLOCK_LEAVES)) * BLOCK_LEAVES;
    const leaves = this.#records.read(key, from, size).map(leafOf);
    return subtreeRootsFrom({
      block: (number) => blocks[number] ?? "",
      leaf: (index) => leaves[index - from] ?? "",
      blocks: blocks.length,
    })(0, size);
  }

  findEvent(tenant: number, eventId: string): KnownEvent | undefined {
    return this.#events.find(tenant, eventId);
  }

  nameEvent(tenant: number, eventId: string, event: KnownEvent): void {
    this.#events.name(tenant, eventId, event);
  }

  nameTrace({ row }: SessionState, digest: string): void {
    this.#statements.nameTrace.run(row.tenant, bytes(digest), row.key);
  }

  findSteps(session: SessionState, step: number): readonly KnownStep[] {
    const { key, segment } = session.row;
    return this.#statements.findSteps.all(key, segment, step).map(knownStepOf);
  }

  nameStep(session: SessionState, step: number, { index, body }: KnownStep): void {
    this.#statements.nameStep.run(session.row.key, session.row.segment, step, body, index);
  }

  run(session: SessionState, runId: string): NativeRun | undefined {
    const row = this.#statements.run.get(session.row.key, runId);
    return row && nativeRunOf(row);
  }

  saveRun(session: SessionState, { runId, next, head, forked }: NativeRun): void {
    this.#statements.saveRun.run(session.row.key, runId, next, head, forked ? 1 : 0);
  }

  addFork(session: SessionState, { run, seq, leaf, reason }: Fork, receivedMs: number): void {
    const { key } = session.row;
    const known = this.#statements.countForks.get(key, run);
    if (known && integer(known, "forks") >= MAX_FORKS) return;
    this.#statements.addFork.run(key, run, seq, leaf, reason, receivedMs);
  }

  addToken({ hash, tenant, sessionId, expiresMs }: Parameters<Ledger["addToken"]>[0]): void {
    this.#statements.addToken.run(bytes(hash), tenant, sessionId, expiresMs);
  }

  alertRules(tenant: number): readonly AlertRule[] {
    return this.alerts.rulesOf(tenant);
  }

  addAlert(alert: NewAlert): void {
    this.alerts.add(alert);
  }

  disarmAlert(tenant: number, id: string): void {
    this.alerts.disarm(tenant, id);
  }

  hasAlert(tenant: number, id: string): boolean {
    return this.alerts.has(tenant, id);
  }

  eventId(): string {
    return this.#eventIds.next();
  }

  #load(tenant: number, tag: string): SessionState | "gone" | undefined {
    const row = this.#statements.session.get(tenant, tag);
    if (row === undefined) return undefined;
    if (integer(row, "gone") === 1) return "gone";
    const session = this.#withJudgement(row);
    for (let from = session.judgedAt; from < session.size; from += REPLAYED_AT_ONCE) {
      const stored = this.#records.read(session.row.key, from, from + REPLAYED_AT_ONCE);
      for (const { line } of stored) judgeLine(session, line);
    }
    return session;
  }

  /** With the stored judgement, or at the start of the segment when there is none that fits. */
  #withJudgement(row: Row): SessionState {
    const sessionRow = sessionRowOf(row);
    const saved = this.#statements.judgement.get(sessionRow.key);
    if (saved === undefined || integer(saved, "segment") !== sessionRow.segment) {
      return new SessionState(sessionRow);
    }
    // An earlier version stored the text itself.
    const stored = saved.state instanceof Uint8Array ? saved.state : text(saved, "state");
    const state = stateFrom(sessionRow, stored, integer(saved, "size"));
    return state ?? new SessionState(sessionRow);
  }
}

/** Of the record that came last the session has made it already. */
function textOf(standing: Standing, session: SessionState): string {
  return standing === session.standing ? session.standingText : encodeStanding(standing);
}
