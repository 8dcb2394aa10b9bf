import { useEffect, useRef, useState } from "preact/hooks";
import type { AddressChange } from "../parts/address.ts";
import { askToNotify, canAsk } from "../parts/notify.ts";
import { lookOf, REGIMES } from "../parts/regime.tsx";
import { ViewsMenu } from "../parts/views/views-menu.tsx";
import type { SessionFilter, SessionOrder } from "../server/session-filter.ts";
import { OrderField } from "./order.tsx";

const HOUR_MS = 3_600_000;
/** What may be chosen, and in which words; the first asks for nothing. */
type Options = readonly (readonly [value: string, words: string])[];
const REGIME_OPTIONS: Options = [
  ["", "every regime"],
  ...REGIMES.map((regime) => [regime, lookOf(regime).word] as const),
];
const LOOPS: Options = [
  ["", "with or without loops"],
  ["had", "had a loop"],
  ["marked", "loop, not acknowledged"],
];
const TIER_OPTIONS: Options = [
  ["", "every tier"],
  ...["T1", "T2", "T3", "T4", "T5"].map((tier) => [tier, tier] as const),
];
const TIMES: Options = [
  ["", "any time"],
  [String(HOUR_MS), "last hour"],
  [String(24 * HOUR_MS), "last day"],
  [String(7 * 24 * HOUR_MS), "last 7 days"],
];

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
  const oneOf = (value: string | undefined, options: Options) =>
    options.some(([known]) => known === value) ? value : undefined;
  return {
    search,
    agent,
    regime: oneOf(filter.regime, REGIME_OPTIONS),
    tier: oneOf(filter.tier, TIER_OPTIONS),
    loops: oneOf(filter.loops, LOOPS),
    withinMs: oneOf(filter.withinMs, TIMES),
  };
}

interface FiltersProperties {
  readonly filter: SessionFilter;
  readonly order: SessionOrder | undefined;
  readonly onChange: (changes: AddressChange, how?: "push" | "replace") => void;
}

export function Filters({ filter, order, onChange }: FiltersProperties) {
  const search = useSearchKey();
  const set =
    (name: keyof SessionFilter, how: "push" | "replace" = "push") =>
    (event: { currentTarget: { value: string } }) =>
      onChange({ [PARAMETERS[name]]: event.currentTarget.value }, how);
  const choice = (label: string, name: keyof SessionFilter, options: Options) => (
    <select aria-label={label} value={filter[name] ?? ""} onChange={set(name)}>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
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
      {choice("Regime", "regime", REGIME_OPTIONS)}
      {choice("Loops", "loops", LOOPS)}
      {choice("Tier", "tier", TIER_OPTIONS)}
      <input
        aria-label="Agent"
        placeholder="Agent"
        value={filter.agent ?? ""}
        onChange={set("agent")}
      />
      {choice("Time", "withinMs", TIMES)}
      <OrderField order={order} onChange={onChange} />
      <NotifyButton />
      <ViewsMenu />
    </search>
  );
}

/** The field to which `/` leads. */
function useSearchKey() {
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
  return search;
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
