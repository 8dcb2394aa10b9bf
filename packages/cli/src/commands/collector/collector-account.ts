import type { UsageAnswer } from "@caum/core/protocol";
import type { Command } from "commander";
import type { OperatorFlags } from "../../operator/operator-place.ts";
import { collectorOf } from "../../options/collector-of.ts";
import { orRefuse } from "../../options/refuse.ts";
import { say, sayJson } from "../../terminal/say.ts";
import { asking, operator } from "./collector-keys.ts";

const RETENTION = `
Without a number it says what holds. Records of sessions in which nothing happened for so many days
become tombstones, once an hour: what is left of them still verifies, what they said is gone. It is of
one account; keep keeps records for good.

examples:
  caum collector retention
  caum collector retention 30
  caum collector retention keep --json

exit codes: 0 said or set, 2 the collector does not answer, or refuses`;

const USAGE = `
Sums over all sessions of the account, including those whose records are gone. Tokens and cost are what
senders reported; what nobody reported is missing.

examples:
  caum collector usage
  caum collector usage --json

exit codes: 0 printed, 2 the collector does not answer, or refuses`;

const PACK = `
Figures, signed checkpoints and receipts of a workflow's sessions in one file, for whoever reviews it.
Anyone with the collector's verifier key checks it offline, with caum verify.

examples:
  caum collector pack tickets --out pack.json
  caum verify pack.json --key "$VERIFIER_KEY"

exit codes: 0 written, 2 it was not`;

export function registerAccount(collector: Command): void {
  asking(
    collector.command("retention").description("say or set how long records are kept"),
    RETENTION,
  )
    .argument("[days]", "a number of days from 1 on, or keep")
    .action((days: string | undefined, flags: OperatorFlags) => retention(days, flags));
  asking(
    collector.command("usage").description("print what an account has used so far"),
    USAGE,
  ).action((flags: OperatorFlags) => usage(flags));
  asking(
    collector.command("pack").description("fetch the evidence pack of a workflow as a file"),
    PACK,
  )
    .argument("<workflow>", "the workflow's name")
    .requiredOption("--out <file>", "where it goes; the file is new")
    .option("--cohort <name>", "only sessions of this cohort")
    .option("--limit <n>", "the newest sessions, at most 500", "100")
    .action((workflow: string, flags: PackFlags) => pack(workflow, flags));
}

function retention(days: string | undefined, flags: OperatorFlags): Promise<void> {
  return orRefuse("collector retention", async () => {
    const told = days === undefined ? undefined : daysOf(days);
    const { operatorPlace, readRetention, setRetention } = await operator();
    const place = await operatorPlace(flags);
    const held = told === undefined ? await readRetention(place) : await setRetention(place, told);
    if (flags.json) sayJson(held);
    else if (held.days === null) say("records are kept for good");
    else say(`records are kept for ${held.days} days after the last event of their session`);
  });
}

function daysOf(text: string): number | null {
  if (text === "keep") return null;
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new Error("it takes a number of days from 1 on, or keep");
}

function usage(flags: OperatorFlags): Promise<void> {
  return orRefuse("collector usage", async () => {
    const { operatorPlace, readUsage } = await operator();
    const place = flags.data === undefined ? await collectorOf(flags) : await operatorPlace(flags);
    const used = await readUsage(place);
    if (flags.json) sayJson(used);
    else say(linesOf(used));
  });
}

function linesOf(used: UsageAnswer): readonly string[] {
  const count = (value: number) => value.toLocaleString("en-US");
  const limit = used.limits.events_per_second;
  return [
    `plan      ${used.plan}`,
    `sessions  ${count(used.sessions)}`,
    `events    ${count(used.events)}, of them ${count(used.steps)} steps`,
    `dropped   ${count(used.dropped_events)}, as senders declared`,
    `tokens    ${count(used.total_tokens)}`,
    `cost      $${used.total_cost_usd.toFixed(4)}`,
    `alerts    ${count(used.alerts)}`,
    `limit     ${limit === 0 ? "none" : `${count(limit)} events a second and key`}`,
  ];
}

interface PackFlags extends OperatorFlags {
  readonly out: string;
  readonly cohort?: string;
  readonly limit: string;
}

function pack(workflow: string, flags: PackFlags): Promise<void> {
  return orRefuse("collector pack", async () => {
    const { fetchPack, operatorPlace } = await operator();
    const { existsSync } = await import("node:fs");
    if (existsSync(flags.out))
      throw new Error(`${flags.out} is there already: choose another file`);
    const place = flags.data === undefined ? await collectorOf(flags) : await operatorPlace(flags);
    const sessions = await fetchPack(place, { workflow, ...flags }, flags.out);
    if (flags.json) sayJson({ out: flags.out, sessions });
    else say(`${sessions} sessions in ${flags.out}; check it with: caum verify ${flags.out}`);
  });
}
