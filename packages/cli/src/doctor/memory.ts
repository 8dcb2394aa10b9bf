import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of a process and all below it in MiB; undefined where it cannot be known. */
export function memoryOf(pid: number): number | undefined {
  try {
    const rows = process.platform === "linux" ? rowsFromProc() : rowsFromPs();
    const tree = new Set([pid]);
    // Parents need not come before their children, so the list is read until nothing is added.
    for (let size = 0; size !== tree.size; ) {
      size = tree.size;
      for (const row of rows) if (tree.has(row.parent)) tree.add(row.pid);
    }
    const kib = rows.filter((row) => tree.has(row.pid)).reduce((sum, row) => sum + row.kib, 0);
    return Math.round(kib / 1024);
  } catch {
    return undefined;
  }
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly kib: number;
}

function rowsFromProc(): readonly Row[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const number = (name: string) =>
        Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      return [{ pid: Number(pid), parent: number("PPid"), kib: number("VmRSS") }];
    } catch {
      return [];
    }
  });
}

function rowsFromPs(): readonly Row[] {
  const text = execFileSync("ps", ["-axo", "pid=,ppid=,rss="], { encoding: "utf8" });
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [pid = 0, parent = 0, kib = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, kib };
    });
}
