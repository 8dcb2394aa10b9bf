/** The one recorder of a machine's hooks: at work while hooks call, gone when they are silent. */
import { createObserver } from "@caum/core";
import { InboxRecorder } from "./inbox-recorder.ts";
import { RecorderLock } from "./recorder-lock.ts";

/** How often the inbox is looked at. */
const LOOK_EVERY_MS = 150;
/** The recorder ends after this long without a line; the next hook starts another. */
const IDLE_MS = 10 * 60_000;
const AGENT = "claude-code";

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
  const observer = createObserver({
    home,
    writer: "caum-hook",
    writerVersion: version,
    layer: "hook",
    view: "full",
    agentId: AGENT,
    sourceFramework: AGENT,
    hashNames: process.env.CAUM_HASH_NAMES === "1",
    clock: () => time,
    onProblem: () => undefined,
  });
  const recorder = new InboxRecorder(observer, home, (then) => {
    time = then;
  });
  let isStopping = once;
  process.on("SIGTERM", () => {
    isStopping = true;
  });
  // A long backlog comes in pieces.
  for (let count = await recorder.drain(); once && count > 0; ) count = await recorder.drain();
  for (let idleSince = Date.now(); !isStopping && Date.now() - idleSince < IDLE_MS; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (!lock.hold()) break;
    if ((await recorder.drain()) > 0) idleSince = Date.now();
  }
  await recorder.close();
  lock.release();
  return true;
}
