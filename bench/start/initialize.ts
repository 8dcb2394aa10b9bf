/** The smallest client: starts a server, asks `initialize`, and stops at the answer. */

import type { ProcessEnvOptions } from "node:child_process";
import { spawn } from "node:child_process";

const REQUEST = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "bench", version: "1" },
  },
});

/** @returns milliseconds from the start of the process to the whole line of its answer */
export async function timeToInitialize(
  [command = "", ...args]: readonly string[],
  options: Pick<ProcessEnvOptions, "env" | "cwd">,
): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const answered = new Promise<number>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes(0x0a)) resolve(performance.now() - startedAt);
    });
    child.once("close", () => reject(new Error(`${command} ended without an answer`)));
  });
  child.stdin.write(`${REQUEST}\n`);
  const time = await answered;
  child.stdin.end();
  await ended;
  return time;
}
