/** Signs what processes that died had recorded on this machine and not signed any more. */
import { readdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRun, signRun } from "../../evidence/local-run.ts";
import type { Signer } from "../../evidence/note/signer.ts";
import { parseVerifierKey } from "../../evidence/note/vkey.ts";
import { verifyBundle } from "../../evidence/verify/verify-bundle.ts";
import { loadWriterKey } from "../../evidence/writer-key.ts";
import { isTrustedFolder, openTrusted } from "../spool/trusted.ts";

/** A process that lives signs a second after its last record. */
const LEFT_AFTER_MS = 60_000;
const FILE_MODE = 0o600;

export interface LeftRuns {
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Signs runs whose records end after their last signature, as far as they are an unbroken
 * continuation of what was signed. Nothing that was written is changed.
 *
 * It reads runs whole, so it is for a command and not for a host.
 *
 * @returns how many runs were signed
 */
export async function signLeftRuns({ home, nowMs }: LeftRuns): Promise<number> {
  const { signer, vkey, origin } = loadWriterKey({ home });
  if (origin === "ephemeral") return 0;
  let signed = 0;
  for (const name of runsIn(home)) {
    const folder = join(home, "runs", name);
    if (!(await isLeft(folder, nowMs))) continue;
    if (await sign(folder, signer, vkey).catch(() => false)) signed += 1;
  }
  return signed;
}

function runsIn(home: string): readonly string[] {
  try {
    return readdirSync(join(home, "runs"));
  } catch {
    return [];
  }
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

/** A signature must not make good what contradicts an earlier one, or was never signed at all. */
async function sign(folder: string, signer: Signer, vkey: string): Promise<boolean> {
  const { findings, signedBy } = verifyBundle(folder, { keys: [parseVerifierKey(vkey)] });
  const kinds = findings.map(({ kind }) => kind);
  const isTail = kinds.includes("unsigned_tail") && signedBy.length > 0;
  const isWhole = kinds.every((kind) => kind === "unsigned_tail" || kind === "torn_line");
  if (!isTail || !isWhole) return false;
  const note = join(folder, "checkpoints", "recovered.note");
  await writeFile(`${note}.new`, signRun(readRun(folder), signer), { mode: FILE_MODE });
  await rename(`${note}.new`, note);
  return true;
}
