/** A session that is deleted takes out of the memory what it added. */
import { DaySketch, decodeSketch } from "@caum/workflows";
import type { MemoryCard, MemoryDay, MemoryName } from "../../../rows/memory-rows.ts";
import { hex, integer, optional, type Row, text } from "../../columns/columns.ts";
import {
  type Columns,
  DAY_COLUMNS,
  encodeDays,
  memoryDayOf,
  memoryNameOf,
  namesIn,
} from "../../columns/memory-columns.ts";
import { change, one, type Program, rows } from "../program.ts";
import { dropCards, dropDays, saveRows } from "./memory-commands.ts";

const DAY_MS = 86_400_000;
const NAME_COLUMNS = { kind: "text", name: "text" } as const satisfies Columns;
const PLACE_COLUMNS: Columns = { ...NAME_COLUMNS, day: "integer" };
const COUNT_COLUMNS: Columns = {
  ...NAME_COLUMNS,
  sessions: "integer",
  first_ms: "integer",
  last_ms: "integer",
};

/** What is known of a session that goes. */
interface Leaving {
  readonly tenant: number;
  readonly day: number;
  readonly firstMs: number;
  readonly activeMs: number;
  readonly names: readonly MemoryName[];
}

/** How many sessions a card counts, and when. */
export type CardCount = Pick<MemoryCard, "kind" | "name" | "sessions" | "firstMs" | "lastMs">;

/**
 * A fold that read it before and wants to save it now comes too late: the round is another one.
 *
 * @param learnsAnew whether what drift of its workflow is told from is learned again, without it
 */
export function* withdrawFromMemory(
  tenant: number,
  session: number,
  learnsAnew: boolean,
): Program<void> {
  yield* change(
    "turn_memory",
    `insert into memory_rounds (tenant, round, over_ms, idle_ms)
      select key, 1, 0, 0 from tenants where key = $1
      on conflict (tenant) do update set round = memory_rounds.round + 1`,
    [tenant],
  );
  const row = yield* one(
    "read_folded",
    `select f.day, f.names, f.sketch, s.first_ms, s.active_ms, s.last_ms
      from memory_sessions f join sessions s on s.tenant = f.tenant and s.key = f.session
      where f.tenant = $1 and f.session = $2`,
    [tenant, session],
  );
  if (row === undefined) return;
  const leaving = leavingOf(row, tenant);
  yield* takeOutOfDays(leaving, Buffer.from(hex(row, "sketch"), "hex"));
  yield* takeOffCards(leaving);
  if (learnsAnew) yield* forgetStates(leaving);
  const own = "delete from memory_sessions where tenant = $1 and session = $2";
  yield* change("drop_folded", own, [tenant, session]);
}

function leavingOf(row: Row, tenant: number): Leaving {
  return {
    tenant,
    day: integer(row, "day"),
    firstMs: integer(row, "first_ms"),
    activeMs: optional(row, "active_ms", integer) ?? integer(row, "last_ms"),
    names: namesIn(text(row, "names")),
  };
}

/** To take out is exact: everything in a sketch is added up. A day without a session goes. */
function* takeOutOfDays({ tenant, names, day }: Leaving, sketch: Uint8Array): Program<void> {
  const places = JSON.stringify(names.map(({ kind, name }) => [kind, name, day]));
  const found = yield* rows(
    "days_to_leave",
    ({ listedRows }) => `select d.* from ${listedRows("$2", PLACE_COLUMNS)} w
      cross join memory_days d
      where d.tenant = $1 and d.kind = w.kind and d.day = w.day and d.name = w.name`,
    [tenant, places],
  );
  const own = decodeSketch(sketch);
  const left = found.map(memoryDayOf).map((each): MemoryDay => {
    const sum = DaySketch.decode(Buffer.from(each.sketch, "hex"));
    sum.add(own, -1);
    const digits = Buffer.from(sum.encode()).toString("hex");
    return { ...each, sessions: sum.sum("sessions"), looped: sum.sum("looped"), sketch: digits };
  });
  const stays = left.filter(({ sessions }) => sessions > 0);
  yield* saveRows("memory_days", "kind, day, name", DAY_COLUMNS, tenant, encodeDays(stays));
  const goes = left.filter(({ sessions }) => sessions <= 0);
  yield* dropDays(tenant, goes);
}

/** With the last session of a name goes its card, and all that was said of it. */
function* takeOffCards(leaving: Leaving): Program<void> {
  const { tenant, names } = leaving;
  const cards = yield* rows(
    "cards_to_leave",
    ({ listedRows }) => `select c.kind, c.name, c.sessions, c.first_ms, c.last_ms
      from ${listedRows("$2", NAME_COLUMNS)} w cross join memory_cards c
      where c.tenant = $1 and c.kind = w.kind and c.name = w.name`,
    [tenant, JSON.stringify(names.map(({ kind, name }) => [kind, name]))],
  );
  const left: CardCount[] = [];
  for (const card of cards) left.push(yield* withoutSession(card, leaving));
  yield* saveCounts(tenant, left);
}

/** One without sessions goes. */
export function* saveCounts(tenant: number, counts: readonly CardCount[]): Program<void> {
  const listed = counts.map(({ kind, name, sessions, firstMs, lastMs }) => {
    return [kind, name, sessions, firstMs, Math.max(firstMs, lastMs)];
  });
  yield* change(
    "count_cards",
    ({ listedRows }) => `update memory_cards set sessions = w.sessions, first_ms = w.first_ms,
        last_ms = w.last_ms from ${listedRows("$2", COUNT_COLUMNS)} w
      where memory_cards.tenant = $1 and memory_cards.kind = w.kind and memory_cards.name = w.name`,
    [tenant, JSON.stringify(listed)],
  );
  yield* dropCards(
    tenant,
    counts.filter(({ sessions }) => sessions <= 0),
  );
}

/** When it began and ended is no longer said: of the sessions that are left, the day is. */
function* withoutSession(card: Row, leaving: Leaving): Program<CardCount> {
  const { day, firstMs, activeMs } = leaving;
  const of = { ...memoryNameOf(card), leaving };
  let [first, last] = [integer(card, "first_ms"), integer(card, "last_ms")];
  if (Math.floor(first / DAY_MS) === day) {
    const left = yield* dayLeft("day_left_from", "day >= $4 order by day", of);
    if (left !== undefined && (left > day || first === firstMs)) first = left * DAY_MS;
  }
  if (last === activeMs || Math.floor(last / DAY_MS) === day) {
    const later = yield* dayLeft("last_day_left", "day >= $4 order by day desc", of);
    const before = yield* dayLeft("day_left_before", "day < $4 order by day desc", of);
    if (later === undefined && before !== undefined) last = (before + 1) * DAY_MS - 1;
    else if (later !== undefined && last === activeMs) last = later * DAY_MS;
  }
  const { kind, name } = of;
  return { kind, name, sessions: integer(card, "sessions") - 1, firstMs: first, lastMs: last };
}

function* dayLeft(
  name: string,
  where: string,
  of: MemoryName & { readonly leaving: Leaving },
): Program<number | undefined> {
  const sql = `select day from memory_days where tenant = $1 and kind = $2 and name = $3
    and ${where} limit 1`;
  const { tenant, day } = of.leaving;
  const row = yield* one(name, sql, [tenant, of.kind, of.name, day]);
  return row && integer(row, "day");
}

/** Nothing is said until the next round has learned from the sessions that are left. */
function* forgetStates({ tenant, names }: Leaving): Program<void> {
  const workflows = names.filter(({ kind }) => kind === "workflow");
  yield* change(
    "forget_states",
    ({ listedRows }) => `update memory_cards set state = w.state, card = null
      from ${listedRows("$2", { name: "text", state: "bytes" })} w
      where memory_cards.tenant = $1 and memory_cards.kind = 'workflow'
        and memory_cards.name = w.name`,
    [tenant, JSON.stringify(workflows.map(({ name }) => [name, ""]))],
  );
}
