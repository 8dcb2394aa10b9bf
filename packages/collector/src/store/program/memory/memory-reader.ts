/** Reads of what is remembered, in one transaction each. */
import type {
  CandidateFilter,
  FoldCandidate,
  KeyedProfile,
  MemoryCard,
  MemoryDay,
  MemoryKind,
  MemoryName,
  MemoryReader,
  MemoryState,
  ProfileFilter,
  RecentSessions,
} from "../../../rows/memory-rows.ts";
import { integer, type Row, text } from "../../columns/columns.ts";
import {
  foldCandidateOf,
  memoryCardOf,
  memoryDayOf,
  memoryStateOf,
} from "../../columns/memory-columns.ts";
import { profileIn, REMEMBERED_COLUMNS } from "../../columns/profile-rows.ts";
import { type Read, rows, type Sql } from "../program.ts";
import { listProfiles } from "./profile-list.ts";

const CARD = "kind, name, sessions, first_ms, last_ms, card, choice";

export class ProgramMemoryReader implements MemoryReader {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  async profiles(tenant: number, filter: ProfileFilter): Promise<readonly KeyedProfile[]> {
    return (await this.#read({ tenant }, () => listProfiles(tenant, filter))).map(profileIn);
  }

  async state(tenant: number): Promise<MemoryState | undefined> {
    const sql = `select t.kind, m.round, m.over_ms, m.idle_ms from tenants t
      left join memory_rounds m on m.tenant = t.key where t.key = $1`;
    const [row] = await this.#rows("state", sql, tenant);
    return row && memoryStateOf(row);
  }

  async candidates(
    tenant: number,
    { isOver, fromMs, afterKey, toMs, limit }: CandidateFilter,
  ): Promise<readonly FoldCandidate[]> {
    const sql: Sql = ({
      listed,
      oldestListed,
    }) => `select ${REMEMBERED_COLUMNS}, size, f.day, f.names,
        f.sketch
      from sessions s left join memory_sessions f on f.tenant = s.tenant and f.session = s.key
      where s.tenant = $1 and s.gone = 0 and ${listed(">=", "$2")}s.last_ms >= $2
        and (s.last_ms > $2 or s.key > $5) and s.last_ms <= $3 and s.structure is not null
        and (f.folded_size is null or f.folded_size <> s.size)${isOver ? " and s.ended <> 0" : ""}
      order by ${oldestListed}s.last_ms, s.key limit $4`;
    const name = isOver ? "candidates_over" : "candidates_idle";
    const values = [fromMs, toMs, limit, afterKey];
    return (await this.#rows(name, sql, tenant, ...values)).map(foldCandidateOf);
  }

  async daysAt(
    tenant: number,
    places: readonly Pick<MemoryDay, "kind" | "name" | "day">[],
  ): Promise<readonly MemoryDay[]> {
    const sql: Sql = ({ listedRows }) => `select d.* from
      ${listedRows("$2", { kind: "text", name: "text", day: "integer" })} w cross join memory_days d
      where d.tenant = $1 and d.kind = w.kind and d.day = w.day and d.name = w.name`;
    const values = places.map(({ kind, name, day }) => [kind, name, day]);
    return (await this.#rows("days_at", sql, tenant, JSON.stringify(values))).map(memoryDayOf);
  }

  async cardsAt(tenant: number, names: readonly MemoryName[]): Promise<readonly MemoryCard[]> {
    const sql: Sql = ({ listedRows }) => `select c.* from
      ${listedRows("$2", { kind: "text", name: "text" })} w cross join memory_cards c
      where c.tenant = $1 and c.kind = w.kind and c.name = w.name`;
    const values = names.map(({ kind, name }) => [kind, name]);
    return (await this.#rows("cards_at", sql, tenant, JSON.stringify(values))).map(memoryCardOf);
  }

  async unlearned(tenant: number, limit: number): Promise<readonly string[]> {
    const sql = `select name from memory_cards
      where tenant = $1 and kind = 'workflow' and length(state) = 0 limit $2`;
    return (await this.#rows("unlearned", sql, tenant, limit)).map((row) => text(row, "name"));
  }

  async cards(
    tenant: number,
    kind: MemoryKind,
    { after, limit }: { readonly after: string; readonly limit: number },
  ): Promise<readonly MemoryCard[]> {
    const sql: Sql = ({ byBytes }) => `select ${CARD} from memory_cards
      where tenant = $1 and kind = $2 and name ${byBytes} > $3 and sessions > 0
      order by name ${byBytes} limit $4`;
    return (await this.#rows("cards", sql, tenant, kind, after, limit)).map(memoryCardOf);
  }

  async recent(
    tenant: number,
    kind: MemoryKind,
    sinceDay: number,
  ): Promise<ReadonlyMap<string, RecentSessions>> {
    const sql: Sql = ({ total }) => `select name, ${total("sessions")} as sessions,
        ${total("looped")} as looped
      from memory_days where tenant = $1 and kind = $2 and day >= $3 group by name`;
    const found = await this.#rows("recent", sql, tenant, kind, sinceDay);
    return new Map(
      found.map((row) => [
        text(row, "name"),
        { sessions: integer(row, "sessions"), looped: integer(row, "looped") },
      ]),
    );
  }

  /** Day by day: the key begins with the day, under which those of all names lie together. */
  async days(
    tenant: number,
    { kind, name }: MemoryName,
    { fromDay, toDay }: { readonly fromDay: number; readonly toDay: number },
  ): Promise<readonly MemoryDay[]> {
    const places = Array.from({ length: Math.max(0, toDay - fromDay + 1) }, (_, at) => {
      return { kind, name, day: fromDay + at };
    });
    const found = await this.daysAt(tenant, places);
    return found
      .filter(({ sessions }) => sessions > 0)
      .toSorted((one, other) => one.day - other.day);
  }

  #rows(name: string, sql: Sql, tenant: number, ...values: readonly unknown[]) {
    const all: readonly unknown[] = [tenant, ...values];
    return this.#read<readonly Row[]>({ tenant }, () => rows(`memory_${name}`, sql, all));
  }
}
