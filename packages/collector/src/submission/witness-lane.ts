/** What one witness is asked: one submission after the other, at most one a second. */
import { formatSubmission, readCosignatures } from "@caum/core/collector";
import { toHex } from "@caum/core/verify/rules";
import type { Dispatcher } from "undici";
import type { WitnessedLog } from "../head-log/witnessed-log.ts";
import { askWitness, type WitnessAnswer } from "./ask-witness.ts";
import type { WitnessPlace } from "./witness-settings.ts";

export interface LaneParts {
  readonly place: WitnessPlace;
  /** Loaded when something is sent first. */
  readonly dispatcher: () => Promise<Dispatcher>;
  readonly clock: () => number;
  /** Milliseconds by a clock that nobody can set: waits are measured by it. */
  readonly uptime: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly timing: LaneTiming;
  readonly onEvent: (event: SubmissionEvent) => void;
}

export interface LaneTiming {
  /** Between two requests to one witness. */
  readonly paceMs: number;
  readonly timeoutMs: number;
  /** The wait after the first failure; it doubles with each further one. */
  readonly firstWaitMs: number;
  readonly mostWaitMs: number;
}

/** What the operator should read; said when it changes. */
export interface SubmissionEvent {
  readonly event: "witness_cosigns" | "witness_does_not";
  readonly witness: string;
  readonly origin: string;
  /** Why not, as a word. */
  readonly problem?: string;
}

type SubmissionOutcome = "cosigned" | "conflict" | "refused" | "failed";

/** How a witness stands. */
export interface WitnessStatus {
  readonly name: string;
  readonly url: string;
  /** Requests of this process by what came of them. */
  readonly requests: Readonly<Record<SubmissionOutcome, number>>;
  /** When it cosigned last, by the clock of this process. */
  readonly cosignedMs: number | undefined;
  /** Why the request before did not lead to a cosignature. */
  readonly problem: string | undefined;
}

/** What is known of one log at this witness. */
interface Standing {
  readonly log: WitnessedLog;
  /** The largest size whose cosignature is kept. */
  readonly cosigned: number;
  /** What the witness says that it cosigned last, where that is another size. */
  readonly told: number | undefined;
  readonly failures: number;
  readonly notBefore: number;
  readonly problem: string | undefined;
}

/** Logs that are looked at in one turn, when none of them needs a request. */
const LOOKS = 100;

export class WitnessLane {
  readonly #parts: LaneParts;
  readonly #cosigners: readonly string[];
  readonly #standings = new Map<string, Standing>();
  /** Origins that may have grown, the one that waits longest first. */
  readonly #waiting = new Set<string>();
  readonly #requests: Record<SubmissionOutcome, number> = {
    cosigned: 0,
    conflict: 0,
    refused: 0,
    failed: 0,
  };
  #cosignedMs: number | undefined;
  #problem: string | undefined;
  #failures = 0;
  #notBefore = 0;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#cosigners = parts.place.keys.map(({ name, id }) => `${name} ${id}`);
  }

  get name(): string {
    return this.#parts.place.keys[0]?.name ?? "";
  }

  get status(): WitnessStatus {
    return {
      name: this.name,
      url: this.#parts.place.url,
      requests: this.#requests,
      cosignedMs: this.#cosignedMs,
      problem: this.#problem,
    };
  }

  /** Whether a turn may lead to a request now. */
  get isDue(): boolean {
    return this.#waiting.size > 0 && this.#parts.uptime() >= this.#notBefore;
  }

  /** Something may be new in this log. */
  grew(log: WitnessedLog): void {
    this.#waiting.add(log.origin);
    if (!this.#standings.has(log.origin)) this.#standings.set(log.origin, unknown(log));
  }

  /** Begins anew: another node may have asked since, and up to now. */
  begin(): void {
    this.#notBefore = this.#parts.uptime() + this.#parts.timing.paceMs;
    for (const { log } of this.#standings.values()) this.#standings.set(log.origin, unknown(log));
  }

  /** Sends at most one submission: that of the log that waits longest and may be sent. */
  async turn(stopping: AbortSignal): Promise<void> {
    const now = this.#parts.uptime();
    for (const origin of [...this.#waiting].slice(0, LOOKS)) {
      const standing = this.#standings.get(origin);
      // Whoever was looked at goes to the end of the queue.
      this.#waiting.delete(origin);
      if (standing === undefined) continue;
      if (standing.notBefore > now) {
        this.#waiting.add(origin);
        continue;
      }
      const known = standing.cosigned < 0 ? await this.#recalled(standing) : standing;
      const latest = await known.log.latest();
      if (latest === undefined || latest.size <= known.cosigned) continue;
      this.#waiting.add(origin);
      await this.#submit(known, latest, stopping);
      return;
    }
  }

  /** What was kept before this process, or by another node. */
  async #recalled(standing: Standing): Promise<Standing> {
    const cosigned = await standing.log.cosignedBy(this.#cosigners);
    const recalled = { ...standing, cosigned };
    this.#standings.set(standing.log.origin, recalled);
    return recalled;
  }

  async #submit(
    standing: Standing,
    latest: { readonly size: number; readonly note: string },
    stopping: AbortSignal,
  ): Promise<void> {
    const old = standing.told ?? standing.cosigned;
    const { log } = standing;
    // The witness saw more than there is: whatever is sent, it is no proof.
    if (old > latest.size) return this.#settle(standing, "refused", "log_is_shorter");
    const { place, dispatcher, timing, uptime } = this.#parts;
    const proof = old === 0 || old === latest.size ? [] : await log.consistency(old, latest.size);
    const body = formatSubmission(old, proof.map(toHex), latest.note);
    this.#notBefore = uptime() + timing.paceMs;
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(timing.timeoutMs)]);
    const answer = await askWitness(place.url, body, { dispatcher: await dispatcher(), signal });
    if (stopping.aborted) return;
    await this.#take(answer, standing, latest);
  }

  async #take(
    answer: WitnessAnswer,
    standing: Standing,
    latest: { readonly size: number; readonly note: string },
  ): Promise<void> {
    switch (answer.kind) {
      case "cosigned":
        return this.#keep(answer.lines, standing, latest);
      case "conflict": {
        this.#failures = 0;
        // It is asked again in a second, from there; told the same size twice, it is not heard.
        const isRepeated = standing.told === answer.size;
        const next = { ...standing, told: answer.size };
        this.#requests.conflict += isRepeated ? 0 : 1;
        if (isRepeated) return this.#settle(next, "refused", "http_409");
        this.#standings.set(standing.log.origin, next);
        return;
      }
      case "refused":
        this.#failures = 0;
        return this.#settle({ ...standing, told: undefined }, "refused", `http_${answer.status}`);
      case "failed":
        return this.#failed(answer.problem, answer.retryAfterMs, standing);
    }
  }

  async #keep(
    answer: Uint8Array,
    standing: Standing,
    { size, note }: { readonly size: number; readonly note: string },
  ): Promise<void> {
    this.#failures = 0;
    let lines: readonly string[];
    try {
      const { keys } = this.#parts.place;
      lines = keys.flatMap(({ text }) => readCosignatures(answer, note, text));
    } catch {
      return this.#settle(standing, "refused", "bad_signature");
    }
    if (lines.length === 0) return this.#settle(standing, "refused", "not_signed_by_its_key");
    await standing.log.keep(size, lines);
    this.#requests.cosigned += 1;
    this.#cosignedMs = this.#parts.clock();
    this.#problem = undefined;
    const { log } = standing;
    const isNews = standing.problem !== undefined || standing.cosigned === 0;
    this.#standings.set(log.origin, { ...unknown(log), cosigned: size });
    if (isNews) this.#tell({ event: "witness_cosigns", origin: log.origin });
  }

  /** A log that is refused waits by itself, and the others go on. */
  #settle(standing: Standing, outcome: SubmissionOutcome, problem: string): void {
    this.#requests[outcome] += 1;
    const failures = standing.failures + 1;
    const notBefore = this.#parts.uptime() + this.#waitAfter(failures);
    this.#report(standing, problem);
    this.#standings.set(standing.log.origin, { ...standing, failures, notBefore, problem });
  }

  /** A witness that cannot be asked waits with all logs. */
  #failed(problem: string, retryAfterMs: number | undefined, standing: Standing): void {
    this.#requests.failed += 1;
    this.#failures += 1;
    const waitMs = Math.max(this.#waitAfter(this.#failures), retryAfterMs ?? 0);
    this.#notBefore = this.#parts.uptime() + waitMs;
    this.#report(standing, problem);
    this.#standings.set(standing.log.origin, { ...standing, problem });
  }

  #report(standing: Standing, problem: string): void {
    this.#problem = problem;
    if (standing.problem === problem) return;
    this.#tell({ event: "witness_does_not", origin: standing.log.origin, problem });
  }

  #tell(event: Omit<SubmissionEvent, "witness">): void {
    this.#parts.onEvent({ ...event, witness: this.name });
  }

  /** Spread by a fifth to either side, so that many collectors do not come back at once. */
  #waitAfter(failures: number): number {
    const { firstWaitMs, mostWaitMs } = this.#parts.timing;
    const waitMs = Math.min(mostWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 30));
    return Math.round(waitMs * (0.8 + 0.4 * this.#parts.random()));
  }
}

/** A standing that has to be read from the disk first. */
function unknown(log: WitnessedLog): Standing {
  const nothing = { told: undefined, failures: 0, notBefore: 0, problem: undefined };
  return { log, cosigned: -1, ...nothing };
}
