/** A client of bytes: starts a server, directly or through the proxy, and sees all that comes out. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freshBuild } from "./fresh-build.ts";

export const RELAY = freshBuild("packages/mcp-proxy/dist/relay.cjs", [
  "packages/core/src",
  "packages/emitter/src",
  "packages/mcp-proxy/src",
  "packages/mcp-proxy/scripts",
]);
/** The Node that runs the proxy; the project `oldest-node` says another one. */
export const RELAY_NODE = process.env.RELAY_NODE || process.execPath;
export const RAW_SERVER = join(import.meta.dirname, "servers/raw-server.mjs");

export type Way = "direct" | "proxy" | "proxy without recording";

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdoutLength: number;
  readonly stdoutDigest: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly relay?: string;
  readonly home?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A temporary CAUM_HOME; removed with the test that asked for it. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "caum-fidelity-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

export function start(
  way: Way,
  words: readonly string[],
  { relay = RELAY, home, env = process.env }: StartOptions = {},
): ChildProcess {
  const server = [process.execPath, ...words];
  const flags = way === "proxy" ? [] : ["--no-record"];
  const command =
    way === "direct"
      ? server
      : [RELAY_NODE, relay, "--home", home ?? temporaryHome(), ...flags, "--", ...server];
  return spawn(command[0] ?? "", command.slice(1), { stdio: "pipe", env });
}

/** Everything a child does until its end. */
export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const hash = createHash("sha256");
  let stdoutLength = 0;
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    stdoutLength += chunk.length;
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("latin1");
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on("close", (...end) => resolve(end));
  });
  return { code, signal, stdoutLength, stdoutDigest: hash.digest("hex"), stderr };
}

/** Writes chunks one by one, each in its own turn of the event loop, then ends the input. */
export async function send(child: ChildProcess, chunks: Iterable<Buffer>): Promise<void> {
  const { stdin } = child;
  if (!stdin) return;
  stdin.on("error", () => {});
  for (const chunk of chunks) {
    if (!stdin.write(chunk)) await new Promise((resolve) => stdin.once("drain", resolve));
    else await new Promise((resolve) => setImmediate(resolve));
  }
  stdin.end();
}

/** Resolves with all output so far, once it holds `text`. */
export function until(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString("latin1");
      if (seen.includes(text)) resolve(seen);
    });
  });
}
