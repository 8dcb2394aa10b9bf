/**
 * The ids of events. Ids that senders make at random fall on as many pages of their table as there are
 * of them, and a commit writes whole pages. So the ids of a group are appended to a list, which is read
 * when the folder is opened, and moved to their table later, in the order in which it keeps them.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KnownEvent } from "../../../ingest/ledger.ts";
import { uuidBytes } from "../../columns/columns.ts";
import { knownEventOf } from "../../columns/ledger-columns.ts";

/**
 * Ids before they are moved (measured: with 16,000 a group writes a fifth of the pages; each takes
 * about 200 bytes of memory).
 */
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
  /** Whether what follows says what is on the disk. */
  #isRead = false;
  /** In the list, and not under way. */
  #fresh = new EntryMap();
  #unwritten: Entry[] = [];
  /** On its way to the table, in its order. */
  #moving: readonly Entry[] = [];
  #movingById = new EntryMap();
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
    const entry = this.#fresh.get(tenant, id) ?? this.#movingById.get(tenant, id);
    if (entry !== undefined) return eventOf(entry);
    const row = this.#statements.find.get(tenant, uuidBytes(id));
    return row && knownEventOf(row);
  }

  name(tenant: number, id: string, { session, index, body }: KnownEvent): void {
    if (!this.#isRead) this.#read();
    const entry: Entry = [tenant, id, session, index, body ?? null];
    this.#fresh.add(entry);
    this.#unwritten.push(entry);
  }

  /** Appends what was named since, and moves a part of what was named long before. */
  write(): void {
    const count = this.#unwritten.length;
    if (count === 0) return;
    const { lastInsertRowid } = this.#statements.append.run(JSON.stringify(this.#unwritten));
    this.#lastKey = Number(lastInsertRowid);
    this.#unwritten = [];
    if (this.#moving.length === 0 && this.#fresh.size >= MOVED_AT_ONCE) this.#begin();
    this.#move(MOVED_WITH_EACH * count);
  }

  /** What was written since the last commit is not on the disk: memory is read anew. */
  forget(): void {
    this.#isRead = false;
    this.#fresh = new EntryMap();
    this.#unwritten = [];
    this.#endMove();
  }

  /** Moves everything, inside the transaction that is open. */
  settle(): void {
    if (!this.#isRead) this.#read();
    this.write();
    this.#move(this.#moving.length);
    this.#begin();
    this.#move(this.#moving.length);
  }

  #read(): void {
    for (const { key, ids } of this.#statements.list.iterate()) {
      // Only `write` writes this text.
      for (const entry of JSON.parse(String(ids)) as readonly Entry[]) {
        this.#fresh.add(entry);
      }
      this.#lastKey = Number(key);
    }
    this.#isRead = true;
  }

  #begin(): void {
    this.#moving = this.#fresh.sorted();
    this.#movingById = this.#fresh;
    this.#movingKey = this.#lastKey;
    this.#fresh = new EntryMap();
  }

  #move(count: number): void {
    if (this.#moving.length === 0) return;
    const end = Math.min(this.#moved + count, this.#moving.length);
    for (const [tenant, id, session, position, body] of this.#moving.slice(this.#moved, end)) {
      this.#statements.move.run(tenant, uuidBytes(id), session, position, body);
    }
    this.#moved = end;
    if (end < this.#moving.length) return;
    this.#statements.drop.run(this.#movingKey);
    this.#endMove();
  }

  #endMove(): void {
    this.#moving = [];
    this.#movingById = new EntryMap();
    this.#moved = 0;
  }
}

/** Tenant by tenant, so that no text is made of both for each look. */
class EntryMap {
  readonly #byTenant = new Map<number, Map<string, Entry>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(tenant: number, id: string): Entry | undefined {
    return this.#byTenant.get(tenant)?.get(id);
  }

  add(entry: Entry): void {
    const [tenant, id] = entry;
    let entries = this.#byTenant.get(tenant);
    if (entries === undefined) {
      entries = new Map();
      this.#byTenant.set(tenant, entries);
    }
    const before = entries.size;
    entries.set(id, entry);
    this.#size += entries.size - before;
  }

  /** In the order of the table. */
  sorted(): readonly Entry[] {
    const tenants = [...this.#byTenant].toSorted(([one], [other]) => one - other);
    return tenants.flatMap(([, entries]) =>
      [...entries.values()].toSorted(([, one], [, other]) => (one < other ? -1 : 1)),
    );
  }
}

function eventOf([, , session, index, body]: Entry): KnownEvent {
  return { session, index, ...(body !== null && { body }) };
}
