import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Place } from "../install/place.ts";
import { writeWhole } from "../install/write-whole.ts";
import { checksumLine } from "./checksum.ts";
import { posixLauncher, USUAL_PLACES, windowsLauncher } from "./launch-script.ts";

/** What is copied from the proxy; it never needs the package again. */
const BUNDLES = ["recorder.cjs", "relay.cjs"];
const HOOK_BUNDLES = ["hook-recorder.cjs", "hook.cjs"];

/** The launcher with its own copy of the relay, in `bin` of CAUM_HOME. */
export function placeLauncher(
  place: Place,
  from: string = proxyFolder(),
  usualPlaces: readonly string[] = USUAL_PLACES,
): void {
  const folder = join(place.caumHome, "bin");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const bundles = BUNDLES.map((name) => ({ name, bytes: bundle(from, name) }));
  for (const { name, bytes } of bundles) writeWhole(join(folder, name), bytes, 0o600);
  const relay = bundles.find(({ name }) => name === "relay.cjs");
  const checksum = checksumLine(relay?.bytes ?? new Uint8Array());
  const script =
    place.platform === "win32"
      ? windowsLauncher(place)
      : posixLauncher(place, { checksum }, usualPlaces);
  const name = place.platform === "win32" ? "launch.cmd" : "launch";
  writeWhole(join(folder, name), script, 0o700);
}

/** The hook and the recorder behind it, beside the launcher. */
export function placeHook(place: Place, from: string = ownFolder()): void {
  const folder = join(place.caumHome, "bin");
  for (const name of HOOK_BUNDLES) writeWhole(join(folder, name), bundle(from, name), 0o600);
}

export function removeLauncher(place: Place): void {
  rmSync(join(place.caumHome, "bin"), { recursive: true, force: true });
}

/** @throws {Error} when this package was not built */
function bundle(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch {
    throw new Error(`${name} is missing: install @caum/cli again, or run npm run build`);
  }
}

function proxyFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("@caum/mcp-proxy/package.json")), "dist");
}

/** Where the build of this package puts its bundles; the same from sources and from dist. */
function ownFolder(): string {
  return fileURLToPath(new URL("../../dist", import.meta.url));
}
