/** The table of members, as both databases make it. */
import type { LayoutWords } from "../first-tables.ts";

/** A step never changes: later columns are a step of their own. */
export function membersTable({ create, integer, short }: LayoutWords): string {
  return `${create} members (
    tenant ${integer} not null,
    id text not null,
    role text not null,
    label text not null,
    subject text,
    created_ms ${integer} not null,
    joined_ms ${integer},
    seen_ms ${integer},
    invited_until_ms ${integer},
    primary key (tenant, id),
    unique (tenant, subject)
  )${short}`;
}
