/** The hook as a program of its own: `node hook.cjs --home DIR [--messages]`. Always exits with 0. */
import { readFileSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runHook } from "./run-hook.ts";

const words = process.argv.slice(2);
const given = words.includes("--home") ? words[words.indexOf("--home") + 1] : undefined;
const home = given || process.env.CAUM_HOME || join(homedir(), ".caum");

process.on("uncaughtException", () => process.exit(0));
const output = runHook(readInput(), {
  home,
  env: process.env,
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
