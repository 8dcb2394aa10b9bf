/** What is sent to us is meant for the server. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { type Bystander, HEARD, type Heard } from "./bystander.ts";
import type { ServerProcess } from "./server-process.ts";

/** Time for a Windows server to end by itself after its stdin was closed. */
const WINDOWS_PATIENCE_MS = 1_000;

/** Exit code of a process that a signal ended, as shells count it. */
export const SIGNAL_EXIT_BASE = 128;

export interface Signals {
  readonly received: boolean;
}

/**
 * Each signal reaches the server once: one to the group has reached it already, one to us alone is
 * passed on as it is.
 *
 * @param onSignal called at once, while the question who has it is on its way
 */
export function passSignalsOn(
  server: ServerProcess,
  bystander: Bystander | undefined,
  onSignal: () => void,
): Signals {
  const state = { received: false };
  const listen = async (signal: Heard) => {
    const isSecond = state.received;
    state.received = true;
    // The server is gone and only the client's slowness keeps us.
    if (server.exitCode !== null || server.signalCode !== null) {
      process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
    }
    const wasSentToGroup = bystander?.wasSentToGroup(signal);
    onSignal();
    if (process.platform === "win32") endWindowsTree(server, isSecond);
    else if (!(await wasSentToGroup)) server.kill(signal);
  };
  for (const signal of HEARD) {
    if (process.platform !== "win32" || !signal.startsWith("SIGUSR")) process.on(signal, listen);
  }
  return state;
}

/**
 * Windows has no signals between processes, and killing cmd.exe leaves what it started: the server
 * is asked by the end of its stdin, then its whole tree is ended.
 */
function endWindowsTree(server: ServerProcess, atOnce: boolean): void {
  server.stdin.end();
  const endTree = () => {
    spawn("taskkill", ["/pid", String(server.pid), "/t", "/f"], { stdio: "ignore" }).on(
      "error",
      () => server.kill(),
    );
  };
  if (atOnce) endTree();
  else setTimeout(endTree, WINDOWS_PATIENCE_MS).unref();
}
