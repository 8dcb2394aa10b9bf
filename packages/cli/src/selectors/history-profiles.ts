/** Profiles of the histories that agents leave, and of traces. */
import { Health } from "@caum/core/health";
import type { RootKey } from "@caum/core/machine";
import { homeOf } from "@caum/core/settings";
import {
  findHistories,
  type HistoryEvent,
  type HistorySession,
  Notes,
  type Reading,
  readHistories,
  SeenIds,
} from "@caum/histories";
import type { SessionProfile, StepOrder } from "@caum/workflows";
import { costOfEvent } from "../history/history-cost.ts";
import { draftOfEvent, stepOfDraft } from "../history/history-step.ts";
import { readingKey } from "../history/reading-key.ts";
import { ReadingKeys } from "../history/reading-keys.ts";
import { ProfileCounter } from "../profiles/profile-counter.ts";
import type { OrderOfOne } from "./order-of-one.ts";

/** @param problems what could not be read is added to them */
export async function historyProfiles(
  paths: readonly string[],
  sinceMs: number,
  problems: string[],
  order?: OrderOfOne,
): Promise<readonly SessionProfile[]> {
  if (paths.length === 0) return [];
  const reading: Reading = { notes: new Notes(), seen: new SeenIds() };
  const found = findHistories(paths, reading, { sinceMs });
  const rootKey = readingKey(homeOf(undefined, process.env));
  const profiles: SessionProfile[] = [];
  for await (const session of readHistories(found, reading)) {
    const profile = await historyProfile(session, rootKey, reading.notes, order);
    if (profile !== undefined) profiles.push(profile);
  }
  for (const { path, problem } of reading.notes.problems) problems.push(`${path}: ${problem}`);
  return profiles;
}

/** A session that cannot be read to its end is taken as far as it was read, and told. */
async function historyProfile(
  session: HistorySession,
  rootKey: RootKey,
  notes: Notes,
  order: OrderOfOne | undefined,
): Promise<SessionProfile | undefined> {
  const { id, client, format, files } = session;
  const counted = new CountedHistory(new ReadingKeys(rootKey, `${format} ${id}`), order?.of(id));
  try {
    for await (const events of session.events()) for (const event of events) counted.take(event);
  } catch {
    notes.problem(files[0]?.path ?? format, "cannot be read to its end");
  }
  if (counted.events === 0) return undefined;
  const fileMs = Math.max(0, ...files.map(({ modifiedMs }) => modifiedMs));
  const agent = client === "unknown" ? format : client;
  return counted.counter.profile(id, { agent, client: format, ended: true }, fileMs);
}

class CountedHistory {
  readonly counter: ProfileCounter;
  readonly #health = new Health();
  readonly #keys: ReadingKeys;
  events = 0;

  constructor(keys: ReadingKeys, order: StepOrder | undefined) {
    this.#keys = keys;
    this.counter = new ProfileCounter(order);
  }

  take(event: HistoryEvent): void {
    const { observation, atMs } = event;
    const draft = draftOfEvent(observation, this.#keys);
    const step = stepOfDraft(draft, event);
    const assessment = step === undefined ? this.#health.current() : this.#health.observe(step);
    const { inputTokens = 0, outputTokens = 0, durationMs } = observation;
    const tokens = inputTokens + outputTokens;
    this.counter.take(draft, assessment, {
      costNanoUsd: costOfEvent(event),
      tokens,
      durationMs,
      atMs,
    });
    this.events += 1;
  }
}
