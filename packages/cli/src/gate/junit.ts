/** A gate's report as JUnit XML: one test case for each check. */
import { GATE_RULES, type GateCheck } from "@caum/workflows";
import { printable } from "../terminal/printable.ts";
import { findingLines, type GateReport } from "./gate-report.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** No time stands in it: the same report is the same text. */
export function junitOf({ checks, problems }: GateReport): string {
  const failures = checks.filter(({ outcome }) => outcome === "found").length;
  const unjudged = checks.filter(({ outcome }) => outcome === "not_judged").length;
  const isWhole = problems.length === 0;
  const tests = checks.length + 1;
  const errors = unjudged + (isWhole ? 0 : 1);
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="caum gate" ${counts}>`,
    `  <testsuite name="caum gate" ${counts} skipped="0">`,
    ...checks.flatMap(caseLines),
    `    <testcase classname="caum.gate" name="input: Everything can be read."${isWhole ? "/>" : ">"}`,
    ...(isWhole ? [] : [element("error", "input", "not read", problems), "    </testcase>"]),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function caseLines(check: GateCheck): readonly string[] {
  const { rule, outcome, said } = check;
  const opening = `    <testcase classname="caum.gate" name="${rule}: ${escaped(GATE_RULES[rule])}"`;
  if (outcome === "passed") return [`${opening}/>`];
  const tag = outcome === "found" ? "failure" : "error";
  const lines = outcome === "found" ? findingLines(check) : [said];
  return [`${opening}>`, element(tag, rule, said, lines), "    </testcase>"];
}

function element(tag: string, type: string, message: string, lines: readonly string[]): string {
  const text = lines.map(escaped).join("\n");
  return `      <${tag} type="${type}" message="${escaped(message)}">${text}</${tag}>`;
}

/** XML has no way to write most control characters: they are written as JSON escapes them. */
function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
