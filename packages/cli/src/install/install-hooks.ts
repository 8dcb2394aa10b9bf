import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { placeHook, placeLauncher } from "../launcher/place-launcher.ts";
import { shellQuoted } from "../launcher/shell-quoted.ts";
import {
  backUp,
  type ConfigFile,
  FileLeft,
  makeConfigFile,
  readConfigFile,
  replaceConfigFile,
  retrying,
} from "./config-file.ts";
import { addHooks, isEmptySettings, removeHooks } from "./hooks-text.ts";
import type { FileReport } from "./install.ts";
import { expand, type Place } from "./place.ts";
import { SourceError } from "./source/source-node.ts";

export interface HooksRequest {
  readonly dryRun: boolean;
  /** Show a message in Claude Code on a hard alert. */
  readonly messages: boolean;
}

const ABOUT = { client: "claude-code", title: "Claude Code hooks" };
const RESTART = "start a new claude session";

/** Registers the hook for the built-in tools of Claude Code. */
export function installHooks({ dryRun, messages }: HooksRequest, place: Place): FileReport {
  const path = settingsPath(place);
  if (place.platform === "win32") {
    return leftAlone(path, "hooks are not registered on Windows yet");
  }
  return changed(path, dryRun, place, (text) => {
    if (!dryRun) {
      placeLauncher(place);
      placeHook(place);
    }
    return addHooks(text, hookCommand(place, messages));
  });
}

export function uninstallHooks(
  { dryRun }: { readonly dryRun: boolean },
  place: Place,
): readonly FileReport[] {
  const path = settingsPath(place);
  return existsSync(path) ? [changed(path, dryRun, place, removeHooks)] : [];
}

/** Whatever is missing or broken, Claude Code sees a hook that has nothing to say. */
export function hookCommand({ caumHome }: Place, messages: boolean): string {
  const ask = `caum_node=$(/bin/sh ${shellQuoted(`${caumHome}/bin/launch`)} 2>/dev/null </dev/null)`;
  const hook = `"$caum_node" ${shellQuoted(`${caumHome}/bin/hook.cjs`)} --home ${shellQuoted(caumHome)}`;
  return `${ask} && [ -x "$caum_node" ] && ${hook}${messages ? " --messages" : ""} 2>/dev/null; exit 0`;
}

function settingsPath(place: Place): string {
  const folder = place.env.CLAUDE_CONFIG_DIR || expand("~/.claude", place) || "";
  return join(folder, "settings.json");
}

function changed(
  path: string,
  dryRun: boolean,
  place: Place,
  edit: (text: string) => string,
): FileReport {
  try {
    return retrying(() => {
      const file = readConfigFile(path);
      const text = edit(file?.text ?? "");
      const about = { ...ABOUT, path, servers: [] };
      if (text === (file?.text ?? "")) return { ...about, outcome: "unchanged" };
      if (!dryRun) write(path, file, text, place);
      return { ...about, outcome: "changed", restart: RESTART };
    });
  } catch (problem) {
    if (problem instanceof SourceError) {
      return { ...leftAlone(path, `cannot be read: ${problem.message}`), line: problem.line };
    }
    if (problem instanceof FileLeft) return leftAlone(path, problem.message);
    throw problem;
  }
}

/** Makes the file, replaces its text, or removes it again when all that was in it is ours. */
function write(path: string, file: ConfigFile | undefined, text: string, place: Place): void {
  if (!file) {
    makeConfigFile(path, text);
    return;
  }
  backUp(file, join(place.caumHome, "backups"));
  const isOurs = file.text === addHooks("", commandIn(file.text)) && isEmptySettings(text);
  if (isOurs) rmSync(path);
  else replaceConfigFile(file, text);
}

/** The command of ours in a text that holds it, without its marker. */
function commandIn(text: string): string {
  const found = /"command":("(?:[^"\\]|\\.)*?) # caum-hook:/.exec(text)?.[1];
  return found === undefined ? "" : String(JSON.parse(`${found}"`));
}

function leftAlone(path: string, reason: string): FileReport {
  return { ...ABOUT, path, outcome: "left", reason, servers: [] };
}
