import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type AddressChange, useAddress } from "../parts/address.ts";
import { Sparkline } from "../parts/drawing/sparkline.tsx";
import { ago, count, money, score } from "../parts/format.ts";
import { askToNotify, canAsk } from "../parts/notify.ts";
import { AlertMark, lookOf, REGIMES, Regime, Tier } from "../parts/regime.tsx";
import { sessionPath } from "../parts/router.ts";
import { ViewsMenu } from "../parts/views/views-menu.tsx";
import { VirtualTable } from "../parts/virtual-table.tsx";
import type { SessionRow } from "../server/answers.ts";
import type { Connection } from "../server/event-stream.ts";
import type { SessionFilter } from "../server/session-filter.ts";
import { useLedger } from "./use-ledger.ts";

const ROW_HEIGHT = 40;
const HOUR_MS = 3_600_000;
const TIERS = ["T1", "T2", "T3", "T4", "T5"];
const TIMES = [
  ["", "any time"],
  [String(HOUR_MS), "last hour"],
  [String(24 * HOUR_MS), "last day"],
  [String(7 * 24 * HOUR_MS), "last 7 days"],
] as const;
const TICK_MS = 5_000;
const COLUMNS = [
  { name: "session" },
  { name: "workflow", look: "wide" },
  { name: "steps", look: "wide number" },
  { name: "loops" },
  { name: "regime" },
  { name: "tier" },
  { name: "worst", look: "wide" },
  { name: "last steps", look: "wide" },
  { name: "UDS", look: "wide number" },
  { name: "cost", look: "wide number" },
  { name: "alert", look: "wide" },
  { name: "last seen", look: "wide number" },
] as const;

/** Every session of the tenant, the latest first, as they change. */
export function LedgerPage({ onConnection }: { readonly onConnection: (to: Connection) => void }) {
  const { query, change } = useAddress();
  const asked = query.toString();
  // The same filter while the address says the same.
  const filter = useMemo(() => filterIn(new URLSearchParams(asked)), [asked]);
  const { rows, isLast, isLoading, failure, more } = useLedger(filter, onConnection);
  const nowMs = useNow();
  const cells = useCallback((index: number) => cellsOf(rows[index], nowMs), [rows, nowMs]);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <main aria-busy={isLoading}>
      <Filters filter={filter} onChange={change} />
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      {rows.length === 0 && !isLoading && failure === undefined ? (
        <Empty isFiltered={isFiltered} onClear={() => change(NO_FILTER)} />
      ) : (
        <VirtualTable
          label="Sessions, latest first"
          kind="ledger"
          columns={COLUMNS}
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          onEnd={more}
          rowLook={(index) => (rows[index]?.isLooping ? "hot" : "")}
          cells={cells}
        />
      )}
      <p class="quiet" role="status">
        {isLoading
          ? "Loading…"
          : rows.length > 0 &&
            `${count(rows.length)} session${rows.length === 1 ? "" : "s"}${isLast ? "" : ", more below"}`}
      </p>
    </main>
  );
}

function cellsOf(row: SessionRow | undefined, nowMs: number) {
  if (row === undefined) return [];
  return [
    <a key="session" class="who" href={sessionPath(row.id)} title={row.id}>
      <bdi>{row.title}</bdi> <bdi class="quiet mono">{row.id}</bdi>
    </a>,
    <bdi key="workflow" class="quiet">
      {row.workflow ?? "–"}
    </bdi>,
    count(row.steps),
    <Loops key="loops" row={row} />,
    <Regime key="regime" regime={row.regime} />,
    <Tier key="tier" tier={row.tier} />,
    <Tier key="worst" tier={row.worstTier} />,
    <Sparkline key="uds" values={row.recentUds} />,
    score(row.uds),
    row.costUsd > 0 ? money(row.costUsd) : <Unknown key="cost" />,
    <AlertMark key="alert" publicClass={shownClass(row)} />,
    <span key="seen" class="quiet">
      {row.ended ? `ended ${endedWords(row.lastMs, nowMs)}` : ago(row.lastMs, nowMs)}
    </span>,
  ];
}

/** A run that ended is not "now". */
function endedWords(lastMs: number, nowMs: number): string {
  const words = ago(lastMs, nowMs);
  return words === "now" ? "just now" : words;
}

/** Nobody said it. */
function Unknown() {
  return (
    <span class="quiet" title="not known">
      –<span class="hidden"> not known</span>
    </span>
  );
}

/** A session that is over loops no more, whatever stood at its end. */
export function shownClass({ publicClass, isLooping }: SessionRow): string {
  return publicClass === "hard_alert" && !isLooping ? "none" : publicClass;
}

/** How many loops it had, over how many steps and for how much; marked until somebody has looked. */
function Loops({ row }: { readonly row: SessionRow }) {
  const { loops, loopSteps, loopCostUsd, isMarked, isLooping } = row;
  if (loops === 0) return <span class="quiet">–</span>;
  const cost = loopCostUsd > 0 ? `, ${money(loopCostUsd)}` : "";
  const words = `${loops} ${loops === 1 ? "loop" : "loops"} over ${loopSteps} steps${cost}`;
  const more = isMarked ? "not acknowledged" : "acknowledged";
  return (
    <span class={isMarked ? "had-loop" : "had-loop quiet"} title={`${words}; ${more}`}>
      {isLooping ? `loops now (${count(loops)})` : count(loops)}
      {isMarked && <b aria-hidden="true"> !</b>}
      <span class="hidden">
        {" "}
        {words}; {more}
      </span>
    </span>
  );
}

/** As the parameters of the address are called. */
const PARAMETERS = {
  search: "q",
  regime: "regime",
  tier: "tier",
  agent: "agent",
  loops: "loops",
  withinMs: "within",
} as const satisfies Record<keyof SessionFilter, string>;
const NO_FILTER: AddressChange = Object.fromEntries(
  Object.values(PARAMETERS).map((parameter) => [parameter, undefined]),
);

function filterIn(query: URLSearchParams): SessionFilter {
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
  readonly onChange: (changes: AddressChange, how?: "push" | "replace") => void;
}

function Filters({ filter, onChange }: FiltersProperties) {
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

function Empty({
  isFiltered,
  onClear,
}: {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}) {
  if (isFiltered) {
    return (
      <div class="panel empty">
        <h2>No session fits these filters</h2>
        <button type="button" onClick={onClear}>
          Clear filters
        </button>
      </div>
    );
  }
  return (
    <div class="panel empty">
      <h2>No session yet</h2>
      <p class="quiet">Sessions appear here by themselves, at their first event.</p>
      <a class="button first" href="/onboarding">
        Send the first event
      </a>
    </div>
  );
}

/** The time, renewed now and then. */
function useNow(): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
