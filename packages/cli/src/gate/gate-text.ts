/** A gate's report for people. */
import type { GateCheck, GateSide } from "@caum/workflows";
import { counted } from "../terminal/counted.ts";
import { findingLines, type GateReport, outcomeOf } from "./gate-report.ts";

const MARKS: Readonly<Record<GateCheck["outcome"], string>> = {
  passed: "passed    ",
  found: "FOUND     ",
  not_judged: "NOT JUDGED",
};
/** Of each check. */
const SHOWN = { findings: 10, sessions: 3 };
const INDENT = " ".repeat(12);

export function gateText(report: GateReport): readonly string[] {
  const { baseline, candidate, checks, problems, notes } = report;
  return [
    ...(baseline === null ? [] : [`baseline    ${sideWords(baseline)}`]),
    `candidate   ${sideWords(candidate)}`,
    ...checks.flatMap((check) => [
      `${MARKS[check.outcome]}  ${check.rule}: ${check.said}`,
      ...findingLines(check, SHOWN).map((line) => `${INDENT}${line}`),
    ]),
    ...notes.map((note) => `note        ${note}`),
    ...problems.map((problem) => `not read    ${problem}`),
    verdict(report),
  ];
}

export function verdict(report: GateReport): string {
  const { checks } = report;
  const count = (outcome: GateCheck["outcome"]) =>
    checks.filter((check) => check.outcome === outcome).length;
  const all = counted(checks.length, "check");
  switch (outcomeOf(report)) {
    case "passed":
      return `passed: ${all}`;
    case "found":
      return `found: ${count("found")} of ${all}`;
    case "not_judged":
      return count("not_judged") > 0
        ? `could not judge: ${count("not_judged")} of ${all}`
        : "could not judge: not everything could be read";
  }
}

export function sideWords({
  sessions,
  withoutSteps,
  notEnded,
  looping,
  medianSteps,
  medianCostUsd,
  costKnown,
}: GateSide): string {
  const parts = [counted(sessions, "session"), `${looping} with a loop`];
  if (medianSteps !== null) parts.push(`median ${medianSteps} steps`);
  if (medianCostUsd !== null) parts.push(`median $${medianCostUsd.toFixed(4)} (of ${costKnown})`);
  if (notEnded > 0) parts.push(`${notEnded} not over`);
  if (withoutSteps > 0) parts.push(`${withoutSteps} more without a step`);
  return parts.join(", ");
}
