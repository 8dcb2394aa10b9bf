/** Where a client finds a server: at once or through the proxy, over stdio or HTTP. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { startProxy } from "./http-party.ts";
import { RELAY, RELAY_NODE, temporaryHome, type Way } from "./stdio-party.ts";

export type Transport = "stdio" | "http";

export const SUITE_SERVER = join(import.meta.dirname, "servers/suite-server.mjs");
export const MODERN_SERVER = join(import.meta.dirname, "servers/modern-server.mjs");

export interface Command {
  readonly command: string;
  readonly args: string[];
}

export function stdioCommand(way: Way, server: string, home = temporaryHome()): Command {
  const words = [server, "stdio"];
  return way === "direct"
    ? { command: process.execPath, args: words }
    : { command: RELAY_NODE, args: [RELAY, "--home", home, "--", process.execPath, ...words] };
}

export async function httpUrl(way: Way, server: string, home = temporaryHome()): Promise<URL> {
  const child = spawn(process.execPath, [server, "http"], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const told = await new Promise((resolve) => child.stdout.once("data", resolve));
  const url = String(told).trim();
  return new URL(way === "direct" ? url : (await startProxy(url, { home })).url);
}
