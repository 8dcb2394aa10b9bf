/** `caum verify pack.json`: an evidence pack instead of a bundle. */
import { readFileSync, statSync } from "node:fs";
import { type PackVerification, type VerifierKey, verifyPack } from "@caum/core/verify";

/** Larger than any pack of 500 sessions. */
const MAX_BYTES = 64 * 1024 * 1024;

export function isPack(path: string): boolean {
  return path.endsWith(".json") && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** @throws {Error} when it cannot be read, or is too large to be a pack */
export function checkPack(path: string, keys: readonly VerifierKey[]): PackVerification {
  if (statSync(path).size > MAX_BYTES) throw new Error(`${path} is too large to be a pack`);
  return verifyPack(readFileSync(path, "utf8"), keys);
}

export function describePack(pack: PackVerification): readonly string[] {
  const { verdict, held, sessions, records, findings, notProven } = pack;
  return [
    `${verdict}: ${held} of ${sessions} sessions hold, ${records} records under signed checkpoints`,
    ...findings.map(({ session, verdict: grave, message }) =>
      session === null ? `  ${grave}: ${message}` : `  ${grave} at session ${session}: ${message}`,
    ),
    "",
    "not proven:",
    ...notProven.map((line) => `  - ${line}`),
  ];
}
