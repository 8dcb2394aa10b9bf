/** Whether the exporters that were set send to the collector that is there. */
import { readLocalAccount } from "@caum/core/settings";
import { telemetrySenders } from "../install/telemetry/install-telemetry.ts";
import type { Place } from "../machine/place.ts";
import type { Fact } from "./fact.ts";

export function telemetryFacts(place: Place): readonly Fact[] {
  const here = readLocalAccount(place.caumHome)?.url;
  return telemetrySenders(place).map(({ title, url }): Fact => {
    const about = "telemetry";
    if (url === here) return { about, state: "ok", text: `${title}: sends to ${url}` };
    const place = here === undefined ? "no collector is known here" : `the collector is at ${here}`;
    const text = `${title}: sends to ${url}, and ${place}: run caum install --otel again`;
    return { about, state: "problem", text };
  });
}
