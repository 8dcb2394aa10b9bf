import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadRootKey, type RootKey } from "@caum/core/machine";

/**
 * The key that tags are made with when something is only looked at.
 *
 * The machine's own where there is one, so that a project has the same tag each time. Looking makes
 * no folder and no key: without one it is random, and forgotten.
 */
export function readingKey(home: string, env: NodeJS.ProcessEnv = process.env): RootKey {
  const isThere = env.CAUM_DIGEST_KEY !== undefined || existsSync(join(home, "keys", "digest.key"));
  if (isThere) return loadRootKey({ home, env });
  return loadRootKey({ home, env: { CAUM_DIGEST_KEY: randomBytes(32).toString("hex") } });
}
