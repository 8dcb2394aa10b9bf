/** The one recorder of a machine's hooks: at work while hooks call, gone when they are silent. */

import { createObserver, type Observer } from "@caum/core";
import { closeLeftRuns, localTeller } from "@caum/core/machine";
import { loadConfiguration } from "@caum/core/settings";
import { RecorderLock } from "../inbox/recorder-lock.ts";
import { InboxRecorder } from "./inbox-recorder.ts";

/** How often the inbox is looked at. */
const LOOK_EVERY_MS = 150;
/** The recorder ends after this long without a line; the next hook starts another. */
const IDLE_MS = 10 * 60_000;
/** Clients end their servers soon after their last hook, and some kill them. */
const LOOK_FOR_KILLED_MS = 2_000;
/** A call may take long; the recorder that knows its start waits for its end, but not for ever. */
const WAIT_FOR_CALLS_MS = 6 * 60 * 60_000;

export interface RecordRequest {
  readonly home: string;
  readonly version: string;
  /** Read what is there and end. */
  readonly once: boolean;
}

/** @returns false when another recorder is at work */
export async function recordInbox({ home, version, once }: RecordRequest): Promise<boolean> {
  const lock = new RecorderLock(home);
  if (!lock.take()) return false;
  let time = Date.now();
  const observers = new Map<string, Observer>();
  const observerOf = (client: string) => {
    const known = observers.get(client) ?? observe(client, { home, version }, () => time);
    observers.set(client, known);
    return known;
  };
  const recorder = new InboxRecorder({
    observerOf,
    home,
    setTime: (then) => {
      time = then;
    },
    teller: localTeller(loadConfiguration({ arguments: { home } })),
  });
  let isStopping = once;
  const stop = () => {
    isStopping = true;
  };
  process.on("SIGTERM", stop);
  // A long backlog comes in pieces.
  for (let count = await recorder.drain(); once && count > 0; ) count = await recorder.drain();
  const patience = () => (recorder.hasOpenCalls ? WAIT_FOR_CALLS_MS : IDLE_MS);
  const killed = new KilledRuns(home);
  // By the clock that nobody sets.
  for (let idle = performance.now(); !isStopping && performance.now() - idle < patience(); ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (!lock.hold()) break;
    if ((await recorder.drain()) > 0) {
      idle = performance.now();
      killed.isDue = true;
    } else if (performance.now() - idle >= LOOK_FOR_KILLED_MS) await killed.close();
  }
  await recorder.close();
  killed.isDue = true;
  await killed.close();
  process.off("SIGTERM", stop);
  lock.release();
  return true;
}

/** One for each client, because a run says who its agent is. */
function observe(
  client: string,
  { home, version }: Pick<RecordRequest, "home" | "version">,
  clock: () => number,
): Observer {
  return createObserver({
    home,
    writer: "caum-hook",
    writerVersion: version,
    layer: "hook",
    view: "full",
    agentId: client,
    sourceFramework: client,
    hashNames: process.env.CAUM_HASH_NAMES === "1",
    clock,
    onProblem: () => undefined,
  });
}

/** The runs of servers that clients have killed: looked for once after each burst of events. */
class KilledRuns {
  readonly #home: string;
  readonly #unfit = new Set<string>();
  isDue = true;

  constructor(home: string) {
    this.#home = home;
  }

  async close(): Promise<void> {
    if (!this.isDue) return;
    this.isDue = false;
    await closeLeftRuns({ home: this.#home, nowMs: Date.now() }, this.#unfit);
  }
}
