import type { LabelledSession } from "./trace-set.ts";

/** The rows that a session counts in. */
export function groupsOf({ source }: LabelledSession): readonly string[] {
  const isMade = source.startsWith("synth-");
  return [kindOf(source), isMade ? "all synthetic" : "all real", "all"];
}

export function kindOf(source: string): string {
  if (source.startsWith("synth-ok-")) return "look-alikes (healthy)";
  if (source.startsWith("synth-soft")) return "synthetic soft";
  if (source.startsWith("synth-")) return "synthetic loops";
  if (source.startsWith("intercode-")) return "intercode";
  if (/^tau2?-/.test(source)) return "tau / tau2";
  return source;
}
