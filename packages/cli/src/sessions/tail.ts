import type { CollectorPlace } from "@caum/collector/validation";
import { collectorOf, settingsOf } from "../options/collector-of.ts";
import type { SharedFlags } from "../options/declare.ts";
import { refuse } from "../options/refuse.ts";
import { complain, say } from "../terminal/say.ts";
import { SteadyFeed } from "./collector/steady-feed.ts";
import { stepRow, stepTitles } from "./shown/step-row.ts";
import type { LiveStep, StepFeed } from "./source/live-step.ts";

export interface TailFlags extends SharedFlags {
  readonly local?: boolean;
  readonly once?: boolean;
}

const RED = ["\x1b[31m", "\x1b[0m"] as const;

/** Prints steps as they come, until it is told to stop. */
export async function tail(session: string | undefined, flags: TailFlags): Promise<void> {
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
  const { loadConfiguration, readLocalAccount } = await import("@caum/core/settings");
  const { home, url } = loadConfiguration({ arguments: settingsOf(flags) });
  if (!flags.local && url !== undefined) return collectorFeed(await collectorOf(flags), session);
  const { LocalSessions } = await import("./local/local-sessions.ts");
  const local = new LocalSessions(home, { only: session });
  const nearby = flags.local ? undefined : readLocalAccount(home);
  if (nearby === undefined) return local;
  const { BothFeeds } = await import("./both-feeds.ts");
  return new BothFeeds(local, await collectorFeed(nearby, session));
}

async function collectorFeed(place: CollectorPlace, session?: string): Promise<StepFeed> {
  const { CollectorSteps } = await import("./collector/collector-steps.ts");
  return new CollectorSteps(place, session);
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
