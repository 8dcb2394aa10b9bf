import { printable } from "../terminal/printable.ts";
import type { Findings, Group, ReadFacts } from "./findings.ts";
import {
  clientTitle,
  dollars,
  loopPlace,
  percent,
  plural,
  sizeWords,
  tokenWords,
} from "./words.ts";

const SHOWN_GROUPS = 8;
const SHOWN_WEEKS = 12;
const SHOWN_PROBLEMS = 5;
const NAME_WIDTH = 24;

/** The findings for people. */
export function findingsText(findings: Findings): readonly string[] {
  const { all, worst, weeks, clients, models, read } = findings;
  if (all.sessions === 0) return [nothingText(findings), ...readText(read)];
  const lines = [headline(findings), wasteLine(findings), ""];
  if (worst.length > 0) {
    lines.push(all.loops > worst.length ? `the worst ${worst.length}:` : "what was found:");
    for (const loop of worst) {
      lines.push(`  ${loop.sentence}`, `      ${loopPlace(loop).join("  ")}`);
    }
    lines.push("");
  }
  lines.push(...table("by client or export", clients, SHOWN_GROUPS, clientTitle));
  if (models.length > 1) lines.push(...table("by model", models, SHOWN_GROUPS));
  if (weeks.length > 1) lines.push(...table("by week", weeks.toReversed(), SHOWN_WEEKS, weekTitle));
  return [...lines, ...readText(read)];
}

function headline({ all, since }: Findings): string {
  const when = since === null ? "" : ` since ${since.slice(0, 10)}`;
  const where = `${plural(all.sessions, "session")}${when}`;
  if (all.loops === 0) return `No loop in ${where} (${plural(all.steps, "step")}).`;
  return `${plural(all.loops, "loop")} in ${all.looping} of ${where} (${plural(all.steps, "step")}).`;
}

function wasteLine({ all }: Findings): string {
  const parts = [`${percent(all.stepShare)} of all steps`];
  if (all.tokenShare !== null) {
    parts.push(`${percent(all.tokenShare)} of ${tokenWords(all.tokens)}`);
  }
  if (all.loopCostUsd !== null && all.costUsd !== null) {
    parts.push(`${dollars(all.loopCostUsd)} of ${dollars(all.costUsd)}, where the price is known`);
  }
  return `Spent in loops: ${parts.join(", ")}.`;
}

function table(
  title: string,
  groups: readonly Group[],
  shown: number,
  nameOf: (name: string) => string = (name) => name,
): readonly string[] {
  const rows = groups.slice(0, shown).map((group) => {
    const name = printable(nameOf(group.name), NAME_WIDTH).padEnd(NAME_WIDTH);
    const counts = [
      plural(group.sessions, "session").padStart(14),
      plural(group.loops, "loop").padStart(10),
      `${percent(group.stepShare)} of steps`.padStart(18),
    ];
    return `  ${name}${counts.join("")}`;
  });
  const hidden = groups.length - rows.length;
  return [`${title}:`, ...rows, ...(hidden > 0 ? [`  and ${hidden} more`] : []), ""];
}

function weekTitle(monday: string): string {
  return `from ${monday}`;
}

function nothingText({ since }: Findings): string {
  const when = since === null ? "" : ` since ${since.slice(0, 10)}`;
  return `No history of an agent was found${when}.`;
}

/** What was read, and what was not: silence would look like completeness. */
function readText(read: ReadFacts): readonly string[] {
  const size = `${sizeWords(read.bytes)} read`;
  const lines = [
    read.copies > 0 ? `${size}, ${plural(read.copies, "event")} left out as copies.` : `${size}.`,
  ];
  if (read.notUnderstood > 0) {
    const kinds = Object.keys(read.unknownKinds).slice(0, SHOWN_PROBLEMS).join(", ");
    const which = kinds === "" ? "" : ` (${kinds})`;
    lines.push(`${plural(read.notUnderstood, "line")} not understood and left out${which}.`);
  }
  for (const { path, problem } of read.problems.slice(0, SHOWN_PROBLEMS)) {
    lines.push(`${path}: ${problem}`);
  }
  const hidden = read.problemCount - SHOWN_PROBLEMS;
  if (hidden > 0) lines.push(`and ${plural(hidden, "more problem")}`);
  return lines;
}
