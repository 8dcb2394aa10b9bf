/** Signs what processes that died had recorded on this machine and not signed any more. */
import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRun, signRun } from "../../evidence/local-run.ts";
import { Signer } from "../../evidence/note/signer.ts";
import { parseVerifierKey } from "../../evidence/note/vkey.ts";
import { verifyBundle } from "../../evidence/verify/verify-bundle.ts";
import { loadWriterKey } from "../../evidence/writer-key.ts";
import { namesInNow } from "../spool/owned-folder.ts";
import { isTrustedFolder, openTrusted } from "../spool/trusted.ts";

/** A process that lives signs a second after its last record. */
const LEFT_AFTER_MS = 60_000;
const FILE_MODE = 0o600;
/** Keys that were replaced; each still signs what it alone has signed before. */
const RETIRED_KEY = /^writer\.key\.retired-/;

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
  const { signer, origin } = loadWriterKey({ home });
  if (origin === "ephemeral") return 0;
  const signers = [signer, ...retiredSigners(home)];
  let signed = 0;
  for (const name of runsIn(home)) {
    const folder = join(home, "runs", name);
    if (!(await isLeft(folder, nowMs))) continue;
    if (await signByOne(folder, signers)) signed += 1;
  }
  return signed;
}

function runsIn(home: string): readonly string[] {
  return namesInNow(join(home, "runs"));
}

function retiredSigners(home: string): readonly Signer[] {
  const names = namesInNow(join(home, "keys")).filter((name) => RETIRED_KEY.test(name));
  return names.flatMap((name) => {
    try {
      return [Signer.parse(readFileSync(join(home, "keys", name), "utf8"))];
    } catch {
      // A key that is damaged signs nothing.
      return [];
    }
  });
}

async function signByOne(folder: string, signers: readonly Signer[]): Promise<boolean> {
  for (const signer of signers) {
    if (await sign(folder, signer).catch(() => false)) return true;
  }
  return false;
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
async function sign(folder: string, signer: Signer): Promise<boolean> {
  const { findings, signedBy } = verifyBundle(folder, { keys: [parseVerifierKey(signer.vkey)] });
  const kinds = findings.map(({ kind }) => kind);
  const isTail = kinds.includes("unsigned_tail") && signedBy.length > 0;
  const isWhole = kinds.every((kind) => kind === "unsigned_tail" || kind === "torn_line");
  if (!isTail || !isWhole) return false;
  const note = join(folder, "checkpoints", "recovered.note");
  await writeFile(`${note}.new`, signRun(readRun(folder), signer), { mode: FILE_MODE });
  await rename(`${note}.new`, note);
  return true;
}
