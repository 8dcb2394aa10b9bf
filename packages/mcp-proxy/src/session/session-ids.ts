import { join } from "node:path";
import { type Configuration, loadRootKey } from "@caum/core";
import { SharedSession } from "./shared-session.ts";

/** The session that something at a time (milliseconds since the epoch) belongs to. */
export type SessionAt = (time: number) => string;

/** Works out session ids; all of them are one when the user named it. */
export class SessionIds {
  readonly #home: string;
  readonly #named: string | undefined;
  #key: Uint8Array | undefined;

  constructor({ home, sessionId }: Pick<Configuration, "home" | "sessionId">) {
    this.#home = home;
    this.#named = sessionId;
  }

  /** @param client what is known of the client; a session of its own when undefined */
  of(client: string | undefined): SessionAt {
    const named = this.#named;
    if (named !== undefined) return () => named;
    this.#key ??= loadRootKey({ home: this.#home, env: process.env }).sessionKey("clients");
    const folder = join(this.#home, "sessions");
    const shared = new SharedSession({ folder, key: this.#key, client });
    return (time) => shared.idAt(time);
  }
}
