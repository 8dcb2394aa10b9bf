/** Shares from 0 to 1 as 15 levels: half a byte, with the sixteenth for what is not known. */

/** Below each of these, and from the one before on; the first level is 0 itself, the last is all. */
const BOUNDS = [0.02, 0.04, 0.07, 0.1, 0.14, 0.19, 0.25, 0.33, 0.42, 0.52, 0.65, 0.8, 1] as const;

/** How many levels there are; what is not known has none of them. */
export const LEVELS = BOUNDS.length + 2;

/** @param share below 0 it counts as 0, above 1 as 1 */
export function levelOf(share: number): number {
  if (!(share > 0)) return 0;
  let level = 1;
  for (const bound of BOUNDS) {
    if (share < bound) return level;
    level += 1;
  }
  return level;
}

/** The share that stands for all of a level. */
export function shareOf(level: number): number {
  if (level <= 0) return 0;
  if (level >= LEVELS - 1) return 1;
  return ((BOUNDS[level - 2] ?? 0) + (BOUNDS[level - 1] ?? 1)) / 2;
}
