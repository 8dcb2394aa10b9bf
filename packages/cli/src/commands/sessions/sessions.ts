import type { Command } from "commander";
import { HERE, homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import type { SessionQuery } from "../../sessions/source/session-source.ts";
import type { SourceFlags } from "../../sessions/source-of.ts";
import { say, sayJson } from "../../terminal/say.ts";

interface SessionsFlags extends SourceFlags {
  readonly limit: string;
  readonly hadLoop?: boolean;
  readonly marked?: boolean;
  readonly worstTier?: string;
}

interface AcknowledgeFlags extends SourceFlags {
  readonly by?: string;
}

const MOST = 100;
const TIERS: readonly string[] = ["T1", "T2", "T3", "T4", "T5"];

const ABOUT_SOURCE = `
With a collector (--url, CAUM_URL, config.json) it is asked. Without one the runs on this machine are
read, and the collector of this machine is asked as well when it runs; neither needs a key.`;

const ABOUT_LIST = `${ABOUT_SOURCE}
A session that had a loop is marked with ! until somebody acknowledges it (caum acknowledge SESSION),
also when it has moved on since.

examples:
  caum sessions
  caum sessions --had-loop --limit 5 --json

exit codes: 0 listed, also when there is none; 2 the collector does not answer, or refuses`;

const ABOUT_REPORT = `${ABOUT_SOURCE}
Verdict, root and steps are of one moment, also while the session goes on.

examples:
  caum report SESSION
  caum report SESSION --json

exit codes: 0 found, 2 there is no such session, or the collector does not answer or refuses`;

const ABOUT_ACKNOWLEDGE = `${ABOUT_SOURCE}
Who and when is kept beside the records, never in them. A new loop marks the session again.

examples:
  caum acknowledge SESSION --by ada

exit codes: 0 done, 2 there is no such session, or the collector does not answer or refuses`;

export function registerSessions(program: Command): void {
  withSource(program.command("sessions"))
    .description("list sessions, the newest first, with the loops they had")
    .option("--limit <n>", `how many, at most ${MOST}`, "20")
    .option("--had-loop", "only those that had a loop, also if they have moved on")
    .option("--marked", "only those with a loop that nobody has acknowledged")
    .option("--worst-tier <tier>", `only those whose worst tier is this: ${TIERS.join(", ")}`)
    .addOption(jsonOption())
    .addHelpText("after", ABOUT_LIST)
    .action(list);
}

export function registerReport(program: Command): void {
  withSource(program.command("report"))
    .description("what a session did, where it turned, and what was found")
    .argument("<session>", "id of the session")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT_REPORT)
    .action(report);
}

export function registerAcknowledge(program: Command): void {
  withSource(program.command("acknowledge"))
    .description("say that you have looked at a session that had a loop")
    .argument("<session>", "id of the session")
    .option("--by <name>", "who looked (default: the name you are signed in with)")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT_ACKNOWLEDGE)
    .action(acknowledge);
}

function withSource(command: Command): Command {
  return command
    .addOption(urlOption())
    .addOption(keyOption(HERE))
    .option("--local", "the runs on this machine, whatever is configured")
    .addOption(homeOption());
}

async function list(flags: SessionsFlags): Promise<void> {
  const query = queryOf(flags);
  if (typeof query === "string") return refuse("sessions", query);
  try {
    const { sourceOf } = await import("../../sessions/source-of.ts");
    const { sessionTable } = await import("../../sessions/shown/session-table.ts");
    const sessions = await sourceOf(flags).list(query);
    if (flags.json) sayJson(sessions);
    else say(sessions.length === 0 ? nothingOf(query) : sessionTable(sessions));
  } catch (problem) {
    refuse("sessions", problem);
  }
}

/** @returns what is wrong with the flags, as a text */
function queryOf({ limit, hadLoop, marked, worstTier }: SessionsFlags): SessionQuery | string {
  const most = Number(limit);
  if (!(Number.isInteger(most) && most >= 1 && most <= MOST)) {
    return `--limit takes a number from 1 to ${MOST}`;
  }
  if (worstTier !== undefined && !TIERS.includes(worstTier)) {
    return `--worst-tier takes one of ${TIERS.join(", ")}`;
  }
  return { limit: most, hadLoop, marked, worstTier };
}

function nothingOf({ hadLoop, marked, worstTier }: SessionQuery): string {
  const isFiltered = hadLoop ?? marked ?? worstTier;
  return isFiltered === undefined
    ? "no session yet: start your client after caum install, or run caum smoke"
    : "no session fits: caum sessions lists all of them";
}

async function report(id: string, flags: SourceFlags): Promise<void> {
  try {
    const { sourceOf } = await import("../../sessions/source-of.ts");
    const { reportLines } = await import("../../sessions/shown/report-lines.ts");
    const source = sourceOf(flags);
    const found = await source.report(id);
    if (flags.json) sayJson(found);
    else say(reportLines(found, await source.proofOf(id)));
  } catch (problem) {
    refuse("report", problem);
  }
}

async function acknowledge(id: string, flags: AcknowledgeFlags): Promise<void> {
  try {
    const { sourceOf } = await import("../../sessions/source-of.ts");
    const by = flags.by ?? (await ownName());
    const session = await sourceOf(flags).acknowledge(id, by);
    if (flags.json) sayJson(session);
    else say(`${session.session_id}: acknowledged by ${session.acknowledged_by ?? by}`);
  } catch (problem) {
    refuse("acknowledge", problem);
  }
}

async function ownName(): Promise<string> {
  const { userInfo } = await import("node:os");
  try {
    return userInfo().username.slice(0, 64) || "somebody";
  } catch {
    // A user without an entry, as in some containers.
    return "somebody";
  }
}
