import type { FieldClient } from "./clients.ts";
import { FACTS, type Fact, type Facts } from "./facts.ts";
import type { Outcome } from "./run-client.ts";

/** INCONCLUSIVE: the client did not do what the script asked, so that nothing could be seen. */
export type Verdict = "PASS" | "FAIL" | "INCONCLUSIVE" | "ERROR";

export interface Report {
  readonly client: FieldClient;
  readonly facts: Facts;
  readonly verdict: Verdict;
  /** One line for each fact that is not as expected. */
  readonly lines: readonly string[];
}

export function compared(client: FieldClient, { facts, missing, output }: Outcome): Report {
  const lines: string[] = [];
  const verdicts = new Set<Verdict>();
  // The keys of this record are facts.
  for (const fact of Object.keys(FACTS) as Fact[]) {
    const [expected, seen] = [client.expects[fact], facts[fact]];
    if (expected === seen) continue;
    const verdict = seen === undefined ? "INCONCLUSIVE" : "FAIL";
    verdicts.add(verdict);
    lines.push(
      `${verdict} ${FACTS[fact]}: ${seen ?? "not seen"}, expected ${expected ?? "nothing"}`,
    );
  }
  if (missing.length > 0) lines.push(`offers no tool for: ${missing.join(", ")}`);
  if (verdicts.size > 0)
    lines.push(
      ...output
        .trim()
        .split("\n")
        .slice(-8)
        .map((one) => `| ${one}`),
    );
  const verdict = verdicts.has("FAIL") ? "FAIL" : verdicts.size > 0 ? "INCONCLUSIVE" : "PASS";
  return { client, facts, verdict, lines };
}
