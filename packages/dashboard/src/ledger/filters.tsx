import { useEffect, useRef, useState } from "preact/hooks";
import type { AddressChange } from "../parts/address.ts";
import { askToNotify, canAsk } from "../parts/notify.ts";
import { lookOf, REGIMES } from "../parts/regime.tsx";
import { ViewsMenu } from "../parts/views/views-menu.tsx";
import type { SessionFilter, SessionOrder } from "../server/session-filter.ts";
import { OrderField } from "./order.tsx";

const HOUR_MS = 3_600_000;
const TIERS = ["T1", "T2", "T3", "T4", "T5"];
const TIMES = [
  ["", "any time"],
  [String(HOUR_MS), "last hour"],
  [String(24 * HOUR_MS), "last day"],
  [String(7 * 24 * HOUR_MS), "last 7 days"],
] as const;

/** As the parameters of the address are called. */
const PARAMETERS = {
  search: "q",
  regime: "regime",
  tier: "tier",
  agent: "agent",
  loops: "loops",
  withinMs: "within",
} as const satisfies Record<keyof SessionFilter, string>;
export const NO_FILTER: AddressChange = Object.fromEntries(
  Object.values(PARAMETERS).map((parameter) => [parameter, undefined]),
);

export function filterIn(query: URLSearchParams): SessionFilter {
  const told = Object.entries(PARAMETERS).map(([name, parameter]) => {
    return [name, query.get(parameter) || undefined] as const;
  });
  return known(Object.fromEntries(told));
}

/** An address that somebody wrote by hand asks for nothing that there is not. */
function known({ search, agent, ...filter }: SessionFilter): SessionFilter {
  const oneOf = (value: string | undefined, values: readonly string[]) =>
    value !== undefined && values.includes(value) ? value : undefined;
  return {
    search,
    agent,
    regime: oneOf(filter.regime, REGIMES),
    tier: oneOf(filter.tier, TIERS),
    loops: oneOf(filter.loops, ["had", "marked"]),
    withinMs: oneOf(
      filter.withinMs,
      TIMES.map(([value]) => value),
    ),
  };
}

interface FiltersProperties {
  readonly filter: SessionFilter;
  readonly order: SessionOrder | undefined;
  readonly onChange: (changes: AddressChange, how?: "push" | "replace") => void;
}

export function Filters({ filter, order, onChange }: FiltersProperties) {
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      search.current?.focus();
    };
    addEventListener("keydown", focus);
    return () => removeEventListener("keydown", focus);
  }, []);
  const set =
    (name: keyof SessionFilter, how: "push" | "replace" = "push") =>
    (event: { currentTarget: { value: string } }) =>
      onChange({ [PARAMETERS[name]]: event.currentTarget.value }, how);
  return (
    <search class="line">
      <h1 class="hidden">Sessions</h1>
      <input
        ref={search}
        type="search"
        placeholder="Search agent, session, workflow  /"
        aria-label="Search"
        value={filter.search ?? ""}
        onInput={set("search", "replace")}
      />
      <select aria-label="Regime" value={filter.regime ?? ""} onChange={set("regime")}>
        <option value="">every regime</option>
        {REGIMES.map((regime) => (
          <option key={regime} value={regime}>
            {lookOf(regime).word}
          </option>
        ))}
      </select>
      <select aria-label="Loops" value={filter.loops ?? ""} onChange={set("loops")}>
        <option value="">with or without loops</option>
        <option value="had">had a loop</option>
        <option value="marked">loop, not acknowledged</option>
      </select>
      <select aria-label="Tier" value={filter.tier ?? ""} onChange={set("tier")}>
        <option value="">every tier</option>
        {TIERS.map((tier) => (
          <option key={tier}>{tier}</option>
        ))}
      </select>
      <input
        aria-label="Agent"
        placeholder="Agent"
        value={filter.agent ?? ""}
        onChange={set("agent")}
      />
      <select aria-label="Time" value={filter.withinMs ?? ""} onChange={set("withinMs")}>
        {TIMES.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <OrderField order={order} onChange={onChange} />
      <NotifyButton />
      <ViewsMenu />
    </search>
  );
}

/** Shown until the browser was told yes or no. */
function NotifyButton() {
  const [isShown, setShown] = useState(canAsk);
  if (!isShown) return null;
  const ask = () => askToNotify().finally(() => setShown(canAsk()));
  return (
    <button type="button" onClick={ask}>
      Notify me of loops
    </button>
  );
}
