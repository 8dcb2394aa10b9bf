/** What the hook does, from its standard input to its standard output. */
import { readSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runHook } from "../run-hook.ts";

/** A client may hand over a pipe that does not wait for what is not there yet. */
const LOOK_AGAIN_MS = 5;
const WAIT_AT_MOST_MS = 5_000;

const words = process.argv.slice(2);
const home = wordAfter("--home") || process.env.CAUM_HOME || join(homedir(), ".caum");

const output = runHook(readInput(), {
  home,
  env: process.env,
  registered: { client: wordAfter("--client") ?? "claude-code", event: wordAfter("--event") },
  messages: words.includes("--messages"),
  recorder: words.includes("--no-recorder") ? undefined : join(__dirname, "hook-recorder.cjs"),
});
if (output !== "") writeSync(1, output);

function readInput(): string {
  const parts: Buffer[] = [];
  const part = Buffer.alloc(65_536);
  for (let waitedMs = 0; waitedMs < WAIT_AT_MOST_MS; ) {
    try {
      const count = readSync(0, part);
      if (count === 0) break;
      parts.push(Buffer.from(part.subarray(0, count)));
    } catch (problem) {
      const isEmpty = problem instanceof Error && "code" in problem && problem.code === "EAGAIN";
      if (!isEmpty) break;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
      waitedMs += LOOK_AGAIN_MS;
    }
  }
  return Buffer.concat(parts).toString("utf8");
}

function wordAfter(flag: string): string | undefined {
  return words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined;
}
