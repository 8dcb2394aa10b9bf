import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../../machine/place.ts";
import { writeWhole } from "../../machine/write-whole.ts";
import type { NoOtherTools } from "./clients.ts";

/** A file that holds something of ours. */
export interface InstalledFile {
  readonly client: string;
  readonly path: string;
  /** Read by the relay, which so knows when a server is all that its client works with. */
  readonly noOtherTools?: NoOtherTools;
}

const NAME = "installed.json";

/** What was wrapped on this machine, project files too; nothing when that cannot be read. */
export function installedFiles(place: Place): readonly InstalledFile[] {
  try {
    const { files } = JSON.parse(readFileSync(join(place.caumHome, NAME), "utf8"));
    return Array.isArray(files) ? files.filter(isInstalledFile) : [];
  } catch {
    return [];
  }
}

export function rememberFiles(files: readonly InstalledFile[], place: Place): void {
  const path = join(place.caumHome, NAME);
  if (files.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(place.caumHome, { recursive: true, mode: 0o700 });
  writeWhole(path, `${JSON.stringify({ files }, undefined, 2)}\n`, 0o600);
}

function isInstalledFile(value: unknown): value is InstalledFile {
  if (typeof value !== "object" || value === null) return false;
  return (
    "client" in value &&
    typeof value.client === "string" &&
    "path" in value &&
    typeof value.path === "string"
  );
}
