import type { ToolObservation } from "../../capture/observation/observation.ts";
import type { CallKey } from "./call-facts.ts";
import type { CallState } from "./merge-table.ts";

/** A call that has no outcome yet. */
export interface OpenCall {
  key: CallKey;
  /** The key as one text; see `idOf`. */
  id: string | undefined;
  /** See `nameIn`. */
  idInResponse: string | undefined;
  response: string | undefined;
  readonly copy: number;
  readonly owner: string | undefined;
  readonly seenAt: number;
  state: CallState;
  /** Digested: no value is held while the call is open. */
  call: ToolObservation;
  /** Equal for equal texts of arguments, where the host hands on text. */
  textHash: string | undefined;
  /** The very arguments, for as long as the host itself holds them. */
  values: WeakRef<object> | undefined;
  run: string | undefined;
  startedAt: number | undefined;
  /** Its operation ended before it did. */
  abandonedAs: "unresolved" | "cancelled" | undefined;
  /** Under which names it is filed. */
  names: Names;
}

export interface Names {
  readonly run: string | undefined;
  readonly id: string | undefined;
  /** The id in its response; some servers give every call the same id. */
  readonly response: string | undefined;
  /** Of a call that does not run: for an execution that has no id. */
  readonly tool: string | undefined;
}

export const NOWHERE: Names = {
  run: undefined,
  id: undefined,
  response: undefined,
  tool: undefined,
};

/** Whether an execution may be of it that was not heard of. */
export function isFree({ run, state }: OpenCall): boolean {
  return run === undefined || state === "waiting";
}

/** How a call is known by its id alone. */
export function idOf({ session, toolCallId }: CallKey): string | undefined {
  return toolCallId === undefined ? undefined : `${session}\n${toolCallId}`;
}

/** How a call is known by its id in a response, or in none, as the copy that it is there. */
export function nameIn(
  id: string | undefined,
  response: string | undefined,
  copy: number,
): string | undefined {
  if (id === undefined) return undefined;
  return copy === 0 ? `${id}\n${response}` : `${id}\n${response}\n${copy}`;
}
