/** A CAUM_HOME and a collector of the demo's own, so that nothing of yours is read or changed. */

import { mkdtempSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Collector } from "@caum/collector";

export interface Place {
  readonly home: string;
  readonly collector: Collector;
}

/** One record as the dashboard reads it, with what was found at it. */
export interface Step {
  readonly index: number;
  readonly leaf: string;
  readonly at: string;
  /** Kind of a record that is no call: `open`, `close`. */
  readonly kind?: string;
  readonly name: string;
  readonly op?: string;
  readonly status?: string;
  readonly step?: number;
  readonly regime?: string;
  readonly tier?: string;
  readonly uds?: number;
  readonly event_type?: string;
  readonly public_class?: string;
  readonly reasons?: readonly string[];
  readonly pattern?: { readonly from_step: number };
}

/** Takes a free port: the usual one may be that of your own collector. */
export async function openPlace(): Promise<Place> {
  // Loaded here, so that the first lines of the demo do not wait for it.
  const { startCollector } = await import("@caum/collector");
  const home = mkdtempSync(join(tmpdir(), "caum-demo-"));
  const collector = await startCollector({
    data: join(home, "collector"),
    port: 0,
    env: {},
    onFailure: (failure) => console.error(`collector: ${failure.name}`),
  });
  return { home, collector };
}

/** The records of a session from an index on; none while the collector does not know it. */
export async function stepsFrom(
  place: Place,
  session: string,
  from: number,
): Promise<readonly Step[]> {
  const answer = await get(place, `/dashboard-api/session/${session}/steps?from=${from}`);
  if (answer.status === 404) return [];
  // True of our own collector, which this process runs.
  return ((await answer.json()) as { readonly steps: readonly Step[] }).steps;
}

/** Says how a session ended, as whoever runs the agent would. */
export async function endSession(
  { collector }: Place,
  session: string,
  resolved: boolean,
): Promise<void> {
  await fetch(`${collector.url}/v1/session/${session}/end`, {
    method: "POST",
    headers: { authorization: `Bearer ${collector.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ resolved }),
  });
}

/** The record itself, as it stands in the chain. */
export async function recordAt(place: Place, session: string, index: number): Promise<string> {
  const answer = await get(place, `/v1/session/${session}?cursor=${index}&limit=1`);
  // True of our own collector, which this process runs.
  const { steps } = (await answer.json()) as { readonly steps: readonly { record: object }[] };
  return JSON.stringify(steps[0]?.record);
}

/** Exports a session, and says where to. */
export async function bundleOf(place: Place, session: string): Promise<string> {
  const answer = await get(place, `/v1/session/${session}/bundle`);
  const path = join(place.home, `${session}.tar`);
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

function get({ collector }: Place, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${collector.apiKey}` };
  return fetch(`${collector.url}${path}`, { headers });
}
