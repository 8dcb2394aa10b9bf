/** Who owns a folder of the spool, in a way that a process number used again cannot fake. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface ProcessIdentity {
  readonly host: string;
  /** Names this boot of the machine; empty where the system does not tell. */
  readonly boot: string;
  readonly pid: number;
  /** When the process started, in the system's own words; empty where it does not tell. */
  readonly startedAt: string;
  /** Who counts its number: a container may share all the rest. Absent in what older versions wrote. */
  readonly namespace?: string;
}

const START_TIME_FIELD = 19;

export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return {
    host: hostname(),
    boot: bootId(),
    pid,
    startedAt: startOf(pid),
    namespace: namespaceOf(pid),
  };
}

/**
 * Whether the owner can still be running.
 *
 * @param silentMs how long it has not said that it lives; decides where it cannot be looked at
 */
export function mayBeAlive(owner: ProcessIdentity, silentMs: number): boolean {
  const here = thisProcess();
  if (owner.host !== here.host) return silentMs < SILENT_ELSEWHERE_MS;
  if (owner.boot !== here.boot) return false;
  if ((owner.namespace ?? here.namespace) !== here.namespace) {
    return silentMs < SILENT_ELSEWHERE_MS;
  }
  if (!isRunning(owner.pid)) return false;
  const startedAt = startOf(owner.pid);
  if (startedAt !== "" && owner.startedAt !== "") return startedAt === owner.startedAt;
  return silentMs < SILENT_HERE_MS;
}

/** Another machine, or a container, that shares the folder: its processes cannot be seen. */
const SILENT_ELSEWHERE_MS = 5 * 60_000;
/** The number may have been given to another process since. */
const SILENT_HERE_MS = 10 * 60_000;

export function parseProcessIdentity(text: string): ProcessIdentity | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const fields = parsed as Readonly<Record<string, unknown>>;
    const { host, boot, pid, startedAt, namespace } = fields;
    const isWhole =
      typeof host === "string" &&
      typeof boot === "string" &&
      typeof startedAt === "string" &&
      Number.isSafeInteger(pid);
    if (!isWhole) return undefined;
    const owner = { host, boot, pid: Number(pid), startedAt };
    return typeof namespace === "string" ? { ...owner, namespace } : owner;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (problem) {
    // It is there, but belongs to somebody else.
    return problem instanceof Error && "code" in problem && problem.code === "EPERM";
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything; what follows the last one is numbers.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[START_TIME_FIELD] ?? "";
  } catch {
    return "";
  }
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}
