/** Loops of the same structure over sessions, and what people said of them. */

/** `muted` until a time; `acknowledged` until the loop comes back. */
export const GROUP_STATES = ["open", "acknowledged", "muted"] as const;
export type GroupState = (typeof GROUP_STATES)[number];

export interface LoopGroup {
  readonly id: string;
  readonly agent: string;
  readonly rule: string;
  readonly period: number;
  readonly tools: readonly string[];
  readonly sessions: number;
  readonly loops: number;
  readonly steps: number;
  readonly costNanoUsd: number;
  /** Sessions of which somebody said what anything cost. */
  readonly costKnown: number;
  /** When something happened in the first and the last session with it, by the sender's clock. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The session that had it last; undefined where that is deleted. */
  readonly latestSession: string | undefined;
  /** How many loops there were when somebody acknowledged it. */
  readonly acknowledgedLoops: number;
  readonly mutedUntilMs: number;
  /** Who acknowledged or muted it last, and when. */
  readonly by: string | undefined;
  readonly atMs: number | undefined;
  readonly comments: readonly GroupComment[];
}

export interface GroupComment {
  readonly atMs: number;
  readonly by: string;
  readonly text: string;
}

export function groupStateOf(
  group: Pick<LoopGroup, "loops" | "acknowledgedLoops" | "mutedUntilMs">,
  nowMs: number,
): GroupState {
  if (group.mutedUntilMs > nowMs) return "muted";
  return group.loops > group.acknowledgedLoops ? "open" : "acknowledged";
}

export interface GroupDay {
  readonly id: string;
  readonly day: number;
  readonly loops: number;
}

export interface GroupFilter {
  readonly limit: number;
  /** Those seen at or after this moment. */
  readonly sinceMs: number;
  readonly agent?: string | undefined;
  readonly state?: GroupState | undefined;
  readonly nowMs: number;
  readonly order: "last" | "loops" | "cost" | "first";
}

export interface GroupReader {
  groups(tenant: number, filter: GroupFilter): Promise<readonly LoopGroup[]>;
  group(tenant: number, id: string): Promise<LoopGroup | undefined>;
  /** How many loops the groups had on each day since then. */
  days(tenant: number, ids: readonly string[], sinceDay: number): Promise<readonly GroupDay[]>;
}

export const MAX_COMMENTS = 50;

export type GroupCommand =
  | {
      readonly kind: "acknowledge_group";
      readonly tenant: number;
      readonly id: string;
      readonly by: string;
      readonly nowMs: number;
    }
  | {
      /** Until a time; one that is over ends it. */
      readonly kind: "mute_group";
      readonly tenant: number;
      readonly id: string;
      readonly by: string;
      readonly nowMs: number;
      readonly untilMs: number;
    }
  | {
      /** The oldest ones go when there are more than {@link MAX_COMMENTS}. */
      readonly kind: "comment_group";
      readonly tenant: number;
      readonly id: string;
      readonly by: string;
      readonly nowMs: number;
      readonly text: string;
    };
