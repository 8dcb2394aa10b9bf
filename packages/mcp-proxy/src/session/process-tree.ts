/** Who started us, seen through the launchers between: the client whose session this is. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** A process that cannot be mistaken for another one, also after its number is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly parentPid: number;
  /** As the system tells it; only compared. */
  readonly startedAt: string;
  /** Program and arguments, as far as they are needed to know a launcher. */
  readonly words: readonly string[];
}

export type ReadProcess = (pid: number) => ProcessIdentity | undefined;

/** Programs that only start another one; the client stands behind them. */
const LAUNCHERS = new Set(
  "sh bash dash zsh fish ash busybox env nohup setsid timeout cmd cmd.exe npx npm pnpm pnpx yarn bunx uvx uv pipx caum".split(
    " ",
  ),
);
/** Scripts by which a Node process is a launcher. */
const LAUNCHER_SCRIPT = /(^|[\\/])(npx-cli|npm-cli|npx|npm|pnpm|pnpx|yarn|corepack)(\.c?js)?$/;
const MAX_LAUNCHERS = 16;

/** The client process; undefined when it cannot be known. */
export function clientProcess(
  parentPid: number,
  read: ReadProcess = readProcess,
): ProcessIdentity | undefined {
  let found = read(parentPid);
  for (let skipped = 0; found && isLauncher(found) && skipped < MAX_LAUNCHERS; skipped++) {
    found = read(found.parentPid);
  }
  return found && !isLauncher(found) && !isOrphanage(found) ? found : undefined;
}

/** What names this boot of this machine, as far as it can be known. */
export function bootIdentity(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

function isLauncher({ words }: ProcessIdentity): boolean {
  const [program = "", ...rest] = words;
  if (LAUNCHERS.has(basename(program).toLowerCase())) return true;
  // npm and npx rename their process to the command they run.
  if (/^(npm|npx)( |$)/.test(program)) return true;
  const script = rest.find((word) => !word.startsWith("-"));
  return basename(program).startsWith("node") && LAUNCHER_SCRIPT.test(script ?? "");
}

/** The process that takes in children whose parents are gone is nobody's client. */
function isOrphanage({ pid, words }: ProcessIdentity): boolean {
  return (
    pid <= 1 && /^(init|systemd|launchd|tini|dumb-init|catatonit)$/.test(basename(words[0] ?? ""))
  );
}

function readProcess(pid: number): ProcessIdentity | undefined {
  try {
    if (pid <= 0) return undefined;
    if (process.platform === "linux") return readFromProc(pid);
    return process.platform === "win32" ? undefined : readFromPs(pid);
  } catch {
    return undefined;
  }
}

function readFromProc(pid: number): ProcessIdentity {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name in parentheses may hold anything; what follows the last one is numbers.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, 8);
  const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
  return {
    pid,
    parentPid: Number(fields[1]),
    startedAt: fields[19] ?? "",
    words: words[0] ? words : [name],
  };
}

function readFromPs(pid: number): ProcessIdentity {
  const fields = ["-o", "ppid=", "-o", "lstart=", "-o", "args="];
  const line = execFileSync("ps", [...fields, "-p", String(pid)], {
    encoding: "utf8",
    timeout: 1_000,
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
  // ppid, then "Sat Nov 21 02:16:53 2026", then the command.
  const [parentPid = "", ...rest] = line.split(/\s+/);
  return {
    pid,
    parentPid: Number(parentPid),
    startedAt: rest.slice(0, 5).join(" "),
    words: rest.slice(5, 13),
  };
}
