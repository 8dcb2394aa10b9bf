import type { LiveEmitter } from "./emitters.ts";
import type { Recorded } from "./run-emitter.ts";
import { ALERT_AT_CALL } from "./script.ts";

/** What is compared, in the order of the table. */
export const FACTS = ["calls", "tokens", "session", "loop", "steady", "content", "again"] as const;

export interface Compared {
  readonly isAsExpected: boolean;
  readonly found: string;
}

/** What is recorded of the scripted run, and of loops of calls that fail and that succeed. */
export interface Runs {
  readonly run: Recorded;
  readonly loop: Recorded;
  readonly steady: Recorded;
}

export function compare(
  emitter: LiveEmitter,
  { run, loop, steady }: Runs,
): Readonly<Record<(typeof FACTS)[number], Compared>> {
  const all = [run, loop, steady];
  const sorted = (calls: readonly string[]) => calls.toSorted().join(", ");
  const isFound = all.some(({ isCanaryFound }) => isCanaryFound);
  const isSent = all.every(({ isCanarySent }) => isCanarySent);
  const isSame = all.every(({ isSameAgain }) => isSameAgain);
  return {
    calls: same(sorted(run.calls), sorted(emitter.calls)),
    tokens: same(run.tokens.join("/"), emitter.tokens.join("/")),
    session: same(`${run.sessions}`, `${emitter.sessions}`),
    loop: same(called(loop.alertAtCall), called(emitter.alertAtCall)),
    steady: same(called(steady.alertAtCall), called(ALERT_AT_CALL)),
    content: isSent
      ? { isAsExpected: !isFound, found: isFound ? "the canary is stored" : "sent, not stored" }
      : { isAsExpected: false, found: "the canary was not sent" },
    again: { isAsExpected: isSame, found: isSame ? "the same" : "another record" },
  };
}

function called(at: number | null): string {
  return at === null ? "no alert" : `alert at call ${at}`;
}

function same(found: string, expected: string): Compared {
  const isAsExpected = found === expected;
  return { isAsExpected, found: isAsExpected ? found : `${found}, not ${expected}` };
}
