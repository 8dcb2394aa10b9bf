/** Profiles of sessions: what is asked for decides the text of the statement. */
import type { ProfileFilter } from "../../../rows/memory-rows.ts";
import type { Row } from "../../columns/columns.ts";
import { PROFILE_COLUMNS } from "../../columns/profile-rows.ts";
import { type Program, rows } from "../program.ts";

export function* listProfiles(tenant: number, filter: ProfileFilter): Program<readonly Row[]> {
  const { limit, after, workflow, cohort, agent, sinceMs, untilMs, isFolded } = filter;
  const values: unknown[] = [tenant];
  const mark = (value: unknown) => `$${values.push(value)}`;
  // What is not null lets an index find them by their beginning.
  const conditions = ["tenant = $1", "gone = 0", "first_ms is not null", "structure is not null"];
  if (workflow !== undefined) conditions.push(`workflow = ${mark(workflow)}`);
  if (cohort !== undefined) conditions.push(`cohort = ${mark(cohort)}`);
  if (agent !== undefined) conditions.push(`agent = ${mark(agent)}`);
  if (sinceMs !== undefined) conditions.push(`first_ms >= ${mark(sinceMs)}`);
  if (untilMs !== undefined) conditions.push(`first_ms < ${mark(untilMs)}`);
  if (isFolded) {
    conditions.push(`exists (select 1 from memory_sessions f
      where f.tenant = sessions.tenant and f.session = sessions.key)`);
  }
  if (after) {
    const [ms, key] = [mark(after.startedMs), mark(after.key)];
    conditions.push(`first_ms <= ${ms}`, `(first_ms, key) < (${ms}, ${key})`);
  }
  const sql = `select ${PROFILE_COLUMNS} from sessions where ${conditions.join(" and ")}
    order by first_ms desc, key desc limit ${mark(limit)}`;
  return yield* rows(undefined, sql, values);
}
