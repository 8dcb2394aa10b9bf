/** What is said in a session: by a person, and by the model in a turn. */
import type { ReasoningObservation } from "@caum/core";
import type { HistoryEvent } from "../history.ts";

/** What a reader says of a turn of the model, beside that it is one. */
export type SaidInTurn = Omit<ReasoningObservation, "kind" | "role">;

/** @param id names the turn within its format */
export function turnEvent(id: string, atMs: number | undefined, said: SaidInTurn): HistoryEvent {
  // A client that knows no price says 0.
  const costUsd = said.costUsd === 0 ? undefined : said.costUsd;
  return {
    id: `turn ${id}`,
    atMs,
    observation: { ...said, kind: "turn", role: "assistant", costUsd },
  };
}

/** @param id names the message within its format */
export function personEvent(id: string, atMs: number | undefined, content: unknown): HistoryEvent {
  return { id: `user ${id}`, atMs, observation: { kind: "message", role: "user", content } };
}
