import { fencesOf } from "./fences.ts";

/** Sessions are found by what their senders share between them: keyed digests of ids. */
export const TRACES: readonly string[] = [
  `create table if not exists traces (
    tenant bigint not null,
    id bytea not null,
    session bigint not null,
    primary key (tenant, id, session)
  )`,
  `create index if not exists traces_by_session on traces (tenant, session)
    where session is not null`,
  ...fencesOf("traces"),
];
