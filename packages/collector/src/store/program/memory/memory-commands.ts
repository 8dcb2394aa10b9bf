/** What was folded is saved at once, or not at all. */
import type { FoldedSession, MemoryCard, MemoryDay } from "../../../rows/memory-rows.ts";
import { encodeNames } from "../../columns/memory-columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done } from "../../command-answers.ts";
import type { ColumnType } from "../dialect.ts";
import { change, type Program } from "../program.ts";

type Columns = Readonly<Record<string, ColumnType>>;

const DAY: Columns = {
  kind: "text",
  name: "text",
  day: "integer",
  sessions: "integer",
  looped: "integer",
  sketch: "bytes",
};
const CARD: Columns = {
  kind: "text",
  name: "text",
  sessions: "integer",
  first_ms: "integer",
  last_ms: "integer",
  choice: "text",
  state: "bytes",
  card: "text",
};
const FOLDED: Columns = {
  session: "integer",
  folded_size: "integer",
  day: "integer",
  names: "text",
  sketch: "bytes",
};

/** The round is the lock between nodes: who is too late has folded for nothing. */
export function* saveMemory(command: CommandOf<"save_memory">): Program<CommandAnswer> {
  const { tenant, round, overMs, idleMs, days, cards, folded } = command;
  const isFirst =
    round === 0
      ? yield* change(
          "begin_memory",
          `insert into memory_rounds (tenant, round, over_ms, idle_ms)
            select key, 1, $2, $3 from tenants where key = $1
            on conflict (tenant) do nothing`,
          [tenant, overMs, idleMs],
        )
      : yield* change(
          "go_on_memory",
          `update memory_rounds set round = round + 1, over_ms = $3, idle_ms = $4
            where tenant = $1 and round = $2`,
          [tenant, round, overMs, idleMs],
        );
  if (isFirst === 0) return CONFLICT;
  yield* saveRows("memory_days", "kind, day, name", DAY, tenant, days.map(dayValues));
  yield* saveRows("memory_cards", "kind, name", CARD, tenant, cards.map(cardValues));
  yield* saveRows("memory_sessions", "session", FOLDED, tenant, folded.map(foldedValues));
  return done(folded.length);
}

/** What a deleted session left in the sums stays there; of itself nothing is kept any more. */
const STILL_THERE = `exists (select 1 from sessions s
  where s.tenant = $1 and s.key = w.session and s.gone = 0)`;

function* saveRows(
  table: string,
  key: string,
  columns: Columns,
  tenant: number,
  values: readonly (readonly unknown[])[],
): Program<void> {
  if (values.length === 0) return;
  const names = Object.keys(columns);
  const changing = names.filter((name) => !key.split(", ").includes(name));
  yield* change(
    `save_${table}`,
    ({ listedRows }) => `insert into ${table} (tenant, ${names.join(", ")})
      select $1, ${names.map((name) => `w.${name}`).join(", ")} from ${listedRows("$2", columns)} w
      where ${table === "memory_sessions" ? STILL_THERE : "true"}
      on conflict (tenant, ${key}) do update
      set ${changing.map((name) => `${name} = excluded.${name}`).join(", ")}`,
    [tenant, JSON.stringify(values)],
  );
}

/** In the order of the columns. */
function dayValues({ kind, name, day, sessions, looped, sketch }: MemoryDay) {
  return [kind, name, day, sessions, looped, sketch];
}

function cardValues({ kind, name, sessions, firstMs, lastMs, choice, state, card }: MemoryCard) {
  const said = [choice ?? null, state ?? null, card ?? null];
  return [kind, name, sessions, firstMs, lastMs, ...said];
}

function foldedValues({ key, size, day, names, sketch }: FoldedSession) {
  return [key, size, day, encodeNames(names), sketch];
}
