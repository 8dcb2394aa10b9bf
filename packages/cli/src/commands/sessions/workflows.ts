import { type Command, Option } from "commander";
import { homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import type { SourceFlags } from "../../sessions/source-of.ts";
import { say, sayJson } from "../../terminal/say.ts";

const KINDS = ["workflow", "agent", "client", "server"] as const;
const MOST_DAYS = 92;

interface WorkflowsFlags extends SourceFlags {
  readonly kind: (typeof KINDS)[number];
  readonly days: string;
}

const ABOUT = `
A collector remembers what sessions that are over did: by workflow, agent, client and server. Only of a
workflow is it said whether something moved. With a name: what its sessions did that began in the last days.

examples:
  caum workflows
  caum workflows --kind agent
  caum workflows github --kind server --days 7 --json

exit codes: 0 told, 2 nothing is remembered under this name, or the collector does not answer or refuses`;

export function registerWorkflows(program: Command): void {
  program
    .command("workflows")
    .description("what is remembered of workflows, agents, clients and servers")
    .argument("[name]", "of one of them")
    .addOption(new Option("--kind <kind>", "what is remembered").choices(KINDS).default("workflow"))
    .option("--days <n>", `of one of them: the last days, at most ${MOST_DAYS}`, "30")
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(workflows);
}

async function workflows(name: string | undefined, flags: WorkflowsFlags): Promise<void> {
  const days = Number(flags.days);
  if (!(Number.isInteger(days) && days >= 1 && days <= MOST_DAYS)) {
    return refuse("workflows", `--days takes a number from 1 to ${MOST_DAYS}`);
  }
  try {
    const { whereOf } = await import("../../sessions/source-of.ts");
    const { listRemembered, readRemembered } = await import("../../sessions/source/remembered.ts");
    const lines = await import("../../sessions/shown/remembered-lines.ts");
    const { collector, nearby } = whereOf(flags);
    const place = collector ?? nearby;
    if (place === undefined) {
      return refuse("workflows", "a collector remembers workflows: name one with --url");
    }
    if (name === undefined) {
      const listed = await listRemembered(place, flags.kind);
      if (flags.json) sayJson({ workflows: listed });
      else say(lines.rememberedTable(listed, flags.kind));
      return;
    }
    const one = await readRemembered(place, { kind: flags.kind, name, days });
    if (flags.json) sayJson(one);
    else say(lines.rememberedLines(one, days));
  } catch (problem) {
    refuse("workflows", problem);
  }
}
