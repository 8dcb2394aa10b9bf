/** The first keys of a collector, derived from what only its operator has. */
import { createHmac } from "node:crypto";
import { formatSecret, SECRET_BYTES } from "./secret.ts";

export interface FirstKeys {
  readonly apiKey: string;
  readonly adminKey: string;
  /** May send and nothing else: it stands in the settings of other programs. */
  readonly telemetryKey: string;
}

/** @param seed `keys/first.key` of a data folder, or what the nodes of a database share */
export function firstKeysOf(seed: Uint8Array): FirstKeys {
  const derived = (purpose: string) =>
    createHmac("sha256", seed).update(purpose).digest().subarray(0, SECRET_BYTES);
  return {
    apiKey: formatSecret("caum_live_", derived("api key")),
    adminKey: formatSecret("caum_admin_", derived("admin key")),
    telemetryKey: formatSecret("caum_live_", derived("telemetry key")),
  };
}
