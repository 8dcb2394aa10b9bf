import type { Fields } from "../fields.ts";

/** A cell in quotes, with quotes in it doubled, or one without; then what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** The rows of a table (RFC 4180) by the names in its first row; empty cells are left out. */
export function csvRows(text: string): readonly Fields[] {
  const [names = [], ...rows] = cellsOf(text.replace(/^\uFEFF/, ""));
  return rows.map((cells) =>
    Object.fromEntries(
      cells.flatMap((cell, at) => {
        const name = names[at];
        return name === undefined || name === "__proto__" || cell === "" ? [] : [[name, cell]];
      }),
    ),
  );
}

/** Ends at the first place where it is no table any more. */
function cellsOf(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  CELL.lastIndex = 0;
  while (CELL.lastIndex < text.length) {
    const found = CELL.exec(text);
    if (found === null) break;
    const [, quoted, plain = "", end] = found;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}
