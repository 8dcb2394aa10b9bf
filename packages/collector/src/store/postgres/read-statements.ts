/** The reads that doors and pages ask for, by the reader's methods. */
import { OPEN_RULES } from "../alert-columns.ts";

const TENANT = "t.key as tenant, t.ulid, t.kind, t.plan, t.trial_ends_ms";
/** Every read of a session goes through its tenant. */
const OF_SESSION = `tenant = $1 and session =
  (select key from sessions where tenant = $1 and tag = $2 and gone = 0)`;

const OF_WORKFLOW = `select * from sessions
  where tenant = $1 and workflow = $2 and gone = 0 and ($3::text is null or cohort = $3)`;

export const READS = {
  key: `select ${TENANT}, k.key_id, k.scopes from keys k join tenants t on t.key = k.tenant
    where k.hash = $1 and k.revoked = 0`,
  token: `select ${TENANT}, k.session_id, k.expires_ms from tokens k
    join tenants t on t.key = k.tenant where k.hash = $1`,
  signIn: `select ${TENANT}, s.kind as sign_in, s.scopes, s.expires_ms from sign_ins s
    join tenants t on t.key = s.tenant where s.hash = $1`,
  keys: `select key_id, prefix, scopes, created_ms, revoked from keys
    where tenant = $1 order by created_ms, key_id`,
  tenantByEmail: `select ${TENANT} from tenants t where t.email = $1`,
  tenantByUlid: `select ${TENANT} from tenants t where t.ulid = $1`,
  session: "select * from sessions where tenant = $1 and tag = $2",
  records: `select position, leaf, line, received_ms, standing from records
    where ${OF_SESSION} and position >= $3 order by position limit $4`,
  leaves: `select leaf from records
    where ${OF_SESSION} and position >= $3 and position < $4 order by position`,
  subtrees: `select root from subtrees where ${OF_SESSION} order by block`,
  forks: `select run, seq, leaf, reason from forks where ${OF_SESSION}
    order by received_ms, run, seq`,
  notes: `select size, note from notes where tenant = $1 and session =
    (select key from sessions where tenant = $1 and tag = $2) order by size`,
  alertRules: "select * from alert_rules where tenant = $1 order by created_ms, id",
  alerts: `select * from alerts where tenant = $1 and status <> 'armed'
    and ($3::text is null or status = $3)
    and ($4::bigint is null or (fired_ms, id) < ($4, $5::text))
    order by fired_ms desc, id desc limit $2`,
  usage: `select count(*) as sessions,
    least(coalesce(sum(size), 0), 9007199254740991)::bigint as events,
    least(coalesce(sum(steps), 0), 9007199254740991)::bigint as steps,
    least(coalesce(sum(tokens), 0), 9007199254740991)::bigint as tokens,
    least(coalesce(sum(cost_nano_usd), 0), 9007199254740991)::bigint as cost,
    least(coalesce(sum(dropped), 0), 9007199254740991)::bigint as dropped,
    (select count(*) from alerts where tenant = $1 and status <> 'armed') as alerts
    from sessions where tenant = $1`,
  oldestOfWorkflow: `${OF_WORKFLOW} order by first_ms, key limit $4`,
  newestOfWorkflow: `${OF_WORKFLOW} order by first_ms desc, key desc limit $4`,
  cohorts: `select cohort, count(*) as sessions from sessions
    where tenant = $1 and workflow = $2 and gone = 0
    group by cohort order by cohort collate "C" nulls first`,
  serviceClock: "select service_ms, high_ms from service_clock",
  openRules: OPEN_RULES,
  retentions: "select key, retention_days from tenants where retention_days is not null",
} as const;
