import { count } from "../parts/format.ts";
import type { Overview } from "../server/overview/overview.ts";
import { GroupEntry } from "./group-entry.tsx";

interface Properties {
  readonly waiting: Overview["waiting"];
  readonly onChange: () => void;
}

/** Loops that nobody has looked at. */
export function Waiting({ waiting, onChange }: Properties) {
  const { groups, more_groups: hasMore, sessions, more_sessions: isMore } = waiting;
  return (
    <section class="panel padded" aria-label="Waiting for a look">
      <h2>Waiting for a look</h2>
      {groups.length === 0 && <p class="quiet">No loop of these days waits to be acknowledged.</p>}
      <ul class="plain-list entries">
        {groups.map((group) => (
          <GroupEntry key={group.id} group={group} onChange={onChange} />
        ))}
      </ul>
      <p class="line">
        <a href="/loops">{hasMore ? "More loops" : "All loops"}</a>
        {sessions > 0 && (
          <a href="/?loops=marked">
            {count(sessions)}
            {isMore ? " and more" : ""} {sessions === 1 ? "session" : "sessions"} with a loop that
            nobody acknowledged
          </a>
        )}
      </p>
    </section>
  );
}
