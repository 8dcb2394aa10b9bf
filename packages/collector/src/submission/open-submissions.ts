/** The submissions of one node, which shares the witnesses with others by leases in the store. */
import { randomUUID } from "node:crypto";
import { sha256 } from "@caum/core/collector";
import type { Store } from "../store/store.ts";
import { type SubmissionParts, Submissions } from "./submissions.ts";
import type { SubmissionEvent } from "./witness-lane.ts";
import { witnessPlaces } from "./witness-settings.ts";

export interface SubmissionOptions {
  /** Whom to ask for cosignatures of what is kept: each `<URL>=<verifier key>`. */
  readonly witnesses?: readonly string[] | undefined;
  /** Told when a witness begins or ceases to cosign, and why. */
  readonly onWitness?: ((event: SubmissionEvent) => void) | undefined;
  /** Milliseconds by a clock that nobody can set; the process's own when absent. */
  readonly uptime?: (() => number) | undefined;
  readonly onFailure?: ((failure: Error) => void) | undefined;
}

/** @throws {Error} when a setting cannot be used */
export function openSubmissions(
  { witnesses = [], onWitness, uptime, onFailure }: SubmissionOptions,
  parts: Pick<SubmissionParts, "logs" | "clock" | "timing"> & {
    readonly store: Pick<Store, "administer">;
  },
): Submissions {
  const { store, logs, clock, timing } = parts;
  const holder = randomUUID();
  const lease = async (url: string, untilMs: number) => {
    // An address may be secret; the same for all nodes is enough.
    const witness = sha256(url);
    const nowMs = clock();
    const command = { kind: "lease_witness", witness, holder, nowMs, untilMs } as const;
    const answer = await store.administer(command);
    return answer.kind === "done" && answer.value === 1;
  };
  return new Submissions({
    logs,
    witnesses: witnessPlaces(witnesses),
    lease,
    clock,
    timing,
    uptime: uptime ?? (() => performance.now()),
    onEvent: onWitness ?? (() => {}),
    onFailure: onFailure ?? (() => {}),
  });
}
