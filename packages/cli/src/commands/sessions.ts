import { shellWord } from "@caum/core";
import type { Command } from "commander";
import { type CollectorFlags, collectorOf } from "../collector-flags.ts";
import { reasonOf } from "../reason.ts";
import type { SessionReport, SessionSummary, StepOfSession } from "../sessions/read-sessions.ts";

interface SessionsFlags extends CollectorFlags {
  readonly limit: string;
}

const USAGE = 2;
const MOST = 100;

const ABOUT_LIST = `
examples:
  caum sessions
  caum sessions --limit 5 --json

exit codes: 0 listed, also when there is none; 2 no collector answers, or it refuses`;

const ABOUT_REPORT = `
Verdict, root and steps are of one moment, also while the session goes on.

examples:
  caum report SESSION
  caum report SESSION --json

exit codes: 0 found, 2 there is no such session, no collector answers, or it refuses`;

export function registerSessions(program: Command): void {
  program
    .command("sessions")
    .description("list the sessions of a collector, the newest first")
    .option("--url <url>", "the collector (default: CAUM_URL, config.json, this machine)")
    .option("--key <key>", "API key (default: CAUM_API_KEY, config.json)")
    .option("--limit <n>", `how many, at most ${MOST}`, "20")
    .option("--json", "print the result as JSON")
    .addHelpText("after", ABOUT_LIST)
    .action(list);
  program
    .command("report")
    .description("what a session did, where it turned, and what was found")
    .argument("<session>", "id of the session")
    .option("--url <url>", "the collector (default: CAUM_URL, config.json, this machine)")
    .option("--key <key>", "API key (default: CAUM_API_KEY, config.json)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", ABOUT_REPORT)
    .action(report);
}

async function list(flags: SessionsFlags): Promise<void> {
  const { readSessions } = await import("../sessions/read-sessions.ts");
  const limit = Number(flags.limit);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST)) {
    return fail("sessions", `--limit takes a number from 1 to ${MOST}`);
  }
  try {
    const sessions = await readSessions(await collectorOf(flags), limit);
    if (flags.json) console.log(JSON.stringify(sessions, undefined, 2));
    else console.log(sessions.length === 0 ? "no session yet" : table(sessions));
  } catch (problem) {
    fail("sessions", reasonOf(problem));
  }
}

async function report(id: string, flags: CollectorFlags): Promise<void> {
  const { readReport } = await import("../sessions/read-sessions.ts");
  try {
    const found = await readReport(await collectorOf(flags), id);
    console.log(flags.json ? JSON.stringify(found, undefined, 2) : describe(found));
  } catch (problem) {
    fail("report", reasonOf(problem));
  }
}

function table(sessions: readonly SessionSummary[]): string {
  const title = [
    "last seen           ",
    "steps",
    "tier",
    "regime      ",
    "alert",
    "agent           ",
    "session",
  ];
  const rows = sessions.map((session) => [
    session.last_seen.slice(0, 19).replace("T", " ").padEnd(20),
    String(session.steps).padStart(5),
    session.tier.padEnd(4),
    session.regime.padEnd(12),
    (session.live_alert ? "ALERT" : "").padEnd(5),
    session.agent_name.padEnd(16),
    session.session_id,
  ]);
  return [title, ...rows].map((row) => row.join("  ")).join("\n");
}

function describe({ session, merkle_root: root, tree_size: size, steps }: SessionReport): string {
  const { session_id: id, agent_name: agent, regime, tier, uds, live_alert: isAlert } = session;
  return [
    `session  ${id}  (${agent})${session.ended ? "  ended" : ""}`,
    `         ${session.first_seen} to ${session.last_seen}`,
    `verdict  ${regime}  ${tier}  uds ${uds.toFixed(2)}${isAlert ? "  ALERT" : ""}`,
    `work     ${session.steps} steps, ${session.total_tokens} tokens, ${session.total_cost_usd.toFixed(4)} USD`,
    `proof    root ${root} over ${size} records`,
    "",
    "where it turned:",
    ...turns(steps).map((line) => `  ${line}`),
    "",
    `take it with you: caum export ${shellWord(id)} --out bundle`,
  ].join("\n");
}

/** The steps at which the regime or the class changed. */
function turns(steps: readonly StepOfSession[]): readonly string[] {
  let before = "";
  return steps.flatMap(({ assessment, record }) => {
    if (!assessment) return [];
    const { step, regime, tier, public_class: publicClass, reasons } = assessment;
    const now = `${regime} ${publicClass}`;
    if (now === before) return [];
    before = now;
    const call = [record?.payload?.toolName, record?.payload?.status].filter(Boolean).join(" ");
    const why = publicClass === "none" ? "" : `  ${publicClass}: ${reasons.join(" ")}`;
    return [`step ${String(step).padStart(4)}  ${tier}  ${regime.padEnd(12)}  ${call}${why}`];
  });
}

function fail(command: string, reason: string): void {
  console.error(`caum ${command}: ${reason}`);
  process.exitCode = USAGE;
}
