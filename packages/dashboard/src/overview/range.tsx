import type { AddressChange } from "../parts/address.ts";

export const DEFAULT_DAYS = "30";
const DAYS = ["1", "7", "30", "90", "365"] as const;
const DAY_MS = 86_400_000;
/** Of a range of which only the first day is said. */
const LONGEST_DAYS = 366;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The first and the last day that the address asks for; undefined is up to now. */
export function rangeIn(
  query: URLSearchParams,
  nowMs: number,
): { readonly from: string | undefined; readonly to: string | undefined } {
  const [from, to] = [dateIn(query, "from"), dateIn(query, "to")];
  if (from !== undefined && to === undefined) {
    const last = Math.min(nowMs + DAY_MS, Date.parse(from) + LONGEST_DAYS * DAY_MS);
    return { from, to: dateOf(Math.max(last, Date.parse(from))) };
  }
  if (to !== undefined) return { from, to };
  const days = Number(daysIn(query));
  return { from: dateOf(nowMs - (days - 1) * DAY_MS), to: undefined };
}

function daysIn(query: URLSearchParams): string {
  const days = query.get("days") ?? "";
  return DAYS.find((known) => known === days) ?? DEFAULT_DAYS;
}

function dateIn(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name) ?? "";
  return DATE.test(text) && Number.isFinite(Date.parse(text)) ? text : undefined;
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, "2026-01-01".length);
}

interface Properties {
  readonly query: URLSearchParams;
  readonly change: (changes: AddressChange) => void;
}

/** The last days, or from one day to another. */
export function RangeFields({ query, change }: Properties) {
  const [from, to] = [dateIn(query, "from"), dateIn(query, "to")];
  const isOwn = from !== undefined || to !== undefined;
  const set = (name: "from" | "to") => (event: { currentTarget: { value: string } }) =>
    change({ [name]: event.currentTarget.value, days: undefined });
  return (
    <>
      <select
        aria-label="Days"
        value={isOwn ? "" : daysIn(query)}
        onChange={({ currentTarget: { value } }) =>
          change({ days: value, from: undefined, to: undefined })
        }
      >
        {isOwn && <option value="">own days</option>}
        {DAYS.map((days) => (
          <option key={days} value={days}>
            {days === "1" ? "today" : `last ${days} days`}
          </option>
        ))}
      </select>
      <input type="date" aria-label="From day" value={from ?? ""} onChange={set("from")} />
      <input type="date" aria-label="To day" value={to ?? ""} onChange={set("to")} />
    </>
  );
}
