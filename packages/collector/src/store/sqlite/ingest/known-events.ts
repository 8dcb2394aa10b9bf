/**
 * The ids of events. Ids that senders make at random fall on as many pages of their table as there are
 * of them, and a commit writes whole pages. So the ids of a group are appended to a list, which is read
 * when the folder is opened, and moved to their table later, in the order in which it keeps them.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KnownEvent } from "../../../ingest/ledger.ts";
import { knownEventOf } from "../../columns/ledger-columns.ts";
import { type EventId, EventTable, readEventId } from "./event-table.ts";

/** Ids before they are moved (measured: with 16,000 a group writes a fifth of the pages). */
const MOVED_AT_ONCE = 16_384;
/** Moved with each id that comes, so that no group waits for all. */
const MOVED_WITH_EACH = 2;

const SQL = {
  find: "select session, position, body from event_ids where tenant = ? and id = ?",
  // Where the folder was closed by force, some of the list may be in the table already.
  move: `insert into event_ids (tenant, id, session, position, body) values (?, ?, ?, ?, ?)
    on conflict do nothing`,
  append: "insert into new_event_ids (ids) values (?)",
  list: "select key, ids from new_event_ids order by key",
  drop: "delete from new_event_ids where key <= ?",
} as const;

/** As it stands in the list; {@link NEW_EVENT_IDS} reads it, too. */
type Entry = readonly [
  tenant: number,
  id: string,
  session: number,
  position: number,
  body: string | null,
];

/** The list as rows of the table. */
export const NEW_EVENT_IDS = `select json_extract(e.value, '$[0]'),
    unhex(replace(json_extract(e.value, '$[1]'), '-', '')), json_extract(e.value, '$[2]'),
    json_extract(e.value, '$[3]'), json_extract(e.value, '$[4]')
  from new_event_ids, json_each(new_event_ids.ids) e`;

export class KnownEvents {
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;
  readonly #id: EventId = new Uint32Array(4);
  readonly #idBytes = Buffer.alloc(16);
  /** Whether what follows says what is on the disk. */
  #isRead = false;
  /** In the list, and not under way. */
  #fresh = new EventTable();
  #unwritten: Entry[] = [];
  /** On its way to the table, row by row in its order. */
  #moving = new EventTable();
  #order: Uint32Array = new Uint32Array();
  #moved = 0;
  /** Keys of the last of the list that is moved now, and of the last there is. */
  #movingKey = 0;
  #lastKey = 0;

  constructor(database: DatabaseSync) {
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
    // One statement per name of SQL.
    this.#statements = Object.fromEntries(prepared);
  }

  find(tenant: number, id: string): KnownEvent | undefined {
    if (!this.#isRead) this.#read();
    const words = readEventId(id, this.#id);
    const known = this.#fresh.get(tenant, words) ?? this.#moving.get(tenant, words);
    if (known !== undefined) return known;
    const row = this.#statements.find.get(tenant, this.#bytesOf(words));
    return row && knownEventOf(row);
  }

  name(tenant: number, id: string, event: KnownEvent): void {
    if (!this.#isRead) this.#read();
    this.#fresh.set(tenant, readEventId(id, this.#id), event);
    const { session, index, body = null } = event;
    this.#unwritten.push([tenant, id, session, index, body]);
  }

  /** Appends what was named since, and moves a part of what was named long before. */
  write(): void {
    const count = this.#unwritten.length;
    if (count === 0) return;
    const { lastInsertRowid } = this.#statements.append.run(JSON.stringify(this.#unwritten));
    this.#lastKey = Number(lastInsertRowid);
    this.#unwritten = [];
    if (this.#order.length === 0 && this.#fresh.size >= MOVED_AT_ONCE) this.#begin();
    this.#move(MOVED_WITH_EACH * count);
  }

  /** What was written since the last commit is not on the disk: memory is read anew. */
  forget(): void {
    this.#isRead = false;
    this.#fresh = new EventTable();
    this.#unwritten = [];
    this.#endMove();
  }

  /** Moves everything, inside the transaction that is open. */
  settle(): void {
    if (!this.#isRead) this.#read();
    this.write();
    this.#move(this.#order.length);
    this.#begin();
    this.#move(this.#order.length);
  }

  #read(): void {
    for (const { key, ids } of this.#statements.list.iterate()) {
      // Only `write` writes this text.
      for (const [tenant, id, session, index, body] of JSON.parse(String(ids)) as Entry[]) {
        const event = { session, index, ...(body !== null && { body }) };
        this.#fresh.set(tenant, readEventId(id, this.#id), event);
      }
      this.#lastKey = Number(key);
    }
    this.#isRead = true;
  }

  #begin(): void {
    this.#moving = this.#fresh;
    this.#order = this.#moving.sorted();
    this.#movingKey = this.#lastKey;
    this.#fresh = new EventTable();
  }

  #move(count: number): void {
    if (this.#order.length === 0) return;
    const { move, drop } = this.#statements;
    const end = Math.min(this.#moved + count, this.#order.length);
    for (const row of this.#order.subarray(this.#moved, end)) {
      const { session, index, body = null } = this.#moving.eventAt(row);
      const id = this.#bytesOf(this.#moving.idAt(row));
      move.run(this.#moving.tenantAt(row), id, session, index, body);
    }
    this.#moved = end;
    if (end < this.#order.length) return;
    drop.run(this.#movingKey);
    this.#endMove();
  }

  #endMove(): void {
    this.#moving = new EventTable();
    this.#order = new Uint32Array();
    this.#moved = 0;
  }

  /** Overwritten by the next id: a statement has copied it by then. */
  #bytesOf(id: EventId): Uint8Array {
    for (let at = 0; at < id.length; at++) this.#idBytes.writeUInt32BE(id[at] ?? 0, 4 * at);
    return this.#idBytes;
  }
}
