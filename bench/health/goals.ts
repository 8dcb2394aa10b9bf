/** What must hold, each with its figure, in one table. */
import type { Evaluation } from "./evaluate.ts";
import type { FieldFigures } from "./field-sessions.ts";
import { align } from "./table.ts";

export interface Goal {
  readonly name: string;
  readonly figure: number | undefined;
  readonly least?: number;
  readonly most?: number;
  readonly shown?: (figure: number) => string;
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const plain = (figure: number) => String(Math.round(figure * 1_000) / 1_000);

/** Goals of the labelled traces. */
export function traceGoals({ figures }: Evaluation): readonly Goal[] {
  const all = figures.get("all");
  const real = figures.get("all real");
  const alike = figures.get("look-alikes (healthy)");
  return [
    { name: "F1", figure: all?.f1, least: 0.99 },
    { name: "precision", figure: all?.precision, least: 0.995 },
    { name: "false alerts per 1,000 healthy real steps", figure: real?.falsePer1000, most: 0.05 },
    { name: "look-alikes alerted", figure: alike?.cleanAlerted, most: 0.003, shown: percent },
    { name: "waits alerted", figure: all?.waitsAlerted, most: 0, shown: percent },
    { name: "delay p90, real loops", figure: real?.delayP90, most: 4 },
    // A cycle of 8 made-up steps takes 16 to come back twice: a figure, and no goal.
    { name: "delay p90, all loops", figure: all?.delayP90 },
  ];
}

/** Goals of the real sessions of the field. */
export function sessionGoals(field: FieldFigures): readonly Goal[] {
  const share = { shown: percent };
  return [
    { name: "field: hard alerts", figure: field.hardEpisodes, most: 0 },
    {
      name: "field: steps in an unhealthy regime",
      figure: field.unhealthySteps,
      most: 0.003,
      ...share,
    },
    { name: "field: sessions with a tier alert", figure: field.tierSessions, most: 0.01, ...share },
  ];
}

export function isMet({ figure, least, most }: Goal): boolean {
  if (least === undefined && most === undefined) return true;
  if (figure === undefined || Number.isNaN(figure)) return false;
  return (
    figure >= (least ?? Number.NEGATIVE_INFINITY) && figure <= (most ?? Number.POSITIVE_INFINITY)
  );
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map((goal) => {
    const { name, figure, shown = plain } = goal;
    return [name, figure === undefined ? "-" : shown(figure), ...boundOf(goal)];
  });
  return align([["", "figure", "goal", ""], ...rows]);
}

function boundOf(goal: Goal): readonly string[] {
  const { least, most, shown = plain } = goal;
  if (least === undefined && most === undefined) return ["", ""];
  const bound = least === undefined ? `<= ${shown(most ?? 0)}` : `>= ${shown(least)}`;
  return [bound, isMet(goal) ? "holds" : "FAILS"];
}
