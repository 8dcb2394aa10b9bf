/** What happens when Claude Code calls: one line is left, and nothing is ever thrown or refused. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { loadRootKey } from "@caum/core";
import { readHookEvent } from "./hook-event.ts";
import { append, inboxFiles } from "./inbox.ts";
import { encode, lineOf } from "./inbox-line.ts";
import { hasRecorder } from "./recorder-lock.ts";

export interface HookOptions {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Tell the person about a hard alert. */
  readonly messages: boolean;
  /** The program that reads the inbox; none is started when absent. */
  readonly recorder: string | undefined;
}

/** @returns what goes to standard output; nothing, or a message for the person */
export function runHook(input: string, options: HookOptions): string {
  try {
    const { home, env } = options;
    const event = readHookEvent(input);
    if (!event) return "";
    const line = lineOf(event, {
      rootKey: loadRootKey({ home, env }),
      hashNames: env.CAUM_HASH_NAMES === "1",
      time: Date.now(),
    });
    if (!line) return "";
    const files = inboxFiles(home, line.sessionId);
    append(files.lines, encode(line), home);
    if (options.recorder !== undefined && !hasRecorder(home)) startRecorder(options.recorder, home);
    return options.messages ? takeMessage(files.alert) : "";
  } catch {
    // A full disk or a broken home is ours to bear; the agent goes on.
    return "";
  }
}

function startRecorder(recorder: string, home: string): void {
  const child = spawn(process.execPath, [recorder, "--home", home], {
    detached: true,
    stdio: "ignore",
    cwd: home,
  });
  child.on("error", () => undefined);
  child.unref();
}

/** Each alert is told once. */
function takeMessage(path: string): string {
  try {
    const reason = readFileSync(path, "utf8");
    rmSync(path, { force: true });
    const systemMessage = `caum: this session repeats itself (${reason}); caum only observes`;
    return JSON.stringify({ systemMessage });
  } catch {
    return "";
  }
}
