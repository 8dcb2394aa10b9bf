/**
 * What both databases do alike, written once: a program yields its statements one by one and gets
 * their answers. SQLite plays it without a pause inside its group, PostgreSQL over the network.
 */
import type { Row } from "../columns/columns.ts";
import type { Dialect } from "./dialect.ts";

/** Values are `$1`, `$2`, ...; a function where the databases speak differently. */
export type Sql = string | ((dialect: Dialect) => string);

/** One statement of a program. */
export interface Step {
  /** Names this text and no other; absent where the text depends on what is asked for. */
  readonly name: string | undefined;
  readonly sql: Sql;
  readonly values: readonly unknown[];
  readonly asks: "rows" | "change";
}

/** Answers a step: its rows, or how many rows it changed. */
export type StepAnswer = readonly Row[] | number;

/** Runs in one transaction. */
export type Program<T> = Generator<Step, T, StepAnswer>;

export function* rows(
  name: string | undefined,
  sql: Sql,
  values: readonly unknown[] = [],
): Program<readonly Row[]> {
  const answer = yield { name, sql, values, asks: "rows" };
  return typeof answer === "number" ? [] : answer;
}

/** The first row. */
export function* one(
  name: string,
  sql: Sql,
  values: readonly unknown[] = [],
): Program<Row | undefined> {
  const [row] = yield* rows(name, sql, values);
  return row;
}

/** @returns how many rows it changed */
export function* change(name: string, sql: Sql, values: readonly unknown[] = []): Program<number> {
  const answer = yield { name, sql, values, asks: "change" };
  return typeof answer === "number" ? answer : 0;
}

/** Whose rows a transaction sees, where the database itself holds the tenants apart. */
export type Scope =
  | { readonly tenant: number }
  /** The rows that the secret with this SHA-256 opens. */
  | { readonly secret: string }
  | { readonly everyone: "directory" | "all" };

/** Plays a program that only reads. */
export type Read = <T>(scope: Scope, program: () => Program<T>) => Promise<T>;

/** One of several transactions; a folder does all of them in the transaction of its group. */
export interface Transacted<T> {
  readonly scope: Scope;
  /** Made anew when the transaction is tried again. */
  readonly program: () => Program<T>;
}

/** One transaction after the other. */
export type Transactions<T> = Generator<Transacted<unknown>, T, unknown>;

export function* transact<T>(scope: Scope, program: () => Program<T>): Transactions<T> {
  return (yield { scope, program }) as T; // Whoever plays them answers with what the program returned.
}
