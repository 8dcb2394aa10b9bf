/** What stands in each column of a session's row. */
import { Sparkline } from "../parts/drawing/sparkline.tsx";
import { ago, count, money, score } from "../parts/format.ts";
import { AlertMark, Regime, Tier } from "../parts/regime.tsx";
import { sessionPath } from "../parts/router.ts";
import type { SessionRow } from "../server/answers.ts";

export function cellsOf(row: SessionRow | undefined, nowMs: number) {
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
    row.failures === undefined ? <Unknown key="failures" /> : count(row.failures),
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
