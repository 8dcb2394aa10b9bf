import type { LoopStep } from "@caum/collector/validation";
import type { Command } from "commander";
import { collectorOf, reasonOfAsking } from "../../options/collector-of.ts";
import { HERE, jsonOption, keyOption, type SharedFlags, urlOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { refuse } from "../../options/refuse.ts";
import { say, sayJson } from "../../terminal/say.ts";

const ABOUT = `
A temporary session does some work and then repeats one failing call; every answer is shown. On the
collector's own machine no key is needed.

examples:
  caum smoke
  caum smoke --url http://127.0.0.1:4070 --json

exit codes: 0 the loop was reported, 1 it was not, 2 no collector answers, or it refuses`;

export function registerSmoke(program: Command): void {
  program
    .command("smoke")
    .description("send a controlled retry loop to a collector and show each answer")
    .addOption(urlOption(HERE))
    .addOption(keyOption(HERE))
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(flags: SharedFlags): Promise<void> {
  const { isObserveOnly, retryLoop } = await import("@caum/collector/validation");
  try {
    const place = await collectorOf(flags);
    const show = (step: LoopStep) => {
      if (!flags.json) say(describe(step));
    };
    const loop = await retryLoop(place, show);
    const answers = loop.steps.map(({ answer }) => answer);
    const isTold = answers.at(-1)?.live_alert === true && answers.every(isObserveOnly);
    if (flags.json) sayJson({ passed: isTold, ...loop });
    else
      say([
        "",
        isTold ? "passed: the loop was reported" : "FAILED: no alert",
        `session ${loop.sessionId}`,
      ]);
    process.exitCode = isTold ? 0 : EXIT_CODE.found;
  } catch (problem) {
    refuse("smoke", reasonOfAsking(problem));
  }
}

function describe({ event, answer }: LoopStep): string {
  const { structural_health: health, current_tier: tier, live_alert: isAlert, evidence } = answer;
  const call = `${event.tool} ${event.status}`.padEnd(18);
  const regime = `${health.regime.padEnd(12)} ${tier}  uds ${health.uds.toFixed(2)}`;
  const alert = isAlert ? `  ALERT ${health.reasons.join(" ")}` : "";
  return `${String(health.step).padStart(2)}  ${call}  ${regime}  root ${evidence.merkle_root.slice(0, 12)}${alert}`;
}
