/** The table of docs/benchmarks.md; what stands around it is written by hand. */
import { markdown } from "../mcp-proxy/statistics.ts";
import { figureText, spreadText } from "./spread.ts";
import type { Row, Target } from "./targets.ts";

const START = "<!-- npm run bench: rendered from here -->";
const END = "<!-- npm run bench: to here -->";
const HEAD = ["what", "before", "now", "ratio to before", "target", "is", "met", "rounds"];

export function tableOf(rows: readonly Row[]): string {
  return markdown(HEAD, rows.map(cellsOf));
}

/**
 * The document with these rows in its table. Rows that were not measured stay as they are, in the order of
 * the targets.
 *
 * @throws {Error} when the marks around the table are gone
 */
export function withRows(
  document: string,
  rows: readonly Row[],
  targets: readonly Target[],
): string {
  const [before, rest] = split(document, START);
  const [old, after] = split(rest, END);
  const known = new Map(cellsIn(old).map((cells) => [cells[0], cells]));
  for (const row of rows) known.set(row.what, cellsOf(row));
  const table = markdown(
    HEAD,
    targets.map(({ what }) => known.get(what) ?? [what, "not measured"]),
  );
  return `${before}${START}\n\n${table}\n\n${END}${after}`;
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`docs/benchmarks.md has no line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function cellsIn(table: string): readonly (readonly string[])[] {
  const lines = table.split("\n").filter((line) => line.startsWith("| "));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function cellsOf(row: Row): readonly string[] {
  return [
    row.what,
    spreadText(row.before),
    spreadText(row.now),
    spreadText(row.ratio),
    targetText(row),
    spreadText(row.judged),
    row.isMet ? "yes" : "**no**",
    String(row.rounds),
  ];
}

function targetText({ compared, limit, isLeast, floor, floorName = "the floor" }: Row): string {
  const target = `${isLeast === true ? "at least" : "at most"} ${limit}`;
  switch (compared) {
    case "figure":
      return target;
    case "ratio to before":
      return `${target} x before`;
    case "ratio to the floor":
      return `${target} x ${floorName} (${figureText(floor?.median ?? Number.NaN)})`;
  }
}
