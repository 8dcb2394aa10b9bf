import { existsSync } from "node:fs";
import { FORMAT_NAMES, type FormatName } from "@caum/histories/names";
import type { Command } from "commander";
import { jsonOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { Progress } from "../../terminal/progress.ts";
import { say, sayJson } from "../../terminal/say.ts";

interface LookbackFlags {
  readonly days?: number;
  readonly since?: number;
  readonly client?: readonly FormatName[];
  readonly json?: boolean;
  readonly html?: string;
  readonly failOnLoop?: boolean;
}

const DAYS = 30;
const DAY_MS = 24 * 60 * 60_000;
const BAR = 20;

const ABOUT = `
Reads what clients left on this disk (docs/histories.md), judges every session by the engine that judges
live ones, and writes nothing but what --html names. Without a PATH: the histories of all clients of this
person, of the last 30 days. With one: everything below it, unless --days or --since is given.

examples:
  caum lookback
  caum lookback --days 90 --client claude-code --client codex
  caum lookback --html loops.html          a page to show to a colleague; no content is in it
  caum lookback --json exported/           any folder or file: runs of agents, exports of traces

exit codes: 0 done, 1 with --fail-on-loop when there was a loop, 2 nothing could be read`;

export function registerLookback(program: Command): void {
  program
    .command("lookback")
    .description("find the loops in the histories that agents left on this machine")
    .argument("[path...]", "folders or files (default: where the clients of this person keep them)")
    .option("--days <number>", `how far back (default: ${DAYS} without a path)`, wholeDays)
    .option("--since <date>", "the same as a date: 2026-11-01", momentOf)
    .option("--client <name>", `only this client (repeatable): ${FORMAT_NAMES.join(", ")}`, clients)
    .addOption(jsonOption("print the findings as JSON"))
    .option("--html <file>", "write the findings as one page")
    .option("--fail-on-loop", "exit with 1 when there was a loop")
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(paths: readonly string[], flags: LookbackFlags): Promise<void> {
  // Loaded when it runs, so that no command pays for another.
  const { lookBack } = await import("../../lookback/look-back.ts");
  const { findingsOf } = await import("../../lookback/findings.ts");
  const { readingKey } = await import("../../history/reading-key.ts");
  const { homeOf } = await import("@caum/core/settings");
  const looked = paths.length > 0 ? paths : await presentPlaces();
  const sinceMs = sinceOf(flags, paths.length > 0);
  const progress = new Progress();
  const lookback = await lookBack({
    paths: looked,
    sinceMs,
    clients: flags.client === undefined ? undefined : new Set(flags.client),
    rootKey: readingKey(homeOf(undefined, process.env)),
    onProgress: ({ doneBytes, allBytes, sessions, loops }) =>
      progress.show(`${bar(doneBytes, allBytes)}  ${sessions} sessions, ${loops} loops`),
  });
  progress.clear();
  const findings = findingsOf(lookback, sinceMs);
  await print(findings, flags);
  if (findings.all.sessions === 0 && findings.read.problemCount > 0)
    process.exitCode = EXIT_CODE.notDone;
  if (flags.failOnLoop === true && findings.all.loops > 0) process.exitCode = EXIT_CODE.found;
}

async function print(
  findings: ReturnType<typeof import("../../lookback/findings.ts").findingsOf>,
  { json, html }: LookbackFlags,
): Promise<void> {
  if (html !== undefined) {
    const { findingsPage } = await import("../../lookback/findings-page.ts");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(html, findingsPage(findings));
  }
  if (json === true) sayJson(findings);
  else {
    const { findingsText } = await import("../../lookback/print-findings.ts");
    say(findingsText(findings));
    if (html !== undefined) say(`The page is in ${html}.`);
  }
}

async function presentPlaces(): Promise<readonly string[]> {
  const { historyPlaces } = await import("@caum/histories");
  const places = historyPlaces({ env: process.env }).map(({ path }) => path);
  return [...new Set(places)].filter((path) => existsSync(path));
}

function sinceOf({ days, since }: LookbackFlags, isNamed: boolean): number {
  if (since !== undefined) return since;
  if (days !== undefined) return Date.now() - days * DAY_MS;
  return isNamed ? 0 : Date.now() - DAYS * DAY_MS;
}

function bar(done: number, all: number): string {
  const share = all === 0 ? 1 : Math.min(1, done / all);
  const filled = Math.round(share * BAR);
  const size = `${(done / 1e6).toFixed(0)} of ${(all / 1e6).toFixed(0)} MB`;
  return `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}] ${size}`;
}

function wholeDays(text: string): number {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) throw new Error("--days is a whole number from 1 on");
  return Number(text);
}

function momentOf(text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(atMs)) throw new Error("--since is a date such as 2026-11-01");
  return atMs;
}

function clients(name: string, before: readonly FormatName[] = []): readonly FormatName[] {
  const known = FORMAT_NAMES.find((format) => format === name);
  if (known === undefined) {
    throw new Error(`--client ${name} is not known: ${FORMAT_NAMES.join(", ")}`);
  }
  return [...before, known];
}
