/** Declares records that were kept on this disk and were not there when it was read to its end. */
import type { KeptRun } from "../spool/kept-runs.ts";
import { type DeliverParts, deliver, deliveryOutcome, type Outcome } from "./deliver.ts";
import { holeUpTo, questionAbout } from "./hole.ts";

/**
 * The collector knows best what it has: another process may have brought it there and died before
 * it noted so. Asked about a place far ahead, it answers what it expects.
 *
 * @param missing runs whose last records were not found
 */
export async function declareLost(
  missing: readonly KeptRun[],
  parts: DeliverParts,
): Promise<Outcome> {
  for (const kept of missing) {
    const outcome = await declareRun(kept, parts);
    if (outcome.kind !== "done") return outcome;
  }
  return { kind: "done" };
}

async function declareRun(kept: KeptRun, parts: DeliverParts): Promise<Outcome> {
  const question = questionAbout(kept);
  const run = await parts.runOf({ ...question, origin: "adopted" });
  if (run.acked >= kept.to) return { kind: "done" };
  const reply = await parts.upstream.send([question]);
  if (reply.outcome === "failed" || reply.outcome === "stopped") return deliveryOutcome(reply);
  const gap = reply.outcome === "taken" ? reply.gap : undefined;
  if (gap && gap.expected > kept.to) return { kind: "done" };
  if (gap) return deliver([holeUpTo(kept, gap)], parts);
  // A door without holes, or a run that has already forked: it can only be counted.
  parts.onLost(kept.to - Math.max(run.acked, kept.from - 1));
  run.givenUp(kept.to);
  parts.onProgress(run);
  return { kind: "done" };
}
