import type { Command } from "commander";
import { collectorOf, settingsOf } from "../../options/collector-of.ts";
import {
  homeOption,
  jsonOption,
  keyOption,
  type SharedFlags,
  urlOption,
} from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import { SteadyFeed } from "../../sessions/collector/steady-feed.ts";
import { stepRow, stepTitles } from "../../sessions/shown/step-row.ts";
import type { LiveStep, StepFeed } from "../../sessions/source/live-step.ts";
import { complain, say } from "../../terminal/say.ts";

interface TailFlags extends SharedFlags {
  readonly local?: boolean;
  readonly once?: boolean;
}

const RED = ["\x1b[31m", "\x1b[0m"] as const;
const ABOUT = `
With a collector (--url, CAUM_URL, config.json) its 20 newest sessions are asked for, else the runs on
this machine are read. A collector that goes away is waited for. Ctrl-C ends it.

examples:
  caum tail
  caum tail SESSION --once --json

exit codes: 0 also after Ctrl-C, 2 the collector refuses, or did not answer the first time`;

export function registerTail(program: Command): void {
  program
    .command("tail")
    .description("watch sessions, one row per step")
    .argument("[session]", "only this one")
    .addOption(urlOption())
    .addOption(keyOption())
    .option("--local", "the runs on this machine, whatever is configured")
    .addOption(homeOption())
    .option("--once", "print what is there and end")
    .addOption(jsonOption("one JSON object per step"))
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(session: string | undefined, flags: TailFlags): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const feed = await feedOf(session, flags);
    if (!flags.json) say(stepTitles(process.stdout.columns));
    await follow(feed, flags, stopping.signal);
  } catch (problem) {
    refuse("tail", problem);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

async function feedOf(session: string | undefined, flags: TailFlags): Promise<StepFeed> {
  const { loadConfiguration } = await import("@caum/core/machine");
  const known = loadConfiguration({ arguments: settingsOf(flags) });
  if (flags.local || known.url === undefined) {
    const { LocalSessions } = await import("../../sessions/local/local-sessions.ts");
    return new LocalSessions(known.home, { only: session });
  }
  const { CollectorSteps } = await import("../../sessions/collector/collector-steps.ts");
  return new CollectorSteps(await collectorOf(flags), session);
}

async function follow(feed: StepFeed, flags: TailFlags, signal: AbortSignal): Promise<void> {
  const { setTimeout: wait } = await import("node:timers/promises");
  const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR;
  const steadily = new SteadyFeed(feed, (text) => complain(`caum tail: ${text}`));
  while (!signal.aborted) {
    for (const step of flags.once ? await feed.read() : await steadily.read()) {
      if (flags.json) say(JSON.stringify(step));
      else show(step, isColoured);
    }
    if (flags.once) return;
    await wait(steadily.waitMs, undefined, { signal }).catch(() => undefined);
  }
}

function show(step: LiveStep, isColoured: boolean): void {
  const row = stepRow(step, process.stdout.columns);
  if (step.alert && isColoured) say(row, RED);
  else say(row);
}
