import { isFree, type OpenCall } from "./open-call.ts";

/** Mostly one call has a name. */
export type Named = OpenCall | Namesakes;

/** Several calls with one name, oldest first. */
export class Namesakes {
  readonly all = new Set<OpenCall>();
  /** Those that any execution may be of. */
  readonly free = new Set<OpenCall>();

  put(call: OpenCall): void {
    this.all.add(call);
    if (isFree(call)) this.free.add(call);
    else this.free.delete(call);
  }

  delete(call: OpenCall): void {
    this.all.delete(call);
    this.free.delete(call);
  }
}

/** Open calls by one of their names. */
export class CallIndex {
  readonly #named = new Map<string, Named>();

  get(name: string | undefined): Named | undefined {
    return name === undefined ? undefined : this.#named.get(name);
  }

  /** Files a call under a name in place of another, or anew under the same. */
  move(call: OpenCall, from: string | undefined, to: string | undefined): void {
    if (from !== undefined && from !== to) this.#remove(call, from);
    if (to !== undefined) this.#put(call, to);
  }

  #put(call: OpenCall, name: string): void {
    const known = this.#named.get(name);
    if (known === call) return;
    if (known instanceof Namesakes) known.put(call);
    else this.#named.set(name, known ? namesakesOf(known, call) : call);
  }

  #remove(call: OpenCall, name: string): void {
    const known = this.#named.get(name);
    if (known instanceof Namesakes) known.delete(call);
    if (known === call || (known instanceof Namesakes && known.all.size === 0)) {
      this.#named.delete(name);
    }
  }
}

function namesakesOf(...calls: readonly OpenCall[]): Namesakes {
  const namesakes = new Namesakes();
  for (const call of calls) namesakes.put(call);
  return namesakes;
}
