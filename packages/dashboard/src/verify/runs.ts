import type { Findings } from "./findings.ts";
import type { Line } from "./line.ts";

const NO_PREVIOUS_HASH = "0".repeat(64);

interface RunState {
  /** Seq of the next record. */
  next: number;
  /** Leaf of the last record; undefined where what comes next cannot be linked to it. */
  head: string | undefined;
  /** Line of the last record. */
  line: number;
  /** Line of the record before the last one, when the last one does not link to it. */
  suspect: number | undefined;
}

/**
 * Follows every run of a session: each record must carry the next seq and the leaf before it.
 *
 * A broken link accuses two records. The next link decides: when it is broken too, the later of
 * the two was changed, otherwise the earlier one.
 */
export class Runs {
  readonly #findings: Findings;
  readonly #runs = new Map<string, RunState>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  get count(): number {
    return this.#runs.size;
  }

  /** @returns false for a copy of the record before, after which nothing can be judged */
  follow(record: Line, leaf: string, line: number): boolean {
    const run = this.#runs.get(record.run) ?? open(record.run, this.#runs);
    if (record.seq < run.next) {
      const isCopy = record.seq === run.next - 1 && leaf === run.head;
      const message = isCopy ? "the record is there twice" : `seq ${record.seq} comes too late`;
      this.#findings.add(isCopy ? "duplicate" : "reordered", message, line);
      if (isCopy) return false;
    } else if (record.seq > run.next) {
      this.#blame(run);
      const message = `seq ${run.next} to ${record.seq - 1} are missing before this record`;
      this.#findings.add("gap", message, line);
    } else {
      this.#checkLink(record, run, line);
    }
    const to = record.lifecycle?.type === "hole" ? record.lifecycle.to : undefined;
    run.next = (typeof to === "number" ? to : record.seq) + 1;
    run.head = to === undefined ? leaf : undefined;
    run.line = line;
    return true;
  }

  /** Reports the links that no later record could judge. */
  finish(): void {
    for (const run of this.#runs.values()) this.#blame(run);
  }

  #checkLink({ previousHash, seq }: Line, run: RunState, line: number): void {
    const isLinked =
      run.head === undefined || previousHash === undefined || previousHash === run.head;
    if (run.suspect !== undefined) {
      this.#altered(isLinked ? run.suspect : run.line);
      run.suspect = undefined;
    } else if (!isLinked && seq === 0) {
      // There is nothing before it that could have been changed instead.
      this.#altered(line);
    } else if (!isLinked) {
      run.suspect = run.line;
    }
  }

  #blame(run: RunState): void {
    if (run.suspect !== undefined) this.#altered(run.suspect);
    run.suspect = undefined;
  }

  #altered(line: number): void {
    this.#findings.add("altered", "not the record that the records around it link to", line);
  }
}

function open(name: string, runs: Map<string, RunState>): RunState {
  const run = { next: 0, head: NO_PREVIOUS_HASH, line: 0, suspect: undefined };
  runs.set(name, run);
  return run;
}
