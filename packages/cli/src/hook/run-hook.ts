/** What happens when a client calls its hook: an entry is left, and nothing is thrown or refused. */
import { loadRootKey } from "@caum/core/machine";
import { type Registered, readHookEvent } from "./event/hook-event.ts";
import { leave, takeAlert } from "./inbox/inbox.ts";
import { entryOf } from "./inbox/inbox-entry.ts";
import { hasRecorder } from "./inbox/recorder-lock.ts";

export interface HookOptions {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly registered: Registered;
  /** Show the person a hard alert. */
  readonly messages: boolean;
  /** The program that reads the inbox; none is started when absent. */
  readonly recorder: string | undefined;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

/** @returns what goes to standard output; nothing, or a message for the person */
export function runHook(input: string, options: HookOptions): string {
  try {
    const { home, env, registered } = options;
    const event = readHookEvent(input, registered);
    if (!event) return "";
    const rootKey = loadRootKey({ home, env });
    // A key of this process alone would make each event a session of its own.
    if (rootKey.origin === "ephemeral") return "";
    const entry = entryOf(event, {
      rootKey,
      hashNames: env.CAUM_HASH_NAMES === "1",
      time: (options.clock ?? Date.now)(),
    });
    leave(home, entry);
    if (options.recorder !== undefined && !hasRecorder(home)) startRecorder(options.recorder, home);
    const alert = options.messages ? takeAlert(home, entry.session) : undefined;
    return alert === undefined ? "" : JSON.stringify({ systemMessage: alert });
  } catch {
    // A full disk or a broken home is ours to bear; the agent goes on.
    return "";
  }
}

function startRecorder(recorder: string, home: string): void {
  // Loaded here, because few hooks start one and loading it takes as long as the rest of the hook.
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(process.execPath, [recorder, "--home", home], {
    detached: true,
    stdio: "ignore",
    cwd: home,
  });
  child.on("error", () => undefined);
  child.unref();
}
