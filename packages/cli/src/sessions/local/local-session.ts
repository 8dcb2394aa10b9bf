/** A session on this machine: its runs, judged and hashed from their records alone. */
import { join } from "node:path";
import {
  newRow,
  profileOf,
  SessionState,
  type SessionView,
  sentMs,
  sessionSummaryOf,
  stepOfRecord,
  viewOf,
} from "@caum/collector/local";
import { CompactRange } from "@caum/core/collector";
import { isStepRecord } from "@caum/core/health";
import { isWriterGone } from "@caum/core/machine";
import { hashLeaf, type StructuralRecord } from "@caum/core/verify";
import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";
import type { SessionProfile } from "@caum/workflows";
import { type LiveStep, shownCallOf } from "../source/live-step.ts";
import type { SessionReport, SessionSummary, StepOfSession } from "../source/session-source.ts";

/** What a run proves; no more than its files say. */
export interface RunEvidence {
  readonly run_id: string;
  readonly folder: string;
  readonly tree_size: number;
  readonly merkle_root: string;
  readonly chain_head: string;
  /** Whether each record names the one before it. */
  readonly linked: boolean;
  readonly closed: boolean;
}

interface RunSoFar {
  readonly folder: string;
  readonly tree: CompactRange;
  head: string;
  isLinked: boolean;
  isClosed: boolean;
}

export interface LocalSessionOptions {
  /** Keep every step for a report; without it they are judged and forgotten. */
  readonly keepsSteps: boolean;
  /** Where its runs are. */
  readonly home: string;
}

export class LocalSession {
  readonly #home: string;
  readonly #state: SessionState;
  readonly #runs = new Map<string, RunSoFar>();
  readonly #steps: StepOfSession[] | undefined;
  #message: string | undefined;

  constructor(first: StructuralRecord, { keepsSteps, home }: LocalSessionOptions) {
    this.#home = home;
    const startedMs = sentMs(first.sourceTimestamp, Date.now());
    const { sessionId: id, agentId } = first;
    const place = { key: 0, tenant: 0, id };
    this.#state = new SessionState(
      newRow(place, { agentId }, { receivedMs: startedMs, startedMs }),
    );
    this.#steps = keepsSteps ? [] : undefined;
  }

  get id(): string {
    return this.#state.row.id;
  }

  /** In the words of a collector. */
  summary(acknowledged: SessionView["acknowledged"], nowMs = Date.now()): SessionSummary {
    const view = viewOf(this.#state, acknowledged);
    return sessionSummaryOf({ ...view, ended: view.ended || this.#isLeft }, nowMs);
  }

  /** What is remembered of it; undefined where that is not known. */
  get profile(): SessionProfile | undefined {
    const view = viewOf(this.#state, undefined);
    return profileOf({ ...view, ended: view.ended || this.#isLeft });
  }

  /** Who was at work in it is gone, and could not say so. */
  get #isLeft(): boolean {
    const open = [...this.#runs.values()].filter(({ isClosed }) => !isClosed);
    return open.length > 0 && open.every(({ folder }) => isWriterGone(join(this.#home, folder)));
  }

  report(acknowledged: SessionView["acknowledged"]): SessionReport {
    return {
      session: this.summary(acknowledged),
      merkle_root: this.#state.row.tree.root,
      tree_size: this.#state.size,
      steps: this.#steps ?? [],
    };
  }

  /** How the session stands. */
  get standing(): SessionView["standing"] {
    return this.#state.standing;
  }

  /** What an alert that stands says to a person. */
  get message(): string | undefined {
    return this.#message;
  }

  get evidence(): readonly RunEvidence[] {
    return [...this.#runs].map(([id, run]) => ({
      run_id: id,
      folder: run.folder,
      tree_size: run.tree.size,
      merkle_root: run.tree.root,
      chain_head: run.head,
      linked: run.isLinked,
      closed: run.isClosed,
    }));
  }

  /** @returns the step that the record was, if it was one that counts */
  observe(record: StructuralRecord, line: string, folder: string): LiveStep | undefined {
    const leaf = hashLeaf(line);
    this.#chain(record, leaf, folder);
    const { size: index, standing: before } = this.#state;
    const receivedMs = sentMs(record.sourceTimestamp, Date.now());
    const standing = this.#state.take(record, leaf, receivedMs);
    const isNew = standing.step !== before.step;
    const stored = { index, leaf, line, receivedMs, standing: isNew ? standing : undefined };
    const step = stepOfRecord(stored, this.#state.row.facts);
    this.#steps?.push(step);
    if (!(isStepRecord(record) && isNew)) return undefined;
    const { regime, uds, tier, publicClass, reasons } = standing;
    const alert = publicClass === "hard_alert";
    const shown = { ...shownCallOf(record.payload), regime, uds, tier, alert, reasons };
    const message = step.assessment?.message ?? null;
    this.#message = message ?? undefined;
    return { session: this.id, step: standing.step, ...shown, message };
  }

  #chain(record: StructuralRecord, leaf: string, folder: string): void {
    const known = this.#runs.get(record.runId);
    const tree = new CompactRange();
    const run = known ?? { folder, tree, head: NO_PREVIOUS_HASH, isLinked: true, isClosed: false };
    this.#runs.set(record.runId, run);
    if (record.previousHash !== run.head || record.payload.seq !== run.tree.size) {
      run.isLinked = false;
    }
    run.head = leaf;
    run.tree.append(run.head);
    run.isClosed = record.category === "lifecycle" && record.payload.type === "close";
  }
}
