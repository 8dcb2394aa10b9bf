import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../install/place.ts";
import { checksumLine } from "./checksum.ts";
import { posixLauncher, USUAL_PLACES, windowsLauncher } from "./launch-script.ts";
import { hookParts, placeParts, proxyParts } from "./parts.ts";

/** The launcher with its own copy of the proxy, in `bin` of CAUM_HOME; it never needs the package again. */
export function placeLauncher(
  place: Place,
  from?: string,
  usualPlaces: readonly string[] = USUAL_PLACES,
): void {
  const parts = proxyParts(from);
  const relay = parts.find(({ name }) => name === "relay.cjs");
  const checksum = checksumLine(relay?.bytes ?? new Uint8Array());
  const launcher =
    place.platform === "win32"
      ? { name: "launch.cmd", bytes: Buffer.from(windowsLauncher(place)) }
      : { name: "launch", bytes: Buffer.from(posixLauncher(place, { checksum }, usualPlaces)) };
  placeParts(place, [...parts, launcher]);
  // What was missing is there again; what no record tells yet stays noted.
  rmSync(join(place.caumHome, "blind-recorded.ndjson"), { force: true });
}

/** The hook and the recorder behind it, beside the launcher. */
export function placeHook(place: Place, from?: string): void {
  placeParts(place, hookParts(from));
}

export function removeLauncher(place: Place): void {
  rmSync(join(place.caumHome, "bin"), { recursive: true, force: true });
}
