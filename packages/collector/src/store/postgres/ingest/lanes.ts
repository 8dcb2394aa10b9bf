import { sha256 } from "@caum/core/collector";
import type { Intake, Outcome } from "../../../ingest/intake.ts";
import { eventsIn, MAX_GROUP } from "../../group.ts";

/**
 * Groups of one tenant that are under way at once. More make smaller groups, and a group costs as
 * much as several events; fewer leave the way to the database unused (measured: of 2, 3 and 4 this
 * is near the best beside the database and 2 ms away).
 */
const LANES_OF_TENANT = 3;

/** An intake that waits, and whoever waits for its outcome. */
export interface Waiting {
  readonly intake: Intake;
  readonly settle: (outcome: Outcome) => void;
  /** When it began to wait, by the clock of this process that only goes forward. */
  readonly sinceMs: number;
}

export type Commit = (tenant: number, waiting: readonly Waiting[]) => Promise<void>;

/**
 * Groups without a timer: what arrives while one group of a lane is committed is the next one. A
 * session is always of the same lane, so that groups of one node never wait for each other's rows.
 */
export class Lanes {
  readonly #lanes: Lane[];

  constructor(count: number, commit: Commit) {
    this.#lanes = Array.from({ length: count }, () => new Lane(commit));
  }

  get waiting(): number {
    return this.#lanes.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  submit(waiting: Waiting): void {
    const { tenant, sessionId } = waiting.intake;
    const number = numberOf(String(tenant)) + (numberOf(sessionId) % LANES_OF_TENANT);
    this.#lanes[number % this.#lanes.length]?.add(waiting);
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
  }
}

/** Evenly spread, and the same on every node. */
function numberOf(name: string): number {
  return Number.parseInt(sha256(Buffer.from(name)).slice(0, 8), 16);
}

class Lane {
  readonly #commit: Commit;
  /** What waits, by tenant, in the order in which the tenants began to wait. */
  readonly #queues = new Map<number, Waiting[]>();
  #running: Promise<void> | undefined;
  waiting = 0;

  constructor(commit: Commit) {
    this.#commit = commit;
  }

  add(waiting: Waiting): void {
    const { tenant } = waiting.intake;
    const queue = this.#queues.get(tenant);
    if (queue) queue.push(waiting);
    else this.#queues.set(tenant, [waiting]);
    this.waiting += 1;
    this.#running ??= this.#run();
  }

  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // What arrives in one turn of the event loop is one group.
    await new Promise((resolve) => setImmediate(resolve));
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      await this.#commit(next.tenant, next.group);
      this.waiting -= next.group.length;
    }
    this.#running = undefined;
  }

  /** The tenant that waits longest; what it has beyond one group goes behind the others. */
  #next(): { readonly tenant: number; readonly group: readonly Waiting[] } | undefined {
    for (const [tenant, queue] of this.#queues) {
      const group = queue.splice(0, fitting(queue));
      this.#queues.delete(tenant);
      if (queue.length > 0) this.#queues.set(tenant, queue);
      return { tenant, group };
    }
    return undefined;
  }
}

/** How many of the first fit into one group; always at least one. */
function fitting(queue: readonly Waiting[]): number {
  let size = 0;
  for (const [at, { intake }] of queue.entries()) {
    size += eventsIn(intake);
    if (size > MAX_GROUP) return Math.max(at, 1);
  }
  return queue.length;
}
