/** Closes what processes that were killed left open on this machine. */
import { randomFillSync } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { EventIds } from "../../capture/event-id.ts";
import { readRun } from "../../evidence/local-run.ts";
import { RunWriter } from "../../evidence/run-writer.ts";
import { isTrustedFolder, openTrusted } from "../spool/trusted.ts";
import { isSignedRun } from "./closed-run.ts";
import { type LeftRuns, runFoldersIn, type SoundRun, signersOf, soundRun } from "./left-runs.ts";
import { isWriterGone, takeLeftRun } from "./run-owner.ts";
import { signRecovered } from "./sign-left-runs.ts";

const RECORDS = "records.ndjson";
/** Follows no link, where the system knows that. */
const FLAGS = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);

/**
 * Closes open runs whose writer is certainly gone: a record says that the writer was missing from
 * there on, and the `close` record and a signature follow. Both records are of the time at which
 * the writer last wrote, because nobody knows more. A run that only lacks its last signature gets it.
 *
 * It reads runs whole, so it is for a command and not for a host.
 *
 * @param unfit folders of runs that cannot be closed, for whoever looks again and again
 * @returns how many runs were closed
 */
export async function closeLeftRuns(
  { home, nowMs }: LeftRuns,
  unfit: Set<string> = new Set(),
): Promise<number> {
  const signers = signersOf(home);
  let closed = 0;
  for (const folder of runFoldersIn(home)) {
    if (unfit.has(folder) || !isWriterGone(folder) || (await isSignedRun(folder))) continue;
    const isNew = await closeLeftRun(folder, signers, nowMs).catch(() => false);
    if (isNew) closed += 1;
    else unfit.add(folder);
  }
  return closed;
}

async function closeLeftRun(
  folder: string,
  signers: ReturnType<typeof signersOf>,
  nowMs: number,
): Promise<boolean> {
  if (!(await isTrustedFolder(folder))) return false;
  const written = await statusOf(join(folder, RECORDS));
  if (!written) return false;
  const sound = soundRun(folder, signers);
  const giveBack = sound && takeLeftRun(folder);
  if (!sound || !giveBack) return false;
  try {
    return await close(folder, sound, Math.min(written.mtimeMs, nowMs));
  } finally {
    giveBack();
  }
}

/** @returns false when another process has closed it meanwhile */
async function close(folder: string, sound: SoundRun, timeMs: number): Promise<boolean> {
  const { signer, hasUnsignedTail } = sound;
  const run = readRun(folder);
  if (run.closed) {
    // Killed between its last record and the signature over it.
    if (hasUnsignedTail) await signRecovered(folder, run, signer);
    return hasUnsignedTail;
  }
  const writer = new RunWriter(run.identity, run.state);
  const ids = new EventIds({ clock: () => timeMs, fillRandom: randomFillSync });
  const stamp = () => ({
    eventId: ids.next(),
    sourceTimestamp: new Date(timeMs).toISOString(),
  });
  const payload = { kind: "blind", subject: "writer" };
  const lines = [
    writer.append({ ...stamp(), category: "environment", payload }),
    writer.close(0, stamp()),
  ].map(({ line }) => `${line}\n`);
  await append(join(folder, RECORDS), lines.join(""), run.byteLength);
  await signRecovered(folder, writer, signer);
  return true;
}

/** In place of a last line that was cut off. */
async function append(path: string, text: string, from: number): Promise<void> {
  const file = await open(path, FLAGS);
  try {
    await file.truncate(from);
    await file.write(text, from);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function statusOf(path: string): Promise<Stats | undefined> {
  const file: FileHandle | undefined = await openTrusted(path);
  try {
    return await file?.stat();
  } finally {
    await file?.close();
  }
}
