/** What a kind of loop is called, wherever one is told of. */
import type { LoopKind } from "../profile/session-profile.ts";
import { comparableName } from "./comparable-name.ts";

/** Stands for names that are another one in every session. */
export const KEYED_TOOL = "a tool with a keyed name";

/** For example `read_file, edit: periodic, period 2`; a loop without a tool is one of talk. */
export function loopWords({
  rule,
  period,
  tools,
}: Pick<LoopKind, "rule" | "period" | "tools">): string {
  const names = new Set(tools.map((tool) => comparableName(tool) ?? KEYED_TOOL));
  return `${[...names].join(", ") || "talk"}: ${rule}${period > 1 ? `, period ${period}` : ""}`;
}
