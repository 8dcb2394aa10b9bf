/** In which order sessions are listed, as the address says it. */
import type { AddressChange } from "../parts/address.ts";
import { ORDERS, type SessionOrder } from "../server/session-filter.ts";

/** As the list is where nothing is said, page by page and without an end. */
export const LATEST_FIRST: SessionOrder = { by: "last", isAscending: false };

/** What is said of each, the most first and the least first. */
const WORDS: Readonly<Record<SessionOrder["by"], readonly [down: string, up: string]>> = {
  last: ["latest first", "longest ago first"],
  steps: ["most steps first", "fewest steps first"],
  loops: ["most loops first", "fewest loops first"],
  failures: ["most failed calls first", "fewest failed calls first"],
  cost: ["dearest first", "cheapest first"],
};

/** @returns undefined where the latest come first */
export function orderIn(query: URLSearchParams): SessionOrder | undefined {
  const by = ORDERS.find((known) => known === (query.get("sort") ?? "last")) ?? "last";
  const isAscending = query.get("order") === "up";
  return by === "last" && !isAscending ? undefined : { by, isAscending };
}

export function orderWords({ by, isAscending }: SessionOrder = LATEST_FIRST): string {
  return WORDS[by][isAscending ? 1 : 0];
}

export function orderChange({ by, isAscending }: SessionOrder): AddressChange {
  return { sort: by === "last" ? undefined : by, order: isAscending ? "up" : undefined };
}

interface Properties {
  readonly order: SessionOrder | undefined;
  readonly onChange: (changes: AddressChange) => void;
}

/** The same as the heads of the columns, also where there is no room for them. */
export function OrderField({ order = LATEST_FIRST, onChange }: Properties) {
  const ways = ORDERS.flatMap((by) => [
    { by, isAscending: false },
    { by, isAscending: true },
  ]);
  return (
    <select
      aria-label="Order"
      value={orderWords(order)}
      onChange={({ currentTarget: { value } }) => {
        const chosen = ways.find((way) => orderWords(way) === value);
        if (chosen !== undefined) onChange(orderChange(chosen));
      }}
    >
      {ways.map((way) => (
        <option key={orderWords(way)} value={orderWords(way)}>
          {orderWords(way)}
        </option>
      ))}
    </select>
  );
}
