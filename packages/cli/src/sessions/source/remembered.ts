/** What a collector remembers of workflows, agents, clients and servers. */
import type { CollectorPlace } from "@caum/collector/validation";
import type { WorkflowCard } from "@caum/workflows";
import { readAnswer, SessionGone } from "./ask-collector.ts";

const AT_ONCE = 1_000;

/** What stands in the list of them. */
export interface Remembered {
  readonly kind: string;
  readonly name: string;
  readonly sessions: number;
  readonly last_active_at: string;
  readonly recent: {
    readonly days: number;
    readonly sessions: number;
    readonly looping_sessions: number;
  };
  /** Only of workflows. */
  readonly card: WorkflowCard | null;
}

interface Amount {
  readonly known: number;
  readonly total: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

/** What the sessions of one of them did that began on some days. */
export interface RememberedOne {
  readonly workflow: Remembered;
  readonly total: {
    readonly sessions: number;
    readonly looping_sessions: number;
    readonly outcomes: { readonly known: number; readonly resolved: number };
    readonly steps: Amount;
    readonly tokens: Amount;
    readonly cost_usd: Amount;
    readonly duration_ms: Amount;
    readonly calls: number;
    readonly failures: number;
    readonly retries: number;
  };
  readonly days: readonly unknown[];
}

/**
 * All of a kind, by name.
 *
 * @throws {CollectorError} when the collector does not answer or refuses
 */
export async function listRemembered(
  place: CollectorPlace,
  kind: string,
): Promise<readonly Remembered[]> {
  const all: Remembered[] = [];
  for (let after = ""; ; ) {
    const path = `/v1/workflows?kind=${kind}&limit=${AT_ONCE}${after}`;
    const page = await readAnswer<{
      readonly workflows: readonly Remembered[];
      readonly next_cursor: string | null;
    }>(place, path, "workflows");
    all.push(...page.workflows);
    if (page.next_cursor === null) return all;
    after = `&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
}

/** @throws {CollectorError} as above, and when nothing is remembered under this name */
export async function readRemembered(
  place: CollectorPlace,
  { kind, name, days }: { readonly kind: string; readonly name: string; readonly days: number },
): Promise<RememberedOne> {
  const path = `/v1/workflows/${encodeURIComponent(name)}?kind=${kind}&days=${days}`;
  try {
    return await readAnswer<RememberedOne>(place, path, "days");
  } catch (problem) {
    if (!(problem instanceof SessionGone)) throw problem;
    throw new SessionGone(`nothing is remembered of this ${kind}: caum workflows --kind ${kind}`);
  }
}
