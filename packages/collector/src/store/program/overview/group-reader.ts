/** Reads of loop groups and of saved views. */
import type {
  GroupDay,
  GroupFilter,
  GroupReader,
  GroupState,
  LoopGroup,
} from "../../../rows/group-rows.ts";
import type { SavedView, ViewReader } from "../../../rows/view-rows.ts";
import { integer, text } from "../../columns/columns.ts";
import { loopGroupOf, savedViewOf } from "../../columns/overview-columns.ts";
import { type Read, rows, type Sql } from "../program.ts";

/** A group with the id of its latest session, where that is still there. */
const GROUP = `select g.*, s.id as latest_session from loop_groups g
  left join sessions s on s.tenant = g.tenant and s.key = g.latest and s.gone = 0`;

const ORDERS: Readonly<Record<GroupFilter["order"], string>> = {
  last: "g.last_ms desc",
  first: "g.first_ms desc",
  loops: "g.loops desc",
  cost: "g.cost_nano_usd desc",
};

/** @param now the mark of this moment */
function ofState(state: GroupState, now: string): string {
  if (state === "muted") return `g.muted_until_ms > ${now}`;
  const comparison = state === "open" ? ">" : "<=";
  return `g.muted_until_ms <= ${now} and g.loops ${comparison} g.acknowledged_loops`;
}

export class ProgramGroupReader implements GroupReader, ViewReader {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  async groups(
    tenant: number,
    { limit, sinceMs, agent, state, nowMs, order }: GroupFilter,
  ): Promise<readonly LoopGroup[]> {
    const values: unknown[] = [tenant, sinceMs];
    const mark = (value: unknown) => `$${values.push(value)}`;
    // What was taken out again is no group any more.
    const conditions = ["g.tenant = $1", "g.last_ms >= $2", "g.loops > 0"];
    if (agent !== undefined) conditions.push(`g.agent = ${mark(agent)}`);
    if (state !== undefined) conditions.push(ofState(state, mark(nowMs)));
    const sql = `${GROUP} where ${conditions.join(" and ")}
      order by ${ORDERS[order]}, g.id limit ${mark(limit)}`;
    const found = await this.#read({ tenant }, () => rows(undefined, sql, values));
    return found.map(loopGroupOf);
  }

  async group(tenant: number, id: string): Promise<LoopGroup | undefined> {
    const sql = `${GROUP} where g.tenant = $1 and g.id = $2`;
    const [row] = await this.#read({ tenant }, () => rows("group", sql, [tenant, id]));
    return row && loopGroupOf(row);
  }

  async days(
    tenant: number,
    ids: readonly string[],
    sinceDay: number,
  ): Promise<readonly GroupDay[]> {
    const sql: Sql = ({ listedRows }) => `select d.id, d.day, d.loops
      from ${listedRows("$2", { id: "text" })} w cross join loop_group_days d
      where d.tenant = $1 and d.id = w.id and d.day >= $3`;
    const values = [tenant, JSON.stringify(ids.map((id) => [id])), sinceDay];
    const found = await this.#read({ tenant }, () => rows("group_days", sql, values));
    return found.map((row) => {
      return { id: text(row, "id"), day: integer(row, "day"), loops: integer(row, "loops") };
    });
  }

  async views(tenant: number): Promise<readonly SavedView[]> {
    const sql: Sql = ({ byBytes }) =>
      `select * from saved_views where tenant = $1 order by name ${byBytes}`;
    const found = await this.#read({ tenant }, () => rows("saved_views", sql, [tenant]));
    return found.map(savedViewOf);
  }
}
