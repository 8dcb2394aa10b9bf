import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../machine/place.ts";
import { writeWhole } from "../machine/write-whole.ts";

/** Where records are sent. The key is kept in this file only: arguments and variables are seen. */
export interface Upstream {
  readonly url: string;
  readonly apiKey?: string | undefined;
}

/** @throws {Error} when the URL, or what the file holds, is not usable */
export function keepUpstream({ url, apiKey }: Upstream, place: Place): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error("--url is no http or https URL: copy the one that `caum up` prints");
  }
  const path = join(place.caumHome, "config.json");
  const content = { ...readSettings(path), url, ...(apiKey ? { apiKey } : {}) };
  mkdirSync(place.caumHome, { recursive: true, mode: 0o700 });
  writeWhole(path, `${JSON.stringify(content, undefined, 2)}\n`, 0o600);
}

/** Records stay here again, unless somebody named another collector meanwhile. */
export function forgetUpstream(url: string, place: Place): void {
  const path = join(place.caumHome, "config.json");
  try {
    const { url: known, ...others }: { readonly url?: unknown } = readSettings(path);
    if (known !== url) return;
    const text = `${JSON.stringify(others, undefined, 2)}\n`;
    if (Object.keys(others).length === 0) rmSync(path, { force: true });
    else writeWhole(path, text, 0o600);
  } catch {
    // What is no settings file of ours holds nothing of ours.
  }
}

function readSettings(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  try {
    const settings: unknown = JSON.parse(text);
    if (typeof settings === "object" && settings !== null && !Array.isArray(settings))
      return settings;
  } catch {
    // Told below; the file is not overwritten.
  }
  throw new Error("config.json in CAUM_HOME is no JSON object: correct or remove it");
}
