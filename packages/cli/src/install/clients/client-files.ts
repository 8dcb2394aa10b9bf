import { readdirSync } from "node:fs";
import { expand, type Place, pathsOf } from "../../machine/place.ts";
import type { Client, PathTable } from "./clients.ts";

export interface FileOptions {
  /** Also the file of the project in the place's folder. */
  readonly project?: boolean;
  /** Lists a folder; nothing when there is none. */
  readonly namesIn?: (folder: string) => readonly string[];
}

/** Where a client may keep its configuration on this machine; the files need not exist. */
export function filesOf(
  client: Client,
  place: Place,
  options: FileOptions = {},
): readonly string[] {
  const list = options.namesIn ?? namesIn;
  const own = client.files.flatMap((table) => pathsFrom(table, place, list));
  const { join } = pathsOf(place.platform);
  const { projectFile } = client;
  const project = options.project && projectFile ? [join(place.folder, projectFile)] : [];
  return [...new Set([...own, ...project])];
}

type List = NonNullable<FileOptions["namesIn"]>;

function pathsFrom(table: PathTable, place: Place, list: List): readonly string[] {
  const template = templateFor(table, place.platform);
  const path = template && expand(template, place);
  return path ? withFolders(path, place, list) : [];
}

function templateFor(table: PathTable, platform: NodeJS.Platform): string {
  if ("any" in table) return table.any;
  if (platform === "darwin") return table.macos;
  return platform === "win32" ? table.windows : table.linux;
}

/** One folder of the path may end with `*`: every folder with that beginning. */
function withFolders(path: string, place: Place, list: List): readonly string[] {
  const { sep, join } = pathsOf(place.platform);
  const parts = path.split(sep);
  const at = parts.findIndex((part) => part.endsWith("*"));
  if (at < 0) return [path];
  const parent = parts.slice(0, at).join(sep);
  const beginning = parts[at]?.slice(0, -1) ?? "";
  const rest = parts.slice(at + 1);
  return list(parent)
    .filter((name) => name.startsWith(beginning))
    .map((name) => join(parent, name, ...rest));
}

function namesIn(parent: string): readonly string[] {
  try {
    return readdirSync(parent).sort();
  } catch {
    return [];
  }
}
