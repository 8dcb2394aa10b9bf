import { createRequire } from "node:module";
import type { AdapterOptions } from "@caum/core/adapter";
import * as hostContext from "@langchain/core/context";
import { CaumCallbackHandler } from "./callback-handler.ts";

/** What of the host puts a handler into every call. */
type HostContext = Pick<
  typeof hostContext,
  "getContextVariable" | "registerConfigureHook" | "setContextVariable"
>;

/** One registration per process, also when this package is loaded twice. */
const KEY = Symbol.for("caum.langchain.1");
/** The host attaches the handler while this variable is `true`. */
const SWITCH = "CAUM_LANGCHAIN";

interface Registered {
  [KEY]?: CaumCallbackHandler;
}

/**
 * Observes every chain, graph and agent of this process that starts from here: what runs later in
 * this module, in servers it starts and in functions it calls. Call it first in the entry file;
 * called again, it answers what it answered before.
 *
 * The host keeps its hooks in the async context of the caller, so this is synchronous, and work
 * that was scheduled earlier is not seen.
 *
 * @see docs/adapters/langchain.md for what is seen and what is not
 */
export function registerCaum(options: AdapterOptions = {}): CaumCallbackHandler {
  // True because the name is only used as declared above.
  const scope = globalThis as Registered;
  scope[KEY] ??= new Registration(options);
  const handler = scope[KEY];
  try {
    for (const [index, host] of hosts().entries()) hook(host, `caum_hooked_${index}`);
    process.env[SWITCH] = "true";
  } catch {
    const message = "this host takes no hook: pass new CaumCallbackHandler() in callbacks instead";
    handler.blind({ code: "not_attached", message });
  }
  return handler;
}

/** A handler that closing also takes out of the process. */
class Registration extends CaumCallbackHandler {
  override async close(): Promise<void> {
    // True as in registerCaum.
    delete (globalThis as Registered)[KEY];
    delete process.env[SWITCH];
    await super.close();
  }
}

/** @param mark the variable that says that this context has the hook of this copy of the host */
function hook(host: HostContext, mark: string): void {
  if (host.getContextVariable(mark) === true) return;
  host.registerConfigureHook({
    // The host makes one per root call; this "constructor" always gives the registered handler.
    handlerClass: RegisteredHandler as unknown as HookClass,
    envVar: SWITCH,
    inheritable: true,
  });
  host.setContextVariable(mark, true);
}

type HookClass = NonNullable<Parameters<HostContext["registerConfigureHook"]>[0]["handlerClass"]>;

/** `new` gives the handler of this process, so all root calls share its runs. */
function RegisteredHandler(): object {
  // True as in registerCaum. A closed registration leaves a handler without methods.
  return (globalThis as Registered)[KEY] ?? { name: "caum", awaitHandlers: true, copy: () => ({}) };
}

/** The host of `import`, and in a CommonJS program also that of `require`: they share nothing. */
function hosts(): HostContext[] {
  const require = createRequire(import.meta.url);
  if (require.main === undefined) return [hostContext];
  try {
    return [hostContext, require("@langchain/core/context") as HostContext];
  } catch {
    return [hostContext];
  }
}
