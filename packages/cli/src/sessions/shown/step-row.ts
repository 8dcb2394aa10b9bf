/** Steps as rows of a terminal; a narrow one goes without some columns. */

import { printable } from "../../terminal/printable.ts";
import type { LiveStep } from "../source/live-step.ts";

interface Column {
  readonly title: string;
  readonly width: number;
  /** In a narrow terminal; none at all when absent. */
  readonly narrow?: number;
  readonly of: (step: LiveStep) => string;
}

/** Every column with its full width fits from here on. */
const WIDE = 100;
const GAP = "  ";
const COLUMNS: readonly Column[] = [
  { title: "session", width: 20, narrow: 7, of: ({ session }) => session },
  { title: "step", width: 4, narrow: 4, of: ({ step }) => String(step).padStart(4) },
  { title: "tool", width: 24, narrow: 10, of: ({ tool }) => tool },
  { title: "op", width: 7, of: ({ op }) => op },
  { title: "status", width: 12, narrow: 6, of: ({ status }) => status },
  { title: "regime", width: 14, of: ({ regime }) => regime },
  { title: "uds", width: 4, of: ({ uds }) => uds.toFixed(2) },
  { title: "tier", width: 4, narrow: 4, of: ({ tier }) => tier },
];

/** @param columns of the terminal; what is no terminal is as wide as it needs to be */
export function stepTitles(columns: number = WIDE): string {
  return joined(columns, ({ title }) => title, columns < WIDE ? "" : "alert");
}

export function stepRow(step: LiveStep, columns: number = WIDE): string {
  const why = columns < WIDE ? "" : ` ${step.message ?? step.reasons.join(" ")}`;
  return joined(columns, (column) => column.of(step), step.alert ? `ALERT${why}` : "");
}

function joined(columns: number, text: (column: Column) => string, last: string): string {
  const cells = COLUMNS.flatMap((column) => {
    const width = columns < WIDE ? column.narrow : column.width;
    return width === undefined ? [] : [printable(text(column), width).padEnd(width)];
  });
  return [...cells, last].join(GAP).trimEnd();
}
