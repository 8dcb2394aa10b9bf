/**
 * Deletes the ids of events whose records are buried. Ids that senders make at random fall on all pages
 * of their table: deleted session by session, each step would write most of it.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { integer } from "../columns/columns.ts";

/** Ids that are looked at in one step, some ten milliseconds. */
const LOOKED_AT_ONCE = 10_000;

const BEHIND = "(e.tenant, e.id) > (?1, ?2)";
const SQL = {
  last: `select tenant, id, count(*) over () as looked from (
    select e.tenant, e.id from event_ids e where ${BEHIND}
    order by e.tenant, e.id limit ${LOOKED_AT_ONCE}) order by tenant desc, id desc limit 1`,
  drop: `delete from event_ids where (tenant, id) in (
    select e.tenant, e.id from event_ids e join sessions s on s.key = e.session
    where ${BEHIND} and (e.tenant, e.id) <= (?3, ?4) and e.position < s.buried)`,
} as const;

interface Place {
  readonly tenant: number;
  readonly id: Uint8Array;
}

const START: Place = { tenant: -1, id: new Uint8Array() };

export class EventSweep {
  readonly #last: StatementSync;
  readonly #drop: StatementSync;
  /** Where the sweep goes on; undefined while there is nothing to sweep. The last process may have left some. */
  #at: Place | undefined = START;

  constructor(database: DatabaseSync) {
    this.#last = database.prepare(SQL.last);
    this.#drop = database.prepare(SQL.drop);
  }

  /** Something was buried, or what was swept came back: the next sweep begins at the beginning. */
  begin(): void {
    this.#at = START;
  }

  /** One step. @returns whether there is more to sweep */
  step(): boolean {
    if (this.#at === undefined) return false;
    const { tenant, id } = this.#at;
    const row = this.#last.get(tenant, id);
    if (row === undefined || !(row.id instanceof Uint8Array)) {
      this.#at = undefined;
      return false;
    }
    const last = { tenant: integer(row, "tenant"), id: row.id };
    this.#drop.run(tenant, id, last.tenant, last.id);
    this.#at = integer(row, "looked") < LOOKED_AT_ONCE ? undefined : last;
    return this.#at !== undefined;
  }
}
