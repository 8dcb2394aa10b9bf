/** Tables of what sessions consist of: tools, what follows what, and loops. */
import type { Both, Comparison } from "../server/compared/sides.ts";
import { DifferenceTable } from "./difference-table.tsx";
import { countWords, NOTHING, pointWords, shareWords, signed } from "./figure-words.ts";

/** Of each table; what differs the most comes first. */
const SHOWN = 20;

interface Properties {
  readonly comparison: Comparison;
  /** Whether each side is one session. */
  readonly areSingle: boolean;
}

export function ToolTable({ comparison, areSingle }: Properties) {
  const { a, b, tools, otherCalls } = comparison;
  const of = meanWords(areSingle);
  const rows = tools
    .slice(0, SHOWN)
    .map(
      ({ tool, server, ...row }) =>
        [
          `${tool ?? "keyed names"}${server === null ? "" : ` of ${server}`}`,
          namedWords(row.a?.calls, row.a?.known, a.sessions),
          namedWords(row.b?.calls, row.b?.known, b.sessions),
          apartWords(row.a?.calls, row.b?.calls),
        ] as const,
    );
  const others = bothWords("of tools that are not named", otherCalls);
  return <DifferenceTable label={`Calls of tools${of}`} rows={rows} more={others} />;
}

export function TransitionTable({ comparison: { transitions } }: Pick<Properties, "comparison">) {
  const rows = transitions
    .filter(({ a, b }) => a !== b)
    .slice(0, SHOWN)
    .map(
      ({ from, to, a, b }) =>
        [
          `${from}, then ${to}`,
          a === null ? NOTHING : shareWords(a),
          b === null ? NOTHING : shareWords(b),
          a === null || b === null ? NOTHING : `${pointWords(b - a)} points`,
        ] as const,
    );
  return <DifferenceTable label="What follows what" rows={rows} />;
}

export function LoopTable({ comparison, areSingle }: Properties) {
  const { a, b, loops, unnamedLoops, otherLoops } = comparison;
  const measure = areSingle ? "loops" : "sessions";
  const rows = loops
    .slice(0, SHOWN)
    .map(
      ({ words, ...row }) =>
        [
          words,
          namedWords(row.a?.[measure], row.a?.known, a.sessions),
          namedWords(row.b?.[measure], row.b?.known, b.sessions),
          apartWords(row.a?.[measure], row.b?.[measure]),
        ] as const,
    );
  const others = [
    ...bothWords("sessions with loops under keyed names, which are not told apart", unnamedLoops),
    ...bothWords(`loops that are not named${meanWords(areSingle)}`, otherLoops),
  ];
  const label = areSingle ? "Loops" : "Sessions with a loop of";
  return <DifferenceTable label={label} rows={rows} more={others} />;
}

export function meanWords(areSingle: boolean): string {
  return areSingle ? "" : ", mean of a session";
}

/** What a session does not name may be among the others that it counts: then it is not known. */
function namedWords(value: number | undefined, known: number | undefined, of: number): string {
  if (value === undefined || known === undefined) return "not named";
  return `${countWords(value)}${known < of ? ` (of ${known})` : ""}`;
}

function apartWords(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined ? NOTHING : signed(b - a, countWords);
}

/** What stands in no row; left out where there is none. */
function bothWords(what: string, { a, b }: Both): readonly string[] {
  return a + b > 0 ? [`${what}: ${countWords(a)} in A, ${countWords(b)} in B`] : [];
}
