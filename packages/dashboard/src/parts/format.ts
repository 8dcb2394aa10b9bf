/** Numbers and times as people read them; `-` where nothing is known. */

const NOTHING = "\u2013";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const grouped = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export function count(value: number | undefined): string {
  return value === undefined ? NOTHING : grouped.format(value);
}

export function short(value: number | undefined): string {
  return value === undefined ? NOTHING : compact.format(value);
}

export function score(value: number | undefined): string {
  return value === undefined ? NOTHING : value.toFixed(2);
}

/** Small sums keep the digits that matter. */
export function money(usd: number | undefined): string {
  if (usd === undefined) return NOTHING;
  return `$${usd !== 0 && usd < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

/** A sum without zeros that say nothing, for an axis. */
export function price(usd: number): string {
  return `$${usd.toFixed(4).replace(/0{1,2}$/, "")}`;
}

export function bytes(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  if (value < 1_024) return `${value} B`;
  const kibi = value / 1_024;
  return kibi < 1_024 ? `${kibi.toFixed(1)} KiB` : `${(kibi / 1_024).toFixed(1)} MiB`;
}

export function duration(ms: number | undefined): string {
  if (ms === undefined) return NOTHING;
  if (ms < SECOND) return `${ms} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  return ms < HOUR ? `${(ms / MINUTE).toFixed(1)} min` : `${(ms / HOUR).toFixed(1)} h`;
}

export function ago(atMs: number, nowMs: number): string {
  const ms = Math.max(0, nowMs - atMs);
  if (ms < 5 * SECOND) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  return ms < DAY ? `${Math.floor(ms / HOUR)} h ago` : `${Math.floor(ms / DAY)} d ago`;
}

/** Time of day, to the second. */
export function clock(atMs: number): string {
  return new Date(atMs).toLocaleTimeString("en-GB");
}

/** Time of day, with the day in front where it is not today. */
export function moment(atMs: number, nowMs = Date.now()): string {
  const at = new Date(atMs);
  if (at.toDateString() === new Date(nowMs).toDateString()) return clock(atMs);
  return `${at.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clock(atMs)}`;
}

export function shortHash(hash: string): string {
  return hash.slice(0, 8);
}

/** By which rule a loop was found, and how long its cycle is. */
export function ruleWords({ rule, period }: { readonly rule: string; readonly period: number }) {
  const cycle = period > 0 ? `, ${period === 1 ? "one step" : `${period} steps`} a cycle` : "";
  return `${rule.replaceAll("_", " ")}${cycle}`;
}

/** How much of a whole a part is, such as `12.5 %`; where there is nothing, nothing is said. */
export function share(part: number, whole: number): string {
  return whole > 0 ? `${((100 * part) / whole).toFixed(1)} %` : NOTHING;
}
