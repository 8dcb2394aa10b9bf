/** Plays programs on one connection, without a pause. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Dialect } from "../program/dialect.ts";
import type { Program, Step, StepAnswer, Transactions } from "../program/program.ts";

const SQLITE: Dialect = {
  ofTenant: "",
  ofAllSessions: "session in (select key from sessions where tenant = $1)",
  tenantColumn: "",
  tenantValue: "",
  newKey: "null",
  forUpdate: "",
  skipLocked: "",
  nextVersion: "",
  greatest: "max",
  byBytes: "collate binary",
  total: (column) => `total(${column})`,
  caseless: (column) => column, // `like` makes no difference.
  listedFirst: "",
  oldestListed: "",
  listed: () => "",
  sessionOfKey: "sessions",
  newEntries: `(select $1 as tenant, value ->> 0 as position, value ->> 1 as tag,
    value ->> 2 as size, value ->> 3 as entry from json_each($2))`,
  listedRows(mark, columns) {
    const values = Object.entries(columns).map(([name, type], at) => {
      const value = `value ->> ${at}`;
      return `${type === "bytes" ? `unhex(${value})` : value} as ${name}`;
    });
    return `(select ${values.join(", ")} from json_each(${mark}))`;
  },
  listedTags: "(select value from json_each($2))",
  eventsOfSession: "false",
  // The rows of a session name no tenant: the order is that of the sessions alone.
  looseSessions: `with recursive next (session) as (
      select (select min(session) from records where session > $2)
      union all select (select min(session) from records where session > next.session)
      from next where next.session is not null limit $3
    ), found (tenant, session) as (
      select s.tenant, s.key from next join sessions s on s.key = next.session)`,
  ofFound: "r.session = f.session",
  // No index leads to the tokens of a tenant: all are read once.
  hasNoToken: "t.key not in (select tenant from tokens)",
};

interface Prepared {
  readonly statement: StatementSync;
  /** Which of the step's values stands where. */
  readonly places: readonly number[];
}

export class ProgramPlayer {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** In the transaction that is open, if one is. */
  play<T>(program: Program<T>): T {
    let state = program.next(0); // A program takes no answer before its first step.
    while (!state.done) state = program.next(this.#answer(state.value));
    return state.value;
  }

  /** All of them are the transaction of the group. */
  playAll<T>(all: Transactions<T>): T {
    let state = all.next();
    while (!state.done) state = all.next(this.play(state.value.program()));
    return state.value;
  }

  #answer({ sql, values, asks }: Step): StepAnswer {
    const { statement, places } = this.#prepare(typeof sql === "string" ? sql : sql(SQLITE));
    const bound = places.map((place) => values[place] as SQLInputValue); // Programs have no others.
    return asks === "rows" ? statement.all(...bound) : Number(statement.run(...bound).changes);
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const places: number[] = [];
    const text = sql.replace(/\$(\d+)/g, (_, number) => {
      places.push(Number(number) - 1);
      return "?";
    });
    const prepared = { statement: this.#database.prepare(text), places };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}
