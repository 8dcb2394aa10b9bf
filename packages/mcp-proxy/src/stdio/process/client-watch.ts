/**
 * Tells when the client is gone. A client that only closes our input may still want answers; one
 * whose child we are not any more wants nothing.
 */
import { fstatSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import type { Readable } from "node:stream";

const STDOUT = 1;
/** How the system shows that a descriptor can be read from. */
const OPEN_TO_READ = 0o400;
/** The system closes the files of a dead process just before it gives its children away. */
const FIRST_LOOK_MS = 5;
/** A client that closed our input long ago may die later. */
const RAREST_LOOK_MS = 500;

/** @param input what the client sends */
export function whenClientIsGone(input: Readable, tell: () => void): void {
  if (process.platform === "win32") return;
  const client = process.ppid;
  const output = fstatSync(STDOUT);
  // Where the answers go to a file or a terminal, the parent is not their reader.
  if (!output.isFIFO() && !output.isSocket()) return;
  const look = (afterMs: number) => {
    setTimeout(() => {
      if (process.ppid === client) look(Math.min(2 * afterMs, RAREST_LOOK_MS));
      else if (!isReadByOthers()) tell();
    }, afterMs).unref();
  };
  let isEnded = false;
  const ended = () => {
    if (!isEnded) look(FIRST_LOOK_MS);
    isEnded = true;
  };
  input.once("end", ended);
  input.once("close", ended);
}

/**
 * Whether another process has our output open: the next command of a shell's pipeline lives on when
 * the shell does not. Only Linux tells; elsewhere the client is believed to be the reader.
 */
function isReadByOthers(): boolean {
  try {
    const output = readlinkSync(`/proc/self/fd/${STDOUT}`);
    const isPipe = output.startsWith("pipe:");
    return isPipe && readdirSync("/proc").some((pid) => Number(pid) > 0 && holds(pid, output));
  } catch {
    return false;
  }
}

function holds(pid: string, output: string): boolean {
  if (Number(pid) === process.pid) return false;
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder)
      .map((fd) => `${folder}/${fd}`)
      .some((file) => readlinkSync(file) === output && (lstatSync(file).mode & OPEN_TO_READ) !== 0);
  } catch {
    // Ended meanwhile, or of somebody else.
    return false;
  }
}
