/** Sessions as the ledger shows them: what lists hold, and how UDS went lately. */
import { alertMessage, storyOf } from "@caum/core/health";
import { DOCTOR_SESSION } from "@caum/core/settings";
import { sessionSummaryOf } from "../doors/session/session-summary.ts";
import { rounded } from "../http/told-figures.ts";
import type { SessionView, StoreReader } from "../store/store.ts";

/** As many as the small curve of a row has room for. */
const RECENT = 32;

type Summary = ReturnType<typeof sessionSummaryOf>;

export interface LedgerRow extends Summary {
  /** UDS of the last records that are steps, oldest first. */
  readonly uds_recent: readonly number[];
  /** Calls that did not do what they were asked for; null where it is not known. */
  readonly failed_calls: number | null;
  /** When something of it arrived last: the order of the list, and where a stream goes on. */
  readonly changed_at: string;
  /** What is to be said of a loop that stands now; null while none does. */
  readonly message: string | null;
}

/** What rows are made from. */
export interface LedgerSource {
  readonly reader: StoreReader;
  readonly clock: () => number;
}

export function ledgerRows(
  tenant: number,
  views: readonly SessionView[],
  { reader, clock }: LedgerSource,
): Promise<LedgerRow[]> {
  const shown = views.filter(({ id }) => id !== DOCTOR_SESSION);
  return Promise.all(shown.map((view) => ledgerRow(tenant, view, { reader, clock })));
}

export async function ledgerRow(
  tenant: number,
  view: SessionView,
  { reader, clock }: LedgerSource,
): Promise<LedgerRow> {
  const from = Math.max(view.segmentStart, view.tree.size - RECENT);
  const records = await reader.records(tenant, view.id, from, RECENT);
  // Records that are no steps repeat how the step before them stood; before the first there is 0.
  const bySteps = new Map(records.map(({ standing }) => [standing?.step ?? 0, standing]));
  const recent = [...bySteps].flatMap(([step, standing]) =>
    step > 0 && standing ? [rounded(standing.uds)] : [],
  );
  const changed = new Date(view.lastMs).toISOString();
  const summary = sessionSummaryOf(view, clock());
  const costNanoUsd = view.standing.loopCostNanoUsd;
  const story = { costNanoUsd, ...storyOf(summary.agent_name, view.standing) };
  const message = summary.live_alert ? alertMessage({ ...story, nowMs: view.activeMs }) : null;
  const failed_calls = view.structure?.failures ?? null;
  return { ...summary, uds_recent: recent, failed_calls, changed_at: changed, message };
}
