/** Chains that senders of single events make themselves: each event names the hash of the one before. */
import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";

/**
 * What an event's `previousHash` came to: equal to the hash of the sender's event before, another
 * one, no SHA-256 at all, absent though the event before had one; or there is nothing to compare
 * it with.
 */
export const SENDER_LINKS = ["linked", "unequal", "malformed", "missing", "unknown"] as const;
export type SenderLink = (typeof SENDER_LINKS)[number];

/** What an event says about its sender's chain; hashes are keyed, as all that is kept. */
export interface ChainClaim {
  /** The agent, with its run where it names one. */
  readonly sender: string;
  /** Of this event; absent where nothing will link to it. */
  readonly hash: string | undefined;
  /** Of the event before; `none` for 64 zeros. */
  readonly previous: { readonly hash: string } | "none" | "malformed" | undefined;
}

/** The last event of a sender: its hash, and whether it was linked to one before. */
type Sender = readonly [sender: string, hash: string, isChained: 0 | 1];

/** Of one session, the one that was heard of last at the end. */
export type SenderChains = readonly Sender[];

/** Senders of one session; the one that is silent longest leaves, and begins anew when it comes again. */
const MAX_SENDERS = 32;

export const NO_SENDERS: SenderChains = [];

const WELL_FORMED = /^[0-9a-f]{64}$/i;

/** @param keyed makes of a hash what is kept of it */
export function previousOf(
  sent: string | undefined,
  keyed: (hash: string) => string,
): ChainClaim["previous"] {
  if (sent === undefined) return undefined;
  if (!WELL_FORMED.test(sent)) return "malformed";
  return sent === NO_PREVIOUS_HASH ? "none" : { hash: keyed(sent.toLowerCase()) };
}

/** Compares an event with its sender's last one, which it then is itself. */
export function followChain(
  chains: SenderChains,
  claim: ChainClaim,
): { readonly chains: SenderChains; readonly link: SenderLink | undefined } {
  const { sender, hash, previous } = claim;
  const last = chains.find(([name]) => name === sender);
  const link = linkOf(last, previous);
  const others = last === undefined ? chains : chains.filter((known) => known !== last);
  if (hash === undefined) return { chains: others, link };
  const isChained = previous === undefined ? 0 : 1;
  return { chains: [...others, [sender, hash, isChained] as const].slice(-MAX_SENDERS), link };
}

function linkOf(
  last: Sender | undefined,
  previous: ChainClaim["previous"],
): SenderLink | undefined {
  if (previous === undefined) return last?.[2] === 1 ? "missing" : undefined;
  if (previous === "malformed") return "malformed";
  if (last === undefined) return previous === "none" ? "linked" : "unknown";
  return previous !== "none" && previous.hash === last[1] ? "linked" : "unequal";
}

export type LinkCounts = { readonly [link in SenderLink]?: number };

export function countLink(counts: LinkCounts | undefined, link: SenderLink): LinkCounts {
  return { ...counts, [link]: (counts?.[link] ?? 0) + 1 };
}
