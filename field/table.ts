import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FIELD_CLIENTS, type FieldClient } from "./clients.ts";
import { FACTS, type Fact } from "./facts.ts";
import type { Report } from "./report.ts";

const DOCUMENT = join(import.meta.dirname, "../docs/clients.md");
const BEGIN = "<!-- npm run field -- --write -->";
const END = "<!-- /npm run field -->";

// The keys of this record are facts.
const NAMES = Object.keys(FACTS) as Fact[];

export function printTable(reports: readonly Report[]): void {
  console.log(`\n${rows(columnsOf(reports)).join("\n")}\n`);
  for (const { client, verdict } of reports) console.log(`${verdict.padEnd(12)} ${client.title}`);
}

/** Clients that were not run this time keep the column that they had in the same version. */
export function writeDocument(reports: readonly Report[]): void {
  const text = readFileSync(DOCUMENT, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const [table = "", after = ""] = rest.split(END);
  const columns = new Map([...columnsIn(table), ...columnsOf(reports)]);
  const known = FIELD_CLIENTS.map(headOf).flatMap((head): Column[] => {
    const facts = columns.get(head);
    return facts ? [[head, facts]] : [];
  });
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${rows(known).join("\n")}\n\n${END}${after}`);
}

/** Client and version, and its facts in the order of their names. */
type Column = readonly [string, readonly string[]];

function columnsOf(reports: readonly Report[]): readonly Column[] {
  return reports.map(({ client, facts }) => [
    headOf(client),
    NAMES.map((name) => facts[name] ?? ""),
  ]);
}

/** Of a table that has other facts, none. */
function columnsIn(table: string): readonly Column[] {
  const lines = table.split("\n").filter((line) => line.startsWith("|"));
  const cells = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const [heads = [], , ...facts] = cells;
  if (facts.map(([name]) => name).join() !== NAMES.map((name) => FACTS[name]).join()) return [];
  return heads.slice(1).map((head, at) => [head, facts.map((row) => row[at + 1] ?? "")]);
}

function headOf({ title, version }: Pick<FieldClient, "title" | "version">): string {
  return `${title} ${version}`;
}

function rows(columns: readonly Column[]): readonly string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(["", ...columns.map(([head]) => head)]),
    row(["---", ...columns.map(() => "---")]),
    ...NAMES.map((name, at) => row([FACTS[name], ...columns.map(([, facts]) => facts[at] ?? "")])),
  ];
}
