import type { Command } from "commander";
import { homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import type { ChosenWorkflow } from "../../sessions/collector/choose-baseline.ts";
import type { SourceFlags } from "../../sessions/source-of.ts";
import { say, sayJson } from "../../terminal/say.ts";

interface BaselineFlags extends SourceFlags {
  readonly cohort?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly latest?: boolean | undefined;
}

const ABOUT = `
Sessions of a workflow are held against a baseline: what is normal. Unless you choose one, it is the last
stretch in which nothing moved. A baseline that you choose stays until you choose another one; sessions
that come after it are held against it. At least 40 sessions are needed.

examples:
  caum baseline tickets --cohort before-the-new-prompt
  caum baseline tickets --since 2026-03-01 --until 2026-03-15
  caum baseline tickets --latest

exit codes: 0 chosen, 2 there is no such workflow, or the collector does not answer or refuses`;

export function registerBaseline(program: Command): void {
  program
    .command("baseline")
    .description("choose which sessions of a workflow are normal")
    .argument("<workflow>", "its name")
    .option("--cohort <name>", "the sessions that are marked with it")
    .option("--since <time>", "the sessions that began then or later, with --until")
    .option("--until <time>", "and before that")
    .option("--latest", "the last stretch in which nothing moved, learned anew")
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(baseline);
}

async function baseline(workflow: string, flags: BaselineFlags): Promise<void> {
  const chosen = chosenBy(flags);
  if (chosen === undefined) {
    return refuse(
      "baseline",
      "choose with one of --cohort, --latest, or --since and --until, which are times",
    );
  }
  try {
    const { whereOf } = await import("../../sessions/source-of.ts");
    const { chooseBaseline } = await import("../../sessions/collector/choose-baseline.ts");
    const { collector, nearby } = whereOf(flags);
    const place = collector ?? nearby;
    if (place === undefined) {
      return refuse("baseline", "a collector remembers workflows: name one with --url");
    }
    const answer = await chooseBaseline(place, workflow, chosen);
    if (flags.json) sayJson(answer);
    else say(linesOf(answer.workflow));
  } catch (problem) {
    refuse("baseline", problem);
  }
}

function chosenBy({ cohort, since, until, latest }: BaselineFlags) {
  const isRange = since !== undefined || until !== undefined;
  if ([cohort !== undefined, isRange, latest === true].filter(Boolean).length !== 1) {
    return undefined;
  }
  if (cohort !== undefined) return { kind: "cohort", cohort } as const;
  if (latest === true) return { kind: "latest" } as const;
  const [from, to] = [timeOf(since), timeOf(until)];
  if (from === undefined || to === undefined) return undefined;
  return { kind: "range", since: from, until: to } as const;
}

function timeOf(text = ""): string | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function linesOf({ name, card }: ChosenWorkflow): readonly string[] {
  if (card === null) return [`${name}: nothing is said of it yet`];
  const { sessions, missing } = card.baseline;
  if (missing > 0) return [`${name}: ${sessions} sessions are normal, ${missing} more are needed`];
  const moved = card.moved.map(({ channel, name: what }) =>
    what === undefined ? channel : `${channel} ${what}`,
  );
  return [
    `${name}: ${sessions} sessions are normal, ${card.latest} are held against them`,
    moved.length === 0 ? "nothing moved" : `moved: ${moved.join(", ")}`,
  ];
}
