export type Tier = "T1" | "T2" | "T3" | "T4" | "T5";

/** Half-open and not rounded: exactly 0.85 is T1, the next double below it T2. */
export function tierOf(uds: number): Tier {
  if (uds >= 0.85) return "T1";
  if (uds >= 0.7) return "T2";
  if (uds >= 0.5) return "T3";
  if (uds >= 0.3) return "T4";
  return "T5";
}
