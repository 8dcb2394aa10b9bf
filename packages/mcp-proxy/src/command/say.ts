import { writeSync } from "node:fs";

const STDERR = 2;

/** One line for the person who reads the client's log; never content, never an exception. */
export function say(text: string): void {
  try {
    writeSync(STDERR, `caum-mcp-proxy: ${text}\n`);
  } catch {
    // Nobody reads our stderr, or its pipe is full: the line is not worth waiting for.
  }
}
