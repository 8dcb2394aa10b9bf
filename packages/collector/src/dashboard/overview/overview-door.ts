/** What a day begins with: what loops now, what was spent in loops, and what nobody has looked at. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { isStorable, NUL } from "../../doors/session/page.ts";
import { sessionSummaryOf } from "../../doors/session/session-summary.ts";
import { ownerOf } from "../../gate/caller.ts";
import { DoorError } from "../../http/door-error.ts";
import { HIDDEN } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import { usdOf } from "../../http/told-figures.ts";
import { parseBlindSpot } from "../../rows/names/blind-spot.ts";
import {
  type DayRange,
  OVERVIEW_SUMS,
  type OverviewFigures,
  type OverviewKind,
  type OverviewSum,
} from "../../rows/overview-rows.ts";
import type { Services } from "../../services.ts";
import { groupAnswers } from "./group-answer.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 400;
/** A session in which nothing happened for so long does not loop "now". */
const QUIET_MS = 1_800_000;
/** Sessions that are looked at for loops that stand. */
const LOOKED_AT = 100;
const LOOPING_SHOWN = 10;
/** More names of a kind are left out, those with the fewest steps in loops. */
const NAMES_SHOWN = 8;
const GROUPS_SHOWN = 5;
const BLIND_SHOWN = 20;
/** More sessions are not counted. */
const MARKED_COUNTED = 1_000;
const BREAKDOWNS = ["workflow", "agent", "client", "server", "tool"] as const;

const DAY = z.iso.date();
const QUERY = z.object({
  /** The first and the last day of the range, in UTC: the last 30 days where nothing is said. */
  from: DAY.optional(),
  to: DAY.optional(),
  kind: z.enum(BREAKDOWNS).optional(),
  name: z.string().min(1).max(255).refine(isStorable, NUL).optional(),
});

type Query = z.output<typeof QUERY>;

export function openOverviewDoor(app: FastifyInstance, services: Services): void {
  const { overview } = services.store.replica;
  app.get("/dashboard-api/overview", HIDDEN, async (request) => {
    const { tenant } = await ownerOf(request, services, "read");
    const query = parse(QUERY, request.query);
    const range = rangeOf(query, services.clock());
    const of = nameOf(query);
    const [days, regimes, blind, now, waiting, ...names] = await Promise.all([
      overview.days(tenant, of, range),
      overview.names(tenant, "regime", range, 100),
      overview.names(tenant, "blind", range, BLIND_SHOWN),
      loopingNow(tenant, query, services),
      waitingOf(tenant, range, query, services),
      ...BREAKDOWNS.map((kind) => overview.names(tenant, kind, range, NAMES_SHOWN + 1)),
    ]);
    return {
      from: dateOf(range.fromDay),
      to: dateOf(range.toDay),
      total: figuresAnswer(sumOf(days.map(({ figures }) => figures))),
      days: days.map(({ day, figures }) => ({ day: dateOf(day), ...figuresAnswer(figures) })),
      // Of one name it is not known: regimes and blind spots are summed over all.
      regimes: of.kind === "all" ? regimes.map(regimeAnswer) : null,
      blind: of.kind === "all" ? blind.map(blindAnswer) : null,
      by: Object.fromEntries(BREAKDOWNS.map((kind, at) => [kind, namesAnswer(names[at] ?? [])])),
      now,
      waiting,
    };
  });
}

/** @throws {DoorError} 400 for a range that is too long or ends before it begins */
function rangeOf({ from, to }: Query, nowMs: number): DayRange {
  const dayOf = (date: string) => Math.floor(Date.parse(date) / DAY_MS);
  // A sender's clock may be ahead of ours, and it may be tomorrow where the sender is.
  const toDay = to === undefined ? Math.floor(nowMs / DAY_MS) + 1 : dayOf(to);
  const fromDay = from === undefined ? toDay - DEFAULT_DAYS : dayOf(from);
  if (toDay >= fromDay && toDay - fromDay <= MAX_DAYS) return { fromDay, toDay };
  const message = `a range begins before it ends, and has at most ${MAX_DAYS} days`;
  throw new DoorError("VALIDATION_ERROR", message);
}

function nameOf({ kind, name }: Query): { readonly kind: OverviewKind; readonly name: string } {
  if (kind === undefined && name === undefined) return { kind: "all", name: "" };
  if (kind !== undefined && name !== undefined) return { kind, name };
  throw new DoorError("VALIDATION_ERROR", "kind and name come together");
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, "2026-01-01".length);
}

type Named = readonly { readonly name: string; readonly figures: OverviewFigures }[];

function namesAnswer(names: Named) {
  const shown = names.slice(0, NAMES_SHOWN);
  return {
    names: shown.map(({ name, figures }) => ({ name, ...figuresAnswer(figures) })),
    more: names.length > NAMES_SHOWN,
  };
}

function regimeAnswer({ name, figures }: Named[number]) {
  return { regime: name, sessions: figures.sessions };
}

/** What writers said that they could not see; they write codes. */
function blindAnswer({ name, figures }: Named[number]) {
  const { code, writer = null } = parseBlindSpot(name);
  return { code, writer, sessions: figures.sessions };
}

function sumOf(all: readonly OverviewFigures[]): OverviewFigures {
  const of = (sum: OverviewSum) => all.reduce((total, figures) => total + figures[sum], 0);
  const sums = OVERVIEW_SUMS.map((sum) => [sum, of(sum)] as const);
  return Object.fromEntries(sums) as unknown as OverviewFigures; // Each sum is in the list.
}

/** What nobody said is not known, and no 0. */
function figuresAnswer(figures: OverviewFigures) {
  const { tokensKnown, costKnown } = figures;
  return {
    sessions: figures.sessions,
    looping_sessions: figures.looped,
    loops: figures.loops,
    steps: figures.steps,
    loop_steps: figures.loopSteps,
    failures: figures.failures,
    denied: figures.denied,
    unanswered: figures.unanswered,
    dropped: figures.dropped,
    dropped_sessions: figures.droppedIn,
    partial_sessions: figures.partial,
    tokens:
      tokensKnown > 0
        ? { known: tokensKnown, total: figures.tokens, in_loops: figures.loopTokens }
        : null,
    cost_usd:
      costKnown > 0
        ? {
            known: costKnown,
            total: usdOf(figures.costNanoUsd),
            in_loops: usdOf(figures.loopCostNanoUsd),
          }
        : null,
  };
}

/** Sessions in which a loop stands, the latest first. */
async function loopingNow(tenant: number, { kind, name }: Query, services: Services) {
  const nowMs = services.clock();
  const views = await services.store.replica.sessions(tenant, {
    limit: LOOKED_AT,
    hadLoop: true,
    sinceMs: nowMs - QUIET_MS,
    agent: kind === "agent" ? name : undefined,
  });
  const looping = views
    .map((view) => sessionSummaryOf(view, nowMs))
    .filter(({ live_alert: isLooping }) => isLooping)
    .filter(({ workflow }) => kind !== "workflow" || workflow === name);
  const sessions = looping.slice(0, LOOPING_SHOWN).map((summary) => ({
    session_id: summary.session_id,
    title: summary.title,
    loop_steps: summary.loop_steps,
    loop_cost_usd: summary.loop_cost_usd,
    last_seen: summary.last_seen,
  }));
  return { count: looping.length, more: views.length === LOOKED_AT, sessions };
}

async function waitingOf(
  tenant: number,
  { fromDay }: DayRange,
  { kind, name }: Query,
  services: Services,
) {
  const nowMs = services.clock();
  const { overview, groups } = services.store.reader;
  const sinceMs = fromDay * DAY_MS;
  const [marked, open] = await Promise.all([
    overview.marked(tenant, sinceMs, MARKED_COUNTED + 1),
    groups.groups(tenant, {
      limit: GROUPS_SHOWN + 1,
      sinceMs,
      agent: kind === "agent" ? name : undefined,
      state: "open",
      nowMs,
      order: "loops",
    }),
  ]);
  return {
    sessions: Math.min(marked, MARKED_COUNTED),
    more_sessions: marked > MARKED_COUNTED,
    groups: await groupAnswers(tenant, open.slice(0, GROUPS_SHOWN), services),
    more_groups: open.length > GROUPS_SHOWN,
  };
}
