import { ownCopy } from "./bytes.ts";
import { NO_PREVIOUS_HASH } from "./chain.ts";
import type { Findings, LinePlace } from "./findings.ts";

/** More runs than this in one session are not followed. */
const MAX_RUNS = 65_536;

/** A line with its place in a run and its leaf. */
export interface Link extends LinePlace {
  readonly leaf: string;
  /** What it says the leaf before it is; undefined for a tombstone, which no longer says it. */
  readonly previousHash: string | undefined;
}

interface RunState {
  /** Seq of the next record. */
  next: number;
  /** Leaf of the last record; undefined where what comes next cannot be linked to it. */
  head: string | undefined;
  /** Line of the last record. */
  line: number;
  /** The record before the last one, when the last one does not link to it. */
  suspect: LinePlace | undefined;
  closed: boolean;
}

/** What a lifecycle record says of its run. */
export interface LifecycleFacts {
  readonly type: string;
  /** The last record that a hole stands for. */
  readonly to?: number;
}

/** What became of a line: part of the tree, or a copy that is left out. */
export type LinkOutcome = "linked" | "duplicate" | "too_many_runs";

/**
 * Follows every run of a session: each record must carry the next seq and the leaf before it.
 *
 * A broken link accuses two records. The next link decides: when it is broken too, the later of
 * the two was changed, otherwise the earlier one.
 */
export class Runs {
  readonly #findings: Findings;
  readonly #file: string;
  readonly #runs = new Map<string, RunState>();
  #gap = false;

  constructor(findings: Findings, file: string) {
    this.#findings = findings;
    this.#file = file;
  }

  get count(): number {
    return this.#runs.size;
  }

  /** Whether records are missing that nobody declared lost. */
  get hasGap(): boolean {
    return this.#gap;
  }

  /** Whether the last record of the run is its `close`. */
  isClosed(run: string): boolean {
    return this.#runs.get(run)?.closed === true;
  }

  /** @param lifecycle of a lifecycle record, and of no other */
  follow(link: Link, lifecycle: LifecycleFacts | undefined): LinkOutcome {
    const run = this.#runs.get(link.run) ?? this.#open(link);
    if (run === undefined) return "too_many_runs";
    if (link.seq < run.next) return this.#goesBack(link, run);
    if (link.seq > run.next) this.#skips(link, run);
    else this.#checkLink(link, run);
    advance(run, link, lifecycle);
    return "linked";
  }

  /** Reports the links that no later record could judge. */
  finish(): void {
    for (const [name, run] of this.#runs) this.#blame(name, run);
  }

  #open(link: Link): RunState | undefined {
    if (this.#runs.size >= MAX_RUNS) {
      this.#add("too_many_runs", link, `the session holds more than ${MAX_RUNS} runs`);
      return undefined;
    }
    const run = { next: 0, head: NO_PREVIOUS_HASH, line: 0, suspect: undefined, closed: false };
    this.#runs.set(ownCopy(link.run), run);
    return run;
  }

  #goesBack(link: Link, run: RunState): LinkOutcome {
    if (link.seq === run.next - 1 && link.leaf === run.head) {
      this.#add("duplicate", link, "the record is there twice");
      return "duplicate";
    }
    this.#add("reordered", link, `seq ${link.seq} comes after seq ${run.next - 1}`);
    return "linked";
  }

  #skips(link: Link, run: RunState): void {
    this.#gap = true;
    this.#blame(link.run, run);
    this.#add("gap", link, `seq ${run.next} to ${link.seq - 1} are missing before this record`);
  }

  #checkLink(link: Link, run: RunState): void {
    const last = { line: run.line, run: link.run, seq: link.seq - 1 };
    const isLinked =
      run.head === undefined || link.previousHash === undefined || link.previousHash === run.head;
    if (run.suspect !== undefined) {
      this.#addAltered(isLinked ? run.suspect : last);
      run.suspect = undefined;
    } else if (!isLinked) {
      // At seq 0 there is nothing before it that could have been changed instead.
      if (link.seq === 0) this.#addAltered(link);
      else run.suspect = last;
    }
  }

  #blame(name: string, run: RunState): void {
    if (run.suspect !== undefined) this.#addAltered({ ...run.suspect, run: name });
    run.suspect = undefined;
  }

  #addAltered(place: LinePlace): void {
    this.#add("altered", place, "the record is not the one that the records around it link to");
  }

  #add(kind: Parameters<Findings["add"]>[0], place: LinePlace, message: string): void {
    const { line, run, seq } = place;
    this.#findings.add(kind, this.#file, message, { line, run, seq });
  }
}

function advance(run: RunState, link: Link, lifecycle: LifecycleFacts | undefined): void {
  const to = lifecycle?.type === "hole" ? lifecycle.to : undefined;
  run.next = (to ?? link.seq) + 1;
  // What followed a hole was linked to a record that is lost.
  run.head = to === undefined ? link.leaf : undefined;
  run.line = link.line;
  run.closed = lifecycle?.type === "close";
}
