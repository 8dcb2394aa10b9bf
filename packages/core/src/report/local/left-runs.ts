/** Runs on this machine whose process has died, and what may be done for them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Signer } from "../../evidence/note/signer.ts";
import { parseVerifierKey } from "../../evidence/note/vkey.ts";
import { verifyBundle } from "../../evidence/verify/verify-bundle.ts";
import { loadWriterKey } from "../../evidence/writer-key.ts";
import { namesInNow } from "../spool/owned-folder.ts";

export interface LeftRuns {
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A run that is what its writer signed, and perhaps more that was not signed any more. */
export interface SoundRun {
  /** The key that has signed it. */
  readonly signer: Signer;
  readonly hasUnsignedTail: boolean;
}

/** Keys that were replaced; each still signs what it alone has signed before. */
const RETIRED_KEY = /^writer\.key\.retired-/;

export function runFoldersIn(home: string): readonly string[] {
  return namesInNow(join(home, "runs")).map((name) => join(home, "runs", name));
}

/** The keys that this machine signs and has signed with; none where its key is not kept. */
export function signersOf(home: string): readonly Signer[] {
  const { signer, origin } = loadWriterKey({ home });
  return origin === "ephemeral" ? [] : [signer, ...retiredSigners(home)];
}

/**
 * Reads the run whole, so it is for a command and not for a host.
 *
 * @returns undefined for a run that contradicts what was signed, or was never signed at all: no
 *   signature may make that good
 */
export function soundRun(folder: string, signers: readonly Signer[]): SoundRun | undefined {
  for (const signer of signers) {
    const { findings, signedBy } = verifyBundle(folder, { keys: [parseVerifierKey(signer.vkey)] });
    const kinds = findings.map(({ kind }) => kind);
    const isSound = kinds.every((kind) => kind === "unsigned_tail" || kind === "torn_line");
    if (isSound && signedBy.length > 0) {
      return { signer, hasUnsignedTail: kinds.includes("unsigned_tail") };
    }
  }
  return undefined;
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
