import { join } from "node:path";
import { joinedSessionId } from "@caum/core/adapter";
import { loadRootKey, type RootKey } from "@caum/core/machine";
import type { Configuration } from "@caum/core/settings";
import { SharedSession } from "./shared-session.ts";

/**
 * The session that something belongs to.
 *
 * @param time milliseconds since the epoch
 * @param clientSession the client's own id of its session, where it tells it with the call
 */
export type SessionAt = (time: number, clientSession?: string) => string;

/** Where clients tell the servers that they start the id of their own session. */
const TOLD_IN = ["CLAUDE_CODE_SESSION_ID", "COPILOT_AGENT_SESSION_ID", "QWEN_CODE_SESSION_ID"];

/** Works out session ids; all of them are one when the user named it. */
export class SessionIds {
  readonly #home: string;
  readonly #named: string | undefined;
  #key: Uint8Array | undefined;

  constructor({ home, sessionId }: Pick<Configuration, "home" | "sessionId">) {
    this.#home = home;
    this.#named = sessionId;
  }

  /** The session that the client told of; its hooks record into the same one. */
  told(env: Readonly<Record<string, string | undefined>>): SessionAt | undefined {
    const own = TOLD_IN.map((name) => env[name]).find((id) => id !== undefined && id !== "");
    if (own === undefined || this.#named !== undefined) return undefined;
    const id = joinedSessionId(this.#rootKey(), own);
    return () => id;
  }

  /** @param client what is known of the client; a session of its own when undefined */
  of(client: string | undefined): SessionAt {
    const named = this.#named;
    if (named !== undefined) return () => named;
    this.#key ??= this.#rootKey().sessionKey("clients");
    const folder = join(this.#home, "sessions");
    const shared = new SharedSession({ folder, key: this.#key, client });
    let told: { readonly by: string; readonly id: string } | undefined;
    return (time, clientSession = told?.by) => {
      if (clientSession === undefined) return shared.idAt(time);
      // What comes without the client's id belongs to the session of what came with it.
      if (told?.by !== clientSession) {
        told = { by: clientSession, id: joinedSessionId(this.#rootKey(), clientSession) };
      }
      return told.id;
    };
  }

  #rootKey(): RootKey {
    return loadRootKey({ home: this.#home, env: process.env });
  }
}
