import { payloadOf, type SessionKeys } from "@caum/core/adapter";
import { type Step, stepOf } from "@caum/core/health";
import type { HistoryEvent } from "@caum/histories";

/**
 * What the engine sees of an event of a history; its values are digested and gone.
 *
 * A record would keep ids and the moment as well. Nothing is recorded here, so they are not digested:
 * the engine compares parents, and takes the moment as a number.
 */
export function stepOfEvent(
  { observation, atMs }: HistoryEvent,
  keys: SessionKeys,
): Step | undefined {
  if (observation.kind === "turn" && (observation.requestedTools ?? 0) > 0) return undefined;
  return stepOfDraft(draftOfEvent(observation, keys), { observation, atMs });
}

/** What a record would say of an event, without its ids. */
export function draftOfEvent(
  observation: HistoryEvent["observation"],
  keys: SessionKeys,
): PayloadDraft {
  return payloadOf(withoutIds(observation), { keys, hashNames: false });
}

/** The same step from what a record would say. */
export function stepOfDraft(
  draft: PayloadDraft,
  { observation: { parent }, atMs }: Pick<HistoryEvent, "observation" | "atMs">,
): Step | undefined {
  const step = stepOf({ ...draft, sourceTimestamp: "" }, { view: "full" });
  if (step === undefined) return undefined;
  const isCall = step.kind === "call";
  return {
    ...step,
    ...(atMs !== undefined && { atMs }),
    ...(isCall && parent !== undefined && parent !== "" && { parentEventId: parent }),
  };
}

type PayloadDraft = ReturnType<typeof payloadOf>;

function withoutIds(observation: HistoryEvent["observation"]): HistoryEvent["observation"] {
  if (isSpeech(observation)) return { ...observation, parent: undefined, responseId: undefined };
  return { ...observation, parent: undefined, toolCallId: undefined };
}

/** A turn of the model, or a message; else it is a call. */
export function isSpeech(
  observation: HistoryEvent["observation"],
): observation is Extract<HistoryEvent["observation"], { readonly kind: "turn" | "message" }> {
  return observation.kind === "turn" || observation.kind === "message";
}
