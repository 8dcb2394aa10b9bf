/** What a gate says, for everyone who writes it down. */
import type { GateCheck, GateResult } from "@caum/workflows";

export interface GateReport extends GateResult {
  /** As they were given; null where there is none. */
  readonly selectors: { readonly baseline: string | null; readonly candidate: string };
  /** What could not be read. */
  readonly problems: readonly string[];
}

/** The outcome with what could not be read: nothing that was found is taken back by it. */
export function outcomeOf({ outcome, problems }: GateReport): GateCheck["outcome"] {
  return outcome === "passed" && problems.length > 0 ? "not_judged" : outcome;
}

interface Most {
  readonly findings?: number;
  readonly sessions?: number;
}

/** A line for each finding of a check; ids of sessions end it. */
export function findingLines(
  { findings: all, said }: GateCheck,
  { findings: most = all.length, sessions: mostIds = Number.POSITIVE_INFINITY }: Most = {},
): readonly string[] {
  // A comparison says it once.
  const findings = all.filter(({ message, sessions }) => message !== said || sessions.length > 0);
  const lines = findings.slice(0, most).map(({ message, sessions, sessionCount }) => {
    if (sessions.length === 0) return message;
    const named = sessions.slice(0, mostIds);
    const rest = sessionCount - named.length;
    return `${message}: ${named.join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`;
  });
  const rest = findings.length - lines.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}
