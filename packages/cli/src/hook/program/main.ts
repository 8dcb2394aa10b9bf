/**
 * The hook as a program of its own: `node hook.cjs --home DIR [--client NAME] [--event NAME]
 * [--messages]`. Always exits with 0. It starts the program that is packed beside it.
 */
import { readFileSync, statSync } from "node:fs";
import { unpackProgram } from "./packed-program.ts";

process.on("uncaughtException", () => process.exit(0));
const path = `${__dirname}/hook.program`;
unpackProgram(readFileSync(path), isAsInstalled())(require, __dirname);
// Node would first wait for what is compiled beside, and take everything apart.
process.exit(0);

/** The same look as that of the shell before this started. */
function isAsInstalled(): boolean {
  try {
    return statSync(path).mtimeMs < statSync(`${__dirname}/serve.ok`).mtimeMs;
  } catch {
    return false;
  }
}
