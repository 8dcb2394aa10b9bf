import { sessionOrigin } from "../../../src/evidence/note/origin.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { rootOf } from "../../../src/evidence/tree/proofs.ts";
import { type VerifyOptions, verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, leavesOf, TENANT, type TestBundle, written } from "../bundles.ts";
import { lines } from "../tampering/damage.ts";

export const collector = parseVerifierKey(COLLECTOR.vkey);
export const RECORDS = "records.ndjson";
export const ORIGIN = sessionOrigin(COLLECTOR.name, TENANT, "s-1");
export type Found = readonly [
  kind: string,
  file: string,
  line: number | null,
  seq: number | null,
  message: string,
];

export function found(bundle: TestBundle | string, options: Partial<VerifyOptions> = {}): Found[] {
  const path = typeof bundle === "string" ? bundle : written(bundle);
  const { findings } = verifyBundle(path, { keys: [collector], ...options });
  return findings.map(({ kind, file, line, seq, message }) => [kind, file, line, seq, message]);
}

/** The root over so many records of the good bundle. */
export const rootAt = (size: number) => rootOf(leavesOf(lines).slice(0, size));
