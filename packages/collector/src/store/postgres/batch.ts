/**
 * Statements that go to the server in one write and come back in one answer: the extended protocol
 * with a single `Sync` (PostgreSQL, 54.2.3 and 54.2.4). A statement that fails takes those behind it
 * in its batch along.
 */
import type { Connection, Submittable } from "pg";
import type { Row } from "../columns/columns.ts";
import type { ParserOf } from "./connections.ts";
import { encodeValue } from "./encode-value.ts";

interface Statement {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly (string | Buffer | null)[];
  readonly settle: (answer: Answer) => void;
  readonly fail: (failure: unknown) => void;
}

export interface Answer {
  readonly rows: readonly Row[];
  /** How many rows it changed. */
  readonly changed: number;
}

interface Column {
  readonly name: string;
  readonly parse: (text: string) => unknown;
}

/** The columns of what is parsed on a connection; none where a statement answers no rows. */
const parsed = new WeakMap<Connection, Map<string, readonly Column[]>>();

export class Batch implements Submittable {
  readonly #statements: Statement[] = [];
  readonly #parserOf: ParserOf;
  readonly #keepsStatements: boolean;
  #known = new Map<string, readonly Column[]>();
  /** The one that the server is answering. */
  #at = 0;
  #columns: readonly Column[] | undefined;
  #rows: Row[] = [];
  /** The driver puts its own around it, to end its clock. */
  callback: (failure: Error | null) => void = () => {};
  /** Called once, when everything is answered or has failed. */
  onEnd: () => void = () => {};

  /**
   * @param keepsStatements whether a statement is parsed once for the connection, under its name;
   *   else it is parsed each time, and nothing of it outlives the batch
   */
  constructor(parserOf: ParserOf, keepsStatements: boolean) {
    this.#parserOf = parserOf;
    this.#keepsStatements = keepsStatements;
  }

  /** @throws {TypeError} for a value that cannot be sent */
  add(name: string, sql: string, values: readonly unknown[]): Promise<Answer> {
    const encoded = values.map(encodeValue);
    return new Promise((settle, fail) => {
      this.#statements.push({ name, sql, values: encoded, settle, fail });
    });
  }

  /** Called by the driver when it is this batch's turn. */
  submit(connection: Connection): void {
    const known = this.#keepsStatements ? parsed.get(connection) : undefined;
    if (known) this.#known = known;
    else if (this.#keepsStatements) parsed.set(connection, this.#known);
    connection.stream.cork();
    if (this.#keepsStatements) this.#askByName(connection);
    else this.#askByText(connection);
    connection.sync();
    connection.stream.uncork();
  }

  #askByName(connection: Connection): void {
    const prepared = new Set<string>();
    for (const { name, sql, values } of this.#statements) {
      const isNew = !this.#known.has(name) && !prepared.has(name);
      if (isNew) prepare(connection, name, sql);
      prepared.add(name);
      this.#ask(connection, name, values, !this.#known.has(name));
    }
  }

  /** By the statement without a name, which holds until the next one is parsed (54.2.3). */
  #askByText(connection: Connection): void {
    let before: string | undefined;
    for (const { sql, values } of this.#statements) {
      if (sql !== before) connection.parse({ name: "", text: sql, types: [] }, true);
      before = sql;
      this.#ask(connection, "", values, true);
    }
  }

  #ask(
    connection: Connection,
    statement: string,
    values: Statement["values"],
    describes: boolean,
  ): void {
    connection.bind({ statement, values: [...values] }, true);
    if (describes) connection.describe({ type: "P" }, true);
    connection.execute({}, true);
  }

  handleRowDescription({ fields }: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => {
      return { name, parse: this.#parserOf(dataTypeID) };
    });
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#columns ??= this.#known.get(this.#statements[this.#at]?.name ?? "") ?? [];
    const row: Record<string, unknown> = {};
    let at = 0;
    for (const { name, parse } of this.#columns) {
      const text = fields[at++];
      row[name] = text === null || text === undefined ? null : parse(text);
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { text: string }): void {
    const statement = this.#statements[this.#at];
    this.#at += 1;
    if (statement === undefined) return;
    if (!this.#known.has(statement.name)) this.#known.set(statement.name, this.#columns ?? []);
    const changed = Number(/ (\d+)$/.exec(text)?.[1] ?? 0);
    statement.settle({ rows: this.#rows, changed });
    this.#columns = undefined;
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: "" });
  }

  handleReadyForQuery(): void {
    this.onEnd();
    this.callback(null);
  }

  /** Also called when the connection breaks, before or after it was this batch's turn. */
  handleError(failure: Error): void {
    for (const { fail } of this.#statements.slice(this.#at)) fail(failure);
    this.#at = this.#statements.length;
    this.onEnd();
    this.callback(failure);
  }
}

/** Closed first, because nobody knows whether an attempt that failed had come that far. */
function prepare(connection: Connection, name: string, sql: string): void {
  connection.close({ type: "S", name }, true);
  connection.parse({ name, text: sql, types: [] }, true);
}
