/** Days of the memory that no session stands behind any more. */
import { MEMORY_KINDS, type MemoryKind } from "../../../rows/memory-rows.ts";
import { integer, text } from "../../columns/columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { type CommandOf, done } from "../../command-answers.ts";
import { type Program, rows } from "../program.ts";
import { dropDays } from "./memory-commands.ts";
import { type CardCount, saveCounts } from "./withdraw.ts";

const DAY_MS = 86_400_000;
/** Of each kind, so that nobody waits long. */
const DAYS_AT_ONCE = 500;

interface EmptyDay {
  readonly name: string;
  readonly day: number;
  readonly sessions: number;
}

/**
 * What is deleted takes itself out of its day; before it did, it left itself there. Whatever is in a day on
 * which no remembered session began was left.
 *
 * @returns how many days went
 */
export function* expireMemory(command: CommandOf<"expire_memory">): Program<CommandAnswer> {
  let gone = 0;
  for (const kind of MEMORY_KINDS) gone += yield* expireKind(command, kind);
  return done(gone);
}

function* expireKind(
  { tenant, beforeDay }: CommandOf<"expire_memory">,
  kind: MemoryKind,
): Program<number> {
  const found = yield* rows(
    "days_over",
    `select d.name, d.day, d.sessions from memory_days d
      where d.tenant = $1 and d.kind = $2 and d.day < $3 and not exists (select 1 from sessions s
        join memory_sessions f on f.tenant = s.tenant and f.session = s.key
        where s.tenant = $1 and s.gone = 0 and s.first_ms >= d.day * ${DAY_MS}
          and s.first_ms < (d.day + 1) * ${DAY_MS})
      order by d.day limit ${DAYS_AT_ONCE}`,
    [tenant, kind, beforeDay],
  );
  if (found.length === 0) return 0;
  const days = found.map((row): EmptyDay => {
    return {
      name: text(row, "name"),
      day: integer(row, "day"),
      sessions: integer(row, "sessions"),
    };
  });
  yield* dropDays(
    tenant,
    days.map(({ name, day }) => ({ kind, name, day })),
  );
  yield* takeOffCards(tenant, kind, days);
  return days.length;
}

function* takeOffCards(tenant: number, kind: MemoryKind, days: readonly EmptyDay[]): Program<void> {
  const names = [...new Set(days.map(({ name }) => name))];
  const cards = yield* rows(
    "cards_over",
    ({ listedRows }) => `select c.name, c.sessions, c.first_ms, c.last_ms
      from ${listedRows("$2", { name: "text" })} w cross join memory_cards c
      where c.tenant = $1 and c.kind = $3 and c.name = w.name`,
    [tenant, JSON.stringify(names.map((name) => [name])), kind],
  );
  const counts = cards.map((card): CardCount => {
    const name = text(card, "name");
    const own = days.filter((day) => day.name === name);
    const gone = own.reduce((sum, { sessions }) => sum + sessions, 0);
    const endMs = (Math.max(...own.map(({ day }) => day)) + 1) * DAY_MS;
    const firstMs = Math.max(integer(card, "first_ms"), endMs);
    const sessions = integer(card, "sessions") - gone;
    return { kind, name, sessions, firstMs, lastMs: integer(card, "last_ms") };
  });
  yield* saveCounts(tenant, counts);
}
