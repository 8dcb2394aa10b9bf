/** `caum compare`: reads both sides, and says in what they differ. */
import { compareSides, type SideSessions } from "@caum/workflows";
import { reasonOfAsking } from "../options/collector-of.ts";
import { EXIT_CODE } from "../options/exit-code.ts";
import { refuse } from "../options/refuse.ts";
import { readOrder } from "../selectors/read-order.ts";
import { readProfiles } from "../selectors/read-profiles.ts";
import { parseSelectorOrId, type Selector, SelectorError } from "../selectors/selector.ts";
import type { SourceFlags } from "../sessions/source-of.ts";
import { complain, say, sayJson } from "../terminal/say.ts";
import { compareText } from "./compare-text.ts";

interface ReadSide extends SideSessions {
  readonly problems: readonly string[];
}

export async function runCompare(first: string, second: string, flags: SourceFlags): Promise<void> {
  try {
    const nowMs = Date.now();
    const selectors = { a: parseSelectorOrId(first, nowMs), b: parseSelectorOrId(second, nowMs) };
    const a = await readSide("A", selectors.a, flags);
    const b = await readSide("B", selectors.b, flags);
    const problems = [...new Set([...a.problems, ...b.problems])];
    const report = { ...compareSides(a, b), selectors: { a: first, b: second }, problems };
    complain(problems.map((problem) => `caum compare: ${problem}`));
    if (flags.json) sayJson(report);
    else say(compareText(report, process.stdout.columns));
    // What could not be read is another question than the one that was asked.
    if (problems.length > 0) process.exitCode = EXIT_CODE.notDone;
  } catch (problem) {
    refuse("compare", reasonOfAsking(problem));
  }
}

/** @throws {SelectorError} when it matches nothing */
async function readSide(side: string, selector: Selector, flags: SourceFlags): Promise<ReadSide> {
  const { profiles, problems } = await readProfiles(selector, flags);
  const [only] = profiles;
  if (only === undefined) throw nothingAt(side, selector, problems);
  if (profiles.length > 1) return { profiles, problems };
  return { profiles, problems, order: await readOrder(selector, only.sessionId, flags) };
}

function nothingAt(side: string, { filter }: Selector, [problem]: readonly string[]) {
  const what =
    filter.session === undefined
      ? "matches no session whose structure is known"
      : "is no session whose structure is known, and no file or folder";
  const why = problem === undefined ? "caum sessions lists them" : problem;
  return new SelectorError(`${side} ${what}: ${why}`);
}
