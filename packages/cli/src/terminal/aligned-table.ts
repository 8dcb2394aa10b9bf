/** Tables whose first column is a name and whose others are figures. */
import { printable } from "./printable.ts";

const GAP = "  ";
/** A name is cut to no less. */
const LEAST_NAME = 10;

/**
 * Figures stand right; where there is too little room, names are cut.
 *
 * @param rows with as many cells each
 * @param width of the terminal; what is no terminal is as wide as it needs to be
 */
export function alignedTable(
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): readonly string[] {
  const shown = rows.map(([name = "", ...figures]) => ({ name: printable(name), figures }));
  const columns = (rows[0]?.length ?? 1) - 1;
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...shown.map(({ figures }) => figures[at]?.length ?? 0)),
  );
  const taken = widths.reduce((sum, wide) => sum + GAP.length + wide, 0);
  const longest = Math.max(...shown.map(({ name }) => name.length));
  const room = Math.min(longest, Math.max(LEAST_NAME, width - taken));
  return shown.map(({ name, figures }) =>
    [cut(name, room).padEnd(room), ...figures.map((cell, at) => cell.padStart(widths[at] ?? 0))]
      .join(GAP)
      .trimEnd(),
  );
}

function cut(name: string, room: number): string {
  return name.length <= room ? name : `${[...name].slice(0, room - 1).join("")}…`;
}
