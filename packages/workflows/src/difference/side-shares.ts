/** In how many of the sessions something happened, on two sides. */
import type { SessionProfile } from "../profile/session-profile.ts";
import type { Count } from "../statistics/exact-test.ts";
import { type Estimate, shareDifference, shareInterval } from "../statistics/intervals.ts";
import { Z_95 } from "./side-figures.ts";

/** What happened in a session, or did not. */
export const SHARE_NAMES = ["loop", "review", "failure", "denied", "unanswered"] as const;
export type ShareName = (typeof SHARE_NAMES)[number];

/** What is said of the sessions in which it did. */
const WORDS: Readonly<Record<ShareName, string>> = {
  loop: "with a loop",
  review: "to be reviewed",
  failure: "with a failed call",
  denied: "with a denied call",
  unanswered: "with a call without an answer",
};

/** The sessions in which it happened, and their share with its interval at 95 %. */
export interface ShareSide extends Count, Estimate {}

export interface ShareDifference {
  readonly share: ShareName;
  readonly words: string;
  readonly a: ShareSide;
  readonly b: ShareSide;
  /** Share of B minus share of A, with its interval at 95 %. */
  readonly difference: Estimate;
}

const HAPPENED: Readonly<Record<ShareName, (profile: SessionProfile) => boolean>> = {
  loop: ({ loops }) => loops > 0,
  review: ({ reviewed }) => reviewed,
  failure: ({ structure }) => structure.failures > 0,
  denied: ({ structure }) => structure.denied > 0,
  unanswered: ({ structure }) => structure.pending > 0,
};

/** @param a at least one session, and so on the other side */
export function compareShares(
  a: readonly SessionProfile[],
  b: readonly SessionProfile[],
): readonly ShareDifference[] {
  return SHARE_NAMES.map((share) => {
    const [one, other] = [shareOf(a, share), shareOf(b, share)];
    return {
      share,
      words: WORDS[share],
      a: one,
      b: other,
      difference: shareDifference(one, other),
    };
  });
}

function shareOf(profiles: readonly SessionProfile[], share: ShareName): ShareSide {
  const count = profiles.filter(HAPPENED[share]).length;
  return { count, of: profiles.length, ...shareInterval(count, profiles.length, Z_95) };
}
