import { useMemo, useState } from "preact/hooks";
import { ago, count, moment, money, score, short } from "../parts/format.ts";
import { AlertMark, lookOf, Regime, Tier } from "../parts/regime.tsx";
import type { SessionHead, SessionRow } from "../server/answers.ts";
import { acknowledge } from "../server/sessions.ts";
import type { Trace } from "./trace/trace.ts";

/** The latest beginnings are named; all of them are on the strip. */
const LISTED = 5;

/** Which regimes the session had and how often; at the right, the step that is pointed at. */
export function Legend({
  trace,
  cursor,
}: {
  readonly trace: Trace;
  readonly cursor: number | undefined;
}) {
  const { steps, records, recordOf, beginnings } = trace;
  const counts = useMemo(() => countsOf(steps), [steps]);
  const step = cursor === undefined ? undefined : steps[cursor];
  return (
    <div class="line quiet">
      {[...counts].map(([regime, times]) => (
        <span key={regime}>
          <Regime regime={regime} /> {count(times)}
        </span>
      ))}
      {beginnings.length > 0 && (
        <span>
          <i class="beginning" /> began anew at step{" "}
          {beginnings
            .slice(-LISTED)
            .map((at) => count(at + 1))
            .join(", ")}
        </span>
      )}
      <span class="spread" />
      {cursor !== undefined && step !== undefined && (
        <span>
          step {cursor + 1}: <bdi>{records[recordOf[cursor] ?? 0]?.name}</bdi>,{" "}
          {lookOf(step.regime).word}, {step.tier}, UDS {score(step.uds)}
        </span>
      )}
    </div>
  );
}

function countsOf(steps: Trace["steps"]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { regime } of steps) counts.set(regime, (counts.get(regime) ?? 0) + 1);
  return counts;
}

/** State first, then identity, then since when and at what cost. */
export function Header({ head: { row, advice, traceQuality } }: { readonly head: SessionHead }) {
  const alert = row.publicClass === "hard_alert" && !row.isLooping ? "none" : row.publicClass;
  const facts: readonly (readonly [string, string])[] = [
    ["steps", count(row.steps)],
    ["UDS", score(row.uds)],
    ["failure risk", row.failureRisk === null ? "not known" : score(row.failureRisk)],
    ["tokens", row.tokens > 0 ? short(row.tokens) : "not known"],
    ["cost", row.costUsd > 0 ? money(row.costUsd) : "not known"],
    ["first seen", moment(row.firstMs)],
    row.ended ? ["last step", moment(row.lastMs)] : ["last seen", ago(row.lastMs, Date.now())],
  ];
  return (
    <>
      <div class="line">
        <h1>
          <bdi>{row.title}</bdi> <span class="quiet mono">{row.id}</span>
        </h1>
        <Regime regime={row.regime} />
        <Tier tier={row.tier} />
        <AlertMark publicClass={alert} />
        {!row.ended && (
          <span>
            <span class="quiet">advice</span> {ADVICE[advice] ?? advice}
          </span>
        )}
        {row.ended && <span class="quiet">ended</span>}
      </div>
      {row.message !== undefined && <p class="bad">{row.message}</p>}
      {row.loops > 0 && <HadLoops row={row} />}
      <div class="line">
        {facts.map(([name, value]) => (
          <span key={name}>
            <span class="quiet">{name}</span> {value}
          </span>
        ))}
        {traceQuality !== "full" && (
          <span>
            <span class="quiet">trace</span>{" "}
            <span class="warn">{traceQuality.replaceAll("_", " ")}</span>
          </span>
        )}
        {row.workflow !== undefined && (
          <span>
            <span class="quiet">workflow</span> <bdi>{row.workflow}</bdi>
          </span>
        )}
      </div>
    </>
  );
}

/** That it had loops stays said until somebody has looked. */
function HadLoops({ row }: { readonly row: SessionRow }) {
  const [since, setSince] = useState<Partial<SessionRow>>({});
  const [failure, setFailure] = useState<string>();
  const { loops, loopSteps, loopCostUsd, worstTier } = row;
  // What was acknowledged here stands until the stream tells more loops than there were then.
  const { isMarked, acknowledged } = since.loops === loops ? { ...row, ...since } : row;
  const cost = loopCostUsd > 0 ? `, ${money(loopCostUsd)}` : "";
  const look = () =>
    acknowledge(row.id)
      .then(setSince)
      .catch((problem: Error) => setFailure(problem.message));
  return (
    <div class="line">
      <b class={isMarked ? "bad" : "quiet"}>
        had {count(loops)} {loops === 1 ? "loop" : "loops"}
      </b>
      <span>
        over {count(loopSteps)} steps{cost}, worst <Tier tier={worstTier} />
      </span>
      {acknowledged !== undefined && (
        <span class="quiet">
          acknowledged by <bdi>{acknowledged.by}</bdi>, {moment(acknowledged.atMs)}
        </span>
      )}
      {isMarked && (
        <button type="button" onClick={look}>
          Acknowledge
        </button>
      )}
      {failure !== undefined && (
        <span class="bad" role="alert">
          {failure}
        </span>
      )}
    </div>
  );
}

const ADVICE: Readonly<Record<string, string>> = {
  continue: "continue",
  watch: "watch it",
  replan: "replan: the pattern does not look like progress",
  break_loop: "break the loop: the same steps come back without news",
};
