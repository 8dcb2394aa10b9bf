/** A session on this machine: its runs, judged and hashed from their records alone. */
import {
  type Assessment,
  CompactRange,
  NO_PREVIOUS_HASH,
  SessionHealth,
  type StructuralRecord,
} from "@caum/core";
import { hashLeaf } from "@caum/core/verify";
import { callOf, type LiveStep } from "./live-step.ts";

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

export class LocalSession {
  readonly id: string;
  readonly agent: string;
  lastSeen = "";
  readonly #health = new SessionHealth();
  readonly #runs = new Map<string, RunSoFar>();

  constructor(id: string, agent: string) {
    this.id = id;
    this.agent = agent;
  }

  /** How the session stands. */
  get assessment(): Assessment {
    return this.#health.current();
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
    this.#chain(record, line, folder);
    if (record.sourceTimestamp > this.lastSeen) this.lastSeen = record.sourceTimestamp;
    const before = this.assessment.step;
    const after = this.#health.observe(record);
    const isStep = record.category === "tool_api" || record.category === "reasoning";
    if (!isStep || after.step === before) return undefined;
    const { step, regime, uds, tier, publicClass, reasons } = after;
    const alert = publicClass === "hard_alert";
    return { session: this.id, step, ...callOf(record.payload), regime, uds, tier, alert, reasons };
  }

  #chain(record: StructuralRecord, line: string, folder: string): void {
    const known = this.#runs.get(record.runId);
    const tree = new CompactRange();
    const run = known ?? { folder, tree, head: NO_PREVIOUS_HASH, isLinked: true, isClosed: false };
    this.#runs.set(record.runId, run);
    if (record.previousHash !== run.head || record.payload.seq !== run.tree.size) {
      run.isLinked = false;
    }
    run.head = hashLeaf(line);
    run.tree.append(run.head);
    run.isClosed = record.category === "lifecycle" && record.payload.type === "close";
  }
}
