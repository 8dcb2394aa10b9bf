/**
 * Who may complete whose call. Adapters tell signals; a signal is first matched to a call by one of
 * the identities it may use, and then does what its row says for the state of that call.
 */

/** `waiting`: for a person or a client; `unheard`: no signal told of it before. */
export type CallState = "requested" | "running" | "waiting";
export type State = CallState | "unheard" | "settled";

/** `abandoned`: its operation is over; `idle`: nobody spoke of it for long, or the process ends. */
export type Signal =
  | "requested"
  | "started"
  | "ended"
  | "answered"
  | "pending"
  | "abandoned"
  | "idle";

/**
 * - `open`: a call that was asked for
 * - `run`: it runs from now on, and what runs is what is recorded
 * - `settle`: it has its outcome, and its event
 * - `wait`: recorded as `pending`, and stays open
 * - `giveUp`: it has its event without an outcome
 * - `runOn`: it may still end by itself; if it does not, it was abandoned
 * - `leave`: it leaves in silence, because it was recorded as waiting
 * - `keep`: nothing is new
 */
export type MergeStep = "open" | "run" | "settle" | "wait" | "giveUp" | "runOn" | "leave" | "keep";

/** What a signal does with the call it is about. An unheard call needs facts, or it is history. */
export const STEPS: Readonly<Record<Signal, Readonly<Record<State, MergeStep>>>> = {
  requested: row("open", "keep", "keep", "keep"),
  started: row("run", "run", "keep", "run"),
  ended: row("settle", "settle", "settle", "settle"),
  answered: row("settle", "settle", "settle", "settle"),
  pending: row("wait", "wait", "wait", "keep"),
  abandoned: row("keep", "giveUp", "runOn", "keep"),
  idle: row("keep", "giveUp", "giveUp", "leave"),
};

/**
 * - `run`: the same execution
 * - `response`: the same id in the same response of the model, or both without one
 * - `id`: the same id, where one of the two does not name its response, or the call waits
 * - `likeness`: no id at all; an equal request that nobody executes yet, or in the same operation
 *   one for the same tool
 *
 * A call that another execution runs is never meant by the ids, nor is one by what happens inside of
 * its own execution, nor by an answer inside of any other. Of several calls that fit, the one inside
 * of the same execution is meant, then the one whose place in the host's work is nearest, then one of
 * equal arguments, then the latest response's first.
 */
export type CallIdentity = "run" | "response" | "id" | "likeness";

/** A signal that is told of one call. */
export type Heard = Exclude<Signal, "abandoned" | "idle">;

/** By what a signal may know its call, best first: the first that fits decides. */
export const KNOWN_BY: Readonly<Record<Heard, readonly CallIdentity[]>> = {
  requested: ["response"],
  started: ["run", "response", "id", "likeness"],
  ended: ["run", "response", "id"],
  answered: ["run", "response", "id"],
  pending: ["run", "response", "id"],
};

/** A call that has its outcome stays as it is, whatever is told later. */
function row(
  unheard: MergeStep,
  requested: MergeStep,
  running: MergeStep,
  waiting: MergeStep,
): Record<State, MergeStep> {
  return { unheard, requested, running, waiting, settled: "keep" };
}
