/** What the end of an exchange means for the calls that were not answered in it. */
import type { Exchange, ExchangeEnd } from "../../backlog/exchange.ts";
import { type Outcome, outcomeOf } from "../calls/reply-status.ts";
import type { Reply } from "../messages/message.ts";
import type { ConversationKind } from "./client-sessions.ts";

export type Ending =
  /** The answer may come in another exchange. */
  | { readonly kind: "left" }
  /** The client is to ask again elsewhere; this is how it ended if it does not. */
  | { readonly kind: "redirected"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly outcome: Outcome };

/** What is known of the exchange beside its answer. */
export interface Circumstances {
  readonly target: { readonly kind: ConversationKind };
  readonly isResumption: boolean;
  readonly isResumable: boolean;
  readonly isModern: boolean;
  readonly error?: Reply;
}

const ACCEPTED = 202;
const REDIRECTED = 300;
const SERVER_FAILED = 500;
/** A request is sent again as it is; other redirects make a GET of it. */
const SAME_REQUEST = [307, 308];
/** A refusal that another attempt may not meet. */
const TEMPORARY = [408, 409, 425, 429];

/** @param server the address of the server, which is where redirects may lead to */
export function howItEnds(
  how: ExchangeEnd,
  exchange: Exchange,
  server: string,
  circumstances?: Circumstances,
): Ending {
  const { status = 0 } = exchange;
  if (how === "answered" && SAME_REQUEST.includes(status)) {
    const leadsToServer = isBelow(exchange, server);
    return leadsToServer
      ? { kind: "redirected", outcome: { status: "error", errorClass: `http:${status}` } }
      : { kind: "failed", outcome: { status: "error", errorClass: "guess:redirected" } };
  }
  if (circumstances && mayGoOn(how, exchange, circumstances)) return { kind: "left" };
  return { kind: "failed", outcome: outcomeOfEnd(how, exchange, circumstances) };
}

function mayGoOn(how: ExchangeEnd, exchange: Exchange, circumstances: Circumstances): boolean {
  const { status = 0, isUnread } = exchange;
  const { target, isResumption, isResumable, isModern } = circumstances;
  if (isUnread) return false;
  const isAnswered = how === "answered";
  // A client tries to resume several times.
  if (isAnswered && status >= REDIRECTED) {
    return isResumption && (status >= SERVER_FAILED || TEMPORARY.includes(status));
  }
  if (isResumable) return how !== "client_gone" || !isModern;
  if (!isAnswered) return false;
  if (target.kind === "legacy") return exchange.method === "POST";
  return target.kind === "session" && status === ACCEPTED;
}

function outcomeOfEnd(
  how: ExchangeEnd,
  { status = 0, isUnread }: Exchange,
  circumstances: Circumstances | undefined,
): Outcome {
  if (how === "client_gone") {
    // In older revisions a client that is gone has not cancelled, but nothing else tells more.
    return circumstances?.isModern
      ? { status: "cancelled" }
      : { status: "cancelled", errorClass: "guess:closed" };
  }
  const isRefused = how === "answered" && status >= REDIRECTED;
  if (isRefused) return { status: "error", errorClass: `http:${status}` };
  if (isUnread) return { status: "unknown" };
  if (circumstances?.error) return outcomeOf(circumstances.error);
  return { status: "error", errorClass: "http:no_answer" };
}

/** Whether a redirect leads to another address of the same server, which is reached through us. */
function isBelow({ location, path, host }: Exchange, server: string): boolean {
  if (location === undefined || !URL.canParse(server)) return false;
  const { origin } = new URL(server);
  const base = `${origin}${path}`;
  if (!URL.canParse(location, base)) return false;
  const target = new URL(location, base);
  // Servers make addresses of the name by which they were reached, which is ours.
  return target.origin === origin || target.host === host;
}
