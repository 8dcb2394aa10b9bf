/** OpenTelemetry out of a collector: what its doors bring goes to a receiver of the operator as well. */
import { VERSION } from "@caum/core";
import { destinationOf, type EmissionTally, leadsTo, openEmitter } from "@caum/emitter";
import type { Store } from "../store/store.ts";
import { emittedStore } from "./emitted-store.ts";

export interface EmissionOptions {
  /** A URL below which `/v1/traces` is; `true` for where the OTEL_* variables say; else nothing. */
  readonly otlp: string | boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where this collector is reached. */
  readonly addresses: readonly string[];
  /** Names this collector, for its traces. */
  readonly collector: string;
  readonly pageOf: (sessionId: string) => string;
  readonly onFailure: (failure: Error) => void;
}

export interface CollectorEmission {
  /** What doors are given in place of the store. */
  readonly store: Store;
  readonly tally: () => EmissionTally;
  /** Brings out what waits, within a second. */
  close(): Promise<void>;
}

/** Emission has ended by a fault of ours; recording goes on. */
class EmissionError extends Error {
  override readonly name = "EmissionError";
}

const CLOSE_WITHIN_MS = 1_000;

/**
 * @returns undefined where nothing is to be emitted
 * @throws {Error} when it would lead to this collector itself, or the variables ask for what we cannot
 */
export function openEmission(
  store: Store,
  options: EmissionOptions,
): CollectorEmission | undefined {
  const { otlp: to, env, addresses, collector, pageOf, onFailure } = options;
  const destination = destinationOf(to, env);
  if (destination === undefined) return undefined;
  if (addresses.some((address) => leadsTo(destination, address, env))) {
    throw new Error("otlp leads to this collector itself: give it the address of another receiver");
  }
  const service = { name: "caum-collector", version: VERSION };
  const onProblem = (message: string) => onFailure(new EmissionError(message));
  const emitter = openEmitter({ to, env, service, onProblem });
  if (emitter === undefined) return undefined;
  return {
    store: emittedStore(store, { emitter, collector, pageOf }),
    tally: () => emitter.tally,
    close: () => emitter.close(CLOSE_WITHIN_MS),
  };
}
