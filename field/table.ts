import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FACTS, type Fact } from "./facts.ts";
import type { Report } from "./report.ts";

const DOCUMENT = join(import.meta.dirname, "../docs/clients.md");
const BEGIN = "<!-- npm run field -- --write -->";
const END = "<!-- /npm run field -->";

// The keys of this record are facts.
const NAMES = Object.keys(FACTS) as Fact[];

export function printTable(reports: readonly Report[]): void {
  console.log(`\n${rows(reports).join("\n")}\n`);
  for (const { client, verdict } of reports) console.log(`${verdict.padEnd(12)} ${client.title}`);
}

/** Clients that were not run this time keep no column: run all of them. */
export function writeDocument(reports: readonly Report[]): void {
  const text = readFileSync(DOCUMENT, "utf8");
  const [before = "", rest = ""] = text.split(BEGIN);
  const after = rest.split(END)[1] ?? "";
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${rows(reports).join("\n")}\n\n${END}${after}`);
}

function rows(reports: readonly Report[]): readonly string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(["", ...reports.map(({ client }) => `${client.title} ${client.version}`)]),
    row(["---", ...reports.map(() => "---")]),
    ...NAMES.map((name) => row([FACTS[name], ...reports.map(({ facts }) => facts[name] ?? "")])),
  ];
}
