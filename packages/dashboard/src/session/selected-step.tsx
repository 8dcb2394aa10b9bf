import { CopyButton } from "../parts/command.tsx";
import { duration, money, score, short } from "../parts/format.ts";
import { Regime, Tier } from "../parts/regime.tsx";
import type { Trace } from "./trace/trace.ts";

interface Properties {
  readonly trace: Trace;
  /** Place among the steps. */
  readonly at: number;
  readonly onClose: () => void;
}

/** The step that the address names, in words, with a link to it. */
export function SelectedStep({ trace, at, onClose }: Properties) {
  const step = trace.steps[at];
  const record = trace.records[trace.recordOf[at] ?? -1];
  if (step === undefined || record === undefined) return null;
  const { tokens, costUsd, durationMs, status, serverTag, agentTag } = record;
  const told = [
    status,
    durationMs === undefined ? undefined : duration(durationMs),
    tokens === undefined ? undefined : `${short(tokens)} tokens`,
    costUsd === undefined ? undefined : money(costUsd),
    serverTag === undefined ? undefined : `server ${serverTag}`,
    agentTag === undefined ? undefined : `sub-agent ${agentTag}`,
  ].filter((word) => word !== undefined);
  return (
    <section class="line" aria-label="Selected step">
      <b>Step {at + 1}</b>
      <bdi>{record.name}</bdi>
      <Regime regime={step.regime} />
      <Tier tier={step.tier} />
      <span class="quiet">
        UDS {score(step.uds)}
        {told.map((word) => `, ${word}`)}
      </span>
      {step.reasons.length > 0 && <span class="quiet">{step.reasons.join(", ")}</span>}
      <span class="spread" />
      <CopyButton text={addressOf(at)} label="the link to this step" />
      <button type="button" class="plain" onClick={onClose}>
        Close<span class="hidden"> the step</span>
      </button>
    </section>
  );
}

/** The step and nothing else that happens to be in the address. */
function addressOf(at: number): string {
  return `${location.origin}${location.pathname}?step=${at + 1}`;
}
