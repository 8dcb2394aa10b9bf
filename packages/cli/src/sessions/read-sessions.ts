/** What a collector says of the sessions of a key. */
import type { CollectorPlace } from "@caum/collector/validation";
import { readJson } from "./ask-collector.ts";
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

interface Page extends SessionReport {
  readonly next_cursor: string | null;
}

/** The newest first. @throws {CollectorError} */
export async function readSessions(
  place: CollectorPlace,
  limit: number,
): Promise<readonly SessionSummary[]> {
  const path = `/v1/sessions?limit=${limit}`;
  return (await readJson<{ sessions: readonly SessionSummary[] }>(place, path, "sessions"))
    .sessions;
}

/**
 * The session with all of its steps. Verdict and root are those of the moment at which the last
 * steps were read, so that they speak of the same records while the session goes on.
 *
 * @throws {CollectorError}
 */
export async function readReport(place: CollectorPlace, id: string): Promise<SessionReport> {
  const { steps, last } = await readPages(place, id, 0);
  const { session, merkle_root, tree_size } = last;
  // A step that came while the page was read is not under this root.
  const covered = steps.filter(({ index }) => index < tree_size);
  return { session, merkle_root, tree_size, steps: covered };
}

/** How a session stands, without its steps. @throws {CollectorError} */
export async function readSummary(
  place: CollectorPlace,
  id: string,
): Promise<Omit<SessionReport, "steps">> {
  return readJson<SessionReport>(place, `/v1/session/${encodeURIComponent(id)}?limit=1`, "steps");
}

/** The records of a session from an index on. @throws {CollectorError} */
export async function readStepsFrom(
  place: CollectorPlace,
  id: string,
  from: number,
): Promise<readonly StepOfSession[]> {
  return (await readPages(place, id, from)).steps;
}

async function readPages(place: CollectorPlace, id: string, from: number) {
  const path = `/v1/session/${encodeURIComponent(id)}?limit=1000`;
  const steps: StepOfSession[] = [];
  for (let cursor = String(from); ; ) {
    const last = await readJson<Page>(
      place,
      `${path}&cursor=${encodeURIComponent(cursor)}`,
      "steps",
    );
    steps.push(...last.steps);
    if (last.next_cursor === null) return { steps, last };
    cursor = last.next_cursor;
  }
}
