/**
 * Calls that the server answered with a question. The client asks again under a new id; both belong
 * to one call.
 */
import { fieldsOf, textOf } from "../messages/fields.ts";
import type { Reply, Request } from "../messages/message.ts";
import type { OpenCall } from "./open-calls.ts";

const MAX_WAITING = 1_000;

interface Waiting {
  readonly open: OpenCall;
  readonly requestState: string | undefined;
  readonly questions: string;
}

export class InputRequired {
  #waiting: Waiting[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** Keeps the call when the reply asks for input. */
  keep(open: OpenCall, reply: Reply): boolean {
    if (reply.result?.resultType !== "input_required") return false;
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push({
      open,
      requestState: textOf(reply.result.requestState),
      questions: namesOf(reply.result.inputRequests),
    });
    return true;
  }

  /** The call that a request goes on with: by its exact state, else when only one can be meant. */
  resume(request: Request, tool: string): OpenCall | undefined {
    if (this.#waiting.length === 0) return undefined;
    const state = textOf(request.params.requestState);
    const answers = request.params.inputResponses;
    if (state === undefined && answers === undefined) return undefined;
    const matches = this.#waiting.filter((one) =>
      state === undefined
        ? one.requestState === undefined &&
          one.open.call.method === request.method &&
          one.open.call.tool === tool &&
          one.questions === namesOf(answers)
        : one.requestState === state,
    );
    const [match] = matches;
    if (!match || (state === undefined && matches.length > 1)) return undefined;
    this.#waiting = this.#waiting.filter((one) => one !== match);
    return match.open;
  }

  /** Calls whose last leg began at `time` or before, still open. */
  startedBefore(time: number): readonly OpenCall[] {
    return this.#waiting.map(({ open }) => open).filter((open) => open.legStartedAt <= time);
  }

  /** Takes out the calls whose last leg began at `time` or before. */
  takeStartedBefore(time: number): readonly OpenCall[] {
    const taken = this.#waiting.filter((one) => one.open.legStartedAt <= time);
    if (taken.length > 0) this.#waiting = this.#waiting.filter((one) => !taken.includes(one));
    return taken.map((one) => one.open);
  }
}

function namesOf(value: unknown): string {
  return Object.keys(fieldsOf(value) ?? {})
    .sort()
    .join("\n");
}
