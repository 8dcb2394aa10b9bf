import { useState } from "preact/hooks";
import { score } from "../parts/format.ts";
import { Regime, Tier } from "../parts/regime.tsx";
import { sessionPath } from "../parts/router.ts";
import { sendJson } from "../server/request.ts";

interface Result {
  readonly passed: boolean;
  readonly session_id: string;
  readonly steps: readonly {
    readonly tool: string;
    readonly status: string;
    readonly regime: string;
    readonly tier: string;
    readonly uds: number;
    readonly live_alert: boolean;
    readonly reasons: readonly string[];
  }[];
}

/** A controlled retry loop against this collector, and what it said to each step. */
export function SmokeTest() {
  const [state, setState] = useState<Result | "running" | Error>();
  const run = () => {
    setState("running");
    sendJson<Result>("POST", "/dashboard-api/smoke-test").then(setState, setState);
  };
  return (
    <section class="panel padded" aria-label="Smoke test">
      <h2>Run a smoke test now</h2>
      <p class="quiet">A session of its own with a controlled retry loop and no private content.</p>
      <div>
        <button type="button" class="first" disabled={state === "running"} onClick={run}>
          {state === "running" ? "Running…" : "Run smoke test"}
        </button>
      </div>
      <div role="status">
        {state instanceof Error && <p class="bad">{state.message}</p>}
        {state !== undefined && state !== "running" && !(state instanceof Error) && (
          <Shown result={state} />
        )}
      </div>
    </section>
  );
}

function Shown({ result: { passed, session_id: id, steps } }: { readonly result: Result }) {
  return (
    <div class="told">
      <p>
        <b class={passed ? "good" : "bad"}>{passed ? "✓ passed" : "✗ failed"}</b>{" "}
        <a href={sessionPath(id)}>see the session</a>
      </p>
      <ol class="plain-list">
        {steps.map(({ tool, status, regime, tier, uds, live_alert: isAlert, reasons }, at) => (
          <li key={at} class="line">
            <span class="mono named">
              {at + 1}. <bdi>{tool}</bdi> {status}
            </span>
            <Regime regime={regime} />
            <Tier tier={tier} />
            <span class="quiet">UDS {score(uds)}</span>
            {isAlert && <span class="alert">hard alert</span>}
            <span class="quiet">{reasons.join(", ")}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
