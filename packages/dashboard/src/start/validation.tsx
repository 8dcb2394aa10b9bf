import { useEffect, useState } from "preact/hooks";
import { sessionPath } from "../parts/router.ts";
import { getJson, sendJson } from "../server/request.ts";

interface Agent {
  readonly name: string;
  readonly about: string;
}

interface Result {
  readonly session_id: string;
  readonly passed: boolean;
  readonly checks: readonly {
    readonly expected: string;
    readonly seen: string;
    readonly holds: boolean;
  }[];
}

/** Agents whose behaviour is known: what should be seen of each, and what is. */
export function Validation() {
  const [agents, setAgents] = useState<readonly Agent[]>([]);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    getJson<{ agents: readonly Agent[] }>("/dashboard-api/validation").then(
      (answer) => setAgents(answer.agents),
      (error: Error) => setFailure(error.message),
    );
  }, []);
  return (
    <section class="panel padded" aria-label="Validation agents">
      <h2>Validation agents</h2>
      <p class="quiet">Each behaves in one known way. Run it and compare.</p>
      {failure !== undefined && <p class="bad">{failure}</p>}
      <ul class="plain-list">
        {agents.map((agent) => (
          <Row key={agent.name} agent={agent} />
        ))}
      </ul>
    </section>
  );
}

function Row({ agent: { name, about } }: { readonly agent: Agent }) {
  const [state, setState] = useState<Result | "running" | Error>();
  const run = () => {
    setState("running");
    const path = `/dashboard-api/validation/${encodeURIComponent(name)}`;
    sendJson<Result>("POST", path).then(setState, setState);
  };
  return (
    <li>
      <div class="line">
        <button type="button" disabled={state === "running"} onClick={run}>
          {state === "running" ? "Running…" : "Run"} <span class="hidden">{name}</span>
        </button>
        <b class="named">{name}</b>
        <span class="quiet">{about}</span>
      </div>
      <div role="status">
        {state instanceof Error && <p class="bad">{state.message}</p>}
        {state !== undefined && state !== "running" && !(state instanceof Error) && (
          <Shown result={state} />
        )}
      </div>
    </li>
  );
}

function Shown({ result: { session_id: id, passed, checks } }: { readonly result: Result }) {
  return (
    <div class="told">
      <ul class="plain-list">
        {checks.map(({ expected, seen, holds }) => (
          <li key={expected} class="line">
            <b class={holds ? "good" : "bad"}>{holds ? "✓" : "✗"}</b>
            <span>
              <span class="quiet">expected</span> {expected}
            </span>
            <span>
              <span class="quiet">seen</span> {seen}
            </span>
          </li>
        ))}
      </ul>
      <p>
        <b class={passed ? "good" : "bad"}>{passed ? "✓ as expected" : "✗ not as expected"}</b>{" "}
        <a href={sessionPath(id)}>see the session</a>
      </p>
    </div>
  );
}
