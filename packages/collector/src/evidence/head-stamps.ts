/** Has heads of sessions that are over stamped by a time-stamp authority, beside the way of the events. */
import type { Signer } from "@caum/core/collector";
import { parseNote } from "@caum/core/verify";
import type { Store } from "../store/store.ts";
import { askAuthority, type Stamped } from "../time-stamp/ask-authority.ts";
import { TimedRounds } from "../timed-rounds.ts";
import { Checkpoints } from "./checkpoints.ts";

/** So often at most the authority is asked for heads that wait. */
const ROUND_MS = 60_000;
/** Heads of one round; what is left waits for the next one. */
const AT_ONCE = 20;
/** Sessions that wait; when more end in the meantime, the oldest of them get no stamp. */
const MAX_WAITING = 10_000;

export interface HeadStampParts {
  readonly store: Store;
  readonly checkpoints: Pick<Checkpoints, "exact">;
  /** Has one text stamped; undefined where nobody is asked. @throws when there is no stamp */
  readonly stamp: ((text: string) => Promise<Pick<Stamped, "reply">>) | undefined;
  /** How long after one round the next one begins; a minute when absent. */
  readonly everyMs?: number | undefined;
  readonly onFailure: (failure: Error) => void;
}

interface Waiting {
  readonly tenant: number;
  readonly sessionId: string;
}

export class HeadStamps {
  readonly #parts: HeadStampParts;
  readonly #rounds: TimedRounds;
  readonly #waiting = new Map<string, Waiting>();

  constructor(parts: HeadStampParts) {
    this.#parts = parts;
    const { everyMs = ROUND_MS, onFailure } = parts;
    this.#rounds = new TimedRounds({ round: () => this.round(), everyMs, onFailure });
  }

  start(): void {
    this.#rounds.start();
  }

  /** What is being stamped is stamped; what waits is not. */
  async stop(): Promise<void> {
    this.#waiting.clear();
    await this.#rounds.stop();
  }

  /** A session has more records; costs no more than a note of it. */
  changed(tenant: number, sessionId: string): void {
    if (this.#parts.stamp === undefined) return;
    const place = `${tenant}/${sessionId}`;
    if (this.#waiting.has(place)) return;
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size >= MAX_WAITING && oldest !== undefined) this.#waiting.delete(oldest);
    this.#waiting.set(place, { tenant, sessionId });
  }

  /** Asks for what is due. Where the authority gives no stamp, the rest waits for the next round. */
  async round(): Promise<void> {
    let asked = 0;
    for (const [place, waiting] of [...this.#waiting]) {
      if (asked === AT_ONCE) return;
      this.#waiting.delete(place);
      try {
        asked += (await this.#stampIfOver(waiting)) ? 1 : 0;
      } catch (failure) {
        this.#waiting.set(place, waiting);
        this.#parts.onFailure(failure instanceof Error ? failure : new Error("no time-stamp"));
        return;
      }
    }
  }

  /** @returns whether the authority was asked: for one head once, of a session that is over */
  async #stampIfOver({ tenant, sessionId }: Waiting): Promise<boolean> {
    const { store, checkpoints, stamp } = this.#parts;
    const { reader } = store;
    const [view, log] = await Promise.all([
      reader.session(tenant, sessionId),
      reader.log.state(tenant),
    ]);
    // One that goes on is noted again when it has its next record.
    if (view === undefined || "gone" in view || !view.ended) return false;
    if (log === undefined || stamp === undefined) return false;
    const { size } = view.tree;
    const known = await reader.timeStamps(tenant, sessionId);
    if (known.some((one) => one.size === size)) return false;
    // Signed and kept before its digest leaves.
    const { note } = await checkpoints.exact({ tenant, ulid: log.ulid }, view);
    const { reply } = await stamp(parseNote(Buffer.from(note)).text);
    const text = Buffer.from(reply).toString("base64");
    await store.administer({ kind: "save_time_stamp", tenant, sessionId, size, reply: text });
    return true;
  }
}

export interface HeadStampOptions {
  /** Where a time-stamp authority (RFC 3161) answers, which stamps heads of sessions that are over. */
  readonly timestamp?: string | undefined;
  /** How often it is asked at most; a minute when absent. */
  readonly timestampEveryMs?: number | undefined;
}

/** Asks nobody where no authority is named. */
export function openHeadStamps(
  { timestamp: url, timestampEveryMs: everyMs }: HeadStampOptions,
  parts: Pick<HeadStampParts, "store" | "onFailure"> & {
    readonly signer: Signer;
    readonly clock: () => number;
  },
): HeadStamps {
  const { store, signer, clock, onFailure } = parts;
  const stamp = url === undefined ? undefined : (text: string) => askAuthority(url, text);
  return new HeadStamps({
    store,
    checkpoints: new Checkpoints(store, signer, clock),
    stamp,
    everyMs,
    onFailure,
  });
}
