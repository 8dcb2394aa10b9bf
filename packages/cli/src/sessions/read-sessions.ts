/** What a collector says of the sessions of a key. */
import { ask, CollectorError, type CollectorPlace } from "../validation/live-session.ts";
import type { ShownPayload } from "./live-step.ts";

export interface SessionSummary {
  readonly session_id: string;
  readonly agent_name: string;
  readonly steps: number;
  readonly events: number;
  readonly regime: string;
  readonly tier: string;
  readonly uds: number;
  readonly failure_risk: number;
  readonly public_class: string;
  readonly live_alert: boolean;
  readonly total_tokens: number;
  readonly total_cost_usd: number;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly ended: boolean;
}

export interface StepOfSession {
  readonly index: number;
  readonly record: {
    readonly category?: string;
    readonly payload?: ShownPayload;
  } | null;
  readonly assessment: {
    readonly step: number;
    readonly regime: string;
    readonly tier: string;
    readonly uds: number;
    readonly public_class: string;
    readonly reasons: readonly string[];
  } | null;
}

export interface SessionReport {
  readonly session: SessionSummary;
  readonly merkle_root: string;
  readonly tree_size: number;
  readonly steps: readonly StepOfSession[];
}

/** The newest first. @throws {CollectorError} */
export async function readSessions(
  place: CollectorPlace,
  limit: number,
): Promise<readonly SessionSummary[]> {
  const page = await read<{ sessions: readonly SessionSummary[] }>(
    place,
    `/v1/sessions?limit=${limit}`,
  );
  return page.sessions;
}

/** The session with all of its steps. @throws {CollectorError} */
export async function readReport(place: CollectorPlace, id: string): Promise<SessionReport> {
  const { session, merkle_root, tree_size } = await readSummary(place, id);
  const steps = await readStepsFrom(place, id, 0);
  return { session, merkle_root, tree_size, steps };
}

/** How a session stands, without its steps. @throws {CollectorError} */
export async function readSummary(
  place: CollectorPlace,
  id: string,
): Promise<Omit<SessionReport, "steps">> {
  return read<SessionReport>(place, `/v1/session/${encodeURIComponent(id)}?limit=1`);
}

/** The records of a session from an index on. @throws {CollectorError} */
export async function readStepsFrom(
  place: CollectorPlace,
  id: string,
  from: number,
): Promise<readonly StepOfSession[]> {
  const path = `/v1/session/${encodeURIComponent(id)}?limit=1000`;
  type Page = SessionReport & { readonly next_cursor: string | null };
  const steps: StepOfSession[] = [];
  for (let cursor: string | null = String(from); cursor !== null; ) {
    const page: Page = await read<Page>(place, `${path}&cursor=${encodeURIComponent(cursor)}`);
    steps.push(...page.steps);
    cursor = page.next_cursor;
  }
  return steps;
}

async function read<Answer>(place: CollectorPlace, path: string): Promise<Answer> {
  const { status, text } = await ask(place, "GET", path);
  if (status === 401)
    throw new CollectorError("a key is needed: give it with --key or CAUM_API_KEY");
  if (status === 404)
    throw new CollectorError("there is no such session: caum sessions lists them");
  if (status !== 200) throw new CollectorError(`the collector refused (${status})`);
  // True because the collector checks its answers against the schema of the door.
  return JSON.parse(Buffer.from(text, "latin1").toString("utf8")) as Answer;
}
