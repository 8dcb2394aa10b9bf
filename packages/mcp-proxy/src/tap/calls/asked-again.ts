/**
 * Calls that the client asks again by itself: the server answered with a question, refused a header,
 * or sent the request to another address. All requests for one call are one call.
 */
import { fieldsOf, textOf } from "../messages/fields.ts";
import type { Reply, Request } from "../messages/message.ts";
import type { OpenCall } from "./open-call.ts";
import { keyOf } from "./open-requests.ts";
import { isSameCall, type RecordedCall } from "./recorded-call.ts";
import type { Outcome } from "./reply-status.ts";

const MAX_WAITING = 1_000;
/** What asks again without a person or a model does so soon. */
const SOON_MS = 10_000;
/** A redirect is followed before anything else is done. */
const FOLLOWED_WITHIN_MS = 3_000;
/** No model reads an error and asks again as fast as this. */
const AT_ONCE_MS = 1_000;
/** The headers of a request contradict its body (revision 2026-07-28). */
const HEADER_MISMATCH = -32_020;

interface Waiting {
  readonly open: OpenCall;
  readonly since: number;
  /** What it waits for. */
  readonly why:
    | { readonly questions: string; readonly requestState: string | undefined }
    | { readonly mismatch: true }
    | { readonly redirectedKey: string };
  /** How it ended if it is not asked again; a question may wait for long. */
  readonly otherwise?: Outcome;
}

export class AskedAgain {
  #waiting: readonly Waiting[] = [];
  #listedAt = 0;

  get size(): number {
    return this.#waiting.length;
  }

  /** The client asked for the list of tools: that is how it finds out which headers are due. */
  listed(time: number): void {
    this.#listedAt = time;
  }

  /** Keeps the call when the reply is no end of it. */
  keep(open: OpenCall, reply: Reply, otherwise: Outcome, time: number): boolean {
    if (reply.errorCode === HEADER_MISMATCH && !open.isCorrected) {
      return this.#keep({ open, since: time, why: { mismatch: true }, otherwise });
    }
    if (reply.result?.resultType !== "input_required") return false;
    const questions = namesOf(reply.result.inputRequests);
    const requestState = textOf(reply.result.requestState);
    return this.#keep({ open, since: time, why: { questions, requestState } });
  }

  keepRedirected(open: OpenCall, key: string, otherwise: Outcome, time: number): boolean {
    return this.#keep({ open, since: time, why: { redirectedKey: key }, otherwise });
  }

  /** The call that a request goes on with. */
  resume(request: Request, call: RecordedCall, time: number): OpenCall | undefined {
    if (this.#waiting.length === 0) return undefined;
    const match = this.#answered(request, call) ?? this.#repeated(request, call, time);
    if (!match) return undefined;
    this.#waiting = this.#waiting.filter((one) => one !== match);
    if ("mismatch" in match.why) match.open.isCorrected = true;
    return match.open;
  }

  /** Takes out the calls that were not asked again soon, with the end they had. */
  takeEnded(time: number): readonly { readonly open: OpenCall; readonly outcome: Outcome }[] {
    const ended: { open: OpenCall; outcome: Outcome }[] = [];
    this.#waiting = this.#waiting.filter(({ open, otherwise, since, why }) => {
      if (!otherwise || time - since < limitOf(why)) return true;
      ended.push({ open, outcome: otherwise });
      return false;
    });
    return ended;
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

  #keep(waiting: Waiting): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting = [...this.#waiting, waiting];
    return true;
  }

  /** By the state of the question, else by its names; by arguments when several are possible. */
  #answered(request: Request, call: RecordedCall): Waiting | undefined {
    const state = textOf(request.params.requestState);
    const answers = request.params.inputResponses;
    if (state === undefined && answers === undefined) return undefined;
    const names = namesOf(answers);
    const matches = this.#waiting.filter(({ why, open }) => {
      if (!("questions" in why) || why.requestState !== state) return false;
      if (state !== undefined) return true;
      const { method, tool } = open.call;
      return method === call.method && tool === call.tool && why.questions === names;
    });
    const same = matches.find(({ open }) => isSameCall(open.call, call));
    return same ?? (matches.length === 1 ? matches[0] : undefined);
  }

  #repeated(request: Request, call: RecordedCall, time: number): Waiting | undefined {
    const key = keyOf(request.id);
    return this.#waiting.find(({ why, open, since }) => {
      if (time - since > limitOf(why) || !isSameCall(open.call, call)) return false;
      if ("redirectedKey" in why) return why.redirectedKey === key;
      return "mismatch" in why && (this.#listedAt >= since || time - since <= AT_ONCE_MS);
    });
  }
}

function limitOf(why: Waiting["why"]): number {
  return "redirectedKey" in why ? FOLLOWED_WITHIN_MS : SOON_MS;
}

function namesOf(value: unknown): string {
  return Object.keys(fieldsOf(value) ?? {})
    .sort()
    .join("\n");
}
