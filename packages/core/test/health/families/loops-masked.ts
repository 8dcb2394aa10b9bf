import type { LoopFamily } from "./loops.ts";
import type { Script } from "./script.ts";

const PAGE = "the same page, word for word, as at the last try";

/** Loops behind notes, by chance in the rhythm of a wait, or with something that ever changes. */
export const LOOPS_MASKED: Readonly<Record<string, LoopFamily>> = {
  "two notes after each call": {
    write: (script) => {
      for (let round = 1; round <= 8; round++) {
        fails(script, "make all of it", 2_000);
        script.say(script.fresh()).say(script.fresh());
      }
    },
    within: 13,
  },
  "gaps that happen to grow, then stay": {
    write: (script) => {
      // The first gap is that to the work before, and says nothing of the pattern.
      for (const gapMs of [900, 2_400, 7_800, 8_600, 8_500, 7_500, 8_300]) {
        script.call({ tool: "look", asks: "at the very same job", answers: "nothing", gapMs });
      }
    },
    within: 4,
  },
  "gaps that grew once, then are those of work": {
    write: (script) => {
      for (const gapMs of [900, 2_000, 4_000, 8_000, 6_000, 6_100, 5_900, 6_200]) {
        script.call({ tool: "look", asks: "at the very same job", answers: "nothing", gapMs });
      }
    },
    within: 5,
  },
  "a nonce in the arguments": {
    write: (script) => {
      for (let round = 1; round <= 10; round++) {
        script.call({
          tool: "fetch",
          op: "net",
          asks: `the page, request ${script.uuid()}`,
          answers: PAGE,
        });
      }
    },
    within: 5,
  },
  "a nonce in the arguments of a failing call": {
    write: (script) => {
      for (let round = 1; round <= 8; round++) {
        fails(script, `the order ${script.uuid()}`, script.between(1_500, 9_000));
      }
    },
    within: 4,
  },
  "told to come back later, and does not wait": {
    write: (script) => {
      for (let round = 1; round <= 8; round++) {
        script.call({
          tool: "get",
          op: "net",
          asks: "the items of the shop",
          answers: "429 too many requests",
          status: "rate_limited",
          gapMs: 1_000,
        });
      }
    },
    within: 4,
  },
};

function fails(script: Script, asks: string, gapMs: number): void {
  const answers = "no rule to make the target of it all";
  script.call({ tool: "bash", op: "run", asks, answers, status: "error", gapMs });
}
