/** Registers our hook with the clients that have hooks, and takes it out again. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HookClientName } from "../../hook/clients/client-names.ts";
import { stampPath } from "../../launcher/parts.ts";
import { placeHook, placeLauncher } from "../../launcher/place-launcher.ts";
import { shellQuoted } from "../../launcher/shell-quoted.ts";
import {
  backUp,
  type ConfigFile,
  FileLeft,
  makeConfigFile,
  readConfigFile,
  replaceConfigFile,
  retrying,
} from "../../machine/config-file.ts";
import type { Place } from "../../machine/place.ts";
import { clientFolder } from "../clients/client-folder.ts";
import type { FileReport } from "../install.ts";
import { SourceError } from "../source/source-node.ts";
import { HOOK_FILES, type HookFile, type OwnHookFile } from "./hook-files.ts";
import { addHooks, type HookForm, isOwnDocument, removeHooks } from "./hooks-text.ts";

export interface HooksRequest {
  /** Every client that is on this machine when empty. */
  readonly clients: readonly HookClientName[];
  readonly dryRun: boolean;
  /** Show the person a hard alert, in clients that can. */
  readonly messages: boolean;
}

/** Clients whose programs show what a hook prints as `systemMessage`. */
const SHOWS_MESSAGES: readonly HookClientName[] = ["claude-code", "codex", "qwen-code"];

export function installHooks(request: HooksRequest, place: Place): readonly FileReport[] {
  const { clients, dryRun } = request;
  const isAsked = (file: HookFile) =>
    clients.length === 0 ? existsSync(clientFolder(file, place)) : clients.includes(file.client);
  const files = HOOK_FILES.filter(isAsked);
  if (place.platform === "win32") {
    const reason = "hooks are not registered on Windows yet";
    return files.map((file) => leftAlone(file, place, reason));
  }
  if (files.length > 0 && !dryRun) {
    placeLauncher(place);
    placeHook(place);
  }
  return files.map((file) =>
    changed(file, dryRun, place, (text) => registered(text, file, request, place)),
  );
}

export function uninstallHooks(
  { clients, dryRun }: Pick<HooksRequest, "clients" | "dryRun">,
  place: Place,
): readonly FileReport[] {
  return HOOK_FILES.filter(
    (file) =>
      (clients.length === 0 || clients.includes(file.client)) && existsSync(pathOf(file, place)),
  ).map((file) => changed(file, dryRun, place, (text) => unregistered(text, file)));
}

/** A client that calls our hook, as far as its file says. */
export interface RegisteredHook extends Pick<HookFile, "client" | "title" | "trust"> {
  readonly path: string;
}

export function registeredHooks(place: Place): readonly RegisteredHook[] {
  const files = HOOK_FILES.filter((file) => {
    try {
      return isOurs(readConfigFile(pathOf(file, place))?.text ?? "");
    } catch {
      return false;
    }
  });
  const hooks = files.map((file): [string, RegisteredHook] => [
    file.client,
    { client: file.client, title: file.title, trust: file.trust, path: pathOf(file, place) },
  ]);
  return [...new Map(hooks).values()];
}

/** Whatever is missing or broken, the client sees a hook that has nothing to say. */
export function hookCommand(
  { caumHome, node }: Place,
  { client = "claude-code", event = "", messages = false }: HookWords = {},
): string {
  const hook = shellQuoted(`${caumHome}/bin/hook.cjs`);
  const stamp = shellQuoted(stampPath(caumHome));
  // As installed, as far as a look at the files tells: no second program has to find that out.
  const isSame = `[ -x "$caum_node" ] && [ "$caum_node" -ot ${stamp} ] && [ ${hook} -ot ${stamp} ]`;
  const ask = `caum_node=$(/bin/sh ${shellQuoted(`${caumHome}/bin/launch`)} 2>/dev/null </dev/null)`;
  const words = [
    `"$caum_node" ${hook} --home ${shellQuoted(caumHome)}`,
    `--client ${client}`,
    ...(event === "" ? [] : [`--event ${event}`]),
    ...(messages && SHOWS_MESSAGES.includes(client) ? ["--messages"] : []),
  ];
  const run = `[ -x "$caum_node" ] && ${words.join(" ")} 2>/dev/null; exit 0`;
  return `caum_node=${shellQuoted(node)}; ${isSame} || ${ask}; ${run}`;
}

interface HookWords {
  readonly client?: HookClientName;
  /** For a client whose JSON does not name its event. */
  readonly event?: string;
  readonly messages?: boolean;
}

/** The text with our hooks; undefined where a file of this name is somebody else's. */
function registered(
  text: string,
  file: HookFile,
  { messages }: HooksRequest,
  place: Place,
): string {
  const { client, form, events } = file;
  if (isForm(form)) {
    const command = hookCommand(place, { client, messages });
    return addHooks(text, { form, events, command });
  }
  if (text !== "" && !isOurs(text)) throw new FileLeft("is a file of somebody else");
  return form.textOf(events, (event) => hookCommand(place, { client, event, messages }));
}

function unregistered(text: string, { form }: HookFile): string {
  if (isForm(form)) return removeHooks(text);
  return isOurs(text) ? "" : text;
}

function isForm(form: HookForm | OwnHookFile): form is HookForm {
  return "isNested" in form;
}

function isOurs(text: string): boolean {
  return text.includes("/bin/hook.cjs");
}

function pathOf(file: HookFile, place: Place): string {
  return join(clientFolder(file, place), file.file);
}

function changed(
  file: HookFile,
  dryRun: boolean,
  place: Place,
  edit: (text: string) => string,
): FileReport {
  const path = pathOf(file, place);
  try {
    return retrying(() => {
      const known = readConfigFile(path);
      const text = edit(known?.text ?? "");
      const { client, title, restart } = file;
      const about = { client, title, path, servers: [] };
      if (text === (known?.text ?? "")) return { ...about, outcome: "unchanged" };
      if (!dryRun) write(file, known, text, place);
      return { ...about, outcome: "changed", restart };
    });
  } catch (problem) {
    if (problem instanceof SourceError) {
      const reason = `cannot be read: ${problem.message}`;
      return { ...leftAlone(file, place, reason), line: problem.line };
    }
    if (problem instanceof FileLeft) return leftAlone(file, place, problem.message);
    throw problem;
  }
}

/** Makes the file, replaces its text, or removes it again when all that was in it is ours. */
function write(file: HookFile, known: ConfigFile | undefined, text: string, place: Place): void {
  if (!known) {
    const path = pathOf(file, place);
    mkdirSync(dirname(path), { recursive: true });
    makeConfigFile(path, text);
    if (!isForm(file.form) && file.form.isProgram) chmodSync(path, 0o755);
    return;
  }
  backUp(known, join(place.caumHome, "backups"));
  if (!isEmptied(file, known.text, text)) {
    replaceConfigFile(known, text);
    return;
  }
  rmSync(known.path);
  removeEmpty(dirname(known.path), clientFolder(file, place));
}

/** Whether the file was made by us and nobody has added to it. */
function isEmptied({ form, events }: HookFile, before: string, after: string): boolean {
  if (!isForm(form)) return after === "";
  return isOwnDocument(before, { form, events, command: "" }) && after !== before;
}

/** Folders below the client's own that we may have made. */
function removeEmpty(folder: string, limit: string): void {
  if (!folder.startsWith(`${limit}/`) || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmpty(dirname(folder), limit);
}

function leftAlone(file: HookFile, place: Place, reason: string): FileReport {
  const { client, title } = file;
  return { client, title, path: pathOf(file, place), outcome: "left", reason, servers: [] };
}
