import type { AgentResult } from "@caum/collector/validation";
import type { Command } from "commander";
import { type CollectorFlags, collectorOf, reasonOfAsking } from "../../options/collector-flags.ts";
import { complain, say, sayJson } from "../../terminal/say.ts";

const FAILED = 1;
const USAGE = 2;

const ABOUT = `
Five small agents work against the collector, each in a session of its own: website smoke, repository
test, JSON ingestion, controlled retry loop, privacy boundary.

examples:
  caum validate
  caum validate --url http://127.0.0.1:4070 --json

exit codes: 0 all that is expected was seen, 1 something was not, 2 no collector answers, or it refuses`;

export function registerValidate(program: Command): void {
  program
    .command("validate")
    .description("run five agents against a collector and compare what it says of them")
    .option("--url <url>", "the collector (default: CAUM_URL, config.json, this machine)")
    .option("--key <key>", "API key (default: CAUM_API_KEY, when a URL is given)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(flags: CollectorFlags): Promise<void> {
  const { VALIDATION_AGENTS } = await import("@caum/collector/validation");
  try {
    const place = await collectorOf(flags);
    const results: AgentResult[] = [];
    for (const agent of VALIDATION_AGENTS) {
      if (!flags.json) say(`${agent.name}: ${agent.about}`);
      const result = await agent.run(place);
      results.push(result);
      if (!flags.json) say(describe(result));
    }
    const passed = results.filter(isPassed).length;
    if (flags.json) {
      sayJson({ passed: passed === results.length, agents: results });
    } else say(`${passed} of ${results.length} agents passed`);
    process.exitCode = passed === results.length ? 0 : FAILED;
  } catch (problem) {
    complain(`caum validate: ${reasonOfAsking(problem)}`);
    process.exitCode = USAGE;
  }
}

function isPassed({ checks }: AgentResult): boolean {
  return checks.every(({ holds }) => holds);
}

function describe({ checks }: AgentResult): readonly string[] {
  const lines = checks.flatMap(({ holds, expected, seen }) => [
    `  ${holds ? "holds" : "FAILS"}  ${expected}`,
    `         seen: ${seen}`,
  ]);
  return [...lines, ""];
}
