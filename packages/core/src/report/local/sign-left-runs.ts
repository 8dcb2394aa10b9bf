/** Signs what processes that died had recorded on this machine and not signed any more. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRun, type SignableRun, signRun } from "../../evidence/local-run.ts";
import type { Signer } from "../../evidence/note/signer.ts";
import { isTrustedFolder, openTrusted } from "../spool/trusted.ts";
import { type LeftRuns, runFoldersIn, signersOf, soundRun } from "./left-runs.ts";

/** A process that lives signs a second after its last record. */
const LEFT_AFTER_MS = 60_000;
const FILE_MODE = 0o600;

/**
 * Signs runs whose records end after their last signature, as far as they are an unbroken
 * continuation of what was signed. Nothing that was written is changed.
 *
 * It reads runs whole, so it is for a command and not for a host.
 *
 * @returns how many runs were signed
 */
export async function signLeftRuns({ home, nowMs }: LeftRuns): Promise<number> {
  const signers = signersOf(home);
  let signed = 0;
  for (const folder of runFoldersIn(home)) {
    if (!(await isLeft(folder, nowMs))) continue;
    if (await signTail(folder, signers).catch(() => false)) signed += 1;
  }
  return signed;
}

/** Keeps the signature of a process that was not the writer, beside the writer's own. */
export async function signRecovered(
  folder: string,
  run: SignableRun,
  signer: Signer,
): Promise<void> {
  const note = join(folder, "checkpoints", "recovered.note");
  await writeFile(`${note}.new`, signRun(run, signer), { mode: FILE_MODE });
  await rename(`${note}.new`, note);
}

async function isLeft(folder: string, nowMs: number): Promise<boolean> {
  if (!(await isTrustedFolder(folder))) return false;
  const records = await openTrusted(join(folder, "records.ndjson"));
  if (!records) return false;
  try {
    const { mtimeMs } = await records.stat();
    return nowMs - mtimeMs > LEFT_AFTER_MS;
  } finally {
    await records.close();
  }
}

async function signTail(folder: string, signers: readonly Signer[]): Promise<boolean> {
  const run = soundRun(folder, signers);
  if (!run?.hasUnsignedTail) return false;
  await signRecovered(folder, readRun(folder), run.signer);
  return true;
}
