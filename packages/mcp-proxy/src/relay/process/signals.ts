/** What is sent to us is meant for the server. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { isatty } from "node:tty";
import type { ServerProcess } from "./server-process.ts";

const STDIN = 0;
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
/** Time for a Windows server to end by itself after its stdin was closed. */
const WINDOWS_PATIENCE_MS = 1_000;

/** Exit code of a process that a signal ended, as shells count it. */
export const SIGNAL_EXIT_BASE = 128;

export interface Signals {
  readonly received: boolean;
}

/** The first signal is passed on, the second kills. */
export function passSignalsOn(server: ServerProcess): Signals {
  const state = { received: false };
  const listen = (signal: (typeof PASSED_ON)[number]) => {
    const isSecond = state.received;
    state.received = true;
    // The server is gone and only the client's slowness keeps us.
    if (server.exitCode !== null || server.signalCode !== null) {
      process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
    }
    if (process.platform === "win32") endWindowsTree(server, isSecond);
    else if (isSecond) server.kill("SIGKILL");
    // A terminal has sent it to the whole group already.
    else if (signal !== "SIGINT" || !isatty(STDIN)) server.kill(signal);
  };
  for (const signal of PASSED_ON) process.on(signal, listen);
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
