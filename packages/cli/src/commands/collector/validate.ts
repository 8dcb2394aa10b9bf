import type { AgentResult } from "@caum/collector/validation";
import type { Command } from "commander";
import { collectorOf, reasonOfAsking } from "../../options/collector-of.ts";
import { HERE, jsonOption, keyOption, type SharedFlags, urlOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { refuse } from "../../options/refuse.ts";
import { say, sayJson } from "../../terminal/say.ts";

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
    .addOption(urlOption(HERE))
    .addOption(keyOption(HERE))
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(flags: SharedFlags): Promise<void> {
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
    process.exitCode = passed === results.length ? 0 : EXIT_CODE.found;
  } catch (problem) {
    refuse("validate", reasonOfAsking(problem));
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
