import type { LiveEmitter } from "./emitters.ts";
import type { Recorded } from "./run-emitter.ts";

/** What is compared, in the order of the table. */
export const FACTS = ["calls", "tokens", "session", "loop", "content", "again"] as const;

export interface Compared {
  readonly isAsExpected: boolean;
  readonly found: string;
}

export function compare(
  emitter: LiveEmitter,
  run: Recorded,
  loop: Recorded,
): Readonly<Record<(typeof FACTS)[number], Compared>> {
  const sorted = (calls: readonly string[]) => calls.toSorted().join(", ");
  const isFound = run.isCanaryFound || loop.isCanaryFound;
  const isSent = run.isCanarySent && loop.isCanarySent;
  const isSame = run.isSameAgain && loop.isSameAgain;
  return {
    calls: same(sorted(run.calls), sorted(emitter.calls)),
    tokens: same(run.tokens.join("/"), emitter.tokens.join("/")),
    session: same(`${run.sessions}`, `${emitter.sessions}`),
    loop: same(called(loop.alertAtCall), called(emitter.alertAtCall)),
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
