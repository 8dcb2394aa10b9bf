/**
 * The hook as a program of its own: `node hook.cjs --home DIR [--client NAME] [--event NAME]
 * [--messages]`. Always exits with 0.
 */
import { readFileSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runHook } from "./run-hook.ts";

const words = process.argv.slice(2);
const home = wordAfter("--home") || process.env.CAUM_HOME || join(homedir(), ".caum");

process.on("uncaughtException", () => process.exit(0));
const output = runHook(readInput(), {
  home,
  env: process.env,
  registered: { client: wordAfter("--client") ?? "claude-code", event: wordAfter("--event") },
  messages: words.includes("--messages"),
  recorder: words.includes("--no-recorder") ? undefined : join(__dirname, "hook-recorder.cjs"),
});
if (output !== "") writeSync(1, output);
process.exitCode = 0;

function readInput(): string {
  try {
    return readFileSync(0, "utf8");
  } catch {
    return "";
  }
}

function wordAfter(flag: string): string | undefined {
  return words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined;
}
