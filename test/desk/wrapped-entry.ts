/** Starts an entry of a client's file as its client would: with the official MCP client. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TemporaryHome } from "../../packages/cli/test/install/temporary-home.ts";

const CLIENT = fileURLToPath(new URL("client-process.ts", import.meta.url));
const run = promisify(execFile);

export interface Entry {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Looped {
  /** What the last call answered. */
  readonly answer: unknown;
  /** When each was answered, in milliseconds since 1970. */
  readonly times: readonly number[];
}

/** Opens a session, calls one tool again and again in the same words, and goes away. */
export async function callTool(
  entry: Entry,
  { env, project: cwd }: Pick<TemporaryHome, "env" | "project">,
  clientName: string,
  times: number,
): Promise<Looped> {
  const words = ["--no-warnings", CLIENT, JSON.stringify([entry, clientName, times])];
  const { stdout } = await run(process.execPath, words, { env, cwd });
  return JSON.parse(stdout);
}
