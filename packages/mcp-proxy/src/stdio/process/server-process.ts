/** Starts the MCP server as the client would have: same folder, same words, same stderr. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { windowsCommand } from "./windows-command.ts";

/** A child whose stdin and stdout are ours and whose stderr is the client's. */
export type ServerProcess = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

/**
 * What is said to the proxy alone: which session and agent its calls are of, and what the launcher sets
 * on Windows. All else the server sees as it would without us, also what a user set for it, such as the
 * key of a server that records by itself.
 */
const FOR_THE_PROXY: ReadonlySet<string> = new Set([
  "CAUM_SESSION_ID",
  "CAUM_AGENT_ID",
  "CAUM_NODE",
]);

export function startServer(command: string, args: readonly string[]): ServerProcess {
  const env = environmentWithoutOurs(process.env);
  const stdio: ["pipe", "pipe", "inherit"] = ["pipe", "pipe", "inherit"];
  if (process.platform !== "win32") return spawn(command, args, { stdio, env });
  const resolved = windowsCommand(command, args, env);
  return spawn(resolved.file, resolved.args, {
    stdio,
    env,
    windowsHide: true,
    windowsVerbatimArguments: resolved.verbatim,
  });
}

/** Only copied when there is something to leave out. */
export function environmentWithoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = Object.keys(env);
  if (!names.some(isOurs)) return env;
  return Object.fromEntries(names.filter((name) => !isOurs(name)).map((name) => [name, env[name]]));
}

function isOurs(name: string): boolean {
  return FOR_THE_PROXY.has(name.toUpperCase());
}
