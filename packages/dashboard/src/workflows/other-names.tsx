import { useCallback, useState } from "preact/hooks";
import { ago, count } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { listWorkflows, type MemoryKind, type Workflow } from "../server/workflows.ts";

/** A page is no place to look for more. */
const MOST = 50;

/** What is remembered of agents, clients and servers, the latest first. */
export function OtherNames() {
  const [kind, setKind] = useState<MemoryKind>("agent");
  const ask = useCallback(() => listWorkflows(kind), [kind]);
  const { answer, failure } = useAnswer(ask);
  const names = answer?.workflows.toSorted((one, other) => other.lastMs - one.lastMs);
  return (
    <section class="panel padded" aria-label="Also known" aria-busy={answer === undefined}>
      <h2>Also known</h2>
      <p>
        <select
          aria-label="Kind"
          value={kind}
          // The options are the kinds.
          onChange={({ currentTarget }) => setKind(currentTarget.value as MemoryKind)}
        >
          <option value="agent">Agents</option>
          <option value="client">Clients</option>
          <option value="server">Servers</option>
        </select>
      </p>
      {failure !== undefined && (
        <p class="bad" role="alert">
          {failure}
        </p>
      )}
      {names?.length === 0 && <p>None is known yet.</p>}
      <ul class="plain-list entries">
        {names?.slice(0, MOST).map((one) => (
          <li key={one.name} class="line">
            <b class="named">
              <bdi>{one.name}</bdi>
            </b>
            <Counts of={one} />
          </li>
        ))}
      </ul>
      {names !== undefined && names.length > MOST && (
        <p class="quiet">
          <code>caum workflows</code> lists all.
        </p>
      )}
    </section>
  );
}

/** Sessions of the last days and of all, and loops. */
export function Counts({ of }: { readonly of: Workflow }) {
  const { sessions, lastMs, recent } = of;
  return (
    <p class="quiet">
      {count(recent.sessions)} {recent.sessions === 1 ? "session" : "sessions"} in {recent.days}{" "}
      days,{" "}
      {recent.looping > 0 ? (
        <b class="warn">{count(recent.looping)} with a loop</b>
      ) : (
        "none with a loop"
      )}
      ; {count(sessions)} in all, last {ago(lastMs, Date.now())}
    </p>
  );
}
