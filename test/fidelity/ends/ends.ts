/** Ends a server in every way there is, alone or behind the relay, and tells what came of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { wrappedWords } from "../../../packages/cli/src/install/entries/wrapped-command.ts";
import { placeLauncher } from "../../../packages/cli/src/launcher/place-launcher.ts";
import { RELAY } from "../stdio-party.ts";

export const SERVERS = ["cleans-up", "ignores", "watches-parent"] as const;
export const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
export const TARGETS = ["client", "server", "group"] as const;

export type End =
  | { readonly signal: NodeJS.Signals; readonly to: (typeof TARGETS)[number] }
  | { readonly hangUp: true }
  | { readonly endOfInput: true };

export interface Way {
  /** The words in front of those of the server; none for a server alone. */
  readonly wrap: (home: string, words: readonly string[]) => readonly string[];
}

export interface Came {
  /** What the server noted, in the order of the alphabet: some of it comes at the same moment. */
  readonly noted: readonly string[];
  readonly isGone: boolean;
  /** What a client that is still there sees. */
  readonly exit?: { readonly code: number | null; readonly signal: string | null };
}

const here = import.meta.dirname;
const SETTLE_MS = 250;
const LOOK_MS = 10;
/** What the client sees comes a little after the server is gone. */
const EXIT_WITHIN_MS = 1_000;
/** Long enough for every server that ends, with its cleaning up. */
const GONE_WITHIN_MS = 1_500;

export const ALONE: Way = { wrap: (_home, words) => words };

/** @param node which Node runs the relay */
export function behindRelay(node: string): Way {
  return { wrap: (home, words) => [node, RELAY, "--home", home, "--", ...words] };
}

/** As an installed entry starts it: a shell that becomes the relay. */
export function behindEntry(node: string): Way {
  return {
    wrap(home, words) {
      const { platform } = process;
      const place = { platform, home, env: {}, folder: home, caumHome: home, node };
      placeLauncher(place);
      return wrappedWords(words, { command: words.join(" ") }, "life", place);
    },
  };
}

export const ENDS: readonly End[] = [
  ...SIGNALS.flatMap((signal) => TARGETS.map((to) => ({ signal, to }))),
  { endOfInput: true },
  { hangUp: true },
];

export function nameOf(end: End): string {
  if ("signal" in end) return `${end.signal} to the ${end.to}`;
  return "hangUp" in end ? "hang-up of the terminal" : "end of input";
}

export async function endOf(
  way: Way,
  server: (typeof SERVERS)[number],
  end: End,
  withinMs = GONE_WITHIN_MS,
): Promise<Came> {
  const home = mkdtempSync(join(tmpdir(), "caum-ends-"));
  const log = join(home, "log");
  const words = way.wrap(home, [process.execPath, join(here, "life-server.mjs"), server, log]);
  const party = "hangUp" in end ? terminal(words) : client(words);
  try {
    const pid = await pidIn(log);
    const told = await party.isReady;
    await sleep(SETTLE_MS);
    if ("endOfInput" in end) party.child.stdin?.write("end\n");
    else if ("hangUp" in end) party.child.kill("SIGKILL");
    else process.kill(placeOf(end.to, party.child.pid ?? 0, told), end.signal);
    const isGone = await goneWithin(pid, withinMs);
    if (existsSync(join(home, "blind.ndjson"))) throw new Error("the server ran alone");
    const isClientThere = "endOfInput" in end || ("to" in end && end.to !== "client");
    if (isGone && isClientThere) await Promise.race([party.hasExit, sleep(EXIT_WITHIN_MS)]);
    const exit = party.exit();
    return { noted: notedIn(log, end), isGone, ...(exit && { exit }) };
  } finally {
    for (const pid of [pidNow(log), -(party.pid() ?? 0), party.pid(), party.child.pid]) stop(pid);
    rmSync(home, { recursive: true, force: true });
  }
}

interface Party {
  readonly child: ChildProcess;
  /** The process that was started in place of the server. */
  readonly isReady: Promise<number>;
  readonly pid: () => number | undefined;
  readonly exit: () => Came["exit"];
  readonly hasExit: Promise<unknown>;
}

function client(words: readonly string[]): Party {
  const all = [join(here, "life-client.mjs"), ...words];
  const child = spawn(process.execPath, all, { stdio: ["pipe", "pipe", "inherit"] });
  let pid: number | undefined;
  let exit: Came["exit"];
  const lines = createInterface({ input: child.stdout });
  const told = async () => JSON.parse((await once(lines, "line"))[0]);
  const isReady = told().then((first) => {
    pid = first.pid;
    return first.pid;
  });
  const hasExit = isReady.then(told).then((second) => {
    exit = second;
  });
  return { child, isReady, pid: () => pid, exit: () => exit, hasExit };
}

const NOTHING_SEEN = {
  isReady: Promise.resolve(0),
  pid: () => undefined,
  exit: () => undefined,
  hasExit: Promise.resolve(),
};

/** util-linux: a terminal that is closed when its program ends. */
function terminal(words: readonly string[]): Party {
  const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = spawn("script", ["-qec", line, "/dev/null"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  return { child, ...NOTHING_SEEN };
}

function placeOf(to: (typeof TARGETS)[number], client: number, server: number): number {
  return to === "client" ? client : to === "group" ? -server : server;
}

/** In the order of the alphabet; a hang-up and the end of the input come in either order. */
function notedIn(log: string, end: End): readonly string[] {
  const noted = readFileSync(log, "utf8").trim().split("\n").slice(1).sort();
  return "hangUp" in end ? noted.filter((line) => line !== "end of input") : noted;
}

function pidNow(log: string): number | undefined {
  const match = existsSync(log) && /^pid (\d+)\n/.exec(readFileSync(log, "utf8"));
  return match ? Number(match[1]) : undefined;
}

async function pidIn(log: string): Promise<number> {
  for (;;) {
    const pid = pidNow(log);
    if (pid !== undefined) return pid;
    await sleep(LOOK_MS);
  }
}

async function goneWithin(pid: number, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (isAlive(pid) && performance.now() < until) await sleep(LOOK_MS);
  return !isAlive(pid);
}

/** A process that nobody has asked for its end is gone all the same. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2)[0] !== "Z";
  } catch {
    if (process.platform === "linux") return false;
  }
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function stop(pid: number | undefined): void {
  if (!pid) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
