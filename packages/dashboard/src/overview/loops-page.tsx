import { useCallback } from "preact/hooks";
import { useAddress } from "../parts/address.ts";
import { count } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { ViewsMenu } from "../parts/views/views-menu.tsx";
import { type GroupsQuery, listGroups } from "../server/overview/overview.ts";
import { GroupEntry } from "./group-entry.tsx";

const STATES = [
  ["", "every state"],
  ["open", "open"],
  ["acknowledged", "acknowledged"],
  ["muted", "muted"],
] as const;
const ORDERS = [
  ["", "last seen first"],
  ["first", "newest first"],
  ["loops", "most frequent first"],
  ["cost", "most expensive first"],
] as const;
const DAYS = [
  ["7", "seen in 7 days"],
  ["", "seen in 30 days"],
  ["90", "seen in 90 days"],
] as const;

/** Loops of one structure over sessions, as one entry each. */
export function LoopsPage() {
  const { query, change } = useAddress();
  const asked = query.toString();
  const ask = useCallback(() => listGroups(askedIn(query)), [asked]);
  const { answer, failure, isLoading, again } = useAnswer(ask);
  const field = (name: string, label: string, options: readonly (readonly [string, string])[]) => (
    <select
      aria-label={label}
      value={query.get(name) ?? ""}
      onChange={({ currentTarget: { value } }) => change({ [name]: value })}
    >
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
  return (
    <main aria-busy={answer === undefined && isLoading}>
      <div class="line">
        <h1>Loops</h1>
        {field("state", "State", STATES)}
        {field("order", "Order", ORDERS)}
        {field("days", "Days", DAYS)}
        <input
          aria-label="Agent"
          placeholder="Agent"
          value={query.get("agent") ?? ""}
          onChange={({ currentTarget: { value } }) => change({ agent: value })}
        />
        <span class="spread" />
        <ViewsMenu />
      </div>
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      {answer?.groups.length === 0 && (
        <div class="panel empty">
          <h2>No loop fits these filters</h2>
          <p class="quiet">
            A loop is here some seconds after it was found, once for all sessions in which an agent
            repeats the same tools in the same way.
          </p>
          <a href="/loops">Show all</a>
        </div>
      )}
      {answer !== undefined && answer.groups.length > 0 && (
        <section class="panel padded" aria-label="Groups of loops">
          <ul class="plain-list entries">
            {answer.groups.map((group) => (
              <GroupEntry key={group.id} group={group} onChange={again} />
            ))}
          </ul>
          <p class="quiet">
            {count(answer.groups.length)} {answer.groups.length === 1 ? "group" : "groups"}
            {answer.more ? ", the first ones of more" : ""}. An acknowledged one is open again with
            its next loop. Alerts of a muted one are held back until its time is over.
          </p>
        </section>
      )}
    </main>
  );
}

function askedIn(query: URLSearchParams): GroupsQuery {
  const of = (name: string, known: readonly (readonly [string, string])[]) => {
    const value = query.get(name);
    return known.find(([one]) => one === value)?.[0] || undefined;
  };
  return {
    state: of("state", STATES),
    order: of("order", ORDERS),
    days: of("days", DAYS),
    agent: query.get("agent") || undefined,
  };
}
