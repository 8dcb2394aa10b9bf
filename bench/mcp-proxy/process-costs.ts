/** What a process takes, as Linux counts it; NaN elsewhere. */
import { readdirSync, readFileSync } from "node:fs";

const KIB = 1024;

/** Time on a processor of all its threads so far, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((task) =>
        Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]),
      )
      .reduce((sum, nanoseconds) => sum + nanoseconds / 1_000, 0);
  } catch {
    return Number.NaN;
  }
}

/** Resident memory in MiB. */
export function residentMib(pid: number): number {
  return field(pid, "status", "VmRSS");
}

/** Memory in MiB, what is shared with others counted in shares. */
export function proportionalMib(pid: number): number {
  return field(pid, "smaps_rollup", "Pss");
}

function field(pid: number, file: string, name: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, "utf8");
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]) / KIB;
  } catch {
    return Number.NaN;
  }
}
