import { RecentMap } from "@caum/core/adapter";
import { sha256 } from "@caum/core/collector";
import { EvidenceError } from "@caum/core/verify";
import { canonicalJson } from "@caum/core/verify/rules";
import { type ChainClaim, previousOf } from "../../ingest/sender-chain.ts";

/** Senders that are remembered; of one that is not, one event more is hashed. */
const MAX_SENDERS = 20_000;

/** A sender in its session. */
export interface SenderPlace {
  readonly tenant: number;
  readonly sessionId: string;
  readonly sender: string;
}

/** How an event stands in its sender's chain, and its hash where one was made. */
export interface HashedEvent {
  readonly chain: ChainClaim;
  readonly eventHash: string | undefined;
}

/**
 * Decides which events are hashed: those to which the next one may link, because they are linked
 * themselves, or the one before was, or nothing is known of one before. A sender that never links
 * pays for its first event only.
 */
export class EventHashes {
  /** Whether the last event of a sender was linked. */
  readonly #linked = new RecentMap<string, boolean>(MAX_SENDERS);

  /**
   * @param posted the event as it came, before anything was read from it
   * @param keyed makes of a hash what is kept of it
   */
  hash(
    posted: unknown,
    place: SenderPlace & { readonly previousHash: string | undefined },
    keyed: (hash: string) => string,
  ): HashedEvent {
    const { sender, previousHash } = place;
    const isNeeded = previousHash !== undefined || this.#linked.get(keyOf(place)) !== false;
    const eventHash = isNeeded ? eventHashOf(posted) : undefined;
    const hash = eventHash === undefined ? undefined : keyed(eventHash);
    return { eventHash, chain: { sender, hash, previous: previousOf(previousHash, keyed) } };
  }

  /** The event is stored: it is its sender's last one. */
  noteStored(place: SenderPlace, isLinked: boolean): void {
    const key = keyOf(place);
    if (this.#linked.get(key) !== isLinked) this.#linked.set(key, isLinked);
  }
}

function keyOf({ tenant, sessionId, sender }: SenderPlace): string {
  return `${tenant}\n${sessionId}\n${sender}`;
}

/**
 * The hash of an event as its sender can compute it: SHA-256 over the canonical JSON (RFC 8785) of
 * what was posted. Undefined where there is none: a lone surrogate, or more than 64 levels.
 */
export function eventHashOf(posted: unknown): string | undefined {
  try {
    return sha256(canonicalJson(posted, { floats: true }));
  } catch (failure) {
    if (failure instanceof EvidenceError) return undefined;
    throw failure;
  }
}
