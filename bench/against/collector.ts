/** The collector's own bench beside another checkout, read from the table that it prints. */

import type { Question } from "./measurements.ts";
import { outputOf } from "./program.ts";
import type { Measured } from "./targets.ts";

const NAMES = [
  ["NDJSON of 100, events/s", "NDJSON of 100 lines, events/s"],
  ["one a request, events/s", "one event a request, events/s"],
] as const;
const MEMORY = "most memory, MB";

export async function measureCollector({ against, rounds }: Question) {
  const table = await tableOf("--against", against, "--rounds", String(rounds));
  return new Map([
    ...NAMES.map(([name, told]) => [`collector, SQLite, ${told}`, rowOf(table, name)] as const),
    [`collector, SQLite, ${MEMORY}`, rowOf(table, MEMORY)] as const,
  ]);
}

export async function measurePostgres({ against, rounds }: Question) {
  const table = await tableOf("--database", "--against", against, "--rounds", String(rounds));
  return new Map(
    NAMES.map(([name, told]) => [`collector, PostgreSQL, ${told}`, rowOf(table, name)] as const),
  );
}

type Table = ReadonlyMap<string, readonly string[]>;

async function tableOf(...words: readonly string[]): Promise<Table> {
  const printed = await outputOf("collector/main.ts", ...words);
  const rows = printed.split("\n").filter((line) => line.startsWith("| "));
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
  return new Map(cells.map(([, name = "", ...rest]) => [name, rest]));
}

/** Cells are `median (least to most)` of each checkout: the rounds themselves are not printed. */
function rowOf(table: Table, name: string): Measured {
  const [now, before] = table.get(name) ?? [];
  if (now === undefined || before === undefined) {
    throw new Error(`the collector's bench printed no row "${name}"`);
  }
  return { now: numbersIn(now), before: numbersIn(before) };
}

/** Least, median and most: three figures have the same spread as all of them. */
function numbersIn(cell: string): readonly number[] {
  const numbers = (cell.match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((text) =>
    Number(text.replaceAll(",", "")),
  );
  const [median = Number.NaN, least = median, most = median] = numbers;
  return [least, median, most];
}
