import type { Comparison, FigureDifference, Side } from "../server/compared/sides.ts";
import { DifferenceTable, type Line } from "./difference-table.tsx";
import { countWords, figureWords, pointWords, shareWords, signed } from "./figure-words.ts";
import { SessionStrips } from "./session-strips.tsx";
import { ShareStrips } from "./share-strips.tsx";

/** Of each table; what differs the most comes first. */
const SHOWN = 20;

interface Properties {
  readonly comparison: Comparison;
}

export function Compared({ comparison }: Properties) {
  const { a, b, figures, shares, tools, transitions, loops, order } = comparison;
  const areSingle = a.session !== null && b.session !== null;
  const of = areSingle ? "" : ", mean of a session";
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
          label={`Figures${of}`}
          rows={figures.map((row) => figureLine(row, a.sessions, b.sessions))}
        />
        <DifferenceTable
          label={`Calls of tools${of}`}
          rows={tools
            .slice(0, SHOWN)
            .map(({ tool, server, ...row }) => [
              `${tool ?? "keyed names"}${server === null ? "" : ` of ${server}`}`,
              countWords(row.a.calls),
              countWords(row.b.calls),
              signed(row.b.calls - row.a.calls, countWords),
            ])}
        />
        <DifferenceTable
          label="What follows what"
          rows={transitions
            .filter((row) => row.a !== row.b)
            .slice(0, SHOWN)
            .map(({ from, to, ...row }) => [
              `${from}, then ${to}`,
              row.a === null ? NOTHING : shareWords(row.a),
              row.b === null ? NOTHING : shareWords(row.b),
              row.a === null || row.b === null ? NOTHING : `${pointWords(row.b - row.a)} points`,
            ])}
        />
        <DifferenceTable
          label={areSingle ? "Loops" : "Sessions with a loop of"}
          rows={loops.slice(0, SHOWN).map(({ rule, period, tools: names, ...row }) => {
            const [one, other] = areSingle
              ? [row.a.loops, row.b.loops]
              : [row.a.sessions, row.b.sessions];
            const kind = `${rule}${period > 1 ? `, period ${period}` : ""}`;
            return [
              `${names.join(", ") || "talk"}: ${kind}`,
              String(one),
              String(other),
              signed(other - one, String),
            ];
          })}
        />
      </div>
    </>
  );
}

const NOTHING = "–";

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
