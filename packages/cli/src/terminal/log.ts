import { complain } from "./say.ts";

/** Logs are structured and hold no content; standard output is for the announcement. */
export function log(entry: Readonly<Record<string, string | number | undefined>>): void {
  complain(JSON.stringify({ time: new Date().toISOString(), ...entry }));
}
