import { spawnSync } from "node:child_process";

/**
 * Whether this machine has a tool that a test needs; where it has not, what is not tested is said aloud.
 *
 * @param words a command that succeeds where the tool is there
 */
export function hasTool(words: readonly [string, ...string[]], untested: string): boolean {
  const [command, ...args] = words;
  const isThere = spawnSync(command, args).status === 0;
  if (!isThere) console.warn(`NOT TESTED on this machine: ${untested} (needs ${command})`);
  return isThere;
}
