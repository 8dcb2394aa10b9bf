/** The manager that keeps a person's services: systemd, launchd or the task scheduler. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Place } from "../machine/place.ts";
import { LAUNCHD_LABEL, SYSTEMD_NAME, TASK_NAME, type Unit } from "./unit.ts";

type Command = readonly string[];

export interface Manager {
  readonly name: string;
  /** Makes the unit known and starts it, again where it runs; the first that fails ends it. */
  readonly start: (unit: Unit) => readonly Command[];
  /** Stops it and forgets it; whether it ran or not. */
  readonly stop: readonly Command[];
}

const WITHIN_MS = 20_000;

/** @returns undefined where there is none, or nobody whose service it would be */
export function managerOf({ platform, env }: Place): Manager | undefined {
  // A machine that builds and tests keeps nothing.
  if (env.CI) return undefined;
  if (platform === "win32") return taskScheduler();
  if (platform === "darwin") return launchd(userInfo().uid);
  // What `systemctl --user` speaks to.
  const folder = join(env.XDG_RUNTIME_DIR ?? "", "systemd");
  const isThere = env.XDG_RUNTIME_DIR && statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  return isThere ? systemd() : undefined;
}

/** @returns why it failed, in the manager's own words; undefined when all is done */
export function run(commands: readonly Command[], place: Place): string | undefined {
  for (const [program = "", ...words] of commands) {
    const options = { env: place.env, encoding: "utf8", timeout: WITHIN_MS } as const;
    const { status, stderr } = spawnSync(program, words, options);
    if (status !== 0)
      return `${program} failed: ${stderr?.trim().split("\n")[0] || "no reason given"}`;
  }
  return undefined;
}

function systemd(): Manager {
  const ask = (...words: Command) => ["systemctl", "--user", ...words];
  return {
    name: "systemd",
    start: () => [ask("daemon-reload"), ask("enable", SYSTEMD_NAME), ask("restart", SYSTEMD_NAME)],
    stop: [ask("disable", "--now", SYSTEMD_NAME)],
  };
}

function launchd(user: number): Manager {
  const domain = `gui/${user}`;
  return {
    name: "launchd",
    start: ({ path }) => [["launchctl", "bootstrap", domain, path]],
    stop: [["launchctl", "bootout", `${domain}/${LAUNCHD_LABEL}`]],
  };
}

function taskScheduler(): Manager {
  const ask = (...words: Command) => ["schtasks", ...words];
  return {
    name: "the task scheduler",
    start: ({ path }) => [
      ask("/create", "/f", "/tn", TASK_NAME, "/xml", path),
      ask("/run", "/tn", TASK_NAME),
    ],
    stop: [ask("/end", "/tn", TASK_NAME), ask("/delete", "/f", "/tn", TASK_NAME)],
  };
}
