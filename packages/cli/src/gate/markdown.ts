/** A gate's report for the summary of a build. */
import { GATE_RULES, type GateCheck } from "@caum/workflows";
import { printable } from "../terminal/printable.ts";
import { findingLines, type GateReport } from "./gate-report.ts";
import { sideWords, verdict } from "./gate-text.ts";

const MARKS: Readonly<Record<GateCheck["outcome"], string>> = {
  passed: "passed",
  found: "**found**",
  not_judged: "**not judged**",
};
/** Of each check. */
const SHOWN = { findings: 20, sessions: 3 };
/** Also what makes links of words, mentions of people, and pictures of names between colons. */
const MEANING = /[\\`*_{}[\]#|~<>&@]|:(?! )|(?<=www)\./g;

export function markdownOf(report: GateReport): string {
  const { baseline, candidate, checks, selectors, problems, notes } = report;
  return [
    `## caum gate: ${escaped(verdict(report))}`,
    "",
    "| | sessions | what they are |",
    "|---|---|---|",
    ...(baseline === null || selectors.baseline === null
      ? []
      : [`| baseline | ${escaped(selectors.baseline)} | ${escaped(sideWords(baseline))} |`]),
    `| candidate | ${escaped(selectors.candidate)} | ${escaped(sideWords(candidate))} |`,
    "",
    "| check | outcome | what was seen |",
    "|---|---|---|",
    ...checks.map(
      ({ rule, outcome, said }) =>
        `| ${escaped(GATE_RULES[rule])} | ${MARKS[outcome]} | ${escaped(said)} |`,
    ),
    ...list(
      "Found",
      checks.flatMap((check) => findingLines(check, SHOWN)),
    ),
    ...list("Not read", problems),
    ...list("Notes", notes),
    "",
  ].join("\n");
}

function list(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return ["", `### ${title}`, "", ...lines.map((line) => `- ${escaped(line)}`)];
}

/** Names that somebody else chose are text: no link, no tag, no mention of a person. */
function escaped(text: string): string {
  return printable(text).replace(MEANING, (character) => `&#${character.charCodeAt(0)};`);
}
