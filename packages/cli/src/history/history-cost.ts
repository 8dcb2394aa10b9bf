import { costOf } from "@caum/core/adapter";
import type { HistoryEvent } from "@caum/histories";
import { isSpeech } from "./history-step.ts";

const NANO_USD = 1e9;

/** What the client says, in nano-dollars; else what the price list says of a turn of the model. */
export function costOfEvent({ observation }: HistoryEvent): number | undefined {
  const { costUsd } = observation;
  if (costUsd !== undefined) return Math.round(costUsd * NANO_USD);
  return isSpeech(observation) ? costOf(observation.model, observation) : undefined;
}
