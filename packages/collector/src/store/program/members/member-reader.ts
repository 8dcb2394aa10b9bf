/** Reads of members. */
import type { MemberReader, MemberRow, Role } from "../../../rows/people/member-rows.ts";
import { integer, optional, type Row, text } from "../../columns/columns.ts";
import { type Read, rows } from "../program.ts";

export class ProgramMemberReader implements MemberReader {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  async members(tenant: number): Promise<readonly MemberRow[]> {
    const sql = "select * from members where tenant = $1 order by created_ms, id";
    const found = await this.#read({ tenant }, () => rows("reader_members", sql, [tenant]));
    return found.map(memberOf);
  }

  async member(tenant: number, id: string): Promise<MemberRow | undefined> {
    const sql = "select * from members where tenant = $1 and id = $2";
    const [row] = await this.#read({ tenant }, () => rows("reader_member", sql, [tenant, id]));
    return row && memberOf(row);
  }
}

export function memberOf(row: Row): MemberRow {
  return {
    id: text(row, "id"),
    role: roleOf(row),
    label: text(row, "label"),
    subject: optional(row, "subject", text),
    createdMs: integer(row, "created_ms"),
    joinedMs: optional(row, "joined_ms", integer),
    seenMs: optional(row, "seen_ms", integer),
    invitedUntilMs: optional(row, "invited_until_ms", integer),
  };
}

/** What is no role that we know may look and no more. */
function roleOf(row: Row): Role {
  return text(row, "role") === "admin" ? "admin" : "viewer";
}
