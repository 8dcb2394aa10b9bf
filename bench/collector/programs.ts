/** Programs that a bench starts, and what it says of them. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { LoadResult, Target } from "./load.ts";

const root = join(import.meta.dirname, "../..");

export interface Started {
  readonly child: ChildProcess;
  readonly ready: { readonly url: string; readonly apiKey?: string };
}

/**
 * Starts a program that prints one line of JSON when it is ready.
 *
 * @param checkout that it is of; this one when it is none
 */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  checkout: string = root,
): Promise<Started> {
  const child = spawn(process.execPath, [...args], {
    cwd: checkout,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`it ended with ${code}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("\n")) resolve({ child, ready: JSON.parse(text) });
    });
  });
}

export function targetOf({ ready }: Started, path: string, type: string): Target {
  const { hostname, port } = new URL(ready.url);
  const headers = { "Content-Type": type, Authorization: `Bearer ${ready.apiKey ?? "none"}` };
  return { host: hostname, port: Number(port), path, headers };
}

export function once(body: string): () => string | undefined {
  const bodies = [body];
  return () => bodies.pop();
}

export function rate({ requests, seconds }: LoadResult): number {
  return requests / seconds;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

export function check(results: readonly LoadResult[], status: number): void {
  for (const { statuses, requests } of results) {
    if (statuses.get(status) === requests) continue;
    const answered = [...statuses].map(([one, count]) => `${count} x ${one}`).join(", ");
    throw new Error(`not all answers were ${status}: ${answered}`);
  }
}

export function print(what: string, figure: string): void {
  console.log(`${what.padEnd(18)}${figure}`);
}
