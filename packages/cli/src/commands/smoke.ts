import type { CollectorPlace, LoopStep } from "@caum/collector/validation";
import type { Command } from "commander";
import { reasonOf } from "../reason.ts";

export interface CollectorFlags {
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

const FAILED = 1;
const USAGE = 2;
const DEFAULT_URL = "http://127.0.0.1:4070";

const ABOUT = `
A temporary session does some work and then repeats one failing call; every answer is shown. On the
collector's own machine no key is needed.

examples:
  caum smoke
  caum smoke --url http://127.0.0.1:4070 --json

exit codes: 0 the loop was told, 1 it was not, 2 no collector answers, or it refuses`;

export function registerSmoke(program: Command): void {
  program
    .command("smoke")
    .description("send a controlled retry loop to a collector and show each answer")
    .option("--url <url>", "the collector (default: CAUM_URL, config.json, this machine)")
    .option("--key <key>", "API key (default: CAUM_API_KEY, when a URL is given)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(flags: CollectorFlags): Promise<void> {
  const { isObserveOnly, retryLoop } = await import("@caum/collector/validation");
  try {
    const place = await collectorOf(flags);
    const show = (step: LoopStep) => {
      if (!flags.json) console.log(describe(step));
    };
    const loop = await retryLoop(place, show);
    const answers = loop.steps.map(({ answer }) => answer);
    const isTold = answers.at(-1)?.live_alert === true && answers.every(isObserveOnly);
    if (flags.json) console.log(JSON.stringify({ passed: isTold, ...loop }, undefined, 2));
    else
      console.log(
        `\n${isTold ? "passed: the loop was told" : "FAILED: no alert"}\nsession ${loop.sessionId}`,
      );
    process.exitCode = isTold ? 0 : FAILED;
  } catch (problem) {
    console.error(`caum smoke: ${reasonOfAsking(problem)}`);
    process.exitCode = USAGE;
  }
}

function describe({ event, answer }: LoopStep): string {
  const { structural_health: health, current_tier: tier, live_alert: isAlert, evidence } = answer;
  const call = `${event.tool} ${event.status}`.padEnd(18);
  const regime = `${health.regime.padEnd(12)} ${tier}  uds ${health.uds.toFixed(2)}`;
  const alert = isAlert ? `  ALERT ${health.reasons.join(" ")}` : "";
  return `${String(health.step).padStart(2)}  ${call}  ${regime}  root ${evidence.merkle_root.slice(0, 12)}${alert}`;
}

/** An answer of another shape than a collector's fails wherever it is looked at. */
export function reasonOfAsking(problem: unknown): string {
  const isForeign = problem instanceof SyntaxError || problem instanceof TypeError;
  return isForeign ? "what answers is no collector: name one with --url" : reasonOf(problem);
}

/** Where to ask: what is told, else what is configured, else this machine. */
export async function collectorOf({ url, key }: CollectorFlags): Promise<CollectorPlace> {
  const { loadConfiguration } = await import("@caum/core");
  const known = loadConfiguration({ arguments: { url, ...(key ? { apiKey: key } : {}) } });
  const [problem] = known.problems;
  if (problem !== undefined) throw new Error(problem);
  if (known.url === undefined) return { url: DEFAULT_URL, apiKey: key };
  return { url: known.url, apiKey: known.apiKey };
}
