/** The overview and groups of loops; both go over the wire under their own names. */
import { getJson, sendJson } from "../request.ts";

export interface Figures {
  readonly sessions: number;
  readonly looping_sessions: number;
  readonly loops: number;
  readonly steps: number;
  readonly loop_steps: number;
  readonly failures: number;
  readonly denied: number;
  readonly unanswered: number;
  readonly dropped: number;
  readonly dropped_sessions: number;
  readonly partial_sessions: number;
  /** Null where nobody said. */
  readonly tokens: Told | null;
  readonly cost_usd: Told | null;
}

/** What was said, in how many sessions, and how much of it in loops. */
export interface Told {
  readonly known: number;
  readonly total: number;
  readonly in_loops: number;
}

export const BREAKDOWNS = ["workflow", "agent", "client", "server", "tool"] as const;
export type Breakdown = (typeof BREAKDOWNS)[number];

export interface NamedFigures extends Figures {
  readonly name: string;
}

export interface BlindSpot {
  readonly code: string;
  readonly writer: string | null;
  readonly sessions: number;
}

export interface LoopingSession {
  readonly session_id: string;
  readonly title: string;
  readonly loop_steps: number;
  readonly loop_cost_usd: number;
  readonly last_seen: string;
}

export interface Overview {
  /** `YYYY-MM-DD`, UTC. */
  readonly from: string;
  readonly to: string;
  readonly total: Figures;
  readonly days: readonly (Figures & { readonly day: string })[];
  /** Null where the figures are narrowed to one name. */
  readonly regimes: readonly { readonly regime: string; readonly sessions: number }[] | null;
  /** What writers say that they could not see, as codes; null as above. */
  readonly blind: readonly BlindSpot[] | null;
  readonly by: Readonly<
    Record<Breakdown, { readonly names: readonly NamedFigures[]; readonly more: boolean }>
  >;
  readonly now: {
    readonly count: number;
    readonly more: boolean;
    readonly sessions: readonly LoopingSession[];
  };
  readonly waiting: {
    readonly sessions: number;
    readonly more_sessions: boolean;
    readonly groups: readonly LoopGroup[];
    readonly more_groups: boolean;
  };
}

export type GroupState = "open" | "acknowledged" | "muted";

/** Loops of one structure over sessions. */
export interface LoopGroup {
  readonly id: string;
  readonly agent: string;
  readonly rule: string;
  readonly period: number;
  readonly tools: readonly string[];
  readonly sessions: number;
  readonly loops: number;
  readonly steps: number;
  readonly state: GroupState;
  readonly cost_usd: number | null;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly latest_session: string | null;
  readonly muted_until: string | null;
  readonly said_by: string | null;
  readonly said_at: string | null;
  readonly comments: readonly { readonly at: string; readonly by: string; readonly text: string }[];
  /** Loops by day, today last. */
  readonly trend: readonly number[];
}

export interface OverviewQuery {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
}

export function readOverview(query: OverviewQuery): Promise<Overview> {
  return getJson(`/dashboard-api/overview?${paramsOf({ ...query })}`);
}

export interface GroupsQuery {
  readonly state: string | undefined;
  readonly agent: string | undefined;
  readonly order: string | undefined;
  readonly days: string | undefined;
}

export function listGroups(
  query: GroupsQuery,
): Promise<{ readonly groups: readonly LoopGroup[]; readonly more: boolean }> {
  return getJson(`/dashboard-api/groups?${paramsOf({ ...query })}`);
}

/** What somebody says of a group. @returns the group as it is then */
export async function say(
  id: string,
  what: "acknowledge" | "mute" | "comments",
  body: object = {},
): Promise<LoopGroup> {
  const path = `/dashboard-api/groups/${id}/${what}`;
  return (await sendJson<{ group: LoopGroup }>("POST", path, body)).group;
}

function paramsOf(query: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const told = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return new URLSearchParams(told);
}
