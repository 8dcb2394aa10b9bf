const DAY_MS = 86_400_000;
/** 1970 began on a Thursday, three days after a Monday. */
const THURSDAY = 3;

/** The Monday (UTC) of the week that a moment is in, as `YYYY-MM-DD`. */
export function weekOf(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  const sinceMonday = (((day + THURSDAY) % 7) + 7) % 7;
  return new Date((day - sinceMonday) * DAY_MS).toISOString().slice(0, 10);
}
