/** What came from each client's hooks, counted: for `caum status` and `caum doctor`. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InboxEntry } from "./inbox-entry.ts";

/** The events of one client. */
export interface HookTally {
  /** Milliseconds since 1970. */
  readonly lastAt: number;
  /** How often each event came that was understood. */
  readonly events: Readonly<Record<string, number>>;
  /** How often each event came that was not. */
  readonly notUnderstood: Readonly<Record<string, number>>;
  /** Entries that were damaged, so that what they said is lost. */
  readonly unread?: number;
}

/** Stands for the client of an entry that could not be read. */
const UNKNOWN_CLIENT = "unknown";

export type HookTallies = Readonly<Record<string, HookTally>>;

const NONE: HookTally = { lastAt: 0, events: {}, notUnderstood: {} };
/** A client with more names than this says something else than names. */
const MAX_NAMES = 64;

export function readHookTallies(home: string): HookTallies {
  try {
    const known: unknown = JSON.parse(readFileSync(logPath(home), "utf8"));
    // True because only the recorder writes this file; whoever alters it alters what is shown.
    return typeof known === "object" && known !== null ? (known as HookTallies) : {};
  } catch {
    return {};
  }
}

/** Adds what was taken; nobody but the recorder, which is alone, writes this file. */
export function noteHookEvents(home: string, entries: readonly InboxEntry[]): void {
  let tallies = readHookTallies(home);
  for (const entry of entries) {
    const tally = tallies[entry.client] ?? NONE;
    tallies = { ...tallies, [entry.client]: counted(tally, entry) };
  }
  if (entries.length > 0) keep(home, tallies);
}

/** Adds entries that could not be read; of which client they were is not always known. */
export function noteUnread(
  home: string,
  {
    client = UNKNOWN_CLIENT,
    count,
  }: { readonly client?: string | undefined; readonly count: number },
): void {
  const tallies = readHookTallies(home);
  const tally = tallies[client] ?? NONE;
  const unread = (tally.unread ?? 0) + count;
  if (count > 0) keep(home, { ...tallies, [client]: { ...tally, lastAt: Date.now(), unread } });
}

function keep(home: string, tallies: HookTallies): void {
  try {
    const path = logPath(home);
    writeFileSync(`${path}.new`, JSON.stringify(tallies), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // Counted again from here on.
  }
}

function counted(tally: HookTally, { event, time, saying }: InboxEntry): HookTally {
  const list = saying.kind === "not_understood" ? "notUnderstood" : "events";
  const counts = tally[list];
  const isKnown = Object.hasOwn(counts, event) || Object.keys(counts).length < MAX_NAMES;
  const name = isKnown ? event : "others";
  const before = Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0;
  return {
    ...tally,
    lastAt: Math.max(tally.lastAt, time),
    [list]: { ...counts, [name]: before + 1 },
  };
}

function logPath(home: string): string {
  return join(home, "hooks.json");
}
