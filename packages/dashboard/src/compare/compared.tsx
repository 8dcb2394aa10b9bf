import type { Comparison, FigureDifference, Side } from "../server/compared/sides.ts";
import { DifferenceTable, type Line } from "./difference-table.tsx";
import { figureWords, NOTHING, signed } from "./figure-words.ts";
import { LoopTable, meanWords, ToolTable, TransitionTable } from "./part-tables.tsx";
import { SessionStrips } from "./session-strips.tsx";
import { ShareStrips } from "./share-strips.tsx";

interface Properties {
  readonly comparison: Comparison;
}

export function Compared({ comparison }: Properties) {
  const { a, b, figures, shares, order } = comparison;
  const areSingle = a.session !== null && b.session !== null;
  return (
    <>
      <section class="panel padded" aria-label="What is compared">
        {a.session !== null && b.session !== null ? (
          <SessionStrips a={a.session} b={b.session} />
        ) : (
          <>
            <p>
              <b>A</b> {sideWords(a)}, <b>B</b> {sideWords(b)}.
            </p>
            <ShareStrips shares={shares} />
          </>
        )}
        {order !== null && <p>{order.said}</p>}
        {notesOf(comparison).map((note) => (
          <p key={note} class="quiet">
            {note}
          </p>
        ))}
      </section>
      <div class="halves">
        <DifferenceTable
          label={`Figures${meanWords(areSingle)}`}
          rows={figures.map((row) => figureLine(row, a.sessions, b.sessions))}
        />
        <ToolTable comparison={comparison} areSingle={areSingle} />
        <TransitionTable comparison={comparison} />
        <LoopTable comparison={comparison} areSingle={areSingle} />
      </div>
    </>
  );
}

function sideWords({ sessions, notEnded, withoutSteps }: Side): string {
  const open = notEnded > 0 ? `, ${notEnded} not over` : "";
  const empty = withoutSteps > 0 ? `, ${withoutSteps} more without a step` : "";
  return `${sessions} session${sessions === 1 ? "" : "s"}${open}${empty}`;
}

function notesOf({ notes, complete }: Comparison): readonly string[] {
  const cut = (side: string, isComplete: boolean) =>
    isComplete ? [] : [`${side} is what fits among the newest sessions: there are more.`];
  return [
    ...cut("A", complete.a),
    ...cut("B", complete.b),
    ...notes.map((note) => `${note.slice(0, 1).toUpperCase()}${note.slice(1)}.`),
  ];
}

function figureLine(
  { figure, words, a, b, difference, typical }: FigureDifference,
  ofA: number,
  ofB: number,
): Line {
  const show = (value: number) => figureWords(figure, value);
  const cell = (side: FigureDifference["a"], of: number) => {
    if (side === null) return "not known";
    return `${show(side.mean)}${side.known < of ? ` (of ${side.known})` : ""}`;
  };
  const apart = difference === null ? NOTHING : signed(difference, show);
  return [
    words,
    cell(a, ofA),
    cell(b, ofB),
    apart,
    typical === null
      ? undefined
      : `typically ${signed(typical.estimate, show)}, from ${signed(typical.low, show)} to ${signed(typical.high, show)} (95 %)`,
  ];
}
