import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../machine/place.ts";
import { checksumLine } from "./checksum.ts";
import { posixLauncher, posixServe, USUAL_PLACES, windowsLauncher } from "./launch-script.ts";
import { nodeFacts } from "./node-facts.ts";
import { hookParts, type Part, placeParts, proxyParts, stampParts } from "./parts.ts";

/**
 * The scripts with their own copy of the proxy, in `bin` of CAUM_HOME: they never need the package
 * again.
 */
export function placeLauncher(place: Place, usualPlaces: readonly string[] = USUAL_PLACES): void {
  const parts = proxyParts();
  placeParts(place, [...parts, ...scriptsFor(place, parts, usualPlaces)]);
  stampParts(place);
  // What was missing is there again; what no record tells yet stays noted.
  rmSync(join(place.caumHome, "blind-recorded.ndjson"), { force: true });
}

function scriptsFor(
  place: Place,
  parts: readonly Part[],
  usualPlaces: readonly string[],
): readonly Part[] {
  const bytes = parts.find(({ name }) => name === "relay.cjs")?.bytes ?? new Uint8Array();
  const relay = { checksum: checksumLine(bytes), byteLength: bytes.length };
  const script = (name: string, text: string): Part => ({ name, bytes: Buffer.from(text) });
  if (place.platform === "win32") return [script("launch.cmd", windowsLauncher(place, relay))];
  return [
    script("launch", posixLauncher(place, relay, usualPlaces)),
    script("serve", posixServe(place, nodeFacts(place.node))),
  ];
}

/** The hook and the recorder behind it, beside the launcher. */
export function placeHook(place: Place): void {
  placeParts(place, hookParts(place));
}

export function removeLauncher(place: Place): void {
  rmSync(join(place.caumHome, "bin"), { recursive: true, force: true });
}
