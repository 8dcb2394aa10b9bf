import { moment, money } from "../parts/format.ts";
import { lookOf } from "../parts/regime.tsx";
import { type Loop, nameOf } from "./trace/loops.ts";
import { type Trace, toolsOf } from "./trace/trace.ts";

/** The latest ones are listed; all of them are on the strip. */
const LISTED = 5;

interface Properties {
  readonly trace: Trace;
  /** Whether the session has ended, and with it whatever stood. */
  readonly isOver: boolean;
  /** Called with the place of a step. */
  readonly onPick: (at: number) => void;
}

/** Each loop in words, the latest first: what repeats, since when it stands, and what it cost. */
export function LoopList({ trace, isOver, onPick }: Properties) {
  const { loops, steps } = trace;
  if (loops.length === 0) {
    const isIll = steps.some(({ regime }) => lookOf(regime).gravity === 2);
    return <p class="quiet">{isIll ? "No loop; see the regimes above." : "No loop so far."}</p>;
  }
  const earlier = loops.length - LISTED;
  return (
    <ul class="plain-list">
      {loops
        .slice(-LISTED)
        .reverse()
        .map((loop) => {
          const isNow = !isOver && loop.to === steps.length - 1;
          return (
            <li key={loop.from} class={`line loop ${isNow && loop.isHard ? "now" : ""}`}>
              <b class={loop.isHard ? "bad" : "warn"}>
                {loop.isHard ? "Loop" : "For review"}
                {isNow && " now"}
              </b>
              <bdi>{toolsOf(loop, trace)}</bdi>
              <span>
                {steps[loop.to]?.message ??
                  `${loop.rule.replaceAll("_", " ")}, ${
                    loop.period > 0 ? `period ${loop.period}, ${loop.cycles} cycles` : nameOf(loop)
                  }`}
              </span>
              <button type="button" class="plain" onClick={() => onPick(loop.from)}>
                steps {loop.from + 1}–{loop.to + 1}
              </button>
              <span class="quiet">since {sinceOf(loop, trace)}</span>
              <span class="quiet">{costWords(loop, trace)}</span>
            </li>
          );
        })}
      {earlier > 0 && <li class="quiet">and {earlier} before</li>}
    </ul>
  );
}

function sinceOf({ from }: Loop, { records, recordOf }: Trace): string {
  return moment(records[recordOf[from] ?? 0]?.atMs ?? 0);
}

/** Where no record says what it cost, nothing is known, and it was not for free. */
function costWords({ from, to }: Loop, { cost }: Trace): string {
  if ((cost.at(-1) ?? 0) === 0) return "cost not known";
  return `cost ${money((cost[to] ?? 0) - (cost[from - 1] ?? 0))}`;
}
