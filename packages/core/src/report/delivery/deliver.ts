/** Brings entries to the collector: each run in order, runs beside each other. */
import type { ReportProblem } from "../problem.ts";
import type { Entry, Refusal, Reply, Upstream } from "../upstream/upstream.ts";
import type { DeliveredRun } from "./delivered-run.ts";
import { holeBefore } from "./hole.ts";
import type { Tally } from "./tally.ts";

/** What one request carries at most. */
const MAX_LINES = 500;
const MAX_BYTES = 256 * 1024;
/** Sessions that are delivered at the same time. */
const MAX_PARALLEL = 4;
/** Gaps that are declared in one go before it counts as a failure. */
const MAX_GAPS = 8;

export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly refusal: Refusal; readonly retryAfterMs?: number }
  | { readonly kind: "stopped"; readonly refusal: Refusal };

export interface DeliverParts {
  readonly upstream: Upstream;
  readonly tally: Tally;
  readonly runOf: (entry: Entry) => Promise<DeliveredRun>;
  /** Keeps a record that the collector does not take. */
  readonly setAside: (entry: Entry) => Promise<void>;
  readonly onProblem: (problem: ReportProblem) => void;
  readonly onProgress: (run: DeliveredRun) => void;
  /** Records that were kept and that nobody has any more. */
  readonly onLost: (count: number) => void;
}

const DONE: Outcome = { kind: "done" };
const FORKED: ReportProblem = {
  code: "evidence_mismatch",
  message: "the collector holds another record in the place of ours: compare with caum verify",
};
const OTHER_ROOT: ReportProblem = {
  code: "evidence_mismatch",
  message: "the collector's root is not the root of what it was sent: do not trust its copy",
};
const SET_ASIDE: ReportProblem = {
  code: "record_refused",
  message: "the collector does not take a record: see rejected.ndjson",
};

/**
 * @param entries in the order in which they were made
 * @param isProbe send one small request first, and the rest only when it is answered
 */
export async function deliver(
  entries: readonly Entry[],
  parts: DeliverParts,
  isProbe = false,
): Promise<Outcome> {
  const queues = [...byRun(entries).values()];
  const work = new Work(parts);
  const [first] = queues;
  if (isProbe && first) await work.deliverRun(first, true);
  const lanes = Array.from({ length: Math.min(MAX_PARALLEL, queues.length) }, async () => {
    for (let queue = queues.shift(); queue; queue = queues.shift()) await work.deliverRun(queue);
  });
  await Promise.all(lanes);
  return work.outcome;
}

function byRun(entries: readonly Entry[]): Map<string, Entry[]> {
  const runs = new Map<string, Entry[]>();
  for (const entry of entries) {
    const queue = runs.get(entry.runId);
    if (queue) queue.push(entry);
    else runs.set(entry.runId, [entry]);
  }
  return runs;
}

/** One delivery: what fails in one run stops the others after their current request. */
class Work {
  readonly #parts: DeliverParts;
  outcome: Outcome = DONE;

  constructor(parts: DeliverParts) {
    this.#parts = parts;
  }

  async deliverRun(queue: readonly Entry[], isProbe = false): Promise<void> {
    const [first] = queue;
    if (!first) return;
    const run = await this.#parts.runOf(first);
    const isNews = ({ seq, origin }: Entry) => origin === "declared" || seq > run.acked;
    const lane = new Lane(queue.filter(isNews));
    if (isProbe) lane.limit = 1;
    while (lane.isOpen && this.outcome.kind === "done") {
      const batch = lane.next();
      const reply = await this.#parts.upstream.send(batch);
      await this.#settle(reply, batch, lane, run);
      if (isProbe) return;
    }
  }

  async #settle(
    reply: Reply,
    batch: readonly Entry[],
    lane: Lane,
    run: DeliveredRun,
  ): Promise<void> {
    switch (reply.outcome) {
      case "taken":
        this.#take(reply, batch, run);
        lane.took(reply.settled);
        if (reply.gap) this.#declare(reply.gap, lane);
        this.#parts.onProgress(run);
        break;
      case "refused":
        await this.#refuse(batch, lane, run);
        break;
      default:
        this.outcome = deliveryOutcome(reply);
    }
  }

  #take(
    reply: Extract<Reply, { outcome: "taken" }>,
    batch: readonly Entry[],
    run: DeliveredRun,
  ): void {
    const { tally, onProblem } = this.#parts;
    const { duplicate, forked } = reply;
    batch.slice(0, reply.settled).forEach((entry, index) => {
      const lost = forked.has(index) ? run.forked(entry) : run.taken(entry);
      if (lost > 0) this.#parts.onLost(lost);
      const known = duplicate.has(index) ? "duplicate" : "accepted";
      tally.count(entry, forked.has(index) ? "rejected" : known);
    });
    if (forked.size > 0) onProblem(FORKED);
    const { standing } = reply;
    if (!standing || forked.size > 0 || duplicate.size > 0) return;
    if (run.isContradictedBy(standing)) onProblem(OTHER_ROOT);
    run.headIndex = standing.treeSize - 1;
  }

  /** Records that nobody has any more are declared, so that what follows has a place. */
  #declare(gap: { readonly expected: number; readonly head: string }, lane: Lane): void {
    const [next] = lane.entries;
    const hole = next && lane.gaps < MAX_GAPS ? holeBefore(next, gap) : undefined;
    if (hole) {
      lane.insert(hole);
    } else {
      const message = "the collector asks for records that it was given: it may have lost some";
      this.outcome = { kind: "failed", refusal: { code: "collector_failed", message } };
    }
  }

  async #refuse(batch: readonly Entry[], lane: Lane, run: DeliveredRun): Promise<void> {
    const [only] = batch;
    if (batch.length > 1 || !only) {
      lane.limit = Math.ceil(batch.length / 2);
      return;
    }
    this.#parts.onProblem(SET_ASIDE);
    await this.#parts.setAside(only).catch(() => undefined);
    run.setAside(only);
    this.#parts.tally.count(only, "rejected");
    lane.took(1);
  }
}

/** What is left of one run in this delivery. */
class Lane {
  entries: readonly Entry[];
  limit = MAX_LINES;
  gaps = 0;

  constructor(entries: readonly Entry[]) {
    this.entries = entries;
  }

  get isOpen(): boolean {
    return this.entries.length > 0;
  }

  next(): readonly Entry[] {
    const batch: Entry[] = [];
    let bytes = 0;
    for (const entry of this.entries) {
      bytes += entry.line.length + 1;
      if (batch.length >= this.limit || (bytes > MAX_BYTES && batch.length > 0)) break;
      batch.push(entry);
    }
    return batch;
  }

  took(count: number): void {
    this.entries = this.entries.slice(count);
    if (count > 0) this.limit = Math.min(MAX_LINES, this.limit * 2);
  }

  insert(entry: Entry): void {
    this.gaps += 1;
    this.entries = [entry, ...this.entries];
  }
}

export function deliveryOutcome(reply: Extract<Reply, { outcome: "failed" | "stopped" }>): Outcome {
  const { refusal } = reply;
  if (reply.outcome === "stopped") return { kind: "stopped", refusal };
  const { retryAfterMs } = reply;
  return { kind: "failed", refusal, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
