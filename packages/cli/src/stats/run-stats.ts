/** `caum stats`: figures of tools and servers over the sessions that a selector means. */
import { StatsCounter } from "@caum/workflows";
import { reasonOfAsking } from "../options/collector-of.ts";
import { EXIT_CODE } from "../options/exit-code.ts";
import { refuse } from "../options/refuse.ts";
import { readProfiles } from "../selectors/read-profiles.ts";
import { parseSelector } from "../selectors/selector.ts";
import type { SourceFlags } from "../sessions/source-of.ts";
import { complain, say, sayJson } from "../terminal/say.ts";
import { statsText } from "./stats-text.ts";

const EVERYTHING = { text: "", filter: {}, paths: [], runs: undefined };

/** @param selectors each of them adds sessions; without one everything that is configured */
export async function runStats(selectors: readonly string[], flags: SourceFlags): Promise<void> {
  try {
    const nowMs = Date.now();
    const parsed = selectors.map((text) => parseSelector(text, nowMs));
    const counter = new StatsCounter();
    const seen = new Set<string>();
    const problems: string[] = [];
    for (const selector of parsed.length === 0 ? [EVERYTHING] : parsed) {
      const read = await readProfiles(selector, flags);
      problems.push(...read.problems);
      for (const profile of read.profiles) {
        if (seen.has(profile.sessionId)) continue;
        seen.add(profile.sessionId);
        counter.take(profile);
      }
    }
    const { stats } = counter;
    complain(problems.map((problem) => `caum stats: ${problem}`));
    if (stats.sessions === 0) throw new Error("no session fits: choose others, or record some");
    if (flags.json) sayJson({ ...stats, problems });
    else say(statsText(stats));
    if (problems.length > 0) process.exitCode = EXIT_CODE.found;
  } catch (problem) {
    refuse("stats", reasonOfAsking(problem));
  }
}
