import { openBundle } from "../bundle/open-bundle.ts";
import { checkBundle, type Verification, type VerifyOptions } from "./check-bundle.ts";
import { nodePlatform } from "./node-platform.ts";

export type { Verification, VerifyOptions } from "./check-bundle.ts";

/**
 * Verifies a bundle or a local run: a folder or an archive of one.
 *
 * @throws only what reading the path itself throws; everything else is a finding
 */
export function verifyBundle(path: string, options: VerifyOptions): Verification {
  return checkBundle(() => openBundle(path), options, nodePlatform);
}
