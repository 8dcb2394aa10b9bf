import { Adapter, type AdapterIdentity, type AdapterOptions } from "../merge/adapter.ts";
import type { Observer } from "../observer.ts";
import { atExit } from "../report/at-exit.ts";
import { type ClientScope, newSession } from "./conversations.ts";
import { ModelListener } from "./model-listener.ts";
import { ModelWire } from "./model-wire.ts";
import type { SentRequest } from "./sent-request.ts";

/** Sends a request and hands back its very response, seen on the way. */
export type ModelPass = (sent: SentRequest, send: () => Promise<Response>) => Promise<Response>;

/** What all clients of one adapter share. */
interface ModelObserver {
  readonly adapter: Adapter;
  readonly wire: ModelWire;
}

/** Servers make a client for each request: those that say nothing of their own share one observer. */
const byObserver = new WeakMap<Observer, Map<string, ModelObserver>>();
const byWriter = new Map<string, ModelObserver>();

/**
 * Begins to observe one client.
 *
 * @param provider whose formats it speaks; any when absent
 */
export function observeModelClient(
  identity: AdapterIdentity,
  options: AdapterOptions = {},
  provider?: "openai" | "anthropic",
): { readonly pass: ModelPass; readonly adapter: Adapter } {
  const { adapter, wire } = sharedObserver(identity, options);
  const session = options.session ?? adapter.options.session;
  const scope: ClientScope = { session, loose: newSession(), provider };
  return { adapter, pass: (sent, send) => wire.pass(sent, send, scope) };
}

/** Closes what clients of an observer have open in a session that ends. */
export function endModelSession(observer: Observer, session: string): void {
  for (const { adapter } of byObserver.get(observer)?.values() ?? []) {
    adapter.calls.abandoned(session);
  }
}

function sharedObserver(identity: AdapterIdentity, options: AdapterOptions): ModelObserver {
  const { observer, session: _, ...own } = options;
  const shared = observer === undefined ? byWriter : observersOf(observer);
  if (observer === undefined && Object.values(own).some((value) => value !== undefined)) {
    return newObserver(identity, options);
  }
  const known = shared.get(identity.writer);
  if (known !== undefined) return known;
  const made = newObserver(identity, options);
  shared.set(identity.writer, made);
  return made;
}

function observersOf(observer: Observer): Map<string, ModelObserver> {
  const known = byObserver.get(observer);
  if (known !== undefined) return known;
  const made = new Map<string, ModelObserver>();
  byObserver.set(observer, made);
  return made;
}

function newObserver(identity: AdapterIdentity, options: AdapterOptions): ModelObserver {
  // The session is the client's; what is left of it here is what the environment says.
  const adapter = new Adapter(identity, { ...options, session: undefined });
  const wire = new ModelWire(new ModelListener(adapter));
  atExit("answers", () => wire.settle());
  return { adapter, wire };
}
