/** Reads of the overview, in one transaction each. */
import type {
  DayRange,
  OverviewDay,
  OverviewKind,
  OverviewName,
  OverviewReader,
  RollUpCandidate,
  RollUpState,
} from "../../../rows/overview-rows.ts";
import { integer, type Row, text } from "../../columns/columns.ts";
import { CONTRIBUTION_COLUMNS } from "../../columns/contribution.ts";
import {
  figuresIn,
  overviewDayOf,
  rollUpCandidateOf,
  rollUpStateOf,
  SUM_COLUMNS,
} from "../../columns/overview-columns.ts";
import { type Read, rows, type Sql } from "../program.ts";

export class ProgramOverviewReader implements OverviewReader {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  async state(tenant: number): Promise<RollUpState | undefined> {
    const sql = `select t.kind, o.round, o.over_ms, o.all_ms from tenants t
      left join overview_rounds o on o.tenant = t.key where t.key = $1`;
    const [row] = await this.#rows("state", sql, tenant);
    return row && rollUpStateOf(row);
  }

  async candidates(
    tenant: number,
    { isOver, fromMs, toMs, limit }: Parameters<OverviewReader["candidates"]>[1],
  ): Promise<readonly RollUpCandidate[]> {
    const columns = CONTRIBUTION_COLUMNS.split(/,\s+/).map((name) => `s.${name}`);
    const sql: Sql = ({
      listed,
      oldestListed,
    }) => `select s.key, s.id, s.size, ${columns.join(", ")},
        f.contribution
      from sessions s left join overview_sessions f on f.tenant = s.tenant and f.session = s.key
      where s.tenant = $1 and s.gone = 0 and ${listed(">=", "$2")}s.last_ms >= $2
        and s.last_ms <= $3 and (f.folded_size is null or f.folded_size <> s.size)
        ${isOver ? "and s.ended <> 0" : ""}
      order by ${oldestListed}s.last_ms, s.key limit $4`;
    const name = isOver ? "candidates_over" : "candidates_all";
    return (await this.#rows(name, sql, tenant, fromMs, toMs, limit)).map(rollUpCandidateOf);
  }

  async days(
    tenant: number,
    { kind, name }: OverviewName,
    { fromDay, toDay }: DayRange,
  ): Promise<readonly OverviewDay[]> {
    const sql = `select * from overview_days where tenant = $1 and kind = $2 and day >= $3
      and day <= $4 and name = $5 order by day`;
    const found = await this.#rows("days", sql, tenant, kind, fromDay, toDay, name);
    return found.map(overviewDayOf);
  }

  async names(tenant: number, kind: OverviewKind, { fromDay, toDay }: DayRange, limit: number) {
    const sql: Sql = ({ total, byBytes }) => `select name,
        ${SUM_COLUMNS.map((column) => `${total(column)} as ${column}`).join(", ")}
      from overview_days where tenant = $1 and kind = $2 and day >= $3 and day <= $4
      group by name order by ${total("loop_steps")} desc, ${total("sessions")} desc,
        name ${byBytes} limit $5`;
    const found = await this.#rows("names", sql, tenant, kind, fromDay, toDay, limit);
    return found.map((row) => ({ kind, name: text(row, "name"), figures: figuresIn(row) }));
  }

  async marked(tenant: number, sinceMs: number, limit: number): Promise<number> {
    const sql: Sql = ({ listed, listedFirst }) => `select count(*) as marked from
      (select 1 from sessions s where tenant = $1 and gone = 0 and ${listed(">=", "$2")}last_ms >= $2
        and loops > 0 and loops > acknowledged_loops order by ${listedFirst}last_ms desc limit $3) m`;
    const [row = {}] = await this.#rows("marked", sql, tenant, sinceMs, limit);
    return integer(row, "marked");
  }

  #rows(name: string, sql: Sql, tenant: number, ...values: readonly unknown[]) {
    const all: readonly unknown[] = [tenant, ...values];
    return this.#read<readonly Row[]>({ tenant }, () => rows(`overview_${name}`, sql, all));
  }
}
