/**
 * One sign-in at a provider, under way: what only the browser that began it can finish.
 *
 * The browser keeps a random text in a cookie, and everything else is derived from it with a key that all
 * nodes of a store share. So whichever node it comes back to can go on, and nothing is stored.
 */
import { createHmac, randomBytes } from "node:crypto";
import type { RootKey } from "@caum/core/machine";

export const FLOW_MS = 10 * 60_000;
const RANDOM_BYTES = 24;
const KEPT = /^([0-9a-z]{1,12})\.[\w-]{32}$/;
/** A node whose clock is further behind than this refuses a flow, and the person begins again. */
const BEHIND_MS = 60_000;

export interface Flow {
  /** What the browser keeps. */
  readonly kept: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export class Flows {
  readonly #key: Uint8Array;
  readonly #clock: () => number;

  constructor(root: RootKey, clock: () => number) {
    this.#key = root.sessionKey("oidc-flows");
    this.#clock = clock;
  }

  begin(): Flow {
    const random = randomBytes(RANDOM_BYTES).toString("base64url");
    return this.#flowOf(`${this.#clock().toString(36)}.${random}`);
  }

  /** @returns undefined when it is none, or was begun too long ago */
  resume(kept: string): Flow | undefined {
    const begunMs = Number.parseInt(KEPT.exec(kept)?.[1] ?? "", 36);
    const ageMs = this.#clock() - begunMs;
    return ageMs >= -BEHIND_MS && ageMs < FLOW_MS ? this.#flowOf(kept) : undefined;
  }

  #flowOf(kept: string): Flow {
    const derived = (purpose: string) =>
      createHmac("sha256", this.#key).update(`${purpose} ${kept}`).digest("base64url");
    return {
      kept,
      state: derived("state"),
      nonce: derived("nonce"),
      codeVerifier: derived("code verifier"),
    };
  }
}
