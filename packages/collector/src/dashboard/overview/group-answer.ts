/** Groups of loops as the page shows them. */
import { usdOf } from "../../http/told-figures.ts";
import { groupStateOf, type LoopGroup } from "../../rows/group-rows.ts";
import type { Services } from "../../services.ts";

const DAY_MS = 86_400_000;
/** Of the trend, today with. */
const TREND_DAYS = 14;

export async function groupAnswers(
  tenant: number,
  groups: readonly LoopGroup[],
  { store, clock }: Pick<Services, "store" | "clock">,
) {
  const nowMs = clock();
  const sinceDay = Math.floor(nowMs / DAY_MS) - TREND_DAYS + 1;
  const ids = groups.map(({ id }) => id);
  const days = ids.length === 0 ? [] : await store.reader.groups.days(tenant, ids, sinceDay);
  return groups.map((group) => {
    const trend = new Array<number>(TREND_DAYS).fill(0);
    for (const { id, day, loops } of days) {
      const at = day - sinceDay;
      if (id === group.id && at < TREND_DAYS) trend[at] = loops;
    }
    return { ...groupAnswer(group, nowMs), trend };
  });
}

function groupAnswer(group: LoopGroup, nowMs: number) {
  const { id, agent, rule, period, tools, sessions, loops, steps, comments } = group;
  const isMuted = group.mutedUntilMs > nowMs;
  return {
    id,
    agent,
    rule,
    period,
    tools,
    sessions,
    loops,
    steps,
    state: groupStateOf(group, nowMs),
    // What nobody said is not known, and no 0.
    cost_usd: group.costKnown > 0 ? usdOf(group.costNanoUsd) : null,
    first_seen: new Date(group.firstMs).toISOString(),
    last_seen: new Date(group.lastMs).toISOString(),
    latest_session: group.latestSession ?? null,
    muted_until: isMuted ? new Date(group.mutedUntilMs).toISOString() : null,
    said_by: group.by ?? null,
    said_at: group.atMs === undefined ? null : new Date(group.atMs).toISOString(),
    comments: comments.map(({ atMs, by, text }) => {
      return { at: new Date(atMs).toISOString(), by, text };
    }),
  };
}
