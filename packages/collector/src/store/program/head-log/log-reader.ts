/** Reads of the log of session heads, in one transaction each. */
import type {
  ChangedLog,
  HeadRow,
  LogEntry,
  LogReader,
  LogState,
  SignedNote,
} from "../../../rows/log-rows.ts";
import { hex, integer, optional, type Row, text } from "../../columns/columns.ts";
import { treeStateOf } from "../../columns/session-rows.ts";
import { type Read, rows, type Scope, type Sql } from "../program.ts";

const EVERYONE: Scope = { everyone: "all" };

const HEADS = `select s.key, s.tag, s.size, s.tree,
  coalesce((select max(e.size) from log_entries e where e.tenant = s.tenant and e.tag = s.tag), 0)
    as logged
  from sessions s where s.tenant = $1 and s.gone = 0`;
const ENTRY = "select position, tag, size, entry from log_entries where tenant = $1";

/** Where none of so many is by a witness, it says itself what it saw last. */
const COSIGNED_NOTES = 256;

export class ProgramLogReader implements LogReader {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  async state(tenant: number): Promise<LogState | undefined> {
    const sql = `select t.ulid, t.kind, l.size, l.tree from tenants t
      left join logs l on l.tenant = t.key where t.key = $1`;
    const [row] = await this.#rows({ tenant }, "state", sql, tenant);
    if (row === undefined) return undefined;
    const isEmpty = optional(row, "size", integer) === undefined;
    return {
      ulid: text(row, "ulid"),
      isAccount: text(row, "kind") === "account",
      tree: isEmpty ? { size: 0, hashes: "" } : treeStateOf(row),
    };
  }

  async heads(tenant: number, tags: readonly string[]): Promise<readonly HeadRow[]> {
    const sql: Sql = ({ listedTags }) => `${HEADS} and s.tag in ${listedTags}`;
    const found = await this.#rows({ tenant }, "heads", sql, tenant, JSON.stringify(tags));
    return found.map(headOf);
  }

  async headsAfter(tenant: number, key: number, limit: number): Promise<readonly HeadRow[]> {
    const sql = `${HEADS} and s.key > $2 order by s.key limit $3`;
    return (await this.#rows({ tenant }, "heads_after", sql, tenant, key, limit)).map(headOf);
  }

  async accounts(): Promise<readonly number[]> {
    const sql = "select key from tenants where kind = 'account' order by key";
    return (await this.#rows(EVERYONE, "accounts", sql)).map((row) => integer(row, "key"));
  }

  async changedSince(sinceMs: number): Promise<readonly ChangedLog[]> {
    const sql = `select l.tenant, t.ulid from logs l join tenants t on t.key = l.tenant
      where l.changed_ms >= $1 order by l.tenant`;
    return (await this.#rows(EVERYONE, "changed", sql, sinceMs)).map((row) => ({
      tenant: integer(row, "tenant"),
      ulid: text(row, "ulid"),
    }));
  }

  async entries(tenant: number, from: number, limit: number): Promise<readonly LogEntry[]> {
    const sql = `${ENTRY} and position >= $2 order by position limit $3`;
    return (await this.#rows({ tenant }, "entries", sql, tenant, from, limit)).map(entryOf);
  }

  async newestEntry(
    tenant: number,
    {
      tag,
      maxSize,
      below,
    }: { readonly tag: string; readonly maxSize: number; readonly below: number },
  ): Promise<LogEntry | undefined> {
    const sql = `${ENTRY} and tag = $2 and size <= $3 and position < $4
      order by size desc limit 1`;
    const [row] = await this.#rows({ tenant }, "newest_entry", sql, tenant, tag, maxSize, below);
    return row && entryOf(row);
  }

  async blocks(tenant: number): Promise<readonly string[]> {
    const sql = "select root from log_blocks where tenant = $1 order by block";
    return (await this.#rows({ tenant }, "blocks", sql, tenant)).map((row) => hex(row, "root"));
  }

  async newestNote(tenant: number): Promise<SignedNote | undefined> {
    const sql = "select size, note from log_notes where tenant = $1 order by size desc limit 1";
    const [row] = await this.#rows({ tenant }, "newest_note", sql, tenant);
    return row && noteOf(row);
  }

  async cosignedNotes(
    tenant: number,
    above: number,
    limit: number,
  ): Promise<readonly SignedNote[]> {
    const cosigned = "select size, note from log_notes where tenant = $1 and cosigners <> ''";
    const first = `${cosigned} and size > $2 order by size limit $3`;
    const newest = `${cosigned} and size > $2 order by size desc limit 1`;
    const found = await this.#rows({ tenant }, "cosigned", first, tenant, above, limit);
    const last = await this.#rows({ tenant }, "newest_cosigned", newest, tenant, above);
    const notes = new Map([...found, ...last].map((row) => [integer(row, "size"), noteOf(row)]));
    return [...notes.values()];
  }

  async cosignedBy(tenant: number, cosigners: readonly string[]): Promise<number> {
    const sql = `select size, cosigners from log_notes where tenant = $1 and cosigners <> ''
      order by size desc limit $2`;
    const found = await this.#rows({ tenant }, "cosigned_by", sql, tenant, COSIGNED_NOTES);
    const row = found.find((one) =>
      text(one, "cosigners")
        .split(", ")
        .some((cosigner) => cosigners.includes(cosigner)),
    );
    return row === undefined ? 0 : integer(row, "size");
  }

  async deleted(tenant: number, after: string, limit: number): Promise<readonly string[]> {
    const sql: Sql = ({ byBytes }) => `select tag from sessions s where tenant = $1 and gone = 1
      and tag ${byBytes} > $2 and exists
        (select 1 from log_entries e where e.tenant = s.tenant and e.tag = s.tag)
      order by tag ${byBytes} limit $3`;
    const found = await this.#rows({ tenant }, "deleted", sql, tenant, after, limit);
    return found.map((row) => text(row, "tag"));
  }

  #rows(
    scope: Scope,
    name: string,
    sql: Sql,
    ...values: readonly unknown[]
  ): Promise<readonly Row[]> {
    return this.#read(scope, () => rows(`log_${name}`, sql, values));
  }
}

function headOf(row: Row): HeadRow {
  return {
    key: integer(row, "key"),
    tag: text(row, "tag"),
    tree: treeStateOf(row),
    logged: integer(row, "logged"),
  };
}

function entryOf(row: Row): LogEntry {
  return {
    position: integer(row, "position"),
    tag: text(row, "tag"),
    size: integer(row, "size"),
    text: text(row, "entry"),
  };
}

function noteOf(row: Row): SignedNote {
  return { size: integer(row, "size"), note: text(row, "note") };
}
