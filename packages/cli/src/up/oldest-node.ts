/** `node:sqlite` needs no flag from here on. */
export const OLDEST_NODE = [22, 13] as const;

/** Whether this Node has what the store is made of. */
export function isNodeNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}
