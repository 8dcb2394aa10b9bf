/** The records of sessions: those of the group that is open, and those that are stored. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { CHUNK_RECORDS, encodeChunks, WORTH_A_CHUNK } from "../../chunks/chunk.ts";
import {
  CHUNK_COLUMNS,
  chunksBetween,
  keptRecordsOf,
  ROW_COLUMNS,
  rowsBetween,
} from "../../chunks/kept-records.ts";
import { bytes } from "../../columns/columns.ts";
import { type KeptRecord, leafOf } from "../../columns/ledger-columns.ts";

const SQL = {
  rows: `select ${ROW_COLUMNS} from records where session = ?1 and ${rowsBetween("?2", "?3")}`,
  chunks: `select ${CHUNK_COLUMNS} from record_chunks
    where session = ?1 and ${chunksBetween("?2", "?3")}`,
  addRow: `insert into records (session, position, leaf, received_ms, line, standing)
    values (?, ?, ?, ?, ?, ?)`,
  addChunk: "insert into record_chunks (session, first, count, body) values (?, ?, ?, ?)",
} as const;

export class SessionRecords {
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;
  /** By the key of their session, in their order. */
  readonly #added = new Map<number, KeptRecord[]>();
  /** What was read last, until the group ends: who sends one line again sends those behind it too. */
  #near: { readonly session: number; readonly records: readonly KeptRecord[] } | undefined;

  constructor(database: DatabaseSync) {
    this.#statements = {
      rows: database.prepare(SQL.rows),
      chunks: database.prepare(SQL.chunks),
      addRow: database.prepare(SQL.addRow),
      addChunk: database.prepare(SQL.addChunk),
    };
  }

  /** Stands after all that the session has. */
  add(session: number, record: KeptRecord): void {
    const added = this.#added.get(session);
    if (added === undefined) this.#added.set(session, [record]);
    else added.push(record);
  }

  /** What was added since, in rows or in chunks. */
  write(): void {
    for (const [session, records] of this.#added) {
      if (records.length < WORTH_A_CHUNK) this.#addRows(session, records);
      else this.#addChunks(session, records);
    }
    this.forget();
  }

  /** What was added since the last commit is not on the disk. */
  forget(): void {
    this.#added.clear();
    this.#near = undefined;
  }

  at(session: number, index: number): KeptRecord | undefined {
    if (this.#near?.session === session) {
      const [{ index: first } = { index: 0 }] = this.#near.records;
      const known = this.#near.records[index - first];
      if (known !== undefined) return known;
    }
    const records = this.read(session, index, index + CHUNK_RECORDS);
    this.#near = { session, records };
    return records[0];
  }

  /** From position `from` to before `to`. */
  read(session: number, from: number, to: number): readonly KeptRecord[] {
    const added = this.#added.get(session) ?? [];
    const firstAdded = added[0]?.index ?? to;
    const fresh = added.slice(Math.max(from - firstAdded, 0), Math.max(to - firstAdded, 0));
    if (from >= firstAdded) return fresh;
    const rows = this.#statements.rows.all(session, from, to);
    const isWhole = rows.length === Math.min(firstAdded, to) - from;
    const chunks = isWhole ? [] : this.#statements.chunks.all(session, from, to);
    return [...keptRecordsOf(rows, chunks, from, to), ...fresh];
  }

  #addRows(session: number, records: readonly KeptRecord[]): void {
    const { addRow } = this.#statements;
    for (const record of records) {
      const { index, line, receivedMs, standing = null } = record;
      addRow.run(session, index, bytes(leafOf(record)), receivedMs, line, standing);
    }
  }

  #addChunks(session: number, records: readonly KeptRecord[]): void {
    for (const { first, count, body } of encodeChunks(records)) {
      this.#statements.addChunk.run(session, first, count, body);
    }
  }
}
