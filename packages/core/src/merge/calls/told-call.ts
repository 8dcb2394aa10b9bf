import type { ToolObservation } from "../../capture/observation/observation.ts";
import { textHashOf } from "./call-arguments.ts";
import type { CallFacts, CallKey } from "./call-facts.ts";
import { idOf, nameIn, type OpenCall } from "./open-call.ts";
import type { Told } from "./open-tool-calls.ts";

export type DigestCall = (key: CallKey, facts: CallFacts) => ToolObservation;

/** What one signal says of a call. Its arguments are digested when they are asked for, and once. */
export class ToldCall implements Told {
  readonly key: CallKey;
  readonly id: string | undefined;
  readonly facts: CallFacts | undefined;
  readonly #digest: DigestCall;
  #idInResponse: string | undefined;
  #call: ToolObservation | undefined;
  #textHash: string | undefined;

  constructor(key: CallKey, facts: CallFacts | undefined, digest: DigestCall) {
    this.key = key;
    this.id = idOf(key);
    this.facts = facts;
    this.#digest = digest;
  }

  get idInResponse(): string | undefined {
    this.#idInResponse ??= nameIn(this.id, this.facts?.response, 0);
    return this.#idInResponse;
  }

  /** @param facts those of this signal */
  callOf(facts: CallFacts): ToolObservation {
    this.#call ??= this.#digest(this.key, facts);
    return this.#call;
  }

  /** Equal for equal texts of arguments, where the host hands on text. */
  get textHash(): string | undefined {
    if (this.facts) this.#textHash ??= textHashOf(this.facts);
    return this.#textHash;
  }

  isSameText(open: OpenCall): boolean {
    return open.textHash !== undefined && open.textHash === this.textHash;
  }

  isEqual(open: OpenCall): boolean {
    if (!this.facts) return false;
    if (this.isSameText(open)) return true;
    return open.call.argumentsShape?.hash === this.callOf(this.facts).argumentsShape?.hash;
  }
}
