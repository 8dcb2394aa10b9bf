/** What the tap of an HTTP proxy hands to the reader: exchanges, their events and their ends. */
import type { ServerEvent } from "./event-framer.ts";

/** One request with its answer. The texts live in memory only. */
export interface Exchange {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly sessionId: string | undefined;
  /** The event behind which the client asks to go on. */
  readonly lastEventId: string | undefined;
  /** The trace in which the client makes the request. */
  readonly traceparent?: string | undefined;
  /** What tells clients apart that have no session: their address and their software. */
  readonly client: string;
  status?: number;
  /** The answer could not be read, or not to its end. */
  isUnread?: boolean;
  /** The session that the answer opened. */
  openedSessionId?: string | undefined;
  /** Where a redirect leads, as the server says it. */
  location?: string | undefined;
  /** By what name the client reached us; looked for when there is a redirect. */
  host?: string | undefined;
}

/** How an exchange came to its end. */
export type ExchangeEnd = "answered" | "client_gone" | "server_gone";

export type HttpItem =
  | { readonly exchange: Exchange; readonly event: ServerEvent }
  | { readonly exchange: Exchange; readonly end: ExchangeEnd; readonly time: number };
